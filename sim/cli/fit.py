"""The commands under ``fit``: fit the model to what happened, and check the fitting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from sim.cli.options import Overwrite, Quiet, Seed, Workers, refuse_odd_path, whole_number
from sim.errors import InputError
from sim.views.exit_codes import print_page, print_plain

if TYPE_CHECKING:
    from sim.evidence.fit import Wave

FIT_OUT: Final = Path("results/calibration")
BALLOTS_PAGE: Final = "ballots.md"
LEFT_OUT_FILES: Final = ("waves_left_out.csv", "waves_left_out.md")
CHECKS: Final = 6000
FITTED: Final = 4000  # replications of each wave in each round of the fit
TRUTHS: Final = 200
LEFT_OUT: Final = 1000  # replications at the draws of each fit with a wave left out
FEWEST: Final = 200  # replications of a wave from which an emulator can be fitted at all
FEWEST_TRUTHS: Final = 20
FEWEST_SCORED: Final = 20  # replications that have a 90% interval at all

FitOut: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Folder of the fit; by default results/calibration, and with --before-2020 "
        "results/calibration/before_2020.",
    ),
]
FinishedOut: TypeAlias = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder that holds the fit.")
]
BallotsOut: TypeAlias = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder to write ballots.md to.")
]
WaveReplications: TypeAlias = Annotated[
    int,
    typer.Option(
        parser=whole_number,
        metavar="N",
        help="Replications of each wave in each of the two rounds of the fit.",
    ),
]
CheckReplications: TypeAlias = Annotated[
    int,
    typer.Option(
        parser=whole_number,
        metavar="N",
        help="Replications of each wave, at least twice the number of --truths.",
    ),
]
LeftOutReplications: TypeAlias = Annotated[
    int,
    typer.Option(parser=whole_number, metavar="N", help="Replications for each wave left out."),
]
Before2020: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--before-2020",
        help="Leave out the outcomes and votes of the round of 2020. Priors and durations stay as "
        "they are.",
    ),
]
Publish: TypeAlias = Annotated[
    str, typer.Option(metavar="NAME", help="Add the posterior to the package under this name.")
]

fit_app = typer.Typer(
    name="fit",
    rich_markup_mode=None,
    help="Fit the parameters to the records and check the fit.",
)


def add_fit_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the program."""
    app.add_typer(fit_app)


@fit_app.callback(invoke_without_command=True)
def fit(context: typer.Context) -> None:
    """Show the commands under ``fit`` where none is given."""
    if context.invoked_subcommand is None:
        print_page(context.get_help())


@fit_app.command("run")
def fit_run(
    replications: WaveReplications = FITTED,
    seed: Seed = 1,
    workers: Workers = None,
    out: FitOut = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    before_2020: Before2020 = False,
    publish: Publish = "",
) -> None:
    """Fit the parameters to the recorded rounds and ballots.

    Runs each wave twice (with parameters from the prior, then near the first fit), draws from
    the posterior and writes the draws and a report. Uses finished replications in the folder
    again if the same code made them.
    """
    page = make_fit(
        fit_folder(out, before_2020),
        replications=replications,
        seed=seed,
        workers=workers,
        overwrite=overwrite,
        quiet=quiet,
        before_2020=before_2020,
        publish=publish,
    )
    if not quiet:
        print_page(page)


@fit_app.command("ballots")
def fit_ballots(seed: Seed = 1, out: BallotsOut = FIT_OUT, quiet: Quiet = False) -> None:
    """Fit the recorded ballots alone.

    Fits members' opinions with one mode and with two, shows what both predict, and writes
    ballots.md.
    """
    page = make_ballots_page(out, seed=seed, quiet=quiet)
    if not quiet:
        print_page(page)


@fit_app.command("check")
def fit_check(
    truths: Annotated[
        int,
        typer.Option(
            parser=whole_number,
            metavar="N",
            help=f"Number of synthetic truths, {FEWEST_TRUTHS} or more.",
        ),
    ] = TRUTHS,
    replications: CheckReplications = FITTED,
    seed: Seed = 1,
    workers: Workers = None,
    out: FitOut = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    before_2020: Before2020 = False,
) -> None:
    """Check the fit on synthetic truths.

    Simulates rounds with known parameters, fits to them as if they were the records, and counts
    how often the fitted intervals contain the known parameters. Also forecasts each wave from the
    others and scores the forecasts.
    """
    page = make_check(
        fit_folder(out, before_2020),
        truths=truths,
        replications=replications,
        seed=seed,
        workers=workers,
        overwrite=overwrite,
        quiet=quiet,
        before_2020=before_2020,
    )
    if not quiet:
        print_page(page)


@fit_app.command("waves-left-out")
def fit_waves_left_out(
    replications: LeftOutReplications = LEFT_OUT,
    seed: Seed = 1,
    workers: Workers = None,
    out: FinishedOut = FIT_OUT,
    quiet: Quiet = False,
) -> None:
    """Refit without each wave before 2020.

    Scores the forecast of the wave left out. Needs a fit made by 'fit run' in the same folder.
    """
    page = make_waves_left_out(
        out, replications=replications, seed=seed, workers=workers, quiet=quiet
    )
    if not quiet:
        print_page(page)


def fit_folder(out: Path | None, before_2020: bool) -> Path:
    """Return the folder that a fit is written to."""
    return out or (FIT_OUT / "before_2020" if before_2020 else FIT_OUT)


def make_fit(
    folder: Path,
    *,
    replications: int,
    seed: int,
    workers: int | None,
    overwrite: bool,
    quiet: bool,
    before_2020: bool,
    publish: str,
) -> str:
    """Fit, ship the posterior under ``publish`` where a name is given, and return the report."""
    from sim.evidence.fit import POSTERIOR, FitSettings, fit
    from sim.experiment.owner import owning
    from sim.scenario.posterior import FOLDER
    from sim.views.progress import SeveralBatches

    refuse_odd_path("--out", folder)
    if publish and (not publish.isidentifier() or publish == "prior"):
        raise InputError(
            f"--publish {publish!r}: give a name of letters, digits and _, other than prior"
        )
    if publish and (FOLDER / publish).exists() and not overwrite:
        raise InputError(
            f"--publish {publish}: a posterior of that name is shipped already; use --overwrite "
            "to replace it (all replications are then run again), or give another name"
        )
    _at_least(replications, FEWEST)
    with owning(folder), SeveralBatches(quiet=quiet) as progress:
        fit(
            _waves(before_2020),
            FitSettings(folder, replications, seed, workers, overwrite, progress),
            ballots=not before_2020,
            checks=min(CHECKS, 2 * replications),
            places=not before_2020,
        )
    if publish:
        _ship(folder / POSTERIOR, publish)
    return (folder / "report.md").read_text(encoding="utf-8")


def make_ballots_page(folder: Path, *, seed: int, quiet: bool = False) -> str:
    """Fit the recorded ballots alone, write ``ballots.md`` and return it."""
    from sim.evidence.ballots import ballot_report, fit_ballots, fits_by_causal_share
    from sim.experiment.owner import owning
    from sim.records.files import write_whole
    from sim.records.ledger import enlist, refuse_foreign

    refuse_odd_path("--out", folder)
    refuse_foreign(folder, [BALLOTS_PAGE])
    with owning(folder):
        if not quiet:
            print_plain("fitting both forms, and three causal shares", error=True)
        one, two = fit_ballots(seed, "one_mode"), fit_ballots(seed, "two_mode")
        page = ballot_report(two, one, fits_by_causal_share(seed, "two_mode"))
        enlist(folder, [BALLOTS_PAGE])
        write_whole(folder / BALLOTS_PAGE, page)
    return page


def make_check(
    folder: Path,
    *,
    truths: int,
    replications: int,
    seed: int,
    workers: int | None,
    overwrite: bool,
    quiet: bool,
    before_2020: bool,
) -> str:
    """Prove the fitting on synthetic truths, draw the forecasts' plot and return the page."""
    from sim.evidence.fit import FitSettings
    from sim.evidence.proof import prove
    from sim.experiment.owner import owning
    from sim.views.plots.predictive import make_predictive_plot
    from sim.views.progress import SeveralBatches

    refuse_odd_path("--out", folder)
    if truths < FEWEST_TRUTHS:
        raise InputError(f"--truths is {truths}; must be {FEWEST_TRUTHS} or more synthetic truths")
    _at_least(replications, max(FEWEST, 2 * truths))
    with owning(folder), SeveralBatches(quiet=quiet) as progress:
        settings = FitSettings(folder, replications, seed, workers, overwrite, progress)
        page = prove(_waves(before_2020), settings, truths=truths)
        make_predictive_plot(
            folder,
            footer=f"{truths} synthetic truths, {replications:,} replications of each wave; "
            "emulators trained at prior parameters, without ballots and places.",
        )
    return page


def make_waves_left_out(
    folder: Path, *, replications: int, seed: int, workers: int | None, quiet: bool
) -> str:
    """Leave each earlier wave out of the finished fit, score the forecasts and return the page."""
    from sim.evidence.extras import require
    from sim.evidence.fit import FitSettings, ballot_likelihood
    from sim.evidence.proof import (
        NoFitError,
        finished_fit,
        leave_waves_out,
        score_waves,
        waves_left_out_page,
    )
    from sim.experiment.owner import owning
    from sim.records.csv_text import write_frame
    from sim.records.files import write_whole
    from sim.records.ledger import enlist, refuse_foreign
    from sim.views.progress import SeveralBatches

    refuse_odd_path("--out", folder)
    refuse_foreign(folder, LEFT_OUT_FILES)
    with owning(folder):
        require("scoringrules")
        _at_least(replications, FEWEST_SCORED)
        try:
            finished = finished_fit(folder)
        except NoFitError as error:
            again = " --overwrite" if error.remedy else ""
            raise InputError(
                *error.args, remedy=f"run 'fit run{again}' with the same {{out}} first"
            ) from None
        with SeveralBatches(quiet=quiet) as progress:
            found = leave_waves_out(
                finished,
                ballot_likelihood(),
                FitSettings(folder, replications, seed, workers, progress=progress),
            )
        table = score_waves(found, seed)
        enlist(folder, LEFT_OUT_FILES)
        write_frame(folder / LEFT_OUT_FILES[0], table)
        page = waves_left_out_page(table, found)
        write_whole(folder / LEFT_OUT_FILES[1], page)
    return page


def _at_least(replications: int, fewest: int) -> None:
    if replications < fewest:
        raise InputError(f"--replications is {replications:,}; must be at least {fewest:,} here")


def _waves(before_2020: bool) -> tuple[Wave, ...]:
    from sim.evidence.fit import history_wave, wave_of_2020

    return (history_wave(),) if before_2020 else (wave_of_2020(), history_wave())


def _ship(posterior: Path, name: str) -> None:
    from sim.records.files import write_whole
    from sim.scenario.posterior import FOLDER

    target = FOLDER / name
    target.mkdir(parents=True, exist_ok=True)
    for file in ("draws.csv", "places.csv", "about.toml"):
        if (posterior / file).exists():
            write_whole(target / file, (posterior / file).read_bytes())
        else:
            (target / file).unlink(missing_ok=True)
