"""The plot of forecasts of a wave left out shows the numbers of its tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.views.plots.predictive import make_predictive_plot, predictive_figure

PIT = pd.DataFrame(
    {"left_out": ["history"] * 4, "source": ["synthetic"] + ["recorded"] * 3,
     "summary": ["ended", "ended", "merged_ccgs", "in_2019"], "pit": [0.2, 0.41, 0.4, 1.0]}
)  # fmt: skip
BARS = pd.DataFrame(
    {"left_out": ["history"] * 2, "low": [0, 0.5], "high": [0.5, 1.0], "items": [9, 3],
     "expected": [6.0, 6.0], "band_low": [3, 3], "band_high": [9, 9]}
)  # fmt: skip
CURVES = pd.DataFrame(
    {"left_out": ["history"] * 3, "source": ["synthetic", "synthetic", "recorded"],
     "items": [21, 12, 3], "forecast": [0.1, 0.6, 0.3], "observed": [0.2, 0.5, 0.4],
     "band_low": [0.0, 0.3, 0.1], "band_high": [0.3, 0.8, 0.6]}
)  # fmt: skip


def artists(figure: Figure, name: str) -> list[object]:
    return figure.findobj(lambda artist: artist.get_gid() == name)


def test_bars_bands_and_marks_lie_where_the_numbers_are() -> None:
    figure = predictive_figure(PIT, BARS, CURVES, footer="f")
    left, right = figure.axes
    assert [patch.get_height() for patch in left.patches] == [1.5, 0.5]
    marks = [(m.get_xdata()[0], m.get_ydata()[0]) for m in artists(figure, "record")]
    assert len(marks) == len(set(marks)) == 3  # those that would meet are stacked
    assert sorted(x for x, _ in marks) == pytest.approx([0.4, 0.4, 1.0], abs=0.03)
    assert min(y for _, y in marks) > 1.5  # above the bars and the band
    (dots,), (record,) = artists(figure, "observed"), artists(figure, "recorded")
    assert list(dots.get_xdata()) == [0.1, 0.6] and list(dots.get_ydata()) == [0.2, 0.5]
    assert list(record.get_xdata()) == [0.3] and list(record.get_ydata()) == [0.4]
    assert "3" in [text.get_text() for text in right.texts]


def test_marks_stay_above_tall_bars() -> None:
    tall = BARS.assign(items=[12, 0], band_high=[9, 9])
    figure = predictive_figure(PIT, tall, CURVES, footer="f")
    assert min(m.get_ydata()[0] for m in artists(figure, "record")) > 2.0


def test_nothing_is_drawn_without_tables(tmp_path: Path) -> None:
    assert make_predictive_plot(tmp_path, footer="f") == []
    assert not list(tmp_path.iterdir())
