"""Outcomes of one replication: leaders, councils and place leaders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.records.column import Column

if TYPE_CHECKING:
    from sim.records.view import LogView

COLUMNS: Final[tuple[Column, ...]] = ()


def scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute these outcomes of one replication; their meanings stand in ``COLUMNS``."""
    del view
    return {}
