"""Whether Markov chains agree, and how many independent draws they are worth.

Rank-normalised split R-hat and bulk effective sample size (Vehtari and others, Bayesian Analysis
16, 2021), as computed by ArviZ (extra ``analysis``).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sim.evidence.arrays import Array
from sim.evidence.extras import require

LIBRARY: Final = "arviz_stats.base"


def require_diagnostics() -> None:
    """Refuse to begin what will need them.

    Raises:
        InputError: ArviZ's statistics are not installed.
    """
    require(LIBRARY)


def r_hat(draws: Array) -> Array:
    """Return the R-hat of each quantity: near 1 where the chains agree, above 1.01 a warning.

    Args:
        draws: by chain, draw and quantity.

    Raises:
        InputError: ArviZ's statistics are not installed.
    """
    return _of_chains("rhat", draws)


def effective_sample_size(draws: Array) -> Array:
    """Return how many independent draws would tell the middle of each quantity as well.

    Args:
        draws: by chain, draw and quantity.

    Raises:
        InputError: ArviZ's statistics are not installed.
    """
    return _of_chains("ess", draws)


def _of_chains(name: str, draws: Array) -> Array:
    statistics: Any = require(LIBRARY).array_stats
    found = getattr(statistics, name)(draws, chain_axis=0, draw_axis=1)
    return np.asarray(found, dtype=float)
