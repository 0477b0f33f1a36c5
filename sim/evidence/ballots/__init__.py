"""What the recorded ballots say of the votes: their likelihood, their fit and its check."""
