"""The commands under fit, calibrate and forecast, as a person would use them, in small."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from sim.records.code import package_code, replication_code
from tests.cli.conftest import command
from tests.replications_of_other_code import mark_as_other_code

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
    assert "must not change" in again.stderr
    assert (docs / "forecast.md").read_text() == page
    later = run(*arguments[:-2], "2020-04-03", "--quiet")
    assert later.returncode == 0, later.stderr
    assert (docs / "forecast.md").read_text().startswith(page.rstrip())
    assert about["hashes"]["code"] == package_code()
    assert about["hashes"]["code of the replications"] == replication_code()

    mark_as_other_code(tmp_path / "out" / "without_officers")
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
        (("forecast", "--made-on", "yesterday"), "--made-on 'yesterday' must be a date"),
        (("forecast", "--replications", "0"), "--replications"),
        (("fit", "run", "--replications", "199"), "--replications is 199; must be at least 200"),
        (("fit", "run", "--publish", "a b"), "--publish 'a b'"),
        (("fit", "check", "--truths", "3"), "--truths is 3; must be 20 or more"),
        (("fit", "check", "--truths", "2001"), "--replications is 4,000; must be at least 4,002"),
        (("fit", "waves-left-out"), "holds no finished fit; run 'fit run' with the same --out"),
        (("fit", "waves-left-out", "--replications", "3"), "--replications is 3; must be at least"),
        (("fit", "ballots", "--before-2020"), "No such option: --before-2020"),
        (("fit", "chekc"), "No such command 'chekc'. Did you mean 'check'?"),
        (("calibrate", "--check", "3"), "--check is 3; must be 20 or more"),
        (("calibrate", "--check", "20", "--publish", "a"), "nothing to --publish"),
        (("calibrate", "--ballots", "--overwrite"), "--ballots goes with"),
        (("calibrate", "--publish", "a b"), "--publish 'a b'"),
        (("calibrate", "--waves-left-out"), "holds no finished fit; run 'fit run'"),
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


def test_fit_alone_lists_its_commands_and_calibrate_is_not_listed() -> None:
    shown = command("fit")
    assert (shown.code, shown.err) == (0, "")
    listed = re.findall(r"^  (\S+)", shown.out.partition("Commands:")[2], re.MULTILINE)
    assert listed == ["run", "ballots", "check", "waves-left-out"]
    assert "calibrate" not in command("--help").out


def test_each_command_under_fit_has_its_own_options_alone() -> None:
    both = {"--seed", "--out", "--quiet", "--help"}
    runs = both | {"--replications", "--workers"}
    own = {
        "run": runs | {"--overwrite", "--before-2020", "--publish"},
        "ballots": both,
        "check": runs | {"--overwrite", "--before-2020", "--truths"},
        "waves-left-out": runs,
    }
    for name, options in own.items():
        shown = command("fit", name, "--help").out
        found = re.findall(r"^  (?:-h, )?(--[\w-]+)", shown, re.MULTILINE)
        assert set(found) == options
        assert "(4000;" not in shown


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ((), "fit run"),
        (("--check", "25"), "fit check --truths 25"),
        (("--ballots",), "fit ballots"),
        (("--waves-left-out",), "fit waves-left-out"),
    ],
)
def test_calibrate_is_the_former_name(
    former: tuple[str, ...], now: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same work with the same arguments, and one line that says which command it is now."""
    calls: list[tuple[str, object, dict[str, object]]] = []

    def kept(name: str) -> Callable[..., str]:
        def made(folder: object, **options: object) -> str:
            calls.append((name, folder, options))
            return f"page of {name}"

        return made

    for name in ("make_fit", "make_ballots_page", "make_check", "make_waves_left_out"):
        for module in ("calibrate", "fit"):
            monkeypatch.setattr(f"sim.cli.{module}.{name}", kept(name))
    common = ("--seed", "7", "--out", str(tmp_path))
    old = command("calibrate", *former, *common)
    new = command(*now.split(), *common)
    assert (old.code, new.code, new.err) == (0, 0, "")
    assert old.out == new.out != ""
    assert old.err == f"note: '{' '.join(('calibrate', *former))}' is now '{now}'\n"
    first, second = ({k: v for k, v in o.items() if k != "quiet"} for _, _, o in calls)
    assert (calls[0][:2], first) == (calls[1][:2], second)
    # as ever, the check and the ballots print their page whatever is asked
    silent = command("calibrate", *former, *common, "--quiet")
    assert silent.err == ""
    assert (silent.out != "") == (former[:1] in (("--check",), ("--ballots",)))
    assert command(*now.split(), *common, "--quiet").out == ""


@pytest.mark.slow
def test_the_proof_of_the_fitting_in_small(tmp_path: Path) -> None:
    small = ("--truths", "20", "--replications", "200", "--out", str(tmp_path / "c"))
    done = run("fit", "check", *small)
    assert done.returncode == 0, done.stderr
    assert "20 synthetic truths from the prior" in done.stdout
    page = (tmp_path / "c" / "simulation_based_check.md").read_text()
    assert "### wave_2020, forecast from history" in page
    assert "### history, forecast from wave_2020" in page
    table = pd.read_csv(tmp_path / "c" / "predictive_pit.csv")
    assert set(table["source"]) == {"synthetic", "recorded"}
    assert table["pit"].between(0, 1).all() and len(table) == 21 * (22 + 6)
    # the two waves of a truth share no random numbers but the parameters
    assert {"truths_0_wave_2020_200", "truths_1_history_200"} <= {
        path.name for path in (tmp_path / "c").iterdir()
    }
    curves = pd.read_csv(tmp_path / "c" / "predictive_reliability.csv")
    assert set(curves["left_out"]) == {"wave_2020", "history"}
    with Image.open(tmp_path / "c" / "predictive.png") as picture:
        assert min(picture.size) > 400
    mark_as_other_code(tmp_path / "c" / "truths_1_history_200")
    stale = run("fit", "check", *small)
    assert stale.returncode == 2
    assert "truths_1_history_200: holds replications made by other code" in stale.stderr
