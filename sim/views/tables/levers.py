"""The table of levers: every setting that a policy maker could change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.views.terminal import plain_table

if TYPE_CHECKING:
    from rich.table import Table

    from sim.scenario.levers import LeverInfo


def lever_table(levers: Iterable[LeverInfo]) -> Table:
    """Return the table of levers in the order given; names are never broken, so they can be copied.

    It is legible from 80 columns on.
    """
    from rich.text import Text

    table = plain_table(
        "Levers",
        "How to read: to change a lever, write it into a scenario file under its name. “Allowed” "
        "gives the range and the unit. Numbers in square brackets are the mechanisms that a lever "
        "belongs to (docs/mechanisms.md).",
    )
    table.add_column("lever", style="bold", no_wrap=True)
    table.add_column("default", overflow="fold", ratio=11)
    table.add_column("allowed", overflow="fold", ratio=18)
    table.add_column("meaning", overflow="fold", ratio=36)
    for lever in levers:
        served = ", ".join(map(str, lever.mechanisms))
        empty = ("", "choice", "word", "date", lever.allowed)  # units that say nothing more
        unit = "" if lever.unit in empty else f" {lever.unit}"
        # Text, not markup: brackets of a range or list must stay as they are
        table.add_row(
            Text(lever.name),
            Text(lever.default),
            Text(f"{lever.allowed}{unit}".strip()),
            Text(f"{lever.meaning} [{served}]" if served else lever.meaning),
        )
    return table
