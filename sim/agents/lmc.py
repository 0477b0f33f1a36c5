"""Local medical committees: they advise their GPs on a proposal.

At the end of engagement every committee in whose area a member CCG lies is asked. With
``ballot.lmc_advice`` as_formed its advice is that of ``lmc_stance``, with the members' mood of the
idea and ``follow_weight``; other values of the lever replace all (silent: none). Advice shifts a
CCG's log-odds by the sum over its committees of residents' share x ``advice_effect``.

The committee's own N(0,1) is fresh for each proposal. Its address is ``ASKING_SYSTEMS`` x (ordinal
of the proposal counted from 0) + min(r, ``ASKING_SYSTEMS`` - 1), r the rank (from 0, in the order
of the world's table) of the proposal's home among the systems with starting CCGs in the committee's
area, or their number if the home is none of them. So only proposals of one ordinal that are
convened outside the area, or in the fourth or a later system of it, can share a draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.agents.replication import LivingCCG, Replication
from sim.rules import engagement
from sim.streams import purposes
from sim.streams.quantiles import standard_normal

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal

# Attempts of a committee kept for each ordinal: one for each system in its area, in order, and
# the last for proposals convened elsewhere.
ASKING_SYSTEMS: Final = 4


def advise(replication: Replication, lmc: int, proposal: Proposal, members_mood: float) -> str:
    """Form one committee's advice on one proposal and write it to the log.

    ``members_mood`` is the standard-normal mood that all members of the proposal share. Returns
    oppose, neutral, support, or none where committees are silent by lever.
    """
    lever = replication.levers.ballot.lmc_advice
    if lever == "as_formed":
        systems = replication.lmc_systems.get(lmc, ())
        home, number = proposal.address
        rank = systems.index(home) if home in systems else len(systems)
        attempt = number * ASKING_SYSTEMS + min(rank, ASKING_SYSTEMS - 1)
        own = standard_normal(replication.streams.uniform(purposes.LMC_MOOD, lmc, attempt))
        stance = engagement.lmc_stance(
            replication.parameters,
            mood=own,
            members_mood=members_mood,
            follow=replication.follow_weight,
        )
    else:
        stance = "none" if lever == "silent" else lever
    replication.write("advice", replication.world.lmcs[lmc].name, proposal.id, stance=stance)
    return stance


def advice_to(ccg: LivingCCG, stances: dict[int, str]) -> str:
    """Return the advice that most of a CCG's residents' committees give; "none" without any."""
    weights: dict[str, float] = {}
    for lmc, share in ccg.lmc_shares:
        stance = stances.get(lmc, "none")
        weights[stance] = weights.get(stance, 0.0) + share
    return max(zip(weights.values(), weights, strict=True))[1] if weights else "none"


def effect_on(replication: Replication, ccg: LivingCCG, stances: dict[int, str]) -> float:
    """Return the shift of a CCG's practices caused by advice, weighted by the committees' areas."""
    p = replication.parameters
    shift = 0.0
    for lmc, share in ccg.lmc_shares:
        shift += share * engagement.advice_effect(p, stances.get(lmc, "none"))
    return shift
