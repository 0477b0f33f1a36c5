"""Place leaders: chiefs of trusts and councils who take the lead of a place.

A place is the area of a starting CCG, and so lies within a living CCG and its system. With
``leaders.place_leaders`` above 0, a place without a leader finds one at ``place_leader_rate`` per
month, faster by ``place_leader_merged`` if its CCG has merged, from the body of
``place_leader_type``. A leader from a trust is wanted as chief of the CCG too with probability
``dual_role_wish``: at once if ``leaders.dual_role_rule`` is off; otherwise by a workaround, with
probability ``workaround_probability``, after a ``vacancy`` time. Dual roles are written to the log
and have no further effect. Without place leaders, a system counts as led by a provider if its
leader type is provider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypedDict

from sim.agents.events import EventKind
from sim.agents.hazard import Hazard, Profile
from sim.rules.logistic import happens
from sim.rules.mechanisms import leaders as leader_rules
from sim.streams import purposes
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.replication import LivingCCG, Replication


class PlaceLeader(TypedDict):
    """A trust or a council comes to lead a place."""

    place: Annotated[str, "code of the starting CCG"]
    type: Annotated[
        Literal["acute", "mental_health", "community", "council"],
        "acute, mental_health or community (kinds of trust), or council",
    ]
    system: Annotated[str, "code of the system"]


class DualRole(TypedDict):
    """One chief leads both a trust and a CCG."""

    place: Annotated[str, "code of the starting CCG"]
    form: Annotated[Literal["direct", "workaround"], "direct or workaround"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "place_leader": EventKind(PlaceLeader, "CCG"),
    "dual_role": EventKind(DualRole, "CCG"),
}


AS_EVER: Final = Profile((0.0,), (1.0,))


class PlaceLeaders:
    """Who leads which place, and in what role."""

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        self.types: dict[int, str] = {}
        self._body = {place: ccg.id for ccg in replication.ccgs.values() for place in ccg.members}
        self._merged: set[int] = set()
        self._hazards = {
            place: Hazard(
                replication.env,
                AS_EVER,
                replication.clock.horizon,
                lambda place=place: replication.streams.uniform(purposes.PLACE_LEADER, place),  # type: ignore[misc]
                lambda place=place: self._emerge(place),  # type: ignore[misc]
            )
            for place in self._body
        }
        for place in self._body:
            self._set_rate(place)
        replication.listeners.merged.append(self._follow)

    def dismantle(self) -> None:
        """Let go of what refers back to the places."""
        self._hazards = {}

    def led(self, bodies: Sequence[LivingCCG]) -> tuple[float, float]:
        """Return the shares of these bodies' places with a leader, and with one of a provider."""
        places = [place for body in bodies for place in body.members]
        types = [self.types[place] for place in places if place in self.types]
        n = max(1, len(places))
        return len(types) / n, sum(kind in leader_rules.PROVIDERS for kind in types) / n

    def from_provider(self, place: int) -> float:
        """Return 1 where the leader of a place comes from a provider, else 0."""
        return 1.0 if self.types.get(place) in leader_rules.PROVIDERS else 0.0

    def appoint(self, place: int, kind: str) -> None:
        """Let a leader from a kind of body take the lead of a place that has none."""
        replication = self._replication
        body = replication.ccgs.get(self._body[place])
        if place in self.types or body is None:
            return
        self.types[place] = kind
        self._hazards[place].set_level(0.0)
        replication.write(
            "place_leader",
            body.name,
            place=replication.world.ccgs[place].code,
            type=kind,
            system=replication.systems[body.system].code,
        )
        if kind in leader_rules.PROVIDERS:
            self._seek_dual_role(place)
        replication.systems[body.system].reconsider()

    def _set_rate(self, place: int) -> None:
        replication = self._replication
        rate = leader_rules.place_leader_rate(
            replication.parameters,
            keenness=replication.levers.leaders.place_leaders,
            merged=place in self._merged,
        )
        self._hazards[place].set_level(0.0 if place in self.types else rate / DAYS_PER_MONTH)

    def _emerge(self, place: int) -> None:
        u = self._replication.streams.uniform(purposes.PLACE_LEADER, place, 1)
        self.appoint(place, leader_rules.place_leader_type(u))

    def _follow(self, body: LivingCCG, _parts: Sequence[LivingCCG], _proposal: str) -> None:
        """After a merger its places look for leaders faster."""
        for place in body.members:
            self._body[place] = body.id
            self._merged.add(place)
            self._set_rate(place)

    def _seek_dual_role(self, place: int) -> None:
        """Perhaps make the leader chief of the CCG too: at once, or by a workaround."""
        replication, p = self._replication, self._replication.parameters
        streams = replication.streams
        if not happens(streams.uniform(purposes.DUAL_ROLE, place), p.dual_role_wish):
            return
        if not replication.levers.leaders.dual_role_rule:
            self._take_dual_role(place, "direct")
        elif happens(streams.uniform(purposes.DUAL_ROLE, place, 1), p.workaround_probability):
            u = streams.uniform(purposes.DUAL_ROLE, place, 2)
            timeout = replication.wait_grid(replication.scenario.durations.vacancy.days(u))
            timeout.callbacks.append(lambda _event: self._take_dual_role(place, "workaround"))

    def _take_dual_role(self, place: int, form: str) -> None:
        replication = self._replication
        body = replication.ccgs.get(self._body[place])
        if body is None:
            return
        replication.write(
            "dual_role", body.name, place=replication.world.ccgs[place].code, form=form
        )
