"""Variance components of the final count: the share of each group of random streams.

Pick-freeze (Sobol' 1993; Jansen 1999): each replication r is run again with one group of random
streams taken from a replication that no batch uses, everything else kept. With Y the final count
and Y_g that of the exchanged run, the total share of group g (alone and together with others) is
T_g = mean((Y - Y_g)^2) / (2 Var Y). Exchanging all streams but the parameters' gives the component
``random_numbers``, T_random. 1 - T_random is the share that parameters have alone (first order);
likewise 1 - T_parameters is that of all other random numbers alone; what remains to 1 comes from
both together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError, RunFailed
from sim.experiment.batch import Batch
from sim.experiment.plan import BatchInterrupted, Progress, job_for, run_missing
from sim.experiment.tasks import Replicate
from sim.experiment.workers import METHODS
from sim.records.csv_text import write_rows
from sim.records.shards import SHARD_FOLDER, read_counts
from sim.records.store import find_shards
from sim.streams import GROUPS
from sim.world.model import World

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from sim.scenario import Scenario

VARIANCE: Final = "variance.csv"
VARIANCE_COLUMNS: Final = (
    "scenario",
    "component",
    "first_order",
    "total",
    "se",
    "replications",
)
PARAMETERS: Final = "parameters"
STREAMS: Final = "random_numbers"  # all streams but the parameters'
BOTH: Final = "both"
ALL_STREAMS: Final = tuple(group for group in GROUPS if group != PARAMETERS)
SERIES: Final[dict[str, tuple[str, ...]]] = {group: (group,) for group in GROUPS} | {
    STREAMS: ALL_STREAMS
}
"""Each component and the groups of random streams that its runs exchange."""
SHARD_SERIES: Final[dict[str, str]] = {STREAMS: "luck"}
"""Components whose shards bear another name: that of earlier releases, so that they are found."""

BOOTSTRAPS: Final = 400
BOOTSTRAP_SEED: Final = 20190601


def variance_shares(
    scenarios: Sequence[Scenario],
    batch: Batch,
    *,
    replications: int = 100,
    components: Sequence[str] = tuple(SERIES),
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
    worlds: Mapping[str, World] | None = None,
    replicate: Replicate | None = None,
) -> pd.DataFrame:
    """Return the shares of the final count's variance by component and write ``variance.csv``.

    Exchanged runs are kept as shards beside the batch's, so they too resume and extend.

    Args:
        scenarios: the scenarios, in the batch's order.
        batch: their finished batch, with at least so many replications.
        replications: pairs of runs per scenario and component.
        components: groups of random streams, and ``random_numbers`` for all but the parameters.
        seed: master seed, that of the batch.
        workers: worker processes; by default one per core.
        progress: called with the number of exchanged runs that are done, and of all.
        worlds: worlds already loaded, by the name that scenarios use.
        replicate: the engine; by default ``sim.agents.replicate_log``.

    Returns:
        One row per scenario and component (the groups, ``random_numbers`` and ``both``):
        ``first_order`` (empty where not estimated), ``total``, ``se`` (bootstrap standard error
        of ``total``) and replications. Shares are empty where the count does not vary.

    Raises:
        InputError: the batch is of other scenarios, another seed or too small.
        BatchInterrupted: stopped by Ctrl-C; finished runs are kept.
    """
    import pandas as pd

    unknown = [name for name in components if name not in SERIES]
    if unknown:
        raise InputError(f"unknown component '{unknown[0]}'; known: {', '.join(SERIES)}")
    _check_batch(batch, scenarios, replications, seed)
    folder = batch.folder / SHARD_FOLDER
    named = {SHARD_SERIES.get(name, name): name for name in components}
    series = {kept: SERIES[name] for kept, name in named.items()}
    job = job_for(scenarios, seed, folder, series, worlds or {}, replicate)
    with batch.writing(VARIANCE):
        tell = progress or (lambda done, total: None)
        ran = run_missing(job, replications, workers, METHODS[0], tell)
        if ran.interrupted:
            raise BatchInterrupted(ran.kept, ran.total, batch.folder)
        if ran.failures:
            first = ran.failures[0]
            raise RunFailed(
                f"{len(ran.failures)} of {ran.total} runs with exchanged random streams failed; "
                f"the first: {scenarios[first.scenario].name}, replication {first.replication}, "
                f"{named[first.series]} exchanged: {first.error}"
            )
        rows: list[tuple[Any, ...]] = []
        finals = _base_counts(batch, replications)
        for position, scenario in enumerate(scenarios):
            exchanged = {
                name: _kept(folder, job.keys[position, kept], replications)
                for kept, name in named.items()
            }
            rows += _shares(scenario.name, finals[scenario.name], exchanged)
        write_rows(batch.folder / VARIANCE, VARIANCE_COLUMNS, rows)
    return pd.DataFrame(rows, columns=list(VARIANCE_COLUMNS))


def _check_batch(batch: Batch, scenarios: Sequence[Scenario], replications: int, seed: int) -> None:
    entries = batch.manifest["scenarios"]
    theirs = [(entry["name"], entry["sha256"]) for entry in entries]
    if theirs != [(scenario.name, scenario.digest) for scenario in scenarios]:
        raise InputError(f"{batch.folder}: the batch is of other scenarios than those given")
    if batch.manifest["seed"] != seed:
        raise InputError(f"{batch.folder}: the batch has seed {batch.manifest['seed']}, not {seed}")
    if batch.failed:
        raise RunFailed(f"{batch.folder}: some replications failed, so nothing can be shared out")
    if batch.manifest["replications"] < replications:
        raise InputError(
            f"variance replications are {replications}; the batch in {batch.folder} has only "
            f"{batch.manifest['replications']}"
        )


def _base_counts(batch: Batch, replications: int) -> dict[str, np.ndarray]:
    from sim.records.tables import read_table

    frame = read_table(batch.folder, "replications", ["scenario", "replication", "final_ccgs"])
    chosen = frame[frame["replication"] < replications]
    return {
        str(name): mine.sort_values("replication")["final_ccgs"].to_numpy(dtype=float)
        for name, mine in chosen.groupby("scenario")
    }


def _kept(folder: Path, key: str, replications: int) -> np.ndarray:
    """Return the final counts that a series of exchanged runs has kept, by replication."""
    import numpy as np

    found = np.full(replications, np.nan)
    for shard in find_shards(folder, key):
        for number, value in zip(shard.replications, read_counts(shard) or (), strict=False):
            if number < replications:
                found[number] = value
    return found


def total_share(base: np.ndarray, exchanged: np.ndarray) -> float:
    """Return Jansen's total share; NaN where neither run varies.

    Var Y is estimated from both runs together, since both have the same distribution.
    """
    import numpy as np

    spread = float(np.concatenate([base, exchanged]).var(ddof=1))
    if spread <= 0.0 or math.isnan(spread):
        return math.nan
    return float(np.mean((base - exchanged) ** 2)) / (2.0 * spread)


def _shares(
    scenario: str, base: np.ndarray, exchanged: Mapping[str, np.ndarray]
) -> list[tuple[Any, ...]]:
    """Return the rows of one scenario."""
    import numpy as np

    n = len(base)
    random = np.random.default_rng(BOOTSTRAP_SEED)
    picks = random.integers(0, n, size=(BOOTSTRAPS, n))
    totals = {name: total_share(base, values) for name, values in exchanged.items()}
    again = {
        name: np.array([total_share(base[pick], values[pick]) for pick in picks])
        for name, values in exchanged.items()
    }
    opposite = {PARAMETERS: STREAMS, STREAMS: PARAMETERS}
    rows: list[tuple[Any, ...]] = []
    for name, total in totals.items():
        other = opposite.get(name)
        alone = 1.0 - totals[other] if other in totals else math.nan
        rows.append((scenario, name, alone, total, _spread(again[name]), n))
    if PARAMETERS in totals and STREAMS in totals:
        both = totals[PARAMETERS] + totals[STREAMS] - 1.0
        spread = _spread(again[PARAMETERS] + again[STREAMS])
        rows.append((scenario, BOTH, both, both, spread, n))
    return rows


def _spread(values: np.ndarray) -> float:
    import numpy as np

    sound = values[~np.isnan(values)]
    return float(sound.std(ddof=1)) if len(sound) > 1 else math.nan
