"""Alienation: what forced moves leave behind in a CCG, and how it fades.

A CCG that is overruled carries ``alienation_after``. Amounts add up, halve every
``alienation_half_life`` months, and mix by patients at a merger; those who blocked a deadlock are
found again in the bodies formed since.

It is kept in units of the first day (an amount left later counts for more then), so that levels of
different ages add up and mix as they stand, and nobody has to wake up to let them fade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rules.mechanisms import services as service_rules
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.replication import LivingCCG, Replication


def alienation_of(replication: Replication, ccg: LivingCCG) -> float:
    """Return a CCG's alienation now, in forced moves still fresh."""
    if ccg.alienation == 0.0:
        return 0.0
    return ccg.alienation * _left(replication)


def alienate(replication: Replication, ccg: LivingCCG, amount: float, why: str = "mandate") -> None:
    """Leave an amount of alienation on a CCG now, and write it to the log.

    ``amount`` is in forced moves, as ``alienation_after`` (rules) gives it; ``why`` is
    how the CCG was overruled.
    """
    ccg.alienation += amount / _left(replication)
    replication.write("alienated", ccg.name, why=why, amount=amount)


def _left(replication: Replication) -> float:
    """Return what would be left now of an alienation of the first day."""
    months = replication.now / DAYS_PER_MONTH
    return service_rules.fading(months, replication.parameters.alienation_half_life)
