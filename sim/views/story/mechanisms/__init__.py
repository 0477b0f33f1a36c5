"""Sentences for the events of each mechanism."""
