"""The command ``places``: results for the places named in the sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from sim.cli.options import (
    Options,
    Quiet,
    Replications,
    Seed,
    Workers,
    command_line,
    refuse_odd_path,
    say,
    say_changes,
    whole_number,
)
from sim.errors import InputError

SCENARIO: Final = "as_happened"
OUT: Final = Path("results/places")
PAGE: Final = "places.md"  # in the results folder, unless --page says where
REASONS: Final = 200


PlacesOut: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help=f"Results folder; by default {OUT}.")
]


def add_place_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the program."""
    app.command()(places)


def places(
    replications: Replications = 1000,
    reasons: Annotated[
        int,
        typer.Option(
            parser=whole_number,
            metavar="N",
            help="Replications to read reasons from, at most --replications.",
        ),
    ] = REASONS,
    seed: Seed = 1,
    workers: Workers = None,
    out: PlacesOut = None,
    page: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Page to write; by default places.md in the results folder."
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Discard what this program wrote to the folder. With --page, replace that page "
            "and keep the replications in the folder.",
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Show results for the places named in the sources.

    Runs as_happened and writes a page: for each place the probabilities, those of comparable
    places, and the three strongest reasons according to the event logs.
    """
    from sim.evidence.record import (
        cases,
        comparable,
        mean_chances,
        named_places,
        place_chances,
        systems_of,
    )
    from sim.experiment import api
    from sim.experiment.folder import BATCH_FILES
    from sim.experiment.reasons import average_terms
    from sim.records.files import write_whole
    from sim.records.ledger import refuse_file, refuse_foreign
    from sim.scenario import parse_scenario
    from sim.views.places_page import PageFacts, PlaceReport, places_page
    from sim.views.progress import ProgressReport
    from sim.views.results import open_results

    options = Options(replications, seed, workers, out or OUT, overwrite, quiet, False)
    folder = options.out or OUT
    refuse_odd_path("--out", folder)
    if reasons < 2:
        raise InputError(f"--reasons is {reasons}; must be a whole number from 2")
    if page is None:
        refuse_foreign(folder, [PAGE])
    elif page.parent.resolve() == folder.resolve() and page.name in BATCH_FILES:
        raise InputError(f"--page '{page}': is one of the files of a results folder")
    else:
        refuse_file(page, "page", overwrite=overwrite)
    # what the fit has learnt about each place from its own course would answer the question itself
    tables = {"extends": SCENARIO, "name": SCENARIO, "model": {"leanings": "unlearnt"}}
    checked = api.check_scenarios([parse_scenario(tables, SCENARIO)])
    [scenario] = checked.scenarios
    world = checked.world_of(scenario)
    named = named_places(world)
    try:
        with ProgressReport(quiet=quiet) as progress:
            batch = api.run_batch(
                [scenario],
                worlds=checked.worlds,
                replications=replications,
                seed=seed,
                workers=workers,
                out=folder,
                overwrite=overwrite and page is None,
                progress=progress,
                command=command_line(),
            )
    except InputError as error:
        if overwrite and "{overwrite=True}" in error.remedy:
            alone = "with {page}, {overwrite=True} replaces the page only"
            error.remedy = f"give another {{out}}; {alone}"
        raise
    beside = {place.name: comparable(place, world) for place in named}
    groups = {place.name: place.ccgs for place in named}
    for others in beside.values():
        groups |= others
    chances = place_chances(batch, scenario, groups, world)
    several = {code: own for code, own in systems_of(world).items() if len(own) > 1}
    reruns = min(reasons, replications)
    say(options, "running again to read the reasons from the event logs")
    with ProgressReport("logs", quiet=quiet) as progress:
        weights = average_terms(
            world,
            scenario,
            several | {place.name: place.ccgs for place in named},
            replications=reruns,
            seed=seed,
            progress=progress,
        )
    register = {case.case: case for case in cases()}
    reports = [
        PlaceReport(
            place=place,
            cases=tuple(register[case] for case in place.cases),
            chances=chances[place.name],
            beside=mean_chances(chances, list(beside[place.name])),
            compared=_compared(len(place.ccgs), len(beside[place.name])),
            reasons=tuple(
                weights.reasons(place.name, [code for code in several if code != place.system])
            ),
        )
        for place in named
    ]
    facts = PageFacts(
        scenario=scenario.name,
        question=scenario.question,
        scenario_digest=scenario.digest,
        world_digest=world.digest,
        replications=replications,
        reruns=reruns,
        seed=seed,
        version=open_results(batch.folder).version,
        command=command_line(),
        fitted=scenario.posterior is not None,
    )
    text = places_page(reports, world, facts)
    if page is None:
        page = batch.folder / PAGE
        with batch.writing(PAGE):
            write_whole(page, text)
    else:
        refuse_file(page, "page", overwrite=overwrite)  # it may have come about meanwhile
        write_whole(page, text)
    say_changes(options, batch)
    say(options, f"{len(reports)} places in {page}; tables in {batch.folder}")


def _compared(size: int, others: int) -> str:
    """Say with which places one of so many CCGs is compared."""
    if size == 1:
        return f"the {others} CCGs of other systems that began with several"
    low, high = max(2, -(-size // 2)), 2 * size
    return f"the {others} other systems that began with {low} to {high} CCGs"
