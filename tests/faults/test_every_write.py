"""Every call that writes fails once: nothing is lost, nothing is left, the same call goes on.

In the manner of SQLite's tests of input and output errors: the first call fails, then the second,
and so on through a fresh batch, an extension, a comparison and a drawing of plots; the ways of
failing take turns. With ``SIM_FAULTS`` set to a number every call is spoilt (about 620 faults in
five minutes; the numbers 1 to 4 give each call each way of failing), without it every 29th of a
batch's and every one of the others.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim.views.plots.draw as plots_module
from sim.errors import InputError, RunFailed
from sim.experiment.batch import open_batch
from sim.experiment.compare import compare_batch
from tests.faults.injected import (
    Disk,
    Fault,
    broken,
    disk,
    no_room,
    no_room_from_now,
    not_allowed,
)
from tests.faults.small import ROOT, SCENARIO, TURNS, batch, check_folder, contents, small_world

FAULTS: tuple[Fault, ...] = (no_room, broken, not_allowed, no_room_from_now)
PAIR = (SCENARIO, replace(SCENARIO, name="other", rate=0.9))
FRESH, EXTENDED = 6, 9
PICTURES = {"final_counts.png": b"\x89PNG counts", "fan.png": b"\x89PNG" + b"fan" * 5000}

Step = Callable[[Path], object]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return small_world(tmp_path_factory.mktemp("faults"))


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are not drawn anew for every fault: drawing writes nothing."""
    monkeypatch.setattr(plots_module, "draw", lambda folder, svg=False: PICTURES)


def steps(world: Any) -> dict[str, tuple[Step, Step]]:
    """Return each step that is to be disturbed, behind the one that prepares its folder."""

    def nothing(out: Path) -> None:
        return None

    def fresh(out: Path) -> None:
        batch(world, out, FRESH, scenarios=PAIR)

    def extended(out: Path) -> None:
        batch(world, out, EXTENDED, scenarios=PAIR)

    def compared(out: Path) -> None:
        compare_batch(open_batch(out))

    def redrawn(out: Path) -> None:
        plots_module.redraw(out)

    def with_old_plots(out: Path) -> None:
        fresh(out)
        redrawn(out)
        for path in (out / "plots").iterdir():
            path.write_bytes(b"an older picture")

    def gained(out: Path) -> None:
        batch(world, out, FRESH, scenarios=PAIR[:1])

    return {
        "fresh": (nothing, fresh),
        "extended": (fresh, extended),
        "gained a scenario": (gained, fresh),
        "overwritten": (
            extended,
            lambda out: batch(world, out, FRESH, seed=8, scenarios=PAIR, overwrite=True),
        ),
        "compared": (fresh, compared),
        "redrawn": (with_old_plots, redrawn),
    }


SPARSE = 29
"""Of a long step only every 29th call is spoilt, unless the environment wants all."""
LEAST = {
    "fresh": 140,
    "extended": 140,
    "gained a scenario": 140,
    "overwritten": 140,
    "compared": 20,
    "redrawn": 14,
}
"""Calls that must have been spoilt at least, so that the test cannot pass by meeting none."""


@pytest.mark.parametrize("name", LEAST)
def test_every_call_fails_once(world: Any, tmp_path: Path, name: str) -> None:
    prepare, step = steps(world)[name]
    before_folder, after_folder = tmp_path / "before", tmp_path / "after"
    prepare(before_folder)
    if before_folder.exists():
        shutil.copytree(before_folder, after_folder)
    with disk() as counted:
        step(after_folder)
    before, after = contents(before_folder), contents(after_folder)
    faults = len(counted.calls)
    assert faults >= LEAST[name]
    assert set(counted.calls) == {"open", "write", "fsync", "replace"}
    refused = 0
    sparse = SPARSE if faults > 2 * SPARSE and not TURNS else 1
    numbers = range(min(sparse, 1 + len(name) % 5), faults + 1, sparse)
    for number in numbers:
        fault = FAULTS[(number + TURNS) % len(FAULTS)]
        out = tmp_path / f"{number}-{fault.__name__}"
        if before_folder.exists():
            shutil.copytree(before_folder, out)
        refused += _refused(step, out, number, fault)
        check_folder(out, before, after)
        step(out)
        assert contents(out) == after, (number, fault.__name__)
        shutil.rmtree(out)
    print(f"{name}: {len(numbers)} faults injected, {refused} refused, all survived")
    assert refused >= len(numbers) - 6  # who holds the lock may stay untold: six calls at most


def _refused(step: Step, out: Path, number: int, fault: Fault) -> bool:
    """Run a step with a fault; tell whether it was noticed. Any other exception is passed on."""
    with disk(spoilt=number, fault=fault):
        try:
            step(out)
        except (RunFailed, InputError) as error:
            assert str(out) in str(error), f"{error} does not name the folder"
            return True
    return False


def test_short_writes_change_nothing(world: Any, tmp_path: Path) -> None:
    batch(world, tmp_path / "whole", FRESH)
    with disk(longest=1000) as short:
        batch(world, tmp_path / "short", FRESH)
    assert contents(tmp_path / "short") == contents(tmp_path / "whole")
    assert short.calls.count("write") > 60


def test_what_is_finished_stays_when_the_disk_is_full(world: Any, tmp_path: Path) -> None:
    """The disk is full from the second shard on: the first is kept and counted in the message."""
    told: list[int] = []

    def run() -> None:
        batch(world, tmp_path / "o", 60, progress=lambda done, total: told.append(done))

    replaced = 0

    def second_shard(kind: str, spoiling: Disk) -> None:
        nonlocal replaced
        spoiling.spoilt += 1
        replaced += kind == "replace"
        if replaced > 5:  # the holder, the list, two notes and the first shard
            no_room(kind, spoiling)

    with (
        disk(spoilt=1, fault=second_shard),
        pytest.raises(RunFailed, match=r"No space.*\d+ of 60 replications are kept; the same"),
    ):
        run()
    assert 0 < told[-1] < 60
    kept = told[-1]
    told.clear()
    run()
    assert told[0] == kept
    batch(world, tmp_path / "alone", 60)
    assert contents(tmp_path / "o") == contents(tmp_path / "alone")


DIES = """
import sys
from pathlib import Path
import sim.views.plots.draw as plots_module
from tests.faults.injected import dies, disk
from tests.faults.test_every_write import PICTURES, steps
from sim.world import load_world
plots_module.draw = lambda folder, svg=False: PICTURES
step = steps(load_world(sys.argv[1]))[sys.argv[2]][1]
with disk(spoilt=int(sys.argv[4]), fault=dies):
    step(Path(sys.argv[3]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["extended", "overwritten", "redrawn"])
def test_the_process_dies_at_a_call(
    world: Any, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    """It ends at the n-th call, evenly spread; the same call then gives the same bytes."""
    home = tmp_path / "w"
    home.mkdir()
    small_world(home)
    prepare, step = steps(world)[name]
    before_folder, after_folder = tmp_path / "before", tmp_path / "after"
    prepare(before_folder)
    if before_folder.exists():
        shutil.copytree(before_folder, after_folder)
    with disk() as counted:
        step(after_folder)
    after = contents(after_folder)
    wanted = min(TURNS or 1, len(counted.calls))
    for turn in range(wanted):
        number = 1 + (2 * turn + 1) * len(counted.calls) // (2 * wanted)
        out = tmp_path / f"dead-{number}"
        if before_folder.exists():
            shutil.copytree(before_folder, out)
        command = [sys.executable, "-c", DIES, str(home / "world"), name, str(out), str(number)]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False
        )
        assert done.returncode == 77, done.stderr
        step(out)
        check_folder(out, after)
        assert contents(out) == after, number
        shutil.rmtree(out)
