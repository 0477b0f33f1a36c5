"""A batch: scenarios times replications, run, resumed or extended, as tables in a folder."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, RunFailed
from sim.experiment.batch_tables import columns_of, write_batch_tables
from sim.experiment.finished import FinishedTables, finished_tables, taken_over
from sim.experiment.folder import ResultsFolder, cannot_be_written, opened, remove_derived, sign
from sim.experiment.owner import owning
from sim.experiment.plan import (
    BatchInterrupted,
    BatchPlan,
    Progress,
    Ran,
    check_numbers,
    job_of,
    kept,
    kept_beyond,
    make_plan,
    run_missing,
)
from sim.experiment.suspects import WORKER_DIED
from sim.experiment.tasks import RUNS, Job, Replicate
from sim.experiment.workers import METHODS, WorkersDied
from sim.records.failures import read_failures
from sim.records.ledger import clear_begun, enlist
from sim.records.manifest import build_manifest, read_manifest, write_manifest
from sim.records.shards import BrokenShard
from sim.records.sound import read_listed
from sim.records.store import Fits, compact, remove_broken
from sim.records.tables import OldTables
from sim.world.model import World

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario

MOST_REPAIRS = 5
"""Times that broken shards are run again before the disk is held to be at fault."""


class ReplicationsFailed(RunFailed):
    """Some replications failed; the tables hold the others. ``batch`` is what there is."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(failed_text(batch))
        self.batch = batch


@dataclass(frozen=True)
class Batch:
    """A finished batch: its folder, its scenarios, its manifest and its tables.

    Tables are DataFrames with the columns of ``sim.records.schema``, read when first asked for.
    ``spare`` counts the replications of each scenario that the folder keeps beyond those in the
    tables; ``removed`` names files made from former tables, which this run has removed.
    """

    folder: Path
    scenarios: tuple[str, ...]
    manifest: Mapping[str, Any] = field(repr=False)
    spare: int = field(default=0, repr=False)
    removed: tuple[str, ...] = field(default=(), repr=False)

    @contextmanager
    def writing(self, *names: str) -> Iterator[None]:
        """Hold the folder while files of these names are read from it and written into it.

        Raises:
            InputError: another run is writing there; or a file of that name is somebody else's.
            RunFailed: another run has replaced these results meanwhile; or the disk is full.
        """
        with owning(self.folder):
            found = None
            with suppress(InputError):
                found = read_manifest(self.folder)
            if found is None or found.get("tables") != self.manifest["tables"]:
                raise RunFailed(f"{self.folder}: another run has replaced these results meanwhile")
            with cannot_be_written(self.folder):
                clear_begun(self.folder)
                enlist(self.folder, names)
                yield

    @cached_property
    def replications(self) -> pd.DataFrame:
        """One row per scenario and replication with every scalar outcome."""
        return read_listed(self.folder, self.manifest, "replications.parquet")

    @cached_property
    def counts(self) -> pd.DataFrame:
        """CCGs on the start date, after each 1 April and on the end date."""
        return read_listed(self.folder, self.manifest, "counts.parquet")

    @cached_property
    def systems(self) -> pd.DataFrame:
        """CCGs of each system on the same dates."""
        return read_listed(self.folder, self.manifest, "systems.parquet")

    @cached_property
    def ccgs(self) -> pd.DataFrame:
        """Merger dates and successor of each starting CCG."""
        return read_listed(self.folder, self.manifest, "ccgs.parquet")

    @cached_property
    def proposals(self) -> pd.DataFrame:
        """Each proposal's course and exit."""
        return read_listed(self.folder, self.manifest, "proposals.parquet")

    @cached_property
    def ballots(self) -> pd.DataFrame:
        """Each ballot's votes and result."""
        return read_listed(self.folder, self.manifest, "ballots.parquet")

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """The parameters that each replication drew."""
        return read_listed(self.folder, self.manifest, "parameters.parquet")

    @cached_property
    def failures(self) -> pd.DataFrame:
        """The replications that failed: scenario, replication, error, traceback; mostly none."""
        return read_failures(self.folder)

    @property
    def failed(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the replications that failed, by scenario; mostly empty."""
        listed = self.manifest.get("failed", {})
        return {name: tuple(numbers) for name, numbers in listed.items()}

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per scenario and outcome: mean, spread, quantiles, chances."""
        return read_listed(self.folder, self.manifest, "summary.csv")

    @cached_property
    def places(self) -> pd.DataFrame:
        """Chances of each system by each 1 April."""
        return read_listed(self.folder, self.manifest, "places.csv")


def failed_text(batch: Batch) -> str:
    """Return in words which replications failed, why the first did, and what can be done."""
    total = sum(map(len, batch.failed.values()))
    listed = "; ".join(
        f"{name}: {', '.join(map(str, numbers[:5]))}{', ...' if len(numbers) > 5 else ''}"
        for name, numbers in batch.failed.items()
    )
    first = batch.failures.iloc[0]
    # one that ends its process would end that of the story too
    tracing = "" if first["error"].startswith(WORKER_DIED) else ", 'trace' shows one"
    return (
        f"{total} of {batch.manifest['replications'] * len(batch.scenarios):,} replications failed "
        f"({listed}); the first: {first['error']}. The tables in {batch.folder} hold the others, "
        f"failures.parquet says where each failed{tracing}, and the same command tries only the "
        "failed ones again"
    )


def run_batch(
    scenarios: Sequence[Scenario],
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
        scenarios: scenarios with distinct names, in the order of the tables.
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
        InputError: a value is out of range, or the folder may not or cannot be written to.
        BatchInterrupted: stopped by Ctrl-C; what was finished is kept in ``out``.
        ReplicationsFailed: some replications failed; the tables hold the others.
        RunFailed: the disk is full, or worker processes die; what was finished is kept.
    """
    check_numbers(scenarios, replications, seed, workers, start_method)
    plan = make_plan(scenarios, seed, worlds or {})
    temporary = None if out is not None else tempfile.mkdtemp(prefix="ccg-batch-")
    run = _Run(
        scenarios=scenarios,
        plan=plan,
        replications=replications,
        seed=seed,
        kept_in=None if out is None else Path(out),
        command=command,
        former=None if former_counts is None else frozenset(former_counts),
    )
    try:
        with opened(
            out or temporary or "", plan.claim, plan.keys, overwrite=overwrite, one_code=one_code
        ) as folder:
            found = finished_tables(folder.path, folder.found, plan)
            spare = 0
            if found is not None and found.complete(plan, replications):
                manifest = found.worded_as(scenarios)
                if progress:
                    progress(replications * len(scenarios), replications * len(scenarios))
            else:
                with cannot_be_written(folder.path):
                    signed = sign(folder, plan.claim)
                job = job_of(scenarios, plan, seed, signed.shards, {RUNS: ()}, replicate)

                def go(starts: Mapping[tuple[int, str], int]) -> Ran:
                    return run_missing(
                        job,
                        replications,
                        workers,
                        start_method,
                        progress or (lambda done, total: None),
                        starts=starts,
                        executor=executor,
                        apart=found is not None and bool(found.manifest.get("failed")),
                    )

                manifest = run.finish(signed, job, found, go)
                if found is not None:
                    spare = kept_beyond(job, replications, found.manifest["replications"])
    except BaseException:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        raise
    names = tuple(scenario.name for scenario in scenarios)
    batch = Batch(folder.path, names, manifest, spare, tuple(run.removed))
    if temporary is not None:
        weakref.finalize(batch, shutil.rmtree, temporary, ignore_errors=True)
    if batch.failed and not allow_failures:
        raise ReplicationsFailed(batch)
    return batch


@dataclass(frozen=True)
class _Run:
    """One call of ``run_batch``, from replications still to be run to the finished manifest."""

    scenarios: Sequence[Scenario]
    plan: BatchPlan
    replications: int
    seed: int
    kept_in: Path | None
    command: str
    former: frozenset[int] | None
    removed: list[str] = field(default_factory=list)

    def finish(
        self,
        folder: ResultsFolder,
        job: Job,
        found: FinishedTables | None,
        go: Callable[[Mapping[tuple[int, str], int]], Ran],
    ) -> dict[str, Any]:
        """Run what is missing, write the tables and return the manifest.

        Raises: see ``run_batch``.
        """
        names = [scenario.name for scenario in self.scenarios]
        by_series: dict[tuple[int, str], int] = {}
        try:
            for _ in range(MOST_REPAIRS):
                old, starts = taken_over(found, names, self.replications)
                by_series = {(position, RUNS): start for position, start in enumerate(starts)}
                ran = go(by_series)
                if ran.interrupted:
                    raise BatchInterrupted(ran.kept, ran.total, self.kept_in)
                try:
                    return self._write(folder, old, ran)
                except BrokenShard:  # whole by its checksum, and yet not what it says
                    for key, fits in zip(self.plan.keys, self._fits(), strict=True):
                        remove_broken(folder.shards, key, fits)
                except LookupError:
                    # tables that could not be taken over after all, or shards gone meanwhile
                    found = None
            raise RunFailed(f"{folder.path}: what is written there reads back as something else")
        except KeyboardInterrupt:
            done = kept(job, self.replications, by_series)
            raise BatchInterrupted(done, self._total, self.kept_in) from None
        except WorkersDied as error:
            message = f"{error.args[0]}; {self._kept(job, by_series)}"
            raise RunFailed(message, remedy=error.remedy) from error
        except OSError as error:
            why = error.strerror or str(error)
            raise RunFailed(f"{folder.path}: {why}; {self._kept(job, by_series)}") from error

    @property
    def _total(self) -> int:
        return self.replications * len(self.scenarios)

    def _kept(self, job: Job, starts: Mapping[tuple[int, str], int]) -> str:
        if self.kept_in is None:
            return "nothing is kept without a results folder"
        done = kept(job, self.replications, starts)
        return f"{done} of {self._total} replications are kept; the same command goes on from there"

    def _write(
        self,
        folder: ResultsFolder,
        old: OldTables | None,
        ran: Ran,
    ) -> dict[str, Any]:
        names = [scenario.name for scenario in self.scenarios]
        failed: dict[str, list[int]] = {}
        for failure in ran.failures:
            failed.setdefault(names[failure.scenario], []).append(failure.replication)
        self.removed.extend(remove_derived(folder.path))
        files = write_batch_tables(
            self.plan,
            self.scenarios,
            self.replications,
            folder.path,
            folder.shards,
            former=self.former,
            old=old,
            failures=[
                (names[f.scenario], f.replication, f.error, f.traceback) for f in ran.failures
            ],
        )
        manifest = build_manifest(
            command=self.command,
            scenarios=self.scenarios,
            worlds=self.plan.digests,
            seed=self.seed,
            replications=self.replications,
            files=files,
            failed=failed,
        )
        write_manifest(folder.path, manifest)
        compact(folder.shards, self.plan.keys, self.replications)
        return manifest

    def _fits(self) -> list[Fits]:
        """Return for each scenario what tells whether a replication's columns can be its."""
        return [
            columns_of(self.plan.worlds[self.plan.world_of[position]], scenario)
            for position, scenario in enumerate(self.scenarios)
        ]


def open_batch(folder: str | Path) -> Batch:
    """Return the finished batch that lies in a folder.

    Raises:
        InputError: there is none, or its tables do not fit its manifest.
    """
    from sim.records.sound import sound_manifest

    path = Path(folder)
    manifest = sound_manifest(path)
    return Batch(path, tuple(entry["name"] for entry in manifest["scenarios"]), manifest)
