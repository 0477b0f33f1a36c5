"""The rounds of 2015 to 2019 as one wave, seen from the map of 1 April 2013.

The world of 2013 has sizes, borders and regions, and the policy regimes as dated rates; it knows
no officers and no councils. So only counts are compared: how many mergers took effect by round,
how many CCGs they took in, and how many public proposals ended without one.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.evidence.register import attempts
from sim.evidence.waves import Wave

Array = NDArray[np.float64]
NAMES: Final = ("to_2016", "in_2017", "in_2018", "in_2019", "merged_ccgs", "ended")
ROUNDS: Final[dict[int, str]] = {
    2014: "to_2016",
    2015: "to_2016",
    2016: "to_2016",
    2017: "in_2017",
    2018: "in_2018",
    2019: "in_2019",
}
LAST_DAY: Final = date(2019, 4, 1)


def history_wave() -> Wave:
    """Return the wave of 2013 to 2019."""
    return Wave(
        name="history",
        tables={"name": "history", "extends": "history_2013", "end": LAST_DAY},
        names=NAMES,
        observed=_recorded(),
        signed=(),
        used=tuple(range(len(NAMES))),
        of=_simulated,
    )


def _recorded() -> Array:
    total = dict.fromkeys(NAMES, 0.0)
    for case in attempts():
        if case.round is None or case.round > LAST_DAY.year:
            continue
        if case.outcome == "merged":
            total[ROUNDS[case.round]] += 1
            total["merged_ccgs"] += len(case.ccgs)
        else:
            total["ended"] += 1
    return np.array([total[name] for name in NAMES])


def _simulated(folder: Path) -> tuple[Array, Array]:
    import pandas as pd

    columns = ["replication", "footprint", "drafted", "exit", "exit_on"]
    proposals = pd.read_parquet(folder / "proposals.parquet", columns=columns)
    replications = pd.read_parquet(folder / "replications.parquet", columns=["replication"])
    numbers = np.sort(replications["replication"].to_numpy())
    place = {int(number): row for row, number in enumerate(numbers)}
    totals = np.zeros((len(numbers), len(NAMES)))
    for number, footprint, drafted, left, left_on in zip(
        *(proposals[column].tolist() for column in columns), strict=True
    ):
        row = totals[place[number]]
        if left == "effective":
            row[NAMES.index(ROUNDS[left_on.year])] += 1
            row[NAMES.index("merged_ccgs")] += footprint.count("+") + 1
        elif isinstance(drafted, date) and isinstance(left_on, date) and left_on <= LAST_DAY:
            row[NAMES.index("ended")] += 1
    return numbers, totals
