"""A small batch that writes all that a batch writes, and what must hold of its folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.experiment.batch import Batch, run_batch
from sim.records.ledger import strangers
from sim.world import load_world
from tests.records.fake_engine import FakeScenario, replicate
from tests.small_worlds import write_world

ROOT = Path(__file__).parents[2]
SCENARIO = FakeScenario("small")
TURNS = int(os.environ.get("SIM_FAULTS", "0"))
"""How often a random fault is tried; 0 (a few of each) unless the environment says otherwise."""


def turns(few: int) -> int:
    """Return how often a random fault is tried: ``few`` by default."""
    return TURNS or few


def small_world(folder: Path) -> Any:
    """Return a world of two systems that the stand-in for the engine runs in no time."""
    return load_world(write_world(folder / "world", [[{}, {}, {}], [{}, {}]]))


def batch(world: Any, out: Path, replications: int, **options: Any) -> Batch:
    """Run the small batch in this process."""
    scenarios: Sequence[Any] = options.pop("scenarios", (SCENARIO,))
    settings: dict[str, Any] = {"workers": 1, "replicate": replicate} | options
    return run_batch(
        scenarios,
        replications=replications,
        out=out,
        worlds={"england_2019": world},
        **settings,
    )


def contents(folder: Path) -> dict[str, str]:
    """Return the checksum of every file outside the shards, by name."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".shards" not in path.parts
    }


def everything(folder: Path) -> dict[str, str]:
    """Return the checksum of every file, shards too, by name."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(folder: Path) -> list[str]:
    """Return names of files that no run may leave: half-written ones, empty ones, of workers."""
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and (
            path.name.endswith(".partial")
            or path.name.startswith(("job-", "lock"))
            or path.stat().st_size == 0
        )
    ]


def check_folder(folder: Path, *states: dict[str, str]) -> None:
    """Check a folder after a fault: every file whole, of one of these states, and nothing more.

    The manifest lists only files that are there, and the folder holds nothing of a stranger's.
    """
    if not folder.exists():
        return
    assert leftovers(folder) == []
    for name, digest in contents(folder).items():
        known = {state[name] for state in states if name in state}
        # the list of our own files grows before the files are written
        assert name == ".files.json" or digest in known, f"{name} is neither old nor new"
    assert strangers(folder) == []
    manifest = folder / "manifest.json"
    if manifest.exists():
        listed = json.loads(manifest.read_text(encoding="utf-8"))["tables"]
        assert [name for name in listed if not (folder / name).is_file()] == []
