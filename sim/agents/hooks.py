"""Questions that the core chain asks, which a mechanism answers once a scenario switches it on.

Each has a neutral answer, so that the chain knows no mechanism by name and a mechanism that is
switched off changes nothing. A question has one answer: a second mechanism that sets it is refused,
for it would silence the first. ``sim.agents.listeners`` is the other way round: there the chain
says what has happened, and any number may listen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from sim.rules.effect import NO_LEADER_FACTS, FootprintFacts, LeaderFacts

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal
    from sim.agents.replication import LivingCCG
    from sim.agents.system import System
    from sim.rules.approval import Ruling


def _usual_pace(_proposal: Proposal) -> float:
    return 1.0


def _decides_nothing(_system: System) -> bool:
    return False


def _unknown_leaders(_system: System, _ccg: LivingCCG | None) -> LeaderFacts:
    return NO_LEADER_FACTS


def _no_reason(_system: System) -> str:
    return ""


def _nobody_won_over(_council: int) -> bool:
    return False


def _no_compromise(_proposal: Proposal, opposed: list[float]) -> list[float]:
    return opposed


def _not_alienated(_ccg: LivingCCG) -> float:
    return 0.0


@dataclass(slots=True)
class Hooks:
    """The answers in force in one replication; neutral until a mechanism replaces them."""

    pace: Callable[[Proposal], float] = _usual_pace
    """By what factor the talks and drafting of a proposal take longer."""
    decides_itself: Callable[[System], bool] = _decides_nothing
    """Whether a system decides on its own mergers."""
    leader_facts: Callable[[System, LivingCCG | None], LeaderFacts] = _unknown_leaders
    """What is known of a system's leaders, or of those around one of its CCGs."""
    exit_reason: Callable[[System], str] = _no_reason
    """Why a system's leader leaves now; "" where nobody asks."""
    won_over: Callable[[int], bool] = _nobody_won_over
    """Whether a council, by its position, has been won over for good."""
    compromise: Callable[[Proposal, list[float]], list[float]] = _no_compromise
    """What is left of the opposed shares of a proposal's CCGs; the same list if all is left."""
    alienation: Callable[[LivingCCG], float] = _not_alienated
    """A CCG's alienation now, in forced moves still fresh."""
    judge: Callable[[int, int, FootprintFacts, float], Ruling] | None = None
    """How the centre rules on an application (ordinal, system, facts, strictness); None: as a
    whole."""

    def __setattr__(self, question: str, answer: Any) -> None:
        """Set an answer, unless a mechanism has replaced the neutral one already."""
        if getattr(self, question, None) is not _NEUTRAL[question] and hasattr(self, question):
            raise RuntimeError(f"hook '{question}' is set twice: two mechanisms would answer it")
        object.__setattr__(self, question, answer)


_NEUTRAL: Final = {question.name: question.default for question in fields(Hooks)}
