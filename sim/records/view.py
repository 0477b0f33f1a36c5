"""One replication's log as outcomes look at it: events by kind, courses, and who is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sim.agents.log import Event
from sim.records.chain import Course
from sim.records.lineage import Lineage
from sim.world.model import World


@dataclass(frozen=True, slots=True)
class LogView:
    """A folded log: ``by_kind`` holds its events by kind, oldest first (a missing kind is empty).

    ``courses`` are the proposals by id, ``lineage`` the bodies alive at the end; ``parameters``
    the values drawn. ``start`` and ``end`` are the scenario's dates.
    """

    by_kind: Mapping[str, list[Event]]
    courses: Mapping[str, Course]
    lineage: Lineage
    parameters: Mapping[str, float]
    world: World
    start: date
    end: date

    def events(self, kind: str) -> list[Event]:
        """Return the events of a kind, oldest first."""
        return self.by_kind.get(kind, [])
