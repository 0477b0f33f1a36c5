"""Chances of each system by each 1 April, gathered block by block: ``places.csv``.

A starting CCG counts for the system that it started in, also after a merger across systems:
a proposal, a lost ballot or a merger touches every system with a starting CCG in it. "One CCG"
is the number of CCGs that belong to the system on that day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sim.records.days import april_firsts, to_number
from sim.records.schema import BALLOTS, CCGS, PROPOSALS, SYSTEMS, Table
from sim.records.shards import Block
from sim.world.model import World

CHANCES: Final = ("p_proposal", "p_lost_ballot", "p_one_ccg", "p_any_merger")
PLACE_COLUMNS: Final = ("scenario", "system", "system_name", "date", *CHANCES)

_First = dict[tuple[int, str], int]
"""(replication, system) -> the earliest day."""


def _columns(block: Block, table: Table, *names: str) -> Iterable[tuple[Any, ...]]:
    columns = block.columns[table.name]
    return zip(
        block.replications[table.name],
        *(columns[table.position(name)] for name in names),
        strict=True,
    )


@dataclass(slots=True)
class PlaceChances:
    """How often each thing had happened in each system by each 1 April, so far."""

    world: World
    start: date
    end: date
    replications: int = 0
    tallies: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Take one block of replications."""
        home = {ccg.code: self.world.systems[ccg.system].code for ccg in self.world.ccgs}
        days = [to_number(day) for day in april_firsts(self.start, self.end)]
        self.replications += len(block.replications["replications"])
        proposal: _First = {}
        lost: _First = {}
        merger: _First = {}

        def systems_of(bodies: str) -> set[str]:
            return {home[code] for code in bodies.split("+")}

        def note(first: _First, replication: int, systems: Iterable[str], day: int) -> None:
            for system in systems:
                key = replication, system
                first[key] = min(day, first.get(key, day))

        for number, footprint, day in _columns(block, PROPOSALS, "footprint", "mooted"):
            note(proposal, number, systems_of(footprint), day)
        for number, ccg, day, carried in _columns(block, BALLOTS, "ccg", "date", "carried"):
            if not carried:
                note(lost, number, systems_of(ccg), day)
        for number, ccg, day in _columns(block, CCGS, "ccg", "merged_on"):
            if day is not None:
                note(merger, number, (home[ccg],), day)
        for name, first in (
            ("p_proposal", proposal),
            ("p_lost_ballot", lost),
            ("p_any_merger", merger),
        ):
            self._tally(name, first, days)
        wanted = set(days)
        for _, day, system, name, ccgs in _columns(
            block, SYSTEMS, "date", "system", "system_name", "ccgs"
        ):
            if day in wanted:
                self.names.setdefault(system, name)
                if ccgs == 1:
                    self.tallies["p_one_ccg", day, system] += 1

    def _tally(self, name: str, first: _First, days: Iterable[int]) -> None:
        for day in days:
            for (_, system), when in first.items():
                if when <= day:
                    self.tallies[name, day, system] += 1

    def rows(self, scenario: str) -> list[tuple[Any, ...]]:
        """Return this scenario's rows, by system and date."""
        days = april_firsts(self.start, self.end)
        return [
            (
                scenario,
                system,
                self.names[system],
                day.isoformat(),
                *(
                    self.tallies[name, to_number(day), system] / self.replications
                    for name in CHANCES
                ),
            )
            for system in sorted(self.names)
            for day in days
        ]
