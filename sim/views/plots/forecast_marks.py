"""The plot of a count as it came beside what each forecast said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.views.plots.figure import FAINT, INK, colours, drawn, new_figure, put_footer, put_title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@drawn
def count_forecast_figure(forecasts: pd.DataFrame, *, model: str, footer: str) -> Figure:
    """Return the forecasts of a count, one row each, with the count that came as a line.

    Args:
        forecasts: count_forecasts.csv: forecast, members, q05, q25, q50, q75, q95, observed, crps;
            the rows are drawn in this order.
        model: the forecast to stress.
        footer: the line below.
    """
    import seaborn as sns

    rows: list[dict[Any, Any]] = list(forecasts.to_dict(orient="records"))
    figure = new_figure(9.5, 2.1 + 0.3 * len(rows))
    truth = int(rows[0]["observed"])
    top = put_title(
        figure,
        f"How many CCGs: {truth} came, and what forecasts said",
        "How to read: dot the median, thick line the middle half, thin line the middle 90%; the "
        "grey line is the record. At the right the CRPS, a distance in CCGs: less is better, and "
        "for a forecast of one number it is the error. Guesses below 100 were for later years.",
    )
    bottom = put_footer(figure, footer)
    height = figure.get_size_inches()[1]
    axes = figure.add_axes((0.21, bottom + 0.5 / height, 0.67, top - bottom - (0.5 + 0.3) / height))
    axes.axvline(truth, color=FAINT, lw=5, alpha=0.35, zorder=0, gid="record")
    palette = colours(2)
    for place, row in enumerate(rows):
        _draw(axes, place, row, palette[0] if row["forecast"] == model else INK)
        axes.text(
            1.015,
            place,
            f"{row['crps']:.1f}",
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=9,
            fontweight="bold" if row["forecast"] == model else "normal",
        )
    axes.text(1.015, -0.9, "CRPS", transform=axes.get_yaxis_transform(), fontsize=9, color=FAINT)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [str(row["forecast"]).replace("_", " ") for row in rows])
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if row["forecast"] == model else "normal")
    axes.set_xlabel("CCGs")
    axes.grid(axis="x", color="#E5E5E5", lw=0.8)
    axes.set_axisbelow(True)
    sns.despine(ax=axes, left=True)
    return figure


def _draw(axes: Axes, place: int, row: dict[Any, Any], colour: object) -> None:
    axes.plot([row["q05"], row["q95"]], [place, place], color=colour, lw=1, gid="90")
    axes.plot(
        [row["q25"], row["q75"]],
        [place, place],
        color=colour,
        lw=4.5,
        solid_capstyle="butt",
        gid="50",
    )
    axes.plot([row["q50"]], [place], "o", ms=6, mfc="white", mec=colour, mew=1.5, gid="median")
