"""Which of the candidate footprints leaders put forward."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.rules.logistic import Terms

if TYPE_CHECKING:
    from sim.scenario.parameters import Parameters


class CrossingRule(NamedTuple):
    """Whether footprints may cross a system border: ``possible`` at all, and which ``admitted``.

    ``admitted`` says whether a footprint that crosses is, from whether it matches one council.
    """

    possible: bool
    admitted: Callable[[bool], bool]


def none_may_cross(_one_council: bool) -> bool:
    """Return that no footprint that crosses a system border is admitted.

    Assumed as the usual case: 16 of the 18 mergers of April 2020 lay in one system.
    """
    return False


def counties_may_cross(one_council: bool) -> bool:
    """Return whether a footprint that crosses a system border is admitted: if it matches a county.

    Source: rows 17 and 80; both mergers of April 2020 that crossed a border matched one.
    """
    return one_council


CROSSING_RULES: Final[Mapping[str, CrossingRule]] = {
    "never": CrossingRule(possible=False, admitted=none_may_cross),
    "county": CrossingRule(possible=True, admitted=counties_may_cross),
}
"""By the values of the lever ``boundaries.cross_system``."""


class Pulls(NamedTuple):
    """What draws leaders to a footprint, in log-odds against a nondescript pair of CCGs."""

    whole_system: float
    one_council: float
    shared_officer: float


def pulls(p: Parameters, *, belief_level: float, push_strength: float) -> Pulls:
    """Return how strongly each kind of footprint draws the leaders of one system.

    The whole system pulls by ``footprint_whole`` (less in proportion where the leaders believe
    less than "typically"), plus ``footprint_expectation`` for each step of belief beyond
    "typically", plus ``footprint_push`` times the strength of the region's push for whole systems;
    a footprint that is one council's pulls by ``footprint_council``, and CCGs under one officer by
    ``footprint_officer``. ``belief_level`` is what the system's leader has heard, in steps.
    Source: priors.md section 6 (footprint = STP/ICS +1, one council +0.3, officer +1 to +2).
    """
    whole = p.footprint_whole * min(1.0, belief_level)
    whole += p.footprint_expectation * max(0.0, belief_level - 1.0)
    whole += p.footprint_push * push_strength
    return Pulls(whole, p.footprint_council, p.footprint_officer)


def utility(
    pull: Pulls, whole_system: bool, one_council: bool, one_officer: bool, log_consent: float
) -> float:
    """Return the utility of a candidate footprint to the leaders who would propose it.

    It is the sum of the pulls of its kinds plus ``log_consent``, the log of the chance that all
    its governing bodies would consent: leaders choose what can carry consent (assumed).
    """
    value = log_consent
    if whole_system:
        value += pull.whole_system
    if one_council:
        value += pull.one_council
    if one_officer:
        value += pull.shared_officer
    return value


def terms(
    pull: Pulls, whole_system: bool, one_council: bool, one_officer: bool, log_consent: float
) -> Terms:
    """Return the utility of a candidate footprint as named terms, for the log."""
    return (
        ("footprint_whole_system", pull.whole_system if whole_system else 0.0),
        ("footprint_one_council", pull.one_council if one_council else 0.0),
        ("footprint_shared_officer", pull.shared_officer if one_officer else 0.0),
        ("footprint_consent", log_consent),
    )


def share_kinds(utilities: Sequence[float], kinds: Sequence[Hashable]) -> list[float]:
    """Return the utilities of candidate footprints, less the log of the number of their kind.

    Leaders think of kinds of footprint (the whole system, a county, those who share an officer,
    some pair); twenty nondescript pairs are not twenty times as likely as the one whole system.
    So each candidate stands for one over the number of its kind (assumed; a list of pairs is as
    long as the map has borders, which says nothing about what leaders want).
    """
    size: dict[Hashable, int] = {}
    for kind in kinds:
        size[kind] = size.get(kind, 0) + 1
    return [utility - math.log(size[kind]) for utility, kind in zip(utilities, kinds, strict=True)]


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
