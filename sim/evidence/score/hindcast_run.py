"""The hindcast as a job: arms of one scenario up to the day, their batch, and all that is scored.

Arms: the model with its default parameters, and two with one part taken away, to see which
patterns it carries. Everything is derived from the batch's tables, so a finished batch can be
scored again without running anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.errors import InputError
from sim.evidence.extras import require
from sim.evidence.record import Facts, MergerTables, facts_2020, simulated_round
from sim.evidence.score.baselines import baselines
from sim.evidence.score.forecast import Forecast, read_ensemble
from sim.evidence.score.hindcast import (
    CHANCES,
    hindcast_pit,
    hindcast_pit_histogram,
    hindcast_reliability,
    hindcast_scores,
    outcomes,
)
from sim.evidence.score.patterns import load_patterns, patterns_report
from sim.evidence.score.scores import crps
from sim.records.csv_text import write_frame
from sim.scenario import Scenario, parse_scenario
from sim.world.load import load_world

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.batch import Batch
    from sim.world.model import World

MODEL: Final = "simulation"
ARMS: Final[dict[str, str]] = {
    MODEL: "the simulation, without what the fit says about each system from this very round",
    "places_learnt": "the simulation with what the fit says about each system from this round",
    "no_shared_effect": "the simulation without a shared proposal effect in ballots",
    "no_leaders_gate": "the simulation in which leaders call every ballot",
}
TABLES: Final = (
    "scores",
    "patterns",
    "reliability",
    "pit",
    "pit_histogram",
    "count_forecasts",
    "items",
)
"""The CSV files that a hindcast writes beside its batch."""
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Hindcast:
    """What a hindcast found, as the tables it writes (``TABLES``), by name."""

    facts: Facts
    forecasts: tuple[Forecast, ...]
    tables: Mapping[str, pd.DataFrame]


def check_libraries() -> None:
    """Refuse at once, before anything runs, where a library of the extra is missing.

    Raises:
        InputError: scoringrules or scikit-learn is not installed.
    """
    for package in ("scoringrules", "sklearn.linear_model"):
        require(package)


def hindcast_arms(base: Scenario, on: date) -> tuple[Scenario, ...]:
    """Return the scenario up to the day, and its variants, by the name of arms.

    What the fit says about each system from this very round (leanings) is left out of all but
    ``places_learnt``: with it, systems are scored with estimates made from their own outcomes.
    ``no_shared_effect``: ``support_shared`` is 0, so that CCGs of one proposal differ as much as
    those of two. ``no_leaders_gate``: leaders call every ballot (``ballot.leaders_gate``).

    Raises:
        InputError: the scenario starts after the day.
    """
    if base.start >= on:
        raise InputError(f"{base.source}: start = {base.start} must come before {on}")
    tables = base.tables() | {"end": on}
    tables.pop("title", None)  # that of the base, which is no arm's
    tables["model"] = dict(tables["model"]) | {"leanings": "unlearnt"}
    learnt = {"model": dict(tables["model"]) | {"leanings": "learnt"}}
    unshared = {"parameters": dict(tables["parameters"]) | {"support_shared": 0.0}}
    ballot = dict(tables["levers"]["ballot"]) | {"leaders_gate": False}
    ungated = {"levers": dict(tables["levers"]) | {"ballot": ballot}}
    # by way of tables, as from a file: what an arm states itself then wins over anything fitted
    return tuple(
        parse_scenario(tables | change | {"name": name}, base.source)
        for name, change in zip(ARMS, ({}, learnt, unshared, ungated), strict=True)
    )


def facts_for(base: Scenario, world: World) -> Facts:
    """Return the recorded round that a scenario can be scored on.

    Raises:
        InputError: it is not a scenario of England from 1 June 2019.
    """
    known = load_world("england_2019")
    if world.digest != known.digest:
        raise InputError(
            f"{base.source}: world = {base.world_text!r}: the record of April 2020 is of "
            "'england_2019'"
        )
    facts = facts_2020(world)
    if base.start != facts.start:
        raise InputError(
            f"{base.source}: start = {base.start} must be {facts.start}, when the world is of"
        )
    return facts


def score_batch(
    batch: Batch,
    facts: Facts,
    world: World,
    *,
    seed: int,
    ballots: pd.DataFrame | None = None,
) -> Hindcast:
    """Score every arm of a finished batch, with the baselines beside them.

    Args:
        batch: the batch of ``hindcast_arms``; other scenarios in it are scored too.
        facts: the round.
        world: the world of the facts.
        seed: seeds resampling, baselines and randomised PIT.
        ballots: score rows on ballots, made elsewhere, with the columns of ``hindcast.COLUMNS``.

    Raises:
        InputError: a library is missing, or the batch is of another world or ends too early.
    """
    import pandas as pd

    check_libraries()
    tables_of_all = MergerTables(batch.proposals, batch.systems, batch.ccgs)
    ensembles = {
        name: read_ensemble(tables_of_all.of_scenario(name), facts, world)
        for name in batch.scenarios
    }
    forecasts = [one.forecast(name, ARMS.get(name, name)) for name, one in ensembles.items()]
    forecasts += baselines(facts, seed=seed)
    arms = {
        name: simulated_round(batch.proposals, batch.ballots, name, facts, world)
        for name in batch.scenarios
    }
    first = batch.scenarios[0]
    own = ensembles[first]
    tables: dict[str, pd.DataFrame] = {
        "scores": hindcast_scores(forecasts, facts, seed=seed, ballots=ballots),
        "patterns": patterns_report(arms, load_patterns()),
        "reliability": hindcast_reliability(own, first, facts, seed=seed),
        "pit": hindcast_pit(own, first, facts, seed=seed),
        "pit_histogram": hindcast_pit_histogram(own, first, facts, seed=seed),
        "count_forecasts": pd.DataFrame(_count_rows(forecasts, facts)),
        "items": _items(forecasts, facts),
    }
    return Hindcast(facts, tuple(forecasts), tables)


def write_hindcast(found: Hindcast, folder: Path) -> list[Path]:
    """Write the tables of a hindcast as CSV and return the files, in the order of ``TABLES``."""
    written = []
    for name in TABLES:
        path = folder / f"{name}.csv"
        write_frame(path, found.tables[name])
        written.append(path)
    return written


def _count_rows(forecasts: Sequence[Forecast], facts: Facts) -> list[dict[str, Any]]:
    rows = []
    for one in forecasts:
        if one.counts is None:
            continue
        ends = np.quantile(one.counts, QUANTILES)
        rows.append(
            {
                "forecast": one.name,
                "meaning": one.meaning,
                "members": len(one.counts),
                "mean": float(one.counts.mean()),
                **{f"q{q * 100:02.0f}": float(x) for q, x in zip(QUANTILES, ends, strict=True)},
                "observed": facts.count,
                "crps": float(crps(facts.count, one.counts, fair=not one.stated)),
            }
        )
    return rows


def _items(forecasts: Sequence[Forecast], facts: Facts) -> pd.DataFrame:
    """Return every item with its outcome and the probability that each forecast gave it."""
    import pandas as pd

    codes = np.array(facts.ccgs)
    names = {
        "systems": [facts.systems[i] for i in facts.open_systems],
        "ccgs": [str(codes[i]) for i in facts.open_ccgs],
        "pairs": [f"{codes[i]}+{codes[j]}" for i, j in facts.pairs],
    }
    parts = []
    for quantity in CHANCES:
        truth, unit = outcomes(facts, quantity)
        columns: dict[str, Any] = {
            "quantity": quantity,
            "item": names[quantity],
            "system": [facts.systems[i] for i in unit],
            "came_true": truth.astype(int),
        }
        for one in forecasts:
            chance = getattr(one, quantity)
            if chance is not None:
                columns[one.name] = chance
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
