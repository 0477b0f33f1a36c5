"""MANY RUNS: batches, workers and comparison under the same luck."""
