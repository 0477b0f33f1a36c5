"""Shards: finished replications kept on disk as they finish, so that no run is lost or repeated.

A shard holds a range of replications of one series: one scenario, world and seed, and what is kept
of each. It is JSON text compressed by zlib behind one header line: readable by anything, quick to
write in a worker (no Arrow, no pandas), and, unlike a pickle, harmless when a results folder comes
from somebody else. The header names the series and carries the checksum of what follows; a shard
that is cut short, changed or of another series is taken as absent.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from sim.records.column import Table
from sim.records.days import to_number
from sim.records.files import write_whole
from sim.records.folds import Rows
from sim.records.schema import TABLES, schema_digest
from sim.records.tables import Columns, to_columns

SHARD_FOLDER: Final = ".shards"
MAGIC: Final = b"ccg-shard-2-" + schema_digest()[:16].encode()
"""Begins every shard; shards of other columns than today's are taken as absent."""
NAME: Final = re.compile(
    r"(?P<key>[a-z0-9_]+-[0-9a-f]{32})\.(?P<first>\d{7})-(?P<count>\d{4,7})\.shard"
)
MAXIMUM_BYTES: Final = 64 * 2**20
"""A shard that is, or unpacks to, more than this was not written here."""
MOST_MEMBERS: Final = 1000
"""Shards in a pack at most: one for each of its replications."""
EXACT: Final = 2**53
"""Whole numbers below this are exact in every table."""
FIRST_DAY: Final = to_number(date.min)
LAST_DAY: Final = to_number(date.max)


@dataclass(frozen=True, slots=True, order=True)
class ShardName:
    """Where a shard is and what it holds: first replication, their number, its series.

    ``member`` is its name within ``path`` where several have been packed into one file.
    """

    first: int
    count: int
    path: Path
    key: str
    member: str = ""

    @property
    def replications(self) -> range:
        """The replications that it says it holds."""
        return range(self.first, self.first + self.count)


class BrokenShard(Exception):  # noqa: N818 - what it is, not what went wrong
    """A shard whose checksum holds and whose content is not what a shard holds."""

    def __init__(self, shard: ShardName) -> None:
        super().__init__(f"{shard.path}: does not hold what its name says")
        self.shard = shard


def series_key(what: str, *identity: str) -> str:
    """Return the name of a series of shards.

    Args:
        what: what is kept of each replication: letters, digits and underscores.
        identity: all that decides what a replication is: digests of scenario and world, seed,
            results version.
    """
    text = "\n".join((what, *identity))
    return f"{what}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def shard_name(key: str, first: int, count: int) -> str:
    """Return the file name of a shard."""
    return f"{key}.{first:07d}-{count:04d}.shard"


def parse_name(folder: Path, name: str) -> ShardName | None:
    """Return what a file name says, or None where it is not a shard's."""
    match = NAME.fullmatch(name)
    if match is None or not int(match["count"]):
        return None
    return ShardName(int(match["first"]), int(match["count"]), folder / name, match["key"])


def write_shard(folder: Path, key: str, first: int, payload: Sequence[Any]) -> Path:
    """Write one shard whole; ``payload`` has one JSON-able item per replication.

    Args:
        folder: the shard folder.
        key: the series, from ``series_key``.
        first: number of the first replication.
        payload: what is kept of each replication, in order.

    Raises:
        OSError: it could not be written; nothing is left of it.
    """
    text = json.dumps(payload, separators=(",", ":"), allow_nan=False)
    body = zlib.compress(text.encode(), 1)
    header = b"%s %s\n" % (_mark(key), hashlib.sha256(body).hexdigest().encode())
    return write_whole(folder / shard_name(key, first, len(payload)), header + body)


def _mark(key: str) -> bytes:
    return MAGIC + b"-" + key.encode()


def shard_bytes(shard: ShardName) -> bytes | None:
    """Return the bytes of a shard if its header and checksum hold, or None.

    A pipe, a device or a folder in its place, and whatever is too large, is None too.
    """
    try:
        found = shard.path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAXIMUM_BYTES:
            return None
        if shard.member:
            data = _members(shard.path, found.st_mtime_ns, found.st_size)[shard.member]
        else:
            data = shard.path.read_bytes()
    except (OSError, LookupError, *NO_PACK):
        return None
    header, _, body = data.partition(b"\n")
    expected = b"%s %s" % (_mark(shard.key), hashlib.sha256(body).hexdigest().encode())
    return data if header == expected else None


NO_PACK: Final = (ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error)
"""What reading a file that is no pack may raise."""


@lru_cache(maxsize=1)
def _members(path: Path, changed: int, size: int) -> dict[str, bytes]:
    """Return the shards of a pack by name; the last pack is kept, being read again and again."""
    with zipfile.ZipFile(path) as packed:
        listed = packed.infolist()
        if len(listed) > MOST_MEMBERS or sum(one.file_size for one in listed) > MAXIMUM_BYTES:
            raise ValueError(f"{path}: holds more than a pack of ours")
        return {one.filename: packed.read(one) for one in listed}


def pack_names(path: Path) -> list[str]:
    """Return the names of the shards in a pack; none where it is not one."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAXIMUM_BYTES:
            return []
        return list(_members(path, found.st_mtime_ns, found.st_size))
    except (OSError, *NO_PACK):
        return []


def read_shard(shard: ShardName) -> list[Any] | None:
    """Return what a shard holds, one item per replication, or None where it is broken."""
    data = shard_bytes(shard)
    if data is None:
        return None
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data.partition(b"\n")[2], MAXIMUM_BYTES)
        if not unpacker.eof:
            return None
        payload = json.loads(text, parse_constant=_no_number)
    except (zlib.error, ValueError, RecursionError):
        return None
    if not isinstance(payload, list) or len(payload) != shard.count:
        return None
    return payload


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of ours")


def read_rows(shard: ShardName) -> list[dict[str, Columns]]:
    """Return the columns of all tables for each replication of a shard of rows.

    Raises:
        BrokenShard: it holds something else.
    """
    payload = read_shard(shard)
    if payload is None:
        raise BrokenShard(shard)
    try:
        rows = unsqueeze(payload)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):
        raise BrokenShard(shard) from None
    if not all(_fits(item) for item in rows):
        raise BrokenShard(shard)
    return rows


def read_counts(shard: ShardName) -> list[int] | None:
    """Return the numbers that a shard of single numbers holds, or None where it is broken."""
    payload = read_shard(shard)
    if payload is None or not all(type(value) is int for value in payload):
        return None
    return payload


def _day(value: object) -> bool:
    return type(value) is int and FIRST_DAY <= value <= LAST_DAY


def _whole(value: object) -> bool:
    return type(value) is int and abs(value) < EXACT


def _finite(value: float) -> bool:
    if type(value) is int:
        return abs(value) < EXACT
    return abs(value) < math.inf  # nor is what is no number at all


def _text(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


KINDS: Final[Mapping[str, tuple[frozenset[type], Callable[[Any], bool] | None]]] = {
    "string": (frozenset({str}), _text),
    "int": (frozenset({int}), _whole),
    "float": (frozenset({float, int}), _finite),
    "bool": (frozenset({bool}), None),
    "date": (frozenset({int}), _day),
}
"""The types that a column of a kind may hold, and what else must be true of each value."""


def _fits(item: Mapping[str, Columns]) -> bool:
    """Tell whether one replication's columns are those of the tables."""
    return item.keys() == {table.name for table in TABLES} and misfit(item) is None


def misfit(item: Mapping[str, Columns]) -> str | None:
    """Return the name of the first table whose columns could not be kept, or None."""
    return next((t.name for t in TABLES if not _table_fits(t, item[t.name])), None)


def _table_fits(table: Table, columns: Columns) -> bool:
    if len(columns) != len(table.columns):
        return False
    if any(not isinstance(values, list) or len(values) != len(columns[0]) for values in columns):
        return False
    if table.name == TABLES[0].name and len(columns[0]) != 1:  # one row for each replication
        return False
    for column, values in zip(table.columns, columns, strict=True):
        types, check = KINDS[column.kind]
        found = set(map(type, values))
        if column.nullable:
            found.discard(type(None))
        if not found <= types:
            return False
        if check is not None and not all(check(v) for v in values if v is not None):
            return False
    return True


def squeeze(payload: Sequence[dict[str, Columns]]) -> list[Any]:
    """Replace each column that equals the first replication's by 0, to keep names only once."""
    if not payload:
        return []
    first = payload[0]
    rest = [
        {
            name: [
                0 if column == model else column
                for column, model in zip(columns, first[name], strict=True)
            ]
            for name, columns in item.items()
        }
        for item in payload[1:]
    ]
    return [first, *rest]


def unsqueeze(payload: Sequence[Any]) -> list[dict[str, Columns]]:
    """Undo ``squeeze``; columns that were the same become the same list."""
    return [
        {
            name: [
                model if column == 0 else column
                for column, model in zip(columns, payload[0][name], strict=True)
            ]
            for name, columns in item.items()
        }
        for item in payload
    ]


def pack(rows: Rows) -> dict[str, Columns]:
    """Turn one replication's rows into what a shard keeps of it: columns by table."""
    return {table.name: to_columns(table, rows[table.name]) for table in TABLES}
