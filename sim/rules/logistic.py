"""Log-odds and probabilities, with thresholds rounded so that computers agree."""

from __future__ import annotations

import math
from typing import Final

Terms = tuple[tuple[str, float], ...]

GRID: Final = 2.0**32  # probabilities are compared after rounding to this grid
MOST_LOG: Final = 300.0  # e to 300 is about 2e130; a product of two such numbers is still one
LEAST_LOG: Final = -700.0  # e to less than this is no longer told apart from nothing


def expit(x: float) -> float:
    """Return the probability whose log-odds are x."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def exp(x: float) -> float:
    """Return e to x, and no more than e to 300: what drives a rate may add up without limit."""
    return math.exp(min(x, MOST_LOG))


def log_expit(x: float) -> float:
    """Return the log of the probability whose log-odds are x, however small it is."""
    return math.log(expit(x)) if x > LEAST_LOG else x


def logit(p: float) -> float:
    """Return the log-odds of p; 0 and 1 give minus and plus infinity."""
    if p <= 0.0:
        return -math.inf
    if p >= 1.0:
        return math.inf
    return math.log(p / (1.0 - p))


def rounded(probability: float) -> float:
    """Return a probability on the grid of 2**-32, below which a uniform must fall."""
    return math.floor(probability * GRID + 0.5) / GRID


def happens(u: float, probability: float) -> bool:
    """Decide a yes/no event: u falls below the probability, rounded to 2**-32."""
    return u < rounded(probability)


def total(terms: Terms) -> float:
    """Add up the terms of a rule."""
    result = 0.0
    for _, value in terms:
        result += value
    return result
