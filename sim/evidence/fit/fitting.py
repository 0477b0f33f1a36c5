"""One fit from end to end: calibrate, look at what it predicts, learn of places, write it down."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from sim.evidence.arrays import Array
from sim.evidence.fit.calibrate import (
    FIRST,
    SECOND,
    BallotLikelihood,
    Calibration,
    Progress,
    batch_folder,
    calibrate,
    design,
    first_files,
)
from sim.evidence.fit.emulator import transform
from sim.evidence.fit.identifiability import identifiability_report
from sim.evidence.fit.place_effects import (
    LearntPlace,
    learn_places,
    recorded_courses,
    simulated_courses,
    write_places,
)
from sim.evidence.fit.scores_of_priors import ROWS, fitted_names, write_array, write_draws
from sim.evidence.fit.summaries import Covariates
from sim.evidence.fit.waves import APRIL_2020, Wave, wave_of_2020
from sim.evidence.proof.predictive_tables import FIGURE, FILES
from sim.evidence.record.observed import observed_systems
from sim.evidence.record.recorded_round import PUSHED_REGIONS, round_of_2020
from sim.experiment.provenance import refuse_other_code
from sim.records.files import write_whole
from sim.records.ledger import enlist, refuse_foreign
from sim.records.markdown import plain
from sim.scenario.model import DEFAULT_FORM
from sim.world.load import load_world

POSTERIOR: Final = "posterior"
CHECK: Final = "check"
TRUTHS: Final = "truths"
FIT_FILES: Final = (
    "report.md",
    *(f"{POSTERIOR}/{name}" for name in ("draws.csv", "scores.npy", "places.csv", "about.toml")),
)
"""What a fit writes into its folder beside the batches."""
PROOF_FILES: Final = (
    "simulation_based_check.md",
    *(f"{name}.csv" for name in FILES),
    f"{FIGURE}.png",
)
"""What a proof of the fitting writes there."""
SMALLEST_SPREAD: Final = {"support_sd": 0.2}  # that the ballots' integration resolves
CHECK_SEED: Final = 300  # added to the fit's seed for replications that check it


@dataclass(frozen=True)
class Fit:
    """A finished fit: the calibration, what it predicts of each wave, and what places taught."""

    calibration: Calibration
    predicted: dict[str, Array]
    waves: tuple[Wave, ...]
    places: tuple[LearntPlace, ...]


def fit(
    waves: Sequence[Wave],
    folder: Path,
    *,
    ballots: bool,
    replications: int,
    checks: int,
    seed: int,
    workers: int | None = None,
    overwrite: bool = False,
    places: bool = True,
    leave_out: Sequence[str] = (),
    progress: Progress | None = None,
) -> Fit:
    """Fit the model and write ``posterior/`` (draws, places, about) and ``report.md``.

    Args:
        waves: the waves to fit to.
        folder: working folder; replications found there are used again, if the same code has
            made them all.
        ballots: whether the recorded ballots count.
        replications: of each wave in each of two rounds.
        checks: replications at the final draws, for what the fit predicts and for places.
        seed: of everything.
        workers: worker processes; nothing depends on it.
        overwrite: discard the replications found there and run them from the beginning.
        places: whether systems' own leanings are learnt from the round of 2020.
        leave_out: rounds or cases of ballots that must not count.
        progress: told what runs and how far it is.

    Raises:
        InputError: a batch in the folder is another one, or was made by other code.
    """
    refuse_foreign(folder, [*FIT_FILES, *first_files(folder, replications)])
    batches = [
        batch_folder(folder, stage, wave, replications)
        for stage in (FIRST, SECOND, CHECK)
        for wave in waves
    ]
    if not overwrite:
        refuse_other_code(batches)
    likelihood = ballot_likelihood(leave_out) if ballots else None
    found = calibrate(
        waves,
        likelihood,
        folder,
        replications=replications,
        seed=seed,
        workers=workers,
        overwrite=overwrite,
        progress=progress,
    )
    posterior = folder / POSTERIOR
    enlist(folder, FIT_FILES)
    posterior.mkdir(parents=True, exist_ok=True)
    for left in ("places.csv", "about.toml"):
        (posterior / left).unlink(missing_ok=True)
    write_draws(posterior / "draws.csv", found.values)
    write_array(posterior / "scores.npy", found.scores)
    predicted = {}
    learnt: tuple[LearntPlace, ...] = ()
    for wave in waves:
        batch = batch_folder(folder, CHECK, wave, replications)
        part = design(
            wave,
            batch,
            found.names,
            replications=checks,
            seed=seed + CHECK_SEED,
            workers=workers,
            posterior=posterior,
            overwrite=overwrite,
            progress=progress,
        )
        predicted[wave.name] = part.summaries
        if places and wave.name == wave_of_2020().name:
            learnt = _learn(batch, seed + CHECK_SEED)
    if learnt:
        write_places(posterior / "places.csv", learnt)
    result = Fit(found, predicted, tuple(waves), learnt)
    code = refuse_other_code(batches)  # and if it was changed while they ran
    about = _about(result, seed, replications, code)
    write_whole(posterior / "about.toml", about)
    write_whole(folder / FIT_FILES[0], report(result))
    return result


def prove(
    waves: Sequence[Wave],
    folder: Path,
    *,
    replications: int,
    truths: int,
    seed: int,
    workers: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> str:
    """Prove the fitting on synthetic truths; returns what came of it as markdown.

    The waves are run at prior parameters under one seed, so that a truth is the same in all, and
    share no luck beyond them; ``truths`` of the replications stand for records and the others train
    the emulators. Written are ``simulation_based_check.md`` and, with several waves, the forecasts
    of each from the others: ``predictive_pit.csv``, ``predictive_histogram.csv`` and
    ``predictive_reliability.csv``. What
    is in the folder already is used again, or refused, as in ``fit``.
    """
    from sim.evidence.proof.predictive import leave_each_out
    from sim.evidence.proof.predictive_report import predictive_report
    from sim.evidence.proof.predictive_tables import predictive_tables, write_tables
    from sim.evidence.proof.simulation_based import check_report, simulation_based_check

    refuse_foreign(folder, PROOF_FILES)
    names = fitted_names()
    batches = [
        batch_folder(folder, f"{TRUTHS}_{index}", wave, replications)
        for index, wave in enumerate(waves)
    ]
    if not overwrite:
        refuse_other_code(batches)
    designs = [
        design(
            wave,
            batch,
            names,
            replications=replications,
            seed=seed,
            workers=workers,
            overwrite=overwrite,
            progress=progress,
            independent=index,
        )
        for index, (wave, batch) in enumerate(zip(waves, batches, strict=True))
    ]
    refuse_other_code(batches)
    found = simulation_based_check(waves, designs, names, truths=truths, seed=seed)
    text = check_report(found, truths)
    left_out = leave_each_out(waves, designs, names, truths=truths, seed=seed)
    tables = predictive_tables(left_out, seed=seed) if left_out else None
    enlist(folder, PROOF_FILES)
    write_tables(folder, tables)
    if tables is not None:
        text += "\n" + predictive_report(left_out, tables.pit, seed=seed)
    write_whole(folder / PROOF_FILES[0], text)
    return text


def ballot_likelihood(leave_out: Sequence[str] = ()) -> BallotLikelihood:
    """Return the log-likelihood of the recorded ballots as a function of values by name."""
    from sim.evidence.ballots.data import ballot_data
    from sim.evidence.ballots.fit import complete
    from sim.evidence.ballots.likelihood import BALLOT_PARAMETERS, ballot_log_likelihoods
    from sim.scenario.parameters import DEFAULT_PRIORS

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


def _about(result: Fit, seed: int, replications: int, code: str) -> str:
    draws = np.ascontiguousarray(result.calibration.scores)
    waves = ", ".join(f'"{wave.name}"' for wave in result.waves)
    return (
        "# How these draws were made; see docs/calibration.md. Written by `calibrate`.\n"
        f"waves = [{waves}]\nseed = {seed}\nreplications = {replications}\n"
        f"rows = {len(draws)}\nlargest_r_hat = {float(result.calibration.r_hat.max()):.4f}\n"
        f"ballot_weight = {result.calibration.ballot_weight:.3f}\n"
        f'scores_sha256 = "{hashlib.sha256(draws.round(6).tobytes()).hexdigest()}"\n'
        f'code_sha256 = "{code}"\n'
    )


def report(result: Fit) -> str:
    """Return the fit's report as markdown: diagnostics, what it predicts, what it learnt."""
    found = result.calibration
    lines = [
        "# The fit",
        "",
        (
            f"Largest split R-hat {float(found.r_hat.max()):.3f}; effective share of draws after "
            f"weighting them by the exact likelihood of the ballots {found.ballot_weight:.0%}."
        ),
        "",
    ]
    for wave in result.waves:
        lines += [f"## {wave.name}: recorded and predicted", "", *_predicted(result, wave), ""]
    lines += ["## What the data say about each parameter", ""]
    lines.append(identifiability_report(found.names, found.scores, found.values))
    if result.places:
        lines += ["## What the data say about each system", "", *_places(result.places)]
    return "\n".join(lines) + "\n"


def _predicted(result: Fit, wave: Wave) -> list[str]:
    seen = transform(wave.observed[None], wave.signed)[0]
    explained = result.calibration.emulators[wave.name].explained
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
        told = [{"none": "no merger", "part": "merged in part", "whole": "one CCG"}[kind]]
        told += ["ballot lost"] * lost + ["refused"] * refused + ["new proposal"] * new
        e = place.effect
        lines.append(
            f"| {plain(names[place.system])} | {', '.join(told)} | {place.replications} | "
            f"{e.start_mean:+.2f} ({e.start_sd:.2f}) | {e.support_mean:+.2f} "
            f"({e.support_sd:.2f}) |"
        )
    return lines
