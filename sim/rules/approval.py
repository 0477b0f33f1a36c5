"""The centre's decision on an application."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from sim.rules.effect import FootprintFacts
from sim.rules.logistic import Terms, expit, happens, logit, total


def approval_terms(
    *,
    ready: float,
    whole_system: bool,
    hard_rule: bool,
    approval_probability: float,
    approval_unready: float,
    approval_part_hard: float,
) -> Terms:
    """Return the log-odds terms of approval.

    ``ready`` is the share of the footprint under one shared officer (a single body counts as 1):
    the one application refused by the cut-off had none. Under the hard rule a footprint smaller
    than its system counts against. Source: approval_criteria.md.
    """
    return (
        ("base", logit(approval_probability)),
        ("unready", approval_unready * (1.0 - ready)),
        ("part_of_system", approval_part_hard if hard_rule and not whole_system else 0.0),
    )


def decide(u: float, terms: Terms, defer: float) -> str:
    """Return approved, deferred or refused; one uniform decides, refusals lying at the top.

    The chance of approval among those not deferred is expit(sum of terms). Source: base_rates.md
    (28 of 29 approved); by default the published tests are summed up in readiness.
    """
    approve = (1.0 - defer) * expit(total(terms))
    if happens(u, approve):
        return "approved"
    return "deferred" if happens(u, approve + defer) else "refused"


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


def gaps_of(
    facts: FootprintFacts, *, savings_target: float
) -> tuple[float, float, float, float, float, float, float]:
    """Return how far an application falls short of each test, 0 (not at all) to 1, as in TESTS.

    Coterminosity: the merged body lies mostly in several councils. Footprint: the patient share of
    the system left out. Members: the share of votes cast against. Leadership: the share not under
    one shared officer. Finance: the patient share in distress. Savings: the part of
    ``savings_target`` (million pounds a year, a fifth of running costs) that merging leaves to be
    found. Durability (future-proofing): a footprint that is not its whole system, the more so the
    further it stays below a million patients, will be merged again.
    Source: approval_criteria.md; rows 62 and 64.
    """
    saving = facts.saving / savings_target if savings_target > 0.0 else 1.0
    return (
        0.0 if facts.one_council else 1.0,
        min(1.0, max(0.0, 1.0 - facts.share_of_system)),
        facts.votes_against,
        min(1.0, max(0.0, 1.0 - facts.ready)),
        min(1.0, facts.distress_share),
        min(1.0, max(0.0, 1.0 - saving)),
        0.0 if facts.whole_system else max(0.0, 1.0 - facts.patients / CRITICAL_MASS),
    )


def passing_chance(gap: float, failing: float, strictness: float = 0.0) -> float:
    """Return the chance of passing one test: 1 where nothing is amiss, 1 - failing at worst.

    ``strictness`` lowers (or, above zero, raises) the log-odds of passing, as a presumption
    against mergers does; a test that the application meets fully is passed all the same.
    """
    chance = 1.0 - failing * gap
    if chance >= 1.0:
        return 1.0
    return expit(logit(max(chance, 1e-9)) + strictness)


def log_chance(chance: float) -> float:
    """Return the natural log of a chance, held above that of a billionth."""
    return math.log(max(chance, 1e-9))


def judge(failed: Sequence[str]) -> str:
    """Return the decision on the tests that an application has failed.

    None failed: approved. Without one officer in place, or with two tests failed, it is refused;
    any other is returned to be mended for the next round (row 64; the one refusal on record was
    for readiness, approval_criteria.md).
    """
    if not failed:
        return "approved"
    return "refused" if len(failed) > 1 or "leadership" in failed else "deferred"


def scrutiny_factor(ready: float, longer: float) -> float:
    """Return how much longer a panel takes: 1, or up to ``longer`` with no accountable officer.

    Critics hold that informal arrangements fall short of what is asked of accounting officers
    (row 62); the form is assumed.
    """
    return 1.0 + max(0.0, longer - 1.0) * (1.0 - ready)
