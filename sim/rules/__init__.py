"""HOW ONE DECISION IS MADE: pure functions, numbers in, numbers out."""
