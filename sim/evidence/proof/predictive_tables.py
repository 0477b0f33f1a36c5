"""How well calibrated forecasts of a wave left out are: PIT, coverage, reliability, as tables.

Summaries of one truth go together (more mergers, more CCGs merged), while truths are independent.
So tests are made summary by summary, where the truths give exact p-values; and bands of anything
pooled over summaries take whole forecasts as truths: for every synthetic truth one of its own
forecast's draws, several hundred times over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.evidence.arrays import Array
from sim.evidence.proof.predictive import Forecasts, PredictedWave
from sim.evidence.score import scores
from sim.evidence.score.reliability import histogram_band, reliability_curve
from sim.records.csv_text import write_frame

if TYPE_CHECKING:
    import pandas as pd

PIT_BARS: Final = 10
CURVE_BINS: Final = 10
RESAMPLES: Final = 400
THRESHOLDS: Final = (0.25, 0.5, 0.75, 0.9)
"""Shares of the prior replications at or below the thresholds of yes-or-no events."""
FILES: Final = ("predictive_pit", "predictive_histogram", "predictive_reliability")
FIGURE: Final = "predictive"
SOURCES: Final = ("synthetic", "recorded")


@dataclass(frozen=True)
class PredictiveTables:
    """The tables of all waves left out; columns as the functions below say."""

    pit: pd.DataFrame
    histogram: pd.DataFrame
    reliability: pd.DataFrame

    def all(self) -> tuple[pd.DataFrame, ...]:
        """Return them in the order of ``FILES``."""
        return self.pit, self.histogram, self.reliability


def predictive_tables(found: Sequence[PredictedWave], *, seed: int) -> PredictiveTables:
    """Return all tables of the waves left out, under each other."""
    import pandas as pd

    pits = [predictive_pit(one, seed=seed) for one in found]
    return PredictiveTables(
        pit=pd.concat(pits, ignore_index=True),
        histogram=pd.concat(
            [
                predictive_pit_histogram(one, pit, seed=seed)
                for one, pit in zip(found, pits, strict=True)
            ],
            ignore_index=True,
        ),
        reliability=pd.concat(
            [predictive_reliability(one, seed=seed) for one in found], ignore_index=True
        ),
    )


def write_tables(folder: Path, tables: PredictiveTables | None) -> None:
    """Write the tables as CSV; without any, remove those of an earlier run and their figure."""
    written = {} if tables is None else dict(zip(FILES, tables.all(), strict=True))
    for name in FILES:
        path = folder / f"{name}.csv"
        if name in written:
            write_frame(path, written[name], decimals=".6g")
        else:
            path.unlink(missing_ok=True)
    if not written:
        (folder / f"{FIGURE}.png").unlink(missing_ok=True)


def predictive_pit(found: PredictedWave, *, seed: int) -> pd.DataFrame:
    """Return where each summary of each truth, and of the record, fell in its forecast.

    The PIT of synthetic truths is randomised, ties broken by chance, so that it is uniform for
    counts too; an interval of 80% holds the truth where the PIT lies in 0.1 to 0.9, which is exact
    for counts. That of the record takes the middle of its ties, so that it is not random.

    Columns: left_out, source (synthetic or recorded), truth (its number; 0 for the record),
    summary, seen, median, low, high (of the central 90%), pit.
    """
    import pandas as pd

    rng = np.random.default_rng([seed, 20])
    parts = []
    for source, said in zip(SOURCES, (found.synthetic, found.record), strict=True):
        members = said.draws.swapaxes(1, 2)
        shape = said.seen.shape
        uniforms = rng.random(shape) if source == "synthetic" else np.full(shape, 0.5)
        pit = scores.pit(said.seen, members, uniforms)
        low, middle, high = np.quantile(said.draws, (0.05, 0.5, 0.95), axis=1)
        truths, summaries = shape
        parts.append(
            pd.DataFrame(
                {
                    "left_out": found.wave,
                    "source": source,
                    "truth": np.repeat(np.arange(truths), summaries),
                    "summary": list(found.names) * truths,
                    "seen": said.seen.ravel(),
                    "median": middle.ravel(),
                    "low": low.ravel(),
                    "high": high.ravel(),
                    "pit": pit.ravel(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def predictive_pit_histogram(
    found: PredictedWave, pit: pd.DataFrame, *, seed: int, bars: int = PIT_BARS
) -> pd.DataFrame:
    """Return the histogram of the synthetic truths' PIT over all summaries, with its band.

    The band holds nine in ten heights of each bar where the forecasts are honest. It is wider than
    a binomial one, since summaries of one truth go together.

    Columns: left_out, low, high (of the bar), items, expected, band_low, band_high.
    """
    import pandas as pd

    rng = np.random.default_rng([seed, 21])
    under = _pit_of_own_draws(found.synthetic.draws, rng)
    chosen = _chosen(found.synthetic, RESAMPLES, rng)
    low, high = histogram_band(_taken(under, chosen).reshape(RESAMPLES, -1), bars)
    mine = pit.loc[pit["source"] == "synthetic", "pit"].to_numpy(dtype=float)
    edges = np.linspace(0.0, 1.0, bars + 1)
    return pd.DataFrame(
        {
            "left_out": found.wave,
            "low": edges[:-1],
            "high": edges[1:],
            "items": np.histogram(mine, edges)[0],
            "expected": len(mine) / bars,
            "band_low": low,
            "band_high": high,
        }
    )


def predictive_reliability(found: PredictedWave, *, seed: int) -> pd.DataFrame:
    """Return reliability curves of "more than the threshold", synthetic and recorded.

    Columns: left_out, source, and those of ``reliability.reliability_curve``.
    """
    import pandas as pd

    rng = np.random.default_rng([seed, 22])
    which, above = events(found.prior)
    parts = []
    for source, said in zip(SOURCES, (found.synthetic, found.record), strict=True):
        outcome = said.seen[:, which] > above
        flags = said.draws[:, :, which] > above
        drawn = _taken(flags, _chosen(said, RESAMPLES, rng)).reshape(RESAMPLES, -1)
        curve = reliability_curve(
            outcome.ravel(), flags.mean(axis=1).ravel(), seed=seed, bins=CURVE_BINS, draws=drawn
        )
        curve.insert(0, "source", source)
        curve.insert(0, "left_out", found.wave)
        parts.append(curve)
    return pd.concat(parts, ignore_index=True)


def events(prior: Array) -> tuple[NDArray[np.int64], Array]:
    """Return yes-or-no events: the summary of each, and the value it must exceed.

    Thresholds are values that prior replications gave, at fixed shares of them; one that stands
    twice counts once, and one that no replication exceeds is no event.
    """
    which, above = [], []
    for column in range(prior.shape[1]):
        values = prior[:, column]
        for level in np.unique(np.quantile(values, THRESHOLDS, method="inverted_cdf")):
            if (values > level).any():
                which.append(column)
                above.append(float(level))
    return np.array(which, dtype=np.int64), np.array(above)


def uniform_p(pits: Array) -> float:
    """Return the p-value of uniform values from independent truths: chi-square over bars of ten."""
    from scipy import stats

    bars = min(10, max(2, len(pits) // 10))
    counts = np.histogram(pits, np.linspace(0.0, 1.0, bars + 1))[0]
    return float(stats.chisquare(counts).pvalue)


def held(pits: Array, level: float) -> float:
    """Return the share of truths that their central interval of this level holds."""
    return float(np.mean(np.abs(np.asarray(pits) - 0.5) <= level / 2))


def held_band(found: PredictedWave, level: float, *, seed: int) -> tuple[float, float]:
    """Return the central 90% of the share held over all summaries where forecasts are honest."""
    rng = np.random.default_rng([seed, 23])
    under = np.abs(_pit_of_own_draws(found.synthetic.draws, rng) - 0.5) <= level / 2
    shares = _taken(under, _chosen(found.synthetic, RESAMPLES, rng)).mean(axis=(1, 2))
    low, high = np.quantile(shares, (0.05, 0.95))
    return float(low), float(high)


def _pit_of_own_draws(draws: Array, rng: np.random.Generator) -> Array:
    """Return the randomised PIT of each draw among all of its own forecast, in the same shape."""
    from scipy.stats import rankdata

    first = rankdata(draws, method="min", axis=1)
    last = rankdata(draws, method="max", axis=1)
    place = first - 1.0 + rng.random(draws.shape) * (last - first + 1.0)
    return np.asarray(place / draws.shape[1], dtype=float)


def _chosen(said: Forecasts, times: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return for each resample and truth the draw that stands for the truth."""
    truths, draws, _ = said.draws.shape
    return rng.integers(draws, size=(times, truths))


def _taken(values: NDArray, chosen: NDArray[np.int64]) -> NDArray:  # type: ignore[type-arg]
    """Return values of the chosen draws: resamples by truths by summaries."""
    return values[np.arange(values.shape[0])[None, :], chosen]
