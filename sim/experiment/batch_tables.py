"""Everything a batch writes beside its manifest: the Parquet tables, then the summaries of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sim.experiment.places import NEEDED as PLACED
from sim.experiment.places import PLACE_COLUMNS, place_rows
from sim.experiment.summary import NEEDED as SUMMARISED
from sim.experiment.summary import SUMMARY_COLUMNS, summary_rows, write_rows
from sim.records.days import april_firsts
from sim.records.manifest import file_digest
from sim.records.parquet_groups import Written
from sim.records.tables import Block, OldTables, groups_of, open_tables, table_writer
from sim.world.model import World


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
    blocks: Callable[[int], Iterable[Block]]


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
