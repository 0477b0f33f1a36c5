"""Whether events happen as often as their stated probabilities, and how certain that is.

Murphy's decomposition, and the reliability curve with bands that a calibrated forecast would stay
in. CCGs of one system merge together or not at all, so bands for independent items would be too
narrow; where the forecast is an ensemble, its own replications serve as truths instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

BINS: Final = 10
BAND: Final = 0.90
RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True)
class Murphy:
    """A mean Brier score taken apart: brier = reliability - resolution + uncertainty + within.

    ``reliability`` is the loss by saying wrong probabilities (0 is best), ``resolution`` the gain
    by telling cases apart, ``uncertainty`` the score of the base rate. ``within`` is what the
    differences between forecasts of one bin leave over (0 where all of a bin are equal): variance
    within bins less twice the covariance with the outcome (Stephenson and others, Weather and
    Forecasting 23, 2008).
    """

    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def bin_of(probabilities: ArrayLike, bins: int = BINS) -> NDArray[np.int64]:
    """Return the bin, of equal width, that each probability falls in; 1 belongs to the last."""
    chance = np.asarray(probabilities, dtype=float)
    # rounding keeps a share such as 3 of 10 in the bin that begins at it
    return np.minimum((np.round(chance * bins, 9)).astype(np.int64), bins - 1)


def murphy(outcomes: ArrayLike, probabilities: ArrayLike, bins: int = BINS) -> Murphy:
    """Take the mean Brier score apart over bins of equal width.

    Args:
        outcomes: 0 or 1, shape (n,).
        probabilities: shape (n,).
        bins: how many bins.
    """
    truth, chance = np.asarray(outcomes, dtype=float), np.asarray(probabilities, dtype=float)
    place = bin_of(chance, bins)
    number = np.bincount(place, minlength=bins).astype(float)
    some = number > 0
    mean_p = np.bincount(place, chance, bins)[some] / number[some]
    mean_o = np.bincount(place, truth, bins)[some] / number[some]
    weight = number[some] / len(truth)
    rate = float(truth.mean())
    score = float(((chance - truth) ** 2).mean())
    reliability = float(weight @ (mean_p - mean_o) ** 2)
    resolution = float(weight @ (mean_o - rate) ** 2)
    uncertainty = rate * (1 - rate)
    within = score - (reliability - resolution + uncertainty)
    return Murphy(score, reliability, resolution, uncertainty, within)


def reliability_curve(
    outcomes: ArrayLike,
    probabilities: ArrayLike,
    *,
    seed: int,
    bins: int = BINS,
    draws: ArrayLike | None = None,
) -> pd.DataFrame:
    """Return, for each bin of forecasts, how often they came true and how often they should have.

    Args:
        outcomes: 0 or 1, shape (n,).
        probabilities: shape (n,).
        seed: seeds the resampling.
        bins: bins of equal width.
        draws: outcomes under the forecast, shape (truths, n), such as the replications of the
            ensemble, which keep the dependence between items. Without it each item is drawn by
            itself with its probability, 2,000 times (Broecker and Smith, Weather and Forecasting
            22, 2007).

    Returns:
        A row per bin that holds forecasts: bin, low, high, items, forecast (mean probability),
        observed (share that came true), band_low and band_high (central 90% of that share where
        the forecast is calibrated).
    """
    import pandas as pd

    truth, chance = np.asarray(outcomes, dtype=float), np.asarray(probabilities, dtype=float)
    if draws is None:
        rng = np.random.default_rng(seed)
        drawn: Floats = (rng.random((RESAMPLES, len(chance))) < chance).astype(float)
    else:
        drawn = np.asarray(draws, dtype=float)
    place = bin_of(chance, bins)
    tail = (1 - BAND) / 2
    rows = []
    for number in range(bins):
        mine = place == number
        if not mine.any():
            continue
        shares = drawn[:, mine].mean(axis=1)
        low, high = np.quantile(shares, [tail, 1 - tail])
        rows.append(
            (
                number,
                number / bins,
                (number + 1) / bins,
                int(mine.sum()),
                float(chance[mine].mean()),
                float(truth[mine].mean()),
                float(low),
                float(high),
            )
        )
    columns = ["bin", "low", "high", "items", "forecast", "observed", "band_low", "band_high"]
    return pd.DataFrame(rows, columns=columns)


def histogram_band(values: ArrayLike, bars: int) -> tuple[Floats, Floats]:
    """Return the central 90% of each bar of histograms over 0 to 1.

    Args:
        values: values under calibration, shape (truths, items).
        bars: bars of equal width.
    """
    edges = np.linspace(0.0, 1.0, bars + 1)
    heights = np.array([np.histogram(row, edges)[0] for row in np.asarray(values, dtype=float)])
    tail = (1 - BAND) / 2
    ends = np.quantile(heights.astype(float), [tail, 1 - tail], axis=0)
    return ends[0], ends[1]
