"""The outcomes beside the chain of proposals, gathered from their subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.records import (
    outcomes_boundaries,
    outcomes_economies,
    outcomes_leaders,
    outcomes_pressure,
    outcomes_service,
)
from sim.records.column import Column

if TYPE_CHECKING:
    from sim.records.view import LogView

SUBJECTS: Final = (
    outcomes_pressure,
    outcomes_economies,
    outcomes_leaders,
    outcomes_boundaries,
    outcomes_service,
)
BESIDE_COLUMNS: Final[tuple[Column, ...]] = tuple(
    column for subject in SUBJECTS for column in subject.COLUMNS
)


def beside_scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute the outcomes of every subject for one replication."""
    found: dict[str, int | float | None] = {}
    for subject in SUBJECTS:
        found.update(subject.scalars(view))
    return found
