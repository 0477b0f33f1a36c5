"""Whether the fit itself can be trusted: synthetic truths and waves left out."""
