"""Summaries of a batch, gathered block by block while its tables are written.

``summary.csv`` has one row per scenario and outcome. Mean, standard deviation (n - 1) and
standard error (sd / sqrt(n)) are over the replications in which the outcome is defined; quantiles
interpolate linearly between order statistics. Outcomes named ``p_...`` are probabilities: the
mean of a yes or no per replication, with a Wilson 95 % interval and no quantiles.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sim.records.csv_text import write_rows
from sim.records.days import april_outcome, from_number
from sim.records.schema import COUNTS, REPLICATIONS
from sim.records.shards import Block

__all__ = ["Gathered", "write_rows"]

Z_95: Final = 1.959963984540054
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


@dataclass(slots=True)
class Gathered:
    """The outcomes of one scenario's replications so far: eight bytes for each."""

    values: dict[str, array[float]] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Take the outcomes of one block."""
        columns = block.columns[REPLICATIONS.name]
        for column, found in zip(REPLICATIONS.columns, columns, strict=True):
            self._series(column.name).extend(float(v) for v in found if v is not None)
        counts = block.columns[COUNTS.name]
        days, numbers = counts[COUNTS.position("date")], counts[COUNTS.position("ccgs")]
        for day, number in zip(days, numbers, strict=True):
            when = from_number(day)
            if (when.month, when.day) == (4, 1):
                self._series(april_outcome(when)).append(float(number))

    def _series(self, name: str) -> array[float]:
        return self.values.setdefault(name, array("d"))

    def rows(self, scenario: str, former: frozenset[int]) -> list[tuple[Any, ...]]:
        """Return this scenario's rows of the summary: counts by date, chances, the rest."""
        dated = sorted(name for name in self.values if name.startswith("ccgs_"))
        rows = [_number_row(scenario, name, self.values[name]) for name in [*dated, "final_ccgs"]]
        final = self.values["final_ccgs"]
        for name, question in end_chances(former).items():
            rows.append(_chance_row(scenario, name, sum(map(question, final)), len(final)))
        falls = self.values.get("largest_fall", array("d"))
        for name, question in FALL_CHANCES.items() if falls else ():
            rows.append(_chance_row(scenario, name, sum(map(question, falls)), len(falls)))
        rest = [name for name in self.values if name != "final_ccgs" and name not in dated]
        rows += [_number_row(scenario, name, self.values[name]) for name in rest]
        return rows


def _spread(values: Sequence[float]) -> tuple[float, float | None, float | None]:
    n = len(values)
    mean = math.fsum(values) / n
    if n < 2:
        return mean, None, None
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    return mean, sd, sd / math.sqrt(n)


def _number_row(scenario: str, name: str, values: Sequence[float]) -> tuple[Any, ...]:
    if not values:
        return (scenario, name, 0, *[None] * (len(SUMMARY_COLUMNS) - 3))
    ordered = array("d", sorted(values))
    quantiles = [quantile(ordered, share) for _, share in QUANTILES]
    return (scenario, name, len(values), *_spread(values), *quantiles, None, None, None)


def _chance_row(scenario: str, name: str, yes: int, n: int) -> tuple[Any, ...]:
    share = yes / n
    sd = math.sqrt(share * (1 - share) * n / (n - 1)) if n > 1 else None
    se = sd / math.sqrt(n) if sd is not None else None
    blank = [None] * len(QUANTILES)
    return (scenario, name, n, share, sd, se, *blank, share, *wilson(yes, n))
