"""Scores of forecasts of one round, as one tidy table with intervals.

Items of one system stand or fall together, so the systems are what is resampled: 2,000 times as
many systems as there are, drawn with replacement, and the 2.5 and 97.5 per cent points of the
score recomputed (percentile bootstrap). Intervals say how far a score could have come out
differently with other systems of the same kind; they do not say how another year would go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.evidence.record.facts import Facts, Flags, Indices
from sim.evidence.score import scores
from sim.evidence.score.forecast import Ensemble, Floats, Forecast
from sim.evidence.score.reliability import histogram_band, murphy, reliability_curve

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES: Final = 2000
LEVEL: Final = 0.95
COLUMNS: Final = (
    "quantity",
    "forecast",
    "score",
    "value",
    "low",
    "high",
    "against",
    "skill",
    "skill_low",
    "skill_high",
)
CURVE_BINS: Final = 5
PIT_BARS: Final = 5
"""Few, since a round has some thirty open systems."""
PIT_TRUTHS: Final = 500
CHANCES: Final = ("systems", "ccgs", "pairs")
REFERENCES: Final = ("base_rate", "past_rate_start", "logistic_plans")
"""What skill is measured against where the references stand among the forecasts; for the count
``uniform`` replaces the base rate, which knows the answer."""
COUNT_REFERENCES: Final = ("uniform", "past_rate_start", "logistic_plans")


def hindcast_scores(
    forecasts: Sequence[Forecast],
    facts: Facts,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    ballots: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return all scores of all forecasts of a round.

    Quantities and their scores:

    * ``count``: crps (CCGs), log_score (nats; smoothed
      as ``scores.count_probabilities`` over 1 to the CCGs of the start), error
      (median less truth), pit, covers_50, _80, _90 (1 or 0). Intervals of the CRPS resample the
      systems of truth and members alike, so forecasts that say nothing by system have none.
    * ``system_counts``: the number of CCGs of each open system: crps, covers_50, _80, _90 (share).
    * ``systems`` (one CCG, among the open), ``ccgs`` (merged, among the open), ``pairs`` (one
      body): brier, log_score, and Murphy's reliability, resolution, uncertainty.

    Skill is 1 - score / score of the reference, one row per reference; rows without a reference
    leave it empty.

    Args:
        forecasts: the simulation's and the baselines.
        facts: the round.
        seed: seeds resampling and the randomised PIT.
        resamples: how often the systems are resampled.
        ballots: rows on ballots with the same columns, made elsewhere; put at the end.

    Returns:
        Columns ``COLUMNS``; ``low`` to ``skill_high`` are NaN where they do not apply.
    """
    import pandas as pd

    rng = np.random.default_rng([seed, 10])
    units = len(facts.systems)
    drawn = rng.multinomial(units, np.full(units, 1 / units), size=resamples).astype(float)
    rows: list[tuple[Any, ...]] = []
    rows += _count_rows(forecasts, facts, drawn, seed)
    rows += _system_count_rows(forecasts, facts, drawn)
    for quantity in CHANCES:
        rows += _chance_rows(quantity, forecasts, facts, drawn)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if ballots is not None:
        table = pd.concat([table, ballots[list(COLUMNS)]], ignore_index=True)
    return table


# -- the count -----------------------------------------------------------------------------------


def _count_rows(
    forecasts: Sequence[Forecast], facts: Facts, drawn: Floats, seed: int
) -> list[tuple[Any, ...]]:
    said = [one for one in forecasts if one.counts is not None]
    value = {one.name: _crps_of(one, facts.count, one.counts) for one in said}
    again: dict[str, Floats] = {}
    for one in said:
        if one.by_system is not None:
            truth = drawn @ facts.ccgs_after
            again[one.name] = scores.crps(truth, drawn @ one.by_system.T, fair=not one.stated)
        elif one.name == "uniform":
            again[one.name] = scores.crps(
                drawn @ facts.ccgs_after,
                np.broadcast_to(one.counts, (len(drawn), len(one.counts))),  # type: ignore[arg-type]
                fair=False,
            )
    rows: list[tuple[Any, ...]] = []
    for number, one in enumerate(said):
        rows += _rows_against("count", "crps", one.name, value, again, COUNT_REFERENCES)
        members = np.asarray(one.counts)
        uniform = np.random.default_rng([seed, 11, number]).random()
        plain = {
            "log_score": scores.log_score_of_count(facts.count, members, 1, len(facts.ccgs)),
            "median": float(np.median(members)),
            "error": float(np.median(members)) - facts.count,
            "pit": float(scores.pit(facts.count, members, uniform)),
        }
        for level in scores.LEVELS:
            plain[f"covers_{level * 100:.0f}"] = float(scores.covered(facts.count, members, level))
        rows += [_plain("count", one.name, score, amount) for score, amount in plain.items()]
    return rows


def _crps_of(forecast: Forecast, truth: float, members: Any) -> float:
    return float(scores.crps(truth, members, fair=not forecast.stated))


def _system_count_rows(
    forecasts: Sequence[Forecast], facts: Facts, drawn: Floats
) -> list[tuple[Any, ...]]:
    spots, truth = facts.open_systems, facts.ccgs_after[facts.open_systems]
    rows: list[tuple[Any, ...]] = []
    value: dict[str, float] = {}
    again: dict[str, Floats] = {}
    said = [(one, one.by_system[:, spots].T) for one in forecasts if one.by_system is not None]
    for one, members in said:
        each = scores.crps(truth, members, fair=not one.stated)
        value[one.name], again[one.name] = _mean(each, spots, drawn)
    for one, members in said:
        rows += _rows_against("system_counts", "crps", one.name, value, again, REFERENCES)
        for level in scores.LEVELS:
            held = scores.covered(truth, members, level).astype(float)
            share, shares = _mean(held, spots, drawn)
            name = f"covers_{level * 100:.0f}"
            rows.append(_plain("system_counts", one.name, name, share, shares))
    return rows


# -- yes and no ----------------------------------------------------------------------------------


def outcomes(facts: Facts, quantity: str) -> tuple[Flags, Indices]:
    """Return what came true of a quantity (systems, ccgs, pairs), and the system of each item."""
    if quantity == "systems":
        return facts.one_ccg, facts.open_systems
    if quantity == "ccgs":
        return facts.merged, facts.system_of[facts.open_ccgs]
    return facts.together, facts.pair_unit


def _chance_rows(
    quantity: str, forecasts: Sequence[Forecast], facts: Facts, drawn: Floats
) -> list[tuple[Any, ...]]:
    truth, unit = outcomes(facts, quantity)
    said = [(one.name, getattr(one, quantity)) for one in forecasts]
    said = [(name, chance) for name, chance in said if chance is not None]
    rows: list[tuple[Any, ...]] = []
    value: dict[str, dict[str, float]] = {"brier": {}, "log_score": {}}
    again: dict[str, dict[str, Floats]] = {"brier": {}, "log_score": {}}
    for name, chance in said:
        for score, each in (
            ("brier", scores.brier(truth, chance)),
            ("log_score", scores.log_score(truth, chance)),
        ):
            value[score][name], again[score][name] = _mean(each, unit, drawn)
    for name, chance in said:
        for score, values in value.items():
            rows += _rows_against(quantity, score, name, values, again[score], REFERENCES)
        parts = murphy(truth, chance)
        for part in ("reliability", "resolution", "uncertainty", "within"):
            rows.append(_plain(quantity, name, f"murphy_{part}", getattr(parts, part)))
    return rows


# -- rows and resampling -------------------------------------------------------------------------


def _mean(each: Floats, unit: Indices, drawn: Floats) -> tuple[float, Floats]:
    """Return the mean over items, and over the items of each resample of units."""
    total = np.bincount(unit, each, drawn.shape[1])
    number = np.bincount(unit, minlength=drawn.shape[1]).astype(float)
    return float(each.mean()), np.asarray((drawn @ total) / np.maximum(drawn @ number, 1.0))


def _ends(values: Floats | None) -> tuple[float, float]:
    if values is None:
        return float("nan"), float("nan")
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail])
    return float(low), float(high)


def _plain(
    quantity: str, name: str, score: str, value: float, again: Floats | None = None
) -> tuple[Any, ...]:
    nan = float("nan")
    return (quantity, name, score, value, *_ends(again), "", nan, nan, nan)


def _rows_against(
    quantity: str,
    score: str,
    name: str,
    value: dict[str, float],
    again: dict[str, Floats],
    references: Sequence[str],
) -> list[tuple[Any, ...]]:
    """Return one row per reference (the first alone for itself), or one without any."""
    mine = again.get(name)
    rows: list[tuple[Any, ...]] = []
    for reference in references:
        if reference not in value or reference == name or not value[reference] > 0:
            continue
        skill = 1 - value[name] / value[reference]
        other = again.get(reference)
        skills = None
        if mine is not None and other is not None:
            skills = 1 - mine / np.where(other > 0, other, np.nan)
        rows.append(
            (quantity, name, score, value[name], *_ends(mine), reference, skill, *_ends(skills))
        )
    return rows or [_plain(quantity, name, score, value[name], mine)]


# -- reliability and PIT -------------------------------------------------------------------------


def hindcast_reliability(ensemble: Ensemble, name: str, facts: Facts, *, seed: int) -> pd.DataFrame:
    """Return the reliability curves of the simulation, its own replications giving the bands.

    Columns: quantity, forecast (name), and those of ``reliability.reliability_curve``, in which
    the mean probability is ``mean_probability``.
    """
    import pandas as pd

    parts = []
    for quantity, draws in (
        ("systems", ensemble.one_ccg),
        ("ccgs", ensemble.merged),
        ("pairs", ensemble.together),
    ):
        truth, _ = outcomes(facts, quantity)
        curve = reliability_curve(
            truth, draws.mean(axis=0), seed=seed, bins=CURVE_BINS, draws=draws
        )
        curve = curve.rename(columns={"forecast": "mean_probability"})
        curve.insert(0, "forecast", name)
        curve.insert(0, "quantity", quantity)
        parts.append(curve)
    return pd.concat(parts, ignore_index=True)


def hindcast_pit(ensemble: Ensemble, name: str, facts: Facts, *, seed: int) -> pd.DataFrame:
    """Return the randomised PIT of the count and of the CCGs of each open system.

    Columns: quantity (count, system_counts), forecast, system ("" for the count), pit.
    """
    import pandas as pd

    rng = np.random.default_rng([seed, 12])
    spots = facts.open_systems
    values = scores.pit(
        facts.ccgs_after[spots], ensemble.by_system[:, spots].T, rng.random(len(spots))
    )
    rows = [("count", name, "", float(scores.pit(facts.count, ensemble.counts, rng.random())))]
    rows += [
        ("system_counts", name, facts.systems[spot], float(value))
        for spot, value in zip(spots, values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["quantity", "forecast", "system", "pit"])


def hindcast_pit_histogram(
    ensemble: Ensemble, name: str, facts: Facts, *, seed: int, bars: int = PIT_BARS
) -> pd.DataFrame:
    """Return the histogram of the PIT of the open systems' counts, with its band.

    The band is the central 90% of each bar where the truth is one of the replications: up to 500
    of them are taken as truths in turn, so that it keeps what systems have in common.

    Columns: forecast, low, high (of the bar), items, expected, band_low, band_high.
    """
    import pandas as pd

    rng = np.random.default_rng([seed, 13])
    spots = facts.open_systems
    members = ensemble.by_system[:, spots].T
    truths = members[:, rng.permutation(members.shape[1])[:PIT_TRUTHS]]
    drawn = np.stack([scores.pit(truth, members, rng.random(len(spots))) for truth in truths.T])
    low, high = histogram_band(drawn, bars)
    own = hindcast_pit(ensemble, name, facts, seed=seed)
    mine = own.loc[own["quantity"] == "system_counts", "pit"].to_numpy(dtype=float)
    edges = np.linspace(0.0, 1.0, bars + 1)
    return pd.DataFrame(
        {
            "forecast": name,
            "low": edges[:-1],
            "high": edges[1:],
            "items": np.histogram(mine, edges)[0],
            "expected": len(mine) / bars,
            "band_low": low,
            "band_high": high,
        }
    )
