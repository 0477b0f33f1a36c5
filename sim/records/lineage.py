"""Which starting CCG is in which body and system when: the fold of mergers and new borders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sim.agents.log import Event
from sim.records.column import Row
from sim.records.days import day_of
from sim.world.model import World

REDRAWN: Final = ("systems_split", "systems_merged")
"""Kinds of event that put new systems in the place of old ones."""
CHANGES: Final = frozenset({"merged", *REDRAWN})
"""Kinds of event that change which bodies live, or in which system."""


def join_members(bodies: Iterable[str]) -> str:
    """Return the name of a body made of these: starting CCGs' codes, sorted, joined with +."""
    return "+".join(sorted({code for body in bodies for code in body.split("+")}))


@dataclass(slots=True)
class Lineage:
    """The bodies alive at one moment and the merger dates of every starting CCG so far.

    ``home`` gives the system of each living body; ``systems`` the names of the systems that exist,
    by code; ``first`` and ``last`` the merger dates of starting CCGs that have merged;
    ``successor`` the living body of each that has merged.
    """

    home: dict[str, str]
    systems: dict[str, str] = field(default_factory=dict)
    first: dict[str, date] = field(default_factory=dict)
    last: dict[str, date] = field(default_factory=dict)
    successor: dict[str, str] = field(default_factory=dict)

    def apply(self, event: Event, start: date) -> None:
        """Apply one event of a kind in ``CHANGES``."""
        if event.kind == "merged":
            self.merge(event, day_of(start, event.time))
        else:
            self.redraw(event)

    def redraw(self, event: Event) -> None:
        """Put new systems in the place of those split or joined; their bodies follow them."""
        data = event.data
        if event.kind == "systems_split":
            gone: tuple[str, ...] = (event.subject,)
            made = tuple(zip(data["systems"], data["names"], data["bodies"], strict=True))
        else:
            gone = tuple(data["systems"])
            made = ((event.subject, data["name"], data["bodies"]),)
        for code in gone:
            self.systems.pop(code, None)
        for code, name, bodies in made:
            self.systems[code] = name
            for body in bodies:
                self.home[body] = code

    def sizes(self) -> Counter[str]:
        """Return how many bodies belong to each system that has any."""
        return Counter(self.home.values())

    def merge(self, event: Event, day: date) -> None:
        """Apply one ``merged`` event; its parts vanish and the new body appears."""
        for part in event.data["parts"]:
            del self.home[part]
        self.home[event.subject] = event.data["system"]
        for code in event.subject.split("+"):
            self.first.setdefault(code, day)
            self.last[code] = day
            self.successor[code] = event.subject


def start_lineage(world: World) -> Lineage:
    """Return the lineage on the start date: every starting CCG alive in its own system."""
    return Lineage(
        {ccg.code: world.systems[ccg.system].code for ccg in world.ccgs},
        {system.code: system.name for system in world.systems},
    )


def count_rows(
    changes: Sequence[Event], world: World, start: date, dates: Sequence[date]
) -> tuple[list[Row], list[Row], list[Row], Lineage]:
    """Fold mergers into the rows of ``counts``, ``systems`` and ``ccgs`` and the final lineage.

    ``changes`` are the events of kinds in ``CHANGES``, oldest first. What happens on the day
    itself is counted on that day. Systems that have been split or joined are listed no longer,
    those made of them are from that day on.
    """
    lineage = start_lineage(world)
    counts: list[Row] = []
    systems: list[Row] = []
    position = 0
    for day in dates:
        while position < len(changes) and day_of(start, changes[position].time) <= day:
            lineage.apply(changes[position], start)
            position += 1
        held = lineage.sizes()
        counts.append((day, len(lineage.home)))
        named = {code: code for code in held} | lineage.systems
        systems.extend((day, code, named[code], held[code]) for code in sorted(named))
    ccgs: list[Row] = [
        (code, lineage.first.get(code), lineage.last.get(code), lineage.successor.get(code, code))
        for code in sorted(ccg.code for ccg in world.ccgs)
    ]
    return counts, systems, ccgs, lineage
