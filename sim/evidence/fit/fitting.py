"""One fit from end to end: fit, compare with the record, estimate systems, write it down."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from sim.evidence.arrays import Array
from sim.evidence.ballots import BALLOT_PARAMETERS, ballot_data, ballot_log_likelihoods, complete
from sim.evidence.convergence import require_diagnostics
from sim.evidence.fit.emulator import transform
from sim.evidence.fit.identifiability import identifiability_report
from sim.evidence.fit.place_effects import (
    LearntPlace,
    learn_places,
    recorded_courses,
    simulated_courses,
    write_places,
)
from sim.evidence.fit.posterior import (
    FIRST,
    SECOND,
    BallotLikelihood,
    FittedPosterior,
    design,
    fit_posterior,
)
from sim.evidence.fit.settings import FitSettings
from sim.evidence.fit.standardised import ROWS, write_array, write_draws
from sim.evidence.fit.summaries import Covariates
from sim.evidence.fit.waves import APRIL_2020, Wave, wave_of_2020
from sim.evidence.record import PUSHED_REGIONS, observed_systems, round_of_2020
from sim.experiment.provenance import refuse_other_code
from sim.records.files import write_whole
from sim.records.ledger import enlist, refuse_foreign
from sim.records.markdown import plain
from sim.scenario.model import DEFAULT_FORM
from sim.scenario.parameters import DEFAULT_PRIORS
from sim.world.load import load_world

POSTERIOR: Final = "posterior"
CHECK: Final = "check"
FIT_FILES: Final = (
    "report.md",
    *(f"{POSTERIOR}/{name}" for name in ("draws.csv", "scores.npy", "places.csv", "about.toml")),
)
"""What a fit writes into its folder beside the batches."""
SMALLEST_SPREAD: Final = {"support_sd": 0.2}  # that the ballots' integration resolves
CHECK_SEED: Final = 300  # added to the fit's seed for replications that check it


@dataclass(frozen=True)
class Fit:
    """A finished fit: its posterior, its predictions of each wave, its estimates of systems."""

    posterior: FittedPosterior
    predicted: dict[str, Array]
    waves: tuple[Wave, ...]
    places: tuple[LearntPlace, ...]


def fit(
    waves: Sequence[Wave],
    settings: FitSettings,
    *,
    ballots: bool,
    checks: int,
    places: bool = True,
    leave_out: Sequence[str] = (),
) -> Fit:
    """Fit the model and write ``posterior/`` (draws, places, about) and ``report.md``.

    Args:
        waves: the waves to fit to.
        settings: how the fit is run. Replications found in its folder are used again, if the same
            code has made them all.
        ballots: whether the recorded ballots count.
        checks: replications at the final draws, for what the fit predicts and for places.
        places: whether the leanings of systems are estimated from the round of 2020.
        leave_out: rounds or cases of ballots that must not count.

    Raises:
        InputError: a batch in the folder is another one, or was made by other code; or the library
            that judges the chains is not installed.
    """
    require_diagnostics()
    folder, seed = settings.folder, settings.seed
    refuse_foreign(folder, [*FIT_FILES, *settings.first_files()])
    batches = [settings.batch(stage, wave) for stage in (FIRST, SECOND, CHECK) for wave in waves]
    if not settings.overwrite:
        refuse_other_code(batches)
    likelihood = ballot_likelihood(leave_out) if ballots else None
    found = fit_posterior(waves, likelihood, settings)
    posterior = folder / POSTERIOR
    enlist(folder, FIT_FILES)
    posterior.mkdir(parents=True, exist_ok=True)
    for left in ("places.csv", "about.toml"):
        (posterior / left).unlink(missing_ok=True)
    write_draws(posterior / "draws.csv", found.values)
    write_array(posterior / "scores.npy", found.standardised)
    predicted = {}
    learnt: tuple[LearntPlace, ...] = ()
    for wave in waves:
        batch = settings.batch(CHECK, wave)
        at_draws = replace(settings, replications=checks, seed=seed + CHECK_SEED)
        part = design(wave, batch, found.names, at_draws, posterior=posterior)
        predicted[wave.name] = part.summaries
        if places and wave.name == wave_of_2020().name:
            learnt = _learn(batch, seed + CHECK_SEED)
    if learnt:
        write_places(posterior / "places.csv", learnt)
    result = Fit(found, predicted, tuple(waves), learnt)
    code = refuse_other_code(batches)  # and if it was changed while they ran
    write_whole(posterior / "about.toml", _about(result, settings, code))
    write_whole(folder / FIT_FILES[0], report(result))
    return result


def ballot_likelihood(leave_out: Sequence[str] = ()) -> BallotLikelihood:
    """Return the log-likelihood of the recorded ballots as a function of values by name."""
    data = ballot_data(load_world("england_2019"), leave_out=leave_out)

    def log_likelihood(values: dict[str, Array]) -> Array:
        # spreads of next to nothing fall between the nodes of the integration
        own = {
            name: np.maximum(value, SMALLEST_SPREAD.get(name, 1e-9))
            if ROWS[name].low == 0.0
            else value
            for name, value in values.items()
            if name in BALLOT_PARAMETERS
        }
        return ballot_log_likelihoods(complete(own, DEFAULT_PRIORS), data, DEFAULT_FORM)

    return log_likelihood


def _learn(batch: Path, seed: int) -> tuple[LearntPlace, ...]:
    import pandas as pd

    covariates = Covariates(load_world("england_2019"), PUSHED_REGIONS)
    single = [s.code for s in observed_systems() if s.ccgs_before > 1 and s.ccgs_after == 1]
    recorded = recorded_courses(round_of_2020(covariates.world), single, covariates)
    simulated = simulated_courses(
        pd.read_parquet(batch / "proposals.parquet"),
        pd.read_parquet(batch / "systems.parquet"),
        APRIL_2020,
        covariates,
    )
    return learn_places(recorded, simulated, covariates, seed)


def _about(result: Fit, settings: FitSettings, code: str) -> str:
    draws = np.ascontiguousarray(result.posterior.standardised)
    waves = ", ".join(f'"{wave.name}"' for wave in result.waves)
    return (
        "# How these draws were made; see docs/calibration.md. Written by `fit run`.\n"
        f"waves = [{waves}]\nseed = {settings.seed}\nreplications = {settings.replications}\n"
        f"rows = {len(draws)}\nlargest_r_hat = {result.posterior.r_hat:.4f}\n"
        f"ballot_weight = {result.posterior.ballot_weight:.3f}\n"
        f'scores_sha256 = "{hashlib.sha256(draws.round(6).tobytes()).hexdigest()}"\n'
        f'code_sha256 = "{code}"\n'
    )


def report(result: Fit) -> str:
    """Return the fit's report as markdown: diagnostics, predictions, parameters and systems."""
    found = result.posterior
    lines = [
        "# The fit",
        "",
        (
            f"Largest R-hat {found.r_hat:.3f}; effective share of draws after "
            f"weighting them by the exact likelihood of the ballots {found.ballot_weight:.0%}."
        ),
        "",
    ]
    for wave in result.waves:
        lines += [f"## {wave.name}: recorded and predicted", "", *_predicted(result, wave), ""]
    lines += ["## What the data say about each parameter", ""]
    lines.append(identifiability_report(found.names, found.standardised, found.values))
    if result.places:
        lines += ["## What the data say about each system", "", *_places(result.places)]
    return "\n".join(lines) + "\n"


def _predicted(result: Fit, wave: Wave) -> list[str]:
    seen = transform(wave.observed[None], wave.signed)[0]
    explained = result.posterior.emulators[wave.name].explained
    lines = [
        "| summary | recorded | predicted median (90%) | record's percentile | emulator explains |",
        "|---|---|---|---|---|",
    ]
    for column, name in enumerate(wave.names):
        values = result.predicted[wave.name][:, column]
        if column not in wave.signed:
            values = np.maximum(values**2 - 0.25, 0.0)
        low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
        drawn = result.predicted[wave.name][:, column]
        at = float((drawn < seen[column]).mean() + 0.5 * (drawn == seen[column]).mean())
        note = "" if column in wave.used else " (not fitted)"
        lines.append(
            f"| {name}{note} | {wave.observed[column]:.4g} | {middle:.3g} ({low:.3g} to "
            f"{high:.3g}) | {at:.0%} | {explained[column]:.0%} |"
        )
    return lines


def _places(places: Sequence[LearntPlace]) -> list[str]:
    names = {system.code: system.name for system in load_world("england_2019").systems}
    lines = [
        (
            "Leanings (random effects) in units of the spread between systems, mean and standard "
            "deviation: 0 (1) means that only the system's covariates are known."
        ),
        "",
        "| system | recorded | matching replications | start | support |",
        "|---|---|---|---|---|",
    ]
    for place in places:
        kind, lost, refused, new = place.course
        course = [{"none": "no merger", "part": "merged in part", "whole": "one CCG"}[kind]]
        course += ["ballot lost"] * lost + ["refused"] * refused + ["new proposal"] * new
        e = place.effect
        lines.append(
            f"| {plain(names[place.system])} | {', '.join(course)} | {place.replications} | "
            f"{e.start_mean:+.2f} ({e.start_sd:.2f}) | {e.support_mean:+.2f} "
            f"({e.support_sd:.2f}) |"
        )
    return lines
