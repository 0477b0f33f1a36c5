"""The append-only event log: the truth of a replication.

Every change of state is one event, written when it happens; every outcome is a fold of the log
(``sim.records``), and replaying the log gives the final state. Times are days since the
scenario's start on a grid of 2**-20 day. Bodies are named by their codes: a CCG by its ODS code,
a merged one by its starting members' codes sorted and joined with ``+``.

``sim.agents.event_register`` lists the kinds of event and what the data of each hold;
docs/event-log.md is written from it. A proposal found alive at the start is written at time 0 as
``mooted`` with its ``known_since`` and, where it stood further on, ``drafted``, ``engaged`` and
``balloted`` events at time 0 (the last without ``ballot`` events, since its ballots lie before the
start).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Terms = tuple[tuple[str, float], ...]


class Event(NamedTuple):
    """One thing that happened: when, what kind, to or by whom, in which proposal, and why.

    ``proposal`` is ``SYSTEM-ordinal`` or "". ``terms`` are the terms of the rule that decided
    it, by name, in the rule's own unit (mostly log-odds); empty where no rule was asked.
    """

    time: float
    kind: str
    subject: str
    proposal: str
    data: Mapping[str, Any]
    terms: Terms


class EventLog:
    """An append-only list of events; times never decrease."""

    __slots__ = ("_events",)

    def __init__(self) -> None:
        self._events: list[Event] = []

    def write(
        self,
        time: float,
        kind: str,
        subject: str,
        proposal: str = "",
        data: Mapping[str, Any] | None = None,
        terms: Terms = (),
    ) -> None:
        """Append one event."""
        self._events.append(Event(time, kind, subject, proposal, data or {}, terms))

    def events(self) -> tuple[Event, ...]:
        """Return all events so far, oldest first."""
        return tuple(self._events)
