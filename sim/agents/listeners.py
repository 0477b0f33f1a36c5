"""Events of the core chain that mechanisms can subscribe to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal
    from sim.agents.replication import LivingCCG
    from sim.agents.system import System


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
    stated: list[Callable[[], None]] = field(default_factory=list)
    """After a national statement."""
    over: list[Callable[[], None]] = field(default_factory=list)
    """When the replication is over: let go of whatever refers back to it."""
    reconsidered: list[Callable[[System], None]] = field(default_factory=list)
    """Before a system's rates of starting are set anew: the system."""

    def dismantle(self) -> None:
        """Forget everybody."""
        for told in self.over:
            told()
        self.merged, self.left, self.opened, self.reconsidered = [], [], [], []
        self.stated, self.over = [], []
