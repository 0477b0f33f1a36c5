"""Which of the candidate footprints leaders put forward."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.rules.logistic import Terms


def footprint_terms(
    *,
    whole_system: bool,
    one_council: bool,
    one_officer: bool,
    log_consent: float,
    belief_level: float,
    pushed: bool,
    hard_rule: bool,
    footprint_whole: float,
    footprint_expectation: float,
    footprint_council: float,
    footprint_officer: float,
    start_letter: float,
) -> Terms:
    """Return the log-odds terms of one candidate, relative to a nondescript pair.

    ``log_consent`` is the log of the chance that all its governing bodies would consent: leaders
    choose what can carry consent. ``belief_level`` is what the system's leader has heard. Under
    the hard rule, and by letter strength where a region pushes, the whole system pulls harder.
    Source: priors.md section 6 (footprint = STP/ICS +1, one council +.3, officer +1 to +2).
    """
    whole = 0.0
    if whole_system:
        whole = footprint_whole * min(1.0, belief_level)
        whole += footprint_expectation * max(0.0, belief_level - 1.0)
        if hard_rule:
            whole += 2.0 * footprint_expectation
        if pushed:
            whole += start_letter
    return (
        ("whole_system", whole),
        ("one_council", footprint_council if one_council else 0.0),
        ("shared_officer", footprint_officer if one_officer else 0.0),
        ("consent", log_consent),
    )


def choose(utilities: Sequence[float], u: float) -> int:
    """Return the index of the candidate drawn with probability proportional to exp(utility)."""
    top = max(utilities)
    weights = [math.exp(utility - top) for utility in utilities]
    target = u * math.fsum(weights)
    running = 0.0
    for index, weight in enumerate(weights):
        running += weight
        if target < running:
            return index
    return len(weights) - 1
