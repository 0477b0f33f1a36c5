"""Local medical committees: they advise their GPs on a proposal."""

from __future__ import annotations

from sim.agents.state import LivingCCG, Situation
from sim.chance import purposes
from sim.chance.quantiles import standard_normal
from sim.rules import engagement


def advise(situation: Situation, lmc: int, proposal_id: str, members_mood: float) -> str:
    """Form one committee's advice on one proposal and write it to the log.

    ``members_mood`` is the standard-normal mood that all members of the proposal share. Returns
    oppose, neutral, support, or none where committees are silent by lever.
    """
    lever = situation.levers.ballot.lmc_advice
    attempt = situation.lmc_asked.get(lmc, 0)
    situation.lmc_asked[lmc] = attempt + 1
    if lever == "as_formed":
        p = situation.parameters
        mood = standard_normal(situation.luck.uniform(purposes.LMC_MOOD, lmc, attempt))
        stance = engagement.lmc_stance(
            mood, members_mood, p.lmc_causal_share, p.lmc_oppose_share, p.lmc_support_share
        )
    else:
        stance = "none" if lever == "silent" else lever
    situation.log.write(
        situation.env.now,
        "advice",
        situation.world.lmcs[lmc].name,
        proposal_id,
        {"stance": stance},
    )
    return stance


def advice_to(ccg: LivingCCG, stances: dict[int, str]) -> str:
    """Return the advice that most of a CCG's residents' committees give; "none" without any."""
    weights: dict[str, float] = {}
    for lmc, share in ccg.lmc_shares:
        stance = stances.get(lmc, "none")
        weights[stance] = weights.get(stance, 0.0) + share
    return max(weights, key=lambda stance: (weights[stance], stance)) if weights else "none"


def effect_on(situation: Situation, ccg: LivingCCG, stances: dict[int, str]) -> float:
    """Return the shift of a CCG's practices caused by advice, weighted by the committees' areas."""
    p = situation.parameters
    shift = 0.0
    for lmc, share in ccg.lmc_shares:
        shift += share * engagement.advice_effect(
            stances.get(lmc, "none"),
            p.lmc_causal_share,
            p.lmc_oppose_effect,
            p.lmc_support_effect,
        )
    return shift
