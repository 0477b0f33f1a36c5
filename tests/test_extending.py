"""The worked example of docs/extending.md, made on a copy of the program and run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.scenario.levers import lever_table

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/extending.md"
BLOCK = re.compile(
    r"<!-- (?P<what>edit|new): (?P<where>[^|]+?)(?: \| (?P<side>before|after) \| (?P<anchor>.+?))?"
    r" -->\n```python\n(?P<code>.*?)```",
    re.DOTALL,
)
HOUSE = (
    "tests/test_architecture.py::test_every_lever_is_used_and_explained",
    "tests/test_architecture.py::test_no_rule_or_agent_names_a_place",
    "tests/test_architecture.py::test_every_floor_imports_only_from_below",
)


def blocks() -> list[dict[str, str]]:
    return [found.groupdict() for found in BLOCK.finditer(PAGE.read_text("utf-8"))]


def extended(folder: Path, leave_out: str = "") -> None:
    """Copy the program and make the page's edits, but not those of one file."""
    for name in ("sim", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").mkdir()
    for name in ("__init__.py", "test_architecture.py"):
        shutil.copy(ROOT / "tests" / name, folder / "tests" / name)
    for block in blocks():
        path = folder / block["where"]
        if block["where"] == leave_out:
            continue
        if block["what"] == "new":
            path.write_text(block["code"], encoding="utf-8")
            continue
        text = path.read_text("utf-8")
        anchor = block["anchor"]
        assert text.count(anchor) == 1, f"{anchor!r} must stand once in {block['where']}"
        whole = anchor + block["code"] if block["side"] == "after" else block["code"] + anchor
        if block["side"] == "before" and block["code"].startswith("    "):
            head, tail = text.split(anchor)  # a field goes to the end of the class before
            text = f"{head.rstrip()}\n{whole}{tail}"
        else:
            text = text.replace(anchor, whole)
        path.write_text(text, encoding="utf-8")


def outcome_of(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def new_test() -> str:
    [block] = [block for block in blocks() if block["what"] == "new"]
    return block["where"]


def test_the_example_touches_one_schema_one_rule_and_one_test() -> None:
    files = [block["where"] for block in blocks()]
    assert list(dict.fromkeys(files)) == [
        "sim/scenario/levers_pressure.py",
        "sim/rules/mechanisms/force.py",
        "tests/test_reassurance.py",
    ]
    assert "information.reassurance" not in {row.name for row in lever_table()}


@pytest.mark.slow
def test_the_example_runs_and_keeps_the_house_rules(tmp_path: Path, new_test: str) -> None:
    extended(tmp_path)
    done = outcome_of(tmp_path, new_test, *HOUSE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b6 passed\b", done.stdout), done.stdout


@pytest.mark.slow
def test_without_its_rule_the_example_fails(tmp_path: Path, new_test: str) -> None:
    extended(tmp_path, leave_out="sim/rules/mechanisms/force.py")
    done = outcome_of(tmp_path, new_test, *HOUSE)
    assert done.returncode == 1
    assert "test_it_wins_yes_votes_and_only_for_those_outweighed" in done.stdout
    assert "test_every_lever_is_used_and_explained" in done.stdout
