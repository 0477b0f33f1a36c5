"""Tables that lie beside a world: where its CCGs are drawn, and how many bodies there once were.

No rule or agent may look at them, so neither is part of ``World``; but whoever shows or judges
results does, and so they are checked with the world, before anything is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sim.world.tables import InputTable

Hex = tuple[int, int]

FARTHEST_HEX: Final = 1_000
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
MOST_BODIES: Final = 100_000
TIERS: Final = ("commissioning", "region", "provider", "system")


@dataclass(frozen=True, slots=True)
class HistoryCount:
    """How many bodies of one kind the NHS in England had from one year to another."""

    body: str
    tier: str
    year_from: int
    year_to: int
    count: int


def read_hexes(table: InputTable | None, ccgs: Mapping[str, int]) -> dict[str, Hex]:
    """Return the hex of each CCG by code as axial coordinates (q, r); empty without a table.

    Raises:
        InputError: a CCG is unknown, missing or doubled, a coordinate is no whole number or too
            far out, or two CCGs share a hex.
    """
    hexes: dict[str, Hex] = {}
    owner: dict[Hex, str] = {}
    for row in table.rows if table else ():
        row.known("ccg", ccgs, "CCG")
        code = row.text("ccg")
        if code in hexes:
            raise row.error("ccg", f"'{code}' appears more than once")
        q, r = (row.whole(column, -FARTHEST_HEX, FARTHEST_HEX) for column in ("q", "r"))
        if (q, r) in owner:
            raise row.error("q", f"{q, r} is already the hex of {owner[q, r]}")
        owner[q, r] = code
        hexes[code] = q, r
    for code in ccgs if table else ():
        if table and code not in hexes:
            raise table.whole_error("ccg", f"CCG {code} has no hex")
    return hexes


def read_history(table: InputTable | None) -> tuple[HistoryCount, ...]:
    """Return how many bodies of each kind there were in earlier years; empty without a table.

    Raises:
        InputError: a cell is wrong, a period ends before it begins, or the same body is counted
            twice from one year on.
    """
    found: list[HistoryCount] = []
    begun: set[tuple[str, str, int]] = set()
    for row in table.rows if table else ():
        body, tier = row.filled("body"), row.choice("tier", TIERS)
        first, last = (row.whole(f"year_{end}", FIRST_YEAR, LAST_YEAR) for end in ("from", "to"))
        if last < first:
            raise row.error("year_to", f"{last} is before year_from, {first}")
        if (body, tier, first) in begun:
            raise row.error("year_from", f"{body} ({tier}) is counted from {first} on twice")
        begun.add((body, tier, first))
        found.append(HistoryCount(body, tier, first, last, row.whole("count", 1, MOST_BODIES)))
    return tuple(found)
