"""The table of replications that failed: there only where any did.

A failed replication is data like any other: which it was, what was raised, and where.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.records.column import Column, Table
from sim.records.files import write_whole
from sim.records.manifest import FileEntry, file_digest

if TYPE_CHECKING:
    import pandas as pd

FAILURES: Final = Table(
    "failures",
    (),
    (
        Column("error", "string", "what was raised: its kind and what it said"),
        Column("traceback", "string", "where it was raised, as Python tells it; empty if unknown"),
    ),
)

FailureRow = tuple[str, int, str, str]
"""Scenario, replication, error, traceback."""


def write_failures(folder: Path, rows: Iterable[FailureRow]) -> FileEntry:
    """Write ``failures.parquet``, ordered as it is given, and say what the manifest needs.

    Raises:
        OSError: it could not be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from sim.records.tables import arrow_schema

    schema = arrow_schema(FAILURES)
    columns = list(zip(*rows, strict=True)) or [() for _ in schema.names]
    table = pa.Table.from_arrays(
        [pa.array(list(c), f.type) for c, f in zip(columns, schema, strict=True)], schema=schema
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_statistics=False)
    path = write_whole(folder / FAILURES.file, sink.getvalue().to_pybytes())
    return FileEntry(table.num_rows, file_digest(path))


def read_failures(folder: Path) -> pd.DataFrame:
    """Return the failed replications of a results folder; without any, an empty frame."""
    import pandas as pd

    path = folder / FAILURES.file
    if not path.is_file():
        names = [column.name for column in FAILURES.all_columns]
        return pd.DataFrame({name: pd.Series(dtype="object") for name in names})
    return pd.read_parquet(path)
