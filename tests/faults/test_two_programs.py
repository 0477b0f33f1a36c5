"""Two programs in one folder: one works, the other is told whose the folder is (Linux)."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim.views.plots.draw as plots_module
from sim.errors import RunFailed
from sim.experiment.batch import open_batch
from sim.experiment.owner import owning
from sim.world import InputError, load_world
from tests.faults.programs import Program, start_batch
from tests.faults.small import SCENARIO, batch, contents, leftovers, small_world, turns

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
NUMBER, PAUSE = 60, 0.01


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    small_world(folder)
    for seed in (1, 2):
        assert begin(folder / f"seed{seed}", folder / "world", seed=seed).ended() == 0
    return folder


def begin(out: Path, world: Path, **told: Any) -> Program:
    out.parent.mkdir(exist_ok=True)
    return start_batch(out, world, **{"replications": NUMBER, "pause": PAUSE} | told)


def check_end(program: Program, out: Path) -> bool:
    """Check that a program has done its work, or was refused in words that name the folder."""
    code = program.ended()
    assert "Traceback" not in program.errors, program.errors
    assert code in {0, 2}, program.errors
    if code == 2:
        [line] = program.errors.strip().splitlines()
        assert line.startswith("error: ")
        assert str(out) in line
    return code == 0


def test_never_a_wrong_table(home: Path, tmp_path: Path) -> None:
    ends = {"both": 0, "first": 0, "second": 0}
    for turn in range(turns(2)):
        streams = random.Random(turn)
        out = tmp_path / str(turn) / "o"
        seeds = (1, 1) if turn % 3 == 0 else (1, 2)
        overwrite = turn % 2 == 1
        first = begin(out, home / "world", seed=seeds[0], overwrite=overwrite)
        time.sleep(streams.choice([0.0, 0.0, streams.uniform(0, 2.5)]))
        second = begin(out, home / "world", seed=seeds[1], overwrite=overwrite)
        done = check_end(first, out), check_end(second, out)
        assert any(done), (first.errors, second.errors)
        ends["both" if all(done) else "first" if done[0] else "second"] += 1
        seed = open_batch(out).manifest["seed"]
        assert seed in {s for s, d in zip(seeds, done, strict=True) if d}
        assert contents(out) == contents(home / f"seed{seed}")
        assert leftovers(out) == []
    print(f"{turns(2)} pairs of programs: {ends}")


@contextmanager
def held_still(program: Program) -> Iterator[None]:
    """Hold a program and its workers where they are, however slow the machine is meanwhile."""
    os.killpg(program.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(program.process.pid, signal.SIGCONT)


def test_the_loser_is_told_who_writes(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    first = begin(out, home / "world", pause=0.2, replications=2000)  # until it is ended
    assert first.until(lambda: first.done > 0)
    for overwrite in (False, True):
        second = begin(out, home / "world", overwrite=overwrite)
        assert not check_end(second, out)
        assert f"another run (process {first.process.pid}) is writing there now" in second.errors
    first.process.terminate()
    assert first.ended() == -signal.SIGTERM


def test_the_folder_is_free_after_kill_9(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    first = begin(out, home / "world", pause=0.05)
    assert first.until(lambda: first.done > 0)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    # at once, while its workers may still have a replication in hand
    second = begin(out, home / "world")
    assert check_end(second, out)
    first.ended()
    third = begin(out, home / "world")
    assert check_end(third, out)
    assert len(open_batch(out).replications) == NUMBER
    assert leftovers(out) == []


def test_readers_while_a_writer_works(home: Path, tmp_path: Path) -> None:
    """A reader sees a whole batch, old or new, or is told; it never sees a mixture."""
    out = tmp_path / "o"
    assert begin(out, home / "world", replications=20).ended() == 0
    writer = begin(out, home / "world", pause=0.15)
    seen: set[int] = set()
    assert writer.until(lambda: writer.done > 20)
    with held_still(writer), pytest.raises(InputError, match=r"another run .*is writing there now"):
        plots_module.redraw(out)
    while writer.process.poll() is None:
        try:
            seen.add(len(open_batch(out).replications))
        except (InputError, RunFailed) as error:  # between the first and the last table
            assert str(out) in str(error)
    assert writer.ended() == 0
    assert seen <= {20, NUMBER}
    assert len(open_batch(out).replications) == NUMBER
    assert contents(out) == contents(home / "seed1")


def test_a_batch_opened_before_another_run_is_never_a_mixture(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    assert begin(out, home / "world", replications=20).ended() == 0
    opened = open_batch(out)
    assert begin(out, home / "world", replications=30).ended() == 0
    for table in ("replications", "ballots", "summary", "places"):
        with pytest.raises(
            RunFailed, match=r"another run has replaced .* since the batch was opened"
        ):
            getattr(opened, table)


def test_a_batch_that_gains_scenarios_equals_one_run_at_once(home: Path, tmp_path: Path) -> None:
    world = load_world(home / "world")
    all_three = tuple(
        replace(SCENARIO, name=name, rate=0.1 * len(name)) for name in ("a", "bb", "ccc")
    )
    batch(world, tmp_path / "once", 30, scenarios=all_three)
    for few, number in ((all_three[1:2], 10), (all_three[1:], 30), (all_three, 20)):
        batch(world, tmp_path / "grown", number, scenarios=few)
    batch(world, tmp_path / "grown", 30, scenarios=all_three)
    assert contents(tmp_path / "grown") == contents(tmp_path / "once")


def test_one_thread_may_hold_a_folder_twice_and_another_not(tmp_path: Path) -> None:
    from threading import Thread

    refused: list[str] = []

    def other() -> None:
        try:
            with owning(tmp_path / "o"):
                pass
        except InputError as error:
            refused.append(str(error))

    with owning(tmp_path / "o"):
        with owning(tmp_path / "o"):
            pass
        thread = Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1
    assert str(tmp_path / "o") in refused[0]
    assert not (tmp_path / "o").exists()
