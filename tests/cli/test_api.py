"""The same from Python: names, paths or objects in, frozen objects and DataFrames back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from importlib import metadata
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.records.tables import read_table
from sim.world import InputError
from tests.cli.conftest import SEED
from tests.small_worlds import write_world


def test_one_replication_alone_equals_itself_in_the_batch(england: Path) -> None:
    alone = sim.replicate("england_2019", "as_written", seed=SEED, replication=31)
    for name, table in alone.tables().items():
        batch = read_table(england, name)
        mine = batch[batch["replication"] == 31].reset_index(drop=True)
        assert len(mine) or name == "ballots"
        pd.testing.assert_frame_equal(table, mine)
    assert alone.final_ccgs == alone.tables()["replications"]["final_ccgs"].item()
    assert alone.log[0].kind == "start"
    assert alone.log[-1].kind == "end"
    assert alone.log[-1].data["ccgs"] == alone.final_ccgs
    with pytest.raises(FrozenInstanceError):
        alone.seed = 4  # type: ignore[misc]


def test_batches_and_comparisons_take_names_paths_and_objects(tmp_path: Path) -> None:
    write_world(tmp_path / "small", [[{}, {}, {}], [{}, {}]])
    base = tmp_path / "base.toml"
    base.write_text('world = "small"\nextends = "as_written"\n')
    other = tmp_path / "other.toml"
    other.write_text('extends = "base"\n[levers.ballot]\nlmc_advice = "oppose"\n')
    found = sim.compare(
        base,
        [sim.load_scenario(other)],
        outcomes=["mergers"],
        replications=12,
        workers=1,
        out=tmp_path / "c",
    )
    assert list(found.outcomes["outcome"]) == ["mergers"]
    assert (tmp_path / "c" / "compare.csv").is_file()
    assert found.base == "base"
    assert found.others == ("other",)
    assert set(found.batch.replications["scenario"]) == {"base", "other"}
    assert (found.outcomes["replications"] == 12).all()
    one = sim.run_batch(base, replications=3, workers=1)
    assert one.scenarios == ("base",)
    assert one.counts["ccgs"].max() == 5
    world = sim.load_world(tmp_path / "small")
    assert sim.replicate(world, base, replication=2).tables()["systems"]["system"].nunique() == 2


def test_wrong_input_is_refused_in_words() -> None:
    for call in (
        lambda: sim.replicate("england_2019", "as_written", replication=-1),
        lambda: sim.replicate("england_2019", "as_written", seed=2**64),
        lambda: sim.replicate("england_2018", "as_written"),
        lambda: sim.run_batch("as_writen"),
        lambda: sim.run_batch(["as_written", "as_written"]),
        lambda: sim.run_batch(3),  # type: ignore[arg-type]
        lambda: sim.compare("as_written", []),
    ):
        with pytest.raises((InputError, TypeError)):
            call()
    with pytest.raises(AttributeError):
        _ = sim.nothing


def test_the_version_is_that_of_the_installed_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    for version, said in ((lambda name: f"9.8 of {name}", "9.8 of ccg-consolidation"),
                          (missing, "0+not-installed")):  # fmt: skip
        vars(sim).pop("__version__", None)  # as before it was asked for
        monkeypatch.setattr(metadata, "version", version)
        assert sim.__version__ == said
    del sim.__version__
    assert {"__version__", "run_batch"} <= set(dir(sim))
    with pytest.raises(AttributeError, match="no attribute '__versoin__'"):
        _ = sim.__versoin__


def test_the_version_costs_nothing_until_it_is_asked_for() -> None:
    code = "import sys, sim; print('importlib.metadata' in sys.modules, '__version__' in vars(sim))"
    found = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=Path(sim.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert found.stdout.split() == ["False", "False"]


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(sim.__file__).parent / "py.typed").is_file()
