"""The commands that fit the model to what happened, check the fitting, and publish a forecast."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sim.cli.options import (
    Out,
    Overwrite,
    Quiet,
    Replications,
    Seed,
    Workers,
    refuse_odd_path,
    whole_number,
)
from sim.errors import InputError
from sim.views.exit_codes import print_page, print_plain

if TYPE_CHECKING:
    from sim.evidence.fit import Wave
    from sim.views.progress import ProgressReport

CALIBRATION_OUT: Final = Path("results/calibration")
FORECAST_OUT: Final = Path("results/forecast")
BALLOTS_PAGE: Final = "ballots.md"
LEFT_OUT_FILES: Final = ("waves_left_out.csv", "waves_left_out.md")
CHECKS: Final = 6000
FITTED: Final = 4000  # replications of each wave in each round of the fit
LEFT_OUT: Final = 1000  # replications at the draws of each fit with a wave left out
FEWEST: Final = 200  # replications of a wave from which an emulator can be fitted at all
FEWEST_SCORED: Final = 20  # replications that have a 90 % interval at all
Told = Callable[[str, int, int], None]


def add_fit_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the program."""
    app.command()(calibrate)
    app.command()(forecast)


def calibrate(
    replications: Annotated[
        int | None,
        typer.Option(
            parser=whole_number,
            metavar="N",
            help="Replications of each wave in each of two rounds; with --waves-left-out, at the "
            "draws of each fit.",
            show_default=f"{FITTED}; {LEFT_OUT} with --waves-left-out",
        ),
    ] = None,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    before_2020: Annotated[
        bool,
        typer.Option(
            "--before-2020",
            help="Leave the round of 2020 out of the fit: its outcomes and votes. Priors and "
            "durations stay as they are.",
        ),
    ] = False,
    check: Annotated[
        int,
        typer.Option(
            "--check",
            metavar="N",
            help="Do not fit: prove the fitting on N synthetic truths instead, and how honest "
            "forecasts of a wave left out are.",
        ),
    ] = 0,
    ballots: Annotated[
        bool,
        typer.Option("--ballots", help="Do not fit the whole: fit the recorded ballots alone."),
    ] = False,
    waves_left_out: Annotated[
        bool,
        typer.Option(
            "--waves-left-out",
            help="Do not fit the whole: leave each wave before 2020 out of the finished fit in "
            "the folder in turn, and score what is left on that wave.",
        ),
    ] = False,
    publish: Annotated[
        str, typer.Option(metavar="NAME", help="Ship the posterior under this name afterwards.")
    ] = "",
) -> None:
    """Fit the parameters to the recorded rounds and ballots.

    Runs each wave twice (at prior parameters, then near the first fit), draws from the posterior
    and writes it with a report under results/calibration. What is there already is used again, if
    the same code has made it.
    """
    from sim.evidence.fit import POSTERIOR, fit
    from sim.evidence.proof import prove
    from sim.experiment.owner import owning
    from sim.records.ledger import refuse_foreign
    from sim.scenario.posterior import FOLDER

    folder = out or (CALIBRATION_OUT / "before_2020" if before_2020 else CALIBRATION_OUT)
    refuse_odd_path("--out", folder)
    if waves_left_out and (check or publish or before_2020 or ballots or overwrite):
        raise InputError(
            "--waves-left-out goes with --replications, --seed, --workers, --out and --quiet alone"
        )
    if waves_left_out:
        refuse_foreign(folder, LEFT_OUT_FILES)
        with owning(folder):
            _report_waves_left_out(
                folder, LEFT_OUT if replications is None else replications, seed, workers, quiet
            )
        return
    if ballots and (check or publish or before_2020 or overwrite):
        raise InputError("--ballots goes with --seed and --out alone")
    if ballots:
        refuse_foreign(folder, [BALLOTS_PAGE])
        with owning(folder):
            _report_ballots(folder, seed)
        return
    if publish and (not publish.isidentifier() or publish == "prior"):
        raise InputError(
            f"--publish {publish!r}: give a name of letters, digits and _, other than prior"
        )
    if publish and (FOLDER / publish).exists() and not overwrite:
        raise InputError(
            f"--publish {publish}: a posterior of that name is shipped already; use --overwrite "
            "to replace it (all replications are then run again), or give another name"
        )
    if check and check < 20:
        raise InputError(f"--check is {check}; must be 20 or more synthetic truths")
    if check and publish:
        raise InputError("--check fits to synthetic truths: there is nothing to --publish")
    replications = FITTED if replications is None else replications
    if replications < max(FEWEST, 2 * check):
        raise InputError(
            f"--replications is {replications:,}; must be at least {max(FEWEST, 2 * check):,} here"
        )
    waves = _waves(before_2020)
    with owning(folder), _Told(quiet) as told:
        if check:
            text = prove(
                waves,
                folder,
                replications=replications,
                truths=check,
                seed=seed,
                workers=workers,
                overwrite=overwrite,
                progress=told,
            )
            _draw_check(folder, f"{check} synthetic truths, {replications:,} replications of each")
            print_page(text)
            return
        fit(
            waves,
            folder,
            ballots=not before_2020,
            replications=replications,
            checks=min(CHECKS, 2 * replications),
            seed=seed,
            workers=workers,
            overwrite=overwrite,
            places=not before_2020,
            progress=told,
        )
    if publish:
        _ship(folder / POSTERIOR, publish)
    if not quiet:
        print_page((folder / "report.md").read_text(encoding="utf-8"))


def _draw_check(folder: Path, footer: str) -> None:
    from sim.views.plots.predictive import make_predictive_plot

    make_predictive_plot(
        folder,
        footer=f"{footer} wave; emulators trained at prior parameters, without ballots and places.",
    )


def _report_ballots(folder: Path, seed: int) -> None:
    from sim.evidence.ballots import ballot_report, fit_ballots, fits_by_causal_share
    from sim.records.files import write_whole
    from sim.records.ledger import enlist

    print_plain("fitting both forms, and three causal shares", error=True)
    one, two = fit_ballots(seed, "one_mode"), fit_ballots(seed, "two_mode")
    text = ballot_report(two, one, fits_by_causal_share(seed, "two_mode"))
    enlist(folder, [BALLOTS_PAGE])
    write_whole(folder / BALLOTS_PAGE, text)
    print_page(text)


def _report_waves_left_out(
    folder: Path, replications: int, seed: int, workers: int | None, quiet: bool
) -> None:
    """Leave each earlier wave out of the finished fit, score what is left and write it down."""
    from sim.evidence.extras import require
    from sim.evidence.fit import ballot_likelihood
    from sim.evidence.proof import (
        finished_fit,
        leave_waves_out,
        score_waves,
        waves_left_out_page,
    )
    from sim.records.csv_text import write_frame
    from sim.records.files import write_whole
    from sim.records.ledger import enlist

    require("scoringrules")
    if replications < FEWEST_SCORED:
        raise InputError(
            f"--replications is {replications:,}; must be at least {FEWEST_SCORED} here"
        )
    with _Told(quiet) as told:
        found = leave_waves_out(
            finished_fit(folder),
            ballot_likelihood(),
            replications=replications,
            seed=seed,
            workers=workers,
            progress=told,
        )
    table = score_waves(found, seed)
    enlist(folder, LEFT_OUT_FILES)
    write_frame(folder / LEFT_OUT_FILES[0], table)
    page = waves_left_out_page(table, found)
    write_whole(folder / LEFT_OUT_FILES[1], page)
    if not quiet:
        print_page(page)


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


def forecast(
    replications: Replications = 2000,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    made_on: Annotated[
        str, typer.Option(metavar="DAY", help="The day it is dated, as 2026-11-22; today's if not.")
    ] = "",
    docs: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Publish into this folder; by default DIR of --out."),
    ] = None,
) -> None:
    """Forecast the counts of April 2021 and July 2022 from the evidence up to 1 April 2020.

    Runs as_happened and as_happened_2020 and the latter without one input at a time; writes
    tables and a page. Batches that are there already are used again, if the same code has made
    them; a forecast that is published already is not changed.
    """
    from sim.evidence.publish import PAGE as FORECAST_PAGE
    from sim.evidence.publish import make_forecast, write_forecast
    from sim.experiment.owner import owning
    from sim.records.ledger import owned, refuse_file, refuse_no_folder

    folder = out or FORECAST_OUT
    refuse_odd_path("--out", folder)
    day = _day(made_on)
    target = docs or folder / "page"
    if docs is not None:
        refuse_odd_path("--docs", docs)
    if (target / "forecast" / day.isoformat()).exists():
        raise InputError(
            f"{target / 'forecast' / day.isoformat()}: a forecast of that day is published already "
            "and must not change; give another day with --made-on"
        )
    refuse_no_folder(target / "forecast", "--docs" if docs is not None else "--out")
    page = target / FORECAST_PAGE
    if os.path.lexists(page) and FORECAST_PAGE not in owned(target):
        refuse_file(page, "--docs", overwrite=overwrite)
    with owning(folder), _Told(quiet) as told:
        made = make_forecast(
            folder,
            made_on=day,
            replications=replications,
            seed=seed,
            workers=workers,
            overwrite=overwrite,
            progress=told,
        )
        with owning(target):
            written = write_forecast(made, target)
    if not quiet:
        print_page((target / FORECAST_PAGE).read_text(encoding="utf-8"))
        print_plain(f"tables in {written}", error=True)


def _day(text: str) -> date:
    if not text:
        return date.today()  # noqa: DTZ011 - the day a user sees on the wall
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--made-on {text!r} must be a day such as 2026-11-22") from None


class _Told:
    """A progress bar for each batch in turn."""

    def __init__(self, quiet: bool) -> None:
        from sim.views.progress import ProgressReport

        self._quiet = quiet
        self._report = ProgressReport
        self._label = ""
        self._bar: ProgressReport | None = None

    def __enter__(self) -> Told:
        return self._tell

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _tell(self, label: str, done: int, total: int) -> None:
        if label != self._label or self._bar is None:
            if self._bar is not None:
                self._bar.close()
            self._label = label
            self._bar = self._report(f"replications of {label}", quiet=self._quiet)
        self._bar(done, total)
