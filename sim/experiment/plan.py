"""What a batch is made of, and which of its replications still have to be run."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

from sim.errors import InputError
from sim.experiment.folder import claim
from sim.experiment.tasks import RUNS, Failure, Job, Outcome, Replicate, Task
from sim.experiment.workers import METHODS, TINY, Interrupted, run_tasks
from sim.records.manifest import RESULTS_VERSION, identity
from sim.records.shards import ShardName, read_counts, series_key, shard_bytes
from sim.records.store import all_shards, find_shards, held, missing_ranges
from sim.records.tables import BLOCK
from sim.world.load import load_world
from sim.world.model import World

if TYPE_CHECKING:
    from sim.scenario import Scenario

MAXIMUM_REPLICATIONS: Final = 1_000_000
MAXIMUM_SEED: Final = 2**63 - 1
MAXIMUM_WORKERS: Final = 1024

Progress = Callable[[int, int], None]
"""Told how many replications are done, and of how many."""


class BatchOptions(TypedDict, total=False):
    """The keywords of ``run_batch``, for functions that hand them on; it says what each means."""

    replications: int
    seed: int
    workers: int | None
    out: str | Path | None
    overwrite: bool
    one_code: bool
    allow_failures: bool
    progress: Progress | None
    command: str
    start_method: str
    executor: Executor | None
    former_counts: Collection[int] | None
    worlds: Mapping[str, World] | None
    replicate: Replicate | None


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """A batch as a whole: each distinct world, which scenario uses which, its shards and identity.

    ``api.Checked`` holds scenarios that may be run; a plan is what one batch of them is called.
    """

    worlds: tuple[World, ...]
    world_of: tuple[int, ...]
    digests: tuple[str, ...]
    keys: tuple[str, ...]
    claim: dict[str, Any]


def make_plan(scenarios: Sequence[Scenario], seed: int, worlds: Mapping[str, World]) -> BatchPlan:
    """Load each world once and name the batch."""
    names = list(dict.fromkeys(scenario.world for scenario in scenarios))
    loaded = tuple(worlds[name] if name in worlds else load_world(name) for name in names)
    world_of = tuple(names.index(scenario.world) for scenario in scenarios)
    digests = tuple(loaded[position].digest for position in world_of)
    ours = claim(identity(scenarios, digests, seed), seed, RESULTS_VERSION, scenarios, digests)
    keys = tuple(
        _key(RUNS, scenario, world, seed)
        for scenario, world in zip(scenarios, digests, strict=True)
    )
    return BatchPlan(loaded, world_of, digests, keys, ours)


def _key(series: str, scenario: Scenario, world: str, seed: int) -> str:
    """Return the name of a series' shards: all that decides what its replications are."""
    return series_key(series, RESULTS_VERSION, scenario.digest, world, str(seed))


def job_of(
    scenarios: Sequence[Scenario],
    plan: BatchPlan,
    seed: int,
    shards: Path,
    series: Mapping[str, tuple[str, ...]],
    replicate: Replicate | None,
) -> Job:
    """Return what workers need: a plan's worlds and the shard names of some series.

    ``series`` maps each series to the groups of random streams that it takes from replications
    that no batch uses.
    """
    keys = {
        (position, name): _key(name, scenario, plan.digests[position], seed)
        for position, scenario in enumerate(scenarios)
        for name in series
    }
    return Job(
        scenarios=tuple(scenarios),
        worlds=plan.worlds,
        world_of=plan.world_of,
        seed=seed,
        folder=str(shards),
        keys=keys,
        groups=dict(series),
        replicate=replicate,
    )


def job_for(
    scenarios: Sequence[Scenario],
    seed: int,
    shards: Path,
    series: Mapping[str, tuple[str, ...]],
    worlds: Mapping[str, World],
    replicate: Replicate | None,
) -> Job:
    """Return the job of running some series of these scenarios, worlds loaded.

    Args:
        scenarios: the scenarios, in the batch's order.
        seed: the master seed.
        shards: the batch's shard folder.
        series: the series to run and the groups of random streams that each takes from a
            replication that no batch uses.
        worlds: worlds already loaded, by the name that scenarios use.
        replicate: the engine, or None for the shipped one.
    """
    return job_of(scenarios, make_plan(scenarios, seed, worlds), seed, shards, series, replicate)


def _whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        message = f"is {value!r}; must be a whole number from {low} to {high:,}"
        raise InputError(message, argument=name)


def check_numbers(
    scenarios: Sequence[Scenario],
    replications: int,
    seed: int,
    workers: int | None,
    start_method: str = METHODS[0],
) -> None:
    """Refuse numbers that are out of range and scenarios that share a name.

    Raises:
        InputError: names the argument, its value and what is allowed.
    """
    _whole("replications", replications, 1, MAXIMUM_REPLICATIONS)
    _whole("seed", seed, 0, MAXIMUM_SEED)
    if workers is not None:
        _whole("workers", workers, 1, MAXIMUM_WORKERS)
    if start_method not in METHODS:
        raise InputError(f"start_method is {start_method!r}; must be one of {', '.join(METHODS)}")
    if not scenarios:
        raise InputError("no scenario given")
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"scenario name '{name}' is given twice; names must differ")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class BatchInterrupted(Exception):  # noqa: N818 - what happened, not an error
    """The user stopped the batch; finished replications are kept and the same call goes on."""

    def __init__(self, done: int, total: int, folder: Path | None) -> None:
        if folder is None:
            message = (
                f"{done} of {total} replications were run; without a results folder none is kept"
            )
        else:
            message = f"{done} of {total} replications are kept in {folder}; "
            message += "the same command goes on from there"
        super().__init__(f"interrupted: {message}")
        self.done = done
        self.total = total
        self.folder = folder


@dataclass(frozen=True, slots=True)
class Ran:
    """How far a run has come: replications kept, of how many, and those that failed.

    ``interrupted`` says that the user stopped it.
    """

    kept: int
    total: int
    failures: tuple[Failure, ...]
    interrupted: bool = False


def kept(job: Job, replications: int, starts: Mapping[tuple[int, str], int] | None = None) -> int:
    """Return how many replications a job's series hold; see ``run_missing`` for ``starts``."""
    folder = Path(job.folder)
    found = all_shards(folder)
    starts = starts or {}
    return sum(
        _held(folder, series, key, starts.get(series, 0), found, replications).count(1)
        for series, key in job.keys.items()
    )


def kept_beyond(job: Job, replications: int, before: int) -> int:
    """Return how many replications from ``replications`` to ``before`` all series hold, or none.

    Judged by the names of the shards alone.
    """
    found = all_shards(Path(job.folder))
    complete = all(
        held(found.get(key, ()), before, replications).count(1) == before
        for key in job.keys.values()
    )
    return max(0, before - replications) if complete else 0


def _held(
    folder: Path,
    series: tuple[int, str],
    key: str,
    start: int,
    found: Mapping[str, list[ShardName]],
    replications: int,
) -> bytearray:
    """Return a mark for each replication of a series: 1 where it need not be run."""
    # single numbers are few, so they are read at once; rows are looked at when tables are written
    sound = shard_bytes if series[1] == RUNS else read_counts
    return held(find_shards(folder, key, start, found, sound), replications, start)


def run_missing(
    job: Job,
    replications: int,
    workers: int | None,
    start_method: str,
    progress: Progress,
    *,
    starts: Mapping[tuple[int, str], int] | None = None,
    executor: Executor | None = None,
    apart: bool = False,
) -> Ran:
    """Run what a job's series still lack and say how far it has come.

    Ranges go by replication first, then by series, so that a stopped run leaves all alike.

    Args:
        job: what workers need.
        replications: wanted of each series, from 0.
        workers: worker processes; by default one per core.
        start_method: how they start.
        progress: called with the number of replications run (or failed) and the total.
        starts: replications of each series that need no shard, since tables hold them: those
            before this number.
        executor: runs the ranges instead of worker processes of our own.
        apart: run even a few replications in a worker process (unless ``workers`` is 1), since
            some have failed before and may take their process along.

    Raises:
        WorkersDied: worker processes die again and again.
        OSError: a shard could not be written.
    """
    folder = Path(job.folder)
    found = all_shards(folder)
    starts = starts or {}
    tasks: list[Task] = []
    total = replications * len(job.keys)
    done = 0
    number = workers if workers is not None else cores()
    marks = {}
    for series, key in job.keys.items():
        start = starts.get(series, 0)
        marks[series] = _held(folder, series, key, start, found, replications)
        done += marks[series].count(1)
    del found
    missing = total - done
    # an engine that somebody has made may take its process along
    few = missing <= TINY and not apart and job.replicate is None
    longest = max(1, min(BLOCK, -(-missing // (4 * number))))
    for (scenario, name), have in marks.items():
        tasks += [
            Task(scenario, part.start, len(part), name) for part in missing_ranges(have, longest)
        ]
    del marks
    tasks.sort(key=lambda task: (task.first, task.scenario))
    failures: list[Failure] = []
    progress(done, total)

    def finished(outcome: Outcome) -> None:
        nonlocal done
        done += outcome.tried
        failures.extend(outcome.failures)
        progress(done, total)

    interrupted = False
    if tasks:
        try:
            run_tasks(
                job,
                tasks,
                workers=min(number, len(tasks)),
                here=number == 1 or few,
                start_method=start_method,
                executor=executor,
                finished=finished,
            )
        except Interrupted:
            interrupted = True
    failures.sort(key=lambda failure: (failure.scenario, failure.series, failure.replication))
    # Ranges may have been finished by workers, or half a range kept, after the last report.
    have_now = kept(job, replications, starts) if interrupted else done - len(failures)
    return Ran(have_now, total, tuple(failures), interrupted)
