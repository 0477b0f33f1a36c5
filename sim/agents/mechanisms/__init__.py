"""The agents of each mechanism, which act only where a scenario switches it on."""
