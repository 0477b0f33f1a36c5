"""Outcomes of one replication: other shapes than a merger that systems chose."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sim.records.column import Column, count

if TYPE_CHECKING:
    from sim.records.view import LogView

ACTIONS: Final = ("merge", "share", "federate", "vertical", "split", "none")

COLUMNS: Final[tuple[Column, ...]] = (
    *(
        count(f"alternatives_{action}", f"systems whose last review of other shapes chose {action}")
        for action in ACTIONS
    ),
)


def scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute these outcomes of one replication; their meanings stand in ``COLUMNS``."""
    last = {event.subject: event.data["action"] for event in view.events("alternative")}
    chosen = Counter(last.values())
    return {f"alternatives_{action}": chosen[action] for action in ACTIONS}
