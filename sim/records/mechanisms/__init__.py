"""The outcomes of each mechanism, computed from the event log."""
