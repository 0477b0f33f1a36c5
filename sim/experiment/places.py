"""Chances of each system by each 1 April, from the finished tables: ``places.csv``.

A starting CCG counts for the system that it started in, also after a merger across systems:
a proposal, a lost ballot or a merger touches every system with a starting CCG in it. "One CCG"
is the number of CCGs that belong to the system on that day; one that has been split or joined to
another has no longer one CCG. Systems made during a run have no rows: they exist in some
replications only, and their CCGs count where they started. A scenario without a single
replication has no rows at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.records.days import april_firsts, to_number
from sim.records.parquet_groups import GroupReader
from sim.records.schema import BALLOTS, CCGS, PROPOSALS, SYSTEMS, Table
from sim.records.tables import GROUP
from sim.world.model import World

if TYPE_CHECKING:
    import pyarrow as pa

NEEDED: Final = (PROPOSALS, BALLOTS, CCGS, SYSTEMS)
"""The tables that the places are made from."""
NEVER: Final = 2**31
"""A day that is after every date."""
CHANCES: Final = ("p_proposal", "p_lost_ballot", "p_one_ccg", "p_any_merger")
PLACE_COLUMNS: Final = ("scenario", "system", "system_name", "date", *CHANCES)


def place_rows(
    tables: Mapping[str, GroupReader],
    scenario: str,
    groups: range,
    world: World,
    start: date,
    end: date,
) -> list[tuple[Any, ...]]:
    """Return a scenario's rows of the places, by system and date.

    Args:
        tables: the finished tables of ``NEEDED``, by name.
        scenario: its name.
        groups: its row groups in the tables.
        world: its world.
        start: first day of its run.
        end: last day of its run.
    """
    chances = _PlaceChances(world, april_firsts(start, end))

    def read(table: Table, group: int, *columns: str) -> pa.Table:
        source = tables[table.name]
        return source.read([source.groups[group]], ["replication", *columns])

    for group in groups:
        chances.add_proposals(read(PROPOSALS, group, "footprint", "mooted"))
        chances.add_ballots(read(BALLOTS, group, "ccg", "date", "carried"))
        chances.add_mergers(read(CCGS, group, "ccg", "merged_on"))
        chances.add_systems(read(SYSTEMS, group, "date", "system", "system_name", "ccgs"))
    return chances.rows(scenario)


class _PlaceChances:
    """How often each thing had happened in each system by each 1 April, so far.

    ``tallies`` counts replications by chance, 1 April and system: those in which it happened first
    between the 1 April before and this one, and for one CCG those in which it held on the day.
    """

    def __init__(self, world: World, aprils: Sequence[date]) -> None:
        self.aprils = aprils
        self.days = np.array([to_number(day) for day in aprils], dtype=np.int64)
        self.codes = [system.code for system in world.systems]
        self.system_of = {ccg.code: ccg.system for ccg in world.ccgs}
        self.position = {code: place for place, code in enumerate(self.codes)}
        # One row more than there are days, for what came after the last.
        shape = (len(aprils) + 1, len(self.codes))
        self.tallies = {name: np.zeros(shape, dtype=np.int64) for name in CHANCES}
        self.names: dict[str, str] = {}
        self.replications = 0

    def add_proposals(self, found: pa.Table) -> None:
        """Count in which systems there was a proposal, and by when."""
        self._tally("p_proposal", found, "footprint", "mooted")

    def add_ballots(self, found: pa.Table) -> None:
        """Count in which systems a ballot was lost, and by when."""
        import pyarrow.compute as pc

        lost = found.filter(pc.invert(found.column("carried")))
        self._tally("p_lost_ballot", lost, "ccg", "date")

    def add_mergers(self, found: pa.Table) -> None:
        """Count in which systems a CCG had merged, and by when; and the replications themselves.

        Each has a row for every starting CCG.
        """
        self.replications += len(np.unique(found.column("replication").to_numpy()))
        self._tally("p_any_merger", found, "ccg", "merged_on")

    def _tally(self, chance: str, found: pa.Table, bodies: str, day: str) -> None:
        """Count the first time of each (replication, system) under the 1 April that follows it."""
        found = found.filter(found.column(day).is_valid())
        places, of_row = _distinct(found.column(bodies))
        systems = self._systems_of(places)
        days = _day_numbers(found.column(day))
        numbers = found.column("replication").to_numpy() % GROUP
        first = np.full((GROUP, len(self.codes)), NEVER, dtype=np.int64)
        for each in systems.T:  # the first system that each body touches, then the second, ...
            touched = each[of_row]
            here = touched >= 0
            np.minimum.at(first, (numbers[here], touched[here]), days[here])
        position = np.searchsorted(self.days, first, side="left")
        np.add.at(self.tallies[chance], (position, np.arange(len(self.codes))), 1)

    def _systems_of(self, bodies: Sequence[str]) -> NDArray[np.int64]:
        """Return for each body the systems in which its starting CCGs started, then -1."""
        found = [sorted({self.system_of[code] for code in body.split("+")}) for body in bodies]
        systems = np.full((len(bodies), max(map(len, found), default=0)), -1, dtype=np.int64)
        for row, mine in zip(systems, found, strict=True):
            row[: len(mine)] = mine
        return systems

    def add_systems(self, found: pa.Table) -> None:
        """Count where a system had one CCG on the day, and note the systems' names."""
        days = _day_numbers(found.column("date"))
        names, of_row = _distinct(found.column("system"))
        systems = np.array([self.position.get(name, -1) for name in names], dtype=np.int64)[of_row]
        here = np.isin(days, self.days) & (systems >= 0)
        for system, row in zip(*np.unique(systems[here], return_index=True), strict=True):
            if self.codes[system] not in self.names:
                named = int(np.flatnonzero(here)[row])
                self.names[self.codes[system]] = found.column("system_name")[named].as_py()
        here &= found.column("ccgs").to_numpy() == 1
        position = np.searchsorted(self.days, days[here], side="left")
        np.add.at(self.tallies["p_one_ccg"], (position, systems[here]), 1)

    def rows(self, scenario: str) -> list[tuple[Any, ...]]:
        """Return this scenario's rows, by system and date."""
        rows: list[tuple[Any, ...]] = []
        for system in sorted(self.names):
            so_far = dict.fromkeys(CHANCES, 0)
            for place, day in enumerate(self.aprils):
                for name in CHANCES:
                    tally = int(self.tallies[name][place, self.position[system]])
                    so_far[name] = tally if name == "p_one_ccg" else so_far[name] + tally
                shares = (so_far[name] / self.replications for name in CHANCES)
                rows.append((scenario, system, self.names[system], day.isoformat(), *shares))
        return rows


def _distinct(column: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """Return the different texts of a column, and which of them each row holds."""
    import pyarrow as pa

    whole = pa.concat_arrays([pa.array([], column.type), *column.chunks]).dictionary_encode()
    return whole.dictionary.to_pylist(), whole.indices.to_numpy().astype(np.int64)


def _day_numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = column.cast("int32").to_numpy().astype(np.int64)
    return numbers
