"""The command ``forecast``: what the evidence up to 1 April 2020 says of the years after."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from sim.cli.options import Out, Overwrite, Quiet, Replications, Seed, Workers, refuse_odd_path
from sim.errors import InputError
from sim.views.exit_codes import print_page, print_plain

FORECAST_OUT: Final = Path("results/forecast")


def add_forecast_command(app: typer.Typer) -> None:
    """Put the command of this file on the program."""
    app.command()(forecast)


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
    from sim.views.progress import SeveralBatches

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
    refuse_no_folder(target / "forecast", "docs" if docs is not None else "out")
    page = target / FORECAST_PAGE
    if os.path.lexists(page) and FORECAST_PAGE not in owned(target):
        refuse_file(page, "docs", overwrite=overwrite)
    with owning(folder), SeveralBatches(quiet=quiet) as told:
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
