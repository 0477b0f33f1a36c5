"""The table of parameters: numbers that nobody can choose and that are known only roughly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.views.terminal import plain_table

if TYPE_CHECKING:
    from rich.table import Table

    from sim.scenario.parameters import ParameterInfo


def parameter_table(parameters: Iterable[ParameterInfo]) -> Table:
    """Return the table of parameters in the order given: prior, unit, meaning and origin."""
    from rich.text import Text

    table = plain_table(
        "Parameters",
        "How to read: these are the priors, before any fitting. By default "
        "(model.knowledge = 'fitted') a replication draws the parameters that act under default "
        "levers jointly from the fit, and the others from these priors; docs/calibration.md "
        "compares prior and posterior. Origin says whether a prior is evidence, computed from "
        "evidence, or assumed, and why. Numbers in square brackets are the mechanisms that a "
        "parameter belongs to (docs/mechanisms.md). In the section “parameters” of a scenario "
        "file you can fix a parameter at a number or give it another distribution.",
    )
    table.add_column("parameter", style="bold", no_wrap=True)
    table.add_column("prior", overflow="fold", ratio=18)
    table.add_column("unit", overflow="fold", ratio=12)
    table.add_column("meaning", overflow="fold", ratio=28)
    table.add_column("origin", overflow="fold", ratio=28)
    for row in parameters:
        served = ", ".join(str(one) for one in row.mechanisms)
        # Text, not markup: brackets must stay as they are
        table.add_row(
            Text(row.name),
            Text(row.prior.text()),
            Text(row.unit),
            Text(f"{row.meaning} [{served}]" if served else row.meaning),
            Text(row.origin),
        )
    return table


def active_text(parameters: Iterable[ParameterInfo]) -> str:
    """Return how many parameters act under default levers, and how many are held."""
    rows = tuple(parameters)
    active = [row for row in rows if row.active]
    return (
        f"{len(active)} parameters are uncertain and act under default levers (as_written); for "
        f"{sum(row.has_evidence for row in active)} of them the size comes from evidence. "
        f"{sum(row.held for row in rows)} are held at their medians."
    )
