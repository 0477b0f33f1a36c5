"""What was forecast of the number of CCGs in 2019, beside what a batch gives.

The forecasts are a journalist's of June and October 2019, in words; the bounds that stand for the
words are stated here. ``p`` is the batch's probability that the forecast comes true at the end,
``entered_on`` the first counting date on which the median count lies within the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.experiment.summary import WAVE_2006, wilson

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.batch import Batch


@dataclass(frozen=True, slots=True)
class Forecast:
    """One forecast: its name, the row of the list of mechanisms, words, and bounds inclusive."""

    name: str
    mechanism: int
    words: str
    low: int
    high: int


FORECASTS: Final = (
    Forecast("around_60_70", 33, "around 60 to 70 at the end", 60, 70),
    Forecast("more_than_42", 30, "more than one CCG a system", 43, 191),
    Forecast("fewer_than_191", 31, "fewer than at the start", 1, 190),
    Forecast("fewer_than_councils", 32, "fewer than the 150-odd top-tier councils", 1, 149),
)
FORECAST_COLUMNS: Final = (
    "scenario",
    "forecast",
    "mechanism",
    "low",
    "high",
    "replications",
    "p",
    "p_low",
    "p_high",
    "brier_if_true",
    "entered_on",
)


def forecasts_beside(batch: Batch) -> pd.DataFrame:
    """Return one row per scenario and forecast: how likely the batch holds it, and from when.

    ``brier_if_true`` is (1 - p)^2, the batch's own penalty should the forecast come true.
    ``entered_on`` is empty where the median never lies within the bounds.
    """
    import pandas as pd

    counts = batch.counts
    median = counts.groupby(["scenario", "date"])["ccgs"].median()
    rows = []
    for name in batch.scenarios:
        final = batch.replications.query("scenario == @name")["final_ccgs"]
        path = median[name].sort_index()
        for one in FORECASTS:
            within = path[(path >= one.low) & (path <= one.high)]
            yes = int(final.between(one.low, one.high).sum())
            share = yes / len(final)
            rows.append(
                (
                    name,
                    one.name,
                    one.mechanism,
                    one.low,
                    one.high,
                    len(final),
                    share,
                    *wilson(yes, len(final)),
                    (1.0 - share) ** 2,
                    within.index[0] if len(within) else None,
                )
            )
    return pd.DataFrame(rows, columns=list(FORECAST_COLUMNS))


def wave_sizes(batch: Batch) -> pd.DataFrame:
    """Return the fall in CCGs between counting dates against the wave of 2006, by scenario.

    One row per scenario and date: mean and quantiles of the fall since the date before, and the
    share of replications in which it is larger than that of 2006 (about 150).
    """
    counts = batch.counts.sort_values(["scenario", "replication", "date"])
    fall = -counts.groupby(["scenario", "replication"])["ccgs"].diff()
    found = counts.assign(fall=fall).dropna(subset=["fall"]).groupby(["scenario", "date"])["fall"]
    return found.agg(
        mean="mean",
        q05=lambda falls: falls.quantile(0.05),
        q50="median",
        q95=lambda falls: falls.quantile(0.95),
        p_larger_than_2006=lambda falls: float((falls > WAVE_2006).mean()),
    ).reset_index()
