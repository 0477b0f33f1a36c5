"""What bodies believe the rule to be after it has been passed on."""

from __future__ import annotations

from typing import Final

from sim.rules.logistic import happens

LEVEL: Final = {"none": 0.0, "typically": 1.0, "expected": 2.0, "required": 3.0}


def relay(heard: str, drop: float, restore: float, u: float, mode: str) -> str:
    """Return the wording that a body takes over from the one above it.

    A body that hears "typically" drops the word with probability ``drop`` (and then believes one
    CCG to be expected); one that hears "expected" puts the word back with probability
    ``restore``. ``u`` decides whichever applies; ``mode`` is the lever: as_drawn, never_drop or
    always_drop. Source: HSJ The Integrator, October 2019 (advocates drop the word when they pass
    it on).
    """
    if heard == "typically":
        if mode == "always_drop" or (mode == "as_drawn" and happens(u, drop)):
            return "expected"
    elif heard == "expected" and mode == "as_drawn" and happens(u, restore):
        return "typically"
    return heard


def level(wording: str) -> float:
    """Return how hard a wording is: steps from none (0) over typically (1) to required (3)."""
    return LEVEL[wording]
