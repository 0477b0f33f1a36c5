"""How the events of each mechanism are told."""
