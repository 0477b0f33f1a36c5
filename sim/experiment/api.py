"""What Python code calls: scenarios and worlds by name, path or object; frozen results back.

``sim.replicate``, ``sim.run_batch`` and ``sim.compare`` are these functions, and the commands are
thin over them. Everything that can be wrong with the input is found before anything is written.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, Unpack

from sim.errors import InputError
from sim.experiment.plan import BatchOptions, Progress, check_numbers
from sim.experiment.tasks import Replicate
from sim.experiment.workers import METHODS
from sim.records.file_names import file_name
from sim.scenario import Scenario, load_scenario
from sim.world.load import load_world
from sim.world.model import World

if TYPE_CHECKING:
    from sim.experiment.batch import Batch
    from sim.experiment.compare import Comparison
    from sim.experiment.replicate import FinishedReplication

ScenarioLike: TypeAlias = Scenario | str | Path
"""A scenario, the name of a shipped one, or the path of a scenario file."""
WorldLike: TypeAlias = World | str | Path
"""A world, the name of a shipped one, or the path of a world folder."""

HEADLINE: Final = (
    "as_written",
    "as_happened",
    "typically_dropped",
    "hard_rule",
    "locally_led",
    "no_cost_cut",
)
"""The scenarios of the main job, in the order of its tables."""
LONGEST_FOLDER: Final = 100


@dataclass(frozen=True)
class Checked:
    """Scenarios that have been checked against their worlds, each world loaded once by name.

    What a caller holds before it decides on a batch, or where it runs none (``validate``).
    """

    scenarios: tuple[Scenario, ...]
    worlds: Mapping[str, World]

    def world_of(self, scenario: Scenario) -> World:
        """Return the world that a scenario runs on."""
        return self.worlds[scenario.world]


def check_scenarios(
    scenarios: Sequence[ScenarioLike], worlds: Mapping[str, World] | None = None
) -> Checked:
    """Load scenarios and their worlds and check that every place named exists.

    Args:
        scenarios: scenarios, shipped names or paths.
        worlds: worlds already loaded, by the name that scenarios use.

    Raises:
        InputError: the first thing that is wrong, with file, key, value and what is allowed.
    """
    from sim.experiment.replicate import check_world

    loaded = dict(worlds or {})
    found = tuple(as_scenario(scenario) for scenario in scenarios)
    for scenario in found:
        if scenario.world not in loaded:
            try:
                loaded[scenario.world] = load_world(scenario.world)
            except InputError as error:
                raise InputError(f"{scenario.source}: world: {error}") from None
        check_world(loaded[scenario.world], scenario)
    return Checked(found, loaded)


def default_folder(scenarios: Sequence[Scenario]) -> Path:
    """Return where a batch's results go by default: ``results/`` and its names joined with '+'.

    A name that would grow too long for a file system becomes the first and how many more. A
    folder that another batch already has is refused by its manifest, so batches never mix.
    """
    joined = "+".join(scenario.name for scenario in scenarios)
    if len(joined) > LONGEST_FOLDER:
        joined = f"{scenarios[0].name}+{len(scenarios) - 1}_more"
    return Path("results") / file_name(joined)


def as_scenario(scenario: ScenarioLike) -> Scenario:
    """Return a scenario as it is, or load it by name or path."""
    if isinstance(scenario, str | os.PathLike):
        return load_scenario(scenario)
    if not isinstance(scenario, Scenario):
        raise InputError(f"{scenario!r} is neither a scenario nor the name or path of one")
    return scenario


def as_world(world: WorldLike) -> World:
    """Return a world as it is, or load it by name or path."""
    if isinstance(world, str | os.PathLike):
        return load_world(world)
    if not isinstance(world, World):
        raise InputError(f"{world!r} is neither a world nor the name or path of one")
    return world


def replicate(
    world: WorldLike, scenario: ScenarioLike, seed: int = 1, replication: int = 0
) -> FinishedReplication:
    """Run one replication by itself; it equals the same replication within a batch.

    Args:
        world: the world, its name or folder; it takes the place of the scenario's own.
        scenario: the scenario, its name or file.
        seed: master seed of the random streams.
        replication: number of the replication, from 0.

    Raises:
        InputError: any of them is wrong.
    """
    from sim.experiment.replicate import run_replication

    return run_replication(as_world(world), as_scenario(scenario), seed, replication)


def run_batch(
    scenarios: ScenarioLike | Sequence[ScenarioLike],
    *,
    replications: int = 200,
    seed: int = 1,
    workers: int | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
    one_code: bool = False,
    allow_failures: bool = False,
    progress: Progress | None = None,
    command: str = "",
    start_method: str = METHODS[0],
    executor: Executor | None = None,
    former_counts: Collection[int] | None = None,
    worlds: Mapping[str, World] | None = None,
    replicate: Replicate | None = None,
) -> Batch:
    """Run every scenario with replications 0 to N - 1 and return the tables.

    Args:
        scenarios: one or more scenarios, shipped names or paths, with distinct names.
        replications: replications of each scenario, 1 to 1,000,000.
        seed: master seed of the random streams.
        workers: worker processes; by default one per core. Results do not depend on it.
        out: results folder; finished replications of the same batch in it are not run again.
            Without it the tables live in a temporary folder as long as the Batch does.
        overwrite: discard what this program left in ``out`` and run from the beginning.
        one_code: refuse finished replications in ``out`` that other code has made.
        allow_failures: return a batch of which some replications failed (see ``Batch.failed``)
            instead of raising once its tables are written.
        progress: called with the number of replications that are done and the total.
        command: the command line, for the manifest.
        start_method: how worker processes start: ``loky``, ``spawn``, ``fork``, ``forkserver``.
        executor: runs the replications instead of worker processes of our own: anything that
            works like ``concurrent.futures.Executor`` and whose workers see ``out``.
        former_counts: counts for the Edwards rule; by default from the world's own history.
        worlds: worlds already loaded, by the name that scenarios use.
        replicate: the engine; by default ``sim.agents.replicate_log``.

    Raises:
        InputError: the input is wrong, or the folder may not or cannot be written to; nothing has
            been written.
        BatchInterrupted: stopped by Ctrl-C; what was finished is kept in ``out``.
        ReplicationsFailed: some replications failed; the tables hold the others.
        RunFailed: the disk is full, or worker processes die; what was finished is kept.
    """
    from sim.experiment.batch import run_batch as run

    checked = check_scenarios(_several(scenarios), worlds)
    check_numbers(checked.scenarios, replications, seed, workers, start_method)
    return run(
        checked.scenarios,
        replications=replications,
        seed=seed,
        workers=workers,
        out=out,
        overwrite=overwrite,
        one_code=one_code,
        allow_failures=allow_failures,
        progress=progress,
        command=command,
        start_method=start_method,
        executor=executor,
        former_counts=former_counts,
        worlds=checked.worlds,
        replicate=replicate,
    )


def compare(
    base: ScenarioLike,
    others: ScenarioLike | Sequence[ScenarioLike],
    *,
    outcomes: Sequence[str] | None = None,
    **options: Unpack[BatchOptions],
) -> Comparison:
    """Run a base and other scenarios with the same random numbers; compare each with the base.

    Args:
        base: the scenario to compare with, its name or file.
        others: one or more others.
        outcomes: names of scalar outcomes; by default the CCGs on each 1 April and at the end,
            proposals, and proposals lost at the ballot.
        options: the keywords of ``run_batch``: replications, seed, workers, out, overwrite, ...

    Raises:
        InputError: as ``run_batch``; no other scenario; or an outcome is unknown.
    """
    from sim.experiment.compare import compare_batch

    several = _several(others)
    if not several:
        raise InputError("compare needs at least one scenario besides the base")
    loaded = [as_scenario(scenario) for scenario in (base, *several)]
    batch = run_batch(loaded, **options)
    return compare_batch(
        batch, loaded[0].name, [scenario.name for scenario in loaded[1:]], outcomes=outcomes
    )


def _several(scenarios: ScenarioLike | Sequence[ScenarioLike]) -> tuple[ScenarioLike, ...]:
    if isinstance(scenarios, Scenario | str | os.PathLike):
        return (scenarios,)
    return tuple(scenarios)
