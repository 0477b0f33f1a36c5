"""Where the bodies of a world are drawn: hexes, and the system and region of each CCG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sim.adding import add_up
from sim.errors import InputError

Point = tuple[float, float]
Hex = tuple[int, int]

SIDES: Final[tuple[Hex, ...]] = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
"""The six neighbours of a hex; side i lies between corner i and corner i + 1."""


@dataclass(frozen=True, slots=True)
class Geography:
    """What a plot needs to know of a world: places of CCGs, systems and regions, by code.

    ``hexes`` are axial coordinates (q to the right, r down), empty where the world has no layout.
    """

    hexes: Mapping[str, Hex]
    ccg_system: Mapping[str, str]
    system_name: Mapping[str, str]
    system_region: Mapping[str, str]

    def region_of(self, ccg: str) -> str:
        """Return the region that a starting CCG lies in."""
        return self.system_region[self.ccg_system[ccg]]


@lru_cache(maxsize=4)
def load_geography(world: str = "england_2019") -> Geography | None:
    """Return the geography of a world by name or folder, or None where its folder is gone.

    Results outlive worlds: a folder moved or spoilt since the run costs the map alone. A
    world without ``hex_layout.csv`` gives empty ``hexes``.
    """
    from sim.world.bodies import read_ccg_rows
    from sim.world.load import read_table, world_folder
    from sim.world.neighbouring_tables import read_hexes

    try:
        folder = world_folder(world)
        systems, ccgs = read_table(folder, "systems.csv"), read_table(folder, "ccgs.csv")
        assert systems is not None and ccgs is not None  # noqa: S101 - a world cannot lack them
        hexes = read_hexes(read_table(folder, "hex_layout.csv"), read_ccg_rows(ccgs))
    except InputError:
        return None
    return Geography(
        hexes=hexes,
        ccg_system={row.text("code"): row.text("system") for row in ccgs.rows},
        system_name={row.text("code"): row.text("name") for row in systems.rows},
        system_region={row.text("code"): row.text("region") for row in systems.rows},
    )


def centre(cell: Hex) -> Point:
    """Return the centre of a pointy-top hex of side 1, x to the right, y downwards."""
    q, r = cell
    return math.sqrt(3) * (q + r / 2), 1.5 * r


def corners(cell: Hex, size: float = 1.0) -> list[Point]:
    """Return the six corners of a hex; corner i begins the side shared with ``SIDES[i]``."""
    x, y = centre(cell)
    angles = (math.radians(60 * i - 30) for i in range(6))
    return [(x + size * math.cos(a), y + size * math.sin(a)) for a in angles]


def outlines(hexes: Mapping[str, Hex], group_of: Mapping[str, str]) -> list[tuple[Point, Point]]:
    """Return the sides of hexes where one group ends, each once: borders of systems or regions.

    Sides towards the sea belong to the outline too.
    """
    at = {cell: code for code, cell in hexes.items()}
    lines: list[tuple[Point, Point]] = []
    for code, (q, r) in hexes.items():
        points = corners((q, r))
        for side, (dq, dr) in enumerate(SIDES):
            other = at.get((q + dq, r + dr))
            if other is not None and (group_of[other] == group_of[code] or other < code):
                continue
            lines.append((points[side], points[(side + 1) % 6]))
    return lines


def middle(cells: Iterable[Hex]) -> Point:
    """Return the centre of that hex, of those given, nearest to their mean, for a label.

    It lies on one of the hexes even where their mean does not, as in a region round another.
    """
    points = [centre(cell) for cell in cells]
    x = add_up(point[0] for point in points) / len(points)
    y = add_up(point[1] for point in points) / len(points)
    return min(points, key=lambda point: (math.dist(point, (x, y)), point))
