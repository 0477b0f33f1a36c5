"""Checks that need more than one table: sums, connection, and what a region or proposal holds."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from sim.errors import InputError, nearest
from sim.world.model import CCG, System
from sim.world.tables import InputTable, Row

SHARE_TOLERANCE: Final = 1e-3


def pieces(
    members: Collection[int], neighbours: Sequence[Iterable[int]] | Mapping[int, Iterable[int]]
) -> list[list[int]]:
    """Return the connected pieces of a set of CCGs, each sorted, in order of lowest member."""
    left = set(members)
    found: list[list[int]] = []
    while left:
        start = min(left)
        left.discard(start)
        piece, ahead = [start], [start]
        while ahead:
            for other in neighbours[ahead.pop()]:
                if other in left:
                    left.discard(other)
                    piece.append(other)
                    ahead.append(other)
        found.append(sorted(piece))
    return found


def check_connected(
    table: InputTable,
    systems: Sequence[System],
    names: Sequence[str],
    neighbours: Sequence[tuple[int, ...]],
) -> None:
    """Refuse a system whose CCGs do not hang together by border or crossing.

    Raises:
        InputError: names the borders table and the pieces of the system.
    """
    for system in systems:
        parts = pieces(system.ccgs, neighbours)
        if len(parts) > 1:
            listed = " / ".join(", ".join(names[i] for i in part) for part in parts)
            raise table.whole_error(
                "ccg_a",
                f"system {system.code} ({system.name}) is not connected by border or crossing; "
                f"its pieces: {listed}",
            )


def check_shares(
    table: InputTable,
    column: str,
    share_column: str,
    shares: Sequence[Sequence[tuple[int, float]]],
    codes: Sequence[str],
) -> None:
    """Refuse shares of a CCG's residents that do not sum to 1.

    Raises:
        InputError: names the table, the last row of the CCG (if it has any) and the sum.
    """
    last: dict[str, Row] = {row.text(column): row for row in table.rows}
    for code, given in zip(codes, shares, strict=True):
        total = math.fsum(share for _, share in given)
        if abs(total - 1.0) > SHARE_TOLERANCE:
            problem = f"the shares of CCG {code} sum to {total:.4f}; they must sum to 1"
            row = last.get(code)
            raise (
                table.whole_error(share_column, problem + " (it has no row)")
                if row is None
                else row.error(share_column, problem)
            )


def check_practices(ccg_rows: Sequence[Row], ccgs: Sequence[CCG], patients: Sequence[int]) -> None:
    """Refuse a CCG whose patients are not the sum over its practices, or that has no voter.

    Raises:
        InputError: names the row of the CCG.
    """
    for row, ccg in zip(ccg_rows, ccgs, strict=True):
        total = sum(patients[i] for i in ccg.practices)
        if total != ccg.patients:
            raise row.error(
                "patients",
                f"{ccg.patients} differs from the sum over its practices, {total}",
            )
        if not ccg.voters:
            raise row.error("code", f"CCG {ccg.code} has no practice that votes")


def check_officer_groups(ccg_rows: Sequence[Row], ccgs: Sequence[CCG]) -> None:
    """Refuse an officer group with one member, which is most often a misspelt name.

    Raises:
        InputError: names the row of the CCG.
    """
    members: dict[str, list[int]] = {}
    for ccg in ccgs:
        if ccg.officer_group:
            members.setdefault(ccg.officer_group, []).append(ccg.index)
    for group, found in members.items():
        if len(found) == 1:
            others = [name for name in members if name != group]
            raise ccg_rows[found[0]].error(
                "officer_group",
                f"'{group}' has this one CCG alone; a shared officer needs two or more"
                f"{nearest(group, others)}",
            )


def check_counts(path: Path, expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    """Refuse a world whose counts are not those that its ``world.toml`` states.

    Raises:
        InputError: names the key, the number stated and the number found.
    """
    for key, number in expected.items():
        if found[key] != number:
            raise InputError(
                f"{path}, [checks] key '{key}': {number} stated but the tables hold {found[key]}"
            )
