"""Whether Markov chains agree, and how many independent draws they are worth.

Split R-hat and effective sample size as in Gelman et al., Bayesian Data Analysis (third edition,
section 11.4 and 11.5), on the draws as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def split_rhat(draws: Floats) -> float:
    """Return the split R-hat of one quantity, draws of shape (chains, draws); 1 is agreement."""
    halves = _halves(draws)
    within, total = _variances(halves)
    return float(np.sqrt(total / within)) if within > 0.0 else 1.0


def effective_draws(draws: Floats) -> float:
    """Return the effective number of draws of one quantity, draws of shape (chains, draws)."""
    halves = _halves(draws)
    chains, length = halves.shape
    within, total = _variances(halves)
    if within <= 0.0:
        return float(draws.size)
    centred = halves - halves.mean(axis=1, keepdims=True)
    padded = np.fft.rfft(centred, 2 * length, axis=1)
    covariance = np.fft.irfft(np.abs(padded) ** 2, axis=1)[:, :length].mean(axis=0) / length
    correlation = 1.0 - (within * (length - 1) / length - covariance) / total
    correlation[0] = 1.0
    # Geyer: add up pairs of neighbouring lags while they are above zero
    pairs = correlation[: length // 2 * 2].reshape(-1, 2).sum(axis=1)
    stop = np.flatnonzero(pairs < 0.0)
    pairs = np.minimum.accumulate(pairs[: stop[0] if len(stop) else len(pairs)])
    return float(min(chains * length / max(2.0 * pairs.sum() - 1.0, 1e-9), chains * length))


def _halves(draws: Floats) -> Floats:
    length = draws.shape[1] // 2
    return np.concatenate([draws[:, :length], draws[:, draws.shape[1] - length :]])


def _variances(chains: Floats) -> tuple[float, float]:
    """Return the variance within chains and the pooled estimate that counts their distance too."""
    length = chains.shape[1]
    within = float(chains.var(axis=1, ddof=1).mean())
    between = float(chains.mean(axis=1).var(ddof=1))
    return within, within * (length - 1) / length + between
