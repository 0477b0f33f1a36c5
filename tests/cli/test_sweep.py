"""The command ``sweep``: what it writes, and how it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli.main import main
from sim.cli.sweep import read_values
from sim.errors import InputError
from tests.small_worlds import write_world


@pytest.fixture
def file(tmp_path: Path) -> str:
    write_world(tmp_path / "world", [[{}, {}], [{}, {}, {}]])
    path = tmp_path / "small.toml"
    path.write_text('name = "small"\nworld = "world"\nend = 2020-04-02\n')
    return str(path)


def test_a_sweep_leaves_tables_a_csv_and_a_plot(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    line = ["sweep", file, "--lever", "force.cajoling", "--values", "0,4", "--replications", "3"]
    line += ["--parameter", "ballot_perceived_centre", "--at", "0,-0.6"]
    line += ["--workers", "1", "--out", str(out)]
    assert main(line) == 0
    assert (
        "Sweep of force.cajoling, at values of ballot_perceived_centre" in capsys.readouterr().out
    )
    for name in ("sweep.csv", "manifest.json", "plots/sweep.png", "replications.parquet"):
        assert (out / name).is_file(), name
    before = (out / "sweep.csv").read_bytes()
    assert main(line) == 0
    assert (out / "sweep.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lever", "force.cajolng", "--values", "0,1"], "did you mean 'force.cajoling'"),
        (["--lever", "force.cajoling", "--values", "0,much"], "force.cajoling = 'much'"),
        (["--lever", "force.cajoling", "--values", "0,,1"], "a value is empty"),
        (["--lever", "force.cajoling", "--values", "0,1", "--at", "1"], "go together"),
        (["--lever", "force.cajoling", "--values", "0,1", "--outcomes", "mergrs"], "mergers"),
        (["--lever", "force.cajoling"], "--values"),
    ],
)
def test_wrong_input_ends_with_2_and_writes_nothing(
    file: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    out = tmp_path / "out"
    assert main(["sweep", file, *arguments, "--out", str(out)]) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_values_are_read_as_a_scenario_file_would_read_them() -> None:
    from datetime import date

    assert read_values("--values", "0, 0.5,true,2021-04-01,typically") == (
        0,
        0.5,
        True,
        date(2021, 4, 1),
        "typically",
    )
    with pytest.raises(InputError):
        read_values("--values", "")
