"""All mechanisms that act beside the chain of proposals, in the order of their setting up.

A mechanism is a module with ``activate(replication)``: it looks at its levers and, only where
they are off their neutral values, sets up its agents, subscribes to what happens in the chain
(``sim.agents.listeners``) and answers what the chain asks (``sim.agents.hooks``). So a neutral
lever costs nothing and changes no byte.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sim.agents.mechanisms import (
    boundaries,
    economies_budgets,
    economies_tests,
    force_designation,
    force_legislation,
    force_mandate,
    functions,
    leaders,
    providers,
    services,
    services_alienation,
)

if TYPE_CHECKING:
    from sim.agents.replication import Replication


SUBJECTS: Final[tuple[Callable[[Replication], None], ...]] = (
    services_alienation.activate,
    boundaries.activate,
    leaders.activate,
    services.activate,
    functions.activate,
    providers.activate,
    force_designation.activate,
    force_mandate.activate,
    economies_budgets.activate,
    economies_tests.activate,
    force_legislation.activate,
)


def activate(replication: Replication) -> None:
    """Set up every mechanism that the levers switch on."""
    for subject in SUBJECTS:
        subject(replication)
