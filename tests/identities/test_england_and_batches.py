"""I7 on England and I10 for batches."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment.api import HEADLINE, replicate, run_batch
from sim.records.schema import TABLES
from sim.scenario.load import load_scenario, parse_scenario
from sim.scenario.model import Scenario
from sim.world.load import load_world
from sim.world.model import World
from tests.identities.strategies import make_world, scenarios, seeds, steady, worlds
from tests.identities.test_every_replication import replayed

REPLICATIONS = 12
SYSTEMS, CCGS = 42, 191


@pytest.fixture(scope="module")
def england() -> World:
    return load_world()


@pytest.mark.parametrize("name", HEADLINE)
def test_a_system_keeps_one_ccg_where_no_merger_crosses_a_border(england: World, name: str) -> None:
    scenario = load_scenario(name)
    for number in range(REPLICATIONS):
        made = replicate(england, scenario, 7, number)
        final = replayed(made)
        held = Counter(final.home.values())
        if scenario.levers.boundaries.cross_system == "never":
            assert len(held) == SYSTEMS
            assert made.final_ccgs >= SYSTEMS
        # each merger across a border may empty the systems that it takes CCGs from
        emptied = SYSTEMS - len(held)
        crossing = sum(
            len({england.ccgs[_row(england, code)].system for code in event.subject.split("+")}) - 1
            for event in made.log
            if event.kind == "merged"
        )
        assert 0 <= emptied <= crossing
        assert CCGS - made.final_ccgs <= CCGS - SYSTEMS + emptied


def test_the_bound_of_149_dissolutions_is_reached(england: World) -> None:
    """With every gate open England ends at one CCG in each system: 42, and never fewer."""
    scenario = parse_scenario(
        {
            "extends": "as_written",
            "name": "all_gates_open",
            "end": date(2024, 7, 1),  # parts that merge first need a second round, or a third
            "levers": {"ballot": {"leaders_gate": False}},
            "parameters": {
                "start_rate": 1.0,
                "start_council_match": 0.0,
                "consent_base": 50.0,
                "footprint_whole": 30.0,
                "support_mean": 60.0,
                "approval_probability": 1.0,
                "approval_unready": 0.0,
                "approval_defer": 0.0,
            },
        }
    )
    made = replicate(england, scenario, 1, 0)
    assert made.final_ccgs == SYSTEMS


def _row(world: World, code: str) -> int:
    return next(ccg.index for ccg in world.ccgs if ccg.code == code)


# -- I10 --------------------------------------------------------------------------------------

FILES = [*(table.file for table in TABLES), "summary.csv", "places.csv"]


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def test_one_worker_or_two_give_the_same_bytes(tmp_path: Path) -> None:
    world = make_world(
        {
            "systems": [[{}, {}, {"practices": 1}], [{}, {}]],
            "live_proposals": [{"ccgs": ["S1C1", "S1C2"], "stage": "drafted"}],
        }
    )
    scenario = parse_scenario(
        {"name": "busy", "world": "small", "parameters": {"start_rate": 0.2, "support_mean": 3.0}}
    )
    found = {}
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        run_batch(
            scenario, replications=24, seed=3, workers=workers, out=folder,
            worlds={"small": world},
        )  # fmt: skip
        found[workers] = digests(folder)
    assert found[1] == found[2]


@steady(12)
@given(worlds, scenarios, seeds, st.integers(0, 5))
def test_any_replication_of_a_batch_can_be_had_alone(
    world: World, scenario: Scenario, seed: int, number: int
) -> None:
    batch = run_batch(scenario, replications=6, seed=seed, workers=1, worlds={"small": world})
    alone = replicate(world, scenario, seed, number).tables()
    for table in TABLES:
        whole = getattr(batch, table.name)
        mine = whole[whole["replication"] == number].reset_index(drop=True)
        expected = alone[table.name].reset_index(drop=True)
        assert list(mine.columns) == list(expected.columns)
        pd.testing.assert_frame_equal(mine, expected, check_dtype=False)


@steady(20)
@given(worlds, scenarios, seeds)
def test_luck_is_the_replications_own(world: World, scenario: Scenario, seed: int) -> None:
    """Running another replication or scenario in between changes nothing."""
    first = replicate(world, scenario, seed, 4)
    replicate(world, replace(scenario, name="other"), seed, 3)
    again = replicate(world, scenario, seed, 4)
    assert first.log == again.log
    assert first.parameters == again.parameters
