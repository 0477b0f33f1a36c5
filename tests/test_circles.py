"""Who may know whom: no circle of imports but that of the actors, and no mechanism in the chain."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

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
# What of the mechanisms the core may import: lists of all of them, and nothing by name.
LISTS = {
    "sim.agents.engine": {MECHANISMS + ".registry"},
    "sim.agents.event_register": {MECHANISMS + ".registry"},
}


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
    for name, known in arrows_of(modules()).items():
        if name.startswith(AGENTS) and not name.startswith(MECHANISMS):
            named = {other for other in known if other.startswith(MECHANISMS)}
            assert named <= LISTS.get(name, set()), name
