"""The outcomes beside the chain of proposals, gathered from their subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.records.column import Column
from sim.records.mechanisms import boundaries, economies, force, leaders, services

if TYPE_CHECKING:
    from sim.records.view import LogView

SUBJECTS: Final = (
    force,
    economies,
    leaders,
    boundaries,
    services,
)
MECHANISM_COLUMNS: Final[tuple[Column, ...]] = tuple(
    column for subject in SUBJECTS for column in subject.COLUMNS
)


def mechanism_scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute the outcomes of every subject for one replication."""
    found: dict[str, int | float | None] = {}
    for subject in SUBJECTS:
        found.update(subject.scalars(view))
    return found
