"""A scenario fits the day of its world's map, and holds no number that a sum cannot bear."""

from __future__ import annotations

import itertools
import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special

import sim
from sim.agents.engine import stream_sizes
from sim.experiment.api import check_scenarios
from sim.scenario.calendar import MOST_EVENTS
from sim.scenario.distributions import (
    FAMILIES,
    MOST_NUMBER,
    MOST_SIGMA,
    PRIOR_FAMILIES,
    Distribution,
    lognormal,
)
from sim.scenario.durations import Duration
from sim.scenario.load import parse_scenario, shipped_names
from sim.scenario.parameters import PARAMETER_TABLE, draw_parameters
from sim.streams import Streams
from sim.world import InputError

OTHER_DAY = 'extends = "as_written"\nworld = "england_2020"\n'
LATER = date(2020, 4, 1)


def written(folder: Path, text: str, name: str = "x") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


# -- The day of the map ----------------------------------------------------------------------------


def test_a_map_of_another_day_is_refused_with_what_to_write(tmp_path: Path) -> None:
    path = written(tmp_path, OTHER_DAY)
    for refused in (
        lambda: check_scenarios([path]),
        lambda: sim.replicate("england_2020", "as_written"),
    ):
        with pytest.raises(InputError) as caught:
            refused()
        for part in ("start = 2019-06-01", "england_2020", "world_date = 2020-04-01"):
            assert part in str(caught.value)
    with pytest.raises(InputError, match=str(path)):
        check_scenarios([path])


def test_a_scenario_may_state_the_day_of_its_map(tmp_path: Path) -> None:
    path = written(tmp_path, f"{OTHER_DAY}world_date = 2020-04-01\n")
    scenario = check_scenarios([path]).scenarios[0]
    assert scenario.world_date == LATER
    assert scenario.resolved["world_date"] == "2020-04-01"
    assert "world_date = 2020-04-01" in scenario.resolved_toml
    again = sim.load_scenario(written(tmp_path, scenario.resolved_toml, "again"))
    assert again.digest == scenario.digest


def test_a_stated_day_that_is_not_the_map_s_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, f"{OTHER_DAY}world_date = 2019-06-01\n")
    with pytest.raises(InputError, match=r"world_date = 2019-06-01 is not the day .* 2020-04-01"):
        check_scenarios([path])
    with pytest.raises(InputError, match="must be a date"):
        sim.load_scenario(written(tmp_path, 'world_date = "2020-04-01"\n'))


def test_what_is_said_of_one_map_is_not_inherited_by_another(tmp_path: Path) -> None:
    written(tmp_path, f"{OTHER_DAY}world_date = 2020-04-01\n", "parent")
    same = sim.load_scenario(written(tmp_path, 'extends = "parent"\n', "same"))
    assert same.world_date == LATER
    other = sim.load_scenario(
        written(tmp_path, 'extends = "parent"\nworld = "england_2013"\n', "other")
    )
    assert other.world_date is None
    with pytest.raises(InputError, match="write start = 2013-04-01"):
        check_scenarios([other])


def test_a_scenario_that_states_nothing_has_the_text_it_had() -> None:
    for name in shipped_names():
        assert "world_date" not in sim.load_scenario(name).resolved, name


# -- Numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1e308, -1e308, 10**400, MOST_NUMBER + 1, 1e-300, 5e-324])
@pytest.mark.parametrize("place", ["parameter", "prior", "strength", "duration", "lever"])
def test_numbers_that_no_sum_can_bear_are_refused(value: Any, place: str) -> None:
    letter = {"date": date(2019, 9, 1), "kind": "letter", "region": "all", "strength": value}
    tables: dict[str, dict[str, Any]] = {
        "parameter": {"parameters": {"start_letter": value}},
        "prior": {"parameters": {"start_letter": {"family": "normal", "mean": value, "sd": 1.0}}},
        "strength": {"calendar": {"one": letter}},
        "duration": {"durations": {"explore": value}},
        "lever": {"levers": {"money": {"allowance_per_head": value}}},
    }
    with pytest.raises(InputError):
        parse_scenario(tables[place])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_refused(value: float) -> None:
    for tables in (
        {"parameters": {"start_letter": value}},
        {"durations": {"explore": value}},
        {"levers": {"force": {"cajoling": value}}},
    ):
        with pytest.raises(InputError, match="finite"):
            parse_scenario(tables)


def test_there_is_one_nought() -> None:
    minus, plus = (
        parse_scenario(
            {
                "levers": {"force": {"cajoling": nought}},
                "parameters": {"start_letter": nought},
                "durations": {"explore": nought},
            }
        )
        for nought in (-0.0, 0.0)
    )
    assert minus.digest == plus.digest
    assert "-0.0" not in minus.resolved_toml


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_dates_that_the_calendar_cannot_hold_are_refused(day: date) -> None:
    for tables in (
        {"calendar": {"one": {"date": day, "kind": "pause", "months": 100}}},
        {"levers": {"force": {"mandate": day}}},
        {"levers": {"force": {"legislation": day}}},
    ):
        with pytest.raises(InputError, match="must lie between 1948 and 2100"):
            parse_scenario(tables)


def test_a_calendar_without_end_is_refused() -> None:
    event = {"date": date(2019, 9, 1), "kind": "guidance"}
    most = {f"e{i}": event for i in range(MOST_EVENTS)}
    assert len(parse_scenario({"calendar": most}).calendar) == MOST_EVENTS
    with pytest.raises(InputError, match="2,001 dated events; at most 2,000 are allowed"):
        parse_scenario({"calendar": most | {"more": event}})


ENDS = {
    "sigma": (0.0, MOST_SIGMA),
    "sd": (0.0, 1e-12, float(MOST_NUMBER)),
    "low": (-float(MOST_NUMBER),),
    "mean": (1e-12, float(MOST_NUMBER)),
}
UNIFORMS = (2.0**-60, 1e-9, 0.5, 1.0 - 2.0**-53)


@pytest.mark.parametrize("family", PRIOR_FAMILIES)
def test_every_draw_at_the_ends_is_a_number(family: Any) -> None:
    names = FAMILIES[family]
    ends = [ENDS.get(name, (1e-12, 1.0, float(MOST_NUMBER))) for name in names]
    for numbers in itertools.product(*ends):
        for u in UNIFORMS:
            assert math.isfinite(Distribution(family, numbers).quantile(u)), (numbers, u)


NUMBERS = {1: (1.5,), 2: (0.8, 1.2), 3: (0.5, 1.0, 4.0)}


@pytest.mark.parametrize("family", FAMILIES)
def test_many_quantiles_at_once_are_those_taken_one_by_one(family: Any) -> None:
    positions = np.array([[-9.0, -2.0], [0.0, 3.0]])
    one = Distribution(family, NUMBERS[len(FAMILIES[family])])
    singly = [one.quantile(float(u)) for u in special.ndtr(positions).flat]
    found = one.quantiles(positions)
    assert found.shape == positions.shape
    # at -9 all but the normal families stop at a share of 1e-12
    far = 0 if family in ("normal", "lognormal", "fixed") else 1
    assert found.ravel()[far:] == pytest.approx(np.array(singly)[far:], rel=1e-9)


@pytest.mark.parametrize("family", ["exponential", "gamma", "lognormal", "uniform", "triangular"])
def test_every_duration_at_the_ends_is_no_less_than_nought(family: Any) -> None:
    numbers = {
        "exponential": [(1e-12,), (1200.0,)],
        "lognormal": [(1e-12, MOST_SIGMA), (1200.0, MOST_SIGMA)],
    }
    numbers["gamma"] = [(1e-12, 1200.0), (1200.0, 1e-12), (1200.0, 1200.0)]
    numbers["uniform"] = [(0.0, 1200.0), (5.0, 5.0)]
    numbers["triangular"] = [(0.0, 0.0, 1200.0), (0.0, 1200.0, 1200.0), (5.0, 5.0, 5.0)]
    for given in numbers[family]:
        for u in UNIFORMS:
            assert Duration(family, given).days(u) >= 0.0, (given, u)


def test_a_spread_beyond_all_numbers_is_refused() -> None:
    wide = {"family": "lognormal", "median": 1.0, "sigma": MOST_SIGMA + 1.0}
    for section, name in (("parameters", "start_rate"), ("durations", "explore")):
        with pytest.raises(InputError, match="sigma = 21 must be at most 20"):
            parse_scenario({section: {name: wide}})


def test_a_parameter_drawn_beyond_a_million_is_a_million() -> None:
    world = sim.load_world()
    wide = {row.name: lognormal(float(MOST_NUMBER), MOST_SIGMA) for row in PARAMETER_TABLE}
    drawn = draw_parameters(wide, Streams(1, 0, stream_sizes(world)))
    values = [getattr(drawn, row.name) for row in PARAMETER_TABLE]
    assert max(values) == MOST_NUMBER
    assert all(map(math.isfinite, values))
