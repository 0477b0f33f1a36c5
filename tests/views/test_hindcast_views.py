"""Tables and plots of a hindcast show the numbers they are given."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.views.plots.calibration import pit_figure, reliability_figure
from sim.views.plots.forecast_marks import count_forecast_figure
from sim.views.tables.hindcast import hindcast_page, pattern_rows, score_rows

NAN = float("nan")
SCORES = pd.DataFrame(
    [
        ("count", "simulation", "crps", 4.26, 1.0, 9.0, "uniform", 0.7, 0.1, 0.9),
        ("count", "simulation", "log_score", 3.01, NAN, NAN, "", NAN, NAN, NAN),
        ("systems", "simulation", "brier", 0.12, 0.1, 0.2, "base_rate", 0.4567, -0.05, 0.8),
        ("systems", "simulation", "brier", 0.12, 0.1, 0.2, "past_rate_start", 0.2, 0.1, 0.3),
        ("systems", "base_rate", "brier", 0.22, 0.1, 0.3, "past_rate_start", -0.1, -1.0, 0.3),
    ],
    columns=[
        "quantity", "forecast", "score", "value", "low", "high", "against", "skill", "skill_low",
        "skill_high",
    ],
)  # fmt: skip
PATTERNS = pd.DataFrame(
    [
        ("few", "simulation", 3.0, 4.0, 1.0, 4.0, 8.0, True, "three fell"),
        ("few", "no_gate", 3.0, 9.0, 4.0, 9.0, 16.0, False, "three fell"),
        ("share", "simulation", 1.0, 1.0, 0.25, 1.0, 1.0, True, "all | of it"),
        ("share", "no_gate", 1.0, 1.0, 0.25, 1.0, 1.0, True, "all | of it"),
    ],
    columns=["pattern", "arm", "observed", "mean", "low", "median", "high", "passed", "sentence"],
)


def artists(figure: Figure, name: str) -> list[object]:
    return figure.findobj(lambda artist: artist.get_gid() == name)


def test_scores_are_written_against_the_base_rate() -> None:
    assert score_rows(SCORES) == [
        ("simulation", "4.3", "3.0", "0.46 (-0.05 to 0.80)", "", ""),
        ("base rate", "", "", "0", "", ""),
    ]


def test_patterns_are_passed_or_not_by_arm() -> None:
    assert pattern_rows(PATTERNS) == [
        ("three fell", "3", "1 to 8", "yes", "NO"),
        ("all | of it", "1.00", "0.25 to 1.00", "yes", "yes"),
        ("passed", "", "", "2 of 2", "1 of 2"),
    ]
    page = hindcast_page(SCORES, PATTERNS, "a footer")
    assert r"| all \| of it | 1.00 |" in page and "a footer" in page
    assert "| pattern | seen | 90% | simulation | no gate |" in page


def test_marks_lie_where_the_numbers_are() -> None:
    table = pd.DataFrame(
        {"forecast": ["simulation", "uniform"], "q05": [120, 50], "q25": [130, 80],
         "q50": [134, 116.5], "q75": [140, 150], "q95": [150, 180], "observed": [135, 135],
         "crps": [2.5, 14.8]}
    )  # fmt: skip
    figure = count_forecast_figure(table, model="simulation", footer="f")
    assert [line.get_xdata()[0] for line in artists(figure, "median")] == [134, 116.5]
    assert [list(line.get_xdata()) for line in artists(figure, "90")] == [[120, 150], [50, 180]]
    assert artists(figure, "record")[0].get_xdata()[0] == 135
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words == ["2.5", "14.8", "CRPS"]


def test_curves_and_bars_show_bands() -> None:
    curves = pd.DataFrame(
        {"quantity": ["systems", "systems", "ccgs"], "items": [21, 12, 99],
         "mean_probability": [0.1, 0.6, 0.3], "observed": [0.2, 0.5, 0.4],
         "band_low": [0.0, 0.3, 0.1], "band_high": [0.3, 0.8, 0.6]}
    )  # fmt: skip
    figure = reliability_figure(curves, footer="f")
    assert len(figure.axes) == 2
    dots = artists(figure, "observed")[0]
    assert list(dots.get_xdata()) == [0.1, 0.6] and list(dots.get_ydata()) == [0.2, 0.5]
    band = artists(figure, "band")[0].get_segments()
    assert [tuple(part[:, 1]) for part in band] == [(0.0, 0.3), (0.3, 0.8)]
    bars = pd.DataFrame(
        {"low": [0, 0.5], "high": [0.5, 1.0], "items": [9, 3], "expected": 6.0,
         "band_low": [3, 3], "band_high": [9, 9]}
    )  # fmt: skip
    figure = pit_figure(bars, items="12 open systems", footer="f")
    assert [patch.get_height() for patch in figure.axes[0].patches] == [9, 3]
    assert artists(figure, "expected")[0].get_ydata()[0] == pytest.approx(6.0)
