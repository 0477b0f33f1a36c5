"""Numbers of commissioning bodies that England has had before (the "Edwards rule")."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

HISTORY: Final = "history_counts.csv"


def former_counts(world_folder: Path, start_count: int, *, before: int = 2019) -> frozenset[int]:
    """Return the counts that the commissioning tier had before a year, the start's excepted.

    Read from ``history_counts.csv`` of a world folder (columns ``tier``, ``year_from`` and
    ``count`` are used); empty where the world has none. The rule asks whether a reorganisation
    ends at a number that the NHS has had before.
    """
    path = world_folder / HISTORY
    if not path.is_file():
        return frozenset()
    counts = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["tier"] == "commissioning" and row["count"] and int(row["year_from"]) < before:
                counts.add(int(row["count"]))
    return frozenset(counts - {start_count})
