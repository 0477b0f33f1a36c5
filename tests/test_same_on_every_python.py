"""The same logs and tables on every Python: one way of adding floats, and a second interpreter.

The second interpreters are python3.12 to python3.14 on the path, and those named (separated as a
path is) by the environment variable SIM_OTHER_PYTHONS; each needs the project's dependencies, and
one without them is passed over.
"""

from __future__ import annotations

import ast
import builtins
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.adding import add_up
from sim.experiment.replicate import run_replication

ROOT = Path(__file__).parents[1]
SCENARIOS = ("as_written", "as_happened", "hard_rule", "service_vetoes", "history_2013")
NAMES = ("python3.12", "python3.13", "python3.14")
PROGRAM = f"""
import hashlib, sim
from sim.agents import replicate_log
from sim.experiment.replicate import run_replication
for name in {SCENARIOS!r}:
    scenario = sim.load_scenario(name)
    world = sim.load_world(scenario.world)
    found = hashlib.sha256()
    for number in range(3):
        one = run_replication(world, scenario, 4, number)
        found.update(repr((one.log, one.parameters, one._rows)).encode())
    print(name, found.hexdigest())
"""


def other_pythons() -> list[str]:
    named = os.environ.get("SIM_OTHER_PYTHONS", "").split(os.pathsep)
    found = [shutil.which(name) for name in (*NAMES, *filter(None, named))]
    return sorted({path for path in found if path})


def hashes(python: str) -> str:
    done = subprocess.run(
        [python, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return done.stdout


@pytest.mark.slow
def test_another_python_gives_the_same_logs_and_tables() -> None:
    usable = [
        python
        for python in other_pythons()
        if subprocess.run(
            [python, "-c", "import simpy, numpy, scipy, pydantic"], capture_output=True, check=False
        ).returncode
        == 0
    ]
    if not usable:
        pytest.skip("no second Python with the project's dependencies")
    ours = hashes(sys.executable)
    assert ours.count("\n") == len(SCENARIOS)
    for python in usable:
        assert hashes(python) == ours, python


def test_numbers_are_added_from_left_to_right() -> None:
    """What a compensated sum would make of these is 2.0 and 1.0."""
    assert add_up([1e100, 1.0, -1e100, 1.0]) == 1.0
    assert add_up([0.1] * 10) == 0.9999999999999999
    assert repr(add_up([])) == "0"
    assert repr(add_up([-0.0])) == "0.0"
    assert repr(add_up([1, 2])) == "3"


@pytest.mark.slow
def test_no_result_comes_of_the_built_in_sum_of_floats(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.sum

    def whole_only(values: Any, start: Any = 0) -> Any:
        items = list(values)
        caller = sys._getframe(1).f_code.co_filename
        if Path(caller).is_relative_to(ROOT / "sim"):
            assert not any(isinstance(item, float) for item in (start, *items)), caller
        return plain(items, start)

    monkeypatch.setattr(builtins, "sum", whole_only)
    for name in (*SCENARIOS, "mandate", "cut_40", "working_together", "boundaries_open", "enable"):
        scenario = sim.load_scenario(name)
        assert run_replication(sim.load_world(scenario.world), scenario, 4, 0)._rows


def test_every_sum_left_in_agents_and_rules_counts_whole_things() -> None:
    """A float is added by ``add_up``; ``sum`` is for what says that it is a number of things."""
    whole = (".patients", ".residents", "==", "!=", ">=", "in ", ".cast", ".against", "patients")
    for room in ("rules", "agents"):
        for path in sorted((ROOT / "sim" / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "sum":
                    added = ast.unparse(node.args[0])
                    item = added.split(" for ")[0]
                    assert "*" not in item, (path, added)
                    assert any(word in item for word in whole), (path, added)
