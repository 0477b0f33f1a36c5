"""What a batch is made of, and which of its replications still have to be run."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.experiment.folder import claim
from sim.experiment.workers import TINY, Interrupted, Job, Replicate, Task, run_tasks
from sim.records.manifest import RESULTS_VERSION, identity
from sim.records.shards import find_shards, missing_ranges, present, series_key
from sim.records.tables import BLOCK
from sim.world.errors import InputError
from sim.world.load import load_world
from sim.world.model import World

if TYPE_CHECKING:
    from sim.scenario import Scenario

MAXIMUM_REPLICATIONS: Final = 1_000_000
MAXIMUM_SEED: Final = 2**63 - 1
MAXIMUM_WORKERS: Final = 1024

Progress = Callable[[int, int], None]
"""Told how many replications are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch is made of: distinct worlds, which scenario uses which, shard series."""

    worlds: tuple[World, ...]
    world_of: tuple[int, ...]
    digests: tuple[str, ...]
    keys: tuple[str, ...]
    claim: dict[str, Any]


def make_plan(scenarios: Sequence[Scenario], seed: int, worlds: Mapping[str, World]) -> Plan:
    """Load each world once and name the batch."""
    names = list(dict.fromkeys(scenario.world for scenario in scenarios))
    loaded = tuple(worlds[name] if name in worlds else load_world(name) for name in names)
    world_of = tuple(names.index(scenario.world) for scenario in scenarios)
    digests = tuple(loaded[position].digest for position in world_of)
    ours = claim(identity(scenarios, digests, seed), seed, RESULTS_VERSION, scenarios, digests)
    keys = tuple(series_key(i, scenario.digest) for i, scenario in enumerate(scenarios))
    return Plan(loaded, world_of, digests, keys, ours)


def job_of(
    scenarios: Sequence[Scenario],
    plan: Plan,
    seed: int,
    shards: Path,
    series: Mapping[str, tuple[str, ...]],
    replicate: Replicate | None,
) -> Job:
    """Return what workers need: a plan's worlds and the shard names of some series.

    ``series`` maps each series to the luck groups that it takes from fresh luck.
    """
    keys = {
        (position, name): series_key(position, scenario.digest, name)
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
        series: the series to run and the luck groups that each takes from fresh luck.
        worlds: worlds already loaded, by the name that scenarios use.
        replicate: the engine, or None for the shipped one.
    """
    return job_of(scenarios, make_plan(scenarios, seed, worlds), seed, shards, series, replicate)


def _whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{name} is {value!r}; must be a whole number from {low} to {high:,}")


def check_numbers(
    scenarios: Sequence[Scenario], replications: int, seed: int, workers: int | None
) -> None:
    """Refuse numbers that are out of range and scenarios that share a name.

    Raises:
        InputError: names the option, its value and what is allowed.
    """
    _whole("--replications", replications, 1, MAXIMUM_REPLICATIONS)
    _whole("--seed", seed, 0, MAXIMUM_SEED)
    if workers is not None:
        _whole("--workers", workers, 1, MAXIMUM_WORKERS)
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


def run_missing(
    job: Job,
    replications: int,
    workers: int | None,
    start_method: str,
    progress: Progress,
) -> int:
    """Run what a job's series still lack and return how many replications they now hold.

    Ranges go by replication first, then by series, so that a stopped run leaves all alike. The
    result falls short of series x replications only if the user interrupted.
    """
    folder = Path(job.folder)
    have = {series: present(find_shards(folder, key)) for series, key in job.keys.items()}
    total = replications * len(job.keys)
    done = sum(len(numbers & set(range(replications))) for numbers in have.values())
    missing = total - done
    number = workers if workers is not None else cores()
    longest = max(1, min(BLOCK, -(-missing // (4 * number))))
    tasks = sorted(
        (
            Task(scenario, part.start, len(part), series)
            for (scenario, series), numbers in have.items()
            for part in missing_ranges(numbers, replications, longest)
        ),
        key=lambda task: (task.first, task.scenario),
    )
    del have
    progress(done, total)

    def finished(task: Task) -> None:
        nonlocal done
        done += task.count
        progress(done, total)

    if not tasks:
        return done
    try:
        run_tasks(
            job,
            tasks,
            workers=1 if missing <= TINY else min(number, len(tasks)),
            start_method=start_method,
            finished=finished,
        )
    except Interrupted:
        # Ranges may have been finished by workers, or half a range kept, after the last report.
        held = (present(find_shards(folder, key)) for key in job.keys.values())
        return sum(len(numbers & set(range(replications))) for numbers in held)
    return done
