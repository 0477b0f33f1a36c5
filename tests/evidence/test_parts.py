"""The parts of ``sim.evidence``: one order, no circle, a face each, and who loads none of them."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "sim" / "evidence"
ORDER = ("record", "ballots", "fit", "score", "proof", "publish")
"""Each part imports only from those before it, and from the files beside the parts."""
HEAVY = {"pandas", "scipy"}
"""What a function may import, so that commands which do not need it start quickly."""
FILES = sorted(path for path in EVIDENCE.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def imported(tree: ast.AST) -> set[str]:
    """Return the modules of ours that a file imports, type hints included."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found & set(MODULES)


def rank(module: str) -> int:
    """Return the place of a module in the order; files beside the parts come before all."""
    parts = module.split(".")
    return ORDER.index(parts[2]) if len(parts) > 2 and parts[2] in ORDER else -1


def climbs(module: str, tree: ast.AST) -> list[str]:
    return sorted(name for name in imported(tree) if rank(name) > rank(module))


def past_the_face(module: str, tree: ast.AST) -> list[str]:
    """Return the files of other parts that a file imports from, past their faces."""
    own = module.split(".")[2:3]
    return sorted(
        name
        for name in imported(tree)
        if rank(name) >= 0 and len(name.split(".")) > 3 and name.split(".")[2:3] != own
    )


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """Return modules that import each other in a circle, or nothing."""
    done: set[str] = set()

    def walk(module: str, way: list[str]) -> list[str]:
        if module in way:
            return way[way.index(module) :]
        if module in done:
            return []
        for other in sorted(arrows[module]):
            if found := walk(other, [*way, module]):
                return found
        done.add(module)
        return []

    return next((found for module in sorted(arrows) if (found := walk(module, []))), [])


def inside_functions(tree: ast.AST) -> Iterator[str]:
    """Yield the packages that functions of a file import."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom):
                    yield str(node.module)
                elif isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_part_imports_only_from_those_before_it() -> None:
    assert {path.parent.name for path in FILES} == {"evidence", *ORDER}
    wrong = {name: climbs(name, parsed(path)) for name, path in MODULES.items()}
    assert not {name: found for name, found in wrong.items() if found}


def test_a_part_knows_the_others_by_their_faces() -> None:
    wrong = {name: past_the_face(name, parsed(path)) for name, path in MODULES.items()}
    assert not {name: found for name, found in wrong.items() if found}


def test_no_file_is_in_a_circle() -> None:
    assert not circle({name: imported(parsed(path)) - {name} for name, path in MODULES.items()})


def test_functions_import_heavy_libraries_alone() -> None:
    found = {
        name: {package.partition(".")[0] for package in inside_functions(parsed(path))} - HEAVY
        for name, path in MODULES.items()
    }
    assert not {name: packages for name, packages in found.items() if packages}


def test_the_checks_see_what_they_should() -> None:
    lazy = ast.parse("def f():\n    from sim.evidence.proof import prove\n")
    assert climbs("sim.evidence.fit.fitting", lazy) == ["sim.evidence.proof"]
    assert climbs("sim.evidence.sampler", lazy) == ["sim.evidence.proof"]
    assert climbs("sim.evidence.publish.published", lazy) == []
    assert list(inside_functions(lazy)) == ["sim.evidence.proof"]
    deep = ast.parse(
        "from sim.evidence.fit.waves import Wave\nfrom sim.evidence.fit import fitting"
    )
    within = ["sim.evidence.fit.fitting", "sim.evidence.fit.waves"]
    assert past_the_face("sim.evidence.proof.predictive", deep) == within
    assert past_the_face("sim.evidence.fit.fitting", deep) == []
    assert past_the_face("sim.evidence.score.scores", lazy) == []
    hint = ast.parse("if TYPE_CHECKING:\n    from sim.evidence.score import scores\n")
    assert climbs("sim.evidence.record.facts", hint) == ["sim.evidence.score.scores"]
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize("part", ORDER)
def test_every_part_has_a_face_that_says_what_it_answers(part: str) -> None:
    face = importlib.import_module(f"sim.evidence.{part}")
    assert face.__doc__ is not None
    assert "?" in face.__doc__.splitlines()[0]
    assert face.__all__
    assert all(hasattr(face, name) for name in face.__all__)
    files = {path.stem for path in (EVIDENCE / part).glob("*.py")}
    assert not files & set(face.__all__), "a name of the face must not hide a file"


SIMULATING = """
import json, sys
from typer.testing import CliRunner
from sim.cli.main import app
before = set(sys.modules)
out = sys.argv[1]
quick = ["--replications", "2", "--workers", "1", "--quiet"]
loaded = {"start": sorted(m for m in before if m.startswith("sim.evidence"))}
for command in (
    ["run", "as_written", *quick, "--out", out],
    ["plot", out],
    ["compare", "as_written", "hard_rule", *quick, "--out", out + "_compared"],
    ["trace", "as_written", "--replication", "1"],
    ["levers"],
    ["validate", "as_written"],
):
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, (command, result.output, result.exception)
    loaded[command[0]] = sorted(m for m in sys.modules if m.startswith("sim.evidence"))
print(json.dumps(loaded))
"""


def test_the_commands_that_simulate_load_no_evidence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SIMULATING, str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert set(loaded) == {"start", "run", "plot", "compare", "trace", "levers", "validate"}
    assert not {command: modules for command, modules in loaded.items() if modules}
