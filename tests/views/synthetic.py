"""Made-up results of a batch on England's map, in the columns of design section 6."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from sim.views.plots.geography import Geography

START, END = date(2019, 6, 1), date(2022, 7, 1)
APRILS = (date(2020, 4, 1), date(2021, 4, 1), date(2022, 4, 1))
LEANING = {"as_written": 0.0, "hard_rule": 1.5, "locally_led": -1.0}
COMPONENTS = ("parameters", "place", "proposal", "ccg", "practice", "other")


@dataclass(frozen=True)
class Tables:
    """The tables of a batch as data frames."""

    replications: pd.DataFrame
    counts: pd.DataFrame
    ccgs: pd.DataFrame
    places: pd.DataFrame
    summary: pd.DataFrame
    variance: pd.DataFrame


def wilson(p: float, n: int) -> tuple[float, float]:
    z = 1.959964
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return centre - half, centre + half


def summary_row(scenario: str, outcome: str, values: list[float]) -> dict[str, object]:
    series = pd.Series(values, dtype=float)
    chance = outcome.startswith("p_")
    n = len(series)
    p = float(series.mean()) if chance else float("nan")
    low, high = wilson(p, n) if chance else (float("nan"),) * 2
    return {
        "scenario": scenario,
        "outcome": outcome,
        "replications": n,
        "mean": series.mean(),
        "sd": series.std(),
        "se": series.std() / np.sqrt(n),
        **{f"q{q:02d}": series.quantile(q / 100) for q in (5, 25, 50, 75, 95)},
        "p": p,
        "p_low": low,
        "p_high": high,
    }


def make_tables(
    geography: Geography, *, scenarios: tuple[str, ...] = tuple(LEANING), n: int = 60, seed: int = 1
) -> Tables:
    """Draw a batch in which a whole system merges at once on some 1 April, or never."""
    rng = np.random.default_rng(seed)
    members: dict[str, list[str]] = {}
    for ccg, system in geography.ccg_system.items():
        members.setdefault(system, []).append(ccg)
    taste = {system: rng.normal(-0.6, 1.3) for system in members}
    reps, counts, ccgs, places = [], [], [], []
    for scenario in scenarios:
        joined: dict[str, list[date | None]] = {system: [] for system in members}
        for r in range(n):
            streams = rng.normal(0, 0.7)
            total = len(geography.ccg_system)
            when: dict[str, date | None] = {}
            for system, parts in members.items():
                chance = 1 / (1 + np.exp(-(taste[system] + streams + LEANING.get(scenario, 0.0))))
                day = next((d for d in APRILS if rng.random() < chance / 2), None)
                when[system] = day if len(parts) > 1 else None
                joined[system].append(when[system])
                new = "+".join(sorted(parts))
                ccgs += [
                    (scenario, r, ccg, when[system], when[system], new if when[system] else ccg)
                    for ccg in parts
                ]
            series = [(START, total)]
            for april in APRILS:
                total -= sum(len(members[s]) - 1 for s, day in when.items() if day == april)
                series.append((april, total))
            series.append((END, total))
            counts += [(scenario, r, day, number) for day, number in series]
            reps.append((scenario, r, total, int(rng.poisson(4)), int(rng.poisson(1)), 12))
        for system, days in joined.items():
            for april in APRILS:
                share = float(np.mean([d is not None and d <= april for d in days]))
                one = share if len(members[system]) > 1 else 1.0
                name = geography.system_name[system]
                places.append((scenario, system, name, april, share, share / 3, one, share))
    reps_frame = pd.DataFrame(
        reps,
        columns=["scenario", "replication", "final_ccgs", "ballots_lost", "refused", "proposals"],
    )
    counts_frame = pd.DataFrame(counts, columns=["scenario", "replication", "date", "ccgs"])
    rows = []
    for scenario in scenarios:
        mine = reps_frame[reps_frame.scenario == scenario]
        final = mine.final_ccgs
        for april in APRILS:
            at = counts_frame[(counts_frame.scenario == scenario) & (counts_frame.date == april)]
            rows.append(summary_row(scenario, f"ccgs_{april:%Y_%m_%d}", list(at.ccgs)))
        for name in ("final_ccgs", "ballots_lost", "refused", "proposals"):
            rows.append(summary_row(scenario, name, list(mine[name])))
        rows.append(summary_row(scenario, "p_60_70", list(final.between(60, 70))))
        rows.append(summary_row(scenario, "p_more_than_42", list(final > 42)))
        rows.append(summary_row(scenario, "p_fewer_than_151", list(final < 151)))
        rows.append(summary_row(scenario, "p_former_count", list(final.isin([90, 95, 100, 152]))))
    variance = pd.DataFrame(
        [
            (scenario, name, 0.1 + 0.05 * k, 0.2 + 0.05 * k, 0.03, n)
            for scenario in scenarios
            for k, name in enumerate(COMPONENTS)
        ],
        columns=["scenario", "component", "first_order", "total", "se", "replications"],
    )
    return Tables(
        reps_frame,
        counts_frame,
        pd.DataFrame(
            ccgs,
            columns=["scenario", "replication", "ccg", "merged_on", "last_merged_on", "successor"],
        ),
        pd.DataFrame(
            places,
            columns=[
                "scenario",
                "system",
                "system_name",
                "date",
                "p_proposal",
                "p_lost_ballot",
                "p_one_ccg",
                "p_any_merger",
            ],
        ),
        pd.DataFrame(rows),
        variance,
    )


def write_results(tables: Tables, folder: Path, *, seed: int = 7, world: str = "") -> Path:
    """Write the tables as a finished results folder with its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    tables.replications.to_parquet(folder / "replications.parquet")
    tables.counts.to_parquet(folder / "counts.parquet")
    tables.ccgs.to_parquet(folder / "ccgs.parquet")
    tables.places.to_csv(folder / "places.csv", index=False)
    tables.summary.to_csv(folder / "summary.csv", index=False)
    tables.variance.to_csv(folder / "variance.csv", index=False)
    names = list(tables.summary.scenario.drop_duplicates())
    manifest = {
        "results_version": "1",
        "identity": "made up",
        "seed": seed,
        "replications": int(tables.summary.replications.max()),
        "scenarios": [{"name": name, "resolved": {"world": world}} for name in names],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
