"""A limit on the events of one replication, so that none can go on for ever.

A replication that has gone through more than ``EVENTS_AT_LEAST`` events and, for each CCG, system
and region of the world, ``EVENTS_PER_BODY_AND_YEAR`` for each year of the run and one more, and
``EVENTS_PER_BODY_AND_ENTRY`` for each dated event, is stopped as one that never ends and counts as
failed.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Final

import simpy
from simpy.core import StopSimulation
from simpy.events import URGENT

from sim.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from sim.agents.replication import Replication

EVENTS_AT_LEAST: Final = 20_000  # allowed in any replication
EVENTS_PER_BODY_AND_YEAR: Final = 50  # up to 20 occur with levers at their ends
EVENTS_PER_BODY_AND_ENTRY: Final = 4  # for each dated event of the calendar


class EndlessReplication(RuntimeError):  # noqa: N818 - what happened, not an error of ours
    """A replication has gone through more events than any that comes to an end.

    ``events`` is how many it went through and ``reached`` the simulated day, in ISO form, on
    which it was stopped.
    """

    def __init__(self, scenario: str, events: int, reached: str) -> None:
        super().__init__(scenario, events, reached)  # so that it survives a process border
        self.scenario = scenario
        self.events = events
        self.reached = reached

    def __str__(self) -> str:
        """Say what happened and what to look at."""
        return (
            f"scenario {self.scenario}: stopped on {self.reached} of the simulated time after "
            f"{self.events:,} events, more than any replication on this world can need; its "
            "levers, parameters, durations or dated events start things faster than they end"
        )


def most_events(replication: Replication) -> int:
    """Return the limit on a replication's events: generous, and larger for larger worlds.

    A body (CCG, system or region) has 1 or 2 events a year under the levers of 2019 and up to 20
    with levers at the ends that make for most; 50 are allowed, and 4 for each dated event and body
    besides, since a letter or a rule heard anew can change every rate.
    """
    world, clock = replication.world, replication.clock
    bodies = len(world.ccgs) + len(world.systems) + len(world.regions)
    years = 1.0 + clock.horizon / DAYS_PER_YEAR
    dated = EVENTS_PER_BODY_AND_ENTRY * len(replication.scenario.calendar)
    return EVENTS_AT_LEAST + int(bodies * (EVENTS_PER_BODY_AND_YEAR * years + dated))


def run_until(replication: Replication, moment: float) -> None:
    """Let the agents act up to a moment, as ``simpy.Environment.run`` does, but not for ever.

    Raises:
        EndlessReplication: the limit of ``most_events`` is reached, be it at one instant.
    """
    env, most = replication.env, most_events(replication)
    stop = simpy.Event(env)
    stop._ok, stop._value = True, None
    env.schedule(stop, URGENT, moment - env.now)
    stop.callbacks.append(StopSimulation.callback)
    step = env.step
    try:
        for _ in repeat(None, most):
            step()
    except StopSimulation:
        return
    reached = replication.clock.day(env.now).isoformat()
    raise EndlessReplication(replication.scenario.name, most, reached)
