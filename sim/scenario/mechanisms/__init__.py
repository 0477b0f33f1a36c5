"""What a scenario may state of each mechanism: its levers and its parameters."""
