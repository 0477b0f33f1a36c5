"""Hazards whose rates change: one unit-exponential budget, used up piecewise.

A hazard's rate is its level (set by its owner whenever something that matters changes) times a
profile known in advance (deadlines, dated policy regimes, pauses). The integral of the rate uses up
the budget; when it is used up the event happens and a new budget begins at once. A change of level
keeps what is left of the budget and re-dates the wake-up; a wake-up that has become stale is known
by its version number. Nobody polls.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

import simpy

from sim.agents.clock import on_grid
from sim.streams.quantiles import exponential
from sim.units import DAYS_PER_MONTH


class Profile:
    """A piecewise-constant multiplier over time and its running integral.

    ``times`` start at 0 and increase; ``values[i]`` holds from ``times[i]`` to the next and the
    last one for ever.
    """

    __slots__ = ("_integrals", "_times", "_values")

    def __init__(self, times: Sequence[float], values: Sequence[float]) -> None:
        self._times = list(times)
        self._values = list(values)
        self._integrals = [0.0]
        for index in range(1, len(self._times)):
            width = self._times[index] - self._times[index - 1]
            self._integrals.append(self._integrals[-1] + width * self._values[index - 1])

    def integral(self, time: float) -> float:
        """Return the integral of the multiplier from 0 to a time."""
        index = bisect_right(self._times, time) - 1
        return self._integrals[index] + (time - self._times[index]) * self._values[index]

    def inverse(self, integral: float) -> float | None:
        """Return the first time at which the integral is reached, or None if it never is."""
        index = bisect_right(self._integrals, integral) - 1
        left = integral - self._integrals[index]
        if left <= 0.0:
            return self._times[index]
        value = self._values[index]
        if value <= 0.0:
            return None
        return self._times[index] + left / value


class Hazard:
    """One body's hazard of one kind: calls ``fire`` when its budget is used up.

    ``next_uniform`` gives the uniform of each successive budget. After firing, the next budget
    starts at once at the level then in force.
    """

    __slots__ = (
        "_budget",
        "_env",
        "_fire",
        "_horizon",
        "_level",
        "_next_uniform",
        "_profile",
        "_since",
        "_version",
    )

    def __init__(
        self,
        env: simpy.Environment,
        profile: Profile,
        horizon: float,
        next_uniform: Callable[[], float],
        fire: Callable[[], None],
    ) -> None:
        self._env = env
        self._profile = profile
        self._horizon = horizon
        self._next_uniform = next_uniform
        self._fire = fire
        self._level = 0.0
        self._since = 0.0
        self._version = 0
        self._budget = exponential(next_uniform(), 1.0)

    @property
    def level(self) -> float:
        """The rate per day before the profile."""
        return self._level

    def set_level(self, per_day: float) -> None:
        """Change the level from now on and re-date the wake-up."""
        if per_day == self._level:
            return
        reached = self._profile.integral(self._env.now)
        self._budget = max(0.0, self._budget - self._level * (reached - self._since))
        self._since = reached
        self._level = per_day
        self._schedule(reached)

    def fired_before_start(self, per_day: float, before: Profile, months: float) -> float | None:
        """Use up the budget over the months before the start, at a level and profile of then.

        Returns how many days before the start the budget was used up, or None if it was not;
        a new budget then begins at the start. Call it before a level has been set.
        """
        days = months * DAYS_PER_MONTH
        used = per_day * before.integral(days)
        if self._budget >= used:
            self._budget -= used
            return None
        fired = before.inverse(self._budget / per_day)
        assert fired is not None  # noqa: S101 - the integral reaches further than the budget
        self._budget = exponential(self._next_uniform(), 1.0)
        return days - fired

    def _schedule(self, reached: float) -> None:
        self._version += 1
        if self._level <= 0.0:
            return
        wake = self._profile.inverse(reached + self._budget / self._level)
        if wake is None or wake >= self._horizon:
            return
        version = self._version
        delay = max(0.0, on_grid(wake) - self._env.now)
        timeout = self._env.timeout(delay)
        timeout.callbacks.append(lambda _event: self._wake(version))

    def _wake(self, version: int) -> None:
        if version != self._version:
            return
        self._since = self._profile.integral(self._env.now)
        self._budget = exponential(self._next_uniform(), 1.0)
        self._version += 1
        version = self._version
        self._fire()
        if version == self._version:  # the owner did not set a new level
            self._schedule(self._since)
