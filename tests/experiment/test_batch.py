"""A batch's tables: the same bytes however they came about; folders reused, refused, resumed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim.experiment.workers as workers_module
from sim.experiment.batch import (
    Batch,
    BatchInterrupted,
    ReplicationsFailed,
    open_batch,
    run_batch,
)
from sim.records.csv_text import write_csv
from sim.records.manifest import RESULTS_VERSION
from sim.records.schema import TABLES
from sim.scenario import load_scenario
from sim.world import InputError
from tests.records.fake_engine import FakeScenario, replicate

TWO = (FakeScenario("low", rate=0.2), FakeScenario("high", rate=0.8))
FILES = [*(table.file for table in TABLES), "summary.csv", "places.csv", "manifest.json"]


def run(scenarios: Sequence[FakeScenario] = TWO, **options: Any) -> Batch:
    return run_batch(scenarios, replicate=replicate, **({"workers": 1} | options))  # type: ignore[arg-type]


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("batch") / "reference"
    run(replications=60, out=folder)
    return folder


def test_tables_have_the_columns_and_order_of_the_contract(reference: Path) -> None:
    for table in TABLES:
        frame = pq.read_table(reference / table.file).to_pandas()
        assert list(frame.columns) == [column.name for column in table.all_columns]
        assert list(frame["scenario"].drop_duplicates()) == ["low", "high"]
        keys = ["replication", *table.keys]
        for _, mine in frame.groupby("scenario"):
            ordered = mine.sort_values(keys, kind="stable")
            assert ordered.index.equals(mine.index), table.name
            assert not mine.duplicated(keys).any()
        groups = pq.ParquetFile(reference / table.file).num_row_groups
        assert groups == 2


@pytest.mark.parametrize("method", ["loky", "fork", "spawn", "forkserver"])
def test_two_workers_give_the_same_bytes(reference: Path, tmp_path: Path, method: str) -> None:
    run(replications=60, out=tmp_path / "w", workers=2, start_method=method)
    assert digests(tmp_path / "w") == digests(reference)


def test_a_batch_extended_equals_one_run_at_once(reference: Path, tmp_path: Path) -> None:
    for number in (7, 33, 60):
        run(replications=number, out=tmp_path / "e")
    assert digests(tmp_path / "e") == digests(reference)


def test_a_smaller_number_holds_exactly_that(reference: Path, tmp_path: Path) -> None:
    run(replications=60, out=tmp_path / "e")
    run(replications=30, out=tmp_path / "e")
    small = run(replications=30, out=tmp_path / "alone")
    assert digests(tmp_path / "e") == digests(tmp_path / "alone")
    assert small.replications["replication"].max() == 29
    run(replications=60, out=tmp_path / "e")
    assert digests(tmp_path / "e") == digests(reference)


def test_nothing_is_run_twice(reference: Path, tmp_path: Path) -> None:
    ran: list[tuple[str, int]] = []

    def counting(world: Any, scenario: Any, seed: int, number: int, swaps: Any = None) -> Any:
        ran.append((scenario.name, number))
        return replicate(world, scenario, seed, number, swaps)

    def go(number: int) -> None:
        run_batch(TWO, replications=number, out=tmp_path / "e", workers=1, replicate=counting)  # type: ignore[arg-type]

    go(30)
    assert len(ran) == len(set(ran)) == 60
    go(30)
    assert len(ran) == 60
    go(60)
    assert sorted(ran) == sorted((s.name, r) for s in TWO for r in range(60))
    shard = sorted((tmp_path / "e" / ".shards").glob("*.shard"))[0]
    shard.write_bytes(shard.read_bytes()[:100])
    (tmp_path / "e" / "ballots.parquet").unlink()
    go(60)
    assert 120 < len(ran) <= 145
    assert digests(tmp_path / "e") == digests(reference)


def test_ranges_go_by_replication_first(tmp_path: Path) -> None:
    ran: list[tuple[str, int]] = []

    def counting(world: Any, scenario: Any, seed: int, number: int, swaps: Any = None) -> Any:
        ran.append((scenario.name, number))
        return replicate(world, scenario, seed, number, swaps)

    run_batch(TWO, replications=50, out=tmp_path / "e", workers=1, replicate=counting)  # type: ignore[arg-type]
    order = list(dict.fromkeys((number // 25, name) for name, number in ran))
    assert [name for _, name in order[:4]] == ["low", "high", "low", "high"]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_interrupted_keeps_what_was_finished_and_goes_on(tmp_path: Path, workers: int) -> None:
    """Ctrl-C reaches the parent while replications run; no worker is left behind."""
    code = f"""
import os, signal, sys, threading, time
from pathlib import Path
from tests.records.fake_engine import FakeScenario, replicate
from sim.experiment.batch import BatchInterrupted, run_batch
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    def stop(done, total):
        if done >= 20:
            os.kill(os.getpid(), signal.SIGINT)
    try:
        run_batch([FakeScenario(pause=0.01)], replications=200, workers={workers},
                  out=sys.argv[1], replicate=replicate, progress=stop)
    except BatchInterrupted as error:
        print(error.done, error.total)
        sys.exit(130)
"""
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    out = tmp_path / "out"
    finished = subprocess.run(
        [sys.executable, str(script), str(out)],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (130, "")
    done, total = map(int, finished.stdout.split())
    assert total == 200
    assert 20 <= done < 200
    assert not (out / "manifest.json").exists()
    told: list[int] = []
    scenario = FakeScenario(pause=0.01)
    run([scenario], replications=done + 5, out=out, progress=lambda d, t: told.append(d))
    assert told[0] == done
    run([scenario], replications=done + 5, out=tmp_path / "fresh")
    assert digests(out) == digests(tmp_path / "fresh")


def test_half_a_range_is_kept_when_interrupted_in_one_process(tmp_path: Path) -> None:
    stopping = FakeScenario(interrupt_at=17)
    with pytest.raises(BatchInterrupted, match="17 of 40 replications are kept") as caught:
        run([stopping], replications=40, out=tmp_path / "o")
    assert (caught.value.done, caught.value.folder) == (17, tmp_path / "o")


def test_a_failing_replication_is_named(tmp_path: Path) -> None:
    failing = FakeScenario("bad", fail_at=13)
    for workers in (1, 2):
        with pytest.raises(ReplicationsFailed, match=r"1 of 40 .*bad: 13.*ZeroDivisionError"):
            run([failing], replications=40, workers=workers, out=tmp_path / f"o{workers}")


def test_a_dead_parent_takes_its_workers_along(tmp_path: Path) -> None:
    code = """
import os, sys, threading, time
from tests.records.fake_engine import FakeScenario, replicate
from sim.experiment.batch import run_batch
if __name__ == "__main__":
    def stop(done, total):
        if done >= 20:
            from pathlib import Path
            tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
            pids = [pid for task in tasks for pid in (task / "children").read_text().split()]
            print(*pids, flush=True)
            os._exit(9)
    run_batch([FakeScenario(pause=0.02)], replications=2000, workers=2, out=sys.argv[1],
              replicate=replicate, progress=stop)
"""
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    finished = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        check=False,
    )
    # subprocess.run returns only when every holder of the pipe is gone, workers included.
    assert finished.returncode == 9
    pids = [int(pid) for pid in finished.stdout.split()]
    assert len(pids) >= 2  # workers, and the libraries' own helpers
    until = time.monotonic() + 5
    while any(_runs(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(_runs(pid) for pid in pids)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 2}, "seed 1, not 2"),
        ({"scenarios": TWO[:1]}, "scenarios low, high, not low"),
        ({"scenarios": (replace(TWO[0], rate=0.3), TWO[1])}, "scenario low has changed"),
    ],
)
def test_another_batch_is_refused(
    reference: Path, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    before = digests(reference)
    with pytest.raises(InputError, match=said):
        run(**({"replications": 3, "out": reference} | change))
    assert digests(reference) == before


def test_another_results_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(replications=3, out=tmp_path / "o")
    for module in ("sim.records.manifest", "sim.records.sound", "sim.experiment.plan"):
        monkeypatch.setattr(f"{module}.RESULTS_VERSION", "next")
    with pytest.raises(
        InputError, match=f"results version '{RESULTS_VERSION}', this program writes 'next'"
    ):
        run(replications=3, out=tmp_path / "o")
    version = f"results version .?{RESULTS_VERSION}.?"
    with pytest.raises(InputError, match=version):
        open_batch(tmp_path / "o")


def test_foreign_folders_are_refused_and_foreign_files_spared(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("ten years of work", encoding="utf-8")
    (folder / "counts.csv").write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine: is not empty .*counts\.csv"):
        run(replications=2, out=folder)
    with pytest.raises(InputError, match=r"did not write \(counts\.csv, thesis\.txt\)"):
        run(replications=2, out=folder, overwrite=True)
    assert sorted(path.name for path in folder.iterdir()) == ["counts.csv", "thesis.txt"]
    other = tmp_path / "ours"
    run(replications=2, out=other)
    run(replications=2, seed=5, out=other, overwrite=True)
    assert open_batch(other).manifest["seed"] == 5
    (other / "thesis.txt").write_text("ten years of work", encoding="utf-8")
    run(replications=3, seed=5, out=other)  # beside our files others may lie
    with pytest.raises(InputError, match=r"did not write \(thesis\.txt\)"):
        run(replications=2, seed=6, out=other, overwrite=True)
    assert open_batch(other).manifest["replications"] == 3


def test_overwrite_runs_everything_again(tmp_path: Path) -> None:
    told: list[int] = []
    run(replications=4, out=tmp_path / "o")
    run(replications=4, out=tmp_path / "o", overwrite=True, progress=lambda d, t: told.append(d))
    assert told[0] == 0


def test_folders_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for bad in (tmp_path / "file", tmp_path / "file" / "deeper", "/proc/nowhere", "nul\0byte"):
        with pytest.raises(InputError, match=r"^out "):
            run(replications=1, out=bad)
    with pytest.raises(InputError, match="cannot be written to"):
        run(replications=1, out=tmp_path / "new" / ("x" * 300))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("number", [0, -1, 1_000_001, 2.5, True, "7"])
def test_absurd_replications_are_refused(tmp_path: Path, number: Any) -> None:
    with pytest.raises(InputError, match=r"^replications is .* from 1 to 1,000,000"):
        run(replications=number, out=tmp_path / "o")
    assert not (tmp_path / "o").exists()


def test_other_bad_numbers_and_names_are_refused() -> None:
    for options in ({"seed": -1}, {"seed": 2**63}, {"workers": 0}, {"workers": 5000}):
        with pytest.raises(InputError, match=next(iter(options))):
            run(replications=1, **options)
    with pytest.raises(InputError, match="'low' is given twice"):
        run((TWO[0], TWO[0]), replications=1)
    with pytest.raises(InputError, match="no scenario"):
        run((), replications=1)


def test_without_a_folder_the_tables_live_with_the_batch() -> None:
    batch = run(replications=3)
    folder = batch.folder
    assert len(batch.replications) == 6
    assert len(batch.parameters) == 12
    assert len(batch.ccgs) == 6 * 191
    assert batch.places["p_one_ccg"].between(0, 1).all()
    del batch
    assert not folder.exists()


def test_tables_agree_with_each_other(reference: Path) -> None:
    batch = open_batch(reference)
    keys = ["scenario", "replication"]
    final = batch.replications.set_index(keys)["final_ccgs"]
    last = batch.counts.groupby(keys, sort=False)["ccgs"].last()
    pd.testing.assert_series_equal(final, last, check_names=False, check_index=False)
    living = batch.ccgs.groupby(keys, sort=False)["successor"].nunique()
    assert (living.to_numpy() == final.to_numpy()).all()
    by_date = batch.systems.groupby([*keys, "date"], sort=False)["ccgs"].sum()
    assert (by_date.to_numpy() == batch.counts["ccgs"].to_numpy()).all()
    lost = (~batch.ballots["carried"]).groupby([batch.ballots[k] for k in keys]).sum()
    stated = batch.replications.set_index(keys)["ballots_lost"]
    assert (lost.reindex(stated.index, fill_value=0) == stated).all()


def test_csv_copies_hold_the_same(reference: Path, tmp_path: Path) -> None:
    written = write_csv(reference, to=tmp_path / "csv")
    assert [path.name for path in written] == [f"{table.name}.csv" for table in TABLES]
    for table, path in zip(TABLES, written, strict=True):
        frame, copy = pq.read_table(reference / table.file).to_pandas(), pd.read_csv(path)
        assert list(copy.columns) == list(frame.columns)
        assert len(copy) == len(frame)
        assert list(copy["scenario"]) == list(frame["scenario"])
    ccgs = pd.read_csv(tmp_path / "csv" / "ccgs.csv")
    assert ccgs["merged_on"].dropna().str.fullmatch(r"20\d\d-04-01").all()


@pytest.mark.parametrize("engine", ["stand-in", "shipped"])
def test_workers_load_no_pandas_and_no_arrow(tmp_path: Path, engine: str) -> None:
    """A whole task runs in a fresh interpreter, and what it loaded is looked at."""
    shipped = engine == "shipped"
    code = f"""
import os, sys
from pathlib import Path
from sim.experiment.tasks import Job, Task
from sim.experiment.workers import _job_file, _start_worker, _work
from sim.world import load_world
if {shipped}:
    from sim.scenario import load_scenario
    scenario, replicate = load_scenario("as_written"), None
else:
    from tests.records.fake_engine import FakeScenario, replicate
    scenario = FakeScenario()
job = Job((scenario,), (load_world(),), (0,), 1, {str(tmp_path)!r},
          {{(0, "runs"): "runs-" + 32 * "a"}}, {{}}, replicate)
with _job_file(job) as path:
    _start_worker(str(path), os.getppid(), direct=True)
    assert _work(str(path), Task(0, 0, 2)).tried == 2
heavy = {{"pandas", "pyarrow", "seaborn", "matplotlib", "scipy.stats"}}
print(sorted(heavy & set(sys.modules)))
"""
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
    assert list(tmp_path.glob("*.shard"))


def test_tiny_work_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a pool was started")

    monkeypatch.setattr(workers_module, "_start", refuse)
    shipped = [load_scenario("as_written")]
    run_batch(shipped, replications=1, workers=2)
    with pytest.raises(AssertionError):
        run_batch(shipped, replications=9, workers=2)
    with pytest.raises(AssertionError):  # somebody's own engine may take its process along
        run(replications=1, workers=2)
