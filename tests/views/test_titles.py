"""Titles take the place of names in tables and plots, and find room there."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.scenario import load_scenario
from sim.scenario.load import MAX_TITLE
from sim.views.plots import draw
from sim.views.plots.fan import fan_figure
from sim.views.plots.final_counts import final_count_figure
from sim.views.plots.geography import Geography
from sim.views.plots.hexmap import hexmap_figure
from sim.views.plots.system_chances import system_figure
from sim.views.results import Results, labels_of, open_results
from sim.views.tables.comparison import comparison_tables
from sim.views.tables.summary import summary_tables
from sim.views.terminal import render_text
from tests.views.synthetic import APRILS, Tables

NAMES = ("as_written", "hard_rule", "locally_led")
TITLES = {name: load_scenario(name).title for name in NAMES}
LONG = (
    ("W" * MAX_TITLE, "many words that go on until they reach the limit of titles"[:MAX_TITLE],
     "Combined authorities settle blocked changes"),
    ("日本語" * 20, "$\\frac{a$ [b]x[/b] <script>alert(1)</script>", "x"),
)  # fmt: skip


@pytest.fixture(scope="module")
def titled(results_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up batch with titles in its manifest, as a run of shipped scenarios has."""
    folder = tmp_path_factory.mktemp("titled") / "main"
    shutil.copytree(results_folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for entry in manifest["scenarios"]:
        entry["resolved"]["title"] = TITLES[entry["name"]]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def texts(figure: Figure) -> list[str]:
    found = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    return [" ".join(text.get_text().split()) for text in found]


@pytest.mark.parametrize(
    ("titles", "labels"),
    [
        ({"a": "A", "b": ""}, {"a": "A", "b": "b"}),
        ({"a": "Same", "b": "Same", "c": "Other"}, {"a": "a", "b": "b", "c": "Other"}),
        ({"a": "b", "b": ""}, {"a": "a", "b": "b"}),
        ({"a": "b", "b": "B"}, {"a": "a", "b": "B"}),
        ({"a": "b", "b": "a"}, {"a": "a", "b": "b"}),
    ],
)
def test_no_two_scenarios_are_shown_alike(titles: dict[str, str], labels: dict[str, str]) -> None:
    assert labels_of(titles) == labels


def test_a_folder_made_without_titles_goes_by_names(results_folder: Path) -> None:
    assert open_results(results_folder).labels == {name: name for name in NAMES}


def test_tables_for_people_hold_titles_and_files_names(titled: Path, tables: Tables) -> None:
    results = open_results(titled)
    frames = (results.csv("summary"), results.table("counts"), tables.variance)
    text = render_text(summary_tables(*map(results.labelled, frames)), 120)
    for name, title in TITLES.items():
        assert text.count(f" {title} ") >= 4 and name not in text
    assert set(frames[0]["scenario"]) == set(NAMES) == set(results.csv("places")["scenario"])
    row = {"base": NAMES[0], "other": NAMES[1], "outcome": "final_ccgs", "mean_base": 1.0}
    row |= {"mean_other": 1.0, "difference": 0.0, "low": 0.0, "high": 0.0, "share_changed": 0.0}
    compared = results.labelled(pd.DataFrame([row]), "base", "other")
    told = render_text(comparison_tables(compared), 200)
    assert f"{TITLES[NAMES[0]]} → {TITLES[NAMES[1]]}" in told


def test_plots_of_a_folder_show_titles(titled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures: dict[str, Figure] = {}

    def keep(figure: Figure, name: str, *, svg: bool = False) -> dict[str, bytes]:
        figures[name] = figure
        return {f"{name}.png": b""}

    monkeypatch.setattr("sim.views.plots.figure.pictures", keep)
    assert set(draw.draw(titled)) >= {"final_counts.png", "fan.png", "systems_hard_rule.png"}
    for name, title in TITLES.items():
        assert title in texts(figures["final_counts"]) and title in texts(figures["fan"])
        assert f"Where CCGs merge: {title}" in texts(figures[f"hexmap_{name}"])
        assert f"Probabilities for each system: {title}" in texts(figures[f"systems_{name}"])
        footers = [text for text in texts(figures["fan"]) if text.startswith("Scenarios: ")]
        assert name in footers[0]  # how to call it is still told
    assert not [text for name in NAMES for text in texts(figures["final_counts"]) if text == name]


def boxes(figure: Figure) -> list[tuple[str, float, float, float, float]]:
    """Return every text drawn with its box in inches: left, bottom, right, top."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    found = []
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent(renderer)
            ends = (box.x0, box.y0, box.x1, box.y1)
            found.append((text.get_text(), *(float(end) / figure.dpi for end in ends)))
    return found


def assert_inside_and_apart(figure: Figure, shown: set[str]) -> None:
    """Refuse a label that leaves the picture or overlaps another label or title."""
    width, height = figure.get_size_inches()
    mine = [box for box in boxes(figure) if box[0] in shown or box[0].startswith("median ")]
    assert len(mine) >= len(shown)
    for text, left, bottom, right, top in mine:
        assert left >= 0 and right <= width and bottom >= 0 and top <= height, text
    for number, (text, left, bottom, right, top) in enumerate(mine):
        for other, left2, bottom2, right2, top2 in mine[number + 1 :]:
            apart = right <= left2 or right2 <= left or top <= bottom2 or top2 <= bottom
            assert apart, (text, other)


@pytest.mark.slow
@pytest.mark.parametrize("titles", [tuple(TITLES.values()), *LONG])
def test_titles_fit_into_plots(
    titles: tuple[str, ...], results_folder: Path, geography: Geography
) -> None:
    results = with_labels(open_results(results_folder), titles)
    finals = results.labelled(results.table("replications"))
    figure = final_count_figure(finals, titles, start=191, footer="f")
    assert_inside_and_apart(figure, {t for axes in figure.axes for t in left_of(axes.texts)})
    assert figure.axes[0].get_position().width > 0.6  # and leave the bars their room
    figure = fan_figure(results.labelled(results.table("counts")), titles, footer="f")
    headings = [axes.get_title(loc="left") for axes in figure.axes]
    how_to_read = next(text for text, *_ in boxes(figure) if text.startswith("How to read"))
    assert_inside_and_apart(figure, {*headings, how_to_read})
    shares = dict.fromkeys(APRILS[:1], dict.fromkeys(geography.hexes, 0.5))
    places = results.labelled(results.csv("places"))
    for title in titles:
        for figure in (
            hexmap_figure(shares, geography, scenario=title, footer="f"),
            system_figure(places, geography.system_region, scenario=title, footer="f"),
        ):
            top = {text for text, *_ in boxes(figure) if text.startswith("How to read")}
            begun = ("Where CCGs merge:", "Probabilities for each system:")
            heads = {text for text, *_ in boxes(figure) if text.startswith(begun)}
            assert len(top) == len(heads) == 1
            assert_inside_and_apart(figure, top | heads)


def left_of(found: list[Text]) -> list[str]:
    return [text.get_text() for text in found if text.get_horizontalalignment() == "right"]


def with_labels(results: Results, titles: tuple[str, ...]) -> Results:
    return dataclasses.replace(results, labels=dict(zip(NAMES, titles, strict=True)))
