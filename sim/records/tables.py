"""Arrow schemas of the output tables and their writing as Parquet, block by block.

Blocks hold at most 25 replications of one scenario, Parquet row groups four blocks. Both are cut
by replication number alone, so the bytes of a table depend neither on workers nor on how often a
batch was extended.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from sim.records.days import to_number
from sim.records.schema import TABLES, Cell, Row, Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BLOCK: Final = 25
"""Replications in a block: what is read from shards at a time."""
GROUP: Final = 100
"""Replications in a Parquet row group; Arrow keeps a note of every group until the end."""

Columns = list[list[Any]]
"""A table by columns, with dates as days since 1 January 1970."""


def to_columns(table: Table, rows: Sequence[Row]) -> Columns:
    """Turn rows (without the common keys) into columns, dates as day numbers."""
    if not rows:
        return [[] for _ in table.columns]
    columns: Columns = [list(values) for values in zip(*rows, strict=True)]
    for position, column in enumerate(table.columns):
        if column.kind == "date":
            columns[position] = [_day_number(value) for value in columns[position]]
    return columns


def _day_number(value: Cell) -> int | None:
    return None if value is None else to_number(value)  # type: ignore[arg-type]


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a table: keys and values, nullable only where stated."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
    }
    return pa.schema(
        [pa.field(c.name, types[c.kind], nullable=c.nullable) for c in table.all_columns]
    )


def arrow_table(
    table: Table, scenario: str, replications: Sequence[int], columns: Columns
) -> pa.Table:
    """Return columns of a block as an Arrow table.

    Args:
        table: which table.
        scenario: name of the scenario, the same for all rows.
        replications: replication number of each row.
        columns: the other columns, as made by ``to_columns``.
    """
    import pyarrow as pa

    schema = arrow_schema(table)
    arrays = [pa.repeat(pa.scalar(scenario, pa.string()), len(replications))]
    arrays.append(pa.array(replications, pa.int64()))
    for column, values in zip(table.columns, columns, strict=True):
        if column.kind == "date":
            arrays.append(pa.array(values, pa.int32()).cast(pa.date32()))
        else:
            arrays.append(pa.array(values, schema.field(column.name).type))
    return pa.Table.from_arrays(arrays, schema=schema)


class TableWriter:
    """Writes all Parquet tables of a batch side by side, block by block.

    Files appear under their names only when everything has been written (``with`` left without
    an exception); until then they are ``.partial`` files, removed on failure.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, Any] = {}
        self._waiting: dict[str, list[Any]] = {table.name: [] for table in TABLES}
        self._blocks = 0
        self._scenario = ""
        self.rows: dict[str, int] = {table.name: 0 for table in TABLES}

    def __enter__(self) -> TableWriter:
        import pyarrow.parquet as pq

        for table in TABLES:
            self._writers[table.name] = pq.ParquetWriter(
                self._partial(table),
                arrow_schema(table),
                compression="zstd",
                # Kept in memory for every row group until the end, and of no use to a reader.
                write_statistics=False,
            )
        return self

    def _partial(self, table: Table) -> Path:
        return self._folder / f"{table.file}.partial"

    def write(
        self, scenario: str, replications: Mapping[str, Sequence[int]], block: Mapping[str, Columns]
    ) -> None:
        """Write one block: for each table the replication of each row and the columns."""
        if scenario != self._scenario or self._blocks == GROUP // BLOCK:
            self._flush()
        self._scenario = scenario
        self._blocks += 1
        for table in TABLES:
            made = arrow_table(table, scenario, replications[table.name], block[table.name])
            self._waiting[table.name].append(made)
            self.rows[table.name] += made.num_rows

    def _flush(self) -> None:
        """Write the waiting blocks as one row group of each table."""
        import pyarrow as pa

        for table in TABLES:
            waiting = self._waiting[table.name]
            if waiting:
                group = pa.concat_tables(waiting).combine_chunks()
                self._writers[table.name].write_table(group, row_group_size=max(1, group.num_rows))
                waiting.clear()
        self._blocks = 0

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            for writer in self._writers.values():
                writer.close()
        for table in TABLES:
            if kind is None:
                os.replace(self._partial(table), self._folder / table.file)
            else:
                self._partial(table).unlink(missing_ok=True)


def read_table(folder: Path, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return one Parquet table of a results folder (or some of its columns) as a DataFrame.

    Dates are ``datetime.date`` objects, missing ones None.
    """
    import pyarrow.parquet as pq

    found = pq.read_table(
        folder / f"{name}.parquet", columns=list(columns) if columns is not None else None
    )
    frame: pd.DataFrame = found.to_pandas()
    return frame
