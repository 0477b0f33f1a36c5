"""Who drives mergers: shares of what happened by driver, switched off one and several at a time.

Information (what the rule is heard to say), money (the running-cost cut) and force (what regions
and the centre do) are the drivers from above. Every set is run with the same random numbers; a
driver's share is its Shapley value, the mean over all orders of what it adds to those before it.
What is left with all of them off is local leaders' own. Shares sum to 1 in every replication's
total, and by construction in their means.

No command shows this yet; it can be used from Python.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Unpack

from sim.experiment.batch import Batch, run_batch
from sim.experiment.plan import BatchOptions
from sim.scenario import Scenario

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DRIVERS: Final = ("information", "money", "force")
LOCAL: Final = "local_leaders"
INFORMS: Final = frozenset({"letter", "statement", "guidance", "wording"})
FORCES: Final = frozenset({"push"})
BOOTSTRAPS: Final = 400
BOOTSTRAP_SEED: Final = 20190602
ATTRIBUTION_COLUMNS: Final = (
    "scenario",
    "driver",
    "ccgs",
    "share",
    "se",
    "low",
    "high",
    "replications",
)


@dataclass(frozen=True)
class Attribution:
    """Shares by driver (``shares``) and the batch of all sets of drivers that they rest on."""

    batch: Batch
    shares: pd.DataFrame


def without(scenario: Scenario, drivers: Sequence[str]) -> Scenario:
    """Return a scenario with some drivers switched off, named by those that are left on.

    Without information the rule says nothing of a number and no letter, statement or guidance is
    written; without money nothing is cut; without force no region encourages, pays, cajoles or
    pushes and no hard rule stands.
    """
    levers = scenario.levers
    silent: frozenset[str] = frozenset()
    if "information" in drivers:
        update = {"wording": "none"}
        levers = levers.model_copy(
            update={"information": levers.information.model_copy(update=update)}
        )
        silent |= INFORMS
    if "money" in drivers:
        money = levers.money.model_copy(update={"running_cost_cut": 0.0})
        levers = levers.model_copy(update={"money": money})
    if "force" in drivers:
        off: dict[str, Any] = dict.fromkeys(("encouragement", "incentive", "cajoling"), 0.0)
        force = levers.force.model_copy(update={**off, "hard_rule": False})
        levers = levers.model_copy(update={"force": force})
        silent |= FORCES
    left = [driver for driver in DRIVERS if driver not in drivers]
    return replace(
        scenario,
        name="with_" + ("_".join(left) or "none"),
        title="",
        levers=levers,
        calendar=tuple(event for event in scenario.calendar if event.kind not in silent),
    )


def shapley(values: Mapping[frozenset[str], float], players: Sequence[str]) -> dict[str, float]:
    """Return each player's Shapley value (Shapley 1953): its mean gain over all orders.

    ``values`` holds the worth of every set of players; the values sum to the worth of all less
    that of none.
    """
    n = len(players)
    found = dict.fromkeys(players, 0.0)
    for player in players:
        others = [other for other in players if other != player]
        for size in range(n):
            weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            for chosen in combinations(others, size):
                base = frozenset(chosen)
                found[player] += weight * (values[base | {player}] - values[base])
    return found


def attribute(scenario: Scenario, **options: Unpack[BatchOptions]) -> Attribution:
    """Run a scenario with every set of its drivers and share out its mergers among them.

    All sets are run with common random numbers.

    Args:
        scenario: the scenario whose mergers are to be explained.
        options: as for ``run_batch`` (replications, seed, workers, out, ...).

    Returns:
        ``shares``: one row per driver and for local leaders: ``ccgs`` (mean number of CCGs fewer
        at the end that are its), ``share`` of all, with bootstrap standard error and 95%
        interval over replications. Shares sum to 1; one below 0 held mergers back.

    Raises:
        InputError: as ``run_batch``.
    """
    import pandas as pd

    sets = [frozenset(s) for size in range(4) for s in combinations(DRIVERS, size)]
    arms = {on: without(scenario, [d for d in DRIVERS if d not in on]) for on in sets}
    batch = run_batch(list(arms.values()), **options)
    finals = batch.replications.pivot(index="replication", columns="scenario", values="final_ccgs")
    start = batch.counts["ccgs"].max()
    gone = {on: start - finals[arm.name].to_numpy(dtype=float) for on, arm in arms.items()}
    rows = [(scenario.name, *row) for row in _rows(gone)]
    return Attribution(batch, pd.DataFrame(rows, columns=list(ATTRIBUTION_COLUMNS)))


def _rows(gone: Mapping[frozenset[str], np.ndarray]) -> list[tuple[Any, ...]]:
    import numpy as np

    n = len(gone[frozenset()])
    picks = np.random.default_rng(BOOTSTRAP_SEED).integers(0, n, size=(BOOTSTRAPS, n))
    means = {on: float(values.mean()) for on, values in gone.items()}
    effects = _effects(means)
    whole = means[frozenset(DRIVERS)]
    again: dict[str, list[float]] = {name: [] for name in effects}
    for pick in picks:
        some = {on: float(values[pick].mean()) for on, values in gone.items()}
        total = some[frozenset(DRIVERS)]
        for name, value in _effects(some).items():
            again[name].append(value / total if total else math.nan)
    rows: list[tuple[Any, ...]] = []
    for name, value in effects.items():
        low, high = np.nanquantile(again[name], (0.025, 0.975)) if whole else (math.nan, math.nan)
        share = value / whole if whole else math.nan
        spread = float(np.nanstd(again[name], ddof=1)) if whole else math.nan
        rows.append((name, value, share, spread, float(low), float(high), n))
    return rows


def _effects(means: Mapping[frozenset[str], float]) -> dict[str, float]:
    return {LOCAL: means[frozenset()], **shapley(means, DRIVERS)}
