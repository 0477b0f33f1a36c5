"""Commands run in this process with their output kept, and one England batch shared by all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.cli.main import main
from sim.records.schema import TABLES

ROOT = Path(__file__).parents[2]
FILES = (*(table.file for table in TABLES), "summary.csv", "places.csv")
REPLICATIONS = 40  # crosses a block of 25
SEED = 3


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


def command(*arguments: object) -> Outcome:
    """Run a command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Outcome(code, out.getvalue(), err.getvalue())


def process(*arguments: object, cwd: Path, timeout: float = 120) -> Outcome:
    """Run ``python run_sim.py`` in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "run_sim.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=timeout,
        env={**os.environ, "COLUMNS": "100"},
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def digests(folder: Path) -> dict[str, str]:
    """Return the checksum of every table of a results folder."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def tree(folder: Path) -> dict[str, int]:
    """Return every file and folder below a folder, with sizes, to see whether anything changed."""
    return {
        str(path.relative_to(folder)): path.lstat().st_size if path.is_file() else -1
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture(scope="session")
def england(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of ``run as_written``: 40 replications, seed 3, one worker. Do not write to it."""
    folder = tmp_path_factory.mktemp("england") / "as_written"
    done = command(
        "run", "as_written", "--replications", REPLICATIONS, "--seed", SEED, "--workers", 1,
        "--out", folder,
    )  # fmt: skip
    assert done.code == 0, done.err
    return folder
