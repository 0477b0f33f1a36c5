"""MANY RUNS: batches, workers and comparison with common random numbers."""
