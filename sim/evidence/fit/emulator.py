"""An emulator of the simulator's summaries: their mean and spread as a function of parameters.

Parameters enter *standardised*: each is a standard normal under its prior, so that the prior of a
vector is N(0, I) whatever the families in the table. The mean of each (transformed) summary is
a quadratic function of them fitted by ridge regression; what the replications scatter
around it is a normal with one covariance: a synthetic likelihood (Wood 2010) with the regression
of Beaumont et al. (2002) in place of repeated runs at one point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.evidence.arrays import Array


def transform(summaries: Array, signed: Sequence[int] = ()) -> Array:
    """Return variance-stabilised counts: square roots, whose spread hardly depends on their size.

    Columns in ``signed`` may be negative and stay as they are.
    """
    scaled = np.sqrt(np.maximum(summaries, 0.0) + 0.25)
    for column in signed:
        scaled[..., column] = summaries[..., column]
    return scaled


def back(scaled: Array, signed: Sequence[int] = (), whole: Sequence[int] = ()) -> Array:
    """Return summaries from the square-root scale: none below 0, counts whole.

    Columns in ``signed`` stay as they are; those in ``whole`` go to the nearest whole number.
    """
    summaries = np.maximum(np.maximum(scaled, 0.0) ** 2 - 0.25, 0.0)
    for column in signed:
        summaries[..., column] = scaled[..., column]
    for column in whole:
        summaries[..., column] = np.round(summaries[..., column])
    return np.asarray(summaries, dtype=float)


@dataclass(frozen=True, slots=True)
class Features:
    """What the regression uses: 1, all parameters, their squares, and the listed products."""

    pairs: tuple[tuple[int, int], ...]

    def of(self, standardised: Array) -> Array:
        """Return the design matrix, one row per vector of standardised parameters."""
        columns = [np.ones((len(standardised), 1)), standardised, standardised**2 - 1.0]
        if self.pairs:
            first, second = np.array(self.pairs).T
            columns.append(standardised[:, first] * standardised[:, second])
        return np.concatenate(columns, axis=1)


@dataclass(frozen=True, slots=True)
class Emulator:
    """Mean and spread of summaries given standardised parameters.

    ``coefficients`` are features by summaries, ``covariance`` is that of replications around the
    mean, regression error included; ``explained`` the share of each summary's variance that
    parameters explain, on points left out of the fit.
    """

    features: Features
    coefficients: Array
    covariance: Array
    explained: Array

    def mean(self, standardised: Array) -> Array:
        """Return the expected summaries, one row per vector of standardised parameters."""
        return self.features.of(standardised) @ self.coefficients

    def log_likelihood(self, standardised: Array, observed: Array) -> Array:
        """Return the synthetic log-likelihood of observed summaries for each row of parameters.

        ``observed`` is one vector, or one row for each row of parameters.
        """
        residual = observed - self.mean(standardised)
        factor = np.linalg.cholesky(self.covariance)
        scaled = np.linalg.solve(factor, residual.T)
        constant = float(np.log(np.diag(factor)).sum())
        return np.asarray(-0.5 * (scaled**2).sum(axis=0) - constant, dtype=float)


def fit_emulator(standardised: Array, summaries: Array, interacting: int = 14) -> Emulator:
    """Fit the emulator to replications.

    Args:
        standardised: one row per replication.
        summaries: transformed summaries, one row per replication.
        interacting: products are taken among this many parameters, those that explain most.

    Every fifth replication is left out to measure what is explained and how far the mean misses.
    """
    left_out = np.arange(len(standardised)) % 5 == 4
    plain = Features(())
    rough = _ridge(plain.of(standardised[~left_out]), summaries[~left_out])
    count = standardised.shape[1]
    spread = summaries.var(axis=0) + 1e-12
    weight = ((rough[1 : count + 1] ** 2 + 2 * rough[count + 1 :] ** 2) / spread).max(axis=1)
    strongest = np.argsort(-weight, kind="stable")[:interacting]
    chosen = sorted(int(index) for index in strongest)
    pairs = tuple((a, b) for i, a in enumerate(chosen) for b in chosen[i + 1 :])
    features = Features(pairs)
    trial = _ridge(features.of(standardised[~left_out]), summaries[~left_out])
    missed = summaries[left_out] - features.of(standardised[left_out]) @ trial
    explained = 1.0 - missed.var(axis=0) / spread
    covariance = np.atleast_2d(np.cov(missed, rowvar=False))
    covariance += np.diag(np.full(len(covariance), 1e-4) + 1e-3 * np.diag(covariance))
    return Emulator(features, _ridge(features.of(standardised), summaries), covariance, explained)


def _ridge(design: Array, targets: Array, penalty: float = 3.0) -> Array:
    """Return ridge coefficients; the constant is not penalised."""
    penalties = np.full(design.shape[1], penalty)
    penalties[0] = 0.0
    if len(design) < 2 or not np.isfinite(targets).all():
        raise ValueError("an emulator needs several finite replications")
    gram = design.T @ design + np.diag(penalties)
    return np.asarray(np.linalg.solve(gram, design.T @ targets), dtype=float)
