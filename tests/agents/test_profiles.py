"""The rates of starting over the year: they rise to the last call and fall right after it.

No luck is in these checks: parameters are held at numbers and a profile is read by its integral.
"""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from sim.agents.engine import _new_replication, stream_sizes
from sim.agents.hazard import Profile
from sim.agents.profiles import LAST_CALL_MONTHS, future, past
from sim.agents.replication import Replication
from sim.scenario import parse_scenario
from sim.scenario.parameters import draw_parameters
from sim.streams import Streams
from sim.world import World
from tests.agents.arms import merged_tables

MONTH = 365.25 / 12
START = date(2019, 6, 1)
PEAK = 1.2  # start_deadline

# Levers of approval, and the days by which ballots must be done in the run, from the start.
ROUNDS: dict[str, tuple[dict[str, Any], list[float]]] = {
    "window to September": ({}, [122.0, 488.0, 853.0]),
    "window to November": ({"window_closes": "11-15"}, [168.0, 534.0, 899.0]),
    "window to July": ({"window_closes": "07-31"}, [61.0, 427.0, 792.0]),
    "all year, four months' lead": (
        {"window": "all_year"},
        [305.0 - 4 * MONTH, 670.0 - 4 * MONTH, 1035.0 - 4 * MONTH],
    ),
}


def replication_of(world: World, **tables: Any) -> Replication:
    base = {"extends": "as_written", "parameters": {"start_deadline": PEAK, "regime_factor": 1.0}}
    scenario = parse_scenario(merged_tables(base, tables))
    streams = Streams(1, 0, stream_sizes(world))
    return _new_replication(world, scenario, draw_parameters(scenario.priors, streams), streams)


def value(profile: Profile, time: float, width: float = 1e-3) -> float:
    """Return the multiplier just after a moment."""
    return (profile.integral(time + width) - profile.integral(time)) / width


def last_calls(deadlines: list[float]) -> list[float]:
    return [deadline - LAST_CALL_MONTHS * MONTH for deadline in deadlines]


@pytest.mark.parametrize("round_", ROUNDS)
@pytest.mark.parametrize("origin", ["local", "centre"])
def test_rates_fall_at_the_last_call(england: World, round_: str, origin: str) -> None:
    levers, deadlines = ROUNDS[round_]
    profile = future(replication_of(england, levers={"approval": levers}), origin)
    for last in last_calls(deadlines):
        if last > 1.0:
            before, after = value(profile, last - 0.5), value(profile, last + 0.5)
            # Half a step of at most a month from the peak; a year from the next one.
            assert math.exp(PEAK * (1.0 - 0.51 / 12.0)) <= before <= math.exp(PEAK)
            assert 1.0 <= after <= math.exp(PEAK * 1.01 / 12.0)


@pytest.mark.parametrize("round_", ROUNDS)
def test_the_month_up_to_the_last_call_has_the_highest_rates(england: World, round_: str) -> None:
    """Of all months ending on some day of a year, that one; from call to call rates only rise."""
    levers, deadlines = ROUNDS[round_]
    profile = future(replication_of(england, levers={"approval": levers}), "local")
    for before, last in pairwise(last_calls(deadlines)):
        ends = [last + day for day in range(-300, 60)]
        assert ends[0] > MONTH
        month = [profile.integral(end) - profile.integral(end - MONTH) for end in ends]
        assert max(month) == month[ends.index(last)]
        assert month.count(max(month)) == 1
        days = range(max(0, math.ceil(before) + 1), math.floor(last) - 1)
        year = [value(profile, float(day)) for day in days]
        assert all(a <= b + 1e-6 for a, b in pairwise(year))
        assert len({round(found, 6) for found in year}) >= 11
        assert year[-1] > year[len(days) - 40] + 1e-3


def test_the_deadline_pulls_by_its_parameter(england: World) -> None:
    """The year's mean is that of a line in the exponent, to the width of a step; none at nought."""
    profile = future(replication_of(england), "local")
    first, second = last_calls(ROUNDS["window to September"][1])[:2]
    mean = (profile.integral(second) - profile.integral(first)) / (second - first)
    assert mean == pytest.approx((math.exp(PEAK) - 1.0) / PEAK, rel=0.005)
    flat = future(replication_of(england, parameters={"start_deadline": 0.0}), "local")
    assert all(value(flat, float(day)) == pytest.approx(1.0) for day in range(0, 1000, 7))


def test_without_deadlines_rates_are_flat(england: World) -> None:
    approval = {"window": "all_year", "effective_dates": "any_day"}
    profile = future(replication_of(england, levers={"approval": approval}), "local")
    assert all(value(profile, float(day)) == pytest.approx(1.0) for day in range(0, 1000, 7))


def test_the_past_runs_up_to_the_start_and_joins_the_future(england: World) -> None:
    """Up to 1 June 2019, a month before the last call: rising, below the first future rate."""
    replication = replication_of(england)
    months = 9.0
    before, after = past(replication, months), future(replication, "local")
    days = [value(before, float(day)) for day in range(int(months * MONTH))]
    assert all(a <= b + 1e-6 for a, b in pairwise(days))
    assert days[-1] < value(after, 1.0) < 1.15 * days[-1]
    # A step's middle is at most half a month from the moment it stands for.
    call = last_calls(ROUNDS["window to September"][1])[0]
    for day, found in enumerate(days):
        exact = PEAK * (1.0 - (call + months * MONTH - day) / MONTH / 12.0)
        assert abs(math.log(found) - exact) < PEAK * 0.55 / 12.0


ACTS: dict[str, dict[str, Any]] = {
    "pause": {"date": date(2020, 3, 17), "kind": "pause", "months": 4.0},
    "rates": {"date": date(2020, 3, 17), "kind": "rates", "local": 3.0, "centre": 0.5},
}


@pytest.mark.parametrize("act", ACTS)
def test_a_dated_act_moves_rates_from_its_day_on_and_none_before(england: World, act: str) -> None:
    """Design, section 4: scenarios that differ from a date on are alike up to that date."""
    plain = replication_of(england)
    acted = replication_of(england, calendar={"a": ACTS[act]})
    day = float((date(2020, 3, 17) - START).days)
    over = day + 4.0 * MONTH
    for origin, factor in (("local", 3.0), ("centre", 0.5)):
        one, other = future(plain, origin), future(acted, origin)
        for moment in [*range(int(day)), day - 0.01]:
            assert value(other, moment) == pytest.approx(value(one, moment)), moment
        within = [value(other, moment) for moment in range(int(day) + 1, int(over) - 1)]
        if act == "pause":
            assert within == pytest.approx([0.0] * len(within))
            assert value(other, over + 1.0) > 0.9
        else:
            assert value(other, day + 1.0) / value(one, day + 1.0) == pytest.approx(
                factor, rel=0.06
            )
            assert value(other, 700.0) / value(one, 700.0) == pytest.approx(factor)
