from __future__ import annotations

from pathlib import Path

import pytest

from sim.world import World, load_world
from tests.small_worlds import write_world


@pytest.fixture(scope="session")
def england() -> World:
    return load_world()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Two systems, five CCGs, every optional table there; row 2 of ccgs.csv is S1C1."""
    one = {"councils": {"K1": 1.0}, "lmcs": {"North LMC": 1.0}}
    two = {"councils": {"K1": 0.4, "K2": 0.6}, "lmcs": {"North LMC": 0.5, "South LMC": 0.5}}
    return write_world(
        tmp_path / "tiny",
        [
            [one | {"officer_group": "G", "leanings": 0.1}, one | {"officer_group": "G"}, two],
            {"ccgs": [two, one | {"rule": {"quorum": 0.75}}], "region": "Region 2"},
        ],
        live_proposals=[{"ccgs": ["S1C3", "S2C1"], "stage": "engaged", "target": "2020-04"}],
        default_rule={"threshold": 0.5, "quorum": 0.0, "weighting": "equal", "binding": True},
        stances={"K1": "oppose"},
        checks={"ccgs": 5, "practices": 25, "patients": 150_000},
    )
