"""Systems (STP/ICS): their leaders start proposals, alone or under pressure from the centre.

When the budget of one of its two hazards is used up, a system starts a proposal: its leaders choose
a footprint among the open candidates, and the proposal takes those CCGs out of the pool, gets the
next ordinal of the system (the first is 1) and is mooted. If no candidate is open, nothing starts
and the rates are set anew. A system that has had ``MOST_IN_VAIN`` such moments,
``FORGIVEN_A_MONTH`` of them forgiven each month, *rests*: its rates are 0 until one of its
candidates is open again, and from then on it rests again at the first such moment. An exponential
time has no memory, so resting changes no distribution.

After a lost ballot or a refusal a system *cools* for a ``cooling`` time, drawn for this system and
this loss; it is cooling while any such time runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import simpy

from sim.adding import add_up
from sim.agents import rates
from sim.agents.choice import choose_footprint
from sim.agents.hazard import Hazard, Profile
from sim.agents.log import Terms
from sim.agents.proposal import Proposal
from sim.agents.replication import LivingCCG, Replication
from sim.rules import beliefs
from sim.rules.dates import add_days
from sim.streams import Purpose, purposes
from sim.units import DAYS_PER_MONTH
from sim.world.footprints import list_footprints
from sim.world.model import Footprint

MOST_IN_VAIN: Final = 120.0  # moments with nothing to start, each about as costly as an event
FORGIVEN_A_MONTH: Final = 10.0  # several times what the strongest pressure shipped comes to


@dataclass(frozen=True, slots=True)
class RedrawnSystem:
    """What a system made during the run begins with: its draws' address, its code, its CCGs."""

    address: int
    first_attempt: int
    code: str
    members: tuple[LivingCCG, ...]


class System:
    """One system: its leader, its belief, its proposals, and the hazards of starting them.

    ``index`` is its position among the replication's systems, ``address`` the world's system whose
    random numbers it draws: the same, but for one made during the run (``boundaries_redraw``).
    ``heirs`` are the positions of the systems that have taken its place, if it has been split or
    joined.
    """

    def __init__(
        self,
        replication: Replication,
        index: int,
        local: Profile,
        centre: Profile,
        redrawn: RedrawnSystem | None = None,
    ) -> None:
        self._replication = replication
        self.index = index
        self.address = index if redrawn is None else redrawn.address
        self.first_attempt = 0 if redrawn is None else redrawn.first_attempt
        self.heirs: tuple[int, ...] = ()
        self.exempt = False  # from the rule of one CCG
        self.profiles = local, centre
        place = replication.world.systems[self.address]
        self.code = place.code if redrawn is None else redrawn.code
        self.region = place.region
        self.belief = beliefs.HEARD_IN_JANUARY_2019
        self.letters: dict[str, float] = {}  # strengths in force, by the event's name
        self.pushes: dict[str, float] = {}
        self.satisfaction = 0.0  # how well it is known to work as it is
        self.leader_in_post = True
        self.leader_turn = 0  # counts its leaders; part of the address of their draws
        self.chosen_by_centre = False
        self.proposals = 0
        self.alternative = ""  # the shape chosen instead of a merger, where places may review
        self._cooling = 0
        self.losses = 0  # ballots and refusals it has suffered
        self._idle = True  # no two CCGs are free to propose anything
        self._in_vain = 0.0  # moments at which it had nothing to start, less those forgiven
        self._last_in_vain = 0.0
        self._has_rested = False
        self.resting = False  # it starts nothing until one of its candidates is open again
        self.leader_dedicated = place.leader_dedicated
        self.leader_type: str = place.leader_type
        self.ics_status = place.ics_status
        self._candidates: tuple[Footprint, ...] | None = None
        if redrawn is None:
            self.members = [replication.ccgs[i] for i in place.ccgs]
            self._candidates = replication.world.footprints[index]
        else:
            self.members = list(redrawn.members)
        self.leaning = replication.parameters.start_place_sd * replication.start_leaning(
            self.address
        )
        self._budgets = {"local": 0, "centre": 0}
        self._levels = {"local": 0.0, "centre": 0.0}
        self._terms: dict[str, Terms] = {"local": (), "centre": ()}
        self._hazards = {
            origin: Hazard(
                replication.env,
                profile,
                replication.clock.horizon,
                lambda origin=origin: self._next_uniform(origin),  # type: ignore[misc]
                lambda origin=origin: self._start(origin),  # type: ignore[misc]
            )
            for origin, profile in (("local", local), ("centre", centre))
        }

    def dismantle(self) -> None:
        """Let go of everything that refers back to this system."""
        self._hazards, self.members = {}, []

    def uniform(self, purpose: Purpose, attempt: int) -> float:
        """Return a draw of this system; a system made during the run has attempts of its own."""
        return self._replication.streams.uniform(
            purpose, self.address, self.first_attempt + attempt
        )

    # -- What it hears ------------------------------------------------------------------------

    def hear(self, wording: str, message: int) -> None:
        """Take the rule over from the region and pass it on to the CCGs."""
        replication = self._replication
        p, streams, lever = (
            replication.parameters,
            replication.streams,
            replication.levers.information.local_relays,
        )
        self.believe(
            beliefs.relay(
                wording,
                p.relay_drop_local,
                p.relay_restore,
                self.uniform(purposes.RELAY_SYSTEM, message),
                lever,
            )
        )
        for ccg in self.members:
            self._set_belief(
                ccg,
                beliefs.relay(
                    self.belief,
                    p.relay_drop_local,
                    p.relay_restore,
                    streams.uniform(purposes.RELAY_CCG, ccg.id, message),
                    lever,
                ),
            )

    def believe(self, wording: str) -> None:
        """Hold a belief from now on; the log keeps changes only."""
        wording = "none" if self.exempt else wording
        if wording != self.belief:
            self.belief = wording
            self._replication.write("belief", self.code, wording=wording)

    def believe_everywhere(self, wording: str) -> None:
        """Let every CCG of the system believe a wording (a letter goes to all)."""
        for ccg in self.members:
            self._set_belief(ccg, wording)

    def restore_typically(self) -> None:
        """Give "typically" back to the CCGs that had lost it."""
        for ccg in self.members:
            if ccg.belief == "expected":
                self._set_belief(ccg, "typically")

    def satisfy(self, strength: float) -> None:
        """Become known to work well as it is, which makes change less wanted."""
        self.satisfaction += strength
        replication = self._replication
        replication.write("satisfaction", self.code, strength=strength)
        self.reconsider()

    def _set_belief(self, ccg: LivingCCG, wording: str) -> None:
        wording = "none" if self.exempt else wording
        if wording != ccg.belief:
            ccg.belief = wording
            self._replication.write("belief", ccg.name, wording=wording)

    @property
    def replication(self) -> Replication:
        """The replication that it is part of."""
        return self._replication

    @property
    def pushed(self) -> bool:
        """Whether the region is pushing for one CCG a system."""
        return self.push_strength > 0.0

    @property
    def push_strength(self) -> float:
        """How strongly the region pushes: the strengths in force added up."""
        return add_up(self.pushes.values()) if self.pushes and not self.exempt else 0.0

    @property
    def letter_strength(self) -> float:
        """How strongly letters bear on it: the strengths in force added up."""
        return add_up(self.letters.values()) if self.letters and not self.exempt else 0.0

    def relist(self) -> None:
        """Take stock after a merger: who is left, and (when next needed) which footprints."""
        living = self._replication.ccgs
        self.members = [
            ccg for ccg in self.members if living.get(ccg.id) is ccg and ccg.system == self.index
        ]
        self._candidates = None

    def add(self, ccg: LivingCCG) -> None:
        """Count a body formed by merger among the system's CCGs, in order of id."""
        self.members = sorted((*self.members, ccg), key=lambda member: member.id)

    def _candidate_list(self) -> tuple[Footprint, ...]:
        if self._candidates is None:
            self._candidates = list_footprints(
                self.index,
                self._replication.bodies,
                self._replication.neighbours,
                crossing=self._replication.rules.crossing.possible,
            )
        return self._candidates

    def cool(self, ago: float = 0.0) -> None:
        """Hold back for a time after a lost ballot or a refusal, which was so many days ago."""
        replication = self._replication
        u = self.uniform(purposes.COOLING_TIME, self.losses)
        self.losses += 1
        left = replication.scenario.durations.cooling.days(u) - ago
        if ago > 0.0 >= left:
            return  # it has cooled before the start
        self._cooling += 1
        timeout = replication.wait_grid(left)
        timeout.callbacks.append(self._cooled)

    def _cooled(self, _timeout: simpy.Event) -> None:
        self._cooling -= 1
        self.reconsider()

    def lead_changed(self) -> None:
        """Set the rates anew once a leader has left or joined."""
        if not self._idle:
            self.reconsider()

    # -- Starting proposals -------------------------------------------------------------------

    def reconsider(self) -> None:
        """Set the rates of starting from how things stand now."""
        if self._replication.staged:
            for notify in self._replication.listeners.reconsidered:
                notify(self)
            self._rate()
            for origin, hazard in self._hazards.items():
                hazard.set_level(self._levels[origin])

    def _rate(self) -> None:
        """Work out the rates of starting, by origin, a day."""
        free = [ccg for ccg in self.members if ccg.proposal is None]
        if len(free) < 2 and not self._crossing_possible(free):
            self._idle = True
            self._levels = {"local": 0.0, "centre": 0.0}
            return
        self._idle = False
        if self.resting:
            if not self._open_candidates():
                self._levels = {"local": 0.0, "centre": 0.0}
                return
            self.resting = False  # at no rate, until one of its candidates is open again
        self._terms, self._levels = rates.of_starting(self, free, cooling=self._cooling > 0)

    def _crossing_possible(self, free: list[LivingCCG]) -> bool:
        if not free or not self._replication.rules.crossing.possible:
            return False
        return bool(self._open_candidates())

    def _next_uniform(self, origin: str) -> float:
        attempt = self._budgets[origin]
        self._budgets[origin] += 1
        purpose = purposes.MOOT_LOCAL if origin == "local" else purposes.MOOT_CENTRE
        return self.uniform(purpose, attempt)

    def _open_candidates(self) -> list[Footprint]:
        """Return the candidates whose CCGs are all free and which the scenario allows."""
        living = self._replication.ccgs
        crossing = self._replication.rules.crossing
        free = {ccg.id for ccg in self.members if ccg.proposal is None}
        found = []
        for candidate in self._candidate_list():
            if not candidate.crosses:
                is_open = free.issuperset(candidate.ccgs)
            else:
                is_open = crossing.admitted(candidate.council >= 0) and all(
                    living[index].proposal is None for index in candidate.ccgs
                )
            if is_open:
                found.append(candidate)
        return found

    def find_unseen(self, before: Profile, months: float) -> None:
        """Start the talks that were under way on the first day but not yet public.

        Talks stayed private for some months, so what the register shows on the start date is
        short of those begun in the months before it. ``before`` is the profile of those months.
        """
        if months <= 0.0:
            return
        self._rate()
        begun = [
            (ago, origin)
            for origin, hazard in self._hazards.items()
            if (ago := hazard.fired_before_start(self._levels[origin], before, months)) is not None
        ]
        for ago, origin in sorted(begun, reverse=True):
            self._start(origin, talked=ago)

    def _start(self, origin: str, talked: float = 0.0) -> None:
        """Start a proposal of this origin: choose a footprint among those open.

        ``talked`` is for how many days it has been talked about already.
        """
        replication = self._replication
        candidates = self._open_candidates()
        if not candidates:
            self._start_in_vain()
            self.reconsider()
            return
        members, chosen = choose_footprint(self, candidates)
        since = ""
        if talked > 0.0:
            since = add_days(replication.clock.start, -math.ceil(talked)).isoformat()
        self.open_proposal(
            members, origin, terms=self._terms[origin] + chosen, known_since=since, talked=talked
        )

    def _start_in_vain(self) -> None:
        """Count a moment at which there was nothing to start, and rest after too many.

        Such a moment changes nothing, and a hazard remembers nothing of it: the time to the next
        one is as it was. So a system that has had many may leave out the rest of them, until one
        of its candidates is open again; one that has rested before rests again at once. It looks
        whenever a CCG of its own is set free or merges, and when ``Replication.rouse`` says so
        where footprints may cross its border.
        """
        now = self._replication.now
        months = (now - self._last_in_vain) / DAYS_PER_MONTH
        self._in_vain = max(0.0, self._in_vain - FORGIVEN_A_MONTH * months) + 1.0
        self._last_in_vain = now
        self.resting = self._has_rested = self._has_rested or self._in_vain > MOST_IN_VAIN

    def open_proposal(
        self,
        members: list[LivingCCG],
        origin: str,
        *,
        parent: Proposal | None = None,
        terms: Terms = (),
        stage: str = "mooted",
        known_since: str = "",
        talked: float = 0.0,
    ) -> Proposal:
        """Put a new proposal on its way and take its CCGs out of the pool."""
        proposal = Proposal(self, self.proposals, members, origin, parent, stage, talked)
        self.proposals += 1
        proposal.open(terms, known_since)
        for notify in self._replication.listeners.opened:
            notify(proposal)
        return proposal
