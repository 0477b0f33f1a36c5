"""The fit itself: from the recorded waves and ballots to joint draws of the parameters.

Replications at prior parameters train an emulator of each wave's summaries; elliptical slices
draw from prior x synthetic likelihood x ballots' likelihood; replications at those draws, spread a
little, train it again where it matters, and the draws are made anew. Every step follows from one
seed: addressed random streams for the replications, a Philox generator for the rest; so the result
does not depend on the number of workers, and a stopped run goes on from the replications it has.
docs/decisions says why this and not another method.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.evidence.arrays import Array
from sim.evidence.convergence import r_hat
from sim.evidence.fit.emulator import Emulator, fit_emulator, transform
from sim.evidence.fit.settings import FitSettings
from sim.evidence.fit.standardised import (
    drawn_rows,
    drawn_standardised,
    fitted_names,
    values_of,
    write_array,
    write_draws,
)
from sim.evidence.fit.waves import Wave
from sim.evidence.sampler import elliptical_slice
from sim.experiment.api import run_batch
from sim.experiment.independent_streams import IndependentStreams
from sim.records.ledger import enlist

BallotLikelihood = Callable[[dict[str, Array]], Array]

SPREAD: Final = 1.5  # the second round looks a little beyond the first posterior
DESIGN_ROWS: Final = 4000
FINAL_ROWS: Final = 1000
BALLOT_POINTS: Final = 4000
CHAINS: Final = 64
FIRST: Final = "first"  # the rounds of replications that emulators are trained on
SECOND: Final = "second"


@dataclass(frozen=True)
class Design:
    """Replications of one wave: their standardised parameters and transformed summaries."""

    standardised: Array
    summaries: Array


@dataclass(frozen=True)
class FittedPosterior:
    """A finished fit: the final draws, standardised and as values, emulators and diagnostics.

    ``ballot_weight`` is the effective share of draws left by the last correction from the
    emulated to the exact ballots' likelihood (1 where they agree).
    """

    names: tuple[str, ...]
    standardised: Array
    values: dict[str, Array]
    emulators: dict[str, Emulator]
    r_hat: float
    ballot_weight: float


def design(
    wave: Wave,
    batch: Path,
    names: Sequence[str],
    settings: FitSettings,
    *,
    posterior: Path | None = None,
    independent: int = 0,
) -> Design:
    """Run (or finish) one wave's replications and return what they drew and gave.

    Args:
        wave: the wave.
        batch: where its batch is kept; a batch already there is reused or extended, if the same
            code has made it.
        names: parameters whose values are wanted.
        settings: how many replications under which seed, and how they are run.
        posterior: a folder of draws with ``scores.npy`` beside them; prior draws without it.
        independent: 0, or which random streams to use that other waves under the seed do not share.

    Raises:
        InputError: another batch lies there, or one made by other code.
    """
    knowledge = "prior" if posterior is None else str(posterior.resolve())
    seed, progress = settings.seed, settings.progress
    run_batch(
        wave.scenario(knowledge),
        replications=settings.replications,
        seed=seed,
        workers=settings.workers,
        out=batch,
        overwrite=settings.overwrite,
        one_code=True,
        progress=None if progress is None else lambda a, b: progress(wave.name, a, b),
        replicate=IndependentStreams(independent) if independent else None,
    )
    numbers, summaries = wave.of(batch)
    if posterior is None:
        standardised = drawn_standardised(seed, [int(n) for n in numbers], names)
    else:
        rows = np.load(posterior / "scores.npy")
        standardised = rows[drawn_rows(seed, [int(n) for n in numbers], len(rows))]
    return Design(standardised, transform(summaries, wave.signed))


def posterior_draws(
    waves: Sequence[tuple[Wave, Emulator]],
    names: Sequence[str],
    ballots: BallotLikelihood | None,
    *,
    seed: int,
    rows: int,
    centre: Array | None = None,
    surrogate: Quadratic | None = None,
) -> tuple[Array, float, float]:
    """Draw standardised parameters from prior x waves x ballots.

    Args:
        waves: the waves fitted to, each with its emulator.
        names: of the parameters.
        ballots: the exact log-likelihood of the recorded ballots at values by name, or None.
        seed: of the sampler.
        rows: draws wanted.
        centre: points about which the ballots' likelihood is emulated; by default prior draws.
        surrogate: the emulated likelihood of the ballots, where it has been fitted already.

    Returns:
        Draws (rows by names), the largest R-hat, and the effective share of draws after the
        ballots' likelihood has been made exact.
    """
    observed = [transform(wave.observed[None], wave.signed)[0] for wave, _ in waves]

    def of_waves(standardised: Array) -> Array:
        total = np.zeros(len(standardised))
        for (wave, emulator), seen in zip(waves, observed, strict=True):
            total += marginal(emulator, wave.used).log_likelihood(
                standardised, seen[list(wave.used)]
            )
        return total

    rng = np.random.Generator(np.random.Philox(key=[seed, 1]))
    if ballots is None:
        surrogate = None
    elif surrogate is None:
        points = rng.standard_normal((BALLOT_POINTS, len(names))) if centre is None else centre
        surrogate = Quadratic.fit(points, ballots(values_of(points, names)))

    def log_likelihood(standardised: Array, _chains: NDArray[np.int64]) -> Array:
        level = of_waves(standardised)
        return level if surrogate is None else level + surrogate.at(standardised)

    draws = elliptical_slice(
        log_likelihood, len(names), chains=CHAINS, warmup=600, steps=1500, thin=15, seed=seed
    )
    flat = draws.reshape(-1, len(names))
    if surrogate is None or ballots is None:
        chosen = rng.choice(len(flat), size=rows, replace=len(flat) < rows)
        return flat[chosen], float(r_hat(draws).max()), 1.0
    flat = flat[rng.permutation(len(flat))[:BALLOT_POINTS]]
    level = ballots(values_of(flat, names)) - surrogate.at(flat)
    weights = np.exp(level - level.max())
    weights /= weights.sum()
    effective = 1.0 / float((weights**2).sum()) / len(flat)
    return flat[_systematic(weights, rows, rng)], float(r_hat(draws).max()), effective


def marginal(emulator: Emulator, used: Sequence[int]) -> Emulator:
    """Return an emulator of some of the summaries only."""
    index = list(used)
    return Emulator(
        emulator.features,
        emulator.coefficients[:, index],
        emulator.covariance[np.ix_(index, index)],
        emulator.explained[index],
    )


def _systematic(weights: Array, rows: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return indexes resampled by weight, as evenly as can be."""
    positions = (np.arange(rows) + rng.random()) / rows
    found = np.searchsorted(np.cumsum(weights), positions)
    return np.asarray(np.minimum(found, len(weights) - 1), dtype=np.int64)


@dataclass(frozen=True)
class Quadratic:
    """A quadratic surrogate of a smooth log-likelihood, fitted where it is not negligible."""

    emulator: Emulator

    @classmethod
    def fit(cls, points: Array, levels: Array) -> Quadratic:
        """Fit it to points within forty of the best; those below say nothing."""
        near = levels > levels.max() - 40.0
        emulator = fit_emulator(points[near], levels[near][:, None], interacting=20)
        return cls(emulator)

    def at(self, standardised: Array) -> Array:
        """Return the surrogate at each vector of standardised parameters."""
        return np.asarray(self.emulator.mean(standardised)[:, 0], dtype=float)


def trained(wave: Wave, position: int, round_name: str, settings: FitSettings) -> Emulator:
    """Return a wave's emulator from one of the two rounds of a fit, running what it still lacks.

    Args:
        wave: the wave.
        position: its place among the waves that the fit is made to; its random streams depend on
            it.
        round_name: ``FIRST`` or ``SECOND``.
        settings: of the fit.
    """
    part = design(
        wave,
        settings.batch(round_name, wave),
        fitted_names(),
        replace(settings, seed=settings.seed + position + (0 if round_name == FIRST else 100)),
        posterior=None if round_name == FIRST else settings.first_posterior,
    )
    return fit_emulator(part.standardised, part.summaries)


def fit_posterior(
    waves: Sequence[Wave], ballots: BallotLikelihood | None, settings: FitSettings
) -> FittedPosterior:
    """Fit the parameters to recorded waves and ballots; see the module's text.

    Args:
        waves: the waves to fit to.
        ballots: log-likelihood of the recorded ballots, or None to leave them out.
        settings: how the fit is run.
    """
    names, seed = fitted_names(), settings.seed

    def run(round_name: str) -> list[tuple[Wave, Emulator]]:
        return [(wave, trained(wave, i, round_name, settings)) for i, wave in enumerate(waves)]

    first, _, _ = posterior_draws(run(FIRST), names, ballots, seed=seed + 10, rows=DESIGN_ROWS)
    around = first.mean(axis=0) + SPREAD * (first - first.mean(axis=0))
    posterior = settings.first_posterior
    enlist(settings.folder, settings.first_files())
    posterior.mkdir(parents=True, exist_ok=True)
    write_array(posterior / "scores.npy", around)
    write_draws(posterior / "draws.csv", values_of(around, names))
    emulated = run(SECOND)
    standardised, largest, weight = posterior_draws(
        emulated, names, ballots, seed=seed + 20, rows=FINAL_ROWS, centre=around
    )
    return FittedPosterior(
        names=names,
        standardised=standardised,
        values=values_of(standardised, names),
        emulators={wave.name: emulator for wave, emulator in emulated},
        r_hat=largest,
        ballot_weight=weight,
    )
