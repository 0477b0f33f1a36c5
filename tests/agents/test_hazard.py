"""Hazards: budgets used up piecewise under rates that change; stale wake-ups ignored."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.agents.clock import GRID, on_grid
from sim.agents.hazard import Hazard, Profile
from tests.properties import between, steady

FLAT = Profile((0.0,), (1.0,))
HORIZON = 1000.0
MONTH = 365.25 / 12


def uniform_of(budget: float) -> float:
    """Return the uniform that gives this unit-exponential budget."""
    return -math.expm1(-budget)


class Bench:
    """One hazard alone, with given budgets; ``fired`` holds the times at which they ran out."""

    def __init__(
        self, budgets: list[float], profile: Profile = FLAT, horizon: float = HORIZON
    ) -> None:
        self.env = simpy.Environment()
        self.fired: list[float] = []
        self.drawn = 0
        self._given = len(budgets)
        self._budgets: Iterator[float] = iter(budgets)
        self.hazard = Hazard(self.env, profile, horizon, self._next, self._fire)

    def _next(self) -> float:
        self.drawn += 1
        return uniform_of(next(self._budgets, 30.0))

    def _fire(self) -> None:
        if len(self.fired) < self._given:  # later ones come of budgets that no test gave
            self.fired.append(self.env.now)

    def at(self, time: float, action: Callable[[], None]) -> None:
        self.env.timeout(time).callbacks.append(lambda _event: action())

    def run(self) -> list[float]:
        self.env.run(until=HORIZON)
        return self.fired


# -- Profiles ------------------------------------------------------------------------------------


def test_a_profile_by_hand() -> None:
    profile = Profile((0.0, 10.0, 20.0, 30.0), (2.0, 0.0, 1.0, 3.0))
    assert [profile.integral(t) for t in (0, 5, 10, 15, 20, 25, 30, 31)] == [
        0.0,
        10.0,
        20.0,
        20.0,
        20.0,
        25.0,
        30.0,
        33.0,
    ]
    assert profile.inverse(10.0) == 5.0
    assert profile.inverse(25.0) == 25.0
    assert profile.inverse(36.0) == 32.0


def test_a_profile_that_ends_at_nought_is_never_used_up() -> None:
    assert Profile((0.0, 10.0), (1.0, 0.0)).inverse(10.5) is None
    assert Profile((0.0,), (0.0,)).inverse(0.1) is None


@steady
@given(
    widths=st.lists(between(0.1, 50.0), min_size=1, max_size=6),
    values=st.lists(between(0.1, 5.0), min_size=7, max_size=7),
    time=between(0.0, 400.0),
)
def test_inverse_undoes_integral(widths: list[float], values: list[float], time: float) -> None:
    starts = [0.0]
    for width in widths:
        starts.append(starts[-1] + width)
    profile = Profile(starts, values[: len(starts)])
    inverse = profile.inverse(profile.integral(time))
    assert inverse == pytest.approx(time, abs=1e-9)


# -- Hazards -------------------------------------------------------------------------------------


def test_a_constant_rate_fires_when_the_budget_is_used_up() -> None:
    bench = Bench([3.0, 2.0])
    bench.hazard.set_level(0.5)
    assert bench.run() == pytest.approx([6.0, 10.0], abs=1 / GRID)


def test_a_budget_is_used_up_piecewise_under_stepped_rates() -> None:
    """.5 for 4 days (2 used), nothing for 3, 2 a day for 1 (4 used), then 1 a day: 4 of 10 left."""
    bench = Bench([10.0])
    bench.hazard.set_level(0.5)
    for time, level in ((4.0, 0.0), (7.0, 2.0), (8.0, 1.0)):
        bench.at(time, lambda level=level: bench.hazard.set_level(level))  # type: ignore[misc]
    assert bench.run() == pytest.approx([8.0 + 6.0], abs=1 / GRID)


def test_rate_and_profile_multiply() -> None:
    """Level .5 and 1 over a profile of 2, 0 (a pause) and 1: 5 + 0 + 2 x .5 + 1 a day."""
    bench = Bench([8.0], Profile((0.0, 5.0, 15.0), (2.0, 0.0, 1.0)))
    bench.hazard.set_level(0.5)
    bench.at(17.0, lambda: bench.hazard.set_level(1.0))
    assert bench.run() == pytest.approx([17.0 + 2.0], abs=1 / GRID)


@steady
@given(
    budget=between(0.01, 20.0),
    steps=st.lists(st.tuples(between(0.0, 60.0), between(0.0, 2.0)), max_size=8),
)
def test_any_stepping_fires_where_the_integral_meets_the_budget(
    budget: float, steps: list[tuple[float, float]]
) -> None:
    """Against a sum over steps made without any of the engine's own code."""
    bench = Bench([budget])
    steps = sorted([(0.0, 0.3), *steps], key=lambda step: step[0])
    for time, level in steps:
        bench.at(time, lambda level=level: bench.hazard.set_level(level))  # type: ignore[misc]
    left, expected = budget, None
    for (time, level), (end, _) in zip(steps, [*steps[1:], (HORIZON, 0.0)], strict=True):
        if level > 0.0 and left / level <= end - time:
            expected = time + left / level
            break
        left -= level * (end - time)
    fired = bench.run()
    # A wake-up rounded to the grid may fall on the other side of a step.
    assert fired == ([] if expected is None else [pytest.approx(expected, abs=1e-4)])


def test_stale_wake_ups_are_ignored() -> None:
    """Every change leaves an old wake-up behind; only the last one counts."""
    bench = Bench([10.0])
    bench.hazard.set_level(1.0)
    for step in range(1, 10):
        level = 0.5 if step % 2 else 1.0
        bench.at(float(step), lambda level=level: bench.hazard.set_level(level))  # type: ignore[misc]
    # 1 + 4 x (.5 + 1) used by day 9, then half a day each: 3 left take 6 days.
    used = 1.0 + sum(0.5 if step % 2 else 1.0 for step in range(1, 9))
    assert bench.run() == pytest.approx([9.0 + (10.0 - used) / 0.5], abs=1 / GRID)


def test_a_hazard_stopped_does_not_fire_and_goes_on_where_it_stopped() -> None:
    bench = Bench([5.0])
    bench.hazard.set_level(1.0)
    bench.at(4.0, lambda: bench.hazard.set_level(0.0))
    bench.at(500.0, lambda: bench.hazard.set_level(1.0))
    assert bench.run() == pytest.approx([501.0], abs=1 / GRID)
    stopped = Bench([5.0])
    stopped.hazard.set_level(1.0)
    stopped.at(4.0, lambda: stopped.hazard.set_level(0.0))
    assert stopped.run() == []
    assert stopped.drawn == 1


def test_nothing_fires_at_or_after_the_horizon() -> None:
    bench = Bench([20.0, 1.0], horizon=20.0)
    bench.hazard.set_level(1.0)
    assert bench.run() == []
    bench = Bench([19.0, 1.0], horizon=20.0)
    bench.hazard.set_level(1.0)
    assert bench.run() == [19.0]


def test_times_of_firing_lie_on_the_grid() -> None:
    bench = Bench([1 / 3, 1 / 7, 1 / 11])
    bench.hazard.set_level(0.123456789)
    assert len(bench.run()) == 3
    assert all((time * GRID).is_integer() for time in bench.fired)


# One of these before the start: half a month at 2, then at 4.
BEFORE = Profile((0.0, 0.5 * MONTH), (2.0, 4.0))


def test_talks_begun_before_the_start_are_found() -> None:
    """A day at 2 a day, or beyond the first half month at 4: so many days before the start."""
    bench = Bench([3.0, 4.0], Profile((0.0,), (2.0,)))
    assert bench.hazard.fired_before_start(1.0, BEFORE, 1.0) == pytest.approx(MONTH - 1.5)
    assert bench.drawn == 2
    bench.hazard.set_level(1.0)
    assert bench.run()[:1] == pytest.approx([2.0], abs=1 / GRID)  # a new budget, from the start
    bench = Bench([0.1 * (MONTH + 6.0), 4.0])
    found = bench.hazard.fired_before_start(0.1, BEFORE, 1.0)
    assert found == pytest.approx(MONTH - (0.5 * MONTH + 6.0 / 4.0))


def test_what_was_known_of_the_future_moves_nothing_before_the_start() -> None:
    """The past has a profile of its own; the one from the start on does not count in it."""
    for profile in (FLAT, Profile((0.0,), (0.0,)), Profile((0.0, 3.0), (5.0, 1.0))):
        bench = Bench([3.0, 4.0], profile)
        assert bench.hazard.fired_before_start(1.0, BEFORE, 1.0) == pytest.approx(MONTH - 1.5)


def test_a_budget_not_used_up_before_the_start_is_shorter_by_what_was_used() -> None:
    """A month at 2 and 4 halves uses 3 x .1 a day over a month of it."""
    used = 0.1 * 3.0 * MONTH
    bench = Bench([used + 4.0], Profile((0.0,), (2.0,)))
    assert bench.hazard.fired_before_start(0.1, BEFORE, 1.0) is None
    assert bench.drawn == 1
    bench.hazard.set_level(1.0)
    assert bench.run() == pytest.approx([2.0], abs=1 / GRID)


def test_a_longer_past_finds_the_same_talks_the_longer_ago() -> None:
    """On a flat past only its length counts; what is not reached in it is not found."""
    for months in (1.0, 2.0, 4.0):
        bench = Bench([2.0, 4.0])
        found = bench.hazard.fired_before_start(0.1, FLAT, months)
        assert found == pytest.approx(months * MONTH - 20.0)
    assert Bench([2.0]).hazard.fired_before_start(0.1, FLAT, 0.5) is None


def test_an_idle_hazard_found_nothing_before_the_start() -> None:
    bench = Bench([1.0])
    assert bench.hazard.fired_before_start(0.0, BEFORE, 100.0) is None
    assert bench.drawn == 1
    bench.hazard.set_level(1.0)
    assert bench.run() == pytest.approx([1.0], abs=1 / GRID)  # its budget is untouched


def test_waits_are_exponential_at_the_rate_in_force() -> None:
    """Kolmogorov-Smirnov on 2,000 budgets on a grid of uniforms; false-alarm rate nil (no luck)."""
    n = 2000
    waits = []
    for i in range(n):
        bench = Bench([-math.log1p(-(i + 0.5) / n)])
        bench.hazard.set_level(0.25)
        waits += bench.run()
    assert stats.kstest(waits, "expon", args=(0, 4.0)).statistic < 2.0 / n


def test_a_time_beyond_all_numbers_stays_there() -> None:
    assert on_grid(math.inf) == on_grid(1e308) == math.inf
    assert on_grid(1.0) == 1.0
