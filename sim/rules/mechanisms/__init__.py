"""The rules of each mechanism: what it adds to the decisions of the core chain."""
