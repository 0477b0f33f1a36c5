"""Plots hold the right numbers: colours are probabilities, bars and bands are quantiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from PIL import Image

from sim.errors import InputError
from sim.views.plots.draw import draw, redraw
from sim.views.plots.fan import fan_figure, fan_quantiles
from sim.views.plots.figure import probability_colours, put, save
from sim.views.plots.final_counts import FORECASTS, final_count_figure
from sim.views.plots.geography import SIDES, Geography, corners, outlines
from sim.views.plots.hexmap import hexmap_figure
from sim.views.plots.system_chances import chance_matrix, system_figure
from sim.views.results import open_results
from tests.views.synthetic import APRILS, Tables, make_tables, write_results

SCENARIOS = ("as_written", "hard_rule", "locally_led")


def artists(figure: Figure, name: str) -> list[object]:
    return figure.findobj(lambda artist: artist.get_gid() == name)


def test_merged_by_counts_replications(results_folder: Path, tables: Tables) -> None:
    shares = open_results(results_folder).merged_by()
    mine = tables.ccgs[(tables.ccgs.scenario == "hard_rule") & (tables.ccgs.ccg == "05D")]
    for april in APRILS:
        expected = np.mean([day is not None and day <= april for day in mine.merged_on])
        assert shares["hard_rule"][april]["05D"] == pytest.approx(expected)
    assert list(shares) == list(SCENARIOS)
    assert len(shares["as_written"][APRILS[0]]) == 191


def test_hexes_are_coloured_by_their_probability(geography: Geography) -> None:
    codes = list(geography.hexes)
    shares = {
        APRILS[0]: dict.fromkeys(codes, 0.0),
        APRILS[1]: {code: rank / 190 for rank, code in enumerate(codes)},
    }
    figure = hexmap_figure(shares, geography, scenario="x", footer="y")
    figure.canvas.draw()
    first, second = artists(figure, "hexes")
    colours = probability_colours()
    for rank, code in enumerate(codes):
        expected = colours(Normalize(0, 1)(shares[APRILS[1]][code]))
        assert tuple(second.get_facecolor()[rank]) == pytest.approx(expected)
        drawn = second.get_paths()[rank].vertices[:6]
        assert drawn == pytest.approx(np.array(corners(geography.hexes[code])))
    assert tuple(first.get_facecolor()[100]) == pytest.approx(colours(0.0))
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[:3] == ["by 1 April 2020", "by 1 April 2021", "key: regions"]


def test_sides_match_the_corners_they_lie_between() -> None:
    for side, (q, r) in enumerate(SIDES):
        mine, other = corners((0, 0)), corners((q, r))
        ends = {(round(x, 6), round(y, 6)) for x, y in (mine[side], mine[(side + 1) % 6])}
        assert ends <= {(round(x, 6), round(y, 6)) for x, y in other}


def test_outlines_run_round_groups_and_not_inside() -> None:
    hexes = {"A": (0, 0), "B": (1, 0), "C": (2, 0)}
    assert len(outlines(hexes, dict.fromkeys(hexes, "one"))) == 14
    assert len(outlines(hexes, {"A": "one", "B": "one", "C": "two"})) == 15


def test_final_counts_mark_quantiles_forecasts_and_start(tables: Tables) -> None:
    figure = final_count_figure(tables.replications, SCENARIOS, start=191, footer="f")
    dots, thick_lines = artists(figure, "median"), artists(figure, "50")
    for row, (dot, thick) in enumerate(zip(dots, thick_lines, strict=True)):
        final = tables.replications[tables.replications.scenario == SCENARIOS[row]].final_ccgs
        assert dot.get_xdata()[0] == final.median()
        assert list(thick.get_xdata()) == [final.quantile(0.25), final.quantile(0.75)]
    assert [tuple(line.get_xdata()) for line in artists(figure, "forecast")] == [
        (forecast.low, forecast.high) for forecast in FORECASTS
    ]
    assert {tuple(line.get_xdata()) for line in artists(figure, "start")} == {(191, 191)}
    for axes in figure.axes:
        heights = [p.get_height() for p in axes.patches if p.get_gid() is None]
        assert sum(h for h in heights if h < 1) == pytest.approx(1)


def test_forecasts_are_only_for_england(tables: Tables) -> None:
    figure = final_count_figure(tables.replications, SCENARIOS, start=12, footer="f")
    assert artists(figure, "forecast") == []


def test_fan_steps_on_1_april_only(tables: Tables) -> None:
    figure = fan_figure(tables.counts, SCENARIOS, footer="f")
    quantiles = fan_quantiles(tables.counts, "hard_rule")
    line = artists(figure, "median")[1]
    assert list(line.get_ydata()) == list(quantiles[0.5])
    assert line.get_drawstyle() == "steps-post"
    assert quantiles.loc[pd.Timestamp(2019, 6, 1), 0.5] == 191
    path = artists(figure, "90")[1].get_paths()[0]
    assert path.vertices[:, 1].max() == 191
    assert path.vertices[:, 1].min() == quantiles[0.05].min()


def test_systems_are_grouped_by_region_and_sorted(tables: Tables, geography: Geography) -> None:
    matrix, headings = chance_matrix(tables.places, "hard_rule", geography.system_region)
    assert len(matrix) == 42 + 7
    assert [region for region, _ in headings] == sorted(set(geography.system_region.values()))
    last = matrix["p_any_merger"].iloc[:, -1]
    for (_, start), (_, stop) in zip(headings, [*headings[1:], ("", 49)], strict=True):
        assert np.isnan(last.iloc[start])
        block = list(last.iloc[start + 1 : stop])
        assert block == sorted(block, reverse=True)
    row = tables.places.query("scenario == 'hard_rule' and system == 'E54000032'").iloc[-1]
    assert matrix.loc["Kent and Medway", "p_one_ccg"].iloc[-1] == row.p_one_ccg


def test_system_plot_shows_the_chances(tables: Tables, geography: Geography) -> None:
    figure = system_figure(
        tables.places, geography.system_region, scenario="hard_rule", footer="Scenario: hard_rule."
    )
    matrix, _ = chance_matrix(tables.places, "hard_rule", geography.system_region)
    for axes, measure in zip(figure.axes, ("p_any_merger", "p_one_ccg"), strict=True):
        drawn = axes.collections[0].get_array()
        assert np.ma.filled(drawn, np.nan) == pytest.approx(matrix[measure].to_numpy(), nan_ok=True)
    assert any("hard_rule" in text.get_text() for text in figure.texts)


@pytest.mark.slow
def test_every_plot_is_written_small(results_folder: Path, tmp_path: Path) -> None:
    written = put(tmp_path / "one", draw(results_folder))
    assert [path.name for path in written] == [
        "final_counts.png",
        "fan.png",
        *(f"{kind}_{name}.png" for name in SCENARIOS for kind in ("hexmap", "systems")),
    ]
    for path in written:
        assert 10_000 < path.stat().st_size <= 400_000
        with Image.open(path) as picture:
            assert picture.width >= 1000


def test_the_same_figure_gives_the_same_bytes(tables: Tables, tmp_path: Path) -> None:
    files = [
        save(fan_figure(tables.counts, SCENARIOS, footer="f"), tmp_path / name, svg=True)
        for name in ("one", "two")
    ]
    assert [p.suffix for p in files[0]] == [".png", ".svg"]
    assert [p.read_bytes() for p in files[0]] == [p.read_bytes() for p in files[1]]


def test_footer_names_its_batch_and_what_is_left_out(results_folder: Path) -> None:
    results = open_results(results_folder)
    assert results.footer(["as_written"]) == (
        "Scenario: as_written. 60 replications, seed 7, results version 1. "
        "Neither Covid nor later law is in as_written."
    )
    assert "Covid" not in results.footer(["hard_rule"])
    assert results.effective_dates() == APRILS


def test_a_world_that_is_gone_costs_only_the_map(geography: Geography, tmp_path: Path) -> None:
    one = make_tables(geography, scenarios=("hard_rule",), n=5)
    folder = write_results(one, tmp_path / "batch", world=str(tmp_path / "gone"))
    written = redraw(folder)
    assert [path.name for path in written] == [
        "final_counts.png",
        "fan.png",
        "systems_hard_rule.png",
    ]
    assert written[0].parent == folder / "plots"


@pytest.mark.parametrize("content", [None, "{", "[]", '{"seed": 1}'])
def test_a_folder_that_holds_no_results_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(InputError, match="manifest"):
        redraw(tmp_path)
    assert not (tmp_path / "plots").exists()


def test_a_missing_table_is_named(tables: Tables, tmp_path: Path) -> None:
    folder = write_results(tables, tmp_path / "batch")
    (folder / "places.csv").unlink()
    with pytest.raises(InputError, match=r"no places\.csv"):
        redraw(folder)


def test_a_scenario_called_none_keeps_its_name(tmp_path: Path, geography: Geography) -> None:
    one = make_tables(geography, scenarios=("none",), n=3)
    results = open_results(write_results(one, tmp_path / "batch"))
    assert set(results.csv("places")["scenario"]) == {"none"}
    assert results.csv("summary")["p"].isna().sum() == 7
