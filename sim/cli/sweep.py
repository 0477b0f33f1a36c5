"""The command ``sweep``: one lever or parameter over several values, as a table and a plot."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from sim.cli.options import (
    Options,
    Overwrite,
    Quiet,
    Replications,
    Seed,
    Workers,
    command_line,
    fail_with,
    refuse_odd_path,
    say,
    say_changes,
)
from sim.errors import InputError
from sim.records.file_names import file_name

if TYPE_CHECKING:
    from sim.experiment.sweep import Setting


SweepOut: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Results folder; by default results/sweep+<scenario>+<what varies>."
    ),
]


def add_sweep_command(app: typer.Typer) -> None:
    """Put the command of this file on the program."""
    app.command()(sweep)


def sweep(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="Scenario file or name.")],
    lever: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Lever (such as force.cajoling) or parameter to vary; 'levers --parameters' "
            "lists them.",
        ),
    ],
    values: Annotated[
        str, typer.Option(metavar="V,V,...", help="Values to run, separated by commas.")
    ],
    parameter: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Second lever or parameter; draws one line per value of --at."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="V,V,...", help="Values of --parameter.")
    ] = None,
    outcomes: Annotated[
        str | None, typer.Option(metavar="O,O,...", help="Outcomes to show, separated by commas.")
    ] = None,
    replications: Replications = 200,
    seed: Seed = 1,
    workers: Workers = None,
    out: SweepOut = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario with several values of a lever or parameter.

    Uses the same random numbers for every value. Writes a table and a plot.
    """
    from sim.experiment.sweep import OUTCOMES, SWEEP, make_setting
    from sim.experiment.sweep import sweep as run_sweep
    from sim.records.ledger import refuse_foreign
    from sim.views.progress import ProgressReport
    from sim.views.results import open_results
    from sim.views.tables.sweep import SWEEP_PLOT, save_sweep, sweep_table
    from sim.views.terminal import show

    if (parameter is None) != (at is None):
        raise InputError("--parameter and --at go together: a name and its values")
    setting = make_setting(lever, read_values("--values", values))
    also: Setting | None = None
    if parameter is not None and at is not None:
        also = make_setting(parameter, read_values("--at", at))
    shown = OUTCOMES if outcomes is None else tuple(outcomes.replace(" ", "").split(","))
    folder = out if out is not None else default_folder(scenario, setting, also)
    refuse_odd_path("--out", folder)
    refuse_foreign(folder, (SWEEP, SWEEP_PLOT))
    with ProgressReport(quiet=quiet) as progress:
        done = run_sweep(
            scenario,
            setting,
            also=also,
            outcomes=shown,
            replications=replications,
            seed=seed,
            workers=workers,
            out=folder,
            overwrite=overwrite,
            progress=progress,
            command=command_line(),
            allow_failures=True,
        )
    results = open_results(folder)
    varied = f"several values of {lever}" + (f" and {parameter}" if parameter else "")
    footer = (
        f"Scenario: {Path(scenario).stem} with {varied}. {results.replications:,} "
        f"replications each, seed {results.seed}, results version {results.version}."
    )
    with done.batch.writing(SWEEP_PLOT):
        [plot] = save_sweep(done.frame, folder, footer)
    if not quiet:
        show(sweep_table(done.frame))
    options = Options(replications, seed, workers, folder, overwrite, quiet, False)
    say_changes(options, done.batch)
    say(options, f"sweep.csv and tables in {folder}, plot {plot}")
    fail_with(done.batch)


def read_values(option: str, text: str) -> tuple[Any, ...]:
    """Read values separated by commas as a scenario file would: numbers, true, dates, else words.

    Raises InputError where a value is empty.
    """
    found: list[Any] = []
    for part in (part.strip() for part in text.split(",")):
        if not part:
            raise InputError(f"{option} = {text[:80]!r}: a value is empty; write them as 0,0.5,1")
        try:
            found.append(tomllib.loads(f"value = {part}")["value"])
        except (tomllib.TOMLDecodeError, RecursionError, ValueError):
            found.append(part)  # a word, such as typically
    return tuple(found)


def default_folder(scenario: str, setting: Setting, also: Setting | None) -> Path:
    """Return where a sweep's results go by default, named after what varies."""
    names = [Path(scenario).stem, setting.name, *([] if also is None else [also.name])]
    joined = ("sweep+" + re.sub(r"[^\w.+-]", "_", "+".join(names)))[:100]
    return Path("results") / file_name(joined)
