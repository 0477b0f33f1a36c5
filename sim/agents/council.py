"""Councils: they have a view on merging their CCGs, and may be won over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents.replication import LivingCCG, Replication
from sim.rules import engagement
from sim.rules.logistic import happens
from sim.rules.mechanisms import leaders as leader_rules
from sim.streams import purposes

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal

VOICE = 0.2  # share of a CCG's residents from which a council's view is asked for


def stance_of(replication: Replication, council: int) -> str:
    """Return a council's view: won over, known, drawn once a replication, or set by lever."""
    if replication.leading is not None and council in replication.leading.won_over:
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


def offer_leading_parts(replication: Replication, proposal: Proposal) -> None:
    """Let the system's leader offer opposed councils a leading part; some come round for good.

    Without a leader in post nobody makes an offer. A council that comes round takes the lead of a
    place of its own, where trusts and councils lead places and that one is free.
    """
    stage = replication.leading
    if stage is None or not replication.levers.councils.leadership_offer:
        return
    if not proposal.home.leader_in_post:
        return
    for council in voiced(proposal):
        if stance_of(replication, council) != "oppose":
            continue
        attempt = stage.offers.get(council, 0)
        stage.offers[council] = attempt + 1
        u = replication.streams.uniform(purposes.COUNCIL_OFFER, council, attempt)
        accepted = happens(u, replication.parameters.council_won_over)
        replication.write(
            "council_offer",
            replication.world.councils[council].name,
            proposal.id,
            accepted=accepted,
        )
        if accepted:
            stage.won_over.add(council)
            if stage.places is not None:
                _lead_a_place(replication, proposal, council)


def _lead_a_place(replication: Replication, proposal: Proposal, council: int) -> None:
    """Let a council lead the free place of the footprint with most of its residents in it."""
    stage, ccgs = replication.leading, replication.world.ccgs
    assert stage is not None  # noqa: S101 - asked before
    assert stage.places is not None  # noqa: S101 - asked before
    places = [
        (-share, place)
        for ccg in proposal.members
        for place in ccg.members
        for index, share in ccgs[place].council_shares
        if index == council and place not in stage.places.types
    ]
    if places:
        stage.places.appoint(min(places)[1], "council")


def compromise(replication: Replication, proposal: Proposal, opposed: list[float]) -> list[float]:
    """Strike a compromise where councils are opposed; returns what is left of their opposition."""
    if not replication.levers.councils.compromise or not any(opposed):
        return opposed
    gain = replication.parameters.compromise_gain
    left = [leader_rules.after_compromise(share, gain) for share in opposed]
    proposal.write("compromise", opposed=max(opposed), left=max(left))
    return left
