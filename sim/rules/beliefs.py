"""What bodies believe the rule to be after it has been passed on."""

from __future__ import annotations

from typing import Final

from sim.rules.logistic import happens

HEARD_IN_JANUARY_2019: Final = "typically"
"""What everybody has heard before any scenario begins: the Long Term Plan of January 2019."""

# How hard each wording is, in steps.
LEVELS: Final = {"none": 0.0, "typically": 1.0, "expected": 2.0, "required": 3.0}


def relay(heard: str, drop: float, restore: float, u: float, mode: str) -> str:
    """Return the wording of the rule that a body takes over from the one above it.

    A body that hears "typically" believes "expected" if ``mode`` is always_drop, or if it is
    as_drawn and ``u`` falls below ``drop``; with never_drop it keeps the word. One that hears
    "expected" restores "typically" with probability ``restore`` if ``mode`` is as_drawn, and
    otherwise keeps "expected". One that hears "none" or "required" takes it over unchanged.

    Source: HSJ The Integrator, October 2019 (advocates drop the word when they pass it on).
    """
    if heard == "typically":
        if mode == "always_drop" or (mode == "as_drawn" and happens(u, drop)):
            return "expected"
    elif heard == "expected" and mode == "as_drawn" and happens(u, restore):
        return "typically"
    return heard


def level(wording: str) -> float:
    """Return how hard a wording of the rule is, in steps.

    None is 0, "typically" 1, "expected" 2 and "required" 3. Assumed: that steps count alike.
    """
    return LEVELS[wording]
