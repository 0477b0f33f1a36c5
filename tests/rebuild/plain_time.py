"""Time and chance of the plain model: one heap of moments, hazards, the profile of the deadline.

Written from the model's description alone, as ``plain.py``, which see.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

from sim.scenario import Scenario
from sim.scenario.parameters import PARAMETER_TABLE
from sim.world import World

MONTH = 30.4375
Order = tuple[int, int]  # system and ordinal of a proposal: its place among those of one moment
ORDER = (0, 0)
Wake = tuple[float, int, Order]
Process = Generator[Wake | float, None, None]
AT_MERGERS, AT_OPEN, AT_CLOSE, ANY = 1, 2, 3, 9  # section 3, order of things at one moment


@dataclass(eq=False)
class Clock:
    """A unit-exponential budget used up by level x profile (Starting proposals)."""

    act: Callable[[], None]
    profile: list[tuple[float, float]]
    budget: float
    level: float = 0.0
    since: float = 0.0
    version: int = 0


def sample(rng: Random, family: str, *n: float) -> float:
    """Draw from a family of sections 8 and 10."""
    match family:
        case "fixed":
            return n[0]
        case "normal":
            return rng.gauss(n[0], n[1])
        case "lognormal":
            return n[0] * math.exp(rng.gauss(0, n[1]))
        case "uniform":
            return rng.uniform(n[0], n[1])
        case "beta":
            return rng.betavariate(n[0], n[1])
        case "gamma":
            return rng.gammavariate((n[0] / n[1]) ** 2, n[1] ** 2 / n[0])
        case "triangular":
            return rng.triangular(n[0], n[2], n[1])
    raise ValueError(f"{family} is not used by as_happened")


class Timetable:
    """The moments of one replication, and its parameters."""

    def __init__(self, world: World, scenario: Scenario, seed: int) -> None:
        levers = scenario.levers
        if (
            scenario.form.support_form != "two_mode"
            or scenario.form.parameters != "drawn"
            or (levers.information.region_relays, levers.information.local_relays)
            != ("as_drawn", "as_drawn")
            or levers.force != type(levers.force)()
            or levers.ballot != type(levers.ballot)()
            or (levers.approval.window, levers.approval.effective_dates) != ("yearly", "1_april")
            or levers.boundaries.cross_system != "county"
            or not (levers.joint.leader_turnover and levers.joint.ladder)
        ):
            raise ValueError("the plain model is written for as_happened alone")
        self.world, self.scenario, self.levers, self.rng = world, scenario, levers, Random(seed)
        self.now, self.heap, self.ties = 0.0, list[tuple[Any, ...]](), 0
        self.horizon = float((scenario.end - scenario.start).days + 1)
        self.n: Counter[str] = Counter()
        years = range(scenario.start.year, scenario.end.year + 4)
        self.opens = [self.day(y, levers.approval.window_opens) for y in years]
        self.closes = [self.day(y, levers.approval.window_closes) + 1 - 2**-20 for y in years]
        self.aprils = [self.day(y, "04-01") for y in years]
        self.pauses = [
            (t := self.day_of(e.date), t + e.months * MONTH)
            for e in scenario.calendar
            if e.kind == "pause"
        ]
        values = {}
        for row in PARAMETER_TABLE:  # section 4
            prior = scenario.priors[row.name]
            drawn = sample(self.rng, prior.family, *prior.numbers)
            values[row.name] = min(max(drawn, row.low), row.high)
        self.p = SimpleNamespace(**values)
        self.opposed = [
            c.stance == "oppose"
            or (c.stance == "unknown" and self.chance(self.p.council_oppose_share))
            for c in world.councils
        ]
        self.profile, self.past = self.make_profile(), self.make_past()

    def day_of(self, when: date) -> float:
        return float((when - self.scenario.start).days)

    def day(self, year: int, month_day: str) -> float:
        return self.day_of(date.fromisoformat(f"{year}-{month_day}"))

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def normal(self) -> float:
        return self.rng.gauss(0.0, 1.0)

    def length(self, stage: str) -> float:
        duration = getattr(self.scenario.durations, stage)
        return sample(self.rng, duration.family, *duration.numbers) * MONTH

    def at(self, wake: Wake, act: Callable[[], None]) -> None:
        self.ties += 1
        heapq.heappush(self.heap, (*wake, self.ties, act))

    def go(self, process: Process) -> None:
        """Run a process to the next moment it waits for."""
        wake = next(process, None)
        if wake is not None:
            full = wake if isinstance(wake, tuple) else (wake, ANY, ORDER)
            self.at(full, lambda: self.go(process))

    def deadline(self, after: float) -> float:
        return next(c for c in self.closes if c >= after)

    def worked(self, length: float) -> float:
        """Return when work begun now ends, pauses left out (Consent)."""
        end = self.now + length
        for first, last in self.pauses:
            if self.now < last and end > first:
                end += last - max(first, self.now)
        return end

    def squeezed(self, stage: float, left: float, floor_months: float) -> float:
        available = self.deadline(self.now) - MONTH / 2 - self.now
        floor = self.p.plan_floor * floor_months * MONTH
        if left > available >= floor and available > 0:
            return stage * available / left
        return stage

    # hazards (Starting proposals)

    def factor(self, t: float, closes: list[float]) -> float:
        """Return the deadline factor at a moment."""
        call = next(c - 3 * MONTH for c in closes if c >= t + 3 * MONTH)
        ramp = min(1.0, max(0.0, 1 - (call - t) / MONTH / 12))
        return math.exp(self.p.start_deadline * ramp)

    def make_profile(self) -> list[tuple[float, float]]:
        if any(e.kind == "rates" for e in self.scenario.calendar):
            raise ValueError("as_happened has no event of kind rates")
        steps = {0.0}
        day = self.scenario.start
        while day <= self.scenario.end:
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            close = self.deadline(self.day_of(day))
            steps |= {self.day_of(day), close, close - 3 * MONTH}
        seasons = sorted({max(0.0, t) for t in steps})
        ends = [*seasons[1:], seasons[-1] + 31]
        factors = [
            self.factor((a + b) / 2, self.closes) for a, b in zip(seasons, ends, strict=True)
        ]
        pauses = {max(0.0, moment) for pause in self.pauses for moment in pause}
        found = []
        for t in sorted({*seasons, *pauses}):
            season = max(i for i, begins in enumerate(seasons) if begins <= t)
            paused = any(first <= t < last for first, last in self.pauses)
            found.append((t, 0.0 if paused else factors[season]))
        return found

    def make_past(self) -> list[tuple[float, float]]:
        """Return the past profile; its time 0 lies the unseen months before the start (5)."""
        days = self.p.unseen_months * MONTH
        n = max(1, math.ceil(days / 31))
        steps = [i * days / n for i in range(n)]
        year = self.scenario.start.year  # the closes of the default window, whatever the scenario's
        closes = [self.day(y, "09-30") + 1 - 2**-20 for y in range(year - 5, year + 2)]
        return [(t, self.factor(t + days / n / 2 - days, closes)) for t in steps]

    def use(self, profile: list[tuple[float, float]], start: float, end: float) -> float:
        """Return the integral of a profile in months."""
        total = 0.0
        for i in range(bisect_right(profile, (start, math.inf)) - 1, len(profile)):
            begin, value = profile[i]
            stop = profile[i + 1][0] if i + 1 < len(profile) else math.inf
            if begin >= end:
                break
            total += value * (min(stop, end) - max(begin, start))
        return total / MONTH

    def reach(
        self, profile: list[tuple[float, float]], start: float, level: float, budget: float
    ) -> float:
        """Return when level x profile has used up a budget, if ever."""
        left = budget * MONTH
        for i in range(bisect_right(profile, (start, math.inf)) - 1, len(profile)):
            begin, value = max(profile[i][0], start), profile[i][1]
            stop = profile[i + 1][0] if i + 1 < len(profile) else math.inf
            rate = level * value
            if rate > 0 and left <= rate * (stop - begin):
                return begin + left / rate
            left -= rate * (stop - begin) if rate > 0 else 0.0
        return math.inf

    def set_level(self, clock: Clock, level: float) -> None:
        clock.budget -= clock.level * self.use(clock.profile, clock.since, self.now)
        clock.level, clock.since, clock.version = level, self.now, clock.version + 1
        version, moment = clock.version, self.reach(clock.profile, self.now, level, clock.budget)
        if level > 0 and moment < math.inf:
            self.at((moment, ANY, ORDER), lambda: self.ring(clock, version))

    def ring(self, clock: Clock, version: int) -> None:
        if version == clock.version:
            clock.budget, clock.since = self.rng.expovariate(1.0), self.now
            self.set_level(clock, clock.level)
            clock.act()
