"""One hindcast by the command, shared by all tests of this folder: 30 replications, seed 2."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.evidence.record import Facts, facts_2020
from sim.world.load import load_world
from sim.world.model import World
from tests.cli.conftest import Outcome, command

REPLICATIONS = 30
SEED = 2


@pytest.fixture(scope="session")
def world() -> World:
    return load_world()


@pytest.fixture(scope="session")
def facts(world: World) -> Facts:
    return facts_2020(world)


@pytest.fixture(scope="session")
def hindcast_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    """What ``hindcast`` printed and the folder it left. Do not write to it."""
    folder = tmp_path_factory.mktemp("hindcast") / "out"
    done = command(
        "hindcast", "--replications", REPLICATIONS, "--seed", SEED, "--workers", 1, "--out", folder
    )
    assert done.code == 0, done.err
    return done, folder


@pytest.fixture(scope="session")
def folder(hindcast_run: tuple[Outcome, Path]) -> Path:
    return hindcast_run[1]


@pytest.fixture(scope="session")
def scores(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "scores.csv", keep_default_na=False, na_values=["nan", ""])
