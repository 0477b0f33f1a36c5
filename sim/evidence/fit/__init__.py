"""The fit of the parameters to the recorded waves."""
