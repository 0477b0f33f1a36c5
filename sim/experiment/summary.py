"""Summaries of a batch, made from its finished tables, a few columns at a time.

``summary.csv`` has one row per scenario and outcome. Mean, standard deviation (n - 1) and
standard error (sd / sqrt(n)) are over the replications in which the outcome is defined; quantiles
interpolate linearly between order statistics. Outcomes named ``p_...`` are probabilities: the
mean of a yes or no per replication, with a Wilson 95% interval and no quantiles. Of a scenario
without a single replication every outcome is defined in 0 of them, and the rest is empty.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.records.days import april_outcome
from sim.records.parquet_groups import GroupReader
from sim.records.schema import COUNTS, REPLICATIONS

if TYPE_CHECKING:
    import pyarrow as pa

Z_95: Final = 1.959963984540054
CELLS: Final = 500_000
"""Values held at a time, so that memory stays flat; or one column, where that is more."""
GROUPS: Final = 20
"""Row groups read at a time."""
NEEDED: Final = (REPLICATIONS, COUNTS)
"""The tables that the summary is made from."""
QUANTILES: Final = (("q05", 0.05), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q95", 0.95))
SUMMARY_COLUMNS: Final = (
    "scenario",
    "outcome",
    "replications",
    "mean",
    "sd",
    "se",
    *(name for name, _ in QUANTILES),
    "p",
    "p_low",
    "p_high",
)


def wilson(successes: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a probability (Wilson 1927).

    With p = successes / trials: centre (p + z^2 / 2n) / (1 + z^2 / n), half-width
    z sqrt(p (1 - p) / n + z^2 / 4n^2) / (1 + z^2 / n).
    """
    share = successes / trials
    scale = 1.0 + z * z / trials
    centre = (share + z * z / (2 * trials)) / scale
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / scale
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return low, high


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of sorted values, interpolating linearly (Hyndman and Fan's type 7)."""
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def end_chances(former: frozenset[int]) -> dict[str, Callable[[float], bool]]:
    """Return the questions asked of the final count, by outcome name.

    Args:
        former: counts that the commissioning tier had before; if empty, that is not asked.
    """
    chances: dict[str, Callable[[float], bool]] = {
        "p_60_70": lambda count: 60 <= count <= 70,
        "p_more_than_42": lambda count: count > 42,
        "p_fewer_than_151": lambda count: count < 151,
    }
    if former:
        chances["p_former_count"] = lambda count: count in former
    return chances


WAVE_2006: Final = 150
"""Bodies that went at one stroke in 2006, when about 300 primary care trusts became about 150."""
FALL_CHANCES: Final[dict[str, Callable[[float], bool]]] = {
    "p_fall_over_150": lambda fall: fall > WAVE_2006,
}
"""Questions asked of the largest fall between two counting dates, by outcome name."""


def summary_rows(
    tables: Mapping[str, GroupReader],
    scenario: str,
    groups: range,
    days: Sequence[date],
    former: frozenset[int],
) -> list[tuple[Any, ...]]:
    """Return a scenario's rows of the summary: counts by date, chances, the rest.

    Args:
        tables: the finished tables of ``NEEDED``, by name.
        scenario: its name.
        groups: its row groups in the tables.
        days: the first days of April of its run.
        former: counts that the commissioning tier had before; if empty, that is not asked.
    """
    dated = _counts_by_date(tables[COUNTS.name], groups)
    if not dated:
        dated = {april_outcome(day): array("d") for day in days}
    rows = {name: _number_row(scenario, name, dated.pop(name)) for name in sorted(dated)}
    chances: list[tuple[Any, ...]] = []
    for name, values in _outcomes(tables[REPLICATIONS.name], groups):
        rows[name] = _number_row(scenario, name, values)
        if name == "final_ccgs":
            for chance, question in end_chances(former).items():
                chances.append(_chance_row(scenario, chance, values, question))
        elif name == "largest_fall" and values:
            for chance, question in FALL_CHANCES.items():
                chances.append(_chance_row(scenario, chance, values, question))
    first = [name for name in rows if name.startswith("ccgs_")] + ["final_ccgs"]
    rest = [name for name in rows if name not in first]
    return [rows[name] for name in first] + chances + [rows[name] for name in rest]


def _outcomes(table: GroupReader, groups: range) -> Iterator[tuple[str, array[float]]]:
    """Yield every scalar outcome with its values, where defined, a few columns at a time."""
    names = [column.name for column in REPLICATIONS.columns]
    rows = sum(table.groups[group].rows for group in groups)
    several = max(1, CELLS // max(1, rows))
    for first in range(0, len(names), several):
        values = {name: array("d") for name in names[first : first + several]}
        for found in _in_pieces(table, groups, list(values)):
            for name, own in values.items():
                own.frombytes(_floats(found.column(name)))
        yield from values.items()


def _counts_by_date(table: GroupReader, groups: range) -> dict[str, array[float]]:
    """Return the counts of CCGs on each 1 April, by the outcome's name."""
    import pyarrow.compute as pc

    values: dict[str, array[float]] = {}
    for found in _in_pieces(table, groups, ["date", "ccgs"]):
        days, numbers = found.column("date"), found.column("ccgs")
        for day in days.unique().to_pylist():
            if (day.month, day.day) == (4, 1):
                own = values.setdefault(april_outcome(day), array("d"))
                own.frombytes(_floats(numbers.filter(pc.equal(days, day))))
    return values


def _in_pieces(table: GroupReader, groups: range, columns: Sequence[str]) -> Iterator[pa.Table]:
    for first in range(0, len(groups), GROUPS):
        some = [table.groups[group] for group in groups[first : first + GROUPS]]
        yield table.read(some, columns)


def _floats(column: pa.ChunkedArray) -> bytes:
    values: bytes = column.drop_null().cast("float64").to_numpy().tobytes()
    return values


def _spread(values: Sequence[float]) -> tuple[float, float | None, float | None]:
    n = len(values)
    mean = math.fsum(values) / n
    if n < 2:
        return mean, None, None
    # Most outcomes are counts of few sizes, and fsum is exact in whatever order.
    different, times = np.unique(values, return_counts=True)
    squares = ((value - mean) ** 2 for value in different.tolist())
    squared = math.fsum(chain.from_iterable(map(repeat, squares, times.tolist())))
    sd = math.sqrt(squared / (n - 1))
    return mean, sd, sd / math.sqrt(n)


def _number_row(scenario: str, name: str, values: Sequence[float]) -> tuple[Any, ...]:
    if not values:
        return (scenario, name, 0, *[None] * (len(SUMMARY_COLUMNS) - 3))
    ordered = array("d", sorted(values))
    quantiles = [quantile(ordered, share) for _, share in QUANTILES]
    return (scenario, name, len(values), *_spread(values), *quantiles, None, None, None)


def _chance_row(
    scenario: str, name: str, values: Sequence[float], question: Callable[[float], bool]
) -> tuple[Any, ...]:
    n = len(values)
    if not n:
        return (scenario, name, 0, *[None] * (len(SUMMARY_COLUMNS) - 3))
    yes = sum(map(question, values))
    share = yes / n
    sd = math.sqrt(share * (1 - share) * n / (n - 1)) if n > 1 else None
    se = sd / math.sqrt(n) if sd is not None else None
    blank = [None] * len(QUANTILES)
    return (scenario, name, n, share, sd, se, *blank, share, *wilson(yes, n))
