"""The fan chart: the count of CCGs over time, a step down at each 1 April."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sim.views.plots.figure import (
    FAINT,
    colours,
    drawn,
    new_figure,
    put_footer,
    put_title,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
HEADING: Final = 3.1
"""Inches that a panel's heading may be wide."""


def fan_quantiles(counts: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Return quantiles of the count by date (index): columns 0.05, 0.25, 0.5, 0.75, 0.95."""
    import numpy as np
    import pandas as pd

    mine = counts[counts["scenario"] == scenario]
    days = pd.to_datetime(mine["date"])
    return mine.groupby(days)["ccgs"].quantile(np.array(LEVELS)).unstack()


@drawn
def fan_figure(counts: pd.DataFrame, scenarios: Sequence[str], *, footer: str) -> Figure:
    """Return a fan chart a scenario: median, 50% and 90% bands of the count of CCGs.

    ``counts`` is counts.parquet. Bands are drawn as steps, because a merger takes effect on a
    1 April and the count stands still in between.
    """
    columns = min(3, len(scenarios))
    rows = -(-len(scenarios) // columns)
    headings = [wrapped(scenario, HEADING, size=11) for scenario in scenarios]
    extra = 0.19 * max(heading.count("\n") for heading in headings)  # inches, for a second line
    figure = new_figure(max(5.5, 3.6 * columns), 1.5 + (2.6 + extra) * rows)
    top = put_title(
        figure,
        "The count of CCGs over time",
        "How to read: the line is the median replication, the dark band holds half of the "
        "replications and the light band nine in ten; numbers are medians after each 1 April.",
    )
    bottom = put_footer(figure, footer)
    inches = figure.get_size_inches()
    grid = figure.add_gridspec(
        rows,
        columns,
        left=0.75 / inches[0],
        right=1 - 0.35 / inches[0],
        bottom=bottom + 0.45 / inches[1],
        top=top - (0.3 + extra) / inches[1],
        hspace=0.42 + extra / 1.8,
        wspace=0.12,
    )
    first: Axes | None = None
    for place, (scenario, colour) in enumerate(
        zip(scenarios, colours(len(scenarios)), strict=True)
    ):
        axes = figure.add_subplot(grid[place], sharex=first, sharey=first)
        first = first or axes
        _draw(axes, fan_quantiles(counts, scenario), colour)
        axes.set_title(headings[place], loc="left")
        axes.tick_params(labelleft=place % columns == 0)
        if place % columns == 0:
            axes.set_ylabel("CCGs")
    assert first is not None, "a batch has at least one scenario"  # noqa: S101
    left, right = first.get_xlim()
    first.set_xlim(left, right + 0.04 * (right - left))
    first.set_ylim(0, float(counts["ccgs"].max()) * 1.12)
    return figure


def _draw(axes: Axes, quantiles: pd.DataFrame, colour: object) -> None:
    """Draw one scenario's steps; the last value is carried to the end of the horizon."""
    import matplotlib.dates as mdates
    import seaborn as sns

    days = [day.to_pydatetime() for day in quantiles.index]
    if days[-1].month == 4 and days[-1].day == 1:  # a last step on the last day needs some width
        import pandas as pd

        after = quantiles.index[-1] + pd.Timedelta(days=45)
        quantiles = pd.concat([quantiles, quantiles.iloc[[-1]].set_axis([after])])
        days.append(after.to_pydatetime())
    for low, high, alpha, name in ((0.05, 0.95, 0.28, "90"), (0.25, 0.75, 0.5, "50")):
        axes.fill_between(
            days,
            quantiles[low],
            quantiles[high],
            step="post",
            color=colour,
            alpha=alpha,
            lw=0,
            gid=name,
        )
    axes.plot(days, quantiles[0.5], drawstyle="steps-post", color="black", lw=1.6, gid="median")
    for day, value in list(zip(days, quantiles[0.5], strict=True)):
        if (day.month, day.day) != (4, 1):
            continue
        axes.annotate(
            f"{value:.0f}",
            (day, value),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=9,
            fontweight="bold",
        )
    axes.annotate(
        f"{quantiles[0.5].iloc[0]:.0f}",
        (days[0], quantiles[0.5].iloc[0]),
        xytext=(2, 3),
        textcoords="offset points",
        fontsize=9,
        color=FAINT,
    )
    axes.xaxis.set_major_locator(mdates.MonthLocator(bymonth=4))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(mdates.DateFormatter("Apr %Y"))  # type: ignore[no-untyped-call]
    axes.grid(axis="y", color="#E5E5E5", lw=0.8)
    axes.set_axisbelow(True)
    sns.despine(ax=axes)
