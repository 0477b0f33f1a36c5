"""The rounds before 2020, scored from the map of 2013: the count of CCGs on each 1 April.

The world of 2013 knows sizes, borders and regions only, so places are not scored: only the count,
round by round. Rounds follow each other in one run, so their errors are correlated.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.evidence.record import observed_counts
from sim.evidence.score.scores import covered, crps, log_score_of_count, pit

if TYPE_CHECKING:
    import pandas as pd

EARLIER_SCENARIO: Final = "history_2013"
LAST_YEAR: Final = 2019
LOWEST: Final = 42  # the least count that is thought possible in a log score
COLUMNS: Final = (
    "date",
    "observed",
    "median",
    "q05",
    "q95",
    "crps",
    "log_score",
    "pit",
    "covered_50",
    "covered_90",
    "nobody_merges",
)


def earlier_rounds(folder: Path, seed: int = 1) -> pd.DataFrame:
    """Return the scores of the count on each 1 April from 2014 to 2019.

    Args:
        folder: a finished batch of ``history_2013``.
        seed: of the randomised PIT.

    Years in which nobody merged count as well. ``nobody_merges`` is the error of the forecast that
    the count of the round before stays.
    """
    import pandas as pd

    counts = pd.read_parquet(folder / "counts.parquet")
    record = dict(observed_counts())
    rng = np.random.Generator(np.random.Philox(key=seed))
    rows = []
    before = min(record)
    for year in range(before.year + 1, LAST_YEAR + 1):
        day = date(year, 4, 1)
        members = counts.loc[counts["date"] == day, "ccgs"].to_numpy(dtype=float)
        stays = record[before]
        truth = record.setdefault(day, stays)  # where nobody merged the count stays
        before = day
        low, middle, high = np.quantile(members, (0.05, 0.5, 0.95))
        rows.append(
            (
                day.isoformat(),
                truth,
                float(middle),
                float(low),
                float(high),
                float(crps(truth, members)),
                log_score_of_count(truth, members, LOWEST, stays),
                float(pit(truth, members, rng.random())),
                bool(covered(truth, members, 0.5)),
                bool(covered(truth, members, 0.9)),
                float(abs(stays - truth)),
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def earlier_rounds_page(table: pd.DataFrame) -> Sequence[str]:
    """Return the table as lines of markdown."""
    lines = [
        "| 1 April | recorded | median (90%) | CRPS | log score | PIT | nobody merges: error |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in table.to_dict("records"):
        lines.append(
            f"| {row['date'][:4]} | {row['observed']} | {row['median']:.0f} ({row['q05']:.0f} to "
            f"{row['q95']:.0f}) | {row['crps']:.1f} | {row['log_score']:.1f} | {row['pit']:.2f} | "
            f"{row['nobody_merges']:.0f} |"
        )
    return lines
