"""The command ``forecast``: the number of CCGs in later years, from evidence up to 1 April 2020."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from sim.cli.options import Overwrite, Quiet, Replications, Seed, Workers, refuse_odd_path
from sim.errors import InputError
from sim.views.exit_codes import print_page, print_plain

FORECAST_OUT: Final = Path("results/forecast")


ForecastOut: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help=f"Results folder; by default {FORECAST_OUT}.")
]


def add_forecast_command(app: typer.Typer) -> None:
    """Put the command of this file on the program."""
    app.command()(forecast)


def forecast(
    replications: Replications = 2000,
    seed: Seed = 1,
    workers: Workers = None,
    out: ForecastOut = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    made_on: Annotated[
        str,
        typer.Option(
            metavar="DAY", help="Date of the forecast, such as 2026-11-22; by default today."
        ),
    ] = "",
    docs: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder to publish in; by default 'page' in the results folder."
        ),
    ] = None,
) -> None:
    """Forecast the number of CCGs in April 2021 and July 2022.

    Uses nothing after 1 April 2020. Runs as_happened, as_happened_2020, and as_happened_2020
    without one input at a time, and writes tables and a page. Uses finished batches in the folder
    again if the same code made them. Never changes a published forecast.
    """
    from sim.evidence.publish import PAGE as FORECAST_PAGE
    from sim.evidence.publish import make_forecast, write_forecast
    from sim.experiment.owner import owning
    from sim.records.ledger import owned, refuse_file, refuse_no_folder
    from sim.views.progress import SeveralBatches

    folder = out or FORECAST_OUT
    refuse_odd_path("--out", folder)
    day = _day(made_on)
    target = docs or folder / "page"
    if docs is not None:
        refuse_odd_path("--docs", docs)
    if (target / "forecast" / day.isoformat()).exists():
        raise InputError(
            f"{target / 'forecast' / day.isoformat()}: a forecast of that date has been published "
            "and must not change; give another date with --made-on"
        )
    refuse_no_folder(target / "forecast", "docs" if docs is not None else "out")
    page = target / FORECAST_PAGE
    if os.path.lexists(page) and FORECAST_PAGE not in owned(target):
        refuse_file(page, "docs", overwrite=overwrite)
    with owning(folder), SeveralBatches(quiet=quiet) as progress:
        made = make_forecast(
            folder,
            made_on=day,
            replications=replications,
            seed=seed,
            workers=workers,
            overwrite=overwrite,
            progress=progress,
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
        raise InputError(f"--made-on {text!r} must be a date such as 2026-11-22") from None
