"""What acts beside the chain of proposals, and what the chain tells it.

A subject beside the chain is a module with ``enter(situation)``: it looks at its levers and, only
where they are off their neutral values, puts its agents on stage and asks to be told of what it
needs to know. So a neutral lever costs nothing and changes no byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sim.agents import budgets

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal
    from sim.agents.state import LivingCCG, Situation


@dataclass(slots=True)
class Listeners:
    """Who is told when something happens in the chain; called in the order of entering."""

    merged: list[Callable[[LivingCCG, Sequence[LivingCCG], str], None]] = field(
        default_factory=list
    )
    """After a merger: the new body, its parts, the proposal's id."""
    left: list[Callable[[Proposal, str], None]] = field(default_factory=list)
    """After a proposal has ended without effect: the proposal and how it ended."""
    opened: list[Callable[[Proposal], None]] = field(default_factory=list)
    """After a proposal has been opened."""

    def dismantle(self) -> None:
        """Forget everybody."""
        self.merged, self.left, self.opened = [], [], []


SUBJECTS: Final[tuple[Callable[[Situation], None], ...]] = (budgets.enter,)


def enter(situation: Situation) -> None:
    """Let every subject that its levers switch on take its place on stage."""
    for subject in SUBJECTS:
        subject(situation)
