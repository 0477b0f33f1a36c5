"""A batch: scenarios times replications, run, resumed or extended, as tables in a folder."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment.batch_tables import Part, write_tables
from sim.experiment.folder import ResultsFolder, open_folder, remove_derived
from sim.experiment.history import former_counts as read_former_counts
from sim.experiment.made_by import sign
from sim.experiment.plan import Plan, Progress, check_numbers, job_of, make_plan, run_missing
from sim.experiment.workers import RUNS, Replicate
from sim.records.manifest import (
    RESULTS_VERSION,
    build_manifest,
    tables_are_sound,
    write_manifest,
)
from sim.records.shards import Block, ShardName, blocks, find_shards
from sim.records.tables import OldTables, read_table
from sim.world.errors import InputError
from sim.world.load import world_folder
from sim.world.model import World

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario


class BatchInterrupted(Exception):  # noqa: N818 - what happened, not an error
    """The user stopped the batch; finished replications are kept and the same call goes on."""

    def __init__(self, done: int, total: int, folder: Path | None) -> None:
        where = f" in {folder}; the same command goes on from there" if folder else ""
        super().__init__(f"interrupted: {done} of {total} replications are kept{where}")
        self.done = done
        self.total = total
        self.folder = folder


@dataclass(frozen=True)
class Batch:
    """A finished batch: its folder, its scenarios, its manifest and its tables.

    Tables are DataFrames with the columns of ``sim.records.schema``, read when first asked for.
    """

    folder: Path
    scenarios: tuple[str, ...]
    manifest: Mapping[str, Any] = field(repr=False)

    @cached_property
    def replications(self) -> pd.DataFrame:
        """One row per scenario and replication with every scalar outcome."""
        return read_table(self.folder, "replications")

    @cached_property
    def counts(self) -> pd.DataFrame:
        """CCGs on the start date, after each 1 April and on the end date."""
        return read_table(self.folder, "counts")

    @cached_property
    def systems(self) -> pd.DataFrame:
        """CCGs of each system on the same dates."""
        return read_table(self.folder, "systems")

    @cached_property
    def ccgs(self) -> pd.DataFrame:
        """Merger dates and successor of each starting CCG."""
        return read_table(self.folder, "ccgs")

    @cached_property
    def proposals(self) -> pd.DataFrame:
        """Each proposal's course and exit."""
        return read_table(self.folder, "proposals")

    @cached_property
    def ballots(self) -> pd.DataFrame:
        """Each ballot's votes and result."""
        return read_table(self.folder, "ballots")

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """The parameters that each replication drew."""
        return read_table(self.folder, "parameters")

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per scenario and outcome: mean, spread, quantiles, chances."""
        import pandas as pd

        return pd.read_csv(self.folder / "summary.csv")

    @cached_property
    def places(self) -> pd.DataFrame:
        """Chances of each system by each 1 April."""
        import pandas as pd

        frame = pd.read_csv(self.folder / "places.csv")
        frame["date"] = pd.to_datetime(frame["date"]).dt.date
        return frame


def run_batch(
    scenarios: Sequence[Scenario],
    *,
    replications: int = 200,
    seed: int = 1,
    workers: int | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
    one_code: bool = False,
    progress: Progress | None = None,
    command: str = "",
    start_method: str = "spawn",
    former_counts: Collection[int] | None = None,
    worlds: Mapping[str, World] | None = None,
    replicate: Replicate | None = None,
) -> Batch:
    """Run every scenario with replications 0 to N - 1 and return the tables.

    Args:
        scenarios: scenarios with distinct names, in the order of the tables.
        replications: replications of each scenario, 1 to 1,000,000.
        seed: master seed of the addressed luck.
        workers: worker processes; by default one per core. Results do not depend on it.
        out: results folder; finished replications of the same batch in it are not run again.
            Without it the tables live in a temporary folder as long as the Batch does.
        overwrite: discard what this program left in ``out`` and run from the beginning.
        one_code: refuse finished replications in ``out`` that other code has made.
        progress: told how many replications are done and of how many.
        command: the command line, for the manifest.
        start_method: how worker processes start.
        former_counts: counts for the Edwards rule; by default from the world's own history.
        worlds: worlds already loaded, by the name that scenarios use.
        replicate: the engine; by default ``sim.agents.replicate_log``.

    Raises:
        InputError: a value is out of range, or the folder may not or cannot be written to.
        BatchInterrupted: stopped by Ctrl-C; what was finished is kept in ``out``.
        ReplicationError: one replication failed.
    """
    check_numbers(scenarios, replications, seed, workers)
    plan = make_plan(scenarios, seed, worlds or {})
    temporary = None if out is not None else tempfile.mkdtemp(prefix="ccg-batch-")
    try:
        folder = open_folder(
            out or temporary or "", plan.claim, overwrite=overwrite, one_code=one_code
        )
        manifest = folder.finished
        names = tuple(scenario.name for scenario in scenarios)
        total = replications * len(scenarios)
        if not (
            manifest
            and manifest.get("replications") == replications
            and tables_are_sound(folder.path, manifest)
        ):
            folder = sign(folder, plan.claim)
            job = job_of(scenarios, plan, seed, folder.shards, {RUNS: ()}, replicate)
            tell = progress or (lambda done, total: None)
            done = run_missing(job, replications, workers, start_method, tell)
            if done < total:
                raise BatchInterrupted(done, total, folder.path if out is not None else None)
            former = None if former_counts is None else frozenset(former_counts)
            try:
                old = _old_tables(folder)
                remove_derived(folder.path)
                rows = _write(plan, scenarios, replications, folder, former, old)
                manifest = build_manifest(
                    command=command,
                    scenarios=scenarios,
                    worlds=plan.digests,
                    seed=seed,
                    replications=replications,
                    folder=folder.path,
                    rows=rows,
                )
                write_manifest(folder.path, manifest)
            except KeyboardInterrupt:
                kept = folder.path if out is not None else None
                raise BatchInterrupted(done, total, kept) from None
        elif progress:
            progress(total, total)
    except BaseException:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        raise
    batch = Batch(folder.path, names, manifest)
    if temporary is not None:
        weakref.finalize(batch, shutil.rmtree, temporary, ignore_errors=True)
    return batch


def open_batch(folder: str | Path) -> Batch:
    """Return the finished batch that lies in a folder.

    Raises:
        InputError: there is none, or its tables do not fit its manifest.
    """
    from sim.records.manifest import read_manifest

    path = Path(folder)
    manifest = read_manifest(path) if path.is_dir() else None
    if manifest is None:
        raise InputError(f"{path}: holds no finished batch (no manifest.json)")
    if manifest["results_version"] != RESULTS_VERSION:
        raise InputError(
            f"{path}: results version {manifest['results_version']!r}, "
            f"this program reads {RESULTS_VERSION!r}"
        )
    if not tables_are_sound(path, manifest):
        raise InputError(f"{path}: the tables do not fit the checksums in manifest.json")
    return Batch(path, tuple(entry["name"] for entry in manifest["scenarios"]), manifest)


def _write(
    plan: Plan,
    scenarios: Sequence[Scenario],
    replications: int,
    folder: ResultsFolder,
    former: frozenset[int] | None,
    old: OldTables | None,
) -> dict[str, int]:
    """Write all tables from the shards, a block at a time; return the rows of each file."""
    parts = []
    for position, scenario in enumerate(scenarios):
        world = plan.worlds[plan.world_of[position]]
        counts = _former(scenario, world) if former is None else former
        shards = partial(find_shards, folder.shards, plan.keys[position])
        several = partial(_blocks_from, shards, replications)
        parts.append(Part(scenario.name, world, scenario.start, scenario.end, counts, several))
    written = write_tables(parts, replications, folder.path, old)
    return {name: one.rows for name, one in written.items()}


def _blocks_from(
    shards: Callable[[], list[ShardName]], replications: int, first: int
) -> Iterator[Block]:
    """Yield the blocks from a replication on: those of a series that is numbered from there."""
    later = (shard for shard in shards() if shard.first + shard.count > first)
    moved = [replace(shard, first=shard.first - first) for shard in later]
    for block in blocks(moved, replications - first):
        numbers = {
            name: [number + first for number in found] for name, found in block.replications.items()
        }
        yield replace(block, replications=numbers)


def _old_tables(folder: ResultsFolder) -> OldTables | None:
    """Return the tables of the finished batch that lies in a folder, where they are sound."""
    manifest = folder.finished
    if manifest is None or not tables_are_sound(folder.path, manifest):
        return None
    names = tuple(entry["name"] for entry in manifest["scenarios"])
    number = manifest["replications"]
    return OldTables(folder.path, names, number, dict.fromkeys(names, number))


def _former(scenario: Scenario, world: World) -> frozenset[int]:
    """Return the former counts of the scenario's world; none where it is not on disk."""
    try:
        folder = world_folder(scenario.world)
    except InputError:
        return frozenset()
    return read_former_counts(folder, len(world.ccgs))
