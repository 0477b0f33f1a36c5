"""Plots of whether a forecast says what it knows: reliability diagram and PIT histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.views.plots.figure import FAINT, INK, colours, drawn, new_figure, put_footer, put_title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLES: Final = {
    "systems": "the system has one CCG",
    "ccgs": "the CCG has merged",
    "pairs": "the two are in one CCG",
}


@drawn
def reliability_figure(curves: pd.DataFrame, *, footer: str) -> Figure:
    """Return reliability diagrams side by side, one a quantity.

    Args:
        curves: reliability.csv: quantity, items, mean_probability, observed, band_low, band_high;
            a row a bin that holds forecasts.
        footer: the line below.
    """
    quantities = [str(name) for name in curves["quantity"].drop_duplicates()]
    figure = new_figure(3.6 * len(quantities) + 0.6, 5.2)
    top = put_title(
        figure,
        "Does what is forecast come true as often as forecast?",
        "How to read: each dot holds the items forecast with about that probability (number beside "
        "it); on the diagonal they came true as often as forecast. Bars hold nine in ten outcomes "
        "if the model were right, counting that items of one system go together: a dot outside "
        "its bar is a miss, one inside is no proof.",
    )
    bottom = put_footer(figure, footer)
    inches = figure.get_size_inches()
    grid = figure.add_gridspec(
        1,
        len(quantities),
        left=0.7 / inches[0],
        right=1 - 0.2 / inches[0],
        bottom=bottom + 0.55 / inches[1],
        top=top - 0.35 / inches[1],
        wspace=0.12,
    )
    first: Axes | None = None
    for place, quantity in enumerate(quantities):
        axes = figure.add_subplot(grid[place], sharex=first, sharey=first)
        first = first or axes
        _draw_curve(axes, curves[curves["quantity"] == quantity])
        axes.set_title(TITLES.get(quantity, quantity), loc="left")
        axes.set_xlabel("probability forecast")
        axes.tick_params(labelleft=place == 0)
        if place == 0:
            axes.set_ylabel("share that came true")
    return figure


def _draw_curve(axes: Axes, curve: pd.DataFrame) -> None:
    import seaborn as sns

    colour = colours(1)[0]
    axes.plot([0, 1], [0, 1], color=FAINT, lw=1, ls=(0, (4, 3)), gid="diagonal")
    axes.vlines(
        curve["mean_probability"],
        curve["band_low"],
        curve["band_high"],
        color=FAINT,
        lw=7,
        alpha=0.3,
        gid="band",
    )
    axes.plot(
        curve["mean_probability"],
        curve["observed"],
        "o",
        color=colour,
        ms=6,
        mec="white",
        mew=0.8,
        gid="observed",
    )
    for x, y, items in zip(
        curve["mean_probability"], curve["observed"], curve["items"], strict=True
    ):
        axes.annotate(
            str(items), (x, y), xytext=(5, 4), textcoords="offset points", fontsize=8, color=INK
        )
    axes.set_xlim(-0.04, 1.06)
    axes.set_ylim(-0.04, 1.08)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", ".25", ".5", ".75", "1"])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", ".25", ".5", ".75", "1"])
    axes.grid(color="#EEEEEE", lw=0.8)
    axes.set_axisbelow(True)
    sns.despine(ax=axes)


@drawn
def pit_figure(bars: pd.DataFrame, *, items: str, footer: str) -> Figure:
    """Return the histogram of the probability integral transform with its band.

    Args:
        bars: pit_histogram.csv: low, high, items, expected, band_low, band_high; a row a bar.
        items: what is counted, such as "open systems".
        footer: the line below.
    """
    import seaborn as sns

    figure = new_figure(6.4, 4.6)
    top = put_title(
        figure,
        "Where the truth fell in the forecast",
        f"How to read: for each of the {items}, the share of replications below what came "
        "(ties broken by chance). If forecasts are honest the bars are level, within the grey "
        "band in nine of ten cases. Much at the left: fewer CCGs came than forecast.",
    )
    bottom = put_footer(figure, footer)
    inches = figure.get_size_inches()
    axes = figure.add_axes(
        (
            0.65 / inches[0],
            bottom + 0.5 / inches[1],
            1 - 0.9 / inches[0],
            top - bottom - 0.75 / inches[1],
        )
    )
    width = float(bars["high"].iloc[0] - bars["low"].iloc[0])
    axes.bar(
        bars["low"], bars["items"], width, align="edge", color=colours(1)[0], ec="white", alpha=0.85
    )
    edges = [*bars["low"], float(bars["high"].iloc[-1])]
    axes.fill_between(
        edges,
        [*bars["band_low"], bars["band_low"].iloc[-1]],
        [*bars["band_high"], bars["band_high"].iloc[-1]],
        step="post",
        color=FAINT,
        alpha=0.3,
        lw=0,
        gid="band",
    )
    axes.axhline(float(bars["expected"].iloc[0]), color=INK, lw=1, ls=(0, (4, 3)), gid="expected")
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of replications below the truth")
    axes.set_ylabel(f"of {items}")
    sns.despine(ax=axes)
    return figure
