"""The command ``calibrate``, the former name of the four commands under ``fit``."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.fit import (
    FEWEST_TRUTHS,
    FITTED,
    LEFT_OUT,
    Before2020,
    FitOut,
    Publish,
    fit_folder,
    make_ballots_page,
    make_check,
    make_fit,
    make_waves_left_out,
)
from sim.cli.options import Overwrite, Quiet, Seed, Workers, whole_number
from sim.errors import InputError
from sim.views.exit_codes import print_page, print_plain


def add_calibrate_command(app: typer.Typer) -> None:
    """Put the command of this file on the program, where it is not listed."""
    app.command(hidden=True)(calibrate)


def calibrate(
    replications: Annotated[
        int | None,
        typer.Option(
            parser=whole_number, metavar="N", help="Replications; defaults are those of 'fit'."
        ),
    ] = None,
    seed: Seed = 1,
    workers: Workers = None,
    out: FitOut = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    before_2020: Before2020 = False,
    check: Annotated[
        int, typer.Option("--check", metavar="N", help="Now 'fit check --truths N'.")
    ] = 0,
    ballots: Annotated[bool, typer.Option("--ballots", help="Now 'fit ballots'.")] = False,
    waves_left_out: Annotated[
        bool, typer.Option("--waves-left-out", help="Now 'fit waves-left-out'.")
    ] = False,
    publish: Publish = "",
) -> None:
    """The former name of 'fit run'; its options still work."""
    _refuse_together(
        waves_left_out=waves_left_out,
        ballots=ballots,
        check=check,
        others=bool(publish or before_2020 or overwrite),
        publish=publish,
    )
    folder = fit_folder(out, before_2020)
    if waves_left_out:
        _say("calibrate --waves-left-out", "fit waves-left-out", quiet)
        page = make_waves_left_out(
            folder,
            replications=LEFT_OUT if replications is None else replications,
            seed=seed,
            workers=workers,
            quiet=quiet,
        )
    elif ballots:
        _say("calibrate --ballots", "fit ballots", quiet)
        print_page(make_ballots_page(folder, seed=seed))
        return
    elif check:
        _say(f"calibrate --check {check}", f"fit check --truths {check}", quiet)
        page = make_check(
            folder,
            truths=check,
            replications=FITTED if replications is None else replications,
            seed=seed,
            workers=workers,
            overwrite=overwrite,
            quiet=quiet,
            before_2020=before_2020,
        )
        print_page(page)
        return
    else:
        _say("calibrate", "fit run", quiet)
        page = make_fit(
            folder,
            replications=FITTED if replications is None else replications,
            seed=seed,
            workers=workers,
            overwrite=overwrite,
            quiet=quiet,
            before_2020=before_2020,
            publish=publish,
        )
    if not quiet:
        print_page(page)


def _refuse_together(
    *, waves_left_out: bool, ballots: bool, check: int, others: bool, publish: str
) -> None:
    if waves_left_out and (check or ballots or others):
        raise InputError(
            "--waves-left-out goes with --replications, --seed, --workers, --out and --quiet alone"
        )
    if ballots and (check or others):
        raise InputError("--ballots goes with --seed and --out alone")
    if check and check < FEWEST_TRUTHS:
        raise InputError(f"--check is {check}; must be {FEWEST_TRUTHS} or more synthetic truths")
    if check and publish:
        raise InputError("--check fits to synthetic truths: there is nothing to --publish")


def _say(former: str, now: str, quiet: bool) -> None:
    if not quiet:
        print_plain(f"note: '{former}' is now '{now}'", error=True)
