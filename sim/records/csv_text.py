"""CSV files: written so that no spreadsheet runs a name, and read so that a name stays a name.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula. Such a
text gets an apostrophe in front, and so does one that begins with apostrophes before such a
character; on reading exactly one is taken away again, so every text comes back as it was.
Numbers get none, whatever their sign.

What a column holds is known by its name and file, never guessed from names in it: a scenario
called ``2020``, ``nan`` or ``true`` is that text.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError
from sim.records.column import Kind
from sim.records.files import whole_files
from sim.records.schema import TABLE_BY_NAME, TABLES

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_BLANK: Final = (
    r"[\x01-\x20\x7f-\xa0\xad\x{61c}\x{2000}-\x{200f}\x{2028}-\x{202f}\x{205f}-\x{206f}"
    r"\x{3000}\x{feff}]"
)
_RUN: Final = rf"^'*(?:[\t\r]|{_BLANK}*[=+\-@\x{{ff0b}}\x{{ff0d}}\x{{ff1d}}\x{{ff20}}])"
"""What a spreadsheet may run, in the words of Arrow: blanks before the mark do not help."""
_RUNS: Final = re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda m: f"\\u{m[1]:0>4}", _RUN))
LINES: Final = 10_000
"""Lines written at a time."""
_SPECIAL: Final = re.compile(r'[",\r\n]')

_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(inf|nan)")
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_TRUTHS: Final = {"true": True, "True": True, "false": False, "False": False}

TEXT_COLUMNS: Final[dict[str, frozenset[str]]] = {
    name: frozenset(columns.split())
    for name, columns in {
        "summary": "scenario outcome",
        "places": "scenario system system_name",
        "variance": "scenario component",
        "compare": "base other outcome",
        "compare_places": "base other system system_name",
        "sweep": "setting also outcome",
        "scores": "quantity forecast score against",
        "patterns": "pattern arm test sentence",
        "reliability": "quantity forecast",
        "pit": "quantity forecast system",
        "pit_histogram": "forecast",
        "count_forecasts": "forecast meaning",
        "items": "quantity item system",
        "predictive_pit": "left_out source summary",
        "predictive_histogram": "left_out",
        "predictive_reliability": "left_out source",
        "waves_left_out": "wave quantity forecast",
        "earlier_rounds": "",
        "leans_on": "system name",
    }.items()
}
"""The columns of text in every CSV file that is not a copy of a Parquet table."""
_ANYWHERE: Final = (
    frozenset().union(*TEXT_COLUMNS.values())
    | {"ccg", "ccg_a", "ccg_b", "name", "region"}
    | {column.name for table in TABLES for column in table.all_columns if column.kind == "string"}
)


def guarded(text: str) -> str:
    """Return a text as a cell that no spreadsheet runs; ordinary ones stay as they are."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text that a cell of ours stands for."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell


def write_rows(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, decimals: str = ""
) -> int:
    """Write a small CSV table (UTF-8, LF, missing values empty) and return its rows.

    Args:
        path: the file.
        columns: the header.
        rows: texts, numbers, truth values, dates, or None.
        decimals: how floats are written, as ``.4f``; by default in the shortest form that reads
            back to the same number.
    """
    number = 0
    lines = [_line([_quoted(guarded(name)) for name in columns])]
    with whole_files([path]) as [file]:
        for row in rows:
            lines.append(_line([_cell(value, decimals) for value in row]))
            number += 1
            if len(lines) > LINES:
                file.write("".join(lines).encode())
                lines.clear()
        file.write("".join(lines).encode())
    return number


def write_frame(path: Path, frame: pd.DataFrame, *, decimals: str = "") -> int:
    """Write a DataFrame without its index in the same form, and return its rows."""
    import pandas as pd

    columns = []
    for position in range(frame.shape[1]):
        values = frame.iloc[:, position]
        if pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.date
        gaps = values.isna().tolist()
        columns.append([None if gap else v for v, gap in zip(values.tolist(), gaps, strict=True)])
    names = [str(name) for name in frame.columns]
    return write_rows(path, names, zip(*columns, strict=True), decimals=decimals)


def _line(cells: list[str]) -> str:
    # an empty line would be no row
    return (",".join(cells) if cells != [""] else '""') + "\n"


def _cell(value: Any, decimals: str) -> str:
    if isinstance(value, str):
        return _quoted(guarded(value))
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if decimals and isinstance(value, float):
        return format(value, decimals)
    return _quoted(str(value))


def _quoted(text: str) -> str:
    if _SPECIAL.search(text):
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text


def read_csv(path: Path) -> pd.DataFrame:
    """Return a CSV file of ours as a DataFrame, its texts exactly as they were written.

    A column of text stays text, whatever its cells look like; a column of dates holds ``date``
    objects. Of other columns blanks are missing values (NaN), and the rest is numbers or truth
    values where all of it is, else text.

    Raises:
        InputError: it cannot be read, or is no proper CSV file; names file and row.
    """
    import pandas as pd

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as CSV ({error})") from None
    if not rows:
        raise InputError(f"{path}: is empty; a header is needed")
    header = [unguarded(name) for name in rows[0]]
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise InputError(
                f"{path}, row {number}: {len(row)} cells where the header has {len(header)}"
            )
    kinds = _kinds(path.stem, header)
    cells = list(zip(*rows[1:], strict=True)) or [()] * len(header)
    series = [_column(list(column), kind) for column, kind in zip(cells, kinds, strict=True)]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame()
    frame.columns = pd.Index(header)
    return frame


def _kinds(stem: str, header: Sequence[str]) -> list[tuple[Kind | None, bool]]:
    """Return what each column holds (None: to be seen from its cells) and whether it has gaps."""
    table = TABLE_BY_NAME.get(stem)
    if table is not None and [column.name for column in table.all_columns] == list(header):
        return [(column.kind, column.nullable) for column in table.all_columns]
    texts = TEXT_COLUMNS.get(stem, _ANYWHERE)
    return [
        ("string" if name in texts else "date" if name == "date" else None, False)
        for name in header
    ]


def _column(cells: list[str], kind: tuple[Kind | None, bool]) -> pd.Series[Any]:
    import pandas as pd

    what, nullable = kind
    if what != "string":
        # numbers, dates and truth values come again and again: each is looked at once
        forms = set(cells)
        filled = forms - {""}
        values: dict[str, Any] = {}
        if what == "date" and all(map(_is_date, filled)):
            values = {form: date.fromisoformat(form) if form else None for form in forms}
            return pd.Series([values[cell] for cell in cells], dtype=object)
        if what != "date" and all(map(_NUMBER.fullmatch, filled)):
            if forms == filled and forms and all(map(_WHOLE.fullmatch, forms)):
                values = {form: int(form) for form in forms}
                return pd.Series([values[cell] for cell in cells], dtype="int64")
            values = {form: float(form) if form else math.nan for form in forms}
            return pd.Series([values[cell] for cell in cells], dtype="float64")
        if what != "date" and forms <= _TRUTHS.keys():
            return pd.Series([_TRUTHS[cell] for cell in cells], dtype=bool)
    texts = [None if nullable and not cell else unguarded(cell) for cell in cells]
    return pd.Series(texts, dtype=object if None in texts or not texts else None)


def _is_date(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True


def write_csv(folder: Path, *, to: Path | None = None) -> list[Path]:
    """Write every Parquet table of a results folder as CSV too, and return the files.

    Dates are ISO 8601, missing values empty, truth values ``true`` and ``false``; the tables are
    read and written block by block.
    """
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    from sim.records.tables import arrow_schema

    target = folder if to is None else to
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for table in TABLES:
        path = target / f"{table.name}.csv"
        none = arrow_schema(table).empty_table()
        with pq.ParquetFile(folder / table.file) as source, whole_files([path]) as [file]:
            groups = (source.read_row_group(group) for group in range(source.num_row_groups))
            for number, group in enumerate(chain([none], groups)):
                options = pc.WriteOptions(
                    include_header=number == 0, quoting_style="needed", quoting_header="needed"
                )
                text = pa.BufferOutputStream()
                pc.write_csv(_guard_table(group), text, options)
                file.write(text.getvalue())
        written.append(path)
    return written


def _guard_table(block: pa.Table) -> pa.Table:
    """Return a block with its texts guarded; the same block where none needs it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for position, field in enumerate(block.schema):
        if field.type != pa.string():
            continue
        column = block.column(position)
        # a name stands in thousands of rows, so each is looked at once
        if pc.any(pc.match_substring_regex(pc.unique(column), _RUN)).as_py():
            risky = pc.match_substring_regex(column, _RUN)
            marked = pc.binary_join_element_wise("'", column, "")
            block = block.set_column(position, field, pc.if_else(risky, marked, column))
    return block
