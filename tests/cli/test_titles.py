"""The commands show a scenario's title, and write its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.records.csv_text import read_csv
from sim.records.manifest import read_manifest
from sim.records.tables import read_table
from tests.cli.conftest import command
from tests.hostile_names import write_hostile_world

TITLES = {"first": "[bold]A[/bold] $\\frac{a$ <b>|`", "second": "=HYPERLINK(1) 日本語"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small world and two scenarios whose titles some reader would obey."""
    folder = tmp_path_factory.mktemp("titles")
    write_hostile_world(folder / "w")
    for name, title in TITLES.items():
        hard = str(name == "second").lower()
        text = f"title = '{title}'\nworld = 'w'\n[levers.force]\nhard_rule = {hard}\n"
        (folder / f"{name}.toml").write_text(text, encoding="utf-8", newline="\n")
    return folder


def test_tables_and_plots_show_titles_and_files_hold_names(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    files, options = ["first.toml", "second.toml"], ["--replications", 3, "--workers", 1]
    shown = command("run", *files, *options, "--variance", 2, "--out", "out")
    assert shown.code == 0, shown.err
    for name, title in TITLES.items():
        assert shown.out.count(f" {title} ") == 4 and f" {name} " not in shown.out
    compared = command("compare", *files, *options, "--out", "out", "--csv")
    assert compared.code == 0, compared.err
    first, second = (title.split()[0] for title in TITLES.values())
    assert f"{first} " in compared.out and f"→ {second}" in compared.out
    for table in ("replications", "counts", "systems", "ccgs", "proposals"):
        assert set(read_table(place / "out", table)["scenario"]) == set(TITLES)
    assert set(read_csv(place / "out/summary.csv")["scenario"]) == set(TITLES)
    assert set(read_csv(place / "out/compare.csv")["other"]) == {"second"}
    drawn = command("plot", "out")
    assert drawn.code == 0 and "systems_first.png" in drawn.out and drawn.err == ""


def test_another_title_goes_on_with_the_same_results(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    line = ["--replications", 2, "--workers", 1, "--out", tmp_path / "out"]
    assert command("run", "first.toml", *line).code == 0
    file = (place / "first.toml").read_text("utf-8")
    before = read_manifest(tmp_path / "out")
    (place / "first.toml").write_text(file.replace(TITLES["first"], "Renamed"), encoding="utf-8")
    again = command("run", "first.toml", *line)
    (place / "first.toml").write_text(file, encoding="utf-8", newline="\n")
    assert again.code == 0 and " Renamed " in again.out, again.err
    after = read_manifest(tmp_path / "out")
    assert before is not None and after is not None
    [entry] = after.pop("scenarios")
    assert entry["resolved"]["title"] == "Renamed" and 'title = "Renamed"' in entry["resolved_toml"]
    [old] = before.pop("scenarios")
    assert after == before and entry["sha256"] == old["sha256"]  # nothing was run again


def test_validate_lists_name_and_title(place: Path) -> None:
    done = command("validate", "cut_10", place / "second.toml")
    assert done.code == 0
    first, second = done.out.splitlines()
    assert first.startswith("OK cut_10 “Running costs cut by 10%” (")
    assert second.startswith(f"OK second “{TITLES['second']}” (")


def test_a_title_with_a_control_character_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    file.write_text('title = "\\u001b[2J"\n', encoding="utf-8")
    done = command("run", file)
    assert done.code == 2 and "\x1b" not in done.err
    assert "odd.toml: title = " in done.err and "must be text of 1 to 60 letters" in done.err
    assert list(tmp_path.iterdir()) == [file]
