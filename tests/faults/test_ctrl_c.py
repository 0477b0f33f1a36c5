"""Ctrl-C at random moments: said at once, over soon, nothing left behind (Linux).

The signal's disposition is set in the child, so that the suite may itself run in the background,
where Ctrl-C is ignored.
"""

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

from tests.faults.programs import HANG, Program, start, start_batch, with_ctrl_c
from tests.faults.small import ROOT, contents, leftovers, small_world, turns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
SLOWEST = 10.0
"""Seconds from Ctrl-C to the end on a busy machine; two are promised on a quiet one."""
ENGLAND = ["run", "as_written", "--replications", "40", "--workers", "2", "--out", "o"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ctrl_c")
    small_world(folder)
    assert begin(folder / "whole", folder / "world").ended() == 0
    return folder


def begin(out: Path, world: Path, **told: Any) -> Program:
    out.parent.mkdir(exist_ok=True)
    return start_batch(out, world, **{"replications": 60, "pause": 0.02} | told)


def press(program: Program, *, whole: bool) -> float:
    """Press Ctrl-C, for the parent alone or the whole group as a terminal does; time the end."""
    pressed = time.monotonic()
    with suppress(ProcessLookupError):  # it has been quick, and ended
        (os.killpg if whole else os.kill)(program.process.pid, signal.SIGINT)
    program.process.wait(HANG)
    took = time.monotonic() - pressed
    program.ended()
    return took


def check_stopped(program: Program, took: float, *, early: bool = False) -> bool:
    """Check how a program has ended; return False where it had ended before Ctrl-C."""
    code = program.process.returncode
    assert "Traceback" not in program.errors, program.errors
    assert took < SLOWEST
    program.all_gone()
    if code == 0:
        return False
    assert code == 130, program.errors
    assert "interrupted" in program.errors
    # before the commands are loaded there is nothing that could be stopped
    assert early or "\nstopping\n" in "\n" + program.errors
    return True


@pytest.mark.slow
def test_at_random_moments(home: Path, tmp_path: Path) -> None:
    slowest, stopped = 0.0, 0
    for turn in range(turns(1)):
        streams = random.Random(turn)
        out = tmp_path / str(turn) / "o"
        program = begin(out, home / "world", workers=streams.choice([1, 2, 2]))
        assert program.until(lambda program=program: program.said)
        end = time.monotonic() + streams.uniform(0, 2.5)
        program.until(lambda end=end: time.monotonic() > end)
        if program.process.poll() is None:
            took = press(program, whole=turn % 2 == 0)
            slowest = max(slowest, took)
            stopped += check_stopped(program, took)
        assert [path for path in leftovers(out) if not path.endswith(".partial")] == []
        assert begin(out, home / "world").ended() == 0
        assert contents(out) == contents(home / "whole")
        assert leftovers(out) == []
    print(f"{turns(1)} times Ctrl-C, {stopped} in time; over after {slowest:.1f} s at most")


def test_while_workers_start(home: Path, tmp_path: Path) -> None:
    program = begin(tmp_path / "o", home / "world")
    assert program.until(program.workers)
    assert check_stopped(program, press(program, whole=True))
    assert "0 of 60 replications are kept" in program.errors
    assert leftovers(tmp_path / "o") == []


@pytest.mark.slow
def test_while_tables_are_written(home: Path, tmp_path: Path) -> None:
    program = begin(tmp_path / "o", home / "world", pause=0.0, replications=800, workers=1)
    assert program.until(lambda: list((tmp_path / "o").glob("*.parquet.*.partial")))
    assert check_stopped(program, press(program, whole=False))
    assert "800 of 800 replications are kept" in program.errors
    assert leftovers(tmp_path / "o") == []
    again = begin(tmp_path / "o", home / "world", pause=0.0, replications=800, workers=1)
    assert again.ended() == 0
    assert again.said[:2] == ["ready\n", "800\n"]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["as it starts", "at a random moment"])
def test_the_real_command(tmp_path: Path, when: str) -> None:
    """From the moment that Python runs our first line, Ctrl-C ends it with a word and 130."""
    slowest = 0.0
    for turn in range(turns(1)):
        streams = random.Random(f"{when} {turn}")
        (tmp_path / str(turn)).mkdir()
        program = start([str(ROOT / "run_sim.py"), *ENGLAND], tmp_path / str(turn))
        wait = streams.uniform(0.3, 0.6) if when == "as it starts" else streams.uniform(0.6, 4.0)
        time.sleep(wait)
        took = press(program, whole=turn % 2 == 1)
        if program.process.returncode != -signal.SIGINT:  # Python itself had not started
            check_stopped(program, took, early=True)
        slowest = max(slowest, took)
        assert leftovers(tmp_path / str(turn)) == []
    print(f"{when}: {turns(1)} times Ctrl-C; over after {slowest:.1f} s at most")


@pytest.mark.slow
def test_in_the_background_ctrl_c_is_not_for_us(home: Path, tmp_path: Path) -> None:
    """As `nohup ... &` starts a program: it goes on, and its table is whole."""
    import json

    told = json.dumps({"workers": 2, "replications": 60, "pause": 0.1})
    arguments = ["-m", "tests.faults.program", str(tmp_path / "o"), str(home / "world"), told]
    program = start(arguments, tmp_path, preexec_fn=with_ctrl_c(ignored=True))
    assert program.until(lambda: program.done > 5)
    os.killpg(program.process.pid, signal.SIGINT)
    assert program.ended() == 0, program.errors
    assert contents(tmp_path / "o") == contents(home / "whole")


HOLDS = """
import os, signal, threading, time
from sim.experiment.workers import _interrupts_held
def elsewhere():
    time.sleep(30)  # a library's thread, which may be met by the signal in our place
threading.Thread(target=elsewhere, daemon=True).start()
signal.signal(signal.SIGINT, signal.default_int_handler)
steps = []
try:
    with _interrupts_held():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)
        steps.append("all of it")
    steps.append("beyond")
except KeyboardInterrupt:
    steps.append("then interrupted")
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
print(steps)
"""


def test_ctrl_c_is_held_even_where_another_thread_takes_it(tmp_path: Path) -> None:
    program = start(["-c", HOLDS], tmp_path)
    assert program.ended() == 0, program.errors
    assert program.said == ["['all of it', 'then interrupted']\n"]
