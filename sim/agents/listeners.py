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
    engaging: list[Callable[[Proposal], None]] = field(default_factory=list)
    """As the engagement of a proposal opens, before councils form a view: the proposal."""
    overruled: list[Callable[[LivingCCG, str], None]] = field(default_factory=list)
    """After a CCG has been overruled: the CCG and how (the rule, or who had the last word)."""
    left: list[Callable[[Proposal, str], None]] = field(default_factory=list)
    """After a proposal has ended without effect: the proposal and how it ended."""
    opened: list[Callable[[Proposal], None]] = field(default_factory=list)
    """After a proposal has been opened."""
    stated: list[Callable[[], None]] = field(default_factory=list)
    """After a national statement."""
    cut_short: list[Callable[[], None]] = field(default_factory=list)
    """When the run has reached its end before the last day."""
    over: list[Callable[[], None]] = field(default_factory=list)
    """When the replication is over: let go of whatever refers back to it."""
    reconsidered: list[Callable[[System], None]] = field(default_factory=list)
    """Before a system's rates of starting are set anew: the system."""

    def dismantle(self) -> None:
        """Forget everybody."""
        for notify in self.over:
            notify()
        self.merged, self.left, self.opened, self.reconsidered = [], [], [], []
        self.engaging, self.overruled, self.stated, self.over = [], [], [], []
        self.cut_short = []
