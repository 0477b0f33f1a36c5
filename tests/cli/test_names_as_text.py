"""The commands on a world whose every name is hostile, as a user would run them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PIL import Image

from sim.experiment.batch import open_batch
from sim.records.csv_text import read_csv
from sim.records.schema import TABLES
from sim.records.tables import read_table
from sim.records.visible import visible
from sim.views.results import open_results
from tests.cli.conftest import Outcome, command
from tests.hostile_names import (
    NAMES,
    SCENARIOS,
    SYSTEMS,
    write_hostile_scenarios,
    write_hostile_world,
)

RUN_BY_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "＝")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the world, the scenarios, and a comparison of all of them in ``out``."""
    folder = tmp_path_factory.mktemp("hostile")
    write_hostile_world(folder / "w")
    files = write_hostile_scenarios(folder)
    done = command(
        "compare", *files, "--replications", 4, "--workers", 1, "--csv", "--out", folder / "out"
    )
    assert done.code == 0, done.err
    (folder / "shown.txt").write_text(done.out, encoding="utf-8", newline="")
    return folder


def harmless(done: Outcome) -> str:
    """Return what a command that went well has shown, after looking for what a terminal obeys."""
    assert done.code == 0, done.err
    assert not [c for c in done.out + done.err if c != "\n" and c != visible(c)]
    return done.out


def test_compare_names_scenarios_and_systems_as_written(place: Path) -> None:
    shown = (place / "shown.txt").read_bytes().decode()
    harmless(Outcome(0, shown, ""))
    for name in SCENARIOS[1:]:
        assert f"{SCENARIOS[0]} → {name}" in shown
    for name in NAMES[: len(SYSTEMS)]:
        assert visible(name) in shown or visible(name[1:]) in shown, name


def test_tables_hold_names_exactly_and_csv_no_formula(place: Path) -> None:
    written = dict(zip(SYSTEMS, NAMES, strict=False))
    batch = open_batch(place / "out")
    results = open_results(place / "out")
    for frame in (batch.places, results.csv("places"), read_csv(place / "out/compare_places.csv")):
        assert dict(zip(frame["system"], frame["system_name"], strict=True)) == written
    assert list(dict.fromkeys(batch.summary["scenario"])) == list(SCENARIOS)
    for name in SCENARIOS:
        assert len(batch.summary.query(f"scenario == '{name}'")) > 0
    for table in TABLES:
        parquet, copy = (
            read_table(place / "out", table.name),
            read_csv(place / f"out/{table.name}.csv"),
        )
        for column in table.all_columns:
            values = [None if v != v else v for v in parquet[column.name].tolist()]
            copied = [None if v != v else v for v in copy[column.name].tolist()]
            assert copied == values, (table.name, column.name)
    systems = read_table(place / "out", "systems")
    assert dict(zip(systems["system"], systems["system_name"], strict=True)) == written
    for path in (place / "out").glob("*.csv"):
        texts = [c.name for t in TABLES for c in t.all_columns if c.kind == "string"]
        texts += ["base", "other", "outcome"]
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                cells = [row[name] for name in texts if name in row]
                assert not [cell for cell in cells if cell.startswith(RUN_BY_A_SPREADSHEET)]


@pytest.mark.slow
def test_plot_draws_every_scenario_and_says_nothing(
    place: Path, recwarn: pytest.WarningsRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)  # the manifest names the world as the scenarios do
    done = command("plot", "out")
    files = harmless(done).splitlines()
    assert done.err == "" and not [w for w in recwarn if "lyph" in str(w.message)]
    assert len(files) == 2 + 2 * len(SCENARIOS)
    assert len({file.casefold() for file in files}) == len(files)
    names = {Path(file).name for file in files}
    assert {"systems_2020.png", "systems_007.png", "hexmap_nan.png", "systems_CON_.png"} <= names
    assert {"systems_a_b.png", "systems_a_b-2.png", "systems_A_B-3.png"} <= names
    for file in files:
        with Image.open(file) as picture:
            assert picture.size[0] > 300


@pytest.mark.parametrize("system", ["001", "1e5", "nan", "$\\frac{a$ Hill", "NHS [/bold] One"])
def test_trace_tells_of_a_system_by_code_or_name(place: Path, system: str) -> None:
    file = place / "case0.toml"
    shown = harmless(command("trace", file, "--replication", 1, "--system", system))
    assert shown.startswith("Scenario 2020, replication 1")
    assert not [line for line in shown.splitlines() if line.startswith("  1 April 2020  FORGED")]


def test_validate_run_and_sweep_go_through(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = [place / f"case{number}.toml" for number in range(len(SCENARIOS))]
    shown = harmless(command("validate", *files)).splitlines()
    assert [line.split()[1] for line in shown] == list(SCENARIOS)
    for number in (9, 10, 2):  # CON, con. and nan
        done = command("run", files[number], "--replications", 3, "--workers", 1, "--variance", 3)
        assert f"\n {SCENARIOS[number]} " in harmless(done)
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"CON_", "con_", "nan"}
    odd = place / "$\\frac{a$ [b]\x1b[2J\n'é'.toml"
    odd.write_bytes((place / "case0.toml").read_bytes())
    done = command(
        "sweep", odd, "--lever", "information.wording", "--values", "none,typically",
        "--parameter", "ballot_perceived_centre", "--at=-0.5,0", "--replications", 2,
        "--workers", 1,
    )  # fmt: skip
    assert "none" in harmless(done)
    [folder] = (tmp_path / "results").glob("sweep*")
    sweep = read_csv(folder / "sweep.csv")
    assert set(sweep["value"]) == {"none", "typically"} and set(sweep["at"]) == {-0.5, 0.0}
    assert (folder / "plots" / "sweep.png").is_file()
    assert command("sweep", odd, "--lever", "nonsense", "--values", "1").code == 2


def test_messages_about_hostile_names_are_one_line(place: Path) -> None:
    odd = "x\x1b[2J\nerror: forged\u202e"
    for line in (
        ("run", odd),
        ("trace", place / "case0.toml", "--replication", 0, "--system", odd),
    ):
        done = command(*line)
        assert done.code == 2 and len(done.err.splitlines()) == 1
        assert not [c for c in done.err if c != "\n" and c != visible(c)]
