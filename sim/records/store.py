"""The shards of a folder together: which replications they hold, reading them, packing them.

Many small shards are written while a batch runs. Once its tables stand, whole thousands of
replications are packed into one file each, so that a long batch leaves tens of files, not
thousands. A pack is a ZIP file of the shards as they were, so nothing is decoded or written anew.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.records.files import PARTIAL, write_whole
from sim.records.schema import TABLES
from sim.records.shards import (
    BrokenShard,
    ShardName,
    pack_names,
    parse_name,
    read_rows,
    shard_bytes,
)
from sim.records.tables import BLOCK, Columns

PACKED: Final = 1000
"""Replications in a pack: whole row groups of the tables."""
PACK: Final = re.compile(r"(?P<key>[a-z0-9_]+-[0-9a-f]{32})\.(?P<first>\d{7})-\d{4,7}\.pack")
NOTES: Final = ("identity.json", "lock-holder")
"""What else is written among the shards: whose they are, and who holds the folder."""
JOB: Final = re.compile(r"job-[0-9]+-[0-9a-f]{16}\.pickle")
"""What workers are given (``sim.experiment.workers``); of no use once its run has ended."""
NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The time in every pack, so that the same shards give the same bytes."""


Fits = Callable[[Mapping[str, Columns]], bool]


@dataclass(frozen=True, slots=True)
class Block:
    """At most 25 replications of one scenario: columns and replication of each row by table."""

    replications: dict[str, list[int]]
    columns: dict[str, Columns]


def all_shards(folder: Path) -> dict[str, list[ShardName]]:
    """Return what the names in a folder say, by series and in order of the first replication.

    Nothing is read but the lists of packs.
    """
    found: dict[str, list[ShardName]] = {}
    if not folder.is_dir():
        return found
    for path in folder.iterdir():
        if shard := parse_name(folder, path.name):
            found.setdefault(shard.key, []).append(shard)
        elif PACK.fullmatch(path.name):
            for member in _members(path):
                found.setdefault(member.key, []).append(member)
    return {key: sorted(shards) for key, shards in found.items()}


def _members(path: Path) -> Iterator[ShardName]:
    """Yield the shards in a pack; none where it is not one."""
    for name in pack_names(path):
        if shard := parse_name(path.parent, name):
            yield ShardName(shard.first, shard.count, path, shard.key, name)


def find_shards(
    folder: Path,
    key: str,
    start: int = 0,
    found: Mapping[str, list[ShardName]] | None = None,
    sound: Callable[[ShardName], object] = shard_bytes,
) -> list[ShardName]:
    """Return the shards of a series that reach ``start`` or beyond and whose checksum holds.

    Args:
        folder: the shard folder.
        key: the series.
        start: shards that end before this replication are left out unread.
        found: what ``all_shards`` has returned, where it has been asked already.
        sound: reads a shard and returns None where it is broken.
    """
    shards = (all_shards(folder) if found is None else found).get(key, [])
    return [
        shard for shard in shards if shard.first + shard.count > start and sound(shard) is not None
    ]


def held(shards: Iterable[ShardName], replications: int, start: int = 0) -> bytearray:
    """Return a mark for each replication from 0: 1 where a shard holds it or it is before start."""
    marks = bytearray(replications)
    marks[: min(start, replications)] = b"\x01" * min(start, replications)
    for shard in shards:
        stop = min(shard.first + shard.count, replications)
        if shard.first < stop:
            marks[shard.first : stop] = b"\x01" * (stop - shard.first)
    return marks


def missing_ranges(have: Sequence[int], longest: int = BLOCK) -> list[range]:
    """Return what is still to be run as ranges that lie within one block of 25 each.

    Args:
        have: a mark for each replication wanted, as ``held`` returns it.
        longest: most replications in a range.
    """
    ranges: list[range] = []
    first: int | None = None
    replications = len(have)
    for number in range(replications + 1):
        wanted = number < replications and not have[number]
        if first is not None and (not wanted or number % BLOCK == 0 or number - first >= longest):
            ranges.append(range(first, number))
            first = None
        if wanted and first is None:
            first = number
    return ranges


def blocks(
    shards: Sequence[ShardName],
    replications: int,
    start: int = 0,
    skip: Collection[int] = (),
    fits: Fits = lambda tables: True,
) -> Iterator[Block]:
    """Yield replications ``start`` to ``replications`` - 1 of a series as blocks of 25, in order.

    Only one block is held at a time. Where shards overlap, the first that holds a replication
    counts (all would hold the same). Blocks without any replication are left out.

    Args:
        shards: the shards of the series.
        replications: how many are wanted, from 0.
        start: the first to be read, a multiple of 25.
        skip: replications that are in no shard because they failed.
        fits: tells whether a replication's columns can be of this scenario and world.

    Raises:
        BrokenShard: a shard holds something else than its name says.
        LookupError: a replication is in no sound shard.
    """
    queue = sorted(shards)
    for first in range(start, replications, BLOCK):
        wanted = [n for n in range(first, min(first + BLOCK, replications)) if n not in skip]
        kept: dict[int, Mapping[str, Columns]] = {}
        for shard in queue:
            if shard.first >= first + BLOCK:
                break
            if shard.first + shard.count <= first:
                continue
            for number, item in zip(shard.replications, read_rows(shard), strict=True):
                if not fits(item):
                    raise BrokenShard(shard)
                kept.setdefault(number, item)
        absent = [number for number in wanted if number not in kept]
        if absent:
            raise LookupError(f"replication {absent[0]} is in no shard")
        queue = [shard for shard in queue if shard.first + shard.count > first + BLOCK]
        if wanted:
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


def remove_broken(folder: Path, key: str, fits: Fits) -> None:
    """Remove the shards of a series whose content is not what they say; packs with them.

    Only whoever holds the folder may ask for this.
    """
    for shard in find_shards(folder, key):
        try:
            sound = all(map(fits, read_rows(shard)))
        except BrokenShard:
            sound = False
        if not sound:
            shard.path.unlink(missing_ok=True)


def compact(folder: Path, keys: Iterable[str], replications: int) -> None:
    """Pack the loose shards of these series, each whole thousand of replications into one file.

    Loose shards are removed only when their pack is on the disk.

    Args:
        folder: the shard folder.
        keys: the series.
        replications: those before this have been run; a thousand that reaches beyond stays loose.

    Raises:
        OSError: a pack could not be written; the loose shards are still there.
    """
    found = all_shards(folder)
    for key in keys:
        thousands: dict[int, list[ShardName]] = {}
        for shard in found.get(key, []):
            thousands.setdefault(shard.first // PACKED, []).append(shard)
        for number, shards in sorted(thousands.items()):
            if (number + 1) * PACKED <= replications:
                _pack(folder / f"{key}.{number * PACKED:07d}-{PACKED:04d}.pack", shards)


def _pack(path: Path, shards: Sequence[ShardName]) -> None:
    """Put loose shards, and what the pack holds already, into one pack."""
    loose = [shard for shard in shards if not shard.member]
    if not loose:
        return
    sound = [(shard, data) for shard in shards if (data := shard_bytes(shard)) is not None]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for shard, data in sound:
            packed.writestr(zipfile.ZipInfo(shard.member or shard.path.name, NO_TIME), data)
    write_whole(path, buffer.getvalue())
    for shard in loose:
        with suppress(OSError):
            shard.path.unlink(missing_ok=True)


def clear_leftovers(folder: Path) -> None:
    """Remove what a run that was ended half-way has left among the shards, and nothing else."""
    for path in folder.iterdir() if folder.is_dir() else ():
        begun = PARTIAL.fullmatch(path.name)
        name = path.name if begun is None else begun["name"]
        ours = JOB.fullmatch(name) is not None
        if begun is not None and not ours:
            ours = name in NOTES or is_ours(folder / name)
        if ours:
            with suppress(OSError):
                path.unlink()


def is_ours(path: Path) -> bool:
    """Tell by its name whether a path is a shard or a pack."""
    return parse_name(path.parent, path.name) is not None or PACK.fullmatch(path.name) is not None


def remove_shards(folder: Path) -> None:
    """Remove all shards and packs of a folder, and nothing else."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if is_ours(path):
            path.unlink(missing_ok=True)
