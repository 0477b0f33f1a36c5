"""The commands end to end on the real England, and what they leave in the results folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from sim.experiment.api import HEADLINE
from sim.experiment.compare import COMPARE_COLUMNS
from sim.experiment.plan import BatchInterrupted
from sim.records.ledger import enlist
from sim.records.schema import TABLES
from sim.scenario import load_scenario
from sim.scenario.levers import lever_table
from sim.scenario.parameters import PARAMETER_NAMES, PARAMETER_TABLE
from tests.cli.conftest import (
    FILES,
    REPLICATIONS,
    ROOT,
    SEED,
    command,
    digests,
    process,
    tree,
)


@pytest.mark.slow
def test_main_job_writes_tables_plots_and_shows_the_table(tmp_path: Path) -> None:
    done = process("--replications", 2, "--variance", 2, "--csv", cwd=tmp_path)
    assert done.code == 0, done.err
    folder = tmp_path / "results" / "main"
    assert not [name for name in FILES if not (folder / name).is_file()]
    assert not [table.name for table in TABLES if not (folder / f"{table.name}.csv").is_file()]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [entry["name"] for entry in manifest["scenarios"]] == list(HEADLINE)
    assert manifest["command"] == "run_sim.py --replications 2 --variance 2 --csv"
    assert str(tmp_path) not in (folder / "manifest.json").read_text()
    for name in HEADLINE:
        assert f" {load_scenario(name).title} " in done.out
        assert (folder / "plots" / f"hexmap_{name}.png").stat().st_size > 10_000
    for words in ("How many CCGs", "1 April 2020", "Variance components", "Warning: 2 repl"):
        assert words in done.out
    assert "100% (12 of 12 replications)" in done.err
    assert set(pd.read_csv(folder / "variance.csv")["scenario"]) == set(HEADLINE)


@pytest.mark.slow
def test_run_extends_and_is_reused(england: Path, tmp_path: Path) -> None:
    """20 extended to 40 has the bytes of 40 at once; the same again runs nothing."""
    options = ("--seed", SEED, "--workers", 2, "--quiet", "--out", tmp_path / "x")
    first = command("run", "as_written", "--replications", 20, *options)
    assert (first.code, first.out, first.err) == (0, "", "")
    shards = set(os.listdir(tmp_path / "x" / ".shards"))
    assert command("run", "as_written", "--replications", REPLICATIONS, *options).code == 0
    assert digests(tmp_path / "x") == digests(england)
    assert shards < set(os.listdir(tmp_path / "x" / ".shards"))
    times = {p: p.stat().st_mtime_ns for p in (tmp_path / "x").rglob("*.parquet")}
    assert command("run", "as_written", "--replications", REPLICATIONS, *options).code == 0
    assert times == {p: p.stat().st_mtime_ns for p in (tmp_path / "x").rglob("*.parquet")}


def test_fewer_replications_say_what_is_kept_and_what_is_removed(
    england: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "x"
    shutil.copytree(england, folder)
    assert command("plot", folder).code == 0
    plots = len(list((folder / "plots").iterdir()))
    line = ("run", "as_written", "--seed", SEED, "--workers", 1, "--out", folder)
    fewer = command(*line, "--replications", 20, "--csv")
    keeps = (
        f"{folder} keeps {REPLICATIONS} replications of each scenario; its tables now hold the "
        "first 20"
    )
    gone = f"removed from {folder}, as the tables have changed: {plots} plots"
    assert [line for line in fewer.err.splitlines() if line in (keeps, gone)] == [keeps, gone]
    assert not (folder / "plots").exists()
    # nothing is run again; the CSV copies are of the 20
    more = command(*line, "--replications", REPLICATIONS)
    assert more.err.startswith(f"100% ({REPLICATIONS} of {REPLICATIONS} replications)\n")
    copies = "ballots.csv, ccgs.csv, counts.csv, ..."
    assert f"removed from {folder}, as the tables have changed: {copies}\n" in more.err
    assert "keeps" not in more.err
    assert digests(folder) == digests(england)
    again = command(*line, "--replications", REPLICATIONS)
    assert "removed" not in again.err


def test_another_batch_is_refused_until_overwrite(england: Path, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    shutil.copytree(england, folder)
    before = tree(folder)
    for options in (("as_written", "--seed", SEED + 1), ("hard_rule", "--seed", SEED)):
        done = command("run", *options, "--replications", 2, "--out", folder)
        assert done.code == 2
        assert "another batch" in done.err
        assert "--overwrite" in done.err
    assert tree(folder) == before
    again = command(
        "run", "as_written", "--seed", SEED + 1, "--replications", 2, "--overwrite", "--out", folder
    )
    assert again.code == 0, again.err
    assert json.loads((folder / "manifest.json").read_text())["seed"] == SEED + 1
    assert len(pd.read_parquet(folder / "replications.parquet")) == 2


def test_default_folders_carry_the_scenarios_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("run", "hard_rule", "--replications", 1, "--quiet").code == 0
    two = command("compare", "as_written", "hard_rule", "--replications", 1, "--quiet")
    assert two.code == 0, two.err
    assert sorted(os.listdir("results")) == ["as_written+hard_rule", "hard_rule"]


def test_compare_shows_paired_differences_and_where(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    done = command(
        "compare", "as_written", "locally_led", "hard_rule", "--replications", 10, "--out", folder
    )
    assert done.code == 0, done.err
    assert "The policy as written →" in done.out and "Left to local leaders" in done.out
    assert "Where it changes most" in done.out
    outcomes = pd.read_csv(folder / "compare.csv")
    assert list(outcomes.columns) == list(COMPARE_COLUMNS)
    assert set(outcomes["other"]) == {"locally_led", "hard_rule"}
    finals = pd.read_parquet(folder / "replications.parquet").pivot(
        index="replication", columns="scenario", values="final_ccgs"
    )
    expected = (finals["locally_led"] - finals["as_written"]).mean()
    row = outcomes[(outcomes["other"] == "locally_led") & (outcomes["outcome"] == "final_ccgs")]
    assert row["difference"].item() == pytest.approx(expected)


def test_trace_names_events_in_order_with_two_reasons(england: Path) -> None:
    done = command("trace", "as_written", "--replication", 7, "--seed", SEED)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "Scenario as_written, replication 7, from 1 June 2019: England."
    dated = [line for line in lines if re.match(r"  \d{1,2} [A-Z][a-z]+ 20\d\d ", line)]
    days = pd.to_datetime([" ".join(line.split()[:3]) for line in dated], format="%d %B %Y")
    assert len(dated) > 100
    assert days.is_monotonic_increasing
    reasons = [line for line in lines if "Main reasons" in line[40:]]
    assert len(reasons) > 20
    # the story ends where the batch's table says that it does
    finals = pd.read_parquet(england / "replications.parquet").set_index("replication")
    assert f"England has {finals.loc[7, 'final_ccgs']} CCGs" in done.out


def test_trace_of_one_system_by_code_or_name(england: Path) -> None:
    systems = pd.read_parquet(england / "systems.parquet")[["system", "system_name"]]
    code, name = systems.iloc[5]
    options = ("--replication", 0, "--seed", SEED)
    by_code = command("trace", "as_written", *options, "--system", code)
    by_name = command("trace", "as_written", *options, "--system", name)
    assert by_code.code == by_name.code == 0
    assert by_code.out == by_name.out
    whole = command("trace", "as_written", *options).out
    assert 5 < len(by_code.out.splitlines()) < len(whole.splitlines())


@pytest.mark.slow
def test_plot_draws_again_and_clears_what_is_old(england: Path, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    shutil.copytree(england, folder)
    enlist(folder, ["plots/hexmap_gone.png"])
    (folder / "plots").mkdir()
    (folder / "plots" / "hexmap_gone.png").write_bytes(b"ours, and old")
    (folder / "plots" / "hexmap_mine.png").write_bytes(b"mine")
    done = command("plot", folder)
    assert done.code == 0, done.err
    drawn = {"final_counts.png", "fan.png", "hexmap_as_written.png", "systems_as_written.png"}
    assert {Path(line).name for line in done.out.splitlines()} == drawn
    assert set(os.listdir(folder / "plots")) == {*drawn, "hexmap_mine.png"}
    (folder / ".files.json").unlink()  # nobody knows any more whose they are
    refused = command("plot", folder)
    assert refused.code == 2
    assert "plots/fan.png" in refused.err


def test_levers_lists_every_lever_and_parameter() -> None:
    done = command("levers", "--parameters")
    assert done.code == 0
    # names begin in the first column; long ones are folded, so their beginnings are looked for
    firsts = {line.split()[0] for line in done.out.splitlines() if line.split()}
    for name in (*(row.name for row in lever_table()), *PARAMETER_NAMES):
        assert any(word == name or (len(word) > 9 and name.startswith(word)) for word in firsts), (
            name
        )
    active = [row for row in PARAMETER_TABLE if row.default.family != "fixed" and not row.acts]
    sized = sum(row.origin.startswith(("evidence:", "computed:")) for row in active)
    assert (len(active), sized, sum(row.held for row in PARAMETER_TABLE)) == (40, 31, 26)
    assert re.findall(r"\d+", done.out.splitlines()[-1]) == ["40", "31", "26"]
    short = command("levers").out
    assert "running_cost_cut" in short
    assert "support_sd" not in short


def test_validate_says_ok_for_every_shipped_scenario() -> None:
    done = command("validate", *HEADLINE)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert [line.split()[:2] for line in lines] == [["OK", name] for name in HEADLINE]
    assert all("191 CCGs" in line for line in lines)


def test_validate_goes_on_after_a_bad_file(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[levers.money]\nrunning_cost_cutt = 0.1\n")
    done = command("validate", bad, "as_written")
    assert done.code == 2
    assert done.out.startswith("OK as_written")
    assert "did you mean 'running_cost_cut'?" in done.err


def hears_ctrl_c() -> None:
    """Let Ctrl-C reach a child also where this suite runs in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_is_finished_and_the_same_command_goes_on(
    england: Path, tmp_path: Path, workers: int
) -> None:
    arguments = [
        "run", "as_written", "--replications", str(REPLICATIONS), "--seed", str(SEED),
        "--workers", str(workers), "--out", "out",
    ]  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "run_sim.py"), *arguments],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509 - sets one signal, before anything runs
    )
    assert child.stderr is not None
    first = child.stderr.readline()
    assert re.match(r"\d+% \(", first), first
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert out == ""
    last = err.strip().splitlines()[-1]
    kept = re.fullmatch(
        rf"interrupted: (\d+) of {REPLICATIONS} replications are kept in out; "
        "the same command goes on from there",
        last,
    )
    assert kept, err
    assert 0 < int(kept[1]) < REPLICATIONS
    assert not (tmp_path / "out" / "manifest.json").exists()
    again = process(*arguments, cwd=tmp_path)
    assert again.code == 0, again.err
    assert digests(tmp_path / "out") == digests(england)


def children_of(process: int) -> int:
    """Return how many processes one has started (Linux tells; elsewhere a second must do)."""
    threads = Path(f"/proc/{process}/task")
    if not threads.exists():
        time.sleep(1.0)
        return 3
    return sum(len(thread.read_text().split()) for thread in threads.glob("*/children"))


def test_ctrl_c_while_workers_start_ends_the_command(tmp_path: Path) -> None:
    """All ranges are handed out to workers that are not ready yet; nobody may wait for ever."""
    arguments = ["run", "as_written", "--replications", "75", "--workers", "2", "--quiet"]
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "run_sim.py"), *arguments, "--out", "out"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509 - sets one signal, before anything runs
    )
    while child.poll() is None and children_of(child.pid) < 3:  # two, and a tracker of theirs
        time.sleep(0.005)
    time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "of 75 replications are kept" in err


def test_help_and_import_load_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; import sim; assert 'numpy' not in sys.modules\n"
        "from sim.cli.main import main\n"
        "for words in ('', 'run', 'trace'): assert main([*words.split(), '--help']) == 0\n"
        "heavy = {'pandas', 'seaborn', 'matplotlib', 'pyarrow', 'scipy', 'numpy', 'simpy'}\n"
        "sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for name in ("run", "compare", "trace", "plot", "levers", "validate"):
        assert f"  {name} " in done.stdout
    assert process("--help", cwd=tmp_path).code == 0


def test_a_command_that_fails_inside_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr("sim.experiment.api.run_batch", broken)
    done = command("run", "as_written", "--out", tmp_path / "x")
    assert done.code == 1
    assert done.err.startswith("failed: ZeroDivisionError: nothing to divide by")
    assert "Traceback" not in done.err
    monkeypatch.setenv("CCG_DEBUG", "1")
    assert "Traceback" in command("run", "as_written", "--out", tmp_path / "x").err


def test_ctrl_c_before_anything_is_finished_promises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.experiment.api.check_scenarios", stopped)
    done = command("run", "as_written", "--out", tmp_path / "x")
    assert done.code == 130
    assert "finished replications, if any, are kept" in done.err
    assert str(BatchInterrupted(0, 9, None)) == (
        "interrupted: 0 of 9 replications were run; without a results folder none is kept"
    )


def test_a_reader_that_leaves_early_ends_it_quietly(tmp_path: Path) -> None:
    line = f"{sys.executable} {ROOT / 'run_sim.py'} trace as_written --replication 0 | head -1"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stdout.startswith("Scenario as_written")
    assert done.stderr == ""
