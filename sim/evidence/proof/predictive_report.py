"""The report on forecasts of a wave left out: words, and one table per wave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.evidence.proof.predictive import PredictedWave
from sim.evidence.proof.predictive_tables import held, held_band, uniform_p
from sim.evidence.score import LEVELS

if TYPE_CHECKING:
    import pandas as pd


def predictive_report(found: Sequence[PredictedWave], pit: pd.DataFrame, *, seed: int) -> str:
    """Return the section as markdown.

    Args:
        found: the waves left out.
        pit: ``predictive_tables.predictive_pit`` of all of them.
        seed: of the bands.
    """
    lines = [
        "## Forecasts of a wave left out",
        "",
        (
            "For each synthetic truth, and for the record, we fit without the wave and forecast "
            "it: the emulator's mean at the posterior's draws plus its residual scatter, with "
            "counts rounded. The emulators are trained at prior parameters, without ballots and "
            "places, so this is not the published fit. A randomised PIT, which is exact for "
            "counts, decides whether an interval contains a truth. "
            + _scatter(len(found[0].synthetic.seen))
        ),
    ]
    for one in found:
        lines += ["", *_of_wave(one, pit[pit["left_out"] == one.wave], seed)]
    return "\n".join(lines) + "\n"


def smallest_adjusted_p(pit: pd.DataFrame) -> float:
    """Return the smallest p-value of uniform PIT over summaries and waves, after Bonferroni's."""
    synthetic = pit[pit["source"] == "synthetic"]
    found = [
        uniform_p(mine["pit"].to_numpy(dtype=float))
        for _, mine in synthetic.groupby(["left_out", "summary"])
    ]
    return min(1.0, len(found) * min(found))


def _scatter(truths: int) -> str:
    """Return in words how far the share of truths inside varies by chance, for one summary."""
    from scipy import stats

    ranges = []
    for level in LEVELS:
        low, high = (float(stats.binom.ppf(q, truths, level)) / truths for q in (0.05, 0.95))
        ranges.append(f"{level:.0%} intervals {low:.1%} to {high:.1%}")
    return (
        "Nine times in ten, well-calibrated intervals of a single summary contain this share of "
        f"the truths: {', '.join(ranges)}."
    )


def _of_wave(one: PredictedWave, pit: pd.DataFrame, seed: int) -> list[str]:
    synthetic, record = pit[pit["source"] == "synthetic"], pit[pit["source"] == "recorded"]
    every = synthetic["pit"].to_numpy(dtype=float)
    shares = []
    for level in LEVELS:
        low, high = held_band(one, level, seed=seed)
        shares.append(f"{level:.0%} contain {held(every, level):.1%} ({low:.1%} to {high:.1%})")
    own = record["pit"].to_numpy(dtype=float)
    inside = ", ".join(
        f"{round(held(own, level) * len(own))} of {len(own)} inside {level:.0%}" for level in LEVELS
    )
    lines = [
        f"### {one.wave}, forecast from {' and '.join(one.fitted)}",
        "",
        (
            f"{len(one.synthetic.seen)} truths. The intervals, over all summaries: "
            f"{', '.join(shares)}; in brackets the range that nine in ten well-calibrated "
            "forecasts would give. Smallest p-value of a uniform PIT, Bonferroni-corrected over "
            "summaries: "
            f"{_p(smallest_adjusted_p(pit))}. The record: {inside}."
        ),
        "",
        (
            "| summary | in 50% | in 80% | in 90% | p of uniform PIT | width against prior | "
            "recorded | forecast median (90%) | record's percentile |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    widths = _widths(one)
    for column, (name, row) in enumerate(zip(one.names, record.itertuples(), strict=True)):
        mine = synthetic.loc[synthetic["summary"] == name, "pit"].to_numpy(dtype=float)
        cover = " | ".join(f"{held(mine, level):.0%}" for level in LEVELS)
        lines.append(
            f"| {name} | {cover} | {_p(uniform_p(mine))} | {widths[column]} | {row.seen:.3g} | "
            f"{row.median:.3g} ({row.low:.3g} to {row.high:.3g}) | {row.pit:.0%} |"
        )
    return lines


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"


def _widths(one: PredictedWave) -> list[str]:
    """Return mean width of the truths' 80% intervals over that of the prior, by summary."""
    low, high = np.quantile(one.synthetic.draws, (0.1, 0.9), axis=1)
    prior = np.diff(np.quantile(one.prior, (0.1, 0.9), axis=0), axis=0)[0]
    width = (high - low).mean(axis=0)
    return [f"{a / b:.0%}" if b > 0 else "" for a, b in zip(width, prior, strict=True)]
