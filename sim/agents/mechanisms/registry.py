"""What acts beside the chain of proposals, and what the chain tells it.

A subject beside the chain is a module with ``enter(situation)``: it looks at its levers and, only
where they are off their neutral values, puts its agents on stage and asks to be told of what it
needs to know. So a neutral lever costs nothing and changes no byte.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sim.agents.mechanisms import (
    boundaries,
    economies_budgets,
    force_designation,
    force_mandate,
    functions,
    leaders,
    providers,
    services,
)

if TYPE_CHECKING:
    from sim.agents.replication import Replication


SUBJECTS: Final[tuple[Callable[[Replication], None], ...]] = (
    boundaries.enter,
    leaders.enter,
    services.enter,
    functions.enter,
    providers.enter,
    force_designation.enter,
    force_mandate.enter,
    economies_budgets.enter,
)


def enter(replication: Replication) -> None:
    """Let every subject that its levers switch on take its place on stage."""
    for subject in SUBJECTS:
        subject(replication)
