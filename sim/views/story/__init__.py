"""The story of one replication, from its event log."""
