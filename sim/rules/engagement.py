"""Engagement: LMC advice, council views, and who members think is behind a proposal."""

from __future__ import annotations

import math
from statistics import NormalDist

from sim.rules.logistic import expit, happens, logit

_NORMAL = NormalDist()


def lmc_stance(
    mood: float, members_mood: float, causal_share: float, oppose: float, support: float
) -> str:
    """Return a local medical committee's advice: oppose, neutral or support.

    Committees oppose where their members already do: the smaller the causal share, the more the
    advice follows the members' mood. Both moods are standard normal and so is their mix; the two
    shares of committees cut its tails. Source: voting_rules.md section 5, priors.md section 4.
    """
    follow = math.sqrt(1.0 - causal_share)
    mixed = follow * members_mood + math.sqrt(1.0 - follow * follow) * mood
    rank = _NORMAL.cdf(mixed)
    if rank < oppose:
        return "oppose"
    if rank > 1.0 - support:
        return "support"
    return "neutral"


def advice_effect(stance: str, causal_share: float, oppose: float, support: float) -> float:
    """Return the shift of a practice's log-odds caused by advice.

    Only the causal share of the association seen in ballots is an effect of the advice.
    Source: priors.md section 4.
    """
    if stance == "oppose":
        return causal_share * oppose
    if stance == "support":
        return causal_share * support
    return 0.0


def council_stance(known: str, u: float, oppose_share: float) -> str:
    """Return a council's view: the publicly known one, else opposed or neutral by share."""
    if known != "unknown":
        return known
    return "oppose" if happens(u, oppose_share) else "neutral"


def engagement_factor(opposed_share: float, council_delay: float) -> float:
    """Return how much longer engagement takes, by the share of patients with opposed councils."""
    return math.pow(council_delay, opposed_share)


def perceived_centre_probability(
    origin: str, if_centre: float, if_local: float, cajoling: float, per_cajoling: float
) -> float:
    """Return the chance that members see the centre behind a proposal.

    Cajoling beyond its 2019 level of 1 makes it more visible. Source: HSJ, October 2019.
    """
    base = if_centre if origin == "centre" else if_local
    return expit(logit(base) + per_cajoling * (cajoling - 1.0))
