"""The rounds of 2015 to 2019 as one wave, seen from the map of 1 April 2013.

The world of 2013 has sizes, borders and regions, and the policy regimes as dated rates; it knows
no officers and no councils. So only counts are compared: how many mergers took effect by round,
how many CCGs they took in, and how many public proposals ended without one.

One of the rounds' waves can be left out. Then its mergers do not count, nor do their CCGs and the
proposals that ended while it was under way: the two totals are taken over the other waves. To drop
the totals instead would throw away what the others say about sizes and failures; to split them by
wave for good would change the fit to all of them. The replications stay the same: only what is
counted in them changes.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from sim.evidence.arrays import Array
from sim.evidence.fit.waves import Wave
from sim.evidence.record import attempts

NAMES: Final = ("to_2016", "in_2017", "in_2018", "in_2019", "merged_ccgs", "ended")
ROUNDS: Final[dict[int, str]] = {
    2014: "to_2016",
    2015: "to_2016",
    2016: "to_2016",
    2017: "in_2017",
    2018: "in_2018",
    2019: "in_2019",
}
WAVES: Final = tuple(dict.fromkeys(ROUNDS.values()))
"""The waves that can be left out: each by the name of the summary that counts its mergers."""
LAST_DAY: Final = date(2019, 4, 1)


def history_wave(left_out: str = "") -> Wave:
    """Return the wave of 2013 to 2019, whole or without one of ``WAVES``."""
    if left_out and left_out not in WAVES:
        raise ValueError(f"{left_out!r} is none of the waves {', '.join(WAVES)}")
    names = _names(left_out)
    return Wave(
        name="history",
        tables={"name": "history", "extends": "history_2013", "end": LAST_DAY},
        names=names,
        observed=_recorded(left_out),
        signed=(),
        used=tuple(range(len(names))),
        of=partial(_simulated, left_out=left_out),
    )


def last_day(wave: str) -> date:
    """Return the 1 April on which the last mergers of one of ``WAVES`` took effect."""
    return date(max(year for year, name in ROUNDS.items() if name == wave), 4, 1)


def _names(left_out: str) -> tuple[str, ...]:
    return tuple(name for name in NAMES if name != left_out)


def _wave_under_way(day: date) -> str:
    """Return the wave whose 1 April was the next on a day, that day itself included."""
    year = day.year if day <= date(day.year, 4, 1) else day.year + 1
    return ROUNDS[max(year, min(ROUNDS))]


def _recorded(left_out: str) -> Array:
    total = dict.fromkeys(NAMES, 0.0)
    for case in attempts():
        if case.round is None or case.round > LAST_DAY.year or ROUNDS[case.round] == left_out:
            continue
        if case.outcome == "merged":
            total[ROUNDS[case.round]] += 1
            total["merged_ccgs"] += len(case.ccgs)
        else:
            total["ended"] += 1
    return np.array([total[name] for name in _names(left_out)])


def _simulated(folder: Path, left_out: str) -> tuple[Array, Array]:
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
        if not isinstance(left_on, date) or left_on > LAST_DAY:
            continue
        wave = _wave_under_way(left_on)
        if wave == left_out:
            continue
        row = totals[place[number]]
        if left == "effective":
            row[NAMES.index(wave)] += 1
            row[NAMES.index("merged_ccgs")] += footprint.count("+") + 1
        elif isinstance(drafted, date):
            row[NAMES.index("ended")] += 1
    columns_left = [NAMES.index(name) for name in _names(left_out)]
    return numbers, np.ascontiguousarray(totals[:, columns_left])
