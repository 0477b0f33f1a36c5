"""Councils: they have a view on merging their CCGs.

A council's stance is drawn once a replication where it is not known; ``ballot.council_view`` other
than as_formed replaces all (silent counts as neutral). The opposed share of a CCG is the share of
its residents whose council is opposed. The view of councils with at least ``VOICE`` of a member
CCG's residents is logged when engagement opens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents.replication import LivingCCG, Replication
from sim.rules import engagement
from sim.streams import purposes

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal

VOICE = 0.2  # share of a CCG's residents from which a council's view is asked for


def stance_of(replication: Replication, council: int) -> str:
    """Return a council's view: won over, known, drawn once a replication, or set by lever."""
    if replication.hooks.won_over(council):
        return "support"
    lever = replication.levers.ballot.council_view
    if lever == "silent":
        return "neutral"
    if lever != "as_formed":
        return lever
    view = replication.views.get(council)
    if view is None:
        view = replication.views[council] = engagement.council_stance(
            replication.parameters,
            replication.world.councils[council].stance,
            replication.streams.uniform(purposes.COUNCIL_STANCE, council),
        )
    return view


def opposed_share(replication: Replication, ccg: LivingCCG) -> float:
    """Return the share of a CCG's residents whose council is opposed."""
    opposed = 0.0
    for council, share in ccg.council_shares:
        if stance_of(replication, council) == "oppose":
            opposed += share
    return opposed


def voiced(proposal: Proposal) -> list[int]:
    """Return the councils whose view of a proposal is asked for, in order of the world's table."""
    return sorted(
        {index for ccg in proposal.members for index, share in ccg.council_shares if share >= VOICE}
    )
