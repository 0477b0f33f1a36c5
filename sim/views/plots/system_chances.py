"""The plot of systems: probability of a merger, and of having one CCG, by each 1 April."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from sim.records.visible import visible
from sim.views.plots.figure import (
    FAINT,
    drawn,
    new_figure,
    probability_colours,
    put_footer,
    put_title,
)
from sim.views.wording import percent, short_system_name, shortened

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MEASURES: Final = (("p_any_merger", "any merger by 1 April"), ("p_one_ccg", "one CCG by 1 April"))
ROW_INCHES: Final = 0.235


def chance_matrix(
    places: pd.DataFrame, scenario: str, region_of: Mapping[str, str]
) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
    """Return the chances by system (rows) and (measure, year) (columns), and the regions' rows.

    ``places`` is places.csv. Rows are grouped by region, most likely merger first; each region is
    headed by an empty row. The second value lists (region, number of its heading row). Systems
    whose region is unknown come last, under "other systems".
    """
    import pandas as pd

    mine = places[places["scenario"] == scenario].assign(
        day=lambda frame: pd.to_datetime(frame["date"])
    )
    names = mine.drop_duplicates("system").set_index("system")["system_name"]
    wide = pd.concat(
        {
            measure: mine.pivot(index="system", columns="day", values=measure)
            for measure, _ in MEASURES
        },
        axis=1,
    )
    latest = mine["day"].max()
    last = mine[mine["day"] == latest].set_index("system")["p_any_merger"].to_dict()
    groups: dict[str, list[str]] = {}
    for system in sorted(wide.index, key=lambda code: (-last[code], str(names[code]))):
        groups.setdefault(region_of.get(str(system), "other systems"), []).append(str(system))
    order: list[str] = []
    headings: list[tuple[str, int]] = []
    for region in sorted(groups, key=lambda name: (name == "other systems", name)):
        headings.append((region, len(order)))
        order += [f"# {region}", *groups[region]]
    matrix = wide.reindex(order)
    matrix.index = [
        "" if str(code).startswith("# ") else _label(str(names[code])) for code in order
    ]
    return matrix, headings


def _label(name: str) -> str:
    return shortened(visible(short_system_name(name, 54)), 54)


@drawn
def system_figure(
    places: pd.DataFrame, region_of: Mapping[str, str], *, scenario: str, footer: str
) -> Figure:
    """Return the heat plot of all systems of one scenario, chances in whole per cent."""
    import seaborn as sns

    matrix, headings = chance_matrix(places, scenario, region_of)
    days: list[date] = [day.date() for day in matrix[MEASURES[0][0]].columns]
    figure = new_figure(9.2, 2.3 + ROW_INCHES * len(matrix))
    top = put_title(
        figure,
        f"Probabilities for each system: {scenario}",
        "How to read: the share of replications, in per cent, in which a system had seen a merger "
        "of its CCGs (left) or consisted of a single CCG (right) by each 1 April. Systems that "
        "had one CCG from the start show 100 on the right.",
    )
    bottom = put_footer(figure, footer)
    inches = figure.get_size_inches()
    grid = figure.add_gridspec(
        1,
        len(MEASURES),
        left=0.45,
        right=0.98,
        bottom=bottom + 0.1 / inches[1],
        top=top - 0.55 / inches[1],
        wspace=0.05,
    )
    for place, (measure, heading) in enumerate(MEASURES):
        axes = figure.add_subplot(grid[place])
        values = matrix[measure]
        labels = values.map(lambda share: "" if share != share else percent(share))
        sns.heatmap(
            values,
            annot=labels,
            fmt="",
            cmap=probability_colours(),
            vmin=0,
            vmax=1,
            cbar=False,
            ax=axes,
            linewidths=0.6,
            linecolor="white",
            annot_kws={"fontsize": 8.5},
            xticklabels=[str(day.year) for day in days],
            yticklabels=list(matrix.index) if place == 0 else False,
        )
        axes.set(xlabel="", ylabel="")
        axes.set_title(heading, pad=6)
        axes.xaxis.tick_top()
        axes.tick_params(length=0, pad=3)
        if place == 0:
            axes.tick_params(axis="y", rotation=0)
            for region, row in headings:
                axes.text(
                    -0.02,
                    row + 0.62,
                    shortened(visible(region.upper()), 40),
                    transform=axes.get_yaxis_transform(),
                    ha="right",
                    va="center",
                    fontsize=8.5,
                    fontweight="bold",
                    color=FAINT,
                )
    return figure
