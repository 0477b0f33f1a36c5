"""Councils won over: a leading part offered to those opposed, and compromises with them.

Offers (``councils.leadership_offer``): when engagement opens and the home system's leader is in
post, every opposed council with at least ``VOICE`` of a member CCG's residents is offered a leading
part. With probability ``council_won_over`` it is supportive for the rest of the run, in every
proposal, before the opposed shares are taken. With place leaders it then leads the place without a
leader in the footprint that has the largest share of its residents.

Compromise (``councils.compromise``): where any member has an opposed share, engagement takes
``council_delay`` times as long once more, and all opposed shares are multiplied by 1 -
``compromise_gain`` from then on. The length of engagement itself goes by the shares before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final, TypedDict

from sim.agents.council import stance_of, voiced
from sim.agents.events import EventKind
from sim.rules.logistic import happens
from sim.rules.mechanisms import leaders as leader_rules
from sim.streams import purposes

if TYPE_CHECKING:
    from sim.agents.mechanisms.leaders_of_places import PlaceLeaders
    from sim.agents.proposal import Proposal
    from sim.agents.replication import Replication


class CouncilOffer(TypedDict):
    """Leaders offer an opposed council a leading part."""

    accepted: Annotated[bool, "whether it is won over"]


class Compromise(TypedDict):
    """Leaders who meet opposition seek a compromise."""

    opposed: Annotated[float, "largest share of a CCG's residents under opposed councils before"]
    left: Annotated[float, "the same after it"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "council_offer": EventKind(CouncilOffer, "council"),
    "compromise": EventKind(Compromise, "system"),
}


class CouncilTalks:
    """What leaders and councils come to over proposals, where a lever of councils allows it."""

    def __init__(self, replication: Replication, places: PlaceLeaders | None) -> None:
        self._replication = replication
        self._places = places
        self._won_over: set[int] = set()
        self._offers: dict[int, int] = {}
        levers = replication.levers.councils
        if levers.leadership_offer:
            replication.listeners.engaging.append(self._offer_leading_parts)
            replication.hooks.won_over = self._won_over.__contains__
        if levers.compromise:
            replication.hooks.compromise = self._compromise

    def _offer_leading_parts(self, proposal: Proposal) -> None:
        """Let the system's leader offer opposed councils a leading part; some come round for good.

        Without a leader in post nobody makes an offer. A council that comes round takes the lead
        of a place of its own, where trusts and councils lead places and that one is free.
        """
        replication = self._replication
        if not proposal.home.leader_in_post:
            return
        for council in voiced(proposal):
            if stance_of(replication, council) != "oppose":
                continue
            attempt = self._offers.get(council, 0)
            self._offers[council] = attempt + 1
            u = replication.streams.uniform(purposes.COUNCIL_OFFER, council, attempt)
            accepted = happens(u, replication.parameters.council_won_over)
            replication.write(
                "council_offer",
                replication.world.councils[council].name,
                proposal.id,
                accepted=accepted,
            )
            if accepted:
                self._won_over.add(council)
                if self._places is not None:
                    self._lead_a_place(self._places, proposal, council)

    def _lead_a_place(self, leaders: PlaceLeaders, proposal: Proposal, council: int) -> None:
        """Let a council lead the free place of the footprint with most of its residents in it."""
        ccgs = self._replication.world.ccgs
        places = [
            (-share, place)
            for ccg in proposal.members
            for place in ccg.members
            for index, share in ccgs[place].council_shares
            if index == council and place not in leaders.types
        ]
        if places:
            leaders.appoint(min(places)[1], "council")

    def _compromise(self, proposal: Proposal, opposed: list[float]) -> list[float]:
        """Strike a compromise where councils are opposed; returns what is left of it."""
        if not any(opposed):
            return opposed
        gain = self._replication.parameters.compromise_gain
        left = [leader_rules.after_compromise(share, gain) for share in opposed]
        proposal.write("compromise", opposed=max(opposed), left=max(left))
        return left
