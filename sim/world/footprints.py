"""The candidate footprints of a system: which sets of CCGs could merge.

Footprints are chosen, not given, but not every subset of neighbours is thinkable: people think
of the whole system, of a county, of CCGs that already share an officer, and of small variations.
The list is made when a world is loaded and made again, for the systems concerned, after a merger.
So it works on *bodies*, living CCGs on the current map, and not on the frozen world.

After a merger of ``parts``, the engine does::

    touched = systems_touched(bodies, parts)
    bodies, neighbours = merge_on_map(bodies, neighbours, parts)
    for system in touched:
        candidates[system] = list_footprints(system, bodies, neighbours)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Final

from sim.world.model import CCG, Footprint

MAX_CANDIDATES: Final = 30
# A council that lies in more systems than this gives whole county and pairs of parts only, so
# that the number of unions stays bounded in a made-up world (England: three at most).
MAX_PARTS: Final = 6

Neighbours = Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Body:
    """A living CCG on the current map, whether it is a starting one or came of a merger.

    ``id`` is the index of its lowest starting member. ``council_shares`` are (council index,
    share of its residents). ``council`` is the council that holds at least half of its
    residents, or -1; it is worked out, not given.
    """

    id: int
    system: int
    patients: int
    residents: int
    council_shares: tuple[tuple[int, float], ...] = ()
    officer_group: str = ""
    council: int = field(init=False, default=-1)

    def __post_init__(self) -> None:
        best = max(self.council_shares, key=lambda pair: (pair[1], -pair[0]), default=(-1, 0.0))
        if best[1] >= 0.5:
            object.__setattr__(self, "council", best[0])


def starting_bodies(ccgs: Iterable[CCG]) -> dict[int, Body]:
    """Return the bodies on the first day, by id, which is then the CCG's index."""
    return {
        c.index: Body(c.index, c.system, c.patients, c.residents, c.council_shares, c.officer_group)
        for c in ccgs
    }


def starting_neighbours(neighbours: Sequence[Iterable[int]]) -> dict[int, frozenset[int]]:
    """Return ``World.neighbours`` in the form that ``list_footprints`` takes."""
    return {i: frozenset(near) for i, near in enumerate(neighbours)}


def home_system(bodies: Iterable[Body]) -> int:
    """Return the system that holds most of the patients; of equal ones the first."""
    held: dict[int, int] = {}
    for body in bodies:
        held[body.system] = held.get(body.system, 0) + body.patients
    return min(held, key=lambda system: (-held[system], system))


def merge_bodies(parts: Sequence[Body]) -> Body:
    """Return the body that a merger of two or more bodies makes.

    Patients and residents add up; council shares are weighted by residents; it belongs to the
    system that holds most of its patients; it keeps an officer group that all parts shared.
    """
    residents = sum(part.residents for part in parts)
    shares: dict[int, float] = {}
    for part in parts:
        for council, share in part.council_shares:
            shares[council] = shares.get(council, 0.0) + share * part.residents / residents
    groups = {part.officer_group for part in parts}
    return Body(
        id=min(part.id for part in parts),
        system=home_system(parts),
        patients=sum(part.patients for part in parts),
        residents=residents,
        council_shares=tuple(sorted(shares.items())),
        officer_group=groups.pop() if len(groups) == 1 else "",
    )


def merge_on_map(
    bodies: Mapping[int, Body], neighbours: Neighbours, parts: Collection[int]
) -> tuple[dict[int, Body], dict[int, frozenset[int]]]:
    """Return bodies and neighbours after the bodies ``parts`` (ids) have become one.

    The inputs are left as they are. An officer group that is left with one body is dropped: one
    body alone shares its officer with nobody.
    """
    after, near = dict(bodies), dict(neighbours)
    merge_in_place(after, near, parts)
    return after, near


def merge_in_place(
    bodies: dict[int, Body], neighbours: dict[int, frozenset[int]], parts: Collection[int]
) -> Body:
    """Do what ``merge_on_map`` does to dictionaries that the caller owns; returns the new body.

    The new body takes the place of its lowest part, so the order of ids is kept.
    """
    gone = frozenset(parts)
    merged = merge_bodies([bodies[i] for i in sorted(gone)])
    groups = {bodies[i].officer_group for i in gone} - {""}
    around = frozenset(j for i in gone for j in neighbours[i]) - gone
    for i in gone:
        if i != merged.id:
            del bodies[i], neighbours[i]
    bodies[merged.id] = merged
    neighbours[merged.id] = around
    for i in around:
        neighbours[i] = neighbours[i] - gone | {merged.id}
    for group in groups:
        left = [body for body in bodies.values() if body.officer_group == group]
        if len(left) == 1:
            bodies[left[0].id] = replace(left[0], officer_group="")
    return merged


def systems_touched(bodies: Mapping[int, Body], parts: Collection[int]) -> tuple[int, ...]:
    """Return the systems whose candidates a merger of ``parts`` can change; ask before it.

    They are the systems of the parts and those of other bodies whose county or officer group
    one of the parts is in.
    """
    councils = {bodies[i].council for i in parts} - {-1}
    groups = {bodies[i].officer_group for i in parts} - {""}
    touched = {bodies[i].system for i in parts}
    if councils or groups:
        for body in bodies.values():
            if body.council in councils or body.officer_group in groups:
                touched.add(body.system)
    return tuple(sorted(touched))


def connected(members: Collection[int], neighbours: Neighbours) -> bool:
    """Return whether the bodies hang together by border or crossing."""
    if len(members) == 2:  # as most candidates have
        one, other = members
        return other in neighbours[one]
    left = set(members)
    ahead = [left.pop()]
    while ahead and left:
        reached = neighbours[ahead.pop()] & left
        left -= reached
        ahead.extend(reached)
    return not left


def list_footprints(
    system: int,
    bodies: Mapping[int, Body],
    neighbours: Neighbours,
    limit: int = MAX_CANDIDATES,
    *,
    crossing: bool = True,
) -> tuple[Footprint, ...]:
    """Return the candidates whose home is ``system``: first those inside it, then crossing ones.

    The latter are left out unless ``crossing``.

    Inside, until ``limit`` (30): the whole system (if two or more bodies); council groups (two or
    more bodies with the same main council, the one that holds at least half of their residents);
    officer groups (two or more bodies with the same officer); unions of two of these groups; the
    whole less one body (if more than two); pairs of neighbours. Crossing, at most ``limit`` more,
    listed under the system that holds most of their patients: for each council that is the main
    council of bodies in several systems, one of them this one, every union of two or more of its
    per-system parts, all of them first, then fewer; a council in more than six systems gives the
    whole and pairs of parts only.

    ``Footprint.ccgs`` holds body ids in rising order. All are connected by border or crossing; none
    is listed twice. A set carries the flags whole system, council and officer whatever kind it was
    listed as; a crossing set carries the council flag, and the whole-system flag where it holds all
    bodies of this system. Order: by kind as above, within a kind from fewer patients to more, then
    by id. Lists are made when a world is loaded and anew after a merger, for the systems of the
    parts and those of other bodies whose main council or officer group one of the parts was in.

    ``bodies`` are all living bodies by id, of every system; ``neighbours`` maps each id to the ids
    of living bodies that it touches. Pure: nothing is changed or remembered.
    """
    inside = {i: body for i, body in bodies.items() if body.system == system}
    councils: dict[int, set[int]] = {}
    officers: dict[str, set[int]] = {}
    for i, body in inside.items():
        if body.council >= 0:
            councils.setdefault(body.council, set()).add(i)
        if body.officer_group:
            officers.setdefault(body.officer_group, set()).add(i)
    council_of = {frozenset(found): c for c, found in councils.items() if len(found) > 1}
    officer_of = {frozenset(found): g for g, found in officers.items() if len(found) > 1}
    whole = frozenset(inside)

    found: dict[frozenset[int], Footprint] = {}
    for members in _inside(whole, list(council_of), list(officer_of), inside, neighbours):
        if len(found) == limit:
            break
        if members not in found and connected(members, neighbours):
            found[members] = Footprint(
                ccgs=tuple(sorted(members)),
                system=system,
                whole_system=members == whole,
                council=council_of.get(members, -1),
                officer_group=officer_of.get(members, ""),
                crosses=False,
            )
    if not crossing:
        return tuple(found.values())
    return (*found.values(), *_crossing(system, councils, bodies, neighbours, limit))


def _inside(
    whole: frozenset[int],
    council_groups: list[frozenset[int]],
    officer_groups: list[frozenset[int]],
    inside: Mapping[int, Body],
    neighbours: Neighbours,
) -> Iterator[frozenset[int]]:
    """Yield the sets inside a system in the order of their kinds; some come more than once."""
    if len(whole) < 2:
        return

    patients = {i: body.patients for i, body in inside.items()}

    def by_size(groups: Iterable[frozenset[int]]) -> list[frozenset[int]]:
        # by patients and not by code, so that relabelling the CCGs relabels the list
        return sorted(groups, key=lambda g: (sum(map(patients.__getitem__, g)), sorted(g)))

    yield whole
    yield from by_size(council_groups)
    yield from by_size(officer_groups)
    groups = sorted({*council_groups, *officer_groups}, key=sorted)
    yield from by_size({a | b for a, b in combinations(groups, 2)})
    if len(whole) > 2:
        yield from by_size({whole - {i} for i in whole})
    yield from by_size({frozenset((i, j)) for i in whole for j in neighbours[i] if j in whole})


def _crossing(
    system: int,
    councils: Iterable[int],
    bodies: Mapping[int, Body],
    neighbours: Neighbours,
    limit: int,
) -> list[Footprint]:
    """Return the county groups and unions of their parts that cross out of their home system."""
    parts: dict[int, dict[int, list[int]]] = {council: {} for council in councils}
    whole = frozenset(body.id for body in bodies.values() if body.system == system)
    for body in bodies.values():
        by_system = parts.get(body.council)
        if by_system is not None:
            by_system.setdefault(body.system, []).append(body.id)
    found: dict[frozenset[int], Footprint] = {}
    for council in sorted(parts):
        by_system = parts[council]
        if len(by_system) < 2:
            continue
        ordered = [by_system[s] for s in sorted(by_system)]
        sizes = range(len(ordered), 1, -1) if len(ordered) <= MAX_PARTS else (len(ordered), 2)
        for size in sizes:
            for chosen in combinations(ordered, size):
                members = frozenset(i for part in chosen for i in part)
                if (
                    home_system(bodies[i] for i in members) == system
                    and connected(members, neighbours)
                    and len(found) < limit
                ):
                    found[members] = Footprint(
                        ccgs=tuple(sorted(members)),
                        system=system,
                        whole_system=whole <= members,
                        council=council,
                        officer_group=_shared_officer(members, bodies),
                        crosses=True,
                    )
    return list(found.values())


def _shared_officer(members: frozenset[int], bodies: Mapping[int, Body]) -> str:
    """Return the officer group that consists of exactly these bodies, or an empty string."""
    groups = {bodies[i].officer_group for i in members}
    if len(groups) != 1:
        return ""
    group = groups.pop()
    size = sum(body.officer_group == group for body in bodies.values()) if group else 0
    return group if size == len(members) else ""
