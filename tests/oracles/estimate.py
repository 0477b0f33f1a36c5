"""How an exact-answer case is judged: estimates from samples, with their standard errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

BAND: Final = 4.0
"""Standard errors within which an estimate must lie (false alarm about 1 in 16,000 a check)."""
EXACT: Final = 1e-9
"""Largest difference of a deterministic answer."""
CAUGHT: Final = 0.03
"""Relative error that the checks marked ``sharp`` are sized to catch."""
POWER: Final = 5.0
"""Standard errors that such an error spans: it fails the band with a chance of 84 %."""

Samples = dict[str, np.ndarray]


class Estimate(NamedTuple):
    """A simulated value, its standard error (0 if deterministic) and its number of samples."""

    value: float
    error: float
    samples: int


Statistic = Callable[[Mapping[str, np.ndarray], str], Estimate]


def mean(samples: Mapping[str, np.ndarray], name: str) -> Estimate:
    """Return the mean of independent samples."""
    x = samples[name]
    return Estimate(float(x.mean()), float(x.std(ddof=1)) / math.sqrt(len(x)), len(x))


def variance(samples: Mapping[str, np.ndarray], name: str) -> Estimate:
    """Return the variance of independent samples; its error comes from their fourth moment."""
    x = samples[name]
    centred = x - x.mean()
    value = float(x.var(ddof=1))
    fourth = float((centred**4).mean())
    return Estimate(value, math.sqrt(max(0.0, fourth - value**2) / len(x)), len(x))


def deviation(samples: Mapping[str, np.ndarray], name: str) -> Estimate:
    """Return the standard deviation of independent samples (delta method)."""
    value, error, n = variance(samples, name)
    root = math.sqrt(value)
    return Estimate(root, error / (2.0 * root) if root else 0.0, n)


def share_below(limit: float) -> Statistic:
    """Return the statistic: share of independent samples that do not exceed a limit."""

    def statistic(samples: Mapping[str, np.ndarray], name: str) -> Estimate:
        return mean({name: (samples[name] <= limit).astype(float)}, name)

    return statistic


def share_between(low: float, high: float) -> Statistic:
    """Return the statistic: share of independent samples from low to high, both included."""

    def statistic(samples: Mapping[str, np.ndarray], name: str) -> Estimate:
        inside = (samples[name] >= low) & (samples[name] <= high)
        return mean({name: inside.astype(float)}, name)

    return statistic


def share_equal(target: float) -> Statistic:
    """Return the statistic: share of independent samples that equal a number."""
    return share_between(target, target)


def mean_where(weight: str) -> Statistic:
    """Return the statistic: mean weighted by another sample, one pair a replication (a ratio)."""

    def statistic(samples: Mapping[str, np.ndarray], name: str) -> Estimate:
        x, w = samples[name], samples[weight]
        if w.sum() == 0:
            return Estimate(math.nan, math.nan, 0)
        value = float((x * w).sum() / w.sum())
        residual = w * (x - value)
        return Estimate(value, float(math.sqrt((residual**2).sum()) / w.sum()), int(w.sum()))

    return statistic


def largest_gap(*expected: float) -> Statistic:
    """Return the statistic: largest distance of the samples, in order, from a known list."""

    def statistic(samples: Mapping[str, np.ndarray], name: str) -> Estimate:
        x = samples[name]
        if len(x) != len(expected):
            return Estimate(math.inf, 0.0, len(x))
        return Estimate(float(np.abs(x - np.array(expected)).max()), 0.0, len(x))

    return statistic


def deterministic(function: Callable[[np.ndarray], float]) -> Statistic:
    """Return the statistic: a number without sampling error."""

    def statistic(samples: Mapping[str, np.ndarray], name: str) -> Estimate:
        x = samples[name]
        return Estimate(float(function(x)) if len(x) else math.nan, 0.0, len(x))

    return statistic


@dataclass(frozen=True)
class Check:
    """One number of a case: which samples, what of them, and the exact value.

    ``sharp`` checks have enough samples, at routine size, that an error of 3 % would be caught.
    """

    what: str
    exact: float
    quantity: str
    statistic: Statistic = field(default=mean, repr=False)
    sharp: bool = False
    certain: bool = False

    def estimate(self, samples: Mapping[str, np.ndarray]) -> Estimate:
        """Return the simulated value; NaN where a broken variant leaves nothing to look at."""
        if len(samples.get(self.quantity, ())) == 0:
            return Estimate(math.nan, math.nan, 0)
        return self.statistic(samples, self.quantity)

    def distance(self, estimate: Estimate) -> float:
        """Return how many standard errors apart; deterministic: 0 if equal to 1e-9, else inf."""
        gap = abs(estimate.value - self.exact)
        if self.certain:
            return 0.0 if gap <= EXACT else math.inf
        if math.isnan(gap) or estimate.error <= 0.0:
            return math.inf
        return gap / estimate.error

    def passes(self, estimate: Estimate) -> bool:
        """Return whether the estimate lies within 4 standard errors, or is equal."""
        return self.distance(estimate) <= BAND

    def resolution(self, estimate: Estimate) -> float:
        """Return the relative error that spans five standard errors."""
        return POWER * estimate.error / abs(self.exact)


def collected(parts: Sequence[Mapping[str, Sequence[float]]]) -> Samples:
    """Join the samples of many replications, in their order."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: np.array([x for part in parts for x in part.get(name, ())], dtype=float)
        for name in names
    }
