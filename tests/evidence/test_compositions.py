"""Who is one body with whom on a day, by proposals or by mandate, against tables and logs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sim.agents import replicate_log
from sim.errors import InputError
from sim.evidence.publish.forecast_tables import pair_table
from sim.evidence.record import (
    Facts,
    MergerTables,
    bodies_on,
    place_chances,
    read_merger_tables,
    systems_of,
)
from sim.evidence.score import read_ensemble
from sim.experiment.api import run_batch
from sim.experiment.batch import Batch
from sim.records.days import count_dates, day_of
from sim.records.lineage import CHANGES, start_lineage
from sim.scenario import Scenario, parse_scenario
from sim.world import World, load_world
from tests.small_worlds import write_world

FIRST, SECOND, THIRD = (date(year, 4, 1) for year in (2020, 2021, 2022))

# -- Tables by hand: S1 of three CCGs, S2 of two ---------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> World:
    return load_world(write_world(tmp_path / "world", [[{}] * 3, [{}] * 2]))


def tables(
    world: World,
    proposals: list[tuple[str, date]],
    merged: dict[str, tuple[date, str]],
    systems: dict[date, dict[str, int]],
) -> MergerTables:
    """Return one replication's tables; ``merged`` gives last day and successor by CCG."""
    return MergerTables(
        pd.DataFrame(
            [(0, footprint, "effective", day) for footprint, day in proposals],
            columns=["replication", "footprint", "exit", "exit_on"],
        ),
        pd.DataFrame(
            [(0, day, code, n) for day, held in systems.items() for code, n in held.items()],
            columns=["replication", "date", "system", "ccgs"],
        ),
        pd.DataFrame(
            [(0, c.code, *merged.get(c.code, (None, c.code))) for c in world.ccgs],
            columns=["replication", "ccg", "last_merged_on", "successor"],
        ),
    )


def bodies(day: date, found: MergerTables, world: World) -> set[str]:
    return {
        "+".join(world.ccgs[i].code for i in sorted(body))
        for body in bodies_on(day, found, world)[0]
    }


ONE, ALL = "S1C1+S1C2+S1C3", "S1C1+S1C2+S1C3+S2C1+S2C2"


def test_a_mandate_without_any_proposal_is_seen(small: World) -> None:
    found = tables(
        small,
        [],
        dict.fromkeys(ONE.split("+"), (SECOND, ONE)),
        {FIRST: {"S1": 3, "S2": 2}, SECOND: {"S1": 1, "S2": 2}},
    )
    assert bodies(FIRST, found, small) == {*ALL.split("+")}
    assert bodies(SECOND, found, small) == {ONE, "S2C1", "S2C2"}


def test_who_is_together_is_asked_of_the_day_and_not_of_the_end(small: World) -> None:
    """Two CCGs merge, a mandate adds the third, and a merger across the border follows."""
    found = tables(
        small,
        [("S1C1+S1C2", FIRST), ("S2C1+S2C2", FIRST), (ALL, THIRD)],
        dict.fromkeys(ALL.split("+"), (THIRD, ALL)),
        {
            FIRST: {"S1": 2, "S2": 1},
            SECOND: {"S1": 1, "S2": 1},
            THIRD: {"S1": 1, "S2": 0},
        },
    )
    assert bodies(FIRST, found, small) == {"S1C1+S1C2", "S1C3", "S2C1+S2C2"}
    assert bodies(SECOND, found, small) == {ONE, "S2C1+S2C2"}
    assert bodies(THIRD, found, small) == {ALL}


def test_a_system_that_is_redrawn_after_its_mandate_is_remembered(small: World) -> None:
    found = tables(
        small,
        [(ALL, THIRD)],
        dict.fromkeys(ALL.split("+"), (THIRD, ALL)),
        {FIRST: {"S1": 1, "S2": 1}, SECOND: {"U": 2}, THIRD: {"U": 1}},
    )
    assert bodies(SECOND, found, small) == {ONE, "S2C1+S2C2"}


def test_tables_that_do_not_tell_are_refused(small: World) -> None:
    merged = dict.fromkeys(ALL.split("+"), (THIRD, ALL))
    found = tables(small, [(ALL, THIRD)], merged, {SECOND: {"U": 3}, THIRD: {"U": 1}})
    with pytest.raises(InputError, match=r"replication 0: the tables do not tell .* on 2021-04-01"):
        bodies_on(SECOND, found, small)
    with pytest.raises(InputError, match="no systems on 2020-04-01"):
        bodies_on(FIRST, found, small)


# -- England: 12 replications, seed 5, a mandate in April 2020 -------------------------------------

REPLICATIONS = 12
SEED = 5


def mandated(reach: str, base: str = "as_happened") -> Scenario:
    force = {"mandate": FIRST, "mandate_reach": reach}
    return parse_scenario({"name": "forced", "extends": base, "levers": {"force": force}}, "forced")


def run(scenario: Scenario, folder: Path) -> Batch:
    return run_batch(scenario, replications=REPLICATIONS, seed=SEED, workers=1, out=folder)


@pytest.fixture(scope="module")
def forced(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    return run(mandated("all"), tmp_path_factory.mktemp("forced") / "batch")


@pytest.mark.parametrize("base", ["as_happened", "boundaries_open"])
def test_bodies_of_every_day_are_those_of_the_logs(tmp_path: Path, base: str, world: World) -> None:
    """Those who have refused are merged; the others go on, across borders and new borders too."""
    scenario = mandated("refusing", base)
    run(scenario, tmp_path / "batch")
    found = read_merger_tables(tmp_path / "batch")
    days = count_dates(scenario.start, scenario.end)
    by_day = {day: bodies_on(day, found, world) for day in days}
    index = {ccg.code: ccg.index for ccg in world.ccgs}
    for number in range(REPLICATIONS):
        events = replicate_log(world, scenario, SEED, number).events
        changes = [event for event in events if event.kind in CHANGES]
        for day in days:
            lineage = start_lineage(world)
            for event in changes:
                if day_of(scenario.start, event.time) <= day:
                    lineage.apply(event, scenario.start)
            alive = {frozenset(index[code] for code in body.split("+")) for body in lineage.home}
            assert set(by_day[day][number]) == alive, (number, day)


@pytest.fixture(scope="module")
def ends(forced: Batch, world: World) -> pd.DataFrame:
    """The body that each CCG ends in, by replication; nobody merges after this mandate."""
    assert (forced.ccgs["last_merged_on"].dropna() <= FIRST).all()
    wide = forced.ccgs.pivot_table(
        index="replication", columns="ccg", values="successor", aggfunc="first"
    )
    return wide[[ccg.code for ccg in world.ccgs]]


def test_a_hindcast_sees_who_was_mandated_with_whom(
    forced: Batch, ends: pd.DataFrame, facts: Facts, world: World
) -> None:
    found = MergerTables(forced.proposals, forced.systems, forced.ccgs).of_scenario("forced")
    seen = read_ensemble(found, facts, world)
    bodies = ends.to_numpy()
    assert (seen.together == (bodies[:, facts.pairs[:, 0]] == bodies[:, facts.pairs[:, 1]])).all()
    home = facts.system_of[facts.pairs]
    assert seen.together[:, home[:, 0] == home[:, 1]].mean() > 0.9
    assert seen.merged.all()
    assert seen.counts.tolist() == seen.by_system.sum(axis=1).tolist()


def test_a_forecast_publishes_who_was_mandated_with_whom(
    forced: Batch, ends: pd.DataFrame, world: World
) -> None:
    table = pair_table(forced.folder, world).set_index(["ccg_a", "ccg_b"])
    inside = [
        (a.code, b.code)
        for a in world.ccgs
        for b in world.ccgs
        if a.code < b.code and a.system == b.system
    ]
    assert len(set(inside) & set(table.index)) > 0.9 * len(inside)
    for (a, b), chances in table.iterrows():  # type: ignore[misc]
        assert set(chances) == {(ends[a] == ends[b]).mean()}


def test_a_place_is_one_body_after_a_mandate(
    forced: Batch, ends: pd.DataFrame, world: World
) -> None:
    found = place_chances(forced, mandated("all"), systems_of(world), world)
    whole = 0
    for code, own in systems_of(world).items():
        expected = (ends[sorted(own)].nunique(axis=1) == 1).mean()
        assert {found[code][day]["p_one_ccg"] for day in (FIRST, THIRD)} == {expected}
        whole += expected == 1.0
    assert whole > 0.8 * len(found)
