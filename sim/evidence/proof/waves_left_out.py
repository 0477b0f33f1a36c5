"""The earlier waves of mergers, each left out of a finished fit in turn, and run at what is left.

For each wave joint draws are made anew from prior x other waves x ballots, the round of 2020
among the others (all recorded ballots are of that round). The emulators come from the second-round
replications of the finished fit: the wave's mergers, and its part in the totals, are not counted
in them, so nothing is run again. They were trained near a fit that had seen the wave; how far from
there the new draws lie is reported. Then the years since April 2013 are run at those draws, up to
the wave's 1 April; and once at the draws of the finished fit, for comparison, with the same random
numbers.

What a wave cannot be left out of: the map from which the round of 2020 starts, which is a given of
that round and not explained by the fit, and the dates and rates of past policies, which are stated
by the scenario and were set with these very rounds in view.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from sim.errors import InputError
from sim.evidence.arrays import Array
from sim.evidence.convergence import require_diagnostics
from sim.evidence.fit import (
    FINAL_ROWS,
    LAST_DAY,
    POSTERIOR,
    SECOND,
    WAVES,
    BallotLikelihood,
    FitSettings,
    Quadratic,
    fitted_names,
    history_wave,
    last_day,
    posterior_draws,
    trained,
    values_of,
    wave_of_2020,
    write_array,
    write_draws,
)
from sim.experiment.api import run_batch
from sim.experiment.plan import check_numbers
from sim.experiment.provenance import codes_of
from sim.records.code import replication_code
from sim.records.ledger import enlist

NOTHING: Final = "nothing"  # what the finished fit has left out
DRAWS_SEED: Final = 400  # added to the seed for the draws of each wave in turn
RUN_SEED: Final = 500  # added to the seed for all replications at draws


class NoFitError(InputError):
    """A folder holds no fit that can be used; making one there is the remedy."""


@dataclass(frozen=True, slots=True)
class FinishedFit:
    """A fit that ``fit`` has left in a folder: its seed, replications and final draws.

    ``around`` are the draws that its second round was run at, ``r_hat`` and ``ballot_weight`` what
    it says of its own draws.
    """

    folder: Path
    seed: int
    replications: int
    standardised: Array
    around: Array
    r_hat: float
    ballot_weight: float


@dataclass(frozen=True, slots=True)
class FitWithoutWave:
    """A fit without one wave: its draws, their diagnostics, and runs at them.

    Attributes:
        wave: its name, or ``NOTHING`` for the finished fit itself.
        standardised: draws (rows by fitted parameters).
        r_hat: the largest R-hat of the chains.
        ballot_weight: effective share of draws after the ballots' likelihood was made exact.
        away: how far the mean of the draws lies from that of the points that trained the emulators,
            in those points' standard deviations in that direction; where it is large the emulators
            were used outside what they know.
        moved: the parameter whose mean moved most from the finished fit's, by how many of that
            fit's standard deviations.
        runs: the folder of the batch.
    """

    wave: str
    standardised: Array
    r_hat: float
    ballot_weight: float
    away: float
    moved: tuple[str, float]
    runs: Path


def finished_fit(folder: Path) -> FinishedFit:
    """Return the fit to both waves that lies in a folder.

    Raises:
        InputError: there is none, or it has not been made to both waves and today's parameters.
    """
    posterior = folder / POSTERIOR
    try:
        about = tomllib.loads((posterior / "about.toml").read_text(encoding="utf-8"))
        seed, replications = int(about["seed"]), int(about["replications"])
        diagnostics = float(about["largest_r_hat"]), float(about["ballot_weight"])
        standardised = np.load(posterior / "scores.npy")
        settings = FitSettings(folder, replications, seed)
        around = np.load(settings.first_posterior / "scores.npy")
    except (OSError, ValueError, KeyError, EOFError):
        raise NoFitError(f"{folder}: holds no finished fit") from None
    both = (wave_of_2020(), history_wave())
    wanted = [wave.name for wave in both]
    if about.get("waves") != wanted:
        raise InputError(
            f"{folder}: holds a fit to {about.get('waves')}, not to {' and '.join(wanted)}; "
            "the waves can be left out of a fit that has seen them all"
        )
    second = [settings.batch(SECOND, wave) for wave in both]
    if any(code != replication_code() for batch in second for code in codes_of(batch)):
        raise NoFitError(
            f"{folder}: holds a fit made by other code", remedy="fit anew with {overwrite=True}"
        )
    count = len(fitted_names())
    if any(part.ndim != 2 or part.shape[1] != count for part in (standardised, around)):
        raise NoFitError(
            f"{folder}: the fit is not of today's {count} parameters",
            remedy="fit anew with {overwrite=True}",
        )
    return FinishedFit(folder, seed, replications, standardised, around, *diagnostics)


def leave_waves_out(
    fit: FinishedFit,
    ballots: BallotLikelihood | None,
    settings: FitSettings,
    *,
    waves: Sequence[str] = WAVES,
) -> tuple[FitWithoutWave, ...]:
    """Run the finished fit and then fits that have not seen one of the waves; see the module.

    Draws and replications are kept in ``left_out`` in the settings' folder and used again.

    Args:
        fit: the finished fit.
        ballots: log-likelihood of the recorded ballots, or None to do without.
        settings: how the runs are made: replications at the draws of each fit, and the seed of
            draws and replications. The emulators keep those of the fit.
        waves: names of the waves to leave out, each alone.

    Returns:
        First the finished fit with nothing left out, then one for each wave.

    Raises:
        InputError: a number is out of range, or the library that judges the chains is not
            installed; nothing has been written.
    """
    seed = settings.seed
    check_numbers([history_wave().scenario("prior")], settings.replications, seed, settings.workers)
    require_diagnostics()
    of_fit = FitSettings(
        fit.folder, fit.replications, fit.seed, settings.workers, progress=settings.progress
    )
    names = fitted_names()
    away = distance(fit.standardised, fit.around)
    seen = FitWithoutWave(
        NOTHING, fit.standardised, fit.r_hat, fit.ballot_weight, away, ("", 0.0), Path()
    )
    found = [_run(seen, fit, LAST_DAY, settings)]
    of_2020 = wave_of_2020()
    emulator_2020 = trained(of_2020, 0, SECOND, of_fit)
    surrogate = None
    if ballots is not None:
        surrogate = Quadratic.fit(fit.around, ballots(values_of(fit.around, names)))
    for wave in waves:
        others = history_wave(left_out=wave)
        emulator = trained(others, 1, SECOND, of_fit)
        standardised, largest, weight = posterior_draws(
            ((of_2020, emulator_2020), (others, emulator)),
            names,
            ballots,
            seed=seed + DRAWS_SEED + WAVES.index(wave),
            rows=FINAL_ROWS,
            surrogate=surrogate,
        )
        one = FitWithoutWave(
            wave,
            standardised,
            largest,
            weight,
            distance(standardised, fit.around),
            furthest(names, standardised, fit.standardised),
            Path(),
        )
        found.append(_run(one, fit, last_day(wave), settings))
    return tuple(found)


def _run(
    one: FitWithoutWave, fit: FinishedFit, last: date, settings: FitSettings
) -> FitWithoutWave:
    """Run the years since 2013 at some draws and return them with their batch."""
    # named by its draws too, so that those of another fit never lie beside these runs
    digest = hashlib.sha256(one.standardised.round(6).tobytes()).hexdigest()[:8]
    name = f"left_out/{one.wave}_{fit.replications}_{settings.seed}_{digest}"
    folder = settings.folder / name
    enlist(settings.folder, [f"{name}/scores.npy", f"{name}/draws.csv"])
    folder.mkdir(parents=True, exist_ok=True)
    write_array(folder / "scores.npy", one.standardised)
    write_draws(folder / "draws.csv", values_of(one.standardised, fitted_names()))
    past = history_wave()
    scenario = replace(past, tables={**past.tables, "end": last}).scenario(str(folder.resolve()))
    label, progress = f"{past.name} with {one.wave} left out", settings.progress
    batch = run_batch(
        scenario,
        replications=settings.replications,
        seed=settings.seed + RUN_SEED,
        workers=settings.workers,
        out=folder / "runs",
        overwrite=settings.overwrite,
        one_code=True,
        progress=None if progress is None else lambda a, b: progress(label, a, b),
    )
    return replace(one, runs=batch.folder)


def distance(standardised: Array, points: Array) -> float:
    """Return how far the mean of draws lies from that of some points (Mahalanobis's distance).

    In the points' own standard deviations in that direction.
    """
    shift = standardised.mean(axis=0) - points.mean(axis=0)
    covariance = np.cov(points, rowvar=False)
    return float(np.sqrt(shift @ np.linalg.solve(covariance, shift)))


def furthest(names: Sequence[str], standardised: Array, before: Array) -> tuple[str, float]:
    """Return the parameter whose mean has moved most, in its standard deviations before."""
    shift = (standardised.mean(axis=0) - before.mean(axis=0)) / before.std(axis=0)
    most = int(np.abs(shift).argmax())
    return names[most], float(shift[most])
