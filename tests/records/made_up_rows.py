"""Made-up rows of every table, by scenario and replication alone, and blocks of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from sim.records.days import count_dates, to_number
from sim.records.schema import TABLES, Table
from sim.records.store import Block
from sim.records.tables import BLOCK, Columns

START, END = date(2019, 6, 1), date(2022, 7, 1)
SYSTEMS = {"S1": ("A", "B"), "S2": ("C",), "S3": ("D", "E", "F")}
CODES = [code for codes in SYSTEMS.values() for code in codes]
WORLD: Any = SimpleNamespace(
    systems=tuple(SimpleNamespace(code=code) for code in SYSTEMS),
    ccgs=tuple(
        SimpleNamespace(code=code, system=place)
        for place, codes in enumerate(SYSTEMS.values())
        for code in codes
    ),
)


@cache
def rows_of(scenario: str, number: int) -> dict[str, list[list[Any]]]:
    """Return one replication's rows of every table, without the common keys."""
    streams = random.Random(f"{scenario} {number}")
    rows: dict[str, list[list[Any]]] = {}
    dates = [to_number(day) for day in count_dates(START, END)]
    for table in TABLES:
        keys: Sequence[dict[str, Any]] = [{} for _ in range(streams.choice((0, 2, 5)))]
        if table.name == "replications":
            keys = [{}]
        elif table.name == "counts":
            keys = [{"date": day} for day in dates]
        elif table.name == "systems":
            names = [*SYSTEMS, *(["S1+S2"] if streams.random() < 0.3 else [])]
            keys = [
                {"date": day, "system": name, "system_name": f"The {name}"}
                for day in dates
                for name in names
            ]
        elif table.name == "ccgs":
            keys = [{"ccg": code} for code in CODES]
        rows[table.name] = [_row(table, key, streams) for key in keys]
    return rows


def _row(table: Table, known: dict[str, Any], streams: random.Random) -> list[Any]:
    row: list[Any] = []
    for column in table.columns:
        value: Any = {
            "string": "+".join(sorted(streams.sample(CODES, streams.choice((1, 1, 2, 4))))),
            "int": streams.choice((1, 1, 2, 40, 65, streams.randrange(200))),
            "float": streams.uniform(-3, 3),
            "bool": streams.random() < 0.6,
            "date": to_number(START + timedelta(days=streams.randrange(1300))),
        }[column.kind]
        if column.nullable and streams.random() < 0.3:
            value = None
        row.append(known.get(column.name, value))
    return row


def blocks_of(
    scenario: str, replications: int, first: int = 0, absent: frozenset[int] = frozenset()
) -> Iterator[Block]:
    """Yield blocks of 25 from a replication on; some may be absent."""
    for begin in range(first, replications, BLOCK):
        numbers: dict[str, list[int]] = {table.name: [] for table in TABLES}
        columns: dict[str, Columns] = {t.name: [[] for _ in t.columns] for t in TABLES}
        for number in range(begin, min(begin + BLOCK, replications)):
            if number in absent:
                continue
            for name, rows in rows_of(scenario, number).items():
                numbers[name] += [number] * len(rows)
                for row in rows:
                    for into, value in zip(columns[name], row, strict=True):
                        into.append(value)
        yield Block(numbers, columns)
