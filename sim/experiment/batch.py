"""A batch: scenarios times replications, run, resumed or extended, as tables in a folder."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment.folder import ResultsFolder, open_folder, remove_derived
from sim.experiment.history import former_counts as read_former_counts
from sim.experiment.made_by import sign
from sim.experiment.places import PLACE_COLUMNS, PlaceChances
from sim.experiment.plan import Plan, Progress, check_numbers, job_of, make_plan, run_missing
from sim.experiment.summary import SUMMARY_COLUMNS, Gathered, write_rows
from sim.experiment.workers import RUNS, Replicate
from sim.records.manifest import (
    RESULTS_VERSION,
    build_manifest,
    tables_are_sound,
    write_manifest,
)
from sim.records.shards import blocks, find_shards
from sim.records.tables import TableWriter, read_table
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
        from sim.records.csv_text import read_csv

        return read_csv(self.folder / "summary.csv")

    @cached_property
    def places(self) -> pd.DataFrame:
        """Chances of each system by each 1 April."""
        from sim.records.csv_text import read_csv

        return read_csv(self.folder / "places.csv")


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
                remove_derived(folder.path)
                rows = _write(plan, scenarios, replications, folder, former)
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
) -> dict[str, int]:
    """Write all tables from the shards, a block at a time; return the rows of each file."""
    summary: list[tuple[Any, ...]] = []
    places: list[tuple[Any, ...]] = []
    with TableWriter(folder.path) as writer:
        for position, scenario in enumerate(scenarios):
            world = plan.worlds[plan.world_of[position]]
            gathered = Gathered()
            chances = PlaceChances(world, scenario.start, scenario.end)
            for block in blocks(find_shards(folder.shards, plan.keys[position]), replications):
                writer.write(scenario.name, block.replications, block.columns)
                gathered.add(block)
                chances.add(block)
            counts = _former(scenario, world) if former is None else former
            summary += gathered.rows(scenario.name, counts)
            places += chances.rows(scenario.name)
    rows = {f"{name}.parquet": number for name, number in writer.rows.items()}
    rows["summary.csv"] = write_rows(folder.path / "summary.csv", SUMMARY_COLUMNS, summary)
    rows["places.csv"] = write_rows(folder.path / "places.csv", PLACE_COLUMNS, places)
    return rows


def _former(scenario: Scenario, world: World) -> frozenset[int]:
    """Return the former counts of the scenario's world; none where it is not on disk."""
    try:
        folder = world_folder(scenario.world)
    except InputError:
        return frozenset()
    return read_former_counts(folder, len(world.ccgs))
