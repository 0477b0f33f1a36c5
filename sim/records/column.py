"""What a column and a table of the output are: names, kinds, keys and meaning.

Pure Python, so that workers can use it without loading Arrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["string", "int", "float", "bool", "date"]
Cell = object
"""One value of a table: str, int, float, bool, datetime.date or None."""
Row = tuple[Cell, ...]

STATES: Final[tuple[str, ...]] = (
    "mooted",
    "drafted",
    "engaged",
    "balloted",
    "applied",
    "assessed",
    "decided",
    "effective",
)

EXITS: Final[tuple[str, ...]] = ("effective", "withdrawn", "lost", "refused", "lapsed", "open")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the kind of value it holds, what it means, whether it may be empty."""

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One output table: its name (and file stem), its keys after scenario and replication."""

    name: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """The name of the table's Parquet file."""
        return f"{self.name}.parquet"

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns as written: scenario and replication first."""
        return COMMON_KEYS + self.columns

    def position(self, column: str) -> int:
        """Return where a column stands in the folds' rows (which lack the two common keys)."""
        return [c.name for c in self.columns].index(column)


COMMON_KEYS: Final[tuple[Column, ...]] = (
    Column("scenario", "string", "name of the scenario"),
    Column("replication", "int", "replication number, from 0"),
)


def count(name: str, meaning: str) -> Column:
    """Declare a column that counts things in one replication."""
    return Column(name, "int", meaning)


def share(name: str, meaning: str) -> Column:
    """Declare a column that holds a share or another number, empty where there is nothing."""
    return Column(name, "float", meaning, nullable=True)
