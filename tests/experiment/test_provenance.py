"""Which code made a batch: noted when it is run, asked where one code is promised."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.evidence.fit import FitSettings, Wave, fit, history_wave
from sim.evidence.fit.posterior import design
from sim.evidence.proof import prove
from sim.evidence.publish import make_forecast
from sim.experiment.batch import Batch, run_batch
from sim.experiment.provenance import IDENTITY, codes_of, refuse_other_code
from sim.records.code import FLOORS, PACKAGE, package_code, replication_code
from sim.records.shards import SHARD_FOLDER
from sim.world import InputError
from tests.records.fake_engine import FakeScenario, replicate
from tests.replications_of_other_code import OTHER, mark_as_other_code

REFUSED = r"holds replications made by other code \(.*use overwrite=True, or another out"


def run(folder: Path, number: int = 4, **options: Any) -> Batch:
    return run_batch(
        [FakeScenario()],  # type: ignore[list-item]
        replications=number,
        workers=1,
        out=folder,
        replicate=replicate,  # type: ignore[arg-type]
        **options,
    )


def test_the_code_is_noted_beside_the_shards_and_in_no_table(tmp_path: Path) -> None:
    batch = run(tmp_path / "o")
    assert codes_of(tmp_path / "o") == (replication_code(),)
    assert replication_code() not in (tmp_path / "o" / "manifest.json").read_text()
    assert "code" not in batch.manifest


def test_an_ordinary_folder_goes_on_after_a_change_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    run(folder)
    before = (folder / "manifest.json").read_bytes()
    mark_as_other_code(folder)
    run(folder)  # finished: nothing is run, so nothing is signed
    assert codes_of(folder) == (OTHER,)
    run(folder, 6)
    assert codes_of(folder) == (OTHER, replication_code())
    run(folder, 4)
    assert (folder / "manifest.json").read_bytes() == before


def test_replications_of_other_code_are_refused_where_one_code_is_promised(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    run(folder, one_code=True)
    told: list[int] = []
    run(folder, one_code=True, progress=lambda done, total: told.append(done))
    assert told == [4]  # the same code: reused
    mark_as_other_code(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for number in (4, 6):
        with pytest.raises(InputError, match=REFUSED):
            run(folder, number, one_code=True)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    run(folder, 6)  # some of other code, some of ours
    with pytest.raises(InputError, match=REFUSED):
        run(folder, 6, one_code=True)
    run(folder, 6, one_code=True, overwrite=True)
    assert codes_of(folder) == (replication_code(),)


@pytest.mark.parametrize("gone", ["note", "key", "shards"])
def test_a_batch_without_a_note_is_of_unknown_code(tmp_path: Path, gone: str) -> None:
    folder = tmp_path / "o"
    run(folder)
    note = folder / SHARD_FOLDER / IDENTITY
    if gone == "note":
        note.unlink()
    elif gone == "key":
        note.write_text(json.dumps({"results_version": "2", "identity": "x", "seed": 1}))
    else:
        shutil.rmtree(folder / SHARD_FOLDER)
    assert codes_of(folder) == ("unknown",)
    with pytest.raises(InputError, match=REFUSED):
        run(folder, one_code=True)


def test_a_folder_without_replications_is_of_no_code(tmp_path: Path) -> None:
    assert codes_of(tmp_path / "none") == ()
    run(tmp_path / "o")
    mark_as_other_code(tmp_path / "o")
    (tmp_path / "o" / "manifest.json").unlink()
    for shard in (tmp_path / "o" / SHARD_FOLDER).glob("*.shard"):
        shard.unlink()
    assert refuse_other_code([tmp_path / "none", tmp_path / "o"]) == replication_code()


@pytest.mark.parametrize(
    ("file", "counts"),
    [(f"{floor}/new.py", True) for floor in FLOORS]
    + [("views/story.py", False), ("evidence/facts.py", False), ("cli.py", False)]
    + [("agents/notes.md", False)],
)
def test_code_is_what_can_change_a_replication(tmp_path: Path, file: str, counts: bool) -> None:
    package = tmp_path / "sim"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("data", "__pycache__"))
    assert replication_code(package) == replication_code()
    (package / file).write_text("changed = True\n", encoding="utf-8")
    assert (replication_code(package) != replication_code()) == counts
    assert (package_code(package) != package_code()) == file.endswith(".py")


# -- Who promises one code -------------------------------------------------------------------------


def of_a_wave(wave: Wave, folder: Path, number: int = 3, **options: Any) -> None:
    design(wave, folder, (), FitSettings(folder, number, 1, 1, **options))


def test_a_wave_is_not_extended_by_other_code(tmp_path: Path) -> None:
    wave = history_wave()
    of_a_wave(wave, tmp_path / "w")
    of_a_wave(wave, tmp_path / "w", 4)
    mark_as_other_code(tmp_path / "w")
    with pytest.raises(InputError, match=REFUSED):
        of_a_wave(wave, tmp_path / "w", 4)
    of_a_wave(wave, tmp_path / "w", 4, overwrite=True)
    assert codes_of(tmp_path / "w") == (replication_code(),)


def small_fit(folder: Path) -> None:
    fit((never_run(),), FitSettings(folder, 200, 1, 1), ballots=False, checks=200)


def small_proof(folder: Path) -> None:
    prove((never_run(),), FitSettings(folder, 200, 1, 1), truths=20)


def small_forecast(folder: Path) -> None:
    from datetime import date

    make_forecast(folder, made_on=date(2020, 4, 2), replications=2, seed=1, workers=1)


def never_run() -> Wave:
    """Return a wave whose scenario cannot be loaded, to show that nothing was run."""
    wave = history_wave()
    return replace(wave, tables=wave.tables | {"extends": "no such scenario"})


BATCHES = FitSettings(Path(), 200, 1)


@pytest.mark.parametrize(
    ("go", "batch"),
    [
        (small_fit, BATCHES.batch("first", history_wave())),
        (small_fit, BATCHES.batch("second", history_wave())),
        (small_fit, BATCHES.batch("check", history_wave())),
        (small_proof, BATCHES.batch("truths_0", history_wave())),
        (small_forecast, Path("from_2019_06")),
        (small_forecast, Path("without_pushes")),
    ],
)
def test_old_batches_are_refused_before_anything_is_run(
    tmp_path: Path, go: Callable[[Path], None], batch: Path
) -> None:
    """Also where the first batches are fine, so that nobody waits for hours for the refusal."""
    run(tmp_path / batch)
    mark_as_other_code(tmp_path / batch)
    with pytest.raises(InputError, match=f"{batch}: {REFUSED}"):
        go(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [str(batch)]
