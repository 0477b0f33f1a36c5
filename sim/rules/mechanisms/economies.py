"""Rules of mechanisms: what merging and sharing cost, save and are worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from sim.rules.effect import BodyFacts, CandidateFacts, Effect, SystemFacts

if TYPE_CHECKING:
    from sim.scenario.levers import Levers
    from sim.scenario.parameters import Parameters

MILLION: Final = 1e6
AVERAGE_PARTS: Final = 4.0  # free CCGs at which the base rate of starting holds
AVERAGE_PATIENTS: Final = 1.44  # million patients of the average system (60.3 million in 42)
ANNOUNCED_CUT: Final = 0.2  # of the running-cost allowance, letter of November 2018
USUAL_ALLOWANCE: Final = 20.07  # pounds per patient and year before it (1.21 billion pounds)


# -- What leaders and members weigh --------------------------------------------------------------


def worth_of_size(p: Parameters, parts: int, patients: float) -> float:
    """Return the worth of a footprint's size to its sponsors, in units of utility.

    It is ``size_benefit`` x ln(``parts``) - ``size_localness`` x million ``patients``. Joining more
    CCGs frees staff from reporting, gathers expertise and keeps practices out of conflicts of
    interest, by less with each further one; distance from the ground grows with every million
    patients. With both above zero the worth rises, peaks at ``size_benefit`` / ``size_localness``
    million patients for bodies of a million each, and falls: an inverted U. Source: rows 68, 77 and
    78; the form is assumed.
    """
    return p.size_benefit * math.log(parts) - p.size_localness * patients / MILLION


def pooled_debts(own_distress: float, partner_distress: float, own_share: float) -> float:
    """Return how far a CCG's members would pay for others, -1 (all debtors) to 1 (all payers).

    It is (the partners' distress - its own) x (1 - its own share of patients). The gap of distress
    to the partners counts by the partners' share of the merged patients: small payers of large
    debts lose most, small debtors of sound partners gain most. Debts alone are pooled here; the
    world holds no index of deprivation, whose extra money would be pooled in the same way. Source:
    priors.md section 7 (poorer and larger partners reinforce each other).
    """
    return (partner_distress - own_distress) * (1.0 - own_share)


def _size_weighed(levers: Levers) -> bool:
    return levers.money.size == "weighed"


def _graded(levers: Levers) -> bool:
    return levers.joint.rungs == "graded"


def _size_at_start(levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return the worth of all free CCGs' joining in a system, against an average system's.

    Source: rows 68, 77 and 78; the form is assumed.
    """
    there = worth_of_size(p, max(1, facts.free), facts.patients)
    usual = p.size_benefit * math.log(AVERAGE_PARTS) - p.size_localness * AVERAGE_PATIENTS
    return there - usual


def _size_of_footprint(levers: Levers, p: Parameters, facts: CandidateFacts) -> float:
    """Return the worth of a candidate's size to the leaders who choose among footprints."""
    return worth_of_size(p, facts.parts, facts.patients)


def _distance(levers: Levers, p: Parameters, facts: BodyFacts) -> float:
    """Return what being further from where decisions are made adds to members' support, log-odds.

    -``size_localness`` x the million patients of the other CCGs. Source: row 78; form assumed.
    """
    return -p.size_localness * (facts.all_patients - facts.own_patients) / MILLION


def _committees(levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return what committees in common do for starting, beside the term of shared officers."""
    return p.start_committee * facts.committee_share


def _teams(levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return what joint teams do for starting, beside the term of shared officers."""
    return p.start_team * facts.team_share


def _cooperation(levers: Levers, p: Parameters, facts: BodyFacts) -> float:
    """Return what time under a shared officer wins among members."""
    return p.ballot_cooperation * facts.cooperation


def _pooling(levers: Levers, p: Parameters, facts: BodyFacts) -> float:
    """Return what members make of pooling debts, as payers or as debtors.

    Unlike the argument ``partner_distress``, which stays, it also speaks for merging where the CCG
    itself is the debtor.
    """
    return p.ballot_pooling * pooled_debts(
        facts.own_distress, facts.partner_distress, facts.own_patients / facts.all_patients
    )


EFFECTS: Final[tuple[Effect, ...]] = (
    Effect("size", "start", _size_weighed, _size_at_start),
    Effect("size", "footprint", _size_weighed, _size_of_footprint),
    Effect("distance", "support", _size_weighed, _distance),
    Effect("pooled_debts", "support", lambda lv: lv.money.pooling == "argued", _pooling),
    Effect("committees_in_common", "start", _graded, _committees),
    Effect("joint_team", "start", _graded, _teams),
    Effect("cooperation", "support", lambda lv: lv.joint.cooperation == "grows", _cooperation),
)


# -- What it comes to in money -------------------------------------------------------------------


def announced_target(patients: float) -> float:
    """Return the announced running-cost saving in pounds a year: 20% of the usual allowance."""
    return ANNOUNCED_CUT * USUAL_ALLOWANCE * patients


def transition_cost(bodies_removed: int, cost_per_body: float) -> float:
    """Return the one-off cost of merging, in the unit of ``cost_per_body``."""
    return bodies_removed * cost_per_body


def scale_gain(patients: float, effect: float) -> float:
    """Return what being larger saves (or, below zero, loses) a year in pounds, fixed cost apart.

    ``effect`` is the share of the usual running-cost allowance of merged bodies. Source: priors.md
    section 9 (administration -7%, sd 5%, but total spending 0); priors.md section 10 and the
    doubt of row 84 put its centre at 0.
    """
    return effect * USUAL_ALLOWANCE * patients
