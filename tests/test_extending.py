"""The worked examples of docs/extending.md, made on a copy of the program and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.scenario.levers import lever_table

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/extending.md"
BLOCK = re.compile(
    r"<!-- (?P<what>edit|new) (?P<example>\d): (?P<where>[^|]+?)"
    r"(?: \| (?P<side>before|in place of|at the (?:start|end) of) \| (?P<anchor>.+?))?"
    r" -->\n```python\n(?P<code>.*?)```",
    re.DOTALL,
)
COPIED = ("sim", "scenarios", "tools", "docs", "tests", "results")
HOUSE = tuple(
    f"tests/test_architecture.py::test_{name}"
    for name in (
        "every_lever_is_used_and_explained",
        "every_parameter_is_used_by_a_rule_an_agent_or_an_outcome",
        "every_parameter_has_number_unit_origin_and_mechanisms",
        "no_rule_or_agent_names_a_place",
        "no_file_is_longer_than_agreed",
    )
)
DOCUMENTED = ("tests/test_docs.py", "tests/docs/test_rules_page.py")
PLAIN = (
    "tests/oracles/test_oracles.py::"
    "test_the_plain_file_holds_still_whatever_can_act_without_a_mechanism"
)


class Block(NamedTuple):
    """One piece of code of the page, and where it goes."""

    what: str
    example: str
    where: str
    side: str | None
    anchor: str | None
    code: str


BLOCKS = [Block(**found.groupdict()) for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]
EXAMPLES = {
    "1": [
        "sim/scenario/levers_pressure.py",
        "sim/rules/mechanisms/force.py",
        "tests/test_reassurance.py",
    ],
    "2": [
        "sim/scenario/levers_decision.py",
        "sim/rules/ballot.py",
        "sim/agents/membership.py",
        "tests/test_inquorate.py",
    ],
    "3": [
        "sim/scenario/mechanisms/force.py",
        "sim/rules/mechanisms/force.py",
        "tests/test_put_off.py",
    ],
}


def copy_of_the_program(folder: Path) -> None:
    for name in COPIED:
        left_out = shutil.ignore_patterns("__pycache__", "main", "*.parquet")
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for path in ROOT.iterdir():
        if path.is_file() and path.name != ".git":  # which, as a file, names another's folder
            shutil.copy(path, folder / path.name)


def make(folder: Path, block: Block) -> None:
    """Make one edit as a reader of the page would."""
    path = folder / block.where
    if block.what == "new":
        path.write_text(block.code, encoding="utf-8")
        return
    assert block.anchor is not None
    lines = path.read_text(encoding="utf-8").split("\n")
    code = block.code.rstrip("\n").split("\n")
    [at] = [number for number, line in enumerate(lines) if block.anchor in line]
    if block.side == "in place of":
        lines[at : at + 1] = code
    elif block.side == "at the start of":
        lines[at + 1 : at + 1] = code
    elif block.side == "before":
        lines[at:at] = [*code, "", ""]
    else:
        end = at + 1
        while end < len(lines) and (not lines[end] or lines[end].startswith(" ")):
            end += 1
        while not lines[end - 1]:
            end -= 1
        lines[end:end] = code
    path.write_text("\n".join(lines), encoding="utf-8")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    # what the suite around it is told (such as a floor for coverage) is not meant for these few
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def outcome_of(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "pytest", "-q", "-p", "no:cacheprovider", *tests)


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with all the page's edits, its pages written anew."""
    folder = tmp_path_factory.mktemp("extended")
    copy_of_the_program(folder)
    for block in BLOCKS:
        make(folder, block)
    written = run(folder, "tools.docs")
    assert written.returncode == 0, written.stdout + written.stderr
    return folder


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_touches_few_files_and_is_not_in_the_program(example: str) -> None:
    mine = [block for block in BLOCKS if block.example == example]
    assert list(dict.fromkeys(block.where for block in mine)) == EXAMPLES[example]
    assert len(EXAMPLES[example]) <= 4
    names = {row.name for row in lever_table()}
    assert not names & {"information.reassurance", "ballot.inquorate"}
    [new] = [block for block in mine if block.what == "new"]
    assert not (ROOT / new.where).exists()


@pytest.mark.slow
def test_with_all_examples_their_tests_and_those_of_the_pages_pass(extended: Path) -> None:
    new = [block.where for block in BLOCKS if block.what == "new"]
    done = outcome_of(extended, *new, *HOUSE, *DOCUMENTED, PLAIN)
    assert done.returncode == 0, done.stdout + done.stderr
    rules = (extended / "docs/rules.md").read_text(encoding="utf-8")
    assert "`carries_without_quorum`" in rules
    assert "levers.information.salience * p.start_salience * facts.proposals_lost" in rules
    assert "| `information.reassurance` |" in (extended / "docs/levers.md").read_text("utf-8")


@pytest.mark.slow
def test_the_examples_are_formatted_as_the_house_is(extended: Path) -> None:
    pytest.importorskip("ruff", reason="the formatter comes with the extra 'dev'")
    for command in (("format", "--check"), ("check",)):
        done = run(extended, "ruff", *command, "sim", "tests")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("example", "without", "test"),
    [
        ("1", "sim/rules/mechanisms/force.py", "test_it_wins_yes_votes_and_only_for"),
        ("2", "sim/agents/membership.py", "test_without_a_quorum_the_votes_cast_decide"),
        ("3", "sim/rules/mechanisms/force.py", "test_visible_refusals_hold_back_starting"),
    ],
)
def test_an_example_without_its_rule_fails(
    tmp_path: Path, example: str, without: str, test: str
) -> None:
    copy_of_the_program(tmp_path)
    mine = [block for block in BLOCKS if block.example == example]
    for block in mine:
        if block.where != without:
            make(tmp_path, block)
    [new] = [block.where for block in mine if block.what == "new"]
    done = outcome_of(tmp_path, new)
    assert done.returncode == 1
    assert test in done.stdout
