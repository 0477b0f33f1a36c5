"""The hex map of England: one hex a CCG, coloured by the probability of having merged by a date."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from sim.records.visible import visible
from sim.views.plots.figure import (
    INK,
    drawn,
    new_figure,
    probability_colours,
    put_footer,
    put_title,
)
from sim.views.plots.geography import Geography, Hex, corners, middle, outlines
from sim.views.wording import long_date, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REGION_TINTS: Final = ("#DCE6F2", "#F6E3CF", "#DDEEDD", "#F3DDE6", "#EDE9CF", "#E1DDF0", "#E6E6E6")


@drawn
def hexmap_figure(
    shares: Mapping[date, Mapping[str, float]],
    geography: Geography,
    *,
    scenario: str,
    footer: str,
) -> Figure:
    """Return one map a date and a key map of the regions, side by side.

    ``shares`` gives, by date and starting CCG, the share (0 to 1) of replications in which that
    CCG had merged. Thin dark lines are borders of systems, thick ones of regions. A CCG without a
    hex is left out, one without a share is white.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    days = sorted(shares)
    panels = len(days) + 1
    across = panels if panels <= 4 else 3
    rows = -(-panels // across)
    figure = new_figure(3.15 * across + 0.3, 1.75 + 4.5 * rows)
    top = put_title(
        figure,
        f"Where CCGs merge: {scenario}",
        "How to read: one hexagon is one CCG of the first day, placed near where it lies and drawn "
        "at one size. Its colour is the share of replications in which it had merged by that date; "
        "thin lines are borders of systems, thick lines of regions.",
    )
    bottom = put_footer(figure, footer)
    inches = figure.get_size_inches()
    grid = figure.add_gridspec(
        rows,
        across,
        left=0.01,
        right=0.99,
        bottom=bottom + 0.62 / inches[1],
        top=top - 0.3 / inches[1],
        wspace=0.02,
    )
    norm = Normalize(0.0, 1.0)
    for place, day in enumerate(days):
        axes = figure.add_subplot(grid[place])
        draw_shares(axes, shares[day], geography, norm)
        axes.set_title(f"by {long_date(day)}")
    key = figure.add_subplot(grid[len(days)])
    _draw_key(key, geography)
    key.set_title("key: regions")
    bar = figure.add_axes((0.3, bottom + 0.42 / inches[1], 0.4, 0.13 / inches[1]))
    scale = figure.colorbar(
        ScalarMappable(norm, probability_colours()),
        cax=bar,
        orientation="horizontal",
        format="{x:.0%}",
    )
    scale.set_label("probability of having merged", labelpad=2)
    scale.outline.set_visible(False)
    return figure


def draw_shares(
    axes: Axes, shares: Mapping[str, float], geography: Geography, norm: object
) -> None:
    """Draw the hexes coloured by share, in the order of the layout, with borders on top."""
    from matplotlib.collections import PolyCollection

    codes = list(geography.hexes)
    hexes = PolyCollection(
        [corners(geography.hexes[code]) for code in codes],
        array=[shares.get(code, float("nan")) for code in codes],
        cmap=probability_colours(),
        norm=norm,
        edgecolors="white",
        linewidths=0.35,
        gid="hexes",
    )
    axes.add_collection(hexes)
    _draw_borders(axes, geography)
    _frame(axes, geography.hexes)


def _draw_borders(axes: Axes, geography: Geography) -> None:
    """Draw the outlines of systems (thin, in two tones to show on any colour) and regions."""
    from matplotlib.collections import LineCollection

    regions = {code: geography.region_of(code) for code in geography.hexes}
    by_system = outlines(geography.hexes, geography.ccg_system)
    by_region = outlines(geography.hexes, regions)
    for lines, colour, width, name in (
        (by_system, "white", 2.0, "halo"),
        (by_system, INK, 0.9, "systems"),
        (by_region, INK, 2.0, "regions"),
    ):
        axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=width, capstyle="round", gid=name)
        )


def _draw_key(axes: Axes, geography: Geography) -> None:
    """Draw the regions in pale tints with their names."""
    from matplotlib.collections import PolyCollection
    from matplotlib.patheffects import withStroke

    members: dict[str, list[Hex]] = {}
    for code, cell in geography.hexes.items():
        members.setdefault(geography.region_of(code), []).append(cell)
    for place, (region, cells) in enumerate(sorted(members.items())):
        axes.add_collection(
            PolyCollection(
                [corners(cell) for cell in cells],
                facecolors=REGION_TINTS[place % len(REGION_TINTS)],
                edgecolors="white",
                linewidths=0.35,
            )
        )
        x, y = middle(cells)
        axes.text(
            x,
            y,
            _in_lines(region),
            ha="center",
            va="center",
            fontsize=8.5,
            fontweight="bold",
            linespacing=0.95,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=5,
        )
    _draw_borders(axes, geography)
    _frame(axes, geography.hexes)


def _in_lines(region: str) -> str:
    """Return a name in short lines; only what is too long for any word is broken."""
    shown = shortened(visible(region))
    longest = max(map(len, shown.split()))
    lines = textwrap.wrap(shown, max(12, min(longest, 20)), break_long_words=longest > 20)
    return "\n".join(lines)


def _frame(axes: Axes, hexes: Mapping[str, Hex]) -> None:
    """Show all hexes undistorted, north up, without axes."""
    points = [point for cell in hexes.values() for point in corners(cell)]
    axes.set_xlim(min(x for x, _ in points) - 0.5, max(x for x, _ in points) + 0.5)
    axes.set_ylim(max(y for _, y in points) + 0.5, min(y for _, y in points) - 0.5)
    axes.set_aspect("equal")
    axes.set_axis_off()
