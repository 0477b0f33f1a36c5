"""The commands that hold the simulation against what happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sim.cli.options import (
    Csv,
    Options,
    Out,
    Overwrite,
    Quiet,
    Replications,
    Seed,
    Workers,
    command_line,
    csv_files,
    refuse_odd_path,
    say,
    say_changes,
    write_copies,
)

if TYPE_CHECKING:
    from sim.experiment.batch import Batch

HINDCAST_SCENARIO: Final = "as_happened"

PAGE: Final = "hindcast.md"
EARLIER: Final = "earlier_rounds.csv"
HINDCAST_OUT: Final = Path("results/hindcast")


def add_evidence_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the program."""
    app.command()(hindcast)


def hindcast(
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FILE]", help="Scenario file or name; it must begin on 1 June 2019."
        ),
    ] = HINDCAST_SCENARIO,
    replications: Replications = 1000,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    csv: Csv = False,
    earlier: Annotated[
        bool,
        typer.Option("--earlier", help="Score the counts of the rounds of 2015 to 2019 as well."),
    ] = False,
) -> None:
    """Score the model on 1 April 2020.

    Runs a scenario up to that day, and twice more with one part of the model taken away; writes
    scores against named baselines, patterns, reliability and plots under results/hindcast.
    """
    from sim.evidence.score import (
        TABLES,
        check_libraries,
        facts_for,
        hindcast_arms,
        score_batch,
        write_hindcast,
    )
    from sim.experiment import api
    from sim.records.files import write_whole
    from sim.records.ledger import refuse_foreign
    from sim.views.plots.hindcast import HINDCAST_PLOTS, make_hindcast_plots
    from sim.views.progress import ProgressReport
    from sim.views.results import open_results
    from sim.views.tables.hindcast import hindcast_page, hindcast_tables
    from sim.views.terminal import show

    options = Options(replications, seed, workers, out or HINDCAST_OUT, overwrite, quiet, csv)
    folder = options.out or HINDCAST_OUT
    refuse_odd_path("--out", folder)
    check_libraries()
    checked = api.check_scenarios([file])
    base = checked.scenarios[0]
    world = checked.world_of(base)
    facts = facts_for(base, world)
    tables = [f"{name}.csv" for name in TABLES]
    plots = [f"plots/{name}.png" for name in HINDCAST_PLOTS]
    files = (PAGE, *tables, *plots, *((EARLIER,) if earlier else ()))
    refuse_foreign(folder, [*files, *(csv_files() if csv else ())])
    before = _earlier_batch(options, folder, base.form.knowledge) if earlier else None
    with ProgressReport(quiet=quiet) as progress:
        batch = api.run_batch(
            hindcast_arms(base, facts.on),
            worlds=checked.worlds,
            replications=replications,
            seed=seed,
            workers=workers,
            out=folder,
            overwrite=overwrite,
            progress=progress,
            command=command_line(),
        )
    if options.csv:
        write_copies(batch)
    say(options, "scoring")
    with batch.writing(*files):
        found = score_batch(batch, facts, world, seed=seed)
        write_hindcast(found, batch.folder)
        scores, patterns = found.tables["scores"], found.tables["patterns"]
        footer = open_results(batch.folder).footer(batch.scenarios)
        page = hindcast_page(scores, patterns, footer)
        if before is not None:
            page += _earlier_rounds(before, batch.folder, seed)
        write_whole(batch.folder / PAGE, page)
        written = make_hindcast_plots(batch.folder)
    if not quiet:
        show(hindcast_tables(scores, patterns, batch.scenarios[0]))
    say_changes(options, batch)
    drawn = batch.folder / "plots"
    say(options, f"tables and hindcast.md in {batch.folder}, {len(written)} plots in {drawn}")


def _earlier_batch(options: Options, folder: Path, knowledge: str) -> Batch:
    """Run the years before 2020."""
    from sim.evidence.score import EARLIER_SCENARIO as SCENARIO
    from sim.experiment import api
    from sim.scenario import parse_scenario
    from sim.views.progress import ProgressReport

    # what was learnt about systems from 2020 has no place in the years before
    model = {"knowledge": knowledge, "leanings": "unlearnt"}
    say(options, "running the years 2013 to 2019")
    with ProgressReport(quiet=options.quiet) as progress:
        return api.run_batch(
            parse_scenario({"extends": SCENARIO, "name": SCENARIO, "model": model}, SCENARIO),
            replications=options.replications,
            seed=options.seed,
            workers=options.workers,
            out=folder.parent / f"{folder.name}_{SCENARIO}",
            overwrite=options.overwrite,
            progress=progress,
            command=command_line(),
        )


def _earlier_rounds(batch: Batch, folder: Path, seed: int) -> str:
    """Return the scores of the years before 2020 as a section of the page."""
    from sim.evidence.score import earlier_rounds, earlier_rounds_page
    from sim.records.csv_text import write_frame

    table = earlier_rounds(batch.folder, seed)
    write_frame(folder / EARLIER, table)
    told = "The parameters have been fitted to these rounds too: no test, but a check of the fit."
    lines = ["", "## Earlier rounds, from the map of 2013", "", told, ""]
    lines += earlier_rounds_page(table)
    return "\n".join(lines) + "\n"
