"""Tables for the terminal and for pages."""
