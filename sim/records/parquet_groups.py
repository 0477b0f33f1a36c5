"""Parquet files put together from row groups that were encoded one by one.

A row group's pages say nothing of where they stand; only the footer does. So a file can be
written as the bytes of its groups one after another and one footer in which every offset has been
moved to its place, and a group of an older file can be taken over without decoding it. The result
is, byte for byte, what one Arrow writer would have made of the same groups.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.records.compact import (
    HERE,
    INTEGERS,
    LISTS,
    STRUCT,
    Found,
    Wanted,
    read_field,
    read_integer,
    read_list,
    replaced,
    walk,
    write_integer,
    write_list,
)
from sim.records.files import Begun

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC: Final = b"PAR1"
PIECE: Final = 2**20
"""Bytes copied at a time."""

# Numbers of fields in Parquet's own description of its footers (parquet.thrift).
_FILE_ROWS, _FILE_GROUPS = 3, 4
_GROUP_ROWS, _GROUP_OFFSET, _GROUP_ORDINAL = 3, 5, 7
_MOST_ORDINAL: Final = 2**15 - 1
_PLACES: Final[Wanted] = {
    1: {  # a column's chunk: itself, its indexes; pages, index, dictionary, Bloom filter
        2: HERE,
        4: HERE,
        6: HERE,
        3: {9: HERE, 10: HERE, 11: HERE, 14: HERE},
    },
    _GROUP_OFFSET: HERE,
    _GROUP_ORDINAL: HERE,
}
_GROUP: Final[Wanted] = {_GROUP_ROWS: HERE, **_PLACES}


class Frame(NamedTuple):
    """What a footer says of the whole file: the pieces before, between and after these two.

    They are the number of rows and the list of groups.
    """

    before: bytes
    between: bytes
    after: bytes

    def around(self, groups: Sequence[RowGroup]) -> Iterator[bytes | memoryview]:
        """Yield the pieces of a footer of these groups."""
        yield self.before
        yield write_integer(sum(group.rows for group in groups))
        yield self.between
        yield write_list(len(groups), STRUCT)
        yield from (group.entry for group in groups)
        yield self.after


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A row group in a file: its entry in the footer, where its bytes begin, how many, its rows."""

    entry: bytes | memoryview
    start: int
    length: int
    rows: int


@dataclass(frozen=True, slots=True)
class Written:
    """A file that has been written: its rows and its SHA-256."""

    rows: int
    sha256: str


class GroupReader:
    """A finished file by its row groups; made by ``open_groups``.

    It holds the bytes of the footer. Arrow's own reader would hold about eight times as much.
    """

    def __init__(
        self, path: Path, descriptor: int, frame: Frame, groups: Sequence[RowGroup]
    ) -> None:
        self._path = path
        self._descriptor = descriptor
        self.frame = frame
        self.groups = groups

    def read(self, groups: Sequence[RowGroup], columns: Sequence[str]) -> pa.Table:
        """Return some columns of some groups, in their order."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        footer = b"".join(self.frame.around(groups))
        length = len(footer).to_bytes(4, "little")
        noted = pq.read_metadata(pa.BufferReader(MAGIC + footer + length + MAGIC))
        with pq.ParquetFile(self._path, metadata=noted) as source:
            return source.read(columns=list(columns), use_threads=False)

    def pieces(self, group: RowGroup) -> Iterator[bytes]:
        """Yield the bytes of a group as they are, piece by piece.

        Raises:
            OSError: they cannot be read, or have become fewer.
        """
        os.lseek(self._descriptor, group.start, os.SEEK_SET)
        left = group.length
        while left:
            piece = os.read(self._descriptor, min(left, PIECE))
            if not piece:
                raise OSError(f"{self._path}: became shorter while it was read")
            left -= len(piece)
            yield piece


@contextmanager
def open_groups(path: Path) -> Iterator[GroupReader]:
    """Open a finished file by its row groups.

    Raises:
        OSError: it cannot be read.
        ValueError: its footer is not as ``GroupWriter`` writes it.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.lseek(descriptor, 0, os.SEEK_END)
        os.lseek(descriptor, max(0, size - 8), os.SEEK_SET)
        tail = os.read(descriptor, 8)
        end = size - 8 - int.from_bytes(tail[:4], "little")
        if tail[4:] != MAGIC or end < len(MAGIC):
            raise ValueError(f"{path}: does not end as a Parquet file")
        os.lseek(descriptor, end, os.SEEK_SET)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            footer = file.read(size - 8 - end)
        yield GroupReader(path, descriptor, *read_footer(footer, end))
    finally:
        os.close(descriptor)


def read_footer(footer: bytes, end: int) -> tuple[Frame, list[RowGroup]]:
    """Take a footer apart.

    Args:
        footer: Parquet's footer, without its length and the magic.
        end: where it begins in the file, so where the last group ends.

    Raises:
        ValueError: the groups do not follow each other from the beginning to the footer, their
            rows do not make the file's, or this is no footer.
    """
    at = field = 0
    rows = listed = None
    groups: list[tuple[memoryview, int, int]] = []
    while True:
        try:
            field, kind, start = read_field(footer, at, field)
        except IndexError:
            raise ValueError("cut short") from None
        if not kind:
            break
        if field == _FILE_GROUPS and kind in LISTS:
            at = _read_groups(footer, start, groups)
            listed = Found(field, kind, start, at)
        else:
            at = walk(footer, start, kind, {}, [])
            if field == _FILE_ROWS:
                rows = Found(field, kind, start, at)
    if start != len(footer) or rows is None or listed is None or rows.start > listed.start:
        raise ValueError("rows and groups are not where they belong")
    frame = Frame(footer[: rows.start], footer[rows.stop : listed.start], footer[listed.stop :])
    starts = [place for _, _, place in groups] + [end]
    if starts[0] != len(MAGIC) or any(a >= b for a, b in pairwise(starts)):
        raise ValueError("the groups do not follow each other")
    if sum(own for _, own, _ in groups) != _number(footer, rows):
        raise ValueError("the rows of the groups are not those of the file")
    return frame, [
        RowGroup(entry, start, stop - start, own)
        for (entry, own, start), stop in zip(groups, starts[1:], strict=True)
    ]


def _read_groups(footer: bytes, at: int, groups: list[tuple[memoryview, int, int]]) -> int:
    """Add each group's entry, rows and place, and return where their list ends."""
    count, kind, at = read_list(footer, at)
    view = memoryview(footer)
    for _ in range(count):
        found: list[Found] = []
        stop = walk(footer, at, kind, _GROUP, found)
        # The group's own rows and place come after whatever its columns hold.
        own = {one.field: _number(footer, one) for one in found}
        if own.get(_GROUP_ROWS, -1) < 0 or _GROUP_OFFSET not in own:
            raise ValueError("a group that does not tell its rows or its place")
        groups.append((view[at:stop], own[_GROUP_ROWS], own[_GROUP_OFFSET]))
        at = stop
    return at


def _number(data: bytes, found: Found) -> int:
    if found.kind not in INTEGERS:
        raise ValueError(f"field {found.field} is not a whole number")
    return read_integer(data, found.start)[0]


def moved(entry: bytes | memoryview, by: int, ordinal: int) -> bytes | memoryview:
    """Return a group's entry with every offset moved, and with another place in the order.

    An offset of 0, or less, says that there is nothing, and stays. (Older Arrow, 15 for one, also
    wrote each column's entry behind its pages, with offsets that nobody reads; they stay too.)
    """
    data = bytes(entry)
    found: list[Found] = []
    walk(data, 0, STRUCT, _PLACES, found)
    changes: list[tuple[Found, bytes]] = []
    for one in found:
        value = _number(data, one)
        if one.field == _GROUP_ORDINAL:
            changes.append((one, write_integer(min(ordinal, _MOST_ORDINAL))))
        elif value > 0:
            changes.append((one, write_integer(value + by)))
    return replaced(data, changes)


def encode(table: pa.Table) -> tuple[Frame, RowGroup, memoryview]:
    """Return a table as one row group: its frame, its entry as the only group, its bytes.

    Whoever changes these options, or how replications are cut into groups, raises the results
    version too: a footer does not tell them all, and old groups would be copied among new ones.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        compression="zstd",
        # Every footer would hold them for each group and column, and no reader of ours asks.
        write_statistics=False,
    ) as writer:
        writer.write_table(table, row_group_size=max(1, table.num_rows))
    data = memoryview(sink.getvalue())
    end = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    frame, [group] = read_footer(bytes(data[end:-8]), end)
    return frame, group, data[group.start : end]


class GroupWriter:
    """A Parquet file that is being written group by group, into a file that has been begun."""

    def __init__(self, file: Begun, schema: pa.Schema) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._frame = encode(schema.empty_table())[0]
        self._groups: list[RowGroup] = []
        self._put(MAGIC)

    def add(self, table: pa.Table) -> None:
        """Write a table as the next group, even if it has no rows."""
        frame, group, data = encode(table)
        if frame != self._frame:
            raise ValueError("a group of another schema")
        self._note(group)
        self._put(data)

    def fits(self, old: GroupReader) -> bool:
        """Tell whether groups of an older file were made with the same schema, by the same Arrow.

        Only then are its bytes those that would be written today.
        """
        return old.frame == self._frame

    def copy(self, old: GroupReader, group: RowGroup) -> None:
        """Write a group of an older file that fits as the next group, without decoding it."""
        self._note(group)
        for piece in old.pieces(group):
            self._put(piece)

    def finish(self) -> Written:
        """Write the footer; nothing can follow."""
        footer = self._file.tell()
        for piece in self._frame.around(self._groups):
            self._put(piece)
        self._put((self._file.tell() - footer).to_bytes(4, "little") + MAGIC)
        return Written(sum(group.rows for group in self._groups), self._hash.hexdigest())

    def _note(self, group: RowGroup) -> None:
        start = self._file.tell()
        entry = group.entry  # as it is for each group of an unchanged beginning
        if start != group.start:
            entry = moved(entry, start - group.start, len(self._groups))
        self._groups.append(RowGroup(entry, start, group.length, group.rows))

    def _put(self, data: Any) -> None:
        self._hash.update(data)
        self._file.write(data)
