"""Designation: how the systems that are not yet integrated care systems (ICSs) become so.

With ``information.ics_rule`` off unlinked, every system whose recorded status is ``stp`` (neither
an ICS nor devolved) has a first review at u x (days from the start to 1 April 2021), u uniform; if
the run starts on or after that date, at the start. Under by_deadline it becomes an ICS then. Under
conditional only if it has one CCG or is exempt; if not, it is looked at again each 1 April, after
the day's mergers and mandates. A system that has been split or joined is reviewed no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, TypedDict

from sim.agents.events import EventKind
from sim.rules.mechanisms.force import NOT_YET, becomes_ics
from sim.streams import purposes

if TYPE_CHECKING:
    import simpy

    from sim.agents.replication import Replication
    from sim.agents.system import System


class IcsReview(TypedDict):
    """The centre reviews whether a system is an integrated care system."""

    designated: Annotated[bool, "whether it is"]
    ccgs: Annotated[int, "how many CCGs it has"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "ics_review": EventKind(IcsReview, "system"),
}


DEADLINE: Final = date(2021, 4, 1)  # the Long Term Plan: an ICS everywhere by April 2021


def activate(replication: Replication) -> None:
    """Give every system that is not yet an ICS its day, where the scenario simulates it."""
    if replication.levers.information.ics_rule != "unlinked":
        Designation(replication)


class Designation:
    """The reviews of systems that want to become ICSs.

    Each has its own day, drawn evenly between the start and the deadline (assumed; the waves to
    come were not announced); one that is turned down then is looked at again each 1 April.
    """

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        self._turned_down: list[System] = []
        span = max(0.0, replication.clock.moment(DEADLINE))
        for system in replication.systems:
            if system.ics_status == NOT_YET:
                u = replication.streams.uniform(purposes.ICS_DAY, system.index)
                timeout = replication.wait_grid(u * span)
                timeout.callbacks.append(partial(self._review_first, system))
        for year in range(replication.clock.start.year, replication.clock.end.year + 1):
            day = date(year, 4, 1)
            if replication.clock.start < day <= replication.clock.end:  # after mergers and mandates
                replication.calendar.add_after_mergers(day, "status", self._review_again)

    def _review_first(self, system: System, _timeout: simpy.Event) -> None:
        self._review(system)

    def _review_again(self) -> None:
        waiting, self._turned_down = self._turned_down, []
        for system in waiting:
            self._review(system, again=True)

    def _review(self, system: System, *, again: bool = False) -> None:
        if system.heirs:  # it has been split or joined, and is reviewed no more
            return
        replication = self._replication
        exempt = bool(system.exempt)
        ccgs = len(system.members)
        passes = becomes_ics(replication.levers.information.ics_rule, ccgs, exempt)
        if passes or not again:
            replication.write("ics_review", system.code, designated=passes, ccgs=ccgs)
        if passes:
            system.ics_status = "ics"
            system.reconsider()
        else:
            self._turned_down.append(system)
