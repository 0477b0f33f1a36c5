"""A forecast of one round in the shape in which all forecasts are scored, and the simulation's own.

A forecast says some or all of: the count (an ensemble), each open system has one CCG, each open
CCG merges, each pair ends in one body. What a forecast does not say is None and is not scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.evidence.record import Facts, MergerTables, bodies_on

if TYPE_CHECKING:
    from sim.world.model import World

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Forecast:
    """What a forecaster says of one round.

    Attributes:
        name: a word for tables.
        meaning: one sentence for readers.
        counts: members of the ensemble of the count, shape (members,).
        by_system: CCGs of each system in each member, shape (members, systems); its sums are the
            counts.
        systems: probability that each open system has one CCG, shape (open systems,).
        ccgs: probability that each open CCG has merged, shape (open CCGs,).
        pairs: probability that each pair is in one body, shape (pairs,).
        stated: the ensemble is a list of values that the forecaster named, not a sample; its CRPS
            is then taken as it stands.
    """

    name: str
    meaning: str
    counts: Floats | None = None
    by_system: Floats | None = None
    systems: Floats | None = None
    ccgs: Floats | None = None
    pairs: Floats | None = None
    stated: bool = False


@dataclass(frozen=True)
class Ensemble:
    """The replications of one scenario read at the facts' day, aligned with the facts.

    Attributes:
        counts: CCGs on the day, shape (replications,).
        by_system: CCGs of each system, shape (replications, systems).
        one_ccg: open system has one CCG, shape (replications, open systems).
        merged: open CCG has merged, shape (replications, open CCGs).
        together: the pair is in one body, shape (replications, pairs).
    """

    counts: Floats
    by_system: Floats
    one_ccg: Flags
    merged: Flags
    together: Flags

    def forecast(self, name: str, meaning: str) -> Forecast:
        """Return the ensemble as a forecast: shares of replications are the probabilities."""
        return Forecast(
            name,
            meaning,
            counts=self.counts,
            by_system=self.by_system,
            systems=self.one_ccg.mean(axis=0),
            ccgs=self.merged.mean(axis=0),
            pairs=self.together.mean(axis=0),
        )


def read_ensemble(tables: MergerTables, facts: Facts, world: World) -> Ensemble:
    """Read what a batch says of a day from its tables.

    Who is with whom is read as of the day, so a batch may run on beyond it; see
    ``sim.evidence.record.compositions``.

    Args:
        tables: of one scenario; they must hold the day.
        facts: the round.
        world: the world of the facts; it must be the batch's.

    Raises:
        InputError: the scenario or the day is not in the tables, the world is another, or the
            tables do not tell who is with whom.
    """
    mine = tables.systems[tables.systems["date"] == facts.on]
    if mine.empty:
        raise InputError(f"the batch holds no systems of the scenario on {facts.on}")
    wide = mine.pivot_table(index="replication", columns="system", values="ccgs", sort=True)
    if set(wide.columns) != set(facts.systems) or wide.isna().to_numpy().any():
        raise InputError("the scenario ran on another world than the facts are of")
    by_system = wide[list(facts.systems)].to_numpy(dtype=float)
    found = bodies_on(facts.on, tables, world)
    bodies = np.tile(np.arange(len(facts.ccgs)), (len(wide), 1))
    for row, number in zip(bodies, wide.index, strict=True):
        for body in found[int(number)]:
            row[list(body)] = min(body)
    sizes = np.stack([np.bincount(row, minlength=len(facts.ccgs)) for row in bodies])
    size_of = np.take_along_axis(sizes, bodies, axis=1)
    pairs = facts.pairs
    return Ensemble(
        counts=(sizes > 0).sum(axis=1).astype(float),
        by_system=by_system,
        one_ccg=by_system[:, facts.open_systems] == 1,
        merged=size_of[:, facts.open_ccgs] > 1,
        together=bodies[:, pairs[:, 0]] == bodies[:, pairs[:, 1]],
    )


def stated_range(name: str, meaning: str, values: Sequence[int]) -> Forecast:
    """Return a forecast of the count alone: these values, each as likely as the others."""
    return Forecast(name, meaning, counts=np.asarray(values, dtype=float), stated=True)
