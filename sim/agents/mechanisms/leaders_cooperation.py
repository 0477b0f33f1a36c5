"""Cooperation in systems: a stock that joint working fills, here faster, there slower.

It is kept where ``leaders.cooperation``, ``leaders.firm_hand`` or ``leaders.finance_directors`` is
on. The stock C is at first expit(``cooperation_spread`` x N(0,1)). It grows by
``cooperation_after`` at ``cooperation_growth`` x exp(``cooperation_spread`` x N(0,1)) per month and
the share of the system's CCGs in an officer group (1 where one CCG is left).

Finance directors (``leaders.finance_directors``): where at least ``SHARING_MOST`` of a system's
several CCGs are in an officer group it appoints one, once, at rate ``ladder_team_rate`` per month.
An outcome only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final, TypedDict

from sim.agents.calendar import POLICY
from sim.agents.events import EventKind, Nothing
from sim.agents.hazard import Hazard, Profile
from sim.rules.logistic import exp, expit
from sim.rules.mechanisms import leaders as leader_rules
from sim.streams import purposes
from sim.streams.quantiles import standard_normal
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.replication import Replication
    from sim.agents.system import System


class CooperationLevel(TypedDict):
    """How much the partners of a system cooperate, at the start and on each 1 April."""

    level: Annotated[float, "0 to 1"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "cooperation": EventKind(CooperationLevel, "system"),
    "finance_director": EventKind(
        Nothing, "system", "A system appoints a finance director for all its CCGs."
    ),
}


AS_EVER: Final = Profile((0.0,), (1.0,))
SHARING_MOST: Final = 0.5  # share of CCGs under a shared officer from which a director is sought


class Cooperation:
    """The cooperation stock of every system, and the finance directors that some appoint.

    It grows by the share of CCGs under a shared officer, which changes only when a system
    reconsiders; so it is carried forward then, exactly, and nobody polls.
    """

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        self._stock: dict[int, float] = {}
        self._success: dict[int, float] = {}
        self._since: dict[int, float] = {}
        self._joint: dict[int, float] = {}
        self._directed: set[int] = set()
        self._hazards: dict[int, Hazard] = {}
        for system in replication.systems:
            self._meet(system)
        replication.listeners.reconsidered.append(self._reconsidered)
        clock = replication.clock
        for year in range(clock.start.year, clock.end.year + 1):
            day = clock.start.replace(year=year, month=4, day=1)
            if clock.start < day <= clock.end:
                replication.calendar.add(day, POLICY, "cooperation", self._record)
        self._record()

    def dismantle(self) -> None:
        """Let go of what refers back to the systems."""
        self._hazards = {}

    def level(self, system: System) -> float:
        """Return how well the partners of a system cooperate now, 0 (blocked) to 1."""
        if system.index not in self._stock:
            self._meet(system)
        self._carry_forward(system)
        return self._stock[system.index]

    def _meet(self, system: System) -> None:
        """Take a system in: how well it cooperates, and how well joint work succeeds there."""
        replication = self._replication
        spread, index = replication.parameters.cooperation_spread, system.index
        start, success = (
            spread * standard_normal(system.uniform(purposes.COOPERATION, attempt))
            for attempt in (0, 1)
        )
        self._stock[index] = expit(start)
        self._success[index] = exp(success)
        self._since[index] = replication.now
        self._joint[index] = _joint_share(system)
        if replication.levers.leaders.finance_directors:
            self._hazards[index] = Hazard(
                replication.env,
                AS_EVER,
                replication.clock.horizon,
                lambda: system.uniform(purposes.FINANCE_DIRECTOR, 0),
                lambda: self._appoint(system),
            )
            self._seek_director(system)

    def _carry_forward(self, system: System) -> None:
        replication, index = self._replication, system.index
        now = replication.now
        if now > self._since[index]:
            self._stock[index] = leader_rules.cooperation_after(
                self._stock[index],
                replication.parameters.cooperation_growth * self._success[index],
                self._joint[index],
                (now - self._since[index]) / DAYS_PER_MONTH,
            )
            self._since[index] = now

    def _reconsidered(self, system: System) -> None:
        self.level(system)
        self._joint[system.index] = _joint_share(system)
        self._seek_director(system)

    def _record(self) -> None:
        """Write how well every system cooperates: at the start and on each 1 April."""
        replication = self._replication
        for system in replication.systems:
            if system.members:
                level = self.level(system)
                replication.write("cooperation", system.code, level=level)

    def _seek_director(self, system: System) -> None:
        hazard = self._hazards.get(system.index)
        if hazard is None:
            return
        several = len(system.members) > 1
        sought = several and self._joint[system.index] >= SHARING_MOST
        rate = self._replication.parameters.ladder_team_rate / DAYS_PER_MONTH
        hazard.set_level(rate if sought and system.index not in self._directed else 0.0)

    def _appoint(self, system: System) -> None:
        self._directed.add(system.index)
        self._seek_director(system)
        replication = self._replication
        replication.write("finance_director", system.code)


def _joint_share(system: System) -> float:
    """Return the share of a system's CCGs that work under a shared officer, 1 where one is left."""
    if len(system.members) == 1:
        return 1.0
    sharing = sum(ccg.officer_group != "" for ccg in system.members)
    return sharing / max(1, len(system.members))
