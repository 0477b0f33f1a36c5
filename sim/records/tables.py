"""Arrow schemas of the output tables and their writing as Parquet, block by block.

Blocks hold at most 25 replications of one scenario, Parquet row groups four blocks. Both are cut
by replication number alone, so the bytes of a table depend neither on workers nor on how often a
batch was extended; and a batch that grows takes its complete groups over as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from sim.records.days import to_number
from sim.records.files import whole_files
from sim.records.parquet_groups import GroupReader, GroupWriter, Written, open_groups
from sim.records.schema import REPLICATIONS, TABLES, Cell, Row, Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BLOCK: Final = 25
"""Replications in a block: what is read from shards at a time."""
GROUP: Final = 100
"""Replication numbers in a Parquet row group."""

Columns = list[list[Any]]
"""A table by columns, with dates as days since 1 January 1970."""


class BlockLike(Protocol):
    """Some replications of one scenario: replication number of each row, and columns, by table."""

    @property
    def replications(self) -> Mapping[str, Sequence[int]]:
        """By table, the replication number of each row, in order."""

    @property
    def columns(self) -> Mapping[str, Columns]:
        """By table, the other columns."""


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


@dataclass(frozen=True, slots=True)
class OldTables:
    """The finished tables of a batch that is run again, whose complete groups may be taken over.

    Attributes:
        folder: where they lie; whoever hands them over has checked their checksums.
        scenarios: names of their scenarios, in their order.
        replications: how many replications were asked for of each.
        sound: for each scenario, how many replications from 0 on are still as they should be;
            only whole groups of 100 within them are taken over.
    """

    folder: Path
    scenarios: Sequence[str]
    replications: int
    sound: Mapping[str, int]


class TableWriter:
    """Writes all Parquet tables of a batch side by side; made by ``table_writer``.

    Each hundred replication numbers of a scenario are one row group of every table, with as many
    rows as there are, none if need be. So group g of the scenario in place i is row group
    i x ceil(N / 100) + g, in all tables.
    """

    def __init__(self, files: Mapping[str, GroupWriter], replications: int) -> None:
        self._files = files
        self._replications = replications
        self._old: OldTables | None = None
        self._old_files: Mapping[str, GroupReader] = {}
        self._waiting: list[BlockLike] = []
        self._scenario: str | None = None
        self._done = 0  # groups of this scenario that have been written
        self._next = 0  # the least replication that can come next

    def take_over(self, old: OldTables, files: Mapping[str, GroupReader]) -> None:
        """Take complete groups from older tables, where all of these are as they should be."""
        groups = len(old.scenarios) * groups_of(old.replications)
        if all(
            len(files[name].groups) == groups and writer.fits(files[name])
            for name, writer in self._files.items()
        ):
            self._old, self._old_files = old, files

    def begin(self, scenario: str) -> int:
        """Begin the next scenario; return the replication from which on blocks are still needed.

        What goes before is taken over from the older tables.
        """
        self._end()
        self._scenario = scenario
        old = self._old
        if old is not None and scenario in old.scenarios:
            kept = min(old.sound.get(scenario, 0), old.replications, self._replications)
            first = old.scenarios.index(scenario) * groups_of(old.replications)
            self._done = kept // GROUP
            for name, file in self._files.items():
                source = self._old_files[name]
                for group in source.groups[first : first + self._done]:
                    file.copy(source, group)
        self._next = self._done * GROUP
        return self._next

    def write(self, block: BlockLike) -> None:
        """Take the next block of the scenario; replications may be missing, also whole groups."""
        numbers = block.replications[REPLICATIONS.name]
        if not numbers:
            return
        group = numbers[0] // GROUP
        if numbers[0] < self._next or numbers[-1] >= min((group + 1) * GROUP, self._replications):
            raise ValueError(f"replications {numbers[0]} to {numbers[-1]} are out of place")
        self._next = numbers[-1] + 1
        if self._waiting and group > self._done:
            self._write_group()
        while self._done < group:
            self._write_group()
        self._waiting.append(block)

    def _write_group(self) -> None:
        """Write the waiting blocks, or nothing, as one row group of each table."""
        import pyarrow as pa

        for table in TABLES:
            made = [
                arrow_table(
                    table,
                    self._scenario or "",
                    block.replications[table.name],
                    block.columns[table.name],
                )
                for block in self._waiting
            ]
            whole = pa.concat_tables([arrow_schema(table).empty_table(), *made])
            self._files[table.name].add(whole.combine_chunks())
        self._waiting.clear()
        self._done += 1

    def _end(self) -> None:
        if self._scenario is None:
            return
        if self._waiting:
            self._write_group()
        while self._done < groups_of(self._replications):
            self._write_group()
        self._done, self._scenario = 0, None

    def finish(self) -> dict[str, Written]:
        """Write what is still waiting and the footers; return rows and checksum by file."""
        self._end()
        return {table.file: self._files[table.name].finish() for table in TABLES}


@contextmanager
def open_tables(folder: Path, tables: Sequence[Table]) -> Iterator[dict[str, GroupReader]]:
    """Open some finished tables by their row groups, by name.

    Raises:
        OSError: one cannot be read.
        ValueError: one was not written here.
    """
    with ExitStack() as stack:
        yield {
            table.name: stack.enter_context(open_groups(folder / table.file)) for table in tables
        }


def groups_of(replications: int) -> int:
    """Return how many row groups a scenario with so many replications has in each table."""
    return -(-replications // GROUP)


@contextmanager
def table_writer(
    folder: Path, replications: int, old: OldTables | None = None
) -> Iterator[TableWriter]:
    """Write all Parquet tables of a batch; the caller ends with ``finish``.

    The files take their places when everything has been written; left by an exception, older
    ones are still there and nothing is left beside them.

    Args:
        folder: the results folder.
        replications: how many replications of each scenario there are to be.
        old: older tables of the same batch, for their complete groups.
    """
    with ExitStack() as stack:
        begun = stack.enter_context(whole_files([folder / table.file for table in TABLES]))
        writer = TableWriter(
            {
                table.name: GroupWriter(file, arrow_schema(table))
                for table, file in zip(TABLES, begun, strict=True)
            },
            replications,
        )
        if old is not None:
            with suppress(OSError, ValueError):  # anything odd: all is written from the shards
                writer.take_over(old, stack.enter_context(open_tables(old.folder, TABLES)))
        yield writer


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
