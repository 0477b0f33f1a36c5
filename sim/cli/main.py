"""The commands: thin over ``sim.experiment.api`` and ``sim.views``.

Nothing heavy is imported before a command needs it. How errors become messages and exit codes
stands in ``sim.views.exit_codes``.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from sim.cli.calibrate import add_calibrate_command
from sim.cli.fit import add_fit_commands
from sim.cli.forecast import add_forecast_command
from sim.cli.options import (
    MAIN_OUT,
    TYPED,
    Csv,
    Files,
    MainOut,
    Options,
    Out,
    Overwrite,
    Quiet,
    Replications,
    Seed,
    Variance,
    Workers,
    as_option,
    command_line,
    csv_files,
    fail_with,
    refuse_odd_path,
    say,
    say_changes,
    whole_number,
    write_copies,
)
from sim.cli.places import add_place_commands
from sim.cli.score import add_evidence_commands
from sim.cli.sweep import add_sweep_command
from sim.errors import InputError, RunFailed
from sim.views.exit_codes import guarded, print_page, print_plain

if TYPE_CHECKING:
    from sim.experiment.api import Checked
    from sim.experiment.batch import Batch

VARIANCE_PAIRS: Final = 50


class Commands(TyperGroup):
    """The commands; the name or file of a scenario in the place of one is answered with ``run``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that the arguments name; refuse a scenario with what to type."""
        if self.get_command(ctx, args[0]) is None and _is_scenario(args[0]):
            raise InputError(f"{args[0]!r} is a scenario, not a command; type 'run {args[0]}'")
        return super().resolve_command(ctx, args)


def _is_scenario(word: str) -> bool:
    from sim.scenario.load import shipped_names

    return word.endswith(".toml") or word in shipped_names()


app = typer.Typer(
    cls=Commands,
    name="run_sim.py",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Simulate how England's 191 clinical commissioning groups (CCGs) merge.\n\n"
    "Without a command, run the main job: the six headline scenarios with 200 replications each, "
    "tables on screen, files and plots in results/main.\n\n"
    "FILE is the path of a scenario file or the name of a shipped scenario.",
    epilog="Exit codes: 0 done; 1 failed while running; 2 wrong input (nothing is written); "
    "130 interrupted (finished replications are kept, and the same command continues).",
)


@app.callback(invoke_without_command=True)
def main_job(
    context: typer.Context,
    replications: Replications = 200,
    seed: Seed = 1,
    workers: Workers = None,
    out: MainOut = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    csv: Csv = False,
    variance: Variance = VARIANCE_PAIRS,
) -> None:
    """Run the main job where no command is given."""
    if context.invoked_subcommand is not None:
        given = [
            f"--{name}"
            for name in context.params
            if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
        ]
        if given:
            raise InputError(f"{given[0]} must stand after '{context.invoked_subcommand}'")
        return
    from sim.experiment.api import HEADLINE

    options = Options(replications, seed, workers, out or MAIN_OUT, overwrite, quiet, csv)
    batch = _run(HEADLINE, options, variance)
    from sim.views.plots.draw import redraw

    say(options, "drawing plots")
    written = redraw(batch.folder)
    say_changes(options, batch)
    say(options, f"tables in {batch.folder}, {len(written)} plots in {batch.folder / 'plots'}")
    fail_with(batch)


@app.command()
def run(
    files: Files,
    replications: Replications = 200,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    csv: Csv = False,
    variance: Variance = 0,
) -> None:
    """Run scenarios and show how many CCGs are left."""
    options = Options(replications, seed, workers, out, overwrite, quiet, csv)
    batch = _run(files, options, variance)
    say_changes(options, batch)
    say(options, f"tables in {batch.folder}; 'plot {batch.folder}' draws the plots")
    fail_with(batch)


@app.command()
def compare(
    base: Annotated[
        str,
        typer.Argument(metavar="BASE", help="Scenario to compare with."),
    ],
    others: Annotated[
        list[str], typer.Argument(metavar="OTHER", help="Scenarios to compare, files or names.")
    ],
    replications: Replications = 200,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    csv: Csv = False,
) -> None:
    """Compare scenarios with a base scenario.

    Uses the same random numbers for all of them.
    """
    from sim.experiment.api import check_scenarios
    from sim.experiment.compare import FILES, compare_batch

    options = Options(replications, seed, workers, out, overwrite, quiet, csv)
    checked = check_scenarios([base, *others])
    batch = _run_batch(checked, options, FILES)
    from sim.views.results import open_results
    from sim.views.tables.comparison import comparison_tables
    from sim.views.terminal import show

    comparison = compare_batch(batch)
    if not quiet:
        results = open_results(batch.folder)
        show(
            comparison_tables(
                *(
                    results.labelled(frame, "base", "other")
                    for frame in (comparison.outcomes, comparison.places)
                )
            )
        )
    say_changes(options, batch)
    say(options, f"compare.csv and compare_places.csv in {batch.folder}")
    fail_with(batch)


@app.command()
def trace(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Scenario file or name.")],
    replication: Annotated[
        int,
        typer.Option(parser=whole_number, metavar="N", help="Number of the replication, from 0."),
    ],
    system: Annotated[
        str | None, typer.Option(metavar="S", help="Show only this system, given by code or name.")
    ] = None,
    seed: Seed = 1,
) -> None:
    """Tell one replication as a dated story."""
    from sim.agents.engine import unfinished
    from sim.experiment.api import check_scenarios
    from sim.experiment.replicate import run_replication
    from sim.views.story.story import story_lines

    checked = check_scenarios([file])
    scenario = checked.scenarios[0]
    world = checked.world_of(scenario)
    failed: Exception | None = None
    try:
        events = run_replication(world, scenario, seed, replication).log
    except InputError:
        raise
    except Exception as error:
        events = unfinished(error)
        failed = error
    lines = story_lines(
        events,
        world,
        scenario.start,
        system=system,
        scenario=scenario.name,
        replication=replication,
    )
    print_page("\n".join(lines))
    if failed is not None:
        where = "".join(traceback.format_exception(failed))
        print_page(f"\nThe replication failed here.\n\n{where}")
        kind = type(failed).__name__
        raise RunFailed(f"replication {replication} of {scenario.name}: {kind}: {failed}")


@app.command()
def plot(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A finished results folder.")],
    svg: Annotated[bool, typer.Option("--svg", help="Write SVG files as well as PNG.")] = False,
) -> None:
    """Draw the plots of a finished results folder."""
    from sim.experiment.batch import open_batch
    from sim.views.plots.draw import redraw

    refuse_odd_path("DIR", folder)
    open_batch(folder)
    for path in redraw(folder, svg=svg):
        print_plain(str(path))


@app.command()
def levers(
    parameters: Annotated[
        bool, typer.Option("--parameters", help="List the parameters and their priors as well.")
    ] = False,
) -> None:
    """List all levers."""
    from sim.scenario.levers import lever_table as all_levers
    from sim.views.tables.levers import lever_table
    from sim.views.terminal import show

    show(lever_table(all_levers()))
    if parameters:
        from sim.scenario.parameters import PARAMETER_TABLE
        from sim.views.tables.parameters import active_text, parameter_table

        show(parameter_table(PARAMETER_TABLE))
        print_page(active_text(PARAMETER_TABLE))


@app.command()
def validate(files: Files) -> None:
    """Check scenario files and their worlds without running them."""
    from sim.experiment.api import check_scenarios
    from sim.world.model import World

    wrong: list[str] = []
    worlds: dict[str, World] = {}
    for file in files:
        try:
            checked = check_scenarios([file], worlds)
        except InputError as error:
            wrong.append(str(error))
            continue
        worlds.update(checked.worlds)
        scenario = checked.scenarios[0]
        world = checked.world_of(scenario)
        dated = len(scenario.calendar)
        title = f" “{scenario.title}”" if scenario.title else ""
        print_plain(
            f"OK {scenario.name}{title} ({scenario.source}): {scenario.start} to {scenario.end}, "
            f"world {scenario.world_text} with {len(world.ccgs)} CCGs (sha256 "
            f"{world.digest[:12]}), {dated} dated "
            f"event{'' if dated == 1 else 's'}, sha256 {scenario.digest[:12]}"
        )
        for event in scenario.calendar:
            if event.date > scenario.end:
                print_plain(f"   note: calendar.{event.name} on {event.date} lies after the end")
    if wrong:
        raise InputError(*wrong)


add_evidence_commands(app)
add_fit_commands(app)
add_calibrate_command(app)
add_forecast_command(app)
add_sweep_command(app)
add_place_commands(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code: 0, 1, 2 or 130."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    TYPED[:] = given
    command = typer.main.get_command(app)
    return guarded(
        lambda: command.main(given, prog_name="run_sim.py", standalone_mode=False), as_option
    )


def _run(files: Sequence[str], options: Options, pairs: int) -> Batch:
    """Run scenarios, then the shares of variance where wanted, and show the tables."""
    from sim.experiment.api import check_scenarios

    if pairs < 0:
        raise InputError(f"--variance is {pairs}; must be a whole number from 0")
    checked = check_scenarios(files)
    batch = _run_batch(checked, options)
    from sim.views.results import open_results
    from sim.views.terminal import show

    shares = None
    pairs = 0 if batch.failed else min(pairs, options.replications)
    if pairs > 1:  # a variance needs two
        from sim.experiment.variance import variance_shares
        from sim.views.progress import ProgressReport

        say(
            options,
            "running again with exchanged random numbers, for the variance components",
        )
        with ProgressReport("exchanged runs", quiet=options.quiet) as progress:
            shares = variance_shares(
                checked.scenarios,
                batch,
                replications=pairs,
                seed=options.seed,
                workers=options.workers,
                progress=progress,
                worlds=checked.worlds,
            )
    if not options.quiet:
        from sim.views.tables.summary import summary_tables

        results = open_results(batch.folder)
        frames = [results.csv("summary"), results.table("counts")]
        frames += [] if shares is None else [shares]
        show(summary_tables(*map(results.labelled, frames)))
    return batch


def _run_batch(checked: Checked, options: Options, files: Sequence[str] = ()) -> Batch:
    """Run a batch whose folder these files will be written into as well."""
    from sim.experiment import api
    from sim.records.ledger import refuse_foreign
    from sim.views.progress import ProgressReport

    out = options.out
    if out is None:
        out = api.default_folder(checked.scenarios)
    refuse_odd_path("--out", out)
    refuse_foreign(out, [*files, *(csv_files() if options.csv else ())])
    with ProgressReport(quiet=options.quiet) as progress:
        batch = api.run_batch(
            checked.scenarios,
            worlds=checked.worlds,
            replications=options.replications,
            seed=options.seed,
            workers=options.workers,
            out=out,
            overwrite=options.overwrite,
            progress=progress,
            command=command_line(),
            allow_failures=True,
        )
    if options.csv:
        write_copies(batch)
    return batch
