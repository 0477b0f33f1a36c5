"""Ranges of replications: what a worker is given, what it does, and what it reports.

A worker gets the worlds and scenarios once, then tasks of a few integers; it writes its shard
itself and hands back only what came of it, so nothing heavy travels. Nothing here or below loads
pandas or Arrow. Results do not depend on workers: a replication's random numbers are its number's.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from sim.agents.log import Event
from sim.records.folds import final_count, fold
from sim.records.shards import misfit, pack, squeeze, write_shard
from sim.world.model import World

if TYPE_CHECKING:
    from sim.scenario import Scenario

RUNS: Final = "runs"
"""The series of ordinary replications; other series are named by the streams they exchange."""
FRESH_STREAMS: Final = 1_000_000_000
"""Added to a replication's number to name random streams that no ordinary replication uses."""
LONGEST_TEXT: Final = 20_000
"""Letters that are kept of an error's message or traceback."""


class LogLike(Protocol):
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
    ) -> LogLike:
        """Run one replication; ``swaps`` takes a group of streams from another replication."""


@dataclass(frozen=True, slots=True)
class Task:
    """A range of replications of one scenario in one series: what a worker is given each time."""

    scenario: int
    first: int
    count: int
    series: str = RUNS


@dataclass(frozen=True, slots=True)
class Failure:
    """A replication that ended in an error: which, what was raised, and where."""

    scenario: int
    series: str
    replication: int
    error: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task: how many of its replications were tried, and those that failed.

    Fewer are tried than the task holds only where the run was asked to stop.
    """

    task: Task
    tried: int
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """What every worker needs to know, sent to each once: the plan's worlds and its shards' names.

    ``worlds`` holds each distinct world once; ``world_of`` says which is a scenario's. ``keys``
    names the shards of a (scenario, series). ``groups`` lists the groups of random
    streams that each series takes from replications that no batch uses.
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


def run_task(
    job: Job,
    task: Task,
    stopping: Callable[[], bool] = lambda: False,
    *,
    interruptible: bool = True,
) -> Outcome:
    """Run one range, write what succeeded as shards and return what came of it.

    A replication that raises is left out and reported; the others go on. Told to stop, or
    interrupted, it keeps the replications that it has finished.

    Args:
        job: worlds, scenarios, seed and where shards go.
        task: the range.
        stopping: asked before each replication whether to go no further.
        interruptible: whether Ctrl-C reaches this process; elsewhere a KeyboardInterrupt is an
            error of the replication like any other.

    Raises:
        OSError: a shard could not be written.
        KeyboardInterrupt: the user interrupted; what was finished is kept.
    """
    replicate = job.replicate or engine()
    failures: list[Failure] = []
    done: list[Any] = []
    number = task.first
    try:
        while number < task.first + task.count and not stopping():
            try:
                done.append(_one(job, task, number, replicate))
            except BaseException as error:  # also SystemExit: no replication ends a whole batch
                if interruptible and isinstance(error, KeyboardInterrupt):
                    raise
                failures.append(_failure(task, number, error))
                _keep(job, task, number - len(done), done)
                done = []
            number += 1
    except KeyboardInterrupt:
        _keep(job, task, number - len(done), done)
        raise
    _keep(job, task, number - len(done), done)
    return Outcome(task, number - task.first, tuple(failures))


def _keep(job: Job, task: Task, first: int, done: list[Any]) -> None:
    if done:
        kept = squeeze(done) if task.series == RUNS else done
        write_shard(Path(job.folder), job.keys[task.scenario, task.series], first, kept)


def _failure(task: Task, number: int, error: BaseException) -> Failure:
    try:
        said = " ".join(str(error).split())
    except Exception:  # an error that cannot say what is wrong is one that says nothing
        said = ""
    where = "".join(traceback.format_exception(error))
    kind = type(error).__name__
    return Failure(
        task.scenario,
        task.series,
        number,
        _clean(f"{kind}: {said}"[:LONGEST_TEXT] if said else kind),
        _clean(where[-LONGEST_TEXT:]),
    )


def _clean(text: str) -> str:
    """Return text that can be kept: half of a pair is shown by its number."""
    return text.encode("utf-8", "backslashreplace").decode()


def _one(job: Job, task: Task, replication: int, replicate: Replicate) -> Any:
    """Run one replication and return what its shard keeps."""
    scenario = job.scenarios[task.scenario]
    world = job.worlds[job.world_of[task.scenario]]
    groups = job.groups.get(task.series, ())
    swaps = dict.fromkeys(groups, replication + FRESH_STREAMS) if groups else None
    log = replicate(world, scenario, job.seed, replication, swaps)
    if task.series != RUNS:
        return final_count(log.events, world)
    start: date = scenario.start
    packed = pack(fold(log.events, log.parameters, world, start, scenario.end))
    wrong = misfit(packed)
    if wrong is not None:  # it fails here, alone, and not in the tables of all
        raise ValueError(f"what it came to does not fit the columns of the table {wrong}")
    return packed
