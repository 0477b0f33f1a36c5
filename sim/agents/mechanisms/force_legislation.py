"""Legislation: a law that abolishes all CCGs on a day, without votes.

On ``force.legislation`` all proposals lapse and the run ends, for nothing of what is simulated here
is left. The count of CCGs stays what it was the day before; the log tells how many CCGs the law
abolishes, and how many bodies take over, one for each system that has CCGs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents.endless import run_until
from sim.agents.mechanisms.force_mandate import end_proposals

if TYPE_CHECKING:
    from sim.agents.replication import Replication


def last_moment(replication: Replication) -> float:
    """Return the moment at which the run ends: the horizon, or the day of the law if earlier."""
    day = replication.levers.force.legislation
    if day is None:
        return replication.clock.horizon
    return min(replication.clock.horizon, max(0.0, replication.clock.moment(day)))


def run(replication: Replication) -> None:
    """Let the agents act up to the end of the run, or to the law and its effect."""
    until = last_moment(replication)
    if until > replication.now:
        run_until(replication, until)
    if until < replication.clock.horizon:
        _abolish(replication)


def _abolish(replication: Replication) -> None:
    living = list(replication.ccgs.values())
    end_proposals(living, "CCGs abolished by law")
    replication.write(
        "abolished", "England", ccgs=len(living), successors=len({ccg.system for ccg in living})
    )
