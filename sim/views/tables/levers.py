"""The table of levers: every setting that a policy maker could change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from sim.views.terminal import plain_table

if TYPE_CHECKING:
    from rich.table import Table


class LeverRow(Protocol):
    """What the table needs to know of one lever; ``range`` says what is allowed, as text."""

    @property
    def name(self) -> str:
        """Key in a scenario file, with its section: ``money.running_cost_cut``."""

    @property
    def unit(self) -> str:
        """Unit, or "" for none."""

    @property
    def range(self) -> str:
        """Allowed values."""

    @property
    def default(self) -> object:
        """Value where a scenario says nothing."""

    @property
    def meaning(self) -> str:
        """One line on what it means."""

    @property
    def mechanisms(self) -> Sequence[int] | str:
        """Ids of the mechanisms it serves, from the project's list."""


def default_text(value: object) -> str:
    """Return a default as it would stand in a scenario file; ``none`` where nothing is set."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def lever_table(levers: Iterable[LeverRow]) -> Table:
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
        ids = lever.mechanisms
        served = ids if isinstance(ids, str) else ", ".join(str(one) for one in ids)
        unit = f" {lever.unit}" if lever.unit and lever.unit not in ("choice", "word") else ""
        # Text, not markup: brackets of a range or list must stay as they are
        table.add_row(
            Text(lever.name),
            Text(default_text(lever.default)),
            Text(f"{lever.range}{unit}".strip()),
            Text(f"{lever.meaning} [{served}]" if served else lever.meaning),
        )
    return table
