"""Dated forecasts: what is written down before the outcome is known."""
