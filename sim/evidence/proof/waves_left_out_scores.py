"""Scores of leave-one-wave-out forecasts, next to those of the full fit.

Three quantities of each wave: the count of CCGs on its 1 April, how many fewer that are than at
the end of the wave before, and its mergers. All are as the runs from April 2013 give them: they
do not know the outcomes of the rounds before the wave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.evidence.arrays import Array
from sim.evidence.fit.earlier_waves import ROUNDS, WAVES, history_wave, last_day
from sim.evidence.proof.waves_left_out import NOTHING, FitWithoutWave
from sim.evidence.record.register import AT_START, START, observed_counts
from sim.evidence.score.scores import covered, crps, interval, log_score_of_count, pit

if TYPE_CHECKING:
    import pandas as pd

LOWEST: Final = 42  # the least count that is thought possible in a log score: one a system
QUANTITIES: Final[dict[str, tuple[int, int]]] = {
    "count": (LOWEST, AT_START),
    "fall": (0, AT_START - LOWEST),
    "mergers": (0, AT_START // 2),
}
"""What is scored, and from where to where it is thought possible in a log score."""
FORECASTS: Final = ("left_out", "seen", "nobody_merges")
COLUMNS: Final = (
    "wave",
    "date",
    "quantity",
    "forecast",
    "observed",
    "median",
    "q05",
    "q95",
    "crps",
    "log_score",
    "pit",
    "covered_90",
)


def years(wave: str) -> str:
    """Return the years whose 1 April a wave holds, as a reader would write them."""
    held = [year for year, name in ROUNDS.items() if name == wave]
    return str(held[0]) if len(held) == 1 else f"{held[0]} to {held[-1]}"


def day_before(wave: str) -> date:
    """Return the day from which a wave's fall is counted: the last of the wave before it."""
    place = WAVES.index(wave)
    return last_day(WAVES[place - 1]) if place else START


def recorded(wave: str) -> dict[str, int]:
    """Return what was recorded of a wave, by quantity."""
    past = history_wave()
    count, before = _recorded_count(last_day(wave)), _recorded_count(day_before(wave))
    mergers = int(past.observed[past.names.index(wave)])
    return {"count": count, "fall": before - count, "mergers": mergers}


def _recorded_count(day: date) -> int:
    """Return the count on a day; where nobody has merged it stays."""
    counts = observed_counts()
    return counts[max(known for known in counts if known <= day)]


def simulated(folder: Path, wave: str) -> dict[str, Array]:
    """Return what a batch from April 2013 gives of a wave: by quantity, one a replication."""
    import pandas as pd

    counts = pd.read_parquet(folder / "counts.parquet", columns=["replication", "date", "ccgs"])
    table = counts.drop_duplicates().pivot(index="replication", columns="date", values="ccgs")
    count = table[last_day(wave)].to_numpy(dtype=float)
    before = table[day_before(wave)].to_numpy(dtype=float)
    past = history_wave()
    _, summaries = past.of(folder)
    mergers = summaries[:, past.names.index(wave)]
    return {"count": count, "fall": before - count, "mergers": mergers}


def score_waves(found: Sequence[FitWithoutWave], seed: int) -> pd.DataFrame:
    """Return the scores of every wave left out: a row for each quantity and forecast.

    ``left_out`` is the fit that has not seen the wave, ``seen`` the finished one. ``nobody_merges``
    states one number: the recorded count before the wave, no fall and no merger.

    Args:
        found: the finished fit and those with a wave left out, all run.
        seed: of the randomised PIT, the same random numbers for both fits.
    """
    import pandas as pd

    runs = {one.wave: one.runs for one in found}
    rng = np.random.Generator(np.random.Philox(key=seed))
    rows = []
    for wave in (one.wave for one in found if one.wave != NOTHING):
        truth = recorded(wave)
        members = {"left_out": simulated(runs[wave], wave), "seen": simulated(runs[NOTHING], wave)}
        stays = {"count": float(truth["count"] + truth["fall"]), "fall": 0.0, "mergers": 0.0}
        members["nobody_merges"] = {name: np.array([stays[name]]) for name in QUANTITIES}
        for name in QUANTITIES:
            streams = rng.random()
            for forecast in FORECASTS:
                given = members[forecast][name]
                told = _scores(truth[name], given, QUANTITIES[name], streams)
                rows.append((wave, last_day(wave).isoformat(), name, forecast, truth[name], *told))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _scores(
    truth: int, members: Array, possible: tuple[int, int], streams: float
) -> tuple[float, float, float, float, float, float, bool]:
    """Return median, 90% interval, CRPS, log score, PIT (none of one number) and coverage."""
    low, high = interval(members, 0.9)
    return (
        float(np.median(members)),
        float(low),
        float(high),
        float(crps(truth, members)),
        log_score_of_count(truth, members, *possible),
        float(pit(truth, members, streams)) if len(members) > 1 else float("nan"),
        bool(covered(truth, members, 0.9)),
    )


HOW_TO_READ: Final = (
    "How to read: each row is a wave of mergers before 2020. *Not seen* is a fit to all waves but "
    "this one (including later ones and the ballots of 2020); *seen* is the full fit. Count is the "
    "number of CCGs on the wave's last 1 April, fall how many fewer than at the end of the wave "
    "before, mergers how many took effect. CRPS is a distance in the row's own unit and the log "
    "score is in nats: less is better. Where *not seen* is hardly worse than *seen*, the fit "
    "expected the wave without using it. PIT is where the record lies among the replications: "
    "below 0.05 or above 0.95 it is a surprise. *Nobody merges* knows the recorded count before "
    "the wave; the simulation starts in April 2013 and does not. Four waves are few, and none is "
    "wholly unseen: the authors knew these rounds when they set the dates and rates of past "
    "policies."
)


def waves_left_out_page(table: pd.DataFrame, found: Sequence[FitWithoutWave]) -> str:
    """Return the scores and the diagnostics of the draws as a page of markdown."""
    lines = [
        "# Earlier waves, each left out of the fit",
        "",
        (
            "| wave | what | recorded | not seen: median (90%) | CRPS | log score | PIT | seen: "
            "median (90%) | CRPS | log score | PIT | nobody merges: CRPS | log score |"
        ),
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    by_row: dict[tuple[str, str], dict[str, Mapping[Any, Any]]] = {}
    for one in table.to_dict("records"):
        by_row.setdefault((one["wave"], one["quantity"]), {})[one["forecast"]] = one
    for (wave, quantity), row in by_row.items():
        left, seen, stays = (row[forecast] for forecast in FORECASTS)
        lines.append(
            f"| {years(wave)} | {quantity} | {stays['observed']} | {_cells(left)} | "
            f"{_cells(seen)} | {_losses(stays)} |"
        )
    for quantity in QUANTITIES:
        own = table[table["quantity"] == quantity]
        left, seen, stays = (
            dict(own.loc[own["forecast"] == forecast, ["crps", "log_score"]].mean())
            for forecast in FORECASTS
        )
        lines.append(
            f"| mean | {quantity} |  |  | {_losses(left)} |  |  | {_losses(seen)} |  | "
            f"{_losses(stays)} |"
        )
    lines += ["", HOW_TO_READ, "", "## How the samples were drawn", "", *_draws(found)]
    return "\n".join(lines) + "\n"


def _cells(row: Mapping[Any, Any]) -> str:
    return (
        f"{row['median']:.0f} ({row['q05']:.0f} to {row['q95']:.0f}) | {_losses(row)} | "
        f"{row['pit']:.2f}"
    )


def _losses(row: Mapping[Any, Any]) -> str:
    return f"{row['crps']:.1f} | {row['log_score']:.1f}"


def _draws(found: Sequence[FitWithoutWave]) -> list[str]:
    lines = [
        "| left out | largest R-hat | effective share after the ballots | away | moved most |",
        "|---|---:|---:|---:|---|",
    ]
    for one in found:
        name, shift = one.moved
        left_out, moved = (
            (NOTHING, "") if one.wave == NOTHING else (years(one.wave), f"`{name}` {shift:+.2f}")
        )
        lines.append(
            f"| {left_out} | {one.r_hat:.3f} | {one.ballot_weight:.0%} | {one.away:.2f} | {moved} |"
        )
    told = (
        "Away: distance from the mean of the draws to that of the points used to train the "
        "emulators, in standard deviations of those points. Where it is much larger than with "
        "nothing left out, the emulators extrapolate. Moved most: the parameter whose mean moved "
        "most when the wave was left out, in standard deviations of the full fit."
    )
    return [*lines, "", told]
