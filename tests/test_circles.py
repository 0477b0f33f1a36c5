"""Who may know whom: no circle of imports but that of the actors, and no mechanism in the chain."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from sim.agents.hooks import Hooks
from sim.rules.approval import Ruling

ROOT = Path(__file__).parents[1]
AGENTS = "sim.agents."
MECHANISMS = "sim.agents.mechanisms"

# The actors and what they share: a proposal knows its system, a system its proposals, and so on.
ACTORS = {
    AGENTS + name
    for name in (
        "application",
        "ballots",
        "calendar",
        "ccg",
        "choice",
        "council",
        "effects",
        "hooks",
        "ladder",
        "listeners",
        "lmc",
        "membership",
        "merger",
        "national",
        "opinion",
        "proposal",
        "rates",
        "region",
        "replication",
        "system",
    )
}
# In these folders all that is not of a mechanism knows mechanisms only by a list of all of them.
# (In scenario, the types of the few levers that the first day needs have names of their own.)
CORES = ("scenario", "rules", "agents", "records")
TYPES = {"sim.agents.engine": {"sim.scenario.mechanisms.boundaries"}}


def modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted((ROOT / "sim").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    assert len(found) > 200
    return found


def imports(tree: ast.AST, known: Iterable[str]) -> Iterator[str]:
    """Yield the modules of ours that a piece of code imports, for types alone or not."""
    names = set(known)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in names:
                    yield full
                elif node.module in names:
                    yield node.module


def arrows_of(trees: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    return {name: set(imports(tree, trees)) - {name} for name, tree in trees.items()}


def reach(start: str, arrows: Mapping[str, set[str]]) -> set[str]:
    """Return everything that can be reached from a module in one step or more."""
    seen: set[str] = set()
    left = list(arrows[start])
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            left += arrows[name]
    return seen


def in_circles(arrows: Mapping[str, set[str]]) -> set[str]:
    """Return the modules that import themselves by way of others."""
    return {name for name in arrows if name in reach(name, arrows)}


def inside_functions(tree: ast.AST) -> list[str]:
    """Return the functions of a module that import something when they are called."""
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    ]


def test_only_the_actors_import_each_other_in_circles() -> None:
    assert in_circles(arrows_of(modules())) == ACTORS


def test_a_circle_is_seen_and_a_line_is_none() -> None:
    circle = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert in_circles(circle) == {"b", "c"}
    assert not in_circles({"a": {"b"}, "b": {"c"}, "c": set()})
    known = ("x", "x.y", "z")
    assert set(imports(ast.parse("from x import y, w\nimport z, q"), known)) == {"x", "x.y", "z"}


def test_no_agent_imports_inside_a_function() -> None:
    agents = {name: tree for name, tree in modules().items() if name.startswith(AGENTS)}
    assert not {name: found for name, tree in agents.items() if (found := inside_functions(tree))}
    assert inside_functions(ast.parse("class A:\n    def f(self):\n        import x\n")) == ["f"]


def test_the_core_chain_knows_no_mechanism_by_name() -> None:
    """Mechanisms are known by lists of all of them; the chain asks hooks and tells listeners."""
    arrows = arrows_of(modules())
    core = {
        name: known
        for name, known in arrows.items()
        if name.split(".")[1:2] != [] and name.split(".")[1] in CORES and ".mechanisms" not in name
    }
    assert len(core) > 60
    for name, known in core.items():
        named = {other for other in known if ".mechanisms." in other} - TYPES.get(name, set())
        assert {other.rpartition(".")[2] for other in named} <= {"registry"}, (name, named)


def test_a_hook_that_is_set_twice_is_refused() -> None:
    hooks = Hooks()
    hooks.pace = lambda _proposal: 2.0
    with pytest.raises(RuntimeError, match="'pace' is set twice"):
        hooks.pace = lambda _proposal: 3.0
    hooks.judge = lambda *_facts: Ruling("approved", ())
    with pytest.raises(RuntimeError, match="'judge'"):
        hooks.judge = lambda *_facts: Ruling("refused", ())


# A body of the first day's map and the agent that it becomes go by the same word.
TWINS = {"System", "Region"}


def classes_of(trees: Mapping[str, ast.Module]) -> Counter[str]:
    """Count the classes of modules by name, those of private use apart."""
    return Counter(
        node.name
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def test_no_two_classes_have_one_name() -> None:
    twice = {name for name, count in classes_of(modules()).items() if count > 1}
    assert twice == TWINS
    same = {"a": ast.parse("class X: ..."), "b": ast.parse("class X: ...\nclass Y: ...")}
    assert classes_of(same)["X"] == 2
