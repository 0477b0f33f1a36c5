"""The centre's decision on an application."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.rules.logistic import Terms, expit, happens, logit, total

if TYPE_CHECKING:
    from sim.rules.effect import FootprintFacts
    from sim.scenario.parameters import Parameters


class Ruling(NamedTuple):
    """A decision on an application: what it is, the rule's terms, and the tests that failed.

    ``failed`` is None where the published tests are not applied one by one.
    """

    decision: str
    terms: Terms
    failed: tuple[str, ...] | None = None


def approval_terms(p: Parameters, facts: FootprintFacts, *, hard_rule: bool) -> Terms:
    """Return the log-odds that NHS England approves an application, as named terms.

    The terms are the log-odds of ``approval_probability``; ``approval_unready`` times the share
    of the footprint that is not under one shared officer; and ``approval_part_hard`` where the
    hard rule holds, the system is not exempt from it and the footprint is smaller than its
    system. Source: approval_criteria.md (the one application refused by the cut-off had no
    shared officer); the size under the hard rule is assumed.
    """
    part = hard_rule and not facts.exempt and not facts.whole_system
    return (
        ("base", logit(p.approval_probability)),
        ("unready", p.approval_unready * (1.0 - facts.ready)),
        ("part_of_system", p.approval_part_hard if part else 0.0),
    )


def decide(p: Parameters, terms: Terms, u: float) -> str:
    """Return what NHS England decides on an application: approved, deferred or refused.

    The chance of a deferral is ``approval_defer``; the chance of approval is expit(sum of the
    terms) among the applications not deferred; the others are refused. One uniform ``u`` decides:
    the lowest values approve and the highest refuse. Source: base_rates.md (28 of 29 approved).
    """
    approve = (1.0 - p.approval_defer) * expit(total(terms))
    if happens(u, approve):
        return "approved"
    return "deferred" if happens(u, approve + p.approval_defer) else "refused"


# -- The published tests, one by one -------------------------------------------------------------

TESTS: Final = (
    "coterminosity",
    "footprint",
    "members",
    "leadership",
    "finance",
    "savings",
    "durability",
)
"""The tests of 2016 to 2019 that have a fact behind them (approval_criteria.md)."""

CRITICAL_MASS: Final = 1_000_000  # patients of a body that will not soon be merged again; assumed


class Gaps(NamedTuple):
    """How far an application falls short of each published test, in the order of the tests."""

    coterminosity: float
    footprint: float
    members: float
    leadership: float
    finance: float
    savings: float
    durability: float


def gaps_of(facts: FootprintFacts, *, savings_target: float) -> Gaps:
    """Return how far an application falls short of each published test, 0 (not at all) to 1.

    Coterminosity: none if all members have the same main council (the council that holds at least
    half of a CCG's residents), else 1. Footprint: the patient share of the home system that is
    left out. Members: the share of votes cast against. Leadership: the share not under
    one shared officer. Finance: the patient share in distress. Savings: the part of
    ``savings_target`` (million pounds a year, a fifth of running costs) that merging does not
    save. Durability (future-proofing): a footprint that is not its whole system, the more so the
    further it stays below a million patients, will be merged again.
    Source: approval_criteria.md; rows 62 and 64.
    """
    saving = facts.saving / savings_target if savings_target > 0.0 else 1.0
    return Gaps(
        coterminosity=0.0 if facts.one_council else 1.0,
        footprint=min(1.0, max(0.0, 1.0 - facts.share_of_system)),
        members=facts.votes_against,
        leadership=min(1.0, max(0.0, 1.0 - facts.ready)),
        finance=min(1.0, facts.distress_share),
        savings=min(1.0, max(0.0, 1.0 - saving)),
        durability=0.0 if facts.whole_system else max(0.0, 1.0 - facts.patients / CRITICAL_MASS),
    )


def passing_chance(gap: float, failing: float, strictness: float = 0.0) -> float:
    """Return the chance that an application passes one published test.

    It is 1 - ``failing`` x ``gap``, where ``failing`` is the parameter of the test
    (``fail_coterminosity``, ``fail_footprint``, ``fail_members``, ``fail_leadership``,
    ``fail_finance``, ``fail_savings``, ``fail_durability``), with ``strictness`` added to its
    log-odds (below zero under a presumption against mergers); a test that the application meets
    fully is always passed. Assumed.
    """
    chance = 1.0 - failing * gap
    if chance >= 1.0:
        return 1.0
    return expit(logit(max(chance, 1e-9)) + strictness)


def log_chance(chance: float) -> float:
    """Return the natural log of a chance, held above that of a billionth."""
    return math.log(max(chance, 1e-9))


def judge(failed: Sequence[str]) -> str:
    """Return what NHS England decides on an application that has failed these published tests.

    None failed: approved. Without one officer in place, or with two tests failed, it is refused;
    any other is returned to be mended for the next round (row 64; the one refusal on record was
    for readiness, approval_criteria.md).
    """
    if not failed:
        return "approved"
    return "refused" if len(failed) > 1 or "leadership" in failed else "deferred"


def scrutiny_factor(ready: float, longer: float) -> float:
    """Return the factor by which a panel's review is longer without one accountable officer.

    It is 1 + (``longer`` - 1) x the share of the footprint that is not under one officer, and
    never below 1. Source: row 62 (informal arrangements fall short of what is asked of accounting
    officers); the form is assumed.
    """
    return 1.0 + max(0.0, longer - 1.0) * (1.0 - ready)
