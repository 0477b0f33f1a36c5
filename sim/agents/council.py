"""Councils: they have a view on merging their CCGs."""

from __future__ import annotations

from sim.agents.state import LivingCCG, Situation
from sim.chance import purposes
from sim.rules import engagement


def stance_of(situation: Situation, council: int) -> str:
    """Return a council's view: known, drawn once a replication, or set by lever."""
    lever = situation.levers.ballot.council_view
    if lever == "silent":
        return "neutral"
    if lever != "as_formed":
        return lever
    return engagement.council_stance(
        situation.world.councils[council].stance,
        situation.luck.uniform(purposes.COUNCIL_STANCE, council),
        situation.parameters.council_oppose_share,
    )


def opposed_share(situation: Situation, ccg: LivingCCG) -> float:
    """Return the share of a CCG's residents whose council is opposed."""
    return sum(
        share for council, share in ccg.council_shares if stance_of(situation, council) == "oppose"
    )
