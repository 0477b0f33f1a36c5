"""Comparison of scenarios with common random numbers: by replication, and by place.

The same replication has the same random numbers in every scenario, so differences are paired: their
standard error is sd(difference) / sqrt(n), their interval Student's t with n - 1 degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError, nearest
from sim.experiment.batch import Batch
from sim.records.csv_text import write_rows
from sim.records.days import april_outcome

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DEFAULT_OUTCOMES: Final = ("proposals", "proposals_lost")
"""Compared besides the number of CCGs on each 1 April and at the end."""

FILES: Final = ("compare.csv", "compare_places.csv")
COMPARE_COLUMNS: Final = (
    "base",
    "other",
    "outcome",
    "replications",
    "mean_base",
    "mean_other",
    "difference",
    "se",
    "low",
    "high",
    "share_changed",
)
PLACES_COLUMNS: Final = (
    "base",
    "other",
    "system",
    "system_name",
    "replications",
    "mean_ccgs_base",
    "mean_ccgs_other",
    "difference",
    "se",
    "low",
    "high",
    "share_changed",
    "p_one_ccg_base",
    "p_one_ccg_other",
    "p_one_ccg_difference",
)


@dataclass(frozen=True)
class Comparison:
    """Paired differences of scenarios from a base: ``outcomes`` and ``places`` as DataFrames.

    ``places`` holds every system on the end date, those whose mean number of CCGs differs most
    first.
    """

    batch: Batch
    base: str
    others: tuple[str, ...]
    outcomes: pd.DataFrame
    places: pd.DataFrame


def compare_batch(
    batch: Batch,
    base: str | None = None,
    others: Sequence[str] | None = None,
    *,
    outcomes: Sequence[str] | None = None,
) -> Comparison:
    """Compare scenarios of a finished batch with one of them, write CSV files and return them.

    ``compare.csv`` and ``compare_places.csv`` are written into the batch's folder.

    Args:
        batch: a finished batch.
        base: name of the scenario to compare with; by default the batch's first.
        others: names of the others; by default all.
        outcomes: names of scalar outcomes.

    Raises:
        InputError: a scenario or an outcome is not in the batch.
    """
    import pandas as pd

    first = base if base is not None else batch.scenarios[0]
    rest = tuple(others) if others is not None else tuple(n for n in batch.scenarios if n != first)
    for name in (first, *rest):
        if name not in batch.scenarios:
            known = nearest(name, batch.scenarios)
            raise InputError(f"scenario '{name}' is not in {batch.folder}{known}")
    with batch.writing(*FILES):
        rows = list(_outcome_rows(batch, first, rest, outcomes))
        places = list(_place_rows(batch, first, rest))
        for name, columns, found in zip(
            FILES, (COMPARE_COLUMNS, PLACES_COLUMNS), (rows, places), strict=True
        ):
            write_rows(batch.folder / name, columns, found)
    return Comparison(
        batch,
        first,
        rest,
        pd.DataFrame(rows, columns=list(COMPARE_COLUMNS)),
        pd.DataFrame(places, columns=list(PLACES_COLUMNS)),
    )


def paired(base: np.ndarray, other: np.ndarray) -> tuple[float, float, float, float, float]:
    """Return mean difference, its standard error, 95% interval and the share that differs.

    Standard error and interval are NaN below two pairs; with no spread at all the interval is
    the difference itself.
    """
    from scipy.special import stdtrit

    differences = other - base
    n = len(differences)
    mean = float(differences.mean())
    changed = float((differences != 0).mean())
    if n < 2:
        return mean, math.nan, math.nan, math.nan, changed
    se = float(differences.std(ddof=1)) / math.sqrt(n)
    half = float(stdtrit(n - 1, 0.975)) * se
    return mean, se, mean - half, mean + half, changed


def _outcome_rows(
    batch: Batch, base: str, others: Sequence[str], outcomes: Sequence[str] | None
) -> Iterator[tuple[Any, ...]]:
    wide = _outcomes(batch)
    dated = sorted(name for name in wide.columns if name.startswith("ccgs_"))
    chosen = outcomes if outcomes is not None else (*dated, "final_ccgs", *DEFAULT_OUTCOMES)
    for name in chosen:
        if name not in wide.columns:
            raise InputError(f"unknown outcome '{name}'{nearest(name, wide.columns)}")
    for other in others:
        for name in chosen:
            pair = wide[name].unstack("scenario")[[base, other]].astype(float).dropna()
            if pair.empty:
                continue
            before, after = pair[base].to_numpy(), pair[other].to_numpy()
            means = float(before.mean()), float(after.mean())
            yield (base, other, name, len(pair), *means, *paired(before, after))


def _outcomes(batch: Batch) -> pd.DataFrame:
    """Return all scalar outcomes and dated counts by (scenario, replication)."""
    keys = ["scenario", "replication"]
    counts = batch.counts
    april = counts[[(day.month, day.day) == (4, 1) for day in counts["date"]]]
    dated = april.assign(outcome=[april_outcome(day) for day in april["date"]]).pivot(
        index=keys, columns="outcome", values="ccgs"
    )
    return batch.replications.set_index(keys).join(dated)


def _place_rows(batch: Batch, base: str, others: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    import numpy as np

    # a pair needs both: what failed in one scenario is left out of all
    failed = {number for name in (base, *others) for number in batch.failed.get(name, ())}
    final, names = _final_systems(batch.folder, (base, *others), failed)
    for other in others:
        rows: list[tuple[Any, ...]] = []
        for system, name in names.items():
            before, after = final[base].get(system), final[other].get(system)
            if before is None or after is None:
                continue
            one = float(np.mean(before == 1)), float(np.mean(after == 1))
            rows.append(
                (
                    base,
                    other,
                    system,
                    name,
                    len(before),
                    float(before.mean()),
                    float(after.mean()),
                    *paired(before, after),
                    *one,
                    one[1] - one[0],
                )
            )
        rows.sort(key=lambda row: (-abs(row[7]), row[2]))
        yield from rows


def _final_systems(
    folder: Path, wanted: Sequence[str], skip: set[int]
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, str]]:
    """Return the CCGs of each system on the end date, by scenario and replication.

    The table is read block by block; two bytes are kept for each number. Systems that exist in
    some replications only (made by joining or splitting) are left out, and so are the replications
    in ``skip``.
    """
    import numpy as np
    import pyarrow.parquet as pq

    parts: dict[str, dict[str, list[np.ndarray]]] = {name: {} for name in wanted}
    sizes = dict.fromkeys(wanted, 0)
    names: dict[str, str] = {}
    source = pq.ParquetFile(folder / "systems.parquet")
    for group in range(source.num_row_groups):
        frame: pd.DataFrame = source.read_row_group(group).to_pandas()
        frame = frame[~frame["replication"].isin(skip)]
        if frame.empty:
            continue
        scenario = str(frame["scenario"].iloc[0])
        if scenario not in parts:
            continue
        end = frame[frame["date"] == frame["date"].max()]
        sizes[scenario] += int(end["replication"].nunique())
        for (system, name), mine in end.groupby(["system", "system_name"], sort=True):
            names.setdefault(str(system), str(name))
            numbers = mine["ccgs"].to_numpy().astype(np.int16)
            parts[scenario].setdefault(str(system), []).append(numbers)
    joined: dict[str, dict[str, np.ndarray]] = {}
    for scenario, systems in parts.items():
        arrays = {system: np.concatenate(numbers) for system, numbers in systems.items()}
        joined[scenario] = {s: a for s, a in arrays.items() if len(a) == sizes[scenario]}
    return joined, dict(sorted(names.items()))
