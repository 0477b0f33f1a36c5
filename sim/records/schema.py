"""The columns of every output table: names, order, kinds, keys and meaning.

Pure Python, so that workers can use it without loading Arrow; ``sim.records.tables`` turns it
into Arrow schemas. Every table begins with the keys ``scenario`` and ``replication``, which the
folds leave out and the writer adds.
"""

from __future__ import annotations

import hashlib
from typing import Final

from sim.records.column import EXITS, STATES, Cell, Column, Kind, Row, Table
from sim.records.column import count as _count
from sim.records.mechanisms.registry import MECHANISM_COLUMNS

__all__ = ["Cell", "Column", "Kind", "Row", "Table"]

SCALARS: Final[tuple[Column, ...]] = (
    _count("final_ccgs", "CCGs at the end date inclusive"),
    _count("proposals", "proposals opened, those alive at the start included"),
    _count("proposals_local", "proposals whose origin is local"),
    _count("proposals_centre", "proposals whose origin is the centre"),
    _count("perceived_centre", "proposals that members took for the centre's"),
    _count("narrower", "proposals made from a larger one that failed (they have a parent)"),
    _count("drafted", "proposals that were drafted"),
    _count("engaged", "proposals that opened engagement"),
    _count("proposals_balloted", "proposals whose members have voted"),
    _count("ballots_held", "ballots held, one per CCG and attempt"),
    _count("ballots_lost", "ballots not carried"),
    _count("ballots_inquorate", "ballots without a quorum"),
    _count("reballots", "ballots that were a second or later attempt"),
    _count("proposals_lost", "proposals that ended because a ballot was lost"),
    _count("applications", "applications made, re-entries after deferral included"),
    _count("approved", "national decisions to approve, with or without conditions"),
    _count("deferred", "national decisions to defer"),
    _count("refused", "national decisions to refuse"),
    _count("withdrawn", "proposals withdrawn"),
    _count("lapsed", "proposals that lapsed"),
    _count("open_at_end", "proposals still open on the end date"),
    _count("mergers", "mergers that took effect"),
    _count("merged_ccgs", "starting CCGs that had merged by the end"),
    _count("crossing_mergers", "mergers of CCGs that started in more than one system"),
    _count("repeat_mergers", "mergers with a part that was itself formed by merger"),
    _count("systems_with_one_ccg", "systems with exactly one CCG at the end"),
    _count("leaders_left", "system leaders who left during the run"),
    Column(
        "panel_wait_days",
        "float",
        "mean days an application waited for a regional panel; empty where none was assessed",
        nullable=True,
    ),
    *MECHANISM_COLUMNS,
)

REPLICATIONS: Final = Table("replications", (), SCALARS)

COUNTS: Final = Table(
    "counts",
    ("date",),
    (
        Column("date", "date", "start date, each 1 April, end date"),
        Column("ccgs", "int", "CCGs on that day, mergers of that day included"),
    ),
)

SYSTEMS: Final = Table(
    "systems",
    ("date", "system"),
    (
        Column("date", "date", "the same dates as in counts"),
        Column("system", "string", "code of the system"),
        Column("system_name", "string", "name of the system"),
        Column("ccgs", "int", "CCGs that belong to it; 0 is possible after a merger across"),
    ),
)

CCGS: Final = Table(
    "ccgs",
    ("ccg",),
    (
        Column("ccg", "string", "starting CCG"),
        Column("merged_on", "date", "its first merger", nullable=True),
        Column("last_merged_on", "date", "its last merger", nullable=True),
        Column("successor", "string", "the body it is in at the end; itself if it never merged"),
    ),
)

PROPOSALS: Final = Table(
    "proposals",
    ("proposal",),
    (
        Column("proposal", "string", "system and ordinal"),
        Column("system", "string", "home system"),
        Column("parent", "string", "the larger proposal it was made from", nullable=True),
        Column("footprint", "string", "starting CCGs it would merge, joined with +"),
        Column("origin", "string", "who really started it: local or centre"),
        Column("perceived_origin", "string", "who members think started it", nullable=True),
        *(
            Column(state, "date", f"day it became {state} (see folds for repeats)", nullable=True)
            for state in STATES
        ),
        Column("exit", "string", "how it ended: " + ", ".join(EXITS)),
        Column("exit_on", "date", "day it ended; empty while open", nullable=True),
        Column("reason", "string", "why it ended, where the log says so", nullable=True),
    ),
)

BALLOTS: Final = Table(
    "ballots",
    ("proposal", "ccg", "attempt"),
    (
        Column("proposal", "string", "the proposal voted on"),
        Column("ccg", "string", "the body whose members voted"),
        Column("attempt", "int", "1, or 2 for a re-ballot"),
        Column("date", "date", "day of the count"),
        Column("practices", "int", "member practices"),
        Column("votes_for", "int", "practices for"),
        Column("votes_against", "int", "practices against"),
        Column("abstained", "int", "practices that abstained or did not vote"),
        Column("weight_for", "float", "weight of the votes for"),
        Column("weight_against", "float", "weight of the votes against"),
        Column("quorate", "bool", "enough practices voted"),
        Column("carried", "bool", "the CCG's rule was met"),
        Column("lmc_advice", "string", "support, neutral, oppose or none"),
    ),
)

PARAMETERS: Final = Table(
    "parameters",
    ("parameter",),
    (
        Column("parameter", "string", "name of the parameter"),
        Column("value", "float", "the value drawn for this replication"),
    ),
)

TABLES: Final[tuple[Table, ...]] = (
    REPLICATIONS,
    COUNTS,
    SYSTEMS,
    CCGS,
    PROPOSALS,
    BALLOTS,
    PARAMETERS,
)
"""All Parquet tables, in the order in which they are written."""

TABLE_BY_NAME: Final[dict[str, Table]] = {table.name: table for table in TABLES}


def schema_digest() -> str:
    """Return a hash of all tables' names, columns and kinds: what a kept row must fit."""
    text = repr([(t.name, [(c.name, c.kind, c.nullable) for c in t.all_columns]) for t in TABLES])
    return hashlib.sha256(text.encode()).hexdigest()
