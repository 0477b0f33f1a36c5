"""When a proposal starts: the rates of local leaders and of the centre, and what moves them.

A rate is the product of a base and of exponentials of terms; terms are natural logarithms and
are returned by name, so that a story can tell which weighed most.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sim.rules.logistic import Terms, exp, total

if TYPE_CHECKING:
    from sim.scenario.parameters import Parameters

REFERENCE_CUT = 0.2  # the base rate was observed under this cut
REFERENCE_LEVEL = 1.0  # and under "typically"
REFERENCE_FREE = 4.0  # in systems of about this many separate CCGs


def deadline_ramp(months_to_last_call: float) -> float:
    """Return how near a deadline is, from 0 (a year before) to 1 (the last day to begin in time).

    ``months_to_last_call`` counts to the last day on which work can still be begun in time.
    Source: priors.md sections 3 and 6 (hazards rise to the deadline); the linear form is assumed.
    """
    return min(1.0, max(0.0, 1.0 - months_to_last_call / 12.0))


class StartFacts(NamedTuple):
    """What the rate of starting depends on in a system now, whoever starts.

    ``free`` counts the system's free CCGs (those in no proposal); of them ``officer_share`` are
    under a shared officer and ``distress_share`` in distress;
    ``shortfall`` is their mean running-cost gap as a share of the allowance; ``place`` the
    place's unmeasured leaning to start (log-rate); ``cooling`` whether a ballot or an application
    was lost of late; ``dedicated_leader`` whether a leader in post has no other job.
    """

    free: int
    officer_share: float
    shortfall: float
    distress_share: float
    place: float
    cooling: bool
    dedicated_leader: bool


def common_terms(p: Parameters, facts: StartFacts) -> Terms:
    """Return what speeds up or slows down starting a proposal in a system, whoever starts it.

    The log-rate terms are ``start_crowding`` x log(free CCGs / 4); ``start_officer`` x the share
    under a shared officer; ``start_shortfall`` x (mean running-cost gap / 0.2 - 1);
    ``start_distress`` x the share in distress; ``start_after_lost`` for a time after a lost ballot
    or refusal; ``leader_dedicated`` where a dedicated leader is in post; and the place's
    leaning (``start_place_sd`` x a draw that is standard normal unless the fit knows the place).
    Source: priors.md section 6; section 4 (hardship starts).
    """
    return (
        ("free_ccgs", p.start_crowding * math.log(facts.free / REFERENCE_FREE)),
        ("shared_officer", p.start_officer * facts.officer_share),
        ("running_costs", p.start_shortfall * (facts.shortfall / REFERENCE_CUT - 1.0)),
        ("distress", p.start_distress * facts.distress_share),
        ("after_lost_ballot", p.start_after_lost * (1.0 if facts.cooling else 0.0)),
        ("leader", p.leader_dedicated if facts.dedicated_leader else 0.0),
        ("place", facts.place),
    )


def local_terms(p: Parameters, *, belief_level: float, match_share: float) -> Terms:
    """Return what further moves local leaders to start a proposal, in log-rate.

    The terms are ``start_expectation`` per step of the free CCGs' mean belief beyond "typically",
    and ``start_council_match`` x the share of them that match one council each.
    Source: priors.md section 6; base_rates.md (who proposed in 2019).
    """
    return (
        ("belief", p.start_expectation * (belief_level - REFERENCE_LEVEL)),
        ("council_match", p.start_council_match * match_share),
    )


def centre_terms(
    p: Parameters,
    *,
    belief_level: float,
    match_share: float,
    letter_strength: float,
    pushed: bool,
    hard_rule: bool,
) -> Terms:
    """Return what further moves the centre to start a proposal in a system, in log-rate.

    The terms are ``start_expectation`` per step of the region's belief beyond "typically";
    ``start_council_match`` x the share of free CCGs that match one council each, unless the region
    pushes for whole systems; ``start_letter`` x the strength of the letters in force; and
    ``start_hard_rule`` where the hard rule holds.
    Source: priors.md section 6; policy_timeline.csv (a push in June and a letter in September
    2019).
    """
    return (
        ("belief", p.start_expectation * (belief_level - REFERENCE_LEVEL)),
        ("council_match", 0.0 if pushed else p.start_council_match * match_share),
        ("letter", p.start_letter * letter_strength),
        ("hard_rule", p.start_hard_rule if hard_rule else 0.0),
    )


def rate(base: float, share: float, intensity: float, leader_factor: float, terms: Terms) -> float:
    """Return how often a system starts proposals of one origin, per month.

    It is base x share of the origin x intensity of the origin x leader factor x exp(sum of terms).
    The form (proportional hazards) is assumed.
    """
    if base == 0.0 or share == 0.0 or intensity == 0.0 or leader_factor == 0.0:
        return 0.0
    return base * share * intensity * leader_factor * exp(total(terms))


def centre_intensity(
    p: Parameters, *, encouragement: float, incentive: float, cajoling: float
) -> float:
    """Return how active the centre is in starting proposals, 1 as in 2019.

    It is the mean of its three levers ``force.encouragement``, ``force.incentive`` and
    ``force.cajoling`` (each 1 as in 2019), weighted by their parts of the
    activity of 2019: ``encouragement_share`` for encouragement, and of the rest
    ``cajoling_share`` for cajoling and what is left for incentives. Equal levers give just that
    level. The sources name the three in one breath (HSJ, October 2019), so the shares are assumed.
    """
    if encouragement == incentive == cajoling:  # whatever their shares, to the last bit
        return encouragement
    rest = 1.0 - p.encouragement_share
    paid = incentive * (1.0 - p.cajoling_share)
    return p.encouragement_share * encouragement + rest * (p.cajoling_share * cajoling + paid)
