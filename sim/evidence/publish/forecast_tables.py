"""The tables of a published forecast: counts, systems, CCGs, pairs, and what each depends on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.evidence.record import bodies_on, read_merger_tables
from sim.world.model import World

if TYPE_CHECKING:
    import pandas as pd

DATES: Final = (date(2021, 4, 1), date(2022, 7, 1))
RARE: Final = 0.02  # pairs less likely than this are left out of the table


def count_table(folder: Path, dates: Sequence[date] = DATES) -> pd.DataFrame:
    """Return the distribution of the number of CCGs on each date: probability by count."""
    import pandas as pd

    counts = pd.read_parquet(folder / "counts.parquet")
    rows = []
    for day in dates:
        on_day = counts.loc[counts["date"] == day, "ccgs"]
        shares = on_day.value_counts(normalize=True).sort_index()
        rows += [(day.isoformat(), int(n), float(p)) for n, p in shares.items()]  # type: ignore[call-overload]
    return pd.DataFrame(rows, columns=["date", "ccgs", "probability"])


def count_summary(folder: Path, dates: Sequence[date] = DATES) -> pd.DataFrame:
    """Return mean, median and intervals of the number of CCGs on each date."""
    import pandas as pd

    counts = pd.read_parquet(folder / "counts.parquet")
    rows = []
    for day in dates:
        values = counts.loc[counts["date"] == day, "ccgs"].to_numpy()
        quantiles = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
        rows.append((day.isoformat(), float(values.mean()), float(values.std()), *quantiles))
    columns = ["date", "mean", "sd", "q05", "q25", "q50", "q75", "q95"]
    return pd.DataFrame(rows, columns=columns)


def system_table(
    folder: Path, world: World, dates: Sequence[date] = DATES, below: int | None = None
) -> pd.DataFrame:
    """Return, by system: CCGs at the start, chance of one CCG and mean number on each date.

    ``below`` takes replications of lower numbers alone, to pair them with a shorter batch.
    """
    import pandas as pd

    systems = pd.read_parquet(folder / "systems.parquet")
    if below is not None:
        systems = systems[systems["replication"] < below]
    start = {s.code: len(s.ccgs) for s in world.systems}
    table = pd.DataFrame(
        {
            "system": list(start),
            "name": [s.name for s in world.systems],
            "ccgs_at_start": list(start.values()),
        }
    ).set_index("system")
    for day in dates:
        on_day = systems[systems["date"] == day]
        table[f"p_one_ccg_{day:%Y_%m_%d}"] = (on_day["ccgs"] == 1).groupby(on_day["system"]).mean()
        table[f"mean_ccgs_{day:%Y_%m_%d}"] = on_day.groupby("system")["ccgs"].mean()
    return table.reset_index().sort_values("system")


def ccg_table(folder: Path, world: World, dates: Sequence[date] = DATES) -> pd.DataFrame:
    """Return, by CCG of the start: the chance of having merged by each date."""
    import pandas as pd

    ccgs = pd.read_parquet(folder / "ccgs.parquet")
    merged = ccgs["merged_on"]
    table = pd.DataFrame(
        {
            "ccg": [c.code for c in world.ccgs],
            "name": [c.name for c in world.ccgs],
            "system": [world.systems[c.system].code for c in world.ccgs],
        }
    ).set_index("ccg")
    for day in dates:
        by_then = merged.notna() & (merged.fillna(date(9999, 1, 1)) <= day)
        table[f"p_merged_{day:%Y_%m_%d}"] = by_then.groupby(ccgs["ccg"]).mean()
    return table.reset_index().sort_values("ccg")


def pair_table(folder: Path, world: World, dates: Sequence[date] = DATES) -> pd.DataFrame:
    """Return pairs of CCGs of the start and the chance of being one body on each date."""
    import pandas as pd

    tables = read_merger_tables(folder)
    codes = [ccg.code for ccg in world.ccgs]
    tallies: dict[date, Counter[tuple[str, str]]] = {day: Counter() for day in dates}
    n = 0
    for day in dates:
        found = bodies_on(day, tables, world)
        n = len(found)
        for bodies in found.values():
            for body in bodies:
                tallies[day].update(combinations(sorted(codes[i] for i in body), 2))
    keys = sorted({pair for tally in tallies.values() for pair in tally})
    rows = [(a, b, *(tallies[day][a, b] / n for day in dates)) for a, b in keys]
    table = pd.DataFrame(
        rows, columns=["ccg_a", "ccg_b", *(f"p_together_{day:%Y_%m_%d}" for day in dates)]
    )
    return table[table.iloc[:, 2:].max(axis=1) >= RARE].reset_index(drop=True)


def lean_table(
    whole: pd.DataFrame, without: Mapping[str, pd.DataFrame], column: str
) -> pd.DataFrame:
    """Return how each system's probability changes when one input is taken away.

    Args:
        whole: the system table of the forecast.
        without: system tables of the same batch without an input, by the input's name.
        column: the probability compared.
    """
    base = whole.set_index("system")
    table = base[["name", "ccgs_at_start", column]].copy()
    for name, other in without.items():
        table[f"without_{name}"] = other.set_index("system")[column] - base[column]
    return table.reset_index()
