"""Runs replications, here or in a pool of worker processes, and keeps each range as a shard.

A worker gets the worlds and scenarios once, then tasks of a few integers; it writes its shard
itself and hands back only the task, so nothing heavy travels. Nothing here or below loads pandas
or Arrow. Results do not depend on workers: a replication's luck is its number's.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from sim.agents.log import Event
from sim.records.folds import final_count, fold
from sim.records.shards import pack, squeeze, write_shard
from sim.world.errors import InputError
from sim.world.model import World

if TYPE_CHECKING:
    from sim.scenario import Scenario

RUNS: Final = "runs"
"""The series of ordinary replications; other series are named by the luck they exchange."""
FRESH_LUCK: Final = 1_000_000_000
"""Added to a replication's number to name luck that no ordinary replication uses."""
TINY: Final = 8
"""Up to so many replications are run in this process: starting workers would take longer."""
MOST_YOUNG: Final = 100_000
"""Young objects before a worker looks for circles: replications leave next to none behind."""


class Log(Protocol):
    """What the engine hands back of one replication."""

    @property
    def events(self) -> tuple[Event, ...]:
        """All events, oldest first."""

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters that it drew."""


class Replicate(Protocol):
    """The engine: runs one replication of a scenario on a world."""

    def __call__(
        self,
        world: World,
        scenario: Scenario,
        seed: int,
        replication: int,
        swaps: Mapping[str, int] | None = None,
    ) -> Log:
        """Run one replication; ``swaps`` takes a luck group from another replication."""


class ReplicationError(RuntimeError):
    """One replication failed; the message says which, so that it can be run again alone."""


class Interrupted(Exception):  # noqa: N818 - what happened, not an error
    """The user stopped the run; what was finished is on disk."""


@dataclass(frozen=True, slots=True)
class Task:
    """A range of replications of one scenario in one series."""

    scenario: int
    first: int
    count: int
    series: str = RUNS


@dataclass(frozen=True, slots=True)
class Job:
    """What every worker needs to know, sent once.

    ``worlds`` holds each distinct world once; ``world_of`` says which is a scenario's. ``keys``
    names the shards of a (scenario, series). ``groups`` lists the luck groups that each series
    takes from fresh luck.
    """

    scenarios: tuple[Scenario, ...]
    worlds: tuple[World, ...]
    world_of: tuple[int, ...]
    seed: int
    folder: str
    keys: Mapping[tuple[int, str], str]
    groups: Mapping[str, tuple[str, ...]]
    replicate: Replicate | None = None


def engine() -> Replicate:
    """Return the engine, loaded only where replications are run."""
    from sim.agents import replicate_log

    return replicate_log


def run_task(job: Job, task: Task) -> Task:
    """Run one range, write its shard and return what was run.

    Interrupted half-way it keeps the replications that it has finished and raises again.

    Raises:
        ReplicationError: a replication failed.
        InputError: the user's input turned out to be wrong.
    """
    replicate = job.replicate or engine()
    payload: list[Any] = []
    try:
        for replication in range(task.first, task.first + task.count):
            payload.append(_one(job, task, replication, replicate))
    except KeyboardInterrupt:
        if payload:
            _keep(job, task, payload)
        raise
    _keep(job, task, payload)
    return task


def _keep(job: Job, task: Task, payload: list[Any]) -> None:
    kept = squeeze(payload) if task.series == RUNS else payload
    write_shard(Path(job.folder), job.keys[task.scenario, task.series], task.first, kept)


def _one(job: Job, task: Task, replication: int, replicate: Replicate) -> Any:
    """Run one replication and return what its shard keeps."""
    scenario = job.scenarios[task.scenario]
    world = job.worlds[job.world_of[task.scenario]]
    groups = job.groups.get(task.series, ())
    swaps = dict.fromkeys(groups, replication + FRESH_LUCK) if groups else None
    try:
        log = replicate(world, scenario, job.seed, replication, swaps)
        if task.series != RUNS:
            return final_count(log.events, world)
        start: date = scenario.start
        return pack(fold(log.events, log.parameters, world, start, scenario.end))
    except (InputError, MemoryError):
        raise
    except Exception as error:
        raise ReplicationError(
            f"scenario '{scenario.name}', seed {job.seed}, replication {replication}: "
            f"{type(error).__name__}: {error}"
        ) from error


def run_tasks(
    job: Job,
    tasks: Iterable[Task],
    *,
    workers: int,
    start_method: str = "spawn",
    finished: Callable[[Task], None] = lambda task: None,
) -> None:
    """Run tasks in order on so many workers; in this process if there is only one.

    Args:
        job: worlds, scenarios, seed and where shards go.
        tasks: what to run.
        workers: number of worker processes.
        start_method: how processes start: ``spawn``, ``fork`` or ``forkserver``.
        finished: told of each task when its shard is written.

    Raises:
        Interrupted: the user stopped the run (Ctrl-C); no process is left behind.
        ReplicationError: a replication failed.
    """
    try:
        if workers == 1:
            for task in tasks:
                finished(run_task(job, task))
        else:
            _run_in_pool(job, iter(tasks), workers, start_method, finished)
    except KeyboardInterrupt:
        raise Interrupted from None


GRACE: Final = 3.0  # seconds that idle workers get to leave by themselves
_jobs: Final[list[Job]] = []
"""In a worker process: the one job that it was started for."""


def _start_worker(job: Job) -> None:
    """Prepare a worker: keep the job, leave Ctrl-C to the parent, never outlive the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # the world and the libraries live as long as the worker: no need to look at them
    gc.set_threshold(MOST_YOUNG)
    _jobs[:] = [job]
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _run_in_worker(task: Task) -> Task:
    return run_task(_jobs[0], task)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while processes start, so that none is met by it half-made.

    Children inherit the mask, which also spares them the signal that a terminal sends to all.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run_in_pool(
    job: Job,
    tasks: Iterator[Task],
    workers: int,
    start_method: str,
    finished: Callable[[Task], None],
) -> None:
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context(start_method), initializer=_start_worker, initargs=(job,)
    )
    waiting: set[Future[Task]] = set()
    try:
        more = True
        while more or waiting:
            # A short queue keeps memory flat however many tasks there are.
            while more and len(waiting) < 3 * workers:
                task = next(tasks, None)
                if task is None:
                    more = False
                    break
                with _interrupts_held():
                    waiting.add(pool.submit(_run_in_worker, task))
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                finished(future.result())
    except BaseException:
        _stop(pool, waiting)
        raise
    pool.shutdown()


def _stop(pool: ProcessPoolExecutor, waiting: set[Future[Task]]) -> None:
    """Let running ranges finish and drop the rest; a second Ctrl-C ends the workers at once.

    The pool is not waited for itself: one that is shut down while its last ranges run can leave a
    worker that is never told to go, and would wait for it for ever.
    """
    processes = list((getattr(pool, "_processes", None) or {}).values())
    patience = GRACE
    try:
        wait({future for future in waiting if not future.cancel()})
    except KeyboardInterrupt:
        patience = 0.0
    pool.shutdown(wait=False, cancel_futures=True)
    until = time.monotonic() + patience
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))
        if process.is_alive():
            process.terminate()
            process.join()
