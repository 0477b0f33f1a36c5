"""Patterns of the round of 2020, fixed in a file before anything was fitted: each passed or not.

Two tests, stated in the file beside each pattern with the reason. ``band``: the observed value
lies inside the central band of the replications that holds the share ``threshold``, ends
included. ``at_least``: the mean over all replications is at least ``threshold``. A band that
spans everything is passed by a model that knows nothing, so its ends are reported too.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from sim.errors import InputError, nearest
from sim.evidence.record.observed import FOLDER
from sim.evidence.record.round_tables import RoundTables
from sim.evidence.score.pattern_statistics import STATISTICS

if TYPE_CHECKING:
    import pandas as pd

LEAST_DEFINED: Final = 0.2
"""A pattern that fewer replications than this can show at all is not passed."""
COLUMNS: Final = (
    "pattern",
    "arm",
    "observed",
    "mean",
    "low",
    "median",
    "high",
    "defined",
    "test",
    "threshold",
    "passed",
    "sentence",
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern: a sentence, how it is measured, what was seen, and when it is passed."""

    pattern: str
    sentence: str
    statistic: str
    observed: float
    test: Literal["band", "at_least"]
    threshold: float
    reason: str
    source: str


def load_patterns(folder: Path = FOLDER) -> tuple[Pattern, ...]:
    """Return the patterns in the order of their file.

    Raises:
        InputError: the file is missing, or names an unknown statistic or test, or a number is
            none or out of range.
    """
    path = folder / "patterns.csv"
    try:
        with path.open(encoding="utf-8", newline="") as table:
            rows = list(enumerate(csv.DictReader(table), start=2))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    return tuple(_pattern(row, f"{path}, row {line}") for line, row in rows)


def _pattern(row: Mapping[str, str], where: str) -> Pattern:
    statistic, test = row.get("statistic") or "", row.get("test") or ""
    if statistic not in STATISTICS:
        raise InputError(
            f"{where}, column statistic: {statistic!r} is unknown{nearest(statistic, STATISTICS)}"
        )
    if test != "band" and test != "at_least":
        raise InputError(f"{where}, column test: {test!r} must be band or at_least")
    numbers = {}
    for column in ("observed", "threshold"):
        try:
            numbers[column] = float(row.get(column) or "")
        except ValueError:
            raise InputError(
                f"{where}, column {column}: {row.get(column)!r} is not a number"
            ) from None
    if not 0 < numbers["threshold"] <= 1:
        raise InputError(f"{where}, column threshold: {numbers['threshold']:g} must be in 0 to 1")
    return Pattern(
        pattern=row.get("pattern") or "",
        sentence=row.get("sentence") or "",
        statistic=statistic,
        observed=numbers["observed"],
        test="band" if test == "band" else "at_least",
        threshold=numbers["threshold"],
        reason=row.get("reason") or "",
        source=row.get("source") or "",
    )


def patterns_report(
    arms: Mapping[str, RoundTables], patterns: tuple[Pattern, ...] | None = None
) -> pd.DataFrame:
    """Return each pattern for each arm, passed or not.

    Args:
        arms: tables of the fitted model and of its ablations, by the name of the arm.
        patterns: those of ``patterns.csv`` by default.

    Returns:
        Columns ``COLUMNS``, ordered by pattern, then arm: what was observed; mean, ends and
        median of the replications (the ends of the band, or of the central 90% for
        ``at_least``); the share of replications in which it is defined.
    """
    import pandas as pd

    rows = []
    for pattern in load_patterns() if patterns is None else patterns:
        for arm, tables in arms.items():
            values = STATISTICS[pattern.statistic](tables)
            rows.append((pattern.pattern, arm, *_judged(pattern, values), pattern.sentence))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _judged(
    pattern: Pattern, values: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> tuple[float | str | bool, ...]:
    known = values[~np.isnan(values)]
    defined = len(known) / len(values) if len(values) else 0.0
    if not len(known):
        nan = float("nan")
        ends = (nan, nan, nan, nan)
    else:
        tail = (1 - (pattern.threshold if pattern.test == "band" else 0.9)) / 2
        low, median, high = (float(x) for x in np.quantile(known, [tail, 0.5, 1 - tail]))
        ends = (float(known.mean()), low, median, high)
    mean, low, median, high = ends
    if pattern.test == "band":
        # observed shares are written with four decimals
        passed = low - 5e-5 <= pattern.observed <= high + 5e-5
    else:
        passed = mean >= pattern.threshold - 1e-12
    passed = bool(passed and defined >= LEAST_DEFINED)
    return (
        pattern.observed,
        mean,
        low,
        median,
        high,
        defined,
        pattern.test,
        pattern.threshold,
        passed,
    )


def passes(report: pd.DataFrame) -> pd.DataFrame:
    """Return how many patterns each arm passes: columns arm, passed, of."""
    tally = report.groupby("arm", sort=False)["passed"].agg(["sum", "size"]).reset_index()
    return tally.rename(columns={"sum": "passed", "size": "of"})
