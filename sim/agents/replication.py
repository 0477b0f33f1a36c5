"""The state of one replication that agents share: CCGs, map, clock, random streams and log."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import simpy

from sim.agents.clock import Clock, on_grid
from sim.agents.effects import ActiveEffects
from sim.agents.hooks import Hooks
from sim.agents.listeners import Listeners
from sim.agents.log import EventLog, Terms
from sim.rules.beliefs import HEARD_IN_JANUARY_2019
from sim.rules.chosen import ChosenRules
from sim.rules.dates import stretch_over_pauses
from sim.scenario.levers import Levers
from sim.scenario.model import Scenario
from sim.scenario.parameters import Parameters
from sim.scenario.posterior import PlaceEffect
from sim.streams import Streams, purposes
from sim.streams.quantiles import standard_normal
from sim.world.footprints import Body, merge_in_place
from sim.world.model import BallotRule, World

if TYPE_CHECKING:
    from sim.agents.calendar import Calendar
    from sim.agents.ladder import Ladder
    from sim.agents.national import NationalBody
    from sim.agents.proposal import Proposal
    from sim.agents.region import Region
    from sim.agents.system import System


@dataclass(slots=True, eq=False)
class LivingCCG:
    """A CCG that is alive: a starting one, or one formed by merger; equal to itself alone.

    ``id`` is the index of its lowest starting member and addresses its draws. ``joined`` counts
    the proposals it has been in and ``ballots`` the ballots its members have held; both number
    its draws. ``autonomy`` is its taste for staying as it is (log-odds), ``shortfall`` its
    running-cost gap as a share of its allowance, ``distress`` the share of its patients in bodies
    that started in distress.
    """

    id: int
    name: str
    members: tuple[int, ...]
    system: int
    patients: int
    residents: int
    voters: tuple[int, ...]
    rule: BallotRule
    rung: str
    officer_group: str
    officer_known: bool
    distress: float
    matched_council: int
    council_shares: tuple[tuple[int, float], ...]
    lmc_shares: tuple[tuple[int, float], ...]
    autonomy: float
    belief: str = HEARD_IN_JANUARY_2019
    shortfall: float = 0.0
    joined: int = 0
    ballots: int = 0
    # kept by ``sim.agents.ccg.log_consent``
    log_consent: tuple[bool, tuple[float, float]] | None = None
    proposal: Proposal | None = None
    shared_since: float = math.inf  # day since which it shares an officer; before the start below 0


class Climbing(NamedTuple):
    """The next steps up the ladder from one rung, with their rates a month, and the rate a day."""

    steps: tuple[tuple[str, float], ...]
    per_day: float


@dataclass(slots=True, eq=False)
class Replication:
    """Everything that agents of one replication share.

    ``bodies`` and ``neighbours`` are the current map, on which footprints are listed; ``ccgs``
    the living CCGs by id, in order. ``pauses`` are (from, to) moments without merger work.
    """

    world: World
    scenario: Scenario
    levers: Levers  # in force now: those of 2019 while the start is set up, then the scenario's
    parameters: Parameters
    streams: Streams
    log: EventLog
    env: simpy.Environment
    clock: Clock
    bodies: dict[int, Body]
    neighbours: dict[int, frozenset[int]]
    ccgs: dict[int, LivingCCG] = field(default_factory=dict)
    systems: list[System] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of the systems, by position
    regions: list[Region] = field(default_factory=list)
    pauses: tuple[tuple[float, float], ...] = ()
    variable_per_head: float = 0.0
    cut_share: float = 1.0  # part of the running-cost cut that bears by now
    ends: float = field(init=False)  # the moment at which the run ends: the horizon, or earlier
    staged: bool = False  # while the start is being set up, rates are not worked out yet
    calendar: Calendar = field(init=False)
    national: NationalBody = field(init=False)
    lmc_systems: dict[int, tuple[int, ...]] = field(default_factory=dict)
    ladders: dict[int, Ladder] = field(default_factory=dict)
    rules: ChosenRules = field(init=False)  # those that the levers in force choose
    effects: ActiveEffects = field(default_factory=ActiveEffects)
    listeners: Listeners = field(default_factory=Listeners)
    hooks: Hooks = field(default_factory=Hooks)
    proposals_lost: int = 0  # proposals voted down in England so far
    centre_intensity: float = 1.0  # how active the centre is, by the levers in force
    follow_weight: float = 0.0  # how far committees follow their members' mood
    views: dict[int, str] = field(default_factory=dict)  # councils' own, once they are formed
    climbing: dict[str, Climbing] = field(default_factory=dict)  # by the rung one stands on
    lmc_shares: Sequence[tuple[tuple[int, float], ...]] = ()  # of the CCGs at the start
    _by_council: dict[int, int] = field(default_factory=dict)

    @property
    def now(self) -> float:
        """The moment that the replication has reached, in days since the start."""
        return self.env.now

    def write(
        self, kind: str, subject: str, proposal: str = "", *, terms: Terms = (), **data: Any
    ) -> None:
        """Write what happens now to the log; ``sim.agents.event_register`` lists the kinds."""
        self.log.write(self.env.now, kind, subject, proposal, data, terms)

    def wait(self, work_days: float) -> simpy.events.Timeout:
        """Return the timeout of a stage of merger work begun now; pauses put it off."""
        now = self.env.now
        return self.env.timeout(max(0.0, self._end_of(now, work_days) - now))

    def start_leaning(self, system: int) -> float:
        """Return a system's unmeasured leaning to start proposals, in units of its spread."""
        z = standard_normal(self.streams.uniform(purposes.PLACE_START, system))
        fitted = self._fitted_place(system)
        return fitted.start_mean + fitted.start_sd * z if fitted else z

    def support_leaning(self, system: int) -> float:
        """Return a system's unmeasured leaning to support them, in units of its spread."""
        z = standard_normal(self.streams.uniform(purposes.PLACE_SUPPORT, system))
        fitted = self._fitted_place(system)
        return fitted.support_mean + fitted.support_sd * z if fitted else z

    def _fitted_place(self, system: int) -> PlaceEffect | None:
        posterior = self.scenario.posterior
        if self.scenario.form.leanings == "unlearnt":
            return None
        return posterior.places.get(self.world.systems[system].code) if posterior else None

    def mostly_in(self, council: int) -> int:
        """Return how many living bodies have at least half of their residents in a council."""
        if not self._by_council:
            for body in self.bodies.values():
                self._by_council[body.council] = self._by_council.get(body.council, 0) + 1
        return self._by_council.get(council, 0)

    def heirs_of(self, systems: Iterable[int]) -> tuple[int, ...]:
        """Return the positions of the systems that now stand where these stood at the start."""
        found = {heir for index in systems for heir in self.systems[index].heirs or (index,)}
        return tuple(sorted(found))

    def merge_on_map(self, ids: list[int]) -> Body:
        """Make one body of several on the map."""
        for index in ids:
            council = self.bodies[index].council
            self._by_council[council] = self.mostly_in(council) - 1
        merge_in_place(self.bodies, self.neighbours, ids)
        body = self.bodies[min(ids)]  # without an officer's group that is left with it alone
        self._by_council[body.council] = self.mostly_in(body.council) + 1
        return body

    def dismantle(self) -> None:
        """Cut the ties between agents once a replication is over.

        They refer to each other in circles, which only the garbage collector could undo; cut,
        they go at once, and the memory of a long batch stays flat.
        """
        for *_, event in self.env._queue:
            if event.callbacks:
                event.callbacks.clear()  # by which what waits for it is tied to what it waits for
        self.env._queue.clear()
        self.listeners.dismantle()
        self.hooks = Hooks()
        self.calendar.dismantle()
        for system in self.systems:
            system.dismantle()
        for ladder in self.ladders.values():
            ladder.dismantle()
        for ccg in self.ccgs.values():
            ccg.proposal = None
        self.systems, self.regions = [], []
        self.ccgs, self.ladders = {}, {}
        del self.national, self.calendar

    def rouse(self) -> None:
        """Let resting systems look again once a CCG that lies in another has been set free."""
        if self.rules.crossing.possible:
            for system in self.systems:
                if system.resting:
                    system.reconsider()

    def end_of(self, work_days: float) -> float:
        """Return the moment at which merger work begun now is done; pauses put it off."""
        return self._end_of(self.env.now, work_days)

    def _end_of(self, now: float, work_days: float) -> float:
        if not self.pauses:
            return on_grid(now + work_days)
        return on_grid(stretch_over_pauses(now, work_days, self.pauses))

    @staticmethod
    def grid(days: float) -> float:
        """Return a length of time on the grid."""
        return on_grid(days)

    def wait_grid(self, days: float) -> simpy.events.Timeout:
        """Return the timeout of something that pauses do not touch."""
        return self.env.timeout(on_grid(days) if days > 0.0 else 0.0)

    def wait_until(self, moment: float) -> simpy.events.Timeout:
        """Return the timeout that ends at a moment (at once if it has passed)."""
        return self.env.timeout(max(0.0, moment - self.env.now))
