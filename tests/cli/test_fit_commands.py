"""The commands calibrate and forecast, as a person would use them, in small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from sim.records.code import package_code, replication_code
from tests.made_by_other_code import made_by_other_code

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "run_sim.py", *arguments],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_small_forecast_is_published_once(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    arguments = ("forecast", "--replications", "4", "--out", str(tmp_path / "out"))
    arguments += ("--docs", str(docs), "--made-on", "2020-04-02", "--quiet")
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    folder = docs / "forecast" / "2020-04-02"
    names = {path.name for path in folder.iterdir()}
    assert {"from_2020_04_systems.csv", "from_2019_06_counts.csv", "leans_on.csv"} <= names
    about = json.loads((folder / "about.json").read_text())
    assert {"code", "world england_2020", "scenario as_happened_2020"} <= set(about["hashes"])
    page = (docs / "forecast.md").read_text()
    assert "## 2020-04-02" in page
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "forecast.md").write_text("ten years of work")
    (tmp_path / "file").write_text("x")
    for other in ("mine", "file"):
        refused = run(*(str(tmp_path / other) if a == str(docs) else a for a in arguments))
        assert refused.returncode == 2
        assert f"{tmp_path / other}" in refused.stderr
    assert (tmp_path / "mine" / "forecast.md").read_text() == "ten years of work"
    again = run(*arguments)
    assert again.returncode == 2
    assert "published already and must not change" in again.stderr
    assert (docs / "forecast.md").read_text() == page
    later = run(*arguments[:-2], "2020-04-03", "--quiet")
    assert later.returncode == 0, later.stderr
    assert (docs / "forecast.md").read_text().startswith(page.rstrip())
    assert about["hashes"]["code"] == package_code()
    assert about["hashes"]["code of the replications"] == replication_code()

    made_by_other_code(tmp_path / "out" / "without_officers")
    page = (docs / "forecast.md").read_text()
    last = (*arguments[:-2], "2020-04-04", "--quiet")
    stale = run(*last)
    assert stale.returncode == 2
    assert "without_officers: holds replications made by other code" in stale.stderr
    assert "use --overwrite, or another --out" in stale.stderr
    assert (docs / "forecast.md").read_text() == page
    assert not (docs / "forecast" / "2020-04-04").exists()
    anew = run(*last, "--overwrite")
    assert anew.returncode == 0, anew.stderr
    assert "## 2020-04-04" in (docs / "forecast.md").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("forecast", "--made-on", "yesterday"), "--made-on 'yesterday' must be a day"),
        (("forecast", "--replications", "0"), "--replications"),
        (("calibrate", "--check", "3"), "--check is 3; must be 20 or more"),
        (("calibrate", "--publish", "a b"), "--publish 'a b'"),
        (("calibrate", "--waves-left-out"), "holds no finished fit; run calibrate"),
        (("calibrate", "--waves-left-out", "--ballots"), "--waves-left-out goes with"),
        (("calibrate", "--waves-left-out", "--before-2020"), "--waves-left-out goes with"),
        (("calibrate", "--waves-left-out", "--check", "20"), "--waves-left-out goes with"),
        (
            ("calibrate", "--waves-left-out", "--replications", "3"),
            "--replications is 3; must be at least 20",
        ),
    ],
)
def test_wrong_input_ends_with_two(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments, "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_proof_of_the_fitting_in_small(tmp_path: Path) -> None:
    done = run("calibrate", "--check", "20", "--replications", "200", "--out", str(tmp_path / "c"))
    assert done.returncode == 0, done.stderr
    assert "20 synthetic truths from the prior" in done.stdout
    page = (tmp_path / "c" / "simulation_based_check.md").read_text()
    assert "### wave_2020, forecast from history" in page
    assert "### history, forecast from wave_2020" in page
    table = pd.read_csv(tmp_path / "c" / "predictive_pit.csv")
    assert set(table["source"]) == {"synthetic", "recorded"}
    assert table["pit"].between(0, 1).all() and len(table) == 21 * (22 + 6)
    # the two waves of a truth share no luck but the parameters' own
    assert {"truths_0_wave_2020_200", "truths_1_history_200"} <= {
        path.name for path in (tmp_path / "c").iterdir()
    }
    curves = pd.read_csv(tmp_path / "c" / "predictive_reliability.csv")
    assert set(curves["left_out"]) == {"wave_2020", "history"}
    with Image.open(tmp_path / "c" / "predictive.png") as picture:
        assert min(picture.size) > 400
    made_by_other_code(tmp_path / "c" / "truths_1_history_200")
    again = ("calibrate", "--check", "20", "--replications", "200", "--out", str(tmp_path / "c"))
    stale = run(*again)
    assert stale.returncode == 2
    assert "truths_1_history_200: holds replications made by other code" in stale.stderr
