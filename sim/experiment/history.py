"""Numbers of commissioning bodies that England has had before (the "Edwards rule")."""

from __future__ import annotations

from pathlib import Path

from sim.world.load import read_table
from sim.world.neighbouring_tables import read_history


def former_counts(world_folder: Path, start_count: int, *, before: int = 2019) -> frozenset[int]:
    """Return the counts that the commissioning tier had before a year, the start's excepted.

    Read from ``history_counts.csv`` of a world folder; empty where the world has none. The rule
    asks whether a reorganisation ends at a number that the NHS has had before.

    Raises:
        InputError: the table is wrong; it has been changed since the world was loaded.
    """
    if not world_folder.is_dir():
        return frozenset()
    rows = read_history(read_table(world_folder, "history_counts.csv"))
    counts = {row.count for row in rows if row.tier == "commissioning" and row.year_from < before}
    return frozenset(counts - {start_count})
