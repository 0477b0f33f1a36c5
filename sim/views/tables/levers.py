"""The table of levers: every setting that a policy maker could change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.views.terminal import plain_table

if TYPE_CHECKING:
    from rich.table import Table

    from sim.scenario.levers import LeverInfo


def lever_table(levers: Iterable[LeverInfo]) -> Table:
    """Return the table of levers in the order given; legible from 80 columns on."""
    from rich.text import Text

    table = plain_table(
        "Levers",
        "How to read: write a lever into a scenario file under its name to change it; “allowed” "
        "gives the range and the unit. Numbers in square brackets are the mechanisms that a lever "
        "serves.",
    )
    table.add_column("lever", style="bold", overflow="fold", ratio=27)
    table.add_column("default", overflow="fold", ratio=11)
    table.add_column("allowed", overflow="fold", ratio=20)
    table.add_column("meaning", overflow="fold", ratio=36)
    for lever in levers:
        served = ", ".join(map(str, lever.mechanisms))
        unit = f" {lever.unit}" if lever.unit and lever.unit not in ("choice", "word") else ""
        # Text, not markup: brackets of a range or list must stay as they are
        table.add_row(
            Text(lever.name),
            Text(lever.default),
            Text(f"{lever.allowed}{unit}".strip()),
            Text(f"{lever.meaning} [{served}]" if served else lever.meaning),
        )
    return table
