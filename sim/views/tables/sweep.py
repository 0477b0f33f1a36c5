"""The table and the plot of a sweep: outcomes over the values of one lever or parameter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.views.plots.figure import colours, drawn, new_figure, put_footer, put_title, save
from sim.views.tables.comparison import outcome_label
from sim.views.terminal import plain_table
from sim.views.wording import number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.table import Table

LABELS: Final = {
    "proposals_centre": "proposals the centre starts",
    "perceived_centre": "proposals seen as the centre's",
    "ballots_carried": "ballots carried",
    "carried_share": "share of ballots carried",
}
SWEEP_PLOT: Final = "plots/sweep.png"
"""Where the plot of a sweep lies in its results folder."""
Z95: Final = 1.959963984540054
PANELS_WIDE: Final = 4


def label(outcome: str) -> str:
    """Return an outcome's plain name."""
    return LABELS.get(outcome, outcome_label(outcome))


def figures(outcome: str, value: float) -> str:
    """Return a mean as it is printed: shares with three decimals, counts with one."""
    return f"{value:.3f}" if outcome.endswith(("_share", "_rate")) else number(value)


def sweep_table(frame: pd.DataFrame) -> Table:
    """Return the table of a sweep: one row per value (and line), one column per outcome.

    ``frame`` is that of ``sim.experiment.sweep.Sweep``.
    """
    setting, also = str(frame["setting"].iloc[0]), str(frame["also"].iloc[0])
    outcomes = list(dict.fromkeys(frame["outcome"]))
    table = plain_table(
        f"Sweep of {setting}" + (f", at values of {also}" if also else ""),
        "How to read: means over replications, with the same random numbers for all values. An "
        "asterisk marks a mean that differs from that of the first value in its block: the 95% "
        "interval of the paired difference does not contain 0.",
    )
    if also:
        table.add_column(also, overflow="fold")
    table.add_column(setting, justify="right", no_wrap=True)
    for outcome in outcomes:
        table.add_column(label(outcome), justify="right", overflow="fold")
    before: Any = None
    for (at, value), rows in frame.groupby(["at", "value"], sort=False, dropna=False):
        cells = []
        for _, row in rows.iterrows():
            sure = row["difference_low"] > 0.0 or row["difference_high"] < 0.0
            cells.append(figures(row["outcome"], row["mean"]) + ("*" if sure else ""))
        if also and before is not None and at != before:
            table.add_section()
        lead = [str(at) if at != before else ""] if also else []
        before = at
        table.add_row(*lead, str(value), *cells)
    return table


@drawn
def sweep_figure(frame: pd.DataFrame, *, footer: str) -> Figure:
    """Return the plot of a sweep: a panel per outcome, a line per value of the second setting.

    Bands are 95% intervals of the means. Values have their own scale if all are numbers; otherwise
    they are evenly spaced.
    """
    setting, also = str(frame["setting"].iloc[0]), str(frame["also"].iloc[0])
    outcomes = list(dict.fromkeys(frame["outcome"]))
    values = list(dict.fromkeys(frame["value"]))
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    lines = list(dict.fromkeys(frame["at"])) if also else [None]
    wide = min(PANELS_WIDE, len(outcomes))
    high = -(-len(outcomes) // wide)
    figure = new_figure(3.3 * wide, 2.7 * high + 1.5)
    top = put_title(
        figure,
        f"The effect of {setting}",
        "Means over replications with the same random numbers, and 95% intervals"
        + (f"; a line for each value of {also}." if also else "."),
    )
    axes = figure.subplots(high, wide, squeeze=False).ravel()
    palette = colours(len(lines))
    for panel, outcome in zip(axes, outcomes, strict=False):
        mine = frame[frame["outcome"] == outcome]
        for colour, at in zip(palette, lines, strict=True):
            line = mine if at is None else mine[mine["at"] == at]
            x = line["value"].tolist() if numbers else list(range(len(line)))
            half = Z95 * line["se"]
            panel.plot(x, line["mean"], marker="o", ms=4, color=colour, label=f"line {at}")
            panel.fill_between(
                x, line["mean"] - half, line["mean"] + half, color=colour, alpha=0.15, lw=0
            )
        panel.set_title(label(outcome), loc="left")
        if not numbers:
            panel.set_xticks(range(len(values)), [str(v) for v in values])
        panel.grid(axis="y", color="#E5E5E5", lw=0.8)
        panel.spines[["top", "right"]].set_visible(False)
    for panel in axes[len(outcomes) :]:
        panel.set_visible(False)
    for panel in axes[max(0, len(outcomes) - wide) : len(outcomes)]:
        panel.set_xlabel(setting)
    figure.tight_layout(rect=(0.0, 0.06, 1.0, top))
    if also:
        legend = axes[0].legend(title=also, frameon=False, fontsize=8, title_fontsize=8)
        for text, at in zip(legend.get_texts(), lines, strict=True):
            text.set_text(str(at))  # given as a label, one that begins with _ would be left out
    put_footer(figure, footer)
    return figure


def save_sweep(frame: pd.DataFrame, folder: Path, footer: str) -> Sequence[Path]:
    """Write the plot of a sweep into a folder's ``plots`` and return its files."""
    return save(sweep_figure(frame, footer=footer), (folder / SWEEP_PLOT).with_suffix(""))
