"""Alienation: what forced moves leave behind in a CCG, and how it fades.

A CCG that is overruled carries ``alienation_after``. Amounts add up, halve every
``alienation_half_life`` months, and mix by patients at a merger; those who blocked a deadlock are
found again in the bodies formed since.

It is kept in units of the first day (an amount left later counts for more then), so that levels of
different ages add up and mix as they stand, and nobody has to wake up to let them fade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypedDict

from sim.adding import add_up
from sim.agents.events import EventKind
from sim.rules.mechanisms import services as service_rules
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.replication import LivingCCG, Replication


class Alienated(TypedDict):
    """A CCG is overruled and remembers it."""

    why: Annotated[
        Literal["majority", "leader", "voluntary", "imposed", "centre", "mandate"],
        "who or what overruled it: majority, leader, voluntary or imposed (authority), centre or "
        "mandate",
    ]
    amount: Annotated[float, "in forced moves"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "alienated": EventKind(Alienated, "CCG"),
}


def activate(replication: Replication) -> None:
    """Keep the alienation of CCGs, where anything in the scenario can overrule one."""
    if service_rules.can_alienate(replication.levers):
        Alienation(replication)


class Alienation:
    """The alienation of every CCG of one replication, in forced moves of the first day."""

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        self._levels: dict[int, float] = {}
        replication.hooks.alienation = self.level
        replication.listeners.overruled.append(self._alienate)
        replication.listeners.merged.append(self._mix)

    def level(self, ccg: LivingCCG) -> float:
        """Return a CCG's alienation now, in forced moves still fresh."""
        first_day = self._levels.get(ccg.id, 0.0)
        return first_day * self._left() if first_day else 0.0

    def _alienate(self, ccg: LivingCCG, how: str) -> None:
        """Leave on a CCG what being overruled in this way leaves, and write it to the log."""
        p = self._replication.parameters
        amount = service_rules.alienation_after(how, p.alienation_mild)
        self._levels[ccg.id] = self._levels.get(ccg.id, 0.0) + amount / self._left()
        self._replication.write("alienated", ccg.name, why=how, amount=amount)

    def _mix(self, body: LivingCCG, parts: Sequence[LivingCCG], _proposal: str) -> None:
        """After a merger: the new body has its parts' alienation, by patients."""
        levels = [self._levels.pop(part.id, 0.0) * part.patients for part in parts]
        self._levels[body.id] = add_up(levels) / body.patients

    def _left(self) -> float:
        """Return what would be left now of an alienation of the first day."""
        months = self._replication.now / DAYS_PER_MONTH
        return service_rules.fading(months, self._replication.parameters.alienation_half_life)
