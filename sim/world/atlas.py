"""What lies beside a world for showing and judging results: hex layout and earlier counts.

Neither is part of ``World``: no rule or agent may look at them.
"""

from __future__ import annotations

from pathlib import Path

from sim.errors import InputError
from sim.world.bodies import read_ccg_rows
from sim.world.load import read_table, world_folder
from sim.world.neighbouring_tables import HistoryCount, read_hexes, read_history


def load_hex_layout(name_or_path: str | Path = "england_2019") -> dict[str, tuple[int, int]]:
    """Return the hex of each CCG by code as axial coordinates (q, r); empty if there is none.

    Pointy-top hexes, r growing southwards: x = sqrt(3) * (q + r / 2), y = 1.5 * r (down).

    Raises:
        InputError: the table is wrong; names file, row and column.
    """
    folder = world_folder(name_or_path)
    ccgs = read_table(folder, "ccgs.csv")
    return read_hexes(read_table(folder, "hex_layout.csv"), read_ccg_rows(ccgs) if ccgs else {})


def load_history_counts(name_or_path: str | Path = "england_2019") -> tuple[HistoryCount, ...]:
    """Return how many bodies of each kind there were in earlier years; empty if not given.

    Raises:
        InputError: the table is wrong; names file, row and column.
    """
    return read_history(read_table(world_folder(name_or_path), "history_counts.csv"))


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
