"""The same bytes on any number of workers, by fork or spawn, whatever the hash seed.

England, seed 5, two scenarios, 30 replications each (more than one block of 25). The checks are
exact; there is no false-alarm rate.
"""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.agents import replicate_log
from sim.records.schema import TABLES

ROOT = Path(__file__).parents[1]
FILES = (*(table.file for table in TABLES), "summary.csv", "places.csv", "manifest.json")
SCENARIOS = ("as_written", "as_happened")
REPLICATIONS = 30
SEED = 5


def test_a_replication_leaves_next_to_nothing_for_the_collector() -> None:
    """Its agents refer to each other in circles, which are cut when it is over."""
    world, scenario = sim.load_world(), sim.load_scenario("as_written")
    replicate_log(world, scenario, SEED, 0)  # loads what is loaded lazily
    gc.collect()
    gc.disable()
    try:
        replicate_log(world, scenario, SEED, 1)
        assert gc.collect() < 100
    finally:
        gc.enable()


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def run(folder: Path, **options: object) -> dict[str, str]:
    given = {"replications": REPLICATIONS, "workers": 1} | options
    sim.run_batch(SCENARIOS, seed=SEED, out=folder, **given)  # type: ignore[arg-type]
    return digests(folder)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return run(tmp_path_factory.mktemp("reference") / "one")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_two_workers_give_the_bytes_of_one(
    reference: dict[str, str], tmp_path: Path, method: str
) -> None:
    assert run(tmp_path / method, workers=2, start_method=method) == reference


@pytest.mark.slow
@pytest.mark.parametrize("hash_seed", ["0", "random"])
def test_the_hash_seed_does_not_matter(
    reference: dict[str, str], tmp_path: Path, hash_seed: str
) -> None:
    code = (
        f"import sim; sim.run_batch({SCENARIOS!r}, replications={REPLICATIONS}, seed={SEED}, "
        f"workers=1, out={str(tmp_path / 'x')!r})"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=ROOT,
        check=True,
        timeout=300,
    )
    assert digests(tmp_path / "x") == reference


@pytest.mark.slow
def test_extended_across_a_block_equals_one_run_at_once(
    reference: dict[str, str], tmp_path: Path
) -> None:
    run(tmp_path / "x", replications=20)
    assert run(tmp_path / "x") == reference


@pytest.mark.slow
def test_another_seed_gives_other_tables(reference: dict[str, str], tmp_path: Path) -> None:
    """The checks above could not fail if the tables did not depend on luck."""
    sim.run_batch(SCENARIOS, seed=SEED + 1, replications=5, workers=1, out=tmp_path / "a")
    sim.run_batch(SCENARIOS, seed=SEED, replications=5, workers=1, out=tmp_path / "b")
    assert digests(tmp_path / "a")["counts.parquet"] != digests(tmp_path / "b")["counts.parquet"]
