"""Scores of forecasts: of a count by an ensemble, of yes/no outcomes by probabilities.

All are negatively oriented (less is better) and proper: a forecaster expects the least loss by
saying what he believes. CRPS and Brier scores come from the library ``scoringrules`` (extra
``analysis``); what it does not offer is written here (decision 0013).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.evidence.extras import require

Floats = NDArray[np.float64]

CLIP: Final = 0.005
"""Probabilities are moved to at least this and at most 1 less this before a log score, since an
ensemble of some hundred replications cannot distinguish a probability of 0 from one of 1 in 200."""
FLOOR: Final = 0.01
"""Weight of the uniform distribution mixed into the distribution of a count for its log score."""
LEVELS: Final = (0.5, 0.8, 0.9)
"""Levels of the central intervals whose coverage is reported."""
_BLOCK: Final = 2_000_000  # numbers scored at a time, so that memory stays small


# -- counts --------------------------------------------------------------------------------------


def crps(observed: ArrayLike, members: ArrayLike, *, fair: bool = True) -> Floats:
    """Return the continuous ranked probability score of ensembles, in the unit of the count.

    Args:
        observed: what happened, shape (...).
        members: the ensemble, shape (..., members).
        fair: score the distribution that the members are drawn from (unbiased for a finite
            ensemble); else the ensemble itself, the right choice for a list of stated values.

    A single member is scored as it stands: its CRPS is the absolute error.
    """
    ensemble = np.asarray(members, dtype=float)
    truth = np.broadcast_to(np.asarray(observed, dtype=float), ensemble.shape[:-1])
    if ensemble.shape[-1] == 1:
        return np.asarray(np.abs(truth - ensemble[..., 0]), dtype=float)
    scoringrules: Any = require("scoringrules")
    flat, flat_truth = ensemble.reshape(-1, ensemble.shape[-1]), truth.reshape(-1)
    step = max(1, _BLOCK // flat.shape[-1])
    # the two estimators that sort: the others take time and memory by the square of the members
    estimator = "pwm" if fair else "qd"
    parts = [
        scoringrules.crps_ensemble(
            flat_truth[i : i + step], flat[i : i + step], estimator=estimator, backend="numpy"
        )
        for i in range(0, len(flat), step)
    ]
    found = np.concatenate([np.atleast_1d(part) for part in parts]) if parts else np.empty(0)
    return np.asarray(found, dtype=float).reshape(truth.shape)


def count_probabilities(members: ArrayLike, low: int, high: int) -> Floats:
    """Return a smooth distribution of a count over low..high from an ensemble, shape (high-low+1,).

    Each member becomes a normal kernel cut into whole numbers. The bandwidth is Silverman's,
    0.9 min(sd, IQR/1.34) n^(-1/5), at least 0.5 (a kernel that leaves two thirds on the member
    itself); what falls outside low..high is put back by scaling; and ``FLOOR`` of a uniform
    distribution is mixed in, so that no count is impossible.
    """
    from scipy.special import ndtr

    values, tally = np.unique(np.asarray(members, dtype=float), return_counts=True)
    if high < low or not len(values):
        raise ValueError("a distribution of a count needs members and low <= high")
    whole = np.repeat(values, tally)
    quartiles = np.quantile(whole, [0.25, 0.75])
    spread = min(float(whole.std()), float(quartiles[1] - quartiles[0]) / 1.34)
    width = max(0.5, 0.9 * spread * len(whole) ** -0.2)
    edges = np.arange(low, high + 2) - 0.5
    below = ndtr((edges[:, None] - values[None, :]) / width) @ (tally / len(whole))
    mass = np.diff(below)
    inside = mass.sum()
    kernel = mass / inside if inside > 0 else np.full(len(mass), 1 / len(mass))
    return np.asarray((1 - FLOOR) * kernel + FLOOR / len(mass), dtype=float)


def log_score_of_count(observed: int, members: ArrayLike, low: int, high: int) -> float:
    """Return minus the log of the probability given to the count that occurred (nats).

    Raises:
        ValueError: the observed count lies outside low..high.
    """
    if not low <= observed <= high:
        raise ValueError(f"{observed} lies outside {low}..{high}")
    return float(-np.log(count_probabilities(members, low, high)[observed - low]))


def pit(observed: ArrayLike, members: ArrayLike, uniforms: ArrayLike) -> Floats:
    """Return the randomised probability integral transform of counts, in 0 to 1.

    Where truth and the n members are draws of one distribution, the truth's rank among them, ties
    broken by chance, is uniform on 0..n; another uniform within the rank makes the value exactly
    uniform on (0, 1), for counts too.

    Args:
        observed: what happened, shape (...).
        members: the ensembles, shape (..., members).
        uniforms: draws from (0, 1), shape (...), from a seeded generator.
    """
    truth = np.asarray(observed, dtype=float)[..., None]
    ensemble = np.asarray(members, dtype=float)
    below = (ensemble < truth).sum(axis=-1)
    ties = (ensemble == truth).sum(axis=-1)
    spread = np.asarray(uniforms, dtype=float) * (ties + 1)
    return np.asarray((below + spread) / (ensemble.shape[-1] + 1), dtype=float)


def interval(members: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Return the central interval of ensembles at a level, linear between members, shape (...)."""
    tail = round((1 - level) / 2, 12)
    ends = np.quantile(np.asarray(members, dtype=float), [tail, 1 - tail], axis=-1)
    # counts lie on the ends often, and what binary makes of .05 must not leave them out
    return np.round(ends[0], 9), np.round(ends[1], 9)


def covered(observed: ArrayLike, members: ArrayLike, level: float) -> NDArray[np.bool_]:
    """Return whether the central interval at a level holds what happened, ends included."""
    low, high = interval(members, level)
    truth = np.asarray(observed, dtype=float)
    return np.asarray((low <= truth) & (truth <= high))


# -- yes and no ----------------------------------------------------------------------------------


def brier(outcomes: ArrayLike, probabilities: ArrayLike) -> Floats:
    """Return the Brier score of each item, (p - outcome)^2, in 0 to 1."""
    scoringrules: Any = require("scoringrules")
    truth, chance = _checked(outcomes, probabilities)
    return np.asarray(scoringrules.brier_score(truth, chance, backend="numpy"), dtype=float)


def log_score(outcomes: ArrayLike, probabilities: ArrayLike, clip: float = CLIP) -> Floats:
    """Return minus the log probability of what happened, item by item (nats).

    Probabilities are first moved into clip..1 - clip; all forecasts are clipped alike.
    """
    truth, chance = _checked(outcomes, probabilities)
    chance = np.clip(chance, clip, 1 - clip)
    return np.asarray(-np.log(np.where(truth > 0.5, chance, 1 - chance)), dtype=float)


def _checked(outcomes: ArrayLike, probabilities: ArrayLike) -> tuple[Floats, Floats]:
    truth, chance = np.asarray(outcomes, dtype=float), np.asarray(probabilities, dtype=float)
    if truth.shape != chance.shape:
        raise ValueError(f"{truth.shape} outcomes and {chance.shape} probabilities")
    if not np.isin(truth, (0.0, 1.0)).all() or not ((chance >= 0) & (chance <= 1)).all():
        raise ValueError("outcomes must be 0 or 1 and probabilities lie in 0 to 1")
    return truth, chance
