"""The registry of mechanisms: what the source articles describe, and where it lives here.

One row of ``tools/docs/mechanisms.csv`` is one of the 108 mechanisms that the project's
list takes from five source articles, in our own words, with what represents it: a lever, a rule,
a parameter, an outcome, a fact of a place or a scenario; the scenario that shows it and the test
that checks it. :func:`check_registry` lists every row that points at nothing, and a test fails
while it lists any. ``docs/mechanisms.md`` is written from here (``python -m tools.docs``).
"""

from __future__ import annotations

import ast
import csv
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from sim.errors import InputError, nearest

Group = Literal[
    "chain",
    "information",
    "money",
    "force",
    "ladder",
    "boundaries",
    "leaders",
    "councils and providers",
    "service change",
    "functions",
    "outcome",
]
Kind = Literal["lever", "rule", "parameter", "outcome", "fact", "scenario"]
State = Literal["done", "left out", "open"]

TABLE: Final = Path(__file__).with_name("mechanisms.csv")
ROOT: Final = Path(__file__).parents[2]
IDS: Final = range(1, 109)
MOST_LEFT_OUT: Final = 12
PLACE_CHANCES: Final = ("p_proposal", "p_lost_ballot", "p_one_ccg", "p_any_merger")
_LISTS: Final = ("where", "levers", "parameters", "outcomes", "scenario", "test")
_COLUMNS: Final = ("id", "source", "group", "mechanism", "kind", *_LISTS, "state", "note")


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One mechanism of the sources and what represents it.

    ``where`` holds Python paths (``sim.rules.support.outweighed``) or data files
    (``sim/world/data/...``); ``outcomes`` names of columns of the tables, of ``summary.csv`` or of
    ``places.csv``; ``scenario`` shipped scenarios that show it; ``test`` test functions
    (``tests/file.py::test_name``). ``state`` is done, left out (``note`` says why) or open.
    """

    id: int
    source: str
    group: Group
    mechanism: str
    kind: Kind | Literal[""]
    where: tuple[str, ...]
    levers: tuple[str, ...]
    parameters: tuple[str, ...]
    outcomes: tuple[str, ...]
    scenario: tuple[str, ...]
    test: tuple[str, ...]
    state: State
    note: str


def registry(path: Path = TABLE) -> tuple[Mechanism, ...]:
    """Return all rows of the registry, by id.

    Raises:
        InputError: the table is missing, lacks a column, or a cell is not what is allowed there.
    """
    try:
        with path.open(encoding="utf-8", newline="") as table:
            reader = csv.DictReader(table)
            if tuple(reader.fieldnames or ()) != _COLUMNS:
                raise InputError(f"{path}: the columns must be {', '.join(_COLUMNS)}")
            rows = [_row(path, line, row) for line, row in enumerate(reader, start=2)]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    return tuple(rows)


def _row(path: Path, line: int, row: dict[str, str]) -> Mechanism:
    place = f"{path}, row {line}"
    if any(value is None for value in row.values()) or None in row:
        raise InputError(f"{place}: must have {len(_COLUMNS)} cells")
    if not row["id"].isdecimal():
        raise InputError(f"{place}, column id: {row['id']!r} is not a whole number")
    for column, allowed in (
        ("group", get_args(Group)),
        ("kind", ("", *get_args(Kind))),
        ("state", get_args(State)),
    ):
        if row[column] not in allowed:
            raise InputError(
                f"{place}, column {column}: {row[column]!r} is not allowed; allowed: "
                f"{', '.join(filter(None, allowed))}{nearest(row[column], allowed)}"
            )
    if not row["mechanism"].strip() or not row["source"].strip():
        raise InputError(f"{place}: mechanism and source must be stated")
    lists = {name: tuple(filter(None, map(str.strip, row[name].split(";")))) for name in _LISTS}
    return Mechanism(
        id=int(row["id"]),
        source=row["source"],
        group=row["group"],  # type: ignore[arg-type]  # checked above, as are kind and state
        mechanism=row["mechanism"],
        kind=row["kind"],  # type: ignore[arg-type]
        state=row["state"],  # type: ignore[arg-type]
        note=row["note"],
        **lists,
    )


def check_registry(path: Path = TABLE, root: Path = ROOT) -> list[str]:
    """Return everything in the registry that points at nothing; empty where all is well.

    ``root`` is the folder of the project, below which data files and tests are looked for.

    Raises:
        InputError: the table's form is wrong.
    """
    rows = registry(path)
    wrong = []
    if [row.id for row in rows] != list(IDS):
        wrong.append(f"the ids must be {IDS[0]} to {IDS[-1]}, each once and in order")
    left_out = [row for row in rows if row.state == "left out"]
    if len(left_out) > MOST_LEFT_OUT:
        wrong.append(f"{len(left_out)} rows are left out; at most {MOST_LEFT_OUT} may be")
    for row in rows:
        wrong += [f"row {row.id}: {what}" for what in _faults(row, root)]
    return wrong


def _faults(row: Mechanism, root: Path) -> Iterator[str]:
    if row.state == "open":
        yield "still open"
        return
    if row.state == "left out":
        if len(row.note) < 20:
            yield "left out without a reason"
    elif not (row.kind and row.where and row.test):
        yield "a row that is done needs kind, where and test"
    if row.kind == "lever" and not row.levers:
        yield "a lever is its kind, but none is named"
    if row.kind == "parameter" and not row.parameters:
        yield "a parameter is its kind, but none is named"
    if row.kind == "outcome" and not row.outcomes:
        yield "an outcome is its kind, but none is named"
    for place in row.where:
        if not _exists(place, root):
            yield f"where: {place} is neither a module, something in one, nor a data file"
    for column, known in _known().items():
        for name in getattr(row, column):
            if name not in known:
                yield f"{column}: {name} does not exist{nearest(name, list(known))}"
    for test in row.test:
        file, _, name = test.partition("::")
        if name not in _tests(root / file):
            yield f"test: {test} does not exist"


@cache
def _known() -> dict[str, frozenset[str]]:
    """Return the names that rows may use, by column."""
    from sim.experiment import summary
    from sim.records.schema import TABLES
    from sim.scenario.levers import lever_table
    from sim.scenario.load import shipped_names
    from sim.scenario.parameters import PARAMETER_NAMES

    outcomes = {column.name for table in TABLES for column in table.columns}
    outcomes |= {f"{table.name}.{column.name}" for table in TABLES for column in table.columns}
    outcomes |= set(summary.end_chances(frozenset({0}))) | set(PLACE_CHANCES)
    outcomes |= set(getattr(summary, "FALL_CHANCES", ()))
    outcomes |= {f"ccgs_{year}_04_01" for year in range(2014, 2023)}
    return {
        "levers": frozenset(row.name for row in lever_table()),
        "parameters": frozenset(PARAMETER_NAMES),
        "outcomes": frozenset(outcomes),
        "scenario": frozenset(shipped_names()),
    }


def _exists(place: str, root: Path) -> bool:
    """Say whether a Python path can be imported or a data file is there."""
    if "/" in place:
        return (root / place).is_file() or (root / place).is_dir()
    if not re.fullmatch(r"sim(\.\w+)+", place):
        return False
    parts = place.split(".")
    for cut in range(len(parts), 0, -1):
        name = ".".join(parts[:cut])
        try:
            found: object = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise  # the module is there, but something that it needs is not
            continue
        for part in parts[cut:]:
            if not hasattr(found, part) and part not in getattr(found, "__annotations__", {}):
                return False
            found = getattr(found, part, None)
        return True
    return False


@cache
def _tests(file: Path) -> frozenset[str]:
    """Return the names of the test functions of a file, without running it."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except OSError:
        return frozenset()
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )
