"""Nodes, grids and readings off them: the numerical integrals behind the ballots' likelihood."""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
from scipy import special

from sim.evidence.ballots.possible_counts import Floats
from sim.evidence.ballots.tables import Indexes

PRACTICE_NODES: Final = 21  # for the practices' differences, by Gauss and Hermite
SUPPORTS: Final[Floats] = np.linspace(-18.0, 18.0, 361)  # log-odds, for the practices' mean


@functools.cache
def normal_nodes(count: int) -> tuple[Floats, Floats]:
    """Return nodes and weights of Gauss and Hermite for a standard normal."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def practice_log_odds(spread: Floats) -> Floats:
    """Return the log-odds of the practices' mean chance of a yes at each of ``SUPPORTS``."""
    nodes, weights = normal_nodes(PRACTICE_NODES)
    each = SUPPORTS[None, :, None] + spread[:, None, None] * nodes
    return np.asarray(
        np.log(special.expit(each) @ weights) - np.log(special.expit(-each) @ weights)
    )


def read_off(table: Floats, grid: Floats, at: Floats) -> Floats:
    """Read values off straight lines between the points of an even grid, a row per vector."""
    rows = np.arange(len(table)).reshape(-1, *(1,) * (at.ndim - 1))
    return read_rows(table, grid, at, rows)


def read_rows(table: Floats, grid: Floats, at: Floats, rows: Indexes) -> Floats:
    """Read values off straight lines between the points of an even grid, by row of the table."""
    place = (at - grid[0]) * ((len(grid) - 1) / (grid[-1] - grid[0]))
    place = np.clip(place, 0.0, len(grid) - 1.000001)
    index = place.astype(np.intp)
    flat = table.ravel()
    start = rows * len(grid) + index
    below = flat[start]
    return np.asarray(below + (place - index) * (flat[start + 1] - below))


def density(z: Floats) -> Floats:
    """Return the density of a standard normal."""
    return np.asarray(np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi))
