"""The plot of final counts: one row a scenario, beside the forecasts made at the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.views.plots.figure import (
    FAINT,
    INK,
    colours,
    drawn,
    new_figure,
    put_footer,
    put_title,
    width_of,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class PublicForecast(NamedTuple):
    """A public forecast of where the count would land: range of CCGs, who said so, when."""

    low: int
    high: int
    label: str


ENGLAND_STARTS: Final = (191, 135)  # 1 June 2019, 1 April 2020
FORECASTS: Final = (
    PublicForecast(38, 42, "about 40: national option, Sept 2019"),
    PublicForecast(60, 70, "60–70: journalist, Sept–Oct 2019"),
    PublicForecast(60, 80, "60–80: CCGs' membership body, Dec 2019–Jan 2020"),
)
"""Sources: HSJ insight 7025607, HSJ 7025936 (September 2019), HSJ map 7026848; all known by
the cut-off. They speak of where England's CCGs end; other worlds are shown without them."""
LABEL: Final = 2.1
"""Inches that a row's label may be wide."""


def bin_width(values: Sequence[float]) -> int:
    """Return the width of a bar in CCGs: 1 for narrow outcomes, wider so that bars stay few."""
    spread = max(values) - min(values)
    return next((width for width in (1, 2, 4, 5) if spread / width <= 60), 10)


@drawn
def final_count_figure(
    finals: pd.DataFrame, scenarios: Sequence[str], *, start: int, footer: str
) -> Figure:
    """Return histograms of the final count, one row a scenario, all on one axis.

    ``finals`` has columns scenario and final_ccgs (a row a replication); ``start`` is the count
    of CCGs on the first day. Below each histogram: median (dot), 50% (thick) and 90% (thin).
    """
    import seaborn as sns
    from matplotlib.patches import Rectangle

    known = start in ENGLAND_STARTS
    labels = [wrapped(scenario, LABEL, size=10, most=3) for scenario in scenarios]
    widest = max(width_of(line, 10) for label in labels for line in label.split("\n"))
    figure = new_figure(9.5, 2.0 + 1.05 * len(scenarios) + (0.95 if known else 0.25))
    top = put_title(
        figure,
        "How many CCGs in the end?",
        "How to read: bars show in what share of replications the count ended there; below them "
        "the median (dot), the middle half (thick line) and the middle 90% (thin line).",
    )
    bottom = put_footer(figure, footer)
    height = figure.get_size_inches()[1]
    width = bin_width(finals["final_ccgs"].tolist())
    low = min(int(finals["final_ccgs"].min()), 38 if known else start)
    high = max(int(finals["final_ccgs"].max()), start)
    grid = figure.add_gridspec(
        len(scenarios),
        1,
        left=max(0.17, (0.25 + widest) / 9.5),
        right=0.97,
        bottom=bottom + 0.5 / height,
        top=top - (0.85 if known else 0.3) / height,
        hspace=0.12,
    )
    edges = list(range(low - low % width, high + 2 * width, width))
    shared: list[Axes] = []
    for row, (scenario, colour) in enumerate(zip(scenarios, colours(len(scenarios)), strict=True)):
        axes = figure.add_subplot(grid[row], sharex=shared[0] if shared else None)
        values = finals.loc[finals["scenario"] == scenario, "final_ccgs"]
        sns.histplot(
            x=values, bins=edges, stat="probability", color=colour, ax=axes, alpha=0.85, lw=0.3
        )
        bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        for bar in bars:
            bar.set_visible(bar.get_height() > 0)
        tallest = max(bar.get_height() for bar in bars)
        _mark_quantiles(axes, values, -0.2 * tallest)
        axes.set_ylim(-0.38 * tallest, 1.08 * tallest)
        axes.set(ylabel="", xlabel="", yticks=[])
        axes.text(
            -0.012,
            0.24,
            labels[row],
            transform=axes.transAxes,
            ha="right",
            va="bottom",
            linespacing=1.15,
        )
        axes.text(
            -0.012,
            0.1,
            f"median {values.median():.0f}",
            transform=axes.transAxes,
            ha="right",
            va="center",
            fontsize=8.5,
            color=FAINT,
        )
        sns.despine(ax=axes, left=True)
        axes.tick_params(labelbottom=row == len(scenarios) - 1)
        shared.append(axes)
    shared[0].set_xlim(low - 4 * max(width, 1), high + 4 * max(width, 1))
    for axes in shared:
        axes.axvline(start, color=INK, lw=1, ls=":", gid="start")
        if known:
            for forecast in FORECASTS:
                axes.axvspan(
                    forecast.low, forecast.high, color="#000000", alpha=0.09, lw=0, zorder=0
                )
    _label_marks(shared[0], start, known)
    shared[-1].set_xlabel(f"CCGs at the end of the horizon (bars {width} wide)")
    return figure


def _mark_quantiles(axes: Axes, values: pd.Series[int], level: float) -> None:
    """Draw median, 50% and 90% interval at a height below the bars."""
    q05, q25, q50, q75, q95 = (float(values.quantile(p)) for p in (0.05, 0.25, 0.5, 0.75, 0.95))
    axes.plot([q05, q95], [level, level], color=INK, lw=1, solid_capstyle="butt", gid="90")
    axes.plot([q25, q75], [level, level], color=INK, lw=4, solid_capstyle="butt", gid="50")
    axes.plot([q50], [level], "o", ms=6, mfc="white", mec=INK, mew=1.4, gid="median")


def _label_marks(axes: Axes, start: int, known: bool) -> None:
    """Name the forecasts and the start above the top row, each on its own line."""
    transform = axes.get_xaxis_transform()
    axes.text(
        start,
        1.04,
        f"start: {start}",
        transform=transform,
        ha="right",
        va="bottom",
        fontsize=8.5,
    )
    if not known:
        return
    for line, forecast in enumerate(FORECASTS):
        level = 1.10 + 0.235 * line
        axes.plot(
            [forecast.low, forecast.high],
            [level, level],
            transform=transform,
            color=INK,
            lw=2.5,
            clip_on=False,
            solid_capstyle="butt",
            gid="forecast",
        )
        axes.text(
            forecast.high + 2,
            level,
            forecast.label,
            transform=transform,
            fontsize=8.5,
            va="center",
        )
