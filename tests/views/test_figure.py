"""Plots draw names as they are written and leave the user's matplotlib as it was."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.views.plots.draw import draw
from sim.views.plots.figure import drawn, house_style, new_figure, save, with_glyphs
from sim.views.plots.geography import load_geography
from sim.views.plots.hexmap import hexmap_figure
from sim.views.plots.system_chances import system_figure
from sim.views.tables.sweep import sweep_figure
from tests.hostile_names import NAMES, SYSTEMS, write_hostile_world
from tests.views.synthetic import APRILS


def settings() -> dict[str, object]:
    # items() would choose a backend where none has been chosen yet
    return {key: dict.__getitem__(mpl.rcParams, key) for key in mpl.rcParams}


@drawn
def small_figure(names: list[str], scale: float = 1.0) -> Figure:
    figure = new_figure(4, 3)
    axes = figure.subplots()
    for number, name in enumerate(names):
        axes.plot([0, 1], [number, number * scale], label=f"line {number}")
        axes.annotate(name, (0.5, number))
    axes.set_yticks(range(len(names)), names)
    axes.set_title(names[0])
    return figure


def texts(figure: Figure) -> list[str]:
    figure.canvas.draw()
    found = figure.findobj(Text)
    return [text.get_text() for text in found if isinstance(text, Text)]


@pytest.mark.slow
def test_settings_and_backend_of_the_user_stay(results_folder: Path) -> None:
    mine = {"font.size": 31.0, "axes.facecolor": "#123456", "text.parse_math": True}
    with mpl.rc_context(mine):
        codes = dict(mpl.colors.get_named_colors_mapping())
        before = settings()
        draw(results_folder)
        assert settings() == before
        assert mpl.colors.get_named_colors_mapping() == codes


def test_a_plot_does_not_depend_on_the_user_s_settings(tmp_path: Path) -> None:
    def digest(name: str) -> str:
        [png, svg] = save(small_figure(["a_b", "Leeds"]), tmp_path / name, svg=True)
        return hashlib.sha256(png.read_bytes() + svg.read_bytes()).hexdigest()

    plain = digest("plain")
    loud = {"font.size": 31, "savefig.facecolor": "red", "savefig.bbox": "tight", "axes.grid": True}
    with mpl.rc_context(loud):
        assert digest("loud") == plain


@pytest.mark.parametrize("backend", ["svg", "module://matplotlib.backends.backend_pdf"])
def test_the_backend_of_a_notebook_goes_on(backend: str) -> None:
    program = (
        "import matplotlib as mpl, matplotlib.pyplot as plt\n"
        f"plt.switch_backend({backend!r})\n"
        "from sim.views.plots.figure import drawn, new_figure, save\n"
        "from pathlib import Path; import tempfile\n"
        "before = dict(mpl.rcParams)\n"
        "make = drawn(lambda: new_figure(2, 2))\n"
        "with tempfile.TemporaryDirectory() as t: save(make(), Path(t) / 'x', svg=True)\n"
        "assert dict(mpl.rcParams) == before\n"
        "print(mpl.get_backend(), type(plt.figure().canvas).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == backend
    assert done.stdout.split()[1] in ("FigureCanvasSVG", "FigureCanvasPdf")


def test_a_figure_outside_the_house_style_is_refused() -> None:
    with pytest.raises(RuntimeError, match="drawn"):
        new_figure(1, 1)
    with house_style():
        assert new_figure(1, 1).get_figwidth() == 1


def test_every_name_is_drawn_as_written_and_nothing_is_said(tmp_path: Path) -> None:
    names = [name for name in NAMES if "\n" not in name and len(name) < 60]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = small_figure(names)
        save(figure, tmp_path / "x", svg=True)
        shown = texts(figure)
    for name in ("$\\frac{a$ Hill", "_under_score_", "^pow%d%s{x}", "<script>alert(1)</script>"):
        assert shown.count(name) >= 2, name  # the note and the label of the axis
    for name in ("\\x1b[2J\\x1b[31mRed", "rtl \\u202egnp.exe", "\\ttab"):
        assert shown.count(name) >= 2, name
    assert "\\u65e5\\u672c\\u8a9e\\u306e\\u540d\\u524d" in shown
    assert all(not text.get_parse_math() for text in figure.findobj(Text) if text.get_text())  # type: ignore[attr-defined]


def test_what_has_a_glyph_is_not_escaped() -> None:
    from matplotlib.font_manager import FontProperties

    font = FontProperties()
    assert with_glyphs("Ynys Môn – ü ł Ω\nЖ", font) == "Ynys Môn – ü ł Ω\nЖ"
    assert with_glyphs("a日\x1b", font) == "a\\u65e5\\x1b"


def test_a_line_whose_name_begins_with_an_underscore_is_in_the_legend() -> None:
    columns = ("setting", "value", "also", "at", "outcome", "replications", "mean", "se")
    rows = [("a.b", v, "c.d", at, "mergers", 5, 1.0, 0.1) for at in ("_x", "$y$") for v in (0, 1)]
    figure = sweep_figure(pd.DataFrame(rows, columns=list(columns)), footer="f")
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["_x", "$y$"]


@pytest.mark.parametrize("shift", [0, 9, 18, 27, 36])
def test_hostile_systems_and_regions_are_drawn(shift: int, tmp_path: Path) -> None:
    write_hostile_world(tmp_path / "w", shift)
    geography = load_geography(str(tmp_path / "w"))
    assert geography is not None
    places = pd.DataFrame(
        [
            ("2020", code, geography.system_name[code], day, 0.5, 0.25)
            for code in SYSTEMS
            for day in APRILS
        ],
        columns=["scenario", "system", "system_name", "date", "p_any_merger", "p_one_ccg"],
    )
    shares = {day: dict.fromkeys(geography.hexes, 0.5) for day in APRILS}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        systems = system_figure(places, geography.system_region, scenario="2020", footer="f")
        hexes = hexmap_figure(shares, geography, scenario="2020", footer="f")
        for number, figure in enumerate((systems, hexes)):
            save(figure, tmp_path / str(number), svg=True)
    labels = [label.get_text() for label in systems.axes[0].get_yticklabels()]
    assert len([label for label in labels if label]) == len(SYSTEMS)
    assert all(len(label) < 90 for label in labels)
