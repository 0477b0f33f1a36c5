"""Quantile functions: turn an addressed uniform into a draw from a named distribution.

Inverting the distribution function keeps one uniform per draw, so that a changed parameter moves
a draw without moving any other. Times leave here in the unit of their parameters.
"""

from __future__ import annotations

import functools
import math
from statistics import NormalDist
from types import ModuleType
from typing import Final

_STANDARD_NORMAL: Final = NormalDist()
standard_normal = _STANDARD_NORMAL.inv_cdf


def exponential(u: float, mean: float) -> float:
    """Exponential draw with the given mean."""
    return -math.log1p(-u) * mean


def normal(u: float, mean: float, sd: float) -> float:
    """Normal draw."""
    return mean + sd * standard_normal(u)


def lognormal(u: float, median: float, sigma: float) -> float:
    """Lognormal draw with the given median; ``sigma`` is the standard deviation of its log."""
    return median * math.exp(sigma * standard_normal(u))


def logistic(u: float, mean: float, scale: float) -> float:
    """Logistic draw: log-odds whose probability, at mean 0 and scale 1, is uniform."""
    return mean + scale * (math.log(u) - math.log1p(-u))


def uniform(u: float, low: float, high: float) -> float:
    """Uniform draw between two bounds."""
    return low + u * (high - low)


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Triangular draw."""
    if high == low:
        return low
    cut = (mode - low) / (high - low)
    if u < cut:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


def gamma(u: float, mean: float, sd: float) -> float:
    """Gamma draw with the given mean and standard deviation."""
    if sd <= 1e-9 * mean:  # as good as none; its square would vanish below the smallest number
        return mean
    scale = sd * sd / mean
    value: float = _special().gammaincinv(mean / scale, u)
    return value * scale


def beta(u: float, a: float, b: float) -> float:
    """Beta draw; where both numbers are so small that nothing lies between 0 and 1, one of them."""
    value: float = _special().betaincinv(float(a), float(b), u)
    if math.isnan(value):
        return 1.0 if u > b / (a + b) else 0.0
    return value


@functools.cache
def _special() -> ModuleType:
    # A tenth of a second, spared to commands that draw nothing. These are the functions of
    # scipy.special for one number at a time, without the cost of looking for arrays.
    from scipy.special import cython_special

    return cython_special
