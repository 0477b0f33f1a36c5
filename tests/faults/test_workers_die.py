"""Workers are killed at every phase; the batch goes on, or ends with what is kept (Linux)."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.world import load_world
from tests.faults.programs import HANG, Program, kill, start, start_batch
from tests.faults.small import ROOT, batch, contents, leftovers, small_world, turns

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
NUMBER, PAUSE = 60, 0.03


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the world and the undisturbed batch, made by the same program."""
    folder = tmp_path_factory.mktemp("kills")
    small_world(folder)
    undisturbed = run_to_end(folder / "whole", folder / "world")
    assert undisturbed == 0
    return folder


def begin(out: Path, world: Path, **told: Any) -> Program:
    out.parent.mkdir(exist_ok=True)
    return start_batch(out, world, **{"replications": NUMBER, "pause": PAUSE} | told)


def run_to_end(out: Path, world: Path, **told: Any) -> int:
    program = begin(out, world, **told)
    code = program.ended()
    assert "Traceback" not in program.errors
    return code


def check_whole(out: Path, home: Path) -> None:
    assert contents(out) == contents(home / "whole")
    assert leftovers(out) == []


def while_starting(program: Program, streams: random.Random) -> None:
    program.until(program.workers)
    time.sleep(streams.uniform(0, 1.0))
    kill(program.workers()[:1])


def as_soon_as_there(program: Program, streams: random.Random) -> None:
    program.until(program.workers)
    kill(program.workers()[:1])


def while_running(program: Program, streams: random.Random) -> None:
    program.until(lambda: program.done > 0)
    time.sleep(streams.uniform(0, 1.0))
    kill(streams.sample(program.workers(), k=min(1, len(program.workers()))))


def several(program: Program, streams: random.Random) -> None:
    program.until(lambda: program.done > 0)
    kill(program.workers())
    program.until(lambda: program.done > 20)
    kill(program.workers())


PHASES: dict[str, Callable[[Program, random.Random], None]] = {
    "as soon as there": as_soon_as_there,
    "while starting": while_starting,
    "while running": while_running,
    "all at once, twice": several,
}


@pytest.mark.parametrize("phase", PHASES)
def test_a_batch_survives_the_death_of_workers(home: Path, tmp_path: Path, phase: str) -> None:
    longest = 0.0
    for turn in range(turns(1)):
        out = tmp_path / str(turn) / "o"
        program = begin(out, home / "world")
        PHASES[phase](program, random.Random(f"{phase} {turn}"))
        killed = time.monotonic()
        assert program.ended() == 0, program.errors
        longest = max(longest, time.monotonic() - killed)
        assert "Traceback" not in program.errors
        check_whole(out, home)
    print(f"{phase}: {turns(1)} kills survived, {longest:.1f} s at most to the end of the batch")


def test_a_death_where_there_are_no_other_programs(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slim containers have no pgrep, which the library would ask for a worker's children."""
    monkeypatch.setenv("PATH", str(tmp_path))
    program = begin(tmp_path / "o", home / "world")
    as_soon_as_there(program, random.Random(1))
    program.until(lambda: program.done > 5)
    kill(program.workers()[:1])
    assert program.ended() == 0, program.errors
    assert "Traceback" not in program.errors
    assert "Warning" not in program.errors
    check_whole(tmp_path / "o", home)


def test_workers_that_die_again_and_again_end_the_run(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    program = begin(out, home / "world", replications=2000)
    program.until(lambda: program.done > 20)
    end = time.monotonic() + HANG
    while program.process.poll() is None and time.monotonic() < end:
        kill(program.workers())
        time.sleep(0.02)
    assert program.ended() == 1
    last = program.errors.strip().splitlines()[-1]
    told = re.fullmatch(
        r"failed: (?:worker processes die again and again|3 times a worker process died while it "
        r"started).*; (\d+) of 2000 replications are kept; the same command goes on from there; .+",
        last,
    )
    assert told, program.errors
    assert int(told[1]) >= program.done > 20
    assert leftovers(out) == []
    assert run_to_end(out, home / "world", replications=NUMBER) == 0
    check_whole(out, home)


def test_a_replication_that_kills_its_worker_is_the_only_one_that_fails(
    home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o"
    program = begin(out, home / "world", kind="kill", at=58, pause=0.0)
    assert program.ended() == 1
    assert re.search(r"failed: 1 of 60 .*\(small: 58\); the first: WorkerDied", program.errors)
    assert run_to_end(out, home / "world") == 0
    check_whole(out, home)


# -- Scripts -------------------------------------------------------------------------------------

SCRIPT = """
import sys
from pathlib import Path
from sim.world import load_world
from tests.faults.small import batch
from tests.records.fake_engine import replicate as engine

def replicate(world, scenario, seed, number, swaps=None):
    return engine(world, scenario, seed, number, swaps)

made = batch(load_world(sys.argv[1]), Path(sys.argv[2]), 30, workers=2, replicate=replicate,
             start_method=sys.argv[3])
print(len(made.replications))
"""


@pytest.mark.parametrize("how", ["a file", "standard input", "a command"])
def test_a_script_without_a_main_guard_works(home: Path, tmp_path: Path, how: str) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    first = {"a file": ["script.py"], "standard input": ["-"], "a command": ["-c", SCRIPT]}[how]
    done = subprocess.run(
        [sys.executable, *first, str(home / "world"), "o", "loky"],
        input=SCRIPT,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=HANG,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "30\n", "")
    assert leftovers(tmp_path / "o") == []


def test_processes_that_need_a_main_guard_say_so(home: Path, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    program = start(["script.py", str(home / "world"), "o", "spawn"], tmp_path)
    assert program.ended() == 1
    assert "if __name__ == '__main__'" in program.errors
    assert "0 of 30 replications are kept" in program.errors
    assert leftovers(tmp_path / "o") == []


def test_a_batch_in_this_process_equals_that_of_the_program(home: Path, tmp_path: Path) -> None:
    batch(load_world(home / "world"), tmp_path / "o", NUMBER)
    check_whole(tmp_path / "o", home)
