"""Splitting a system in two: the splits that people had named, and the one a rule would find.

A split cuts a system into two connected parts; its CCGs follow the parts. The table
``splits.csv`` of a world lists those that had been named before anybody was allowed one; for
other systems the candidate is derived from the map of the day (``divide``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sim.world.check import pieces
from sim.world.footprints import Body, Neighbours, connected
from sim.world.model import Split, System
from sim.world.tables import InputTable, Row

TWO: Final = 2


def read_splits(
    table: InputTable | None,
    ccgs: Mapping[str, int],
    systems: Sequence[System],
    neighbours: Sequence[Iterable[int]],
) -> tuple[Split, ...]:
    """Return the named splits, in order of their systems; a system has two rows, one a part.

    Raises:
        InputError: a cell is wrong, a system has not two parts, or the parts are not connected or
            do not hold its CCGs once each.
    """
    found: dict[int, list[tuple[str, tuple[int, ...], Row]]] = {}
    at = {system.code: system.index for system in systems}
    for row in table.rows if table else ():
        system = row.known("system", at, "system")
        parts = found.setdefault(system, [])
        taken = {ccg for _, members, _ in parts for ccg in members}
        members: list[int] = []
        for code in row.filled("ccgs").split("+"):
            ccg = row.resolve("ccgs", code, ccgs, "CCG")
            if ccg not in systems[system].ccgs:
                raise row.error("ccgs", f"CCG {code} does not lie in {row.text('system')}")
            if ccg in taken or ccg in members:
                raise row.error("ccgs", f"CCG {code} appears more than once")
            members.append(ccg)
        if len(pieces(members, list(neighbours))) > 1:
            raise row.error("ccgs", f"{row.text('ccgs')} is not connected by border or crossing")
        parts.append((row.filled("part"), tuple(sorted(members)), row))
    splits = []
    for system, parts in sorted(found.items()):
        last = parts[-1][2]
        if len(parts) != TWO:
            raise last.error("part", f"{systems[system].code} has {len(parts)} parts; two are due")
        if sum(len(members) for _, members, _ in parts) != len(systems[system].ccgs):
            raise last.error("ccgs", f"the parts leave out CCGs of {systems[system].code}")
        names, members_of, _ = zip(*parts, strict=True)
        if names[0] == names[1]:
            raise last.error("part", f"'{names[0]}' appears more than once")
        splits.append(Split(system, tuple(names), tuple(members_of)))
    return tuple(splits)


def divide(
    inside: Mapping[int, Body], neighbours: Neighbours
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return the two parts into which a system would most readily fall, or None where none hold.

    Candidates set against the rest: bodies that lie mostly in one council, and bodies that share
    an officer; both sides must be connected. The one nearest to half of the patients is taken, of
    equal ones that with the lower ids; the part with the lowest id comes first (assumed: history
    shows in councils and in joint management).

    ``inside`` are the system's living bodies by id.
    """
    groups: dict[tuple[str, object], set[int]] = {}
    for i, body in inside.items():
        if body.council >= 0:
            groups.setdefault(("council", body.council), set()).add(i)
        if body.officer_group:
            groups.setdefault(("officer", body.officer_group), set()).add(i)
    whole = sum(body.patients for body in inside.values())
    best: tuple[float, tuple[int, ...], tuple[int, ...]] | None = None
    for group in groups.values():
        rest = inside.keys() - group
        if not rest or not connected(group, neighbours) or not connected(rest, neighbours):
            continue
        first, second = sorted((tuple(sorted(group)), tuple(sorted(rest))))
        uneven = abs(2 * _patients(first, inside) - whole) / whole
        if best is None or (uneven, first) < best[:2]:
            best = (uneven, first, second)
    return None if best is None else best[1:]


def _patients(members: Collection[int], inside: Mapping[int, Body]) -> int:
    return sum(inside[i].patients for i in members)
