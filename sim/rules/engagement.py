"""Engagement: LMC advice, council views, and who members think is behind a proposal."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from sim.rules.logistic import expit, happens, logit

if TYPE_CHECKING:
    from sim.scenario.parameters import Parameters

_NORMAL = NormalDist()


def follow_weight(p: Parameters) -> float:
    """Return how far local medical committees (LMCs) follow their members' mood, from 0 to 1.

    Advice against goes with a shift of ``lmc_oppose_effect`` log-odds in the ballots. The part
    that the advice does not cause (1 - ``lmc_causal_share``) must come from committees opposing
    where members are cooler already: with weight w the moods of members advised against and of
    the others lie w x gap apart, where gap is that of the two parts of a standard normal cut at
    ``lmc_oppose_share``, and a unit of mood is worth ``support_sd`` x sqrt(``support_shared``)
    log-odds. So w = (1 - ``lmc_causal_share``) x |``lmc_oppose_effect``| / (gap x worth of mood),
    at most 1. It is the same in both forms of support, so that in the two-mode form, where mood is
    worth less within a mode, the association made up falls somewhat short (0.44 of 0.49 at fitted
    values). Source: priors.md section 4 (confounding).
    """
    mood_effect = p.support_sd * math.sqrt(p.support_shared)
    oppose = p.lmc_oppose_share
    if not 0.0 < oppose < 1.0 or mood_effect <= 0.0:
        return 0.0
    gap = _NORMAL.pdf(_NORMAL.inv_cdf(oppose)) / (oppose * (1.0 - oppose))
    return min(1.0, (1.0 - p.lmc_causal_share) * abs(p.lmc_oppose_effect) / (gap * mood_effect))


def lmc_stance(p: Parameters, *, mood: float, members_mood: float, follow: float) -> str:
    """Return a local medical committee's advice on a proposal: oppose, neutral or support.

    The committee's opinion is ``follow`` x the members' mood + sqrt(1 - ``follow`` squared) x its
    own mood; both moods are standard normal, and so is their mix. The lowest
    ``lmc_oppose_share`` of committees advise against, the highest ``lmc_support_share`` for.
    Source: voting_rules.md section 5, priors.md section 4.
    """
    mixed = follow * members_mood + math.sqrt(1.0 - follow * follow) * mood
    rank = _NORMAL.cdf(mixed)
    if rank < p.lmc_oppose_share:
        return "oppose"
    if rank > 1.0 - p.lmc_support_share:
        return "support"
    return "neutral"


def advice_effect(p: Parameters, stance: str) -> float:
    """Return the shift of a practice's log-odds of a yes that a committee's advice causes.

    It is ``lmc_causal_share`` times the association seen in ballots (``lmc_oppose_effect`` or
    ``lmc_support_effect``); neutral or no advice shifts nothing. Source: priors.md section 4.
    """
    if stance == "oppose":
        return p.lmc_causal_share * p.lmc_oppose_effect
    if stance == "support":
        return p.lmc_causal_share * p.lmc_support_effect
    return 0.0


def council_stance(p: Parameters, known: str, u: float) -> str:
    """Return a council's view of merging its CCGs: support, neutral or oppose.

    It is the publicly ``known`` view; where that is unknown, the council is opposed with chance
    ``council_oppose_share`` (the uniform ``u`` decides) and neutral otherwise.
    Source: the stances in the world's table of councils; the share as its parameter says.
    """
    if known != "unknown":
        return known
    return "oppose" if happens(u, p.council_oppose_share) else "neutral"


def engagement_factor(p: Parameters, opposed_share: float) -> float:
    """Return the factor by which opposed councils lengthen a proposal's engagement.

    It is ``council_delay`` to the power of the share of patients whose council is opposed.
    Source: row 52 (one proposal was put off a year amid council concern); the form is assumed.
    """
    return math.pow(p.council_delay, opposed_share)


def perceived_centre_probability(p: Parameters, origin: str, cajoling: float) -> float:
    """Return the chance that members see the centre behind a proposal.

    Its log-odds are those of ``perceived_if_centre`` or ``perceived_if_local``, by who really
    started it, plus ``perceived_cajoling`` per unit of the lever ``cajoling`` above its 2019 level
    of 1. Source: HSJ, October 2019.
    """
    base = p.perceived_if_centre if origin == "centre" else p.perceived_if_local
    return expit(logit(base) + p.perceived_cajoling * (cajoling - 1.0))
