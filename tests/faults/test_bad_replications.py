"""A replication that misbehaves costs itself only, whatever it does, and is told of."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures import ThreadPoolExecutor as Threads
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from sim.errors import RunFailed
from sim.experiment.batch import Batch, ReplicationsFailed, run_batch
from sim.records.schema import TABLES
from tests.faults.engines import Engine
from tests.faults.small import SCENARIO, batch, contents, leftovers, small_world

NUMBER, AT = 20, 13
RAISES = {
    "memory": "MemoryError",
    "leave": "SystemExit: 5",
    "odd": "Odd: out of the ordinary",
    "unpicklable": "UnpicklableError: holds a lock",
    "speechless": "SpeechlessError",
    "rubbish": "AttributeError",
    "text for a number": "ValueError",
    "number for a text": "does not fit the columns of the table parameters",
    "no number": "does not fit the columns of the table parameters",
}
DIES = {"exit": "WorkerDied"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return small_world(tmp_path_factory.mktemp("bad"))


@pytest.fixture(scope="module")
def whole(world: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("whole") / "o"
    batch(world, folder, NUMBER)
    return contents(folder)


def failed(world: Any, folder: Path, engine: Engine, **options: Any) -> Batch:
    with pytest.raises(ReplicationsFailed) as caught:
        batch(world, folder / "o", NUMBER, replicate=engine, **options)
    said = str(caught.value)
    assert f"1 of {NUMBER} replications failed (small: {AT})" in said
    assert "only the failed ones again" in said
    return caught.value.batch


def check_failed(result: Batch, error: str) -> None:
    """Check tables of a batch of which one replication failed."""
    assert result.failed == {"small": (AT,)}
    [row] = result.failures.to_dict("records")
    assert (row["scenario"], row["replication"]) == ("small", AT)
    assert error in row["error"]
    assert ("Traceback" in row["traceback"]) == ("WorkerDied" not in error)
    present = sorted(set(range(NUMBER)) - {AT})
    for table in ("replications", "parameters", "counts"):
        assert sorted(getattr(result, table)["replication"].unique()) == present
    assert leftovers(result.folder) == []


@pytest.mark.parametrize("kind", RAISES)
def test_one_that_raises_in_this_process(
    world: Any, whole: dict[str, str], tmp_path: Path, kind: str
) -> None:
    engine = Engine(str(tmp_path), kind)
    check_failed(failed(world, tmp_path, engine), RAISES[kind])
    assert engine.calls == list(range(NUMBER))
    engine.forget()
    failed(world, tmp_path, engine)  # fails again: only it has been tried
    assert engine.calls == [AT]
    well = Engine(str(tmp_path))
    well.forget()
    batch(world, tmp_path / "o", NUMBER, replicate=well)
    assert well.calls == [AT]
    assert contents(tmp_path / "o") == whole


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["unpicklable", *DIES])
def test_one_that_raises_or_dies_in_a_worker(
    world: Any, whole: dict[str, str], tmp_path: Path, kind: str
) -> None:
    engine = Engine(str(tmp_path), kind)
    check_failed(failed(world, tmp_path, engine, workers=2), (RAISES | DIES)[kind])
    assert set(engine.calls) == set(range(NUMBER))
    engine.forget()
    failed(world, tmp_path, engine, workers=2)  # in a worker again, or this process would die
    assert set(engine.calls) == {AT}
    batch(world, tmp_path / "o", NUMBER)
    assert contents(tmp_path / "o") == whole


@pytest.mark.slow
def test_one_that_dies_once_costs_nothing(
    world: Any, whole: dict[str, str], tmp_path: Path
) -> None:
    for kind in ("exit", "writing"):
        folder = tmp_path / kind
        folder.mkdir()
        engine = Engine(str(folder), kind, AT, once=True)
        batch(world, folder / "o", NUMBER, workers=2, replicate=engine)
        assert (folder / "mark").exists()
        assert contents(folder / "o") == whole
        assert leftovers(folder / "o") == []


def test_all_that_fail_leave_empty_tables(world: Any, tmp_path: Path) -> None:
    def never(*arguments: Any) -> Any:
        raise LookupError("never")

    with pytest.raises(ReplicationsFailed, match=r"3 of 3 .*LookupError: never") as caught:
        batch(world, tmp_path / "o", 3, replicate=never)
    result = caught.value.batch
    assert {len(getattr(result, table.name)) for table in TABLES} == {0}
    assert list(result.failures["replication"]) == [0, 1, 2]
    allowed = run_batch(
        (SCENARIO,),  # type: ignore[arg-type]
        replications=3,
        worlds={"england_2019": world},
        workers=1,
        replicate=never,
        allow_failures=True,
    )
    assert allowed.failed == {"small": (0, 1, 2)}


# -- Executors of others -------------------------------------------------------------------------


def test_executors_of_others_give_the_same_bytes(
    world: Any, whole: dict[str, str], tmp_path: Path
) -> None:
    spawned = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    for name, executor in (("threads", Threads(2)), ("processes", spawned)):
        with executor:
            batch(world, tmp_path / name, NUMBER, workers=2, executor=executor)
            assert executor.submit(int, "7").result() == 7  # is left open
        assert contents(tmp_path / name) == whole
        assert leftovers(tmp_path / name) == []


class Breaks(Executor):
    """Does a few things and breaks."""

    def __init__(self, good: int, how: BaseException) -> None:
        self._good, self._how = good, how

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self._good > 0:
            self._good -= 1
            future.set_result(function(*arguments, **named))
        elif isinstance(self._how, BrokenExecutor):
            future.set_exception(self._how)
        else:
            raise self._how
        return future


@pytest.mark.parametrize(
    "how", [BrokenExecutor("gone"), RuntimeError("cannot schedule new futures after shutdown")]
)
def test_an_executor_that_breaks(
    world: Any, whole: dict[str, str], tmp_path: Path, how: BaseException
) -> None:
    said = r"the executor given has broken \(.*\); (\d+) of 20 replications are kept; the same"
    with pytest.raises(RunFailed, match=said) as caught:
        batch(world, tmp_path / "o", NUMBER, workers=1, executor=Breaks(2, how))
    assert "; 10 of 20" in str(caught.value)
    assert leftovers(tmp_path / "o") == []
    batch(world, tmp_path / "o", NUMBER)
    assert contents(tmp_path / "o") == whole


def test_a_worker_lost_by_another_executor(world: Any, tmp_path: Path) -> None:
    engine = Engine(str(tmp_path), "kill")
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor,
        pytest.raises(RunFailed, match=r"the executor given has broken .* are kept"),
    ):
        batch(world, tmp_path / "o", NUMBER, workers=1, executor=executor, replicate=engine)
    assert leftovers(tmp_path / "o") == []
