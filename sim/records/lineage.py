"""Which starting CCG is in which body when: the fold of the ``merged`` events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sim.agents.log import Event
from sim.records.days import day_of
from sim.records.schema import Row
from sim.world.model import World


def join_members(bodies: Iterable[str]) -> str:
    """Return the name of a body made of these: starting CCGs' codes, sorted, joined with +."""
    return "+".join(sorted({code for body in bodies for code in body.split("+")}))


@dataclass(slots=True)
class Lineage:
    """The bodies alive at one moment and the merger dates of every starting CCG so far.

    ``home`` gives the system of each living body; ``first`` and ``last`` the merger dates of
    starting CCGs that have merged; ``successor`` the living body of each that has merged.
    """

    home: dict[str, str]
    first: dict[str, date] = field(default_factory=dict)
    last: dict[str, date] = field(default_factory=dict)
    successor: dict[str, str] = field(default_factory=dict)

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
    return Lineage({ccg.code: world.systems[ccg.system].code for ccg in world.ccgs})


def count_rows(
    merged: Sequence[Event], world: World, start: date, dates: Sequence[date]
) -> tuple[list[Row], list[Row], list[Row], Lineage]:
    """Fold mergers into the rows of ``counts``, ``systems`` and ``ccgs`` and the final lineage.

    A merger of the day itself is counted on that day. A system first seen in a merger (made by
    joining or splitting systems) is listed from the day it has a CCG, under its code.
    """
    lineage = start_lineage(world)
    names = {system.code: system.name for system in world.systems}
    codes = sorted(names)
    counts: list[Row] = []
    systems: list[Row] = []
    position = 0
    for day in dates:
        while position < len(merged) and day_of(start, merged[position].time) <= day:
            event = merged[position]
            lineage.merge(event, day_of(start, event.time))
            position += 1
        held = dict.fromkeys(codes, 0)
        for system in lineage.home.values():
            held[system] = held.get(system, 0) + 1
        counts.append((day, len(lineage.home)))
        systems.extend((day, code, names.get(code, code), held[code]) for code in sorted(held))
    ccgs: list[Row] = [
        (code, lineage.first.get(code), lineage.last.get(code), lineage.successor.get(code, code))
        for code in sorted(ccg.code for ccg in world.ccgs)
    ]
    return counts, systems, ccgs, lineage
