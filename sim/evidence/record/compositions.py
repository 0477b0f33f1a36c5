"""Which starting CCGs are one body on a day, whatever has merged them: proposals or a mandate.

The tables of a batch record a merger in three ways: ``proposals`` has the footprints that took
effect, but a mandate merges without any; ``ccgs`` has the body that each CCG ends in and the day
of its last merger, but not what it was in before that; ``systems`` has the number of CCGs of each
system on the day. So a body on a day is made of

1. the footprints that had taken effect by then;
2. CCGs that end in one body and whose last merger was on the day or before: exact for all that do
   not merge again;
3. where that gives more bodies than there are CCGs: the bodies of one system that has one CCG on
   the day, or on an earlier day of the table. A mandate leaves a system with one, so this finds
   those mandated by the day who merge again after it. The system of a body is worked out from its
   mergers as the model does.

The number of bodies must then be that of the table ``systems``, or the tables are refused. That
can happen only where a mandate merges CCGs of a system that has been redrawn (or is redrawn before
the next day of the table), and they merge once more after the day asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.world.footprints import merge_bodies, starting_bodies
from sim.world.model import World

if TYPE_CHECKING:
    import pandas as pd

Bodies = tuple[frozenset[int], ...]
"""The bodies of one replication, each as the indexes of its starting CCGs."""
Merger = tuple[date, str]
"""The day of a merger and the starting CCGs of the body that it made, joined with +."""


@dataclass(frozen=True)
class MergerTables:
    """The tables of one scenario of a batch that record its mergers."""

    proposals: pd.DataFrame
    systems: pd.DataFrame
    ccgs: pd.DataFrame

    def of_scenario(self, scenario: str) -> MergerTables:
        """Return the rows of one scenario."""
        return MergerTables(
            *(
                table[table["scenario"] == scenario]
                for table in (self.proposals, self.systems, self.ccgs)
            )
        )


def read_merger_tables(folder: Path) -> MergerTables:
    """Return the tables of a batch folder; of its only scenario, where it has one."""
    import pandas as pd

    return MergerTables(
        *(pd.read_parquet(folder / f"{name}.parquet") for name in ("proposals", "systems", "ccgs"))
    )


def bodies_on(day: date, tables: MergerTables, world: World) -> dict[int, Bodies]:
    """Return the bodies alive on a day, by replication.

    Args:
        day: mergers of the day itself included; ``tables.systems`` must hold it.
        tables: of one scenario.
        world: the world it started from.

    Raises:
        InputError: the day is not in the tables, or they do not show the bodies of the day.
    """
    until = tables.systems[tables.systems["date"] <= day]
    on_day = until[until["date"] == day]
    if on_day.empty:
        raise InputError(f"the batch holds no systems on {day}")
    known = _known_mergers(day, tables)
    replay = _Replay(world)
    found: dict[int, Bodies] = {}
    for key, ccgs in on_day.groupby("replication")["ccgs"].sum().items():
        number = int(str(key))
        replay.begin()
        replay.join(known.get(number, ()), day)
        bodies = replay.bodies()
        if len(bodies) > ccgs:
            mine = until[until["replication"] == number]
            bodies = _with_single_systems(replay, known.get(number, []), mine)
        if len(bodies) != ccgs:
            raise InputError(
                f"replication {number}: the tables do not tell who is with whom on {day} "
                f"({len(bodies)} bodies, and {ccgs} CCGs in the table systems)"
            )
        found[number] = bodies
    return found


def _known_mergers(day: date, tables: MergerTables) -> dict[int, list[Merger]]:
    """Return the mergers up to a day that the tables name, by replication, oldest first.

    They are the footprints in effect and the final bodies made by then, smaller ones first.
    """
    made = tables.proposals[tables.proposals["exit"] == "effective"]
    made = made[made["exit_on"] <= day]
    last = tables.ccgs[tables.ccgs["last_merged_on"].notna()]
    last = last[last["last_merged_on"] <= day]
    last = last[["replication", "last_merged_on", "successor"]].drop_duplicates()
    found: defaultdict[int, set[Merger]] = defaultdict(set)
    for table, on, body in ((made, "exit_on", "footprint"), (last, "last_merged_on", "successor")):
        for number, when, members in zip(table["replication"], table[on], table[body], strict=True):
            found[number].add((when, members))
    return {
        number: sorted(mergers, key=lambda one: (one[0], len(one[1]), one[1]))
        for number, mergers in found.items()
    }


def _with_single_systems(replay: _Replay, known: Sequence[Merger], systems: pd.DataFrame) -> Bodies:
    """Return the bodies on the last day of a replication's ``systems``, with those mandated.

    Day after day of the table, known mergers are made, and then the bodies of a system that has
    one CCG are that CCG; each day is asked, since a system that is redrawn later is listed no more.
    """
    replay.begin()
    for when, rows in systems.groupby("date"):
        replay.join(known, when)  # type: ignore[arg-type]
        if len(replay.bodies()) > rows["ccgs"].sum():
            replay.join_systems(set(rows.loc[rows["ccgs"] == 1, "system"]))
    return replay.bodies()


class _Replay:
    """Joins the bodies of one replication after another, and knows the system of each."""

    def __init__(self, world: World) -> None:
        self._codes = [ccg.code for ccg in world.ccgs]
        self._systems = [system.code for system in world.systems]
        self._start = starting_bodies(world.ccgs)
        self.begin()

    def begin(self) -> None:
        """Go back to the start: every CCG is its own body."""
        self._body = dict(zip(self._codes, self._start.values(), strict=True))

    def join(self, mergers: Iterable[Merger], until: date) -> None:
        """Make the mergers up to a day: one body of all bodies with a member in each."""
        for when, members in mergers:
            if when <= until:
                self._unite({self._body[code].id for code in members.split("+")})

    def join_systems(self, homes: set[str]) -> None:
        """Make one body of all bodies of each of these systems."""
        several: defaultdict[int, set[int]] = defaultdict(set)
        for body in self._body.values():
            if self._systems[body.system] in homes:
                several[body.system].add(body.id)
        for ids in several.values():
            self._unite(ids)

    def _unite(self, ids: set[int]) -> None:
        if len(ids) < 2:
            return
        parts = {body.id: body for body in self._body.values() if body.id in ids}
        made = merge_bodies([parts[number] for number in sorted(ids)])
        for code, body in self._body.items():
            if body.id in ids:
                self._body[code] = made

    def bodies(self) -> Bodies:
        """Return the bodies as sets of indexes, in the order of their lowest member."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        for position, code in enumerate(self._codes):
            found[self._body[code].id].add(position)
        return tuple(frozenset(members) for members in found.values())
