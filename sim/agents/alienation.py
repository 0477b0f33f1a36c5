"""Alienation: what being forced or overruled leaves behind in a CCG."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.agents.state import LivingCCG, Situation


def alienate(situation: Situation, ccg: LivingCCG, amount: float, why: str = "mandate") -> None:
    """Leave an amount of alienation on a CCG now, in forced moves, and write it to the log.

    ``why`` is how it was overruled: mandate, majority or leader. Source: HSJ, mid 2016
    (alienating constituent CCGs damages the chance to win over GPs).
    """
    ccg.alienation += amount
    situation.log.write(
        situation.env.now, "alienated", ccg.name, data={"why": why, "amount": amount}
    )
