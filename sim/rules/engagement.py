"""Engagement: LMC advice, council views, and who members think is behind a proposal."""

from __future__ import annotations

import math
from statistics import NormalDist

from sim.rules.logistic import expit, happens, logit

_NORMAL = NormalDist()


def follow_weight(
    causal_share: float, oppose_effect: float, mood_effect: float, oppose: float
) -> float:
    """Return how far committees follow their members' mood, from 0 to 1.

    Advice against goes with a shift of ``oppose_effect`` log-odds in the ballots. What of it the
    advice does not cause must come from committees opposing where members are cooler already:
    with weight w the moods of members advised against and of the others lie w x gap apart, where
    gap is that of the two parts of a standard normal cut at the share that opposes, and a unit of
    mood is worth ``mood_effect`` log-odds. Source: priors.md section 4 (confounding).
    """
    if not 0.0 < oppose < 1.0 or mood_effect <= 0.0:
        return 0.0
    gap = _NORMAL.pdf(_NORMAL.inv_cdf(oppose)) / (oppose * (1.0 - oppose))
    return min(1.0, (1.0 - causal_share) * abs(oppose_effect) / (gap * mood_effect))


def lmc_stance(
    mood: float, members_mood: float, follow: float, oppose: float, support: float
) -> str:
    """Return a local medical committee's advice: oppose, neutral or support.

    The advice mixes the committee's own mood and, by ``follow``, that of the members; both are
    standard normal and so is their mix. The two shares of committees cut its tails.
    Source: voting_rules.md section 5, priors.md section 4.
    """
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
