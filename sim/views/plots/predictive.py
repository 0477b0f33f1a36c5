"""The plot of forecasts of a wave left out: where truths fell, and whether chances came true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.views.plots.figure import (
    FAINT,
    INK,
    colours,
    drawn,
    new_figure,
    put_footer,
    put_title,
    save,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLES: Final = {"wave_2020": "round of 2020", "history": "rounds of 2015 to 2019"}
LABELLED: Final = {"merged_ccgs": "CCGs merged"}
"""Summaries of the record whose mark is named."""
STRIP: Final = 1.62  # where the record's marks begin at least, in heights of an expected bar
STEP: Final = 0.085  # between marks on top of each other
SLOTS: Final = 36  # places for marks along the axis
TICKS: Final = ([0, 0.25, 0.5, 0.75, 1], ["0", ".25", ".5", ".75", "1"])


def make_predictive_plot(folder: Path, *, footer: str) -> list[Path]:
    """Draw ``predictive.png`` from the tables of a check; nothing where there are none."""
    from sim.records.csv_text import read_csv

    if not (folder / "predictive_pit.csv").exists():
        return []
    pit, bars, curves = (
        read_csv(folder / f"predictive_{name}.csv") for name in ("pit", "histogram", "reliability")
    )
    return save(predictive_figure(pit, bars, curves, footer=footer), folder / "predictive")


@drawn
def predictive_figure(
    pit: pd.DataFrame, bars: pd.DataFrame, curves: pd.DataFrame, *, footer: str
) -> Figure:
    """Return for each wave left out its PIT histogram and its reliability diagram.

    Args:
        pit: predictive_pit.csv, of which the record's rows are marked.
        bars: predictive_histogram.csv, the synthetic truths'.
        curves: predictive_reliability.csv, synthetic and recorded.
        footer: the line below.
    """
    waves = [str(name) for name in bars["left_out"].drop_duplicates()]
    figure = new_figure(10.2, 1.9 + 3.7 * len(waves))
    top = put_title(
        figure,
        "Are forecasts of a wave that the fit has not seen as sure as they should be?",
        "How to read: blue are synthetic truths, orange is the record. Left: where truths fell in "
        "their forecasts; honest forecasts give level bars, each within the grey band in nine of "
        "ten cases; a hump says forecasts are too wide, horns too narrow. Right: dots on the "
        "diagonal came true as often as forecast; grey bars hold nine in ten honest outcomes, "
        "orange lines the same for the record, whose events (number beside) are few and go "
        "together.",
    )
    bottom = put_footer(figure, footer)
    inches = figure.get_size_inches()
    grid = figure.add_gridspec(
        len(waves),
        2,
        left=0.7 / inches[0],
        right=1 - 0.25 / inches[0],
        bottom=bottom + 0.55 / inches[1],
        top=top - 0.35 / inches[1],
        wspace=0.18,
        hspace=0.42,
        width_ratios=(1.15, 1),
    )
    for place, wave in enumerate(waves):
        name = TITLES.get(wave, wave)
        left, right = figure.add_subplot(grid[place, 0]), figure.add_subplot(grid[place, 1])
        record = pit[(pit["left_out"] == wave) & (pit["source"] == "recorded")]
        _draw_histogram(left, bars[bars["left_out"] == wave])
        heights = bars.loc[bars["left_out"] == wave, ["items", "band_high", "expected"]]
        tallest = heights[["items", "band_high"]].max(axis=1) / heights["expected"]
        _mark_record(left, record, max(STRIP, float(tallest.max()) + 0.25))
        left.set_title(f"{name}, left out of the fit", loc="left")
        _draw_curve(right, curves[curves["left_out"] == wave])
        right.set_title("its counts above fixed thresholds", loc="left")
    return figure


def _draw_histogram(axes: Axes, bars: pd.DataFrame) -> None:
    import seaborn as sns

    expected = float(bars["expected"].iloc[0])
    width = float(bars["high"].iloc[0] - bars["low"].iloc[0])
    axes.bar(
        bars["low"],
        bars["items"] / expected,
        width,
        align="edge",
        color=colours(1)[0],
        ec="white",
        alpha=0.85,
    )
    edges = [*bars["low"], float(bars["high"].iloc[-1])]
    low, high = bars["band_low"] / expected, bars["band_high"] / expected
    axes.fill_between(
        edges,
        [*low, low.iloc[-1]],
        [*high, high.iloc[-1]],
        step="post",
        color=FAINT,
        alpha=0.35,
        lw=0,
        gid="band",
    )
    axes.axhline(1.0, color=INK, lw=1, ls=(0, (4, 3)), gid="expected")
    axes.set_xlim(0, 1)
    axes.set_xticks(*TICKS)
    axes.set_yticks([0, 0.5, 1, 1.5], ["0", ".5", "1", "1.5"])
    axes.set_xlabel("share of the forecast below the truth")
    axes.set_ylabel("truths against expected")
    sns.despine(ax=axes)


def _mark_record(axes: Axes, record: pd.DataFrame, strip: float) -> None:
    """Put a mark for each summary of the record at this height, stacked where they would meet."""
    colour = colours(2)[1]
    stacked: dict[int, int] = {}
    tallest = strip
    rows = sorted(
        zip(record["summary"], record["pit"], strict=True), key=lambda row: row[0] not in LABELLED
    )
    for name, value in rows:
        slot = min(int(float(value) * SLOTS), SLOTS - 1)
        level = strip + STEP * stacked.get(slot, 0)
        stacked[slot] = stacked.get(slot, 0) + 1
        tallest = max(tallest, level)
        at = (slot + 0.5) / SLOTS
        named = LABELLED.get(str(name))
        edge = INK if named else "white"
        axes.plot([at], [level], "D", color=colour, ms=5.5, mec=edge, mew=0.8, gid="record")
        if named:
            axes.annotate(
                named,
                (at, level),
                xytext=(0, -6),
                textcoords="offset points",
                fontsize=8,
                color=INK,
                ha="center",
                va="top",
            )
    axes.set_ylim(0, tallest + 0.12)
    axes.text(0.01, strip, "the record", fontsize=8, color=colour, va="center", ha="left")


def _draw_curve(axes: Axes, curves: pd.DataFrame) -> None:
    import seaborn as sns

    blue, orange = colours(2)
    axes.plot([0, 1], [0, 1], color=FAINT, lw=1, ls=(0, (4, 3)), gid="diagonal")
    synthetic = curves[curves["source"] == "synthetic"]
    record = curves[curves["source"] == "recorded"]
    axes.vlines(
        synthetic["forecast"],
        synthetic["band_low"],
        synthetic["band_high"],
        color=FAINT,
        lw=8,
        alpha=0.4,
        gid="band",
    )
    axes.vlines(
        record["forecast"],
        record["band_low"],
        record["band_high"],
        color=orange,
        lw=1.2,
        alpha=0.7,
        gid="record band",
    )
    axes.plot(
        synthetic["forecast"],
        synthetic["observed"],
        "o",
        color=blue,
        ms=6,
        mec="white",
        mew=0.8,
        gid="observed",
    )
    axes.plot(
        record["forecast"],
        record["observed"],
        "D",
        color=orange,
        ms=5.5,
        mec="white",
        mew=0.8,
        gid="recorded",
        clip_on=False,
    )
    for x, y, items in zip(record["forecast"], record["observed"], record["items"], strict=True):
        axes.annotate(
            str(items), (x, y), xytext=(5, 4), textcoords="offset points", fontsize=8, color=INK
        )
    axes.set_xlim(-0.04, 1.06)
    axes.set_ylim(-0.04, 1.1)
    axes.set_xticks(*TICKS)
    axes.set_yticks(*TICKS)
    axes.grid(color="#EEEEEE", lw=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel("probability forecast")
    axes.set_ylabel("share that came true")
    sns.despine(ax=axes)
