"""What lies beside a world for showing and judging results: hex layout and earlier counts.

Neither is part of ``World``: no rule or agent may look at them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.world.bodies import read_ccg_rows
from sim.world.errors import InputError
from sim.world.load import read_table, world_folder


@dataclass(frozen=True, slots=True)
class HistoryCount:
    """How many bodies of one kind the NHS in England had from one year to another."""

    body: str
    tier: str
    year_from: int
    year_to: int
    count: int


def load_hex_layout(name_or_path: str | Path = "england_2019") -> dict[str, tuple[int, int]]:
    """Return the hex of each CCG by code as axial coordinates (q, r); empty if there is none.

    Pointy-top hexes, r growing southwards: x = sqrt(3) * (q + r / 2), y = 1.5 * r (down).

    Raises:
        InputError: a CCG is unknown, missing or doubled, or two share a hex.
    """
    folder = world_folder(name_or_path)
    table, ccg_table = read_table(folder, "hex_layout.csv"), read_table(folder, "ccgs.csv")
    if table is None or ccg_table is None:
        return {}
    codes = read_ccg_rows(ccg_table)
    hexes: dict[str, tuple[int, int]] = {}
    owner: dict[tuple[int, int], str] = {}
    for row in table.rows:
        row.known("ccg", codes, "CCG")
        code = row.text("ccg")
        if code in hexes:
            raise row.error("ccg", f"'{code}' is there twice; each must be there once")
        place = row.whole("q", -(10**6)), row.whole("r", -(10**6))
        if place in owner:
            raise row.error("q", f"{place} is already the hex of {owner[place]}")
        owner[place] = code
        hexes[code] = place
    for code in codes:
        if code not in hexes:
            raise table.whole_error("ccg", f"CCG {code} has no hex")
    return hexes


def load_history_counts(name_or_path: str | Path = "england_2019") -> tuple[HistoryCount, ...]:
    """Return how many bodies of each kind there were in earlier years; empty if not given.

    Raises:
        InputError: a cell is wrong, or a period ends before it begins.
    """
    table = read_table(world_folder(name_or_path), "history_counts.csv")
    found: list[HistoryCount] = []
    for row in table.rows if table else ():
        first, last = row.whole("year_from", 1), row.whole("year_to", 1)
        if last < first:
            raise row.error("year_to", f"{last} is before year_from, {first}")
        found.append(
            HistoryCount(
                row.filled("body"),
                row.choice("tier", ("commissioning", "region", "provider", "system")),
                first,
                last,
                row.whole("count", 1),
            )
        )
    return tuple(found)


def earlier_counts(
    name_or_path: str | Path = "england_2019", tier: str = "commissioning", before: int = 2019
) -> frozenset[int]:
    """Return the numbers of bodies that a tier had before a year ("never the same twice").

    Raises:
        InputError: the table is wrong, or it has no row of this tier.
    """
    rows = load_history_counts(name_or_path)
    tiers = {row.tier for row in rows}
    if rows and tier not in tiers:
        raise InputError(f"tier '{tier}' is not in history_counts.csv; it has: {sorted(tiers)}")
    return frozenset(row.count for row in rows if row.tier == tier and row.year_from < before)
