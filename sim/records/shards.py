"""Shards: finished replications kept on disk as they finish, so that no run is lost or repeated.

A shard holds a range of replications of one scenario. It is JSON text compressed by zlib behind
one header line: readable by anything, quick to write in a worker (no Arrow, no pandas), and,
unlike a pickle, harmless when a results folder comes from somebody else. The header carries the
checksum of what follows; a shard that is cut short or changed is taken as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.records.folds import Rows
from sim.records.schema import TABLES, schema_digest
from sim.records.tables import BLOCK, Columns, to_columns

SHARD_FOLDER: Final = ".shards"
MAGIC: Final = b"ccg-shard-1-" + schema_digest()[:16].encode()
"""Begins every shard; shards of other columns than today's are taken as absent."""
_NAME: Final = re.compile(r"(?P<key>[a-z0-9-]+)\.(?P<first>\d{7})-(?P<count>\d{4})\.shard")
MAXIMUM_BYTES: Final = 64 * 2**20
"""A shard that unpacks to more than this was not written here."""


@dataclass(frozen=True, slots=True, order=True)
class ShardName:
    """Where a shard is and what it holds: its series, first replication and their number."""

    first: int
    count: int
    path: Path

    @property
    def replications(self) -> range:
        """The replications it says that it holds."""
        return range(self.first, self.first + self.count)


@dataclass(frozen=True, slots=True)
class Block:
    """At most 25 replications of one scenario: columns and replication of each row by table."""

    replications: dict[str, list[int]]
    columns: dict[str, Columns]


def series_key(scenario_position: int, digest: str, what: str = "runs") -> str:
    """Return the name of a series of shards: one scenario of a batch and what was kept of it."""
    return f"s{scenario_position:03d}-{what}-{digest[:16].lower()}"


def write_shard(folder: Path, key: str, first: int, payload: Sequence[Any]) -> Path:
    """Write one shard atomically; ``payload`` has one JSON-able item per replication.

    Args:
        folder: the shard folder.
        key: the series, from ``series_key``.
        first: number of the first replication.
        payload: what is kept of each replication, in order.
    """
    text = json.dumps(payload, separators=(",", ":"), allow_nan=False)
    body = zlib.compress(text.encode(), 1)
    header = b"%s %s\n" % (MAGIC, hashlib.sha256(body).hexdigest().encode())
    path = folder / f"{key}.{first:07d}-{len(payload):04d}.shard"
    handle, partial = tempfile.mkstemp(prefix="partial-", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(header + body)
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return path


def read_shard(name: ShardName) -> list[Any] | None:
    """Return what a shard holds, one item per replication, or None where it is broken."""
    body = _sound_body(name.path)
    if body is None:
        return None
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(body, MAXIMUM_BYTES)
        if not unpacker.eof:
            return None
        payload = json.loads(text)
    except (zlib.error, ValueError, RecursionError):
        return None
    if not isinstance(payload, list) or len(payload) != name.count:
        return None
    return payload


def _sound_body(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    header, _, body = data.partition(b"\n")
    expected = b"%s %s" % (MAGIC, hashlib.sha256(body).hexdigest().encode())
    return body if header == expected else None


def find_shards(folder: Path, key: str) -> list[ShardName]:
    """Return the shards of a series whose checksum holds, by first replication."""
    found: list[ShardName] = []
    if not folder.is_dir():
        return found
    for path in folder.iterdir():
        match = _NAME.fullmatch(path.name)
        if match and match["key"] == key and int(match["count"]) and _sound_body(path) is not None:
            found.append(ShardName(int(match["first"]), int(match["count"]), path))
    return sorted(found)


def present(shards: Iterable[ShardName]) -> set[int]:
    """Return the replications that these shards hold."""
    return {number for shard in shards for number in shard.replications}


def missing_ranges(have: set[int], replications: int, longest: int = BLOCK) -> list[range]:
    """Return what is still to be run as ranges that lie within one block of 25 each.

    Args:
        have: replications already present.
        replications: how many are wanted, from 0.
        longest: most replications in a range.
    """
    ranges: list[range] = []
    first: int | None = None
    for number in range(replications + 1):
        wanted = number < replications and number not in have
        if first is not None and (not wanted or number % BLOCK == 0 or number - first >= longest):
            ranges.append(range(first, number))
            first = None
        if wanted and first is None:
            first = number
    return ranges


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


def blocks(shards: Sequence[ShardName], replications: int) -> Iterator[Block]:
    """Yield the first ``replications`` replications of a series as blocks of 25, in order.

    Only one block is held at a time. Where shards overlap, the first that holds a replication
    counts (all would hold the same).

    Raises:
        LookupError: a replication is in no sound shard.
    """
    queue = sorted(shards)
    for first in range(0, replications, BLOCK):
        wanted = range(first, min(first + BLOCK, replications))
        kept: dict[int, Mapping[str, Columns]] = {}
        for shard in queue:
            if shard.first >= wanted.stop:
                break
            if shard.first + shard.count <= first:
                continue
            payload = unsqueeze(read_shard(shard) or [])
            for number, item in zip(shard.replications, payload, strict=False):
                if number in wanted:
                    kept.setdefault(number, item)
        absent = sorted(set(wanted) - set(kept))
        if absent:
            raise LookupError(f"replication {absent[0]} is in no shard")
        queue = [shard for shard in queue if shard.first + shard.count > wanted.stop]
        yield _join([(number, kept[number]) for number in wanted])


def _join(parts: Sequence[tuple[int, Mapping[str, Columns]]]) -> Block:
    replications: dict[str, list[int]] = {}
    columns: dict[str, Columns] = {}
    for table in TABLES:
        numbers: list[int] = []
        joined: Columns = [[] for _ in table.columns]
        for number, tables in parts:
            mine = tables[table.name]
            numbers.extend([number] * len(mine[0]))
            for into, values in zip(joined, mine, strict=True):
                into.extend(values)
        replications[table.name] = numbers
        columns[table.name] = joined
    return Block(replications, columns)
