"""The calendar: one process that hands out dated things in a fixed order.

Windows, 1 Aprils and policy events often coincide; here they happen in the order of meaning
(moment, kind, body), never in the order in which somebody happened to ask for them.

The *round deadlines* are, with ``approval.window`` yearly, the last moment of the day
``approval.window_closes`` of each year; with all_year and effect on 1 April, each 1 April less
``approval.minimum_lead_months``; otherwise there are none. They are listed from the year of the
start on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Generator
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Final

import simpy

from sim.agents.clock import LAST_MOMENT
from sim.rules.dates import window_of
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal
    from sim.agents.replication import Replication

# Order of kinds at one moment.
POLICY: Final = 0
MERGERS: Final = 1
WINDOW_OPENS: Final = 2
WINDOW_CLOSES: Final = 3


Process = Generator[simpy.Event, object, None]


class Calendar:
    """Dated things of one replication, and the proposals that wait for them.

    ``yearly`` says whether applications have a yearly window, ``april_only`` whether mergers take
    effect on 1 April alone.
    """

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        self._entries: list[tuple[float, int, str, Callable[[], None]]] = []
        self._for_close: list[tuple[tuple[int, int], Proposal, simpy.Event]] = []
        self._for_april: list[tuple[float, tuple[int, int], Proposal, simpy.Event]] = []
        approval = replication.levers.approval
        self.yearly = approval.window == "yearly"
        self.april_only = approval.effective_dates == "1_april"
        self.opens = _month_day(approval.window_opens)
        self.closes = _month_day(approval.window_closes)
        self._deadlines = self._list_deadlines()

    def add(self, day: date, kind: int, name: str, action: Callable[[], None]) -> None:
        """Enter a dated thing; days before the start happen at the start."""
        moment = max(0.0, self._replication.clock.moment(day))
        if kind == WINDOW_CLOSES:
            moment += LAST_MOMENT
        self._entries.append((moment, kind, name, action))

    def add_after_mergers(self, day: date, name: str, action: Callable[[], None]) -> None:
        """Enter a dated thing that happens after the mergers agreed for the same day."""
        self.add(day, MERGERS, name, action)  # whose own entry has no name, and so comes first

    def window(self) -> tuple[date, date]:
        """Return the opening and closing day of the window that today's applications are for."""
        return window_of(
            self._replication.clock.day(self._replication.now), self.opens, self.closes
        )

    def round_deadline(self, time: float) -> float | None:
        """Return the moment by which ballots must be done to make the next round, or None.

        In a yearly round that is the window's close; where applications are looked at all year,
        the last day whose decision still takes effect on the next 1 April.
        """
        index = bisect_left(self._deadlines, time)
        return self._deadlines[index] if self._deadlines else None

    def _list_deadlines(self) -> list[float]:
        clock, approval = self._replication.clock, self._replication.levers.approval
        years = range(clock.start.year, clock.end.year + 5)
        if self.yearly:
            return [clock.moment(date(year, *self.closes)) + LAST_MOMENT for year in years]
        if self.april_only:
            lead = approval.minimum_lead_months * DAYS_PER_MONTH
            more = range(clock.end.year + 5, clock.end.year + 12)  # leads may be five years
            return [clock.moment(date(year, 4, 1)) - lead for year in (*years, *more)]
        return []

    def close_of_window(self, proposal: Proposal) -> simpy.Event:
        """Return the event of the window's close for one application."""
        event = self._replication.env.event()
        self._for_close.append((proposal.order, proposal, event))
        return event

    def first_april(self, proposal: Proposal, not_before: float) -> simpy.Event:
        """Return the event of the first 1 April from a moment on for one approved proposal."""
        event = self._replication.env.event()
        self._for_april.append((not_before, proposal.order, proposal, event))
        return event

    def forget(self, proposal: Proposal) -> None:
        """Let a proposal that has ended wait for nothing."""
        self._for_close = [entry for entry in self._for_close if entry[1] is not proposal]
        self._for_april = [entry for entry in self._for_april if entry[2] is not proposal]

    def dismantle(self) -> None:
        """Forget everything that still waits."""
        waiting = [entry[-1] for entry in self._for_close], [entry[-1] for entry in self._for_april]
        for event in chain(*waiting):
            event.callbacks.clear()  # as the replication does with events that have their time
        self._entries, self._for_close, self._for_april = [], [], []

    def run(self) -> Process:
        """Hand out everything in the calendar, in order."""
        replication = self._replication
        self._enter_seasons()
        for moment, _kind, _name, action in sorted(self._entries, key=lambda entry: entry[:3]):
            if moment >= replication.clock.horizon:
                break
            if moment > replication.now:
                yield replication.env.timeout(moment - replication.now)
            action()

    def _enter_seasons(self) -> None:
        clock = self._replication.clock
        for year in range(clock.start.year, clock.end.year + 1):
            if self.april_only:
                self._enter(date(year, 4, 1), MERGERS, self._hold_april)
            if self.yearly:
                self._enter(date(year, *self.opens), WINDOW_OPENS, self._open_window)
                self._enter(date(year, *self.closes), WINDOW_CLOSES, self._close_window)

    def _enter(self, day: date, kind: int, action: Callable[[], None]) -> None:
        if self._replication.clock.start <= day <= self._replication.clock.end:
            self.add(day, kind, "", action)

    def _open_window(self) -> None:
        _opens, closes = self.window()
        self._replication.write("window_opens", "England", deadline=closes.isoformat())

    def _close_window(self) -> None:
        waiting = sorted(
            (entry for entry in self._for_close if not entry[1].over), key=lambda entry: entry[0]
        )
        self._for_close = []
        self._replication.write("window_closes", "England", applications=len(waiting))
        for _id, _proposal, event in waiting:
            event.succeed()

    def _hold_april(self) -> None:
        now = self._replication.now
        due = sorted(
            (entry for entry in self._for_april if entry[0] <= now), key=lambda entry: entry[1]
        )
        self._for_april = [entry for entry in self._for_april if entry[0] > now]
        for _not_before, _id, proposal, event in due:
            if not proposal.over:
                proposal.take_effect()
                event.succeed()

    def end(self) -> None:
        """Write the end, after everything else that happens on the last moment of the last day."""
        replication = self._replication
        moment = replication.clock.horizon - 1.0 + LAST_MOMENT
        replication.log.write(moment, "end", "England", data={"ccgs": len(replication.ccgs)})


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
