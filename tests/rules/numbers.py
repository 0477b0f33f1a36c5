"""Parameters for tests of rules: every number nought but those that a test states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.rules.effect import FootprintFacts
from sim.scenario.parameters import PARAMETER_NAMES, Parameters


def numbers(**stated: float) -> Parameters:
    """Return parameters that are nought but for those stated."""
    return Parameters(**(dict.fromkeys(PARAMETER_NAMES, 0.0) | stated))


def parted(given: Mapping[str, Any]) -> tuple[Parameters, dict[str, Any]]:
    """Return the parameters among given values, the rest of them nought, and the other values."""
    stated = {name: value for name, value in given.items() if name in PARAMETER_NAMES}
    return numbers(**stated), {name: v for name, v in given.items() if name not in stated}


def footprint(**stated: Any) -> FootprintFacts:
    """Return an application of two CCGs that meets every test, but for what is stated."""
    sound: dict[str, Any] = {
        "parts": 2,
        "patients": 500_000,
        "whole_system": True,
        "one_council": True,
        "ready": 1.0,
        "distress_share": 0.0,
        "day": 0.0,
    }
    return FootprintFacts(**(sound | stated))
