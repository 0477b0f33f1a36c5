"""Elliptical slice sampling: draws from a posterior whose prior is a standard normal.

Murray, Adams and MacKay (2010). It has no step size to tune, and every step moves; chains run
side by side, so the likelihood is asked for many points at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.evidence.arrays import Array

Index = NDArray[np.int64]
LogLikelihood = Callable[[Array, Index], Array]
"""The log-likelihood of points (one per row), given the chain that each belongs to."""
MOST_SHRINKS = 60


def elliptical_slice(
    log_likelihood: LogLikelihood,
    dimensions: int,
    *,
    chains: int,
    warmup: int,
    steps: int,
    thin: int,
    seed: int | Sequence[int],
    start: Array | None = None,
) -> Array:
    """Return draws by chain, draw and dimension; the same seed gives the same draws.

    Args:
        log_likelihood: of points, given their chains (which may have data of their own).
        dimensions: number of parameters; their prior is standard normal.
        chains: independent chains.
        warmup: steps discarded.
        steps: steps after it.
        thin: every how many of them is kept.
        seed: of the whole run, one number or two.
        start: where each chain begins, one row per chain; draws from the prior without it.
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    state: Array = rng.standard_normal((chains, dimensions)) if start is None else start
    level = log_likelihood(state, np.arange(chains))
    kept = []
    for step in range(warmup + steps):
        state, level = _step(log_likelihood, state, level, rng)
        if step >= warmup and (step - warmup) % thin == thin - 1:
            kept.append(state.copy())
    return np.stack(kept, axis=1)


def _step(
    log_likelihood: LogLikelihood,
    state: Array,
    level: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    chains, dimensions = state.shape
    other = rng.standard_normal((chains, dimensions))
    threshold = level + np.log(rng.random(chains))
    angle: Array = np.asarray(rng.random(chains)) * 2.0 * np.pi
    low: Array = angle - 2.0 * np.pi
    high: Array = angle.copy()
    new, new_level = state.copy(), level.copy()
    waiting = np.ones(chains, dtype=bool)
    for _ in range(MOST_SHRINKS):
        cosine, sine = np.cos(angle[waiting])[:, None], np.sin(angle[waiting])[:, None]
        proposal = state[waiting] * cosine + other[waiting] * sine
        index = np.flatnonzero(waiting)
        reached = log_likelihood(proposal, index)
        good = reached > threshold[index]
        new[index[good]], new_level[index[good]] = proposal[good], reached[good]
        waiting[index[good]] = False
        if not waiting.any():
            break
        bad = index[~good]
        low[bad] = np.where(angle[bad] < 0.0, angle[bad], low[bad])
        high[bad] = np.where(angle[bad] >= 0.0, angle[bad], high[bad])
        angle[bad] = low[bad] + rng.random(len(bad)) * (high[bad] - low[bad])
    return new, new_level
