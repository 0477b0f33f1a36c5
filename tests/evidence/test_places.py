"""Places that the sources name: where they lie, what they are set against, what a batch gives."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.evidence.record import (
    cases,
    comparable,
    mean_chances,
    named_places,
    place_chances,
    systems_of,
)
from sim.evidence.record.places import CHANCES
from sim.experiment.api import run_batch
from sim.experiment.batch import Batch
from sim.scenario import Scenario, load_scenario
from sim.world import World, load_world
from tools.docs.mechanisms import registry


@pytest.fixture(scope="module")
def england() -> World:
    return load_world()


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("as_happened")


@pytest.fixture(scope="module")
def batch(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    folder = tmp_path_factory.mktemp("places") / "batch"
    return run_batch(scenario, replications=40, seed=7, workers=1, out=folder)


def test_every_place_of_the_sources_lies_in_the_world(england: World) -> None:
    found = named_places(england)
    names = [place.name for place in found]
    assert len(names) == len(set(names)) == 15
    assert {"Staffordshire", "Croydon", "Frimley", "Cheshire with Vale Royal"} <= set(names)
    rows = {row.id for row in registry()}
    known = {case.case for case in cases()}
    for place in found:
        assert place.ccgs and place.says and place.sources
        assert place.mechanisms and set(place.mechanisms) <= rows
        assert set(place.cases) <= known
    parts = {place.name for place in found if not place.whole}
    assert parts == {"Bradford and Craven", "Croydon", "Cumbria", "Cheshire with Vale Royal"}


def test_the_cases_of_a_place_are_about_it(england: World) -> None:
    """Each shares a CCG with the place, or lies in its system before the map of 2019."""
    by_id = {case.case: case for case in cases()}
    now = {ccg.code for ccg in england.ccgs}
    for place in named_places(england):
        for case in map(by_id.__getitem__, place.cases):
            assert place.system in case.system.split("+")
            assert not place.ccgs.isdisjoint(case.ccgs) or not now & set(case.ccgs)


def test_places_are_compared_with_others_of_like_size(england: World) -> None:
    found = {place.name: place for place in named_places(england)}
    beside = comparable(found["Staffordshire"], england)
    assert found["Staffordshire"].system not in beside
    assert {len(own) for own in beside.values()} <= set(range(3, 13))
    several = [own for own in systems_of(england).values() if 3 <= len(own) <= 12]
    assert len(beside) == len(several) - 1
    alone = comparable(found["Croydon"], england)
    assert all(len(own) == 1 for own in alone.values())
    assert len(alone) == sum(len(o) for o in systems_of(england).values() if len(o) > 1) - 6


def test_chances_of_whole_systems_are_those_of_the_batch(
    batch: Batch, scenario: Scenario, england: World
) -> None:
    found = place_chances(batch, scenario, systems_of(england), england)
    crossing = 0
    for row in batch.places.itertuples():
        mine = found[row.system][row.date]
        for chance in ("p_proposal", "p_lost_ballot", "p_any_merger"):
            assert mine[chance] == pytest.approx(getattr(row, chance)), (row.system, row.date)
        crossing += mine["p_one_ccg"] != pytest.approx(row.p_one_ccg)
    # One body of all its CCGs and one CCG left differ only where a merger crosses a border.
    assert crossing < 0.15 * len(batch.places)


def test_chances_of_a_part_lie_within_those_of_the_whole(
    batch: Batch, scenario: Scenario, england: World
) -> None:
    places = {place.name: place for place in named_places(england)}
    part = places["Bradford and Craven"]
    whole = systems_of(england)[part.system]
    found = place_chances(batch, scenario, {"part": part.ccgs, "whole": whole}, england)
    for day, mine in found["part"].items():
        for chance in ("p_proposal", "p_lost_ballot", "p_any_merger"):
            assert mine[chance] <= found["whole"][day][chance]
        assert mine["p_one_ccg"] <= mine["p_any_merger"]
        assert mine["p_one_ccg"] >= found["whole"][day]["p_one_ccg"]
    days = sorted(found["part"])
    assert days == [date(2020, 4, 1), date(2021, 4, 1), date(2022, 4, 1)]
    for chance in CHANCES:
        values = [found["part"][day][chance] for day in days]
        assert values == sorted(values)
    assert found["part"][days[0]]["p_proposal"] == 1.0  # a proposal was public on the first day


def test_a_mean_over_places() -> None:
    day = date(2020, 4, 1)
    chances = {
        "a": {day: dict.fromkeys(CHANCES, 0.2)},
        "b": {day: dict.fromkeys(CHANCES, 0.6)},
    }
    assert mean_chances(chances, ["a", "b"])[day] == pytest.approx(dict.fromkeys(CHANCES, 0.4))
    with pytest.raises(InputError, match="no comparable place"):
        mean_chances(chances, [])


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("system", "E54000099", "column system: 'E54000099' is not a system"),
        ("ccgs", "02N+XXX", "column ccgs: XXX|column ccgs: 02N, XXX"),
        ("mechanisms", "one", "column mechanisms: 'one'"),
    ],
)
def test_a_broken_table_is_refused(
    tmp_path: Path, england: World, column: str, value: str, said: str
) -> None:
    row = {
        "place": "P", "system": "E54000005", "ccgs": "", "mechanisms": "1", "cases": "",
        "says": "x", "sources": "y",
    }  # fmt: skip
    with (tmp_path / "places.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row | {column: value})
    with pytest.raises(InputError, match=said):
        named_places(england, tmp_path)
