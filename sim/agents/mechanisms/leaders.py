"""Leaders of systems: confidence, sponsors, backing, outside chairs, a firm hand.

Everything here acts only where a lever of leaders or councils is off its default. Each leader in
post then has a quality q ~ N(0,1) and a standing z ~ N(0,1), drawn anew for the next leader.

Why leaders leave (``leaders.reasons``): ``exit_reason``, by the leader's ``confidence`` around
``leader_confidence`` and the losses of the system. After "moved on" the centre chooses the next
leader, whose z is in the upper half.

Backing: ``leaders.backing`` is stated ``leaders.backing_after`` months after the start; from then
on it adds to confidence and gives the effect ``backing``.

Sponsors (``leaders.sponsor`` required). The seniors of a system are its leader, if in post, and one
for each place (starting CCG) in it. Each is in favour with ``favour_probability`` of
``sponsor_share``, ``sponsor_strength`` and s = q (0 in a vacancy) + 1 where a provider leads: the
system (leader type provider) for its leader and, without place leaders, for the places; with place
leaders a place's own leader from a provider. The draw of a senior is one for the replication; that
of a leader is one for the term.

Outside chairs (``leaders.outside_chair``): a system counts as led by one while its post is filled
and either its leader is recorded as independent (``independent``) or always (``everywhere``).
Rivalry: the systems of ``leaders.rival_systems``. Explore and draft times of the proposals a system
is home to are multiplied by ``pace``, set when the proposal begins.

Devolution (``leaders.devolved``): a system whose status is devolved decides on its mergers itself.

Firm hand: ``leaders.firm_hand`` acts on all systems of the start (``leaders.firm_hand_where``
everywhere) or on those with a cooperation stock below ``HALF_BLOCKED`` then (blocked).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final, TypedDict

from sim.agents.calendar import POLICY
from sim.agents.events import ENGLAND, EventKind
from sim.agents.mechanisms import leaders_cooperation, leaders_councils, leaders_of_places
from sim.agents.mechanisms.leaders_cooperation import Cooperation
from sim.agents.mechanisms.leaders_councils import CouncilTalks
from sim.agents.mechanisms.leaders_of_places import PlaceLeaders
from sim.rules.dates import add_days
from sim.rules.effect import LeaderFacts
from sim.rules.logistic import happens
from sim.rules.mechanisms import leaders as leader_rules
from sim.scenario.mechanisms.leaders import Councils, Leaders
from sim.scenario.places import rival_systems
from sim.streams import purposes
from sim.streams.quantiles import standard_normal
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal
    from sim.agents.replication import LivingCCG, Replication
    from sim.agents.system import System


class Strength(TypedDict):
    """The centre states that leaders have its backing."""

    strength: Annotated[float, "strength of the statement"]


class FirmHand(TypedDict):
    """The centre handles a system firmly."""

    strength: Annotated[float, "how firmly"]
    cooperation: Annotated[float, "how much the system's partners cooperate, 0 to 1"]


class Sponsors(TypedDict):
    """The number of a system's senior leaders in favour of a merger changes."""

    in_favour: Annotated[int, "senior leaders in favour"]
    leaders: Annotated[int, "senior leaders in all"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "backing": EventKind(Strength, ENGLAND),
    "firm_hand": EventKind(FirmHand, "system"),
    "sponsors": EventKind(Sponsors, "system"),
    **leaders_cooperation.EVENTS,
    **leaders_of_places.EVENTS,
    **leaders_councils.EVENTS,
}


AT_REST: Final = (Leaders(), Councils())


class Leading:
    """The leaders of one replication, where any lever of leaders or councils has been moved."""

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        levers = replication.levers.leaders
        self.backing = 0.0
        self.rivals = rival_systems(replication.world, levers.rival_systems)
        self.places = PlaceLeaders(replication) if levers.place_leaders > 0.0 else None
        aware = levers.cooperation or levers.firm_hand > 0.0 or levers.finance_directors
        self.cooperation = Cooperation(replication) if aware else None
        self.firm = self._pick()
        self._sponsors: dict[int, tuple[int, int]] = {}
        if levers.backing > 0.0:
            day = add_days(replication.clock.start, levers.backing_after * DAYS_PER_MONTH)
            replication.calendar.add(day, POLICY, "backing", self._give_backing)
        if levers.sponsor == "required":
            replication.listeners.reconsidered.append(self._count_sponsors)
            for system in replication.systems:
                self._count_sponsors(system)

        hooks = replication.hooks
        hooks.leader_facts, hooks.pace = self.facts, self._pace
        if levers.reasons:
            hooks.exit_reason = self._exit_reason
        if levers.devolved:
            hooks.decides_itself = _is_devolved
        CouncilTalks(replication, self.places)
        replication.listeners.over.append(self._dismantle)

    def _dismantle(self) -> None:
        """Let go of what refers back to the replication."""
        if self.places is not None:
            self.places.dismantle()
        if self.cooperation is not None:
            self.cooperation.dismantle()

    def facts(self, system: System, ccg: LivingCCG | None) -> LeaderFacts:
        """Return what is known now of a system's leaders; ``ccg`` narrows who leads its places."""
        in_favour, seniors = self._sponsors.get(system.index, (0, 0))
        places_led = provider_led = 0.0
        if self.places is not None:
            bodies = system.members if ccg is None else [ccg]
            places_led, provider_led = self.places.led(bodies)
        elif system.leader_type == "provider":
            provider_led = 1.0
        joint = self.cooperation
        return LeaderFacts(
            in_favour=in_favour,
            seniors=seniors,
            confidence=self._confidence(system) if self.backing > 0.0 else 0.0,
            backing=self.backing,
            outside_chair=self.chairs(system),
            places_led=places_led,
            provider_led=provider_led,
            cooperation=joint.level(system) if joint is not None else 0.0,
            firm=self.firm.get(system.index, 0.0),
            rival=system.index in self.rivals,
        )

    def _confidence(self, system: System) -> float:
        """Return the national confidence in a system's leader of now, or in a vacancy the last one.

        A leader whom the centre chose, after moving the last one on, is in the upper half.
        """
        u = system.uniform(purposes.LEADER_CONFIDENCE, system.leader_turn)
        if system.chosen_by_centre:
            u = 0.5 + 0.5 * u
        mean = self._replication.parameters.leader_confidence
        return leader_rules.confidence(mean, standard_normal(u), self.backing)

    def _exit_reason(self, system: System) -> str:
        """Draw why the leader leaves now."""
        u = system.uniform(purposes.LEADER_EXIT, system.leader_turn)
        return leader_rules.exit_reason(
            u,
            dedicated=system.leader_dedicated,
            confidence=self._confidence(system),
            losses=system.losses,
        )

    def _pace(self, proposal: Proposal) -> float:
        """Return how much longer a proposal's talks and drafting take for its leaders' sake."""
        home, p = proposal.home, self._replication.parameters
        return leader_rules.pace(p, chair=self.chairs(home), rival=home.index in self.rivals)

    def chairs(self, system: System) -> bool:
        """Return whether an outside chair is counted as leading the system now."""
        where = self._replication.levers.leaders.outside_chair
        if where == "none" or not system.leader_in_post:
            return False
        return where == "everywhere" or system.leader_type == "independent"

    def _pick(self) -> dict[int, float]:
        """Pick the systems that the centre handles firmly, as they stand at the start."""
        replication, found = self._replication, {}
        strength = replication.levers.leaders.firm_hand
        everywhere = replication.levers.leaders.firm_hand_where == "everywhere"
        if strength > 0.0 and self.cooperation is not None:
            for system in replication.systems:
                level = self.cooperation.level(system)
                if everywhere or level < leader_rules.HALF_BLOCKED:
                    found[system.index] = strength
                    replication.write(
                        "firm_hand", system.code, strength=strength, cooperation=level
                    )
        return found

    def _give_backing(self) -> None:
        replication = self._replication
        self.backing = replication.levers.leaders.backing
        replication.write("backing", "England", strength=self.backing)
        for system in replication.systems:
            system.reconsider()

    def _count_sponsors(self, system: System) -> None:
        """Count the senior leaders who favour merging: the system's, and one of each place."""
        replication, p = self._replication, self._replication.parameters
        streams = replication.streams
        quality = 0.0
        if system.leader_in_post:
            u = system.uniform(purposes.LEADER_QUALITY, system.leader_turn)
            quality = standard_normal(u)
        strong = 1.0 if system.leader_type == "provider" else 0.0
        in_favour = 0
        if system.leader_in_post:
            chance = leader_rules.favour_probability(p, quality + strong)
            u = system.uniform(purposes.SYSTEM_FAVOUR, system.leader_turn)
            in_favour += happens(u, chance)
        places = [place for ccg in system.members for place in ccg.members]
        for place in places:
            led = strong if self.places is None else self.places.from_provider(place)
            chance = leader_rules.favour_probability(p, quality + led)
            in_favour += happens(streams.uniform(purposes.SENIOR_FAVOUR, place), chance)
        counted = (in_favour, len(places) + system.leader_in_post)
        if self._sponsors.get(system.index) != counted:
            self._sponsors[system.index] = counted
            replication.write("sponsors", system.code, in_favour=counted[0], leaders=counted[1])


def _is_devolved(system: System) -> bool:
    return system.ics_status == leader_rules.DEVOLVED


def activate(replication: Replication) -> None:
    """Let leaders act where a lever of leaders or councils is off its neutral value."""
    if (replication.levers.leaders, replication.levers.councils) != AT_REST:
        Leading(replication)
