"""Reading one table of a world folder, cell by cell, with messages a user can act on.

A table is a UTF-8 CSV file with a header. Row numbers count the header as row 1. An empty cell
is "not stated"; there is no other word for it, so ``n/a`` in a column of numbers is an error.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from sim.errors import InputError, nearest

MAX_BYTES: Final = 50_000_000
LEAST: Final = 1e-12  # what is smaller than this, but not nought, is lost in any sum
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")

Word = TypeVar("Word", bound=str)


def shown(value: str) -> str:
    """Quote a value for a message, cut to a length that fits on a screen."""
    return repr(value if len(value) <= 60 else value[:57] + "...")


class Row:
    """One row of a table; its readers check a cell and name file, row and column if it is wrong.

    All readers raise ``InputError``.
    """

    __slots__ = ("cells", "number", "table")

    def __init__(self, table: InputTable, number: int, cells: list[str]) -> None:
        self.table = table
        self.number = number
        self.cells = cells

    def error(self, column: str, problem: str) -> InputError:
        """Return the exception for this row and column."""
        return InputError(f"{self.table.path}, row {self.number}, column '{column}': {problem}")

    def text(self, column: str) -> str:
        """Return the cell as it stands; an optional column that is absent reads as empty."""
        at = self.table.columns.get(column)
        return "" if at is None else self.cells[at]

    def filled(self, column: str) -> str:
        """Return a cell that must not be empty."""
        value = self.text(column)
        if not value.strip():
            raise self.error(column, "is empty; a value is needed")
        return value

    def new_code(self, column: str, taken: Mapping[str, int], *, name: bool = False) -> str:
        """Return a code (or, with ``name``, any text) that no earlier row has used."""
        value = self.filled(column)
        if not name and not _CODE.fullmatch(value):
            raise self.error(
                column,
                f"{shown(value)} is not a code; allowed are letters, digits, '.', '-' and '_', "
                "beginning with a letter or digit, at most 40",
            )
        if value in taken:
            raise self.error(column, f"{shown(value)} appears more than once")
        return value

    def known(self, column: str, index: Mapping[str, int], what: str) -> int:
        """Return the index of the body whose code or name stands in the cell."""
        return self.resolve(column, self.filled(column), index, what)

    def resolve(self, column: str, value: str, index: Mapping[str, int], what: str) -> int:
        """Return the index of the body called ``value``, which was read from ``column``."""
        found = index.get(value)
        if found is None:
            raise self.error(column, f"unknown {what} {shown(value)}{nearest(value, index)}")
        return found

    def choice(self, column: str, allowed: Sequence[Word]) -> Word:
        """Return one of the allowed words."""
        value = self.text(column)
        for word in allowed:
            if word == value:
                return word
        raise self.error(
            column,
            f"{shown(value)} is not allowed; allowed: {', '.join(allowed)}"
            f"{nearest(value, allowed)}",
        )

    def flag(self, column: str) -> bool:
        """Return a yes (1) or no (0)."""
        return self.choice(column, ("0", "1")) == "1"

    def whole(self, column: str, low: int, high: int) -> int:
        """Return a whole number between ``low`` and ``high``, both included."""
        value = self.text(column)
        if not _WHOLE.fullmatch(value):
            # say first what is wrong with it as a number, then that it is not a whole one
            self.number_in(column, float(low), float(high))
            raise self.error(column, f"{shown(value)} is not a whole number of at most 15 digits")
        number = int(value)
        if number < low:
            raise self.error(column, f"{number} is too low; at least {low:,} is needed")
        if number > high:
            raise self.error(column, f"{number:,} is too high; at most {high:,} is allowed")
        return number

    def number_in(self, column: str, low: float, high: float) -> float:
        """Return a finite number between ``low`` and ``high``, both included."""
        value = self.text(column)
        if _NOT_FINITE.fullmatch(value):
            raise self.error(column, f"{shown(value)} is not a finite number")
        if not _NUMBER.fullmatch(value):
            raise self.error(column, f"{shown(value)} is not a number")
        number = float(value)
        if not math.isfinite(number):
            raise self.error(column, f"{shown(value)} is not a finite number")
        if not low <= number <= high:
            bounds = f"between {low:,.15g} and {high:,.15g}"
            raise self.error(column, f"{shown(value)} is out of range; allowed: {bounds}")
        if 0.0 < abs(number) < LEAST:
            raise self.error(column, f"{shown(value)} must be 0 or at least {LEAST:g} in size")
        return number + 0.0  # so that there is one nought: -0 would print as a number of its own

    def day(self, column: str) -> date | None:
        """Return a date (``2019-05-14``, or ``2019-05`` for its first day); None if empty."""
        value = self.text(column)
        if not value:
            return None
        match = _MONTH.fullmatch(value)
        if match:
            try:
                return date(int(match[1]), int(match[2]), int(match[3] or 1))
            except ValueError:
                pass
        raise self.error(column, f"{shown(value)} is not a date; write 2019-05 or 2019-05-14")


class InputTable:
    """A table of a world folder: its path, its columns and its rows in their order."""

    __slots__ = ("columns", "path", "rows")

    def __init__(self, path: Path, columns: dict[str, int], records: list[list[str]]) -> None:
        self.path = path
        self.columns = columns
        self.rows = [Row(self, n, cells) for n, cells in enumerate(records, start=2) if cells]

    def whole_error(self, column: str, problem: str) -> InputError:
        """Return the exception for a fault that lies in a column as a whole."""
        return InputError(f"{self.path}, column '{column}': {problem}")


def read_bytes(path: Path) -> bytes:
    """Return the bytes of one file of a world folder, refusing what cannot be a table."""
    try:
        if not path.is_file():
            raise InputError(f"{path}: this file is missing from the world folder")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"{path}: {size:,} bytes; at most {MAX_BYTES:,} are allowed")
        return path.read_bytes()
    except OSError as fault:
        raise InputError(f"{path}: cannot be read ({fault.strerror})") from fault


def decode(path: Path, raw: bytes) -> str:
    """Return the text of a file that must be UTF-8 (a byte order mark is let pass)."""
    if b"\0" in raw:
        row = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise InputError(f"{path}, row {row}: holds a NUL byte; it must be plain UTF-8 text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        row = raw[: fault.start].count(b"\n") + 1
        raise InputError(
            f"{path}, row {row}: byte 0x{raw[fault.start]:02x} is not UTF-8; save it as UTF-8"
        ) from fault


def parse_table(
    path: Path, raw: bytes, needed: Iterable[str], optional: Iterable[str]
) -> InputTable:
    """Return the table in ``raw``; its columns may stand in any order.

    Raises:
        InputError: not UTF-8, NUL bytes, bad quoting, or a column missing, unknown or doubled.
    """
    reader = csv.reader(io.StringIO(decode(path, raw), newline=""), strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as fault:
        raise InputError(f"{path}, row {len(records) + 1}: not a proper CSV row ({fault})") from (
            fault
        )
    needed, optional = tuple(needed), tuple(optional)
    known = needed + optional
    if not records or not records[0]:
        raise InputError(f"{path}, row 1: no header; the columns are {', '.join(known)}")
    columns: dict[str, int] = {}
    for at, name in enumerate(records[0]):
        if name in columns:
            raise InputError(f"{path}, row 1, column '{name}': appears more than once")
        if name not in known:
            raise InputError(
                f"{path}, row 1, column {shown(name)}: unknown column; allowed: "
                f"{', '.join(known)}{nearest(name, known)}"
            )
        columns[name] = at
    for name in needed:
        if name not in columns:
            raise InputError(f"{path}, row 1, column '{name}': this column is missing")
    for number, cells in enumerate(records[1:], start=2):
        # wholly empty lines are let pass: editors like to add one at the end
        if cells and len(cells) != len(columns):
            here = list(columns)[min(len(cells), len(columns) - 1)]
            raise InputError(
                f"{path}, row {number}, column '{here}': {len(cells)} cells in this row where "
                f"the header has {len(columns)}"
            )
    return InputTable(path, columns, records[1:])
