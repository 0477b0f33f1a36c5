"""WHAT IS KEPT: folds of the event log into tables, the manifest and the shards."""
