"""Chances of each system by each 1 April, gathered block by block: ``places.csv``.

A starting CCG counts for the system that it started in, also after a merger across systems:
a proposal, a lost ballot or a merger touches every system with a starting CCG in it. "One CCG"
is the number of CCGs that belong to the system on that day; one that has been split or joined to
another has no longer one CCG. Systems made during a run have no rows: they exist in some
replications only, and their CCGs count where they started.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sim.records.days import april_firsts, to_number
from sim.records.schema import BALLOTS, CCGS, PROPOSALS, SYSTEMS, Table
from sim.records.shards import Block
from sim.world.model import World

CHANCES: Final = ("p_proposal", "p_lost_ballot", "p_one_ccg", "p_any_merger")
PLACE_COLUMNS: Final = ("scenario", "system", "system_name", "date", *CHANCES)


def _columns(block: Block, table: Table, *names: str) -> Iterable[tuple[Any, ...]]:
    columns = block.columns[table.name]
    return zip(
        block.replications[table.name],
        *(columns[table.position(name)] for name in names),
        strict=True,
    )


@dataclass(slots=True)
class PlaceChances:
    """How often each thing had happened in each system by each 1 April, so far.

    ``tallies`` counts replications by (chance, 1 April, system): those in which it happened first
    between the 1 April before and this one, and for one CCG those in which it held on the day.
    """

    world: World
    start: date
    end: date
    replications: int = 0
    tallies: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    touched: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Take one block of replications."""
        days = [to_number(day) for day in april_firsts(self.start, self.end)]
        self.replications += len(block.replications["replications"])
        self._tally("p_proposal", _columns(block, PROPOSALS, "footprint", "mooted"), days)
        lost = (
            (number, ccg, day)
            for number, ccg, day, carried in _columns(block, BALLOTS, "ccg", "date", "carried")
            if not carried
        )
        self._tally("p_lost_ballot", lost, days)
        self._tally("p_any_merger", _columns(block, CCGS, "ccg", "merged_on"), days)
        wanted = set(days)
        started = {system.code for system in self.world.systems}
        for _, day, system, name, ccgs in _columns(
            block, SYSTEMS, "date", "system", "system_name", "ccgs"
        ):
            if day in wanted and system in started:
                self.names.setdefault(system, name)
                if ccgs == 1:
                    self.tallies["p_one_ccg", day, system] += 1

    def _tally(self, chance: str, found: Iterable[tuple[Any, ...]], days: Sequence[int]) -> None:
        """Count the first time of each (replication, system) under the 1 April that follows it."""
        first: dict[tuple[int, str], int] = {}
        for number, bodies, day in found:
            if day is None:
                continue
            for system in self.touched.get(bodies) or self._systems_of(bodies):
                key = number, system
                if day < first.get(key, day + 1):
                    first[key] = day
        for (_, system), day in first.items():
            position = bisect_left(days, day)
            if position < len(days):
                self.tallies[chance, days[position], system] += 1

    def _systems_of(self, bodies: str) -> tuple[str, ...]:
        """Return, and remember, the systems in which these starting CCGs started."""
        if not self.touched:
            for ccg in self.world.ccgs:
                self.touched[ccg.code] = (self.world.systems[ccg.system].code,)
        found = {self.touched[code][0] for code in bodies.split("+")}
        self.touched[bodies] = tuple(sorted(found))
        return self.touched[bodies]

    def rows(self, scenario: str) -> list[tuple[Any, ...]]:
        """Return this scenario's rows, by system and date."""
        rows: list[tuple[Any, ...]] = []
        for system in sorted(self.names):
            so_far = dict.fromkeys(CHANCES, 0)
            for day in april_firsts(self.start, self.end):
                for name in CHANCES:
                    tally = self.tallies[name, to_number(day), system]
                    so_far[name] = tally if name == "p_one_ccg" else so_far[name] + tally
                shares = (so_far[name] / self.replications for name in CHANCES)
                rows.append((scenario, system, self.names[system], day.isoformat(), *shares))
        return rows
