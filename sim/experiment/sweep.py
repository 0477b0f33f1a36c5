"""Sweeps: one lever or parameter over several values, with common random numbers.

A sweep is a batch whose scenarios differ from a base in one setting (and perhaps in one more),
so it is kept, resumed and extended as any batch is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Unpack

from sim.errors import InputError, nearest
from sim.experiment.api import ScenarioLike, as_scenario, run_batch
from sim.experiment.batch import Batch
from sim.experiment.plan import BatchOptions
from sim.records.csv_text import write_frame
from sim.scenario import Scenario, parse_scenario
from sim.scenario.levers import lever_table
from sim.scenario.parameters import PARAMETER_NAMES

if TYPE_CHECKING:
    import pandas as pd

SWEEP: Final = "sweep.csv"
OUTCOMES: Final = (
    "proposals",
    "proposals_centre",
    "perceived_centre",
    "ballots_held",
    "ballots_carried",
    "carried_share",
    "mergers",
    "final_ccgs",
)
"""The outcomes of a sweep where none are named: scalars, and two made of them."""
COLUMNS: Final = (
    "setting", "value", "also", "at", "outcome", "replications", "mean", "se",
    "difference", "difference_low", "difference_high",
)  # fmt: skip
Z95: Final = 1.959963984540054
MOST_ARMS: Final = 200


@dataclass(frozen=True)
class Setting:
    """One lever (``force.cajoling``) or parameter (``ballot_perceived_centre``) and its values."""

    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Sweep:
    """A finished sweep: its settings, the batch behind it, and one tidy table.

    ``frame`` has a row for each value, each value of the second setting, and outcome: mean and
    standard error over replications, and the paired difference from the first value of the same
    line with its 95% interval (0 to 0 for the first value itself). ``at`` is empty without a
    second setting.
    """

    setting: Setting
    also: Setting | None
    batch: Batch
    frame: pd.DataFrame


def make_setting(name: str, values: Sequence[Any]) -> Setting:
    """Return a setting after checking that its name exists and its values are several.

    Raises:
        InputError: there is no such lever or parameter (with the nearest name), no value is
            given, or one is given twice.
    """
    levers = tuple(row.name for row in lever_table())
    if name not in levers and name not in PARAMETER_NAMES:
        known = levers if "." in name else (*PARAMETER_NAMES, *levers)
        raise InputError(
            f"{name!r} is neither a lever (as force.cajoling) nor a parameter{nearest(name, known)}"
        )
    if not values:
        raise InputError(f"{name}: no value given")
    for value in values:
        if list(values).count(value) > 1:
            raise InputError(f"{name}: value {value!r} is given twice")
    return Setting(name, tuple(values))


def with_setting(base: Scenario, name: str, value: Any) -> Scenario:
    """Return a scenario with one lever or parameter set; a parameter is held at that number.

    Raises:
        InputError: the value is not allowed; names key, value and what is allowed.
    """
    tables = base.tables() | {"world": base.world_text}
    if "." in name:
        group, lever = name.split(".")
        levers = tables["levers"]
        tables["levers"] = levers | {group: levers.get(group, {}) | {lever: value}}
    else:
        tables["parameters"] = tables["parameters"] | {name: value}
    made = parse_scenario(tables, base.source)
    return replace(made, world=base.world, source=base.source)


def arms(base: Scenario, setting: Setting, also: Setting | None) -> list[Scenario]:
    """Return the scenarios of a sweep, the second setting's values outermost.

    Raises:
        InputError: a value is not allowed, or there are too many arms.
    """
    lines = [None] if also is None else list(also.values)
    number = len(lines) * len(setting.values)
    if number > MOST_ARMS:
        raise InputError(f"a sweep of {number} scenarios; at most {MOST_ARMS} are allowed")
    made = []
    for line, at in enumerate(lines):
        start = base if also is None else with_setting(base, also.name, at)
        for place, value in enumerate(setting.values):
            scenario = with_setting(start, setting.name, value)
            name = f"{base.name[:48]}.{line}.{place}"
            made.append(replace(scenario, name=name, title=""))
    return made


def sweep(
    base: ScenarioLike,
    setting: Setting,
    *,
    also: Setting | None = None,
    outcomes: Sequence[str] = OUTCOMES,
    **options: Unpack[BatchOptions],
) -> Sweep:
    """Run a base scenario with a lever or parameter at several values, and tabulate outcomes.

    Args:
        base: scenario, shipped name or path.
        setting: what is swept (``make_setting``).
        also: a second setting, one line of the sweep for each of its values.
        outcomes: scalar outcomes of ``replications.parquet``, or ``ballots_carried`` and
            ``carried_share``, which are made of them.
        options: as for ``run_batch`` (replications, seed, workers, out, ...).

    Raises:
        InputError: as ``run_batch``; a value is not allowed; or an outcome is unknown.
    """
    if also is not None and also.name == setting.name:
        raise InputError(f"{also.name} varies already; name another lever or parameter")
    _check_outcomes(outcomes)
    scenarios = arms(as_scenario(base), setting, also)
    batch = run_batch(scenarios, **options)
    frame = tabulate(batch, setting, also, outcomes)
    if options.get("out") is not None:
        with batch.writing(SWEEP):
            write_frame(batch.folder / SWEEP, frame)
    return Sweep(setting, also, batch, frame)


def _check_outcomes(outcomes: Sequence[str]) -> None:
    from sim.records.schema import SCALARS

    known = (*(column.name for column in SCALARS), "ballots_carried", "carried_share")
    for outcome in outcomes:
        if outcome not in known:
            raise InputError(f"{outcome!r} is not an outcome{nearest(outcome, known)}")


def tabulate(
    batch: Batch, setting: Setting, also: Setting | None, outcomes: Sequence[str]
) -> pd.DataFrame:
    """Return the tidy table of a sweep's batch; its columns are those of ``Sweep.frame``."""
    import pandas as pd

    found = batch.replications.assign(
        ballots_carried=lambda t: t["ballots_held"] - t["ballots_lost"],
        carried_share=lambda t: (t["ballots_held"] - t["ballots_lost"]) / t["ballots_held"],
    )
    by_arm = {
        name: arm.set_index("replication").sort_index() for name, arm in found.groupby("scenario")
    }
    rows = []
    number = len(setting.values)
    for position, name in enumerate(batch.scenarios):
        line, place = divmod(position, number)
        first = by_arm[batch.scenarios[line * number]]
        for outcome in outcomes:
            values = by_arm[name][outcome].astype(float)
            paired = (values - first[outcome].astype(float)).dropna().tolist()
            difference, error = _mean_and_error(paired)
            half = Z95 * error if place else 0.0
            rows.append(
                (
                    setting.name,
                    setting.values[place],
                    "" if also is None else also.name,
                    None if also is None else also.values[line],
                    outcome,
                    int(values.count()),
                    *_mean_and_error(values.dropna().tolist()),
                    difference,
                    difference - half,
                    difference + half,
                )
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and its standard error; not a number where there are too few values."""
    n = len(values)
    if n == 0:
        return math.nan, math.nan
    mean = math.fsum(values) / n
    if n == 1:
        return mean, math.nan
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
