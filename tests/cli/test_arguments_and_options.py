"""One message, two readers: Python code reads arguments, a command's user reads options."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.cli.options import as_option
from sim.errors import Explained, InputError, RunFailed
from sim.experiment.api import run_batch
from sim.experiment.plan import BatchOptions
from tests.cli.conftest import ROOT, command

LIBRARY = ("world", "streams", "scenario", "rules", "agents", "records", "experiment", "evidence")


def _other_batch(folder: Path) -> None:
    sim.run_batch("as_written", replications=1, seed=2, workers=1, out=folder)


def _foreign(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")


def _file(folder: Path) -> None:
    folder.write_text("not a folder")


CASES: dict[str, tuple[Callable[[Path], None], dict[str, int], str, str]] = {
    "another batch": (
        _other_batch,
        {},
        "out {}: holds another batch (seed 2, not 1); use overwrite=True, or another out",
        "--out {}: holds another batch (seed 2, not 1); use --overwrite, or another --out",
    ),
    "somebody else's files": (
        _foreign,
        {},
        (
            "out {}: is not empty and holds no batch of this program (found thesis.txt); give "
            "another out"
        ),
        (
            "--out {}: is not empty and holds no batch of this program (found thesis.txt); give "
            "another --out"
        ),
    ),
    "a file": (_file, {}, "out {}: is a file; give a folder", "--out {}: is a file; give a folder"),
    "too few": (
        lambda folder: None,
        {"replications": 0},
        "replications is 0; must be a whole number from 1 to 1,000,000",
        "--replications is 0; must be a whole number from 1 to 1,000,000",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_python_reads_arguments_and_a_command_options(case: str, tmp_path: Path) -> None:
    make, wrong, in_code, typed = CASES[case]
    make(tmp_path / "out")
    given = {"replications": 1, "seed": 1, "workers": 1} | wrong
    with pytest.raises(InputError) as refused:
        sim.run_batch("as_written", out=tmp_path / "out", **given)
    assert str(refused.value) == in_code.format(tmp_path / "out")
    line = [word for name, value in given.items() for word in (f"--{name}", value)]
    done = command("run", "as_written", *line, "--out", tmp_path / "out")
    assert (done.code, done.err) == (2, f"error: {typed.format(tmp_path / 'out')}\n")


def test_a_folder_named_like_an_argument_keeps_its_name() -> None:
    error = InputError("{out}: is {overwrite=True}", argument="out", remedy="give another {out}")
    assert str(error) == "out {out}: is {overwrite=True}; give another out"
    assert error.messages(as_option) == ["--out {out}: is {overwrite=True}; give another --out"]


def test_a_failure_names_its_remedy_to_both() -> None:
    error = RunFailed("workers die", remedy="{workers=1} needs none, {made_on} is a day")
    assert str(error) == "workers die; workers=1 needs none, made_on is a day"
    assert error.messages(as_option) == ["workers die; --workers 1 needs none, --made-on is a day"]
    assert isinstance(error, RuntimeError) and isinstance(error, Explained)


def test_no_text_of_the_library_names_an_option() -> None:
    """Only the commands and what they print may; docstrings that describe a command's page too."""
    found = []
    for room in LIBRARY:
        for path in (ROOT / "sim" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Raise):
                    texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
                    found += [
                        f"{path.name}:{node.lineno}: {text}"
                        for text in texts
                        if isinstance(text, str) and re.search(r"(^|\W)--[a-z]", text)
                    ]
    assert found == []


def test_the_keywords_that_are_handed_on_are_those_of_run_batch() -> None:
    named = inspect.signature(run_batch).parameters.values()
    keywords = {one.name for one in named if one.kind is inspect.Parameter.KEYWORD_ONLY}
    assert keywords == set(BatchOptions.__annotations__)
    with pytest.raises(TypeError, match="overwritten"):
        sim.compare("as_written", "hard_rule", overwritten=True)  # type: ignore[call-arg]
