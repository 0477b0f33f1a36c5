"""The register of the outcomes of mechanisms, in the order of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.records.column import Column
from sim.records.mechanisms import (
    boundaries,
    economies,
    force,
    functions,
    leaders,
    providers,
    services,
)

if TYPE_CHECKING:
    from sim.records.view import LogView

MECHANISMS: Final = (
    force,
    economies,
    leaders,
    boundaries,
    services,
    functions,
    providers,
)
MECHANISM_COLUMNS: Final[tuple[Column, ...]] = tuple(
    column for mechanism in MECHANISMS for column in mechanism.COLUMNS
)


def mechanism_scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute the outcomes of every mechanism for one replication."""
    found: dict[str, int | float | None] = {}
    for mechanism in MECHANISMS:
        found.update(mechanism.scalars(view))
    return found
