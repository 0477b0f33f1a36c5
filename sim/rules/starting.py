"""When a proposal starts: the rates of local leaders and of the centre, and what moves them.

A rate is the product of a base and of exponentials of terms; terms are natural logarithms and
are returned by name, so that a story can tell which weighed most.
"""

from __future__ import annotations

import math

from sim.rules.logistic import Terms, exp, total

REFERENCE_CUT = 0.2  # the base rate was observed under this cut
REFERENCE_LEVEL = 1.0  # and under "typically"
REFERENCE_FREE = 4.0  # in systems of about this many separate CCGs


def deadline_ramp(months_to_last_call: float) -> float:
    """Return how near a deadline is: 1 in the last month that can make it, 0 a year before.

    ``months_to_last_call`` counts to the last day on which work can still be begun in time.
    Source: priors.md sections 3 and 6 (hazards rise to the deadline); the linear form is assumed.
    """
    return min(1.0, max(0.0, 1.0 - months_to_last_call / 12.0))


def common_terms(
    *,
    free: int,
    officer_share: float,
    shortfall: float,
    distress_share: float,
    place: float,
    cooling: float,
    dedicated_leader: bool,
    start_officer: float,
    start_shortfall: float,
    start_distress: float,
    start_crowding: float,
    start_after_lost: float,
    leader_dedicated: float,
) -> Terms:
    """Return the terms that speed up or slow down starting for local leaders and centre alike.

    Shares are over the system's free CCGs (in no proposal); ``shortfall`` is their mean running
    cost gap as a share of allowance; ``cooling`` is 1 after a lost ballot or refusal, else 0.
    Source: priors.md section 6; section 4 (hardship starts).
    """
    return (
        ("free_ccgs", start_crowding * math.log(free / REFERENCE_FREE)),
        ("shared_officer", start_officer * officer_share),
        ("running_costs", start_shortfall * (shortfall / REFERENCE_CUT - 1.0)),
        ("distress", start_distress * distress_share),
        ("after_lost_ballot", start_after_lost * cooling),
        ("leader", leader_dedicated if dedicated_leader else 0.0),
        ("place", place),
    )


def local_terms(
    *,
    belief_level: float,
    match_share: float,
    start_expectation: float,
    start_council_match: float,
) -> Terms:
    """Return the further terms of local leaders: what CCGs believe, and their councils.

    ``belief_level`` is the mean over the free CCGs; ``match_share`` the share of them that match
    one council each. Source: priors.md section 6; base_rates.md (who proposed in 2019).
    """
    return (
        ("belief", start_expectation * (belief_level - REFERENCE_LEVEL)),
        ("council_match", start_council_match * match_share),
    )


def centre_terms(
    *,
    belief_level: float,
    match_share: float,
    letter_strength: float,
    pushed: bool,
    hard_rule: bool,
    start_expectation: float,
    start_council_match: float,
    start_letter: float,
    start_hard_rule: float,
) -> Terms:
    """Return the further terms of the centre: the region's belief, letters, pushes, a hard rule.

    Where a region pushes for whole systems, matching one's own council no longer counts.
    Source: priors.md section 6; policy_timeline.csv (a push in June and a letter in September
    2019).
    """
    return (
        ("belief", start_expectation * (belief_level - REFERENCE_LEVEL)),
        ("council_match", 0.0 if pushed else start_council_match * match_share),
        ("letter", start_letter * letter_strength),
        ("hard_rule", start_hard_rule if hard_rule else 0.0),
    )


def rate(base: float, share: float, intensity: float, leader_factor: float, terms: Terms) -> float:
    """Return a rate per month: base x share x intensity x leader factor x exp(sum of terms)."""
    if base == 0.0 or share == 0.0 or intensity == 0.0 or leader_factor == 0.0:
        return 0.0
    return base * share * intensity * leader_factor * exp(total(terms))


def centre_intensity(
    encouragement: float,
    incentive: float,
    cajoling: float,
    *,
    encouragement_share: float,
    cajoling_share: float,
) -> float:
    """Return how active the centre is in starting: its three levers, weighted by their shares.

    Levers are 1 as in 2019. ``encouragement_share`` is encouragement's part of the activity of
    then, ``cajoling_share`` cajoling's part of the rest. Equal levers give just that level. The
    sources name the three in one breath (HSJ, October 2019), so the shares are assumed.
    """
    if encouragement == incentive == cajoling:  # whatever their shares, to the last bit
        return encouragement
    rest = 1.0 - encouragement_share
    paid = incentive * (1.0 - cajoling_share)
    return encouragement_share * encouragement + rest * (cajoling_share * cajoling + paid)
