"""The agents of mechanisms, and the order in which they are set up.

Everything that the sources describe and the evidence cannot size is a mechanism, **neutral by
default**: at the default of its lever nothing is computed, drawn or written, and a replication's
log is the same to the byte as without it. A mechanism adds effects to decisions of the chain, or
has agents that act of their own accord, or both.

A mechanism with agents is a module with ``activate(replication)``: it looks at its levers and, only
where they are off their neutral values, sets up its agents, subscribes to what happens in the chain
(``sim.agents.listeners``) and answers what the chain asks (``sim.agents.hooks``). It lists the
kinds of event that it writes. All are set up in the order of ``AGENTS``, once the centre has
announced the rule at the start. Their draws have purposes of their own, so they
never move a draw of the chain. All their dated acts happen among the policy events of the day
unless something else is said; "a rate per month" without more is that of a hazard with a constant
profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol

from sim.agents.events import EventKind
from sim.agents.mechanisms import (
    boundaries,
    economies_budgets,
    economies_criteria,
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


class MechanismAgents(Protocol):
    """A module with the agents of a mechanism."""

    @property
    def EVENTS(self) -> Mapping[str, EventKind]:  # noqa: N802 - a constant of the module
        """The kinds of event that it writes."""

    def activate(self, replication: Replication) -> None:
        """Set it up, where the levers switch it on."""


AGENTS: Final[tuple[MechanismAgents, ...]] = (
    services_alienation,
    boundaries,
    leaders,
    services,
    functions,
    providers,
    force_designation,
    force_mandate,
    economies_budgets,
    economies_criteria,
    force_legislation,
)
"""In the order of their setting up."""

MECHANISM_EVENTS: Final[Mapping[str, EventKind]] = {
    kind: entry for agents in AGENTS for kind, entry in agents.EVENTS.items()
}


def activate(replication: Replication) -> None:
    """Set up every mechanism that the levers switch on."""
    for agents in AGENTS:
        agents.activate(replication)
