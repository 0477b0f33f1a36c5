"""Reads the rules' own words and formulas out of their source, without running them.

Of a module: its docstring, its constants with the comment beside them, and its functions with
docstring, formula and the parameters and levers that they read. A formula is shown where the body
of a function is nothing but assignments, conditions and results; a rule with a loop says in its
docstring what it does.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.scenario.levers import lever_table
from sim.scenario.parameters import PARAMETER_NAMES

ROOT: Final = Path(__file__).parents[2]
LEVER_NAMES: Final = tuple(row.name for row in lever_table())
LEVER_GROUPS: Final = frozenset(name.partition(".")[0] for name in LEVER_NAMES)
_PARAMETERS: Final = frozenset(PARAMETER_NAMES)
_HOLDERS: Final = frozenset({"p", "parameters"})  # names of what holds the parameters
_LEVERS: Final = frozenset({"levers", "_levers", "lv", "v"})
_PLAIN: Final = (  # how a formula is made plain
    (re.compile(r"\bmath\."), ""),
    (re.compile(r"\b_NORMAL\.inv_cdf\b"), "normal_quantile"),
    (re.compile(r"\b_NORMAL\."), "normal_"),
    (re.compile(r"\b(?:_levers|lv|v)\."), "levers."),
    (re.compile(r"\bparameters\."), "p."),
    (re.compile(r"\b(\d+)\.0\b"), r"\1"),
    (re.compile(r"'"), '"'),
)


@dataclass(frozen=True, slots=True)
class Reads:
    """The parameters and levers that a piece of source reads, in the order of their tables."""

    parameters: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Constant:
    """One number or small table of a module that is no parameter: nobody means to vary it."""

    name: str
    value: str
    comment: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One function: its arguments, its docstring in Markdown, its formula line by line."""

    name: str
    arguments: tuple[str, ...]
    text: str
    formula: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]
    reads: Reads

    @property
    def public(self) -> bool:
        """Whether other modules may call it."""
        return not self.name.startswith("_")


@dataclass(frozen=True, slots=True)
class Facts:
    """One class: what a rule is told of, or gives, with the names of its fields."""

    name: str
    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One effect: its term, the decision, when it is in force, how large it is.

    ``when`` says in words when it is in force, where a function decides that.
    """

    name: str
    decision: str
    in_force: tuple[str, ...]
    when: str
    size: tuple[str, ...]
    text: str
    reads: Reads


@dataclass(frozen=True, slots=True)
class Module:
    """What a module says of itself."""

    name: str
    text: str
    constants: tuple[Constant, ...]
    facts: tuple[Facts, ...]
    rules: tuple[Rule, ...]
    effects: tuple[EffectRow, ...]
    reads: Reads


def read_module(name: str, root: Path = ROOT) -> Module:
    """Return what the module of this dotted name says of itself.

    Raises:
        OSError: there is no such module under the folder.
    """
    source = root.joinpath(*name.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return Module(
        name=name,
        text=markdown(ast.get_docstring(tree)),
        constants=tuple(_constants(tree, source.split("\n"))),
        facts=tuple(_facts(node) for node in tree.body if isinstance(node, ast.ClassDef)),
        rules=tuple(_rule(node) for node in functions.values()),
        effects=tuple(_effects(tree, functions)),
        reads=reads_of(tree),
    )


def markdown(docstring: str | None) -> str:
    """Return a docstring as Markdown: code in single backticks, references by their last name."""
    text = inspect.cleandoc(docstring or "")
    text = re.sub(r":\w+:`~?([^`]+)`", lambda found: f"`{found[1].rpartition('.')[2]}`", text)
    return re.sub(r"``([^`]+)``", r"`\1`", text)


# -- What a piece of source reads ----------------------------------------------------------------


def reads_of(tree: ast.AST) -> Reads:
    """Return the parameters and levers read in a tree, groups by another name included."""
    if isinstance(tree, ast.Module | ast.ClassDef):
        return both(*(reads_of(node) for node in ast.iter_child_nodes(tree)))
    named = dict(_aliases(tree))
    parameters, levers = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(name))) if name in _PARAMETERS:
                parameters.add(name)  # of a table of drawn values
        if not isinstance(node, ast.Attribute):
            continue
        *before, last = _chain(node, named)
        if last in _PARAMETERS and before[-1] in _HOLDERS:
            parameters.add(last)
        if f"{before[-1]}.{last}" in LEVER_NAMES and not _LEVERS.isdisjoint(before):
            levers.add(f"{before[-1]}.{last}")
    return _in_order(parameters, levers)


def both(*several: Reads) -> Reads:
    """Return what several pieces of source read together."""
    return _in_order(
        {name for one in several for name in one.parameters},
        {name for one in several for name in one.levers},
    )


def _in_order(parameters: Collection[str], levers: Collection[str]) -> Reads:
    return Reads(
        tuple(name for name in PARAMETER_NAMES if name in parameters),
        tuple(name for name in LEVER_NAMES if name in levers),
    )


def _aliases(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield names that stand for a group of levers or for the parameters."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        target, value = node.targets[0], node.value
        pairs = (
            zip(target.elts, value.elts, strict=False)
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            else [(target, value)]
        )
        for one, worth in pairs:
            if isinstance(one, ast.Name) and isinstance(worth, ast.Attribute):
                chain = _chain(worth, {})
                if chain[-1] in LEVER_GROUPS | _HOLDERS | _LEVERS:
                    yield one.id, chain


def _chain(node: ast.expr, named: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names of a chain of attributes, first to last."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    start = named.get(node.id, (node.id,)) if isinstance(node, ast.Name) else ("",)
    return (*start, *reversed(names))


# -- Classes and functions ------------------------------------------------------------------------


def _facts(node: ast.ClassDef) -> Facts:
    fields = [one.target for one in node.body if isinstance(one, ast.AnnAssign)]
    names = tuple(field.id for field in fields if isinstance(field, ast.Name))
    return Facts(node.name, names, markdown(ast.get_docstring(node)))


def _rule(node: ast.FunctionDef) -> Rule:
    given = node.args
    body = [one for one in node.body if not _is_docstring(one)]
    terms = tuple(_terms(body))
    lines = _formula(body[:-1] if terms else body)
    return Rule(
        name=node.name,
        arguments=tuple(one.arg for one in (*given.args, *given.kwonlyargs)),
        text=markdown(ast.get_docstring(node)),
        formula=_shortest(lines),
        terms=terms,
        reads=reads_of(node),
    )


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _formula(body: Sequence[ast.stmt]) -> list[str] | None:
    """Return a body as lines of a formula, or None where it does more than work out a value."""
    lines: list[str] = []
    for node in body:
        match node:
            case ast.Delete() | ast.Assert():
                continue
            case ast.Assign(targets=[(ast.Name() | ast.Tuple()) as target], value=value):
                lines.append(f"{shown(target).strip('()')} = {shown(value)}")
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                lines.append(f"{name} = {name} + {shown(value)}")
            case ast.If(test=test, body=inner, orelse=orelse):
                then, other = _formula(inner), _formula(orelse)
                if then is None or other is None:
                    return None
                lines += [f"if {shown(test)}:", *(f"    {line}" for line in then)]
                if other:
                    lines += ["otherwise:", *(f"    {line}" for line in other)]
            case ast.Return(value=ast.expr() as value):
                lines.append(f"result: {shown(value)}")
            case _:
                return None
    return lines


def _shortest(lines: Sequence[str] | None) -> tuple[str, ...]:
    """Return the lines of a formula; one that is nothing but its result does not say so."""
    found = tuple(lines or ())
    return (found[0].removeprefix("result: "),) if len(found) == 1 else found


def _terms(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield the named terms of a rule that returns a row of them, or a record by its fields."""
    last = body[-1] if body else None
    if not isinstance(last, ast.Return):
        return
    if isinstance(last.value, ast.Call) and not last.value.args:
        for keyword in last.value.keywords:
            yield str(keyword.arg), shown(keyword.value)
    if not isinstance(last.value, ast.Tuple):
        return
    for one in last.value.elts:
        match one:
            case ast.Tuple(elts=[ast.Constant(value=str(name)), value]):
                yield name, shown(value)
            case _:
                return


def shown(node: ast.expr) -> str:
    """Return an expression as a formula of parameters (``p.``), levers and facts."""
    text = ast.unparse(node)
    for found, plain in _PLAIN:
        text = found.sub(plain, text)
    return text


# -- Constants and effects -----------------------------------------------------------------------


def _constants(tree: ast.Module, lines: Sequence[str]) -> Iterator[Constant]:
    """Yield the constants and small tables in capitals, with the comment or docstring of each."""
    for node, after in zip(tree.body, (*tree.body[1:], None), strict=True):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case _:
                continue
        if name == "EVENTS":  # which the page on the event log shows
            continue
        if name.isupper() and not name.startswith("_") and _is_plain(value):
            yield Constant(name, shown(value), _comment(node, after, lines))


def _is_plain(value: ast.expr) -> bool:
    """Say whether an expression is a table by name, or only numbers, texts and sums of them."""
    if isinstance(value, ast.Dict):
        return all(isinstance(key, ast.Constant) for key in value.keys)
    if isinstance(value, ast.Tuple) and all(isinstance(one, ast.Name) for one in value.elts):
        return True  # a list of what is defined elsewhere, as the order in which agents are set up
    return not any(
        isinstance(one, ast.Lambda | ast.Attribute)
        or (isinstance(one, ast.Name) and not (one.id.isupper() or one.id == "frozenset"))
        for one in ast.walk(value)
    )


def _comment(node: ast.stmt, after: ast.stmt | None, lines: Sequence[str]) -> str:
    """Return what the comment beside or above a constant, or the docstring below it, says."""
    if beside := lines[(node.end_lineno or node.lineno) - 1].partition("  # ")[2]:
        return beside
    if after is not None and _is_docstring(after):
        return " ".join(markdown(ast.literal_eval(ast.unparse(after))).split())
    above: list[str] = []
    for line in reversed(lines[: node.lineno - 1]):
        if not line.startswith("# ") or line.startswith("# --"):
            break
        above.insert(0, line[2:])
    return " ".join(above)


def _effects(tree: ast.Module, functions: Mapping[str, ast.FunctionDef]) -> Iterator[EffectRow]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="Effect"),
                args=[ast.Constant(value=str(name)), ast.Constant(value=str(decision)), when, size],
            ):
                force, worth = _of(when, functions), _of(size, functions)
                yield EffectRow(
                    name,
                    decision,
                    force[0],
                    _words(when, functions),
                    worth[0],
                    _words(size, functions),
                    both(*(reads_of(one) for one in (*force[1], *worth[1]))),
                )


def _words(node: ast.expr, functions: Mapping[str, ast.FunctionDef]) -> str:
    """Return the docstring of a function given by name, else nothing."""
    known = functions.get(node.id) if isinstance(node, ast.Name) else None
    return markdown(ast.get_docstring(known)) if known else ""


def _of(
    node: ast.expr, functions: Mapping[str, ast.FunctionDef]
) -> tuple[tuple[str, ...], tuple[ast.AST, ...]]:
    """Return the formula of a function given by name or on the spot, and the tree it lies in."""
    if isinstance(node, ast.Lambda):
        return (shown(node.body),), (node,)
    if isinstance(node, ast.Name) and node.id in functions:
        known = functions[node.id]
        lines = _formula([one for one in known.body if not _is_docstring(one)])
        return _shortest(lines), (known,)
    return (shown(node),), ()
