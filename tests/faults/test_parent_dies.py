"""The program is killed at random moments; the same command then gives the same bytes (Linux)."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.faults.programs import HANG, Program, start_batch
from tests.faults.small import contents, leftovers, small_world, turns

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
NUMBER, PAUSE = 60, 0.02


def begin(out: Path, world: Path, **told: Any) -> Program:
    out.parent.mkdir(exist_ok=True)
    return start_batch(out, world, **{"replications": NUMBER, "pause": PAUSE} | told)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parents")
    small_world(folder)
    assert begin(folder / "whole", folder / "world").ended() == 0
    return folder


def test_workers_that_are_starting_go_with_their_parent(home: Path, tmp_path: Path) -> None:
    for turn in range(turns(1)):
        out = tmp_path / str(turn) / "o"
        program = begin(out, home / "world")
        program.until(program.workers)
        time.sleep(0.05 * turn)
        program.process.kill()
        program.process.wait(HANG)
        program.all_gone()
        assert begin(out, home / "world").ended() == 0
        assert contents(out) == contents(home / "whole")
        assert leftovers(out) == []


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_the_same_command_goes_on(home: Path, tmp_path: Path, name: str) -> None:
    number, slowest = signal.Signals[name], 0.0
    left: set[str] = set()
    for turn in range(turns(1)):
        streams = random.Random(f"{name} {turn}")
        out = tmp_path / str(turn) / "o"
        whole = streams.random() < 0.3  # the whole group, or the parent alone
        wait = streams.uniform(0, 2.5)
        program = begin(out, home / "world", workers=streams.choice([1, 2, 2]))
        program.until(lambda program=program: program.said)  # it has started
        end = time.monotonic() + wait
        program.until(lambda end=end: time.monotonic() > end)
        killed = time.monotonic()
        with suppress(ProcessLookupError):  # it has been quick, and ended
            (os.killpg if whole else os.kill)(program.process.pid, number)
        program.process.wait(HANG)
        program.all_gone()  # workers notice that their parent has gone
        slowest = max(slowest, time.monotonic() - killed)
        left |= {path.rsplit(".", 1)[-1].rsplit("/", 1)[-1] for path in leftovers(out)}
        assert program.ended() in {-number, 0, 1, 128 + number}
        again = begin(out, home / "world", workers=2)
        assert again.ended() == 0, again.errors
        assert contents(out) == contents(home / "whole")
        assert leftovers(out) == []
    print(f"{name}: {turns(1)} kills; all processes gone after {slowest:.1f} s; left {left}")
