"""The story of one replication, told from its event log."""
