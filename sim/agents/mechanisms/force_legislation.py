"""Legislation: a law that abolishes all CCGs on a day, without votes.

On ``force.legislation`` all proposals lapse and the run ends, for nothing of what is simulated here
is left. The count of CCGs stays what it was the day before; the log tells how many CCGs the law
abolishes, and how many bodies take over, one for each system that has CCGs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, TypedDict

from sim.agents.events import ENGLAND, EventKind
from sim.agents.mechanisms.force_mandate import end_proposals

if TYPE_CHECKING:
    from sim.agents.replication import Replication


class Abolished(TypedDict):
    """A law abolishes all CCGs."""

    ccgs: Annotated[int, "how many there were"]
    successors: Annotated[int, "systems that take over"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "abolished": EventKind(Abolished, ENGLAND),
}


def activate(replication: Replication) -> None:
    """End the run on the day of the law, if that lies before the horizon."""
    day = replication.levers.force.legislation
    if day is None:
        return
    moment = max(0.0, replication.clock.moment(day))
    if moment < replication.clock.horizon:
        replication.ends = moment
        replication.listeners.cut_short.append(partial(_abolish, replication))


def _abolish(replication: Replication) -> None:
    living = list(replication.ccgs.values())
    end_proposals(living, "CCGs abolished by law")
    replication.write(
        "abolished", "England", ccgs=len(living), successors=len({ccg.system for ccg in living})
    )
