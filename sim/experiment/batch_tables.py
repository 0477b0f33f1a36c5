"""Everything a batch writes beside its manifest: the Parquet tables, then the summaries of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiment.history import former_counts
from sim.experiment.places import NEEDED as PLACED
from sim.experiment.places import PLACE_COLUMNS, place_rows
from sim.experiment.plan import BatchPlan
from sim.experiment.summary import NEEDED as SUMMARISED
from sim.experiment.summary import SUMMARY_COLUMNS, summary_rows
from sim.records.column import Table
from sim.records.csv_text import write_rows
from sim.records.days import april_firsts, count_dates, to_number
from sim.records.failures import FAILURES, FailureRow, write_failures
from sim.records.manifest import FileEntry, file_digest
from sim.records.parquet_groups import Written
from sim.records.schema import (
    BALLOTS,
    CCGS,
    COUNTS,
    PARAMETERS,
    PROPOSALS,
    REPLICATIONS,
    SYSTEMS,
)
from sim.records.store import Fits, blocks, find_shards
from sim.records.tables import BlockLike, Columns, OldTables, groups_of, open_tables, table_writer
from sim.world.load import world_folder
from sim.world.model import World

if TYPE_CHECKING:
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Part:
    """One scenario of a batch, as far as its tables need it.

    Attributes:
        scenario: its name.
        world: its world.
        start: first day of its run.
        end: last day of its run.
        former: counts for the Edwards rule; if empty, that is not asked.
        blocks: gives its finished replications from a given one on (a multiple of 100), in order
            and in blocks that do not cross a hundred. Replications that failed are left out; a
            block may be empty.
    """

    scenario: str
    world: World
    start: date
    end: date
    former: frozenset[int]
    blocks: Callable[[int], Iterable[BlockLike]]


def write_tables(
    parts: Sequence[Part], replications: int, folder: Path, old: OldTables | None = None
) -> dict[str, Written]:
    """Write all tables and summaries of a batch; return rows and SHA-256 of each file.

    The bytes depend only on the parts and the number of replications, not on ``old``. The Parquet
    tables take their places together; summary.csv and places.csv follow, made from them.

    Args:
        parts: the scenarios, in the order of the tables.
        replications: how many replications of each scenario were asked for.
        folder: the results folder.
        old: tables of the same batch with other numbers of replications, which may lie in the same
            folder; their checksums have been verified. Their complete groups are copied.

    Raises:
        OSError: a file could not be written; Parquet tables that were there before still are,
            or all are the new ones.
    """
    with table_writer(folder, replications, old) as writer:
        for part in parts:
            for block in part.blocks(writer.begin(part.scenario)):
                writer.write(block)
        written = writer.finish()
    each = groups_of(replications)
    own = [(part, range(i * each, (i + 1) * each)) for i, part in enumerate(parts)]
    summary: list[tuple[object, ...]] = []
    with open_tables(folder, SUMMARISED) as tables:
        for part, groups in own:
            days = april_firsts(part.start, part.end)
            summary += summary_rows(tables, part.scenario, groups, days, part.former)
    places: list[tuple[object, ...]] = []
    with open_tables(folder, PLACED) as tables:
        for part, groups in own:
            world, start, end = part.world, part.start, part.end
            places += place_rows(tables, part.scenario, groups, world, start, end)
    for name, columns, rows in (
        ("summary.csv", SUMMARY_COLUMNS, summary),
        ("places.csv", PLACE_COLUMNS, places),
    ):
        number = write_rows(folder / name, columns, rows)
        written[name] = Written(number, file_digest(folder / name))
    return written


def write_batch_tables(
    plan: BatchPlan,
    scenarios: Sequence[Scenario],
    replications: int,
    folder: Path,
    shards: Path,
    *,
    former: frozenset[int] | None,
    old: OldTables | None,
    failures: Sequence[FailureRow],
) -> dict[str, FileEntry]:
    """Write everything of a batch but its manifest, from its shards; say what the manifest needs.

    Args:
        plan: worlds and shard series of the batch.
        scenarios: its scenarios.
        replications: how many of each were asked for.
        folder: the results folder.
        shards: where the shards lie.
        former: counts for the Edwards rule; by default from each world's own history.
        old: sound tables of the same batch, whose complete groups are taken over.
        failures: the replications that failed, which are in no shard.

    Raises:
        BrokenShard, LookupError: a replication that did not fail is in no sound shard.
        OSError: a file could not be written.
    """
    failed: dict[str, set[int]] = {scenario.name: set() for scenario in scenarios}
    for name, number, _, _ in failures:
        failed[name].add(number)
    parts = []
    for position, scenario in enumerate(scenarios):
        world = plan.worlds[plan.world_of[position]]
        counts = _former(scenario, world) if former is None else former
        several = partial(
            _blocks,
            shards,
            plan.keys[position],
            replications,
            failed[scenario.name],
            columns_of(world, scenario),
        )
        parts.append(Part(scenario.name, world, scenario.start, scenario.end, counts, several))
    written: Mapping[str, Written] = write_tables(parts, replications, folder, old)
    files = {name: FileEntry(one.rows, one.sha256) for name, one in written.items()}
    if failures:
        files[FAILURES.file] = write_failures(folder, failures)
    else:
        (folder / FAILURES.file).unlink(missing_ok=True)
    return files


def _blocks(
    shards: Path, key: str, replications: int, failed: Collection[int], fits: Fits, start: int
) -> Iterable[BlockLike]:
    return blocks(find_shards(shards, key, start), replications, start, failed, fits)


def columns_of(world: World, scenario: Scenario) -> Fits:
    """Return what tells whether a replication's columns can be of a scenario on a world.

    Its rows are there for every CCG and every counting day, and as many proposals and ballots as
    its outcomes say: a shard whose checksum holds may all the same be somebody's invention.
    """
    codes = sorted(ccg.code for ccg in world.ccgs)
    days = [to_number(day) for day in count_dates(scenario.start, scenario.end)]

    def fits(tables: Mapping[str, Columns]) -> bool:
        def column(table: Table, name: str) -> list[Any]:
            return tables[table.name][table.position(name)]

        def said(name: str) -> object:
            return column(REPLICATIONS, name)[0]

        def once(table: Table) -> bool:
            keys = list(zip(*(column(table, key) for key in table.keys), strict=True))
            return len(set(keys)) == len(keys)

        return (
            column(CCGS, "ccg") == codes
            and column(COUNTS, "date") == days
            and list(dict.fromkeys(column(SYSTEMS, "date"))) == days
            and len(column(PROPOSALS, "proposal")) == said("proposals")
            and len(column(BALLOTS, "ccg")) == said("ballots_held")
            and all(once(table) for table in (SYSTEMS, PROPOSALS, BALLOTS, PARAMETERS))
        )

    return fits


def _former(scenario: Scenario, world: World) -> frozenset[int]:
    """Return the former counts of the scenario's world; none where it is not on disk."""
    try:
        folder = world_folder(scenario.world)
    except InputError:
        return frozenset()
    return former_counts(folder, len(world.ccgs))
