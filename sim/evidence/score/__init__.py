"""How well a fit foretells what is on record, beside simple rules."""
