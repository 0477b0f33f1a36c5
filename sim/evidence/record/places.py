"""Places that the sources name: what was said of them, and what a batch gives for them.

A place is a whole system or some starting CCGs of one. No rule knows it: it is looked at in the
tables of a batch, beside comparable places.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.adding import add_up
from sim.errors import InputError, nearest
from sim.evidence.record.compositions import MergerTables, bodies_on
from sim.evidence.record.observed import FOLDER, _rows
from sim.records.days import april_firsts

if TYPE_CHECKING:
    from sim.experiment.batch import Batch
    from sim.scenario.model import Scenario
    from sim.world.model import World

CHANCES: Final = ("p_proposal", "p_lost_ballot", "p_any_merger", "p_one_ccg")
"""A proposal; a lost ballot; a merger of any of its CCGs; all of its CCGs in one body."""

Chances = dict[str, dict[date, dict[str, float]]]
"""Probabilities by place, 1 April and chance."""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place that the sources name.

    ``ccgs`` are its starting CCGs; ``whole`` says that they are all of its system's.
    ``mechanisms`` are rows of the registry, ``cases`` ids of the register; ``says`` is what the
    articles (``sources``) say, in our own words.
    """

    name: str
    system: str
    ccgs: frozenset[str]
    whole: bool
    mechanisms: tuple[int, ...]
    cases: tuple[str, ...]
    says: str
    sources: str


def named_places(world: World, folder: Path = FOLDER) -> tuple[NamedPlace, ...]:
    """Return the places that the sources name, as they lie in a world.

    Raises:
        InputError: the table is missing, or names a system, CCG or number that does not exist.
    """
    path = folder / "places.csv"
    own = systems_of(world)
    found = []
    for line, row in _rows(path):
        place = f"{path}, row {line}"
        if row["system"] not in own:
            raise InputError(
                f"{place}, column system: {row['system']!r} is not a system of the world"
                f"{nearest(row['system'], list(own))}"
            )
        whole = own[row["system"]]
        ccgs = frozenset(row["ccgs"].split("+")) if row["ccgs"] else whole
        if not ccgs <= whole:
            raise InputError(
                f"{place}, column ccgs: {', '.join(sorted(ccgs - whole))} not in {row['system']}"
            )
        if not all(one.isdecimal() for one in row["mechanisms"].split()):
            raise InputError(f"{place}, column mechanisms: {row['mechanisms']!r} are no numbers")
        found.append(
            NamedPlace(
                name=row["place"],
                system=row["system"],
                ccgs=ccgs,
                whole=ccgs == whole,
                mechanisms=tuple(map(int, row["mechanisms"].split())),
                cases=tuple(row["cases"].split()),
                says=row["says"],
                sources=row["sources"],
            )
        )
    return tuple(found)


def systems_of(world: World) -> dict[str, frozenset[str]]:
    """Return the starting CCGs of each system, by its code."""
    return {
        system.code: frozenset(world.ccgs[i].code for i in system.ccgs) for system in world.systems
    }


def comparable(place: NamedPlace, world: World) -> dict[str, frozenset[str]]:
    """Return the places to set a place against.

    For one of several CCGs: the other systems that began with half as many CCGs to twice as many,
    but at least two. For a single CCG: the other CCGs of systems that began with several.
    """
    others = {code: ccgs for code, ccgs in systems_of(world).items() if code != place.system}
    size = len(place.ccgs)
    if size == 1:
        return {ccg: frozenset({ccg}) for own in others.values() if len(own) > 1 for ccg in own}
    return {code: own for code, own in others.items() if max(2.0, size / 2) <= len(own) <= 2 * size}


def place_chances(
    batch: Batch, scenario: Scenario, places: Mapping[str, frozenset[str]], world: World
) -> Chances:
    """Return how often each thing had happened in each place by each 1 April.

    A proposal, lost ballot or merger counts for every place with a starting CCG in it. All CCGs
    are in one body once mergers have joined them, whatever else has joined them; a place of one
    CCG is in one body from the start.
    """
    days = april_firsts(scenario.start, scenario.end)
    touched: dict[str, tuple[str, ...]] = {}

    def places_of(bodies: str) -> tuple[str, ...]:
        if bodies not in touched:
            codes = bodies.split("+")
            touched[bodies] = tuple(n for n, own in places.items() if not own.isdisjoint(codes))
        return touched[bodies]

    tally: Counter[tuple[str, str, int]] = Counter()
    for chance, rows in (
        ("p_proposal", _rows_of(batch.proposals, "footprint", "mooted", scenario)),
        (
            "p_lost_ballot",
            _rows_of(batch.ballots[~batch.ballots["carried"]], "ccg", "date", scenario),
        ),
        ("p_any_merger", _rows_of(batch.ccgs, "ccg", "merged_on", scenario)),
    ):
        first: dict[tuple[int, str], date] = {}
        for number, bodies, day in rows:
            for place in places_of(bodies):
                if day < first.get((number, place), date.max):
                    first[number, place] = day
        for (_, place), day in first.items():
            tally[chance, place, bisect_left(days, day)] += 1
    for place, position in _joined(batch, scenario, places, world, days):
        tally["p_one_ccg", place, position] += 1
    total = sum(batch.replications["scenario"] == scenario.name)
    found: Chances = {}
    for place in places:
        so_far = dict.fromkeys(CHANCES, 0)
        for position, day in enumerate(days):
            for chance in CHANCES:
                so_far[chance] += tally[chance, place, position]
            shares = {chance: number / total for chance, number in so_far.items()}
            found.setdefault(place, {})[day] = shares
    return found


def _rows_of(frame: Any, bodies: str, day: str, scenario: Scenario) -> list[tuple[int, str, date]]:
    """Return (replication, bodies, day) of the rows of one scenario that have a day."""
    mine = frame[(frame["scenario"] == scenario.name) & frame[day].notna()]
    return list(zip(mine["replication"], mine[bodies], mine[day], strict=True))


def _joined(
    batch: Batch,
    scenario: Scenario,
    places: Mapping[str, frozenset[str]],
    world: World,
    days: Sequence[date],
) -> list[tuple[str, int]]:
    """Return, for each replication in which a place came into one body, the first 1 April."""
    found: list[tuple[str, int]] = []
    numbers = batch.replications.loc[batch.replications["scenario"] == scenario.name, "replication"]
    single = [place for place, own in places.items() if len(own) == 1]
    found += [(place, 0) for place in single for _ in numbers]
    several = {place: own for place, own in places.items() if len(own) > 1}
    codes = [ccg.code for ccg in world.ccgs]
    tables = MergerTables(batch.proposals, batch.systems, batch.ccgs).of_scenario(scenario.name)
    left: dict[int, dict[str, frozenset[str]]] = {}
    for position, day in enumerate(days):
        for number, bodies in bodies_on(day, tables, world).items():
            mine = left.setdefault(number, dict(several))
            body_of = {codes[i]: body for body in bodies if len(body) > 1 for i in body}
            for place, own in list(mine.items()):
                if len({body_of.get(code, code) for code in own}) == 1:
                    del mine[place]
                    found.append((place, position))
    return found


def mean_chances(chances: Chances, places: Sequence[str]) -> dict[date, dict[str, float]]:
    """Return the mean over places of each chance, by 1 April.

    Raises:
        InputError: there is no place to take a mean of.
    """
    if not places:
        raise InputError("there is no comparable place in this world")
    days = chances[places[0]]
    return {
        day: {
            chance: add_up(chances[place][day][chance] for place in places) / len(places)
            for chance in CHANCES
        }
        for day in days
    }
