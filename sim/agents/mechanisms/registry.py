"""The agents of mechanisms, and the order in which they enter.

Everything that the sources describe and the evidence cannot size is a mechanism, **neutral by
default**: at the default of its lever nothing is computed, drawn or written, and a replication's
log is the same to the byte as without it. A mechanism adds effects to decisions of the chain, or
has agents that act of their own accord, or both.

A mechanism with agents is a module with ``enter(replication)``: it looks at its levers and, only
where they are off their neutral values, sets up its agents and asks to be told of mergers, of
proposals opened and ended, of statements, and of systems that set their rates anew. They enter in
the order boundaries, leaders, services, functions, providers, designation, mandate, budgets, once
the centre has announced the rule at the start. Their draws have purposes of their own, so they
never move a draw of the chain. All their dated acts happen among the policy events of the day
unless something else is said; "a rate per month" without more is that of a hazard with a constant
profile.
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
