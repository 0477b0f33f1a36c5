"""What is on record up to 1 April 2020: ballots, proposals, plans and places."""
