"""Legislation: a law that abolishes all CCGs on a day, without votes.

With the law in force nothing of what is simulated here is left, so the run ends there: no
proposal starts, no merger takes effect. The count of CCGs stays what it was the day before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents.endless import run_until
from sim.agents.mechanisms.force_mandate import end_proposals

if TYPE_CHECKING:
    from sim.agents.replication import Situation


def last_moment(situation: Situation) -> float:
    """Return the moment at which the run ends: the horizon, or the day of the law if earlier."""
    day = situation.levers.force.legislation
    if day is None:
        return situation.clock.horizon
    return min(situation.clock.horizon, max(0.0, situation.clock.moment(day)))


def run(situation: Situation) -> None:
    """Let the agents act up to the end of the run, or to the law and its effect."""
    until = last_moment(situation)
    if until > situation.env.now:
        run_until(situation, until)
    if until < situation.clock.horizon:
        _abolish(situation)


def _abolish(situation: Situation) -> None:
    living = list(situation.ccgs.values())
    end_proposals(living, "CCGs abolished by law")
    situation.log.write(
        situation.env.now,
        "abolished",
        "England",
        data={"ccgs": len(living), "successors": len({ccg.system for ccg in living})},
    )
