"""``hindcast`` from end to end: files, tables, plots, refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from sim.errors import InputError
from sim.evidence.score import ARMS, TABLES, facts_for, hindcast_arms
from sim.scenario import load_scenario, parse_scenario
from sim.views.plots.hindcast import make_hindcast_plots
from sim.world.load import load_world
from tests.cli.conftest import ROOT, Outcome, command
from tests.evidence.conftest import REPLICATIONS, SEED


@pytest.mark.slow
def test_it_writes_and_prints_what_it_found(hindcast_run: tuple[Outcome, Path]) -> None:
    done, folder = hindcast_run
    for name in TABLES:
        assert len(pd.read_csv(folder / f"{name}.csv")) > 0, name
    plots = {path.name for path in (folder / "plots").iterdir()}
    assert plots == {"count_forecasts.png", "reliability.png", "pit.png"}
    for path in (folder / "plots").iterdir():
        with Image.open(path) as picture:
            assert min(picture.size) > 400
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert [one["name"] for one in manifest["scenarios"]] == list(ARMS)
    assert {one["resolved"]["end"] for one in manifest["scenarios"]} == {"2020-04-01"}
    for said in ("past rate start", "logistic plans", "no leaders\n", "passed"):
        assert said.strip() in done.out
    page = (folder / "hindcast.md").read_text("utf-8")
    assert page.count("\n| simulation |") == 1 and "## Patterns" in page
    assert f"{REPLICATIONS} replications each, seed {SEED}" in page
    widths = {line.count("|") for line in page.splitlines() if line.startswith("|")}
    assert len(widths) <= 2  # two tables, each of one width


@pytest.mark.slow
def test_its_tables_agree(folder: Path, scores: pd.DataFrame) -> None:
    counts = pd.read_csv(folder / "count_forecasts.csv").set_index("forecast")
    crps = scores[(scores["quantity"] == "count") & (scores["score"] == "crps")]
    for name, value in crps.groupby("forecast")["value"].first().items():
        assert counts.loc[name, "crps"] == pytest.approx(value)
    assert set(counts["observed"]) == {135}
    items = pd.read_csv(folder / "items.csv")
    for quantity, mine in items.groupby("quantity"):
        brier = ((mine["simulation"] - mine["came_true"]) ** 2).mean()
        said = scores[
            (scores["quantity"] == quantity)
            & (scores["forecast"] == "simulation")
            & (scores["score"] == "brier")
        ]
        assert said["value"].iloc[0] == pytest.approx(brier)
    curves = pd.read_csv(folder / "reliability.csv")
    assert curves.groupby("quantity")["items"].sum().to_dict() == {
        "systems": 33, "ccgs": 182, "pairs": 711,
    }  # fmt: skip
    report = pd.read_csv(folder / "patterns.csv")
    assert set(report["arm"]) == set(ARMS)
    assert (report.groupby("pattern").size() == len(ARMS)).all()


@pytest.mark.slow
def test_again_it_runs_nothing_and_says_the_same(folder: Path, tmp_path: Path) -> None:
    before = {name: (folder / f"{name}.csv").read_bytes() for name in TABLES}
    again = command(
        "hindcast", "--replications", REPLICATIONS, "--seed", SEED, "--out", folder, "--quiet"
    )
    assert (again.code, again.out) == (0, "")
    assert before == {name: (folder / f"{name}.csv").read_bytes() for name in TABLES}
    written = make_hindcast_plots(folder, out=tmp_path, svg=True)
    assert len(written) == 6
    assert "band" in (tmp_path / "reliability.svg").read_text("utf-8")


# -- arms -----------------------------------------------------------------------------------------


def test_arms_differ_in_one_thing() -> None:
    base = load_scenario("as_happened")
    facts = facts_for(base, load_world())
    arms = hindcast_arms(base, facts.on)
    assert [arm.name for arm in arms] == list(ARMS)
    whole, learnt, unshared, ungated = (dict(arm.resolved) for arm in arms)
    own = dict(base.resolved) | {"name": "simulation", "end": "2020-04-01"}
    assert own.pop("title")  # which no arm takes over
    assert whole == own | {"model": own["model"] | {"leanings": "unlearnt"}}
    assert learnt == own | {"name": "places_learnt"}
    changed = {key for key in whole if whole[key] != unshared[key]} - {"name"}
    assert changed == {"parameters"}
    assert unshared["parameters"]["support_shared"] == {"family": "fixed", "value": 0.0}
    changed = {key for key in whole if whole[key] != ungated[key]} - {"name"}
    assert changed == {"levers"}
    assert ungated["levers"]["ballot"]["leaders_gate"] is False


def test_only_the_recorded_round_is_scored(tmp_path: Path) -> None:
    late = parse_scenario({"extends": "as_happened", "start": date(2019, 7, 1)})
    with pytest.raises(InputError, match=r"start = 2019-07-01 must be 2019-06-01"):
        facts_for(late, load_world())
    with pytest.raises(InputError, match="must come before"):
        hindcast_arms(late, late.start)
    done = command("hindcast", "nowhere", "--out", tmp_path / "out")
    assert done.code == 2 and "neither a file nor a shipped scenario" in done.err
    assert not (tmp_path / "out").exists()


def test_a_missing_library_ends_it_before_anything_runs(tmp_path: Path) -> None:
    """In a process in which scoringrules cannot be found."""
    program = (
        "import sys\n"
        "sys.modules['scoringrules'] = None\n"
        "from sim.cli.main import main\n"
        "sys.exit(main(['hindcast', '--out', sys.argv[1]]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "needs the package scoringrules" in done.stderr and "[analysis]" in done.stderr
    assert not (tmp_path / "out").exists()


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from sim.cli.main import main\n"
        "main(['hindcast', '--help'])\n"
        "heavy = 'pandas seaborn matplotlib pyarrow scoringrules sklearn numpy'.split()\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip().endswith("[]"), done.stdout
