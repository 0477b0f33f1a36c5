"""Public plans laid on the map of a round: who is in which, and counts drawn from their chances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np

from sim.evidence.arrays import Array
from sim.evidence.record import Facts, Flags, Indices, Plan

MEMBERS: Final = 1000
"""Members of the ensembles of counts that baselines draw."""
Units: TypeAlias = list[tuple[int, list[int]]]
"""What may come about: plans (home system, CCGs), and open systems without one (no CCGs)."""


def plan_of(facts: Facts, plans: Sequence[Plan]) -> Indices:
    """Return the index of the plan each CCG is in, or -1."""
    group = np.full(len(facts.ccgs), -1, dtype=np.int64)
    for number, plan in enumerate(plans):
        group[[code in plan.ccgs for code in facts.ccgs]] = number
    return group


def same_plan(facts: Facts, group: Indices) -> Flags:
    """Return for each pair whether one plan holds both."""
    first, second = group[facts.pairs[:, 0]], group[facts.pairs[:, 1]]
    return np.asarray((first >= 0) & (first == second), dtype=bool)


def whole_plan(facts: Facts, plans: Sequence[Plan]) -> Flags:
    """Return for each system whether a plan holds all of its CCGs."""
    members: list[set[str]] = [set() for _ in facts.systems]
    for code, system in zip(facts.ccgs, facts.system_of, strict=True):
        members[system].add(code)
    return np.array([any(own <= plan.ccgs for plan in plans) for own in members], dtype=bool)


def merger_units(facts: Facts, plans: Sequence[Plan]) -> Units:
    """Return the plans, then the open systems that no plan touches."""
    index = {code: i for i, code in enumerate(facts.ccgs)}
    units: Units = []
    touched: set[int] = set()
    for plan in plans:
        ccgs = sorted(index[code] for code in plan.ccgs)
        units.append((facts.systems.index(plan.system), ccgs))
        touched.update(int(facts.system_of[i]) for i in ccgs)
    units += [(int(system), []) for system in facts.open_systems if int(system) not in touched]
    return units


def draw_counts(facts: Facts, units: Units, chance: Array, rng: np.random.Generator) -> Array:
    """Return CCGs by system in each member: each unit merges whole or not at all, by itself."""
    change = np.zeros((len(units), len(facts.systems)))
    for row, (system, ccgs) in enumerate(units):
        if ccgs:
            np.subtract.at(change[row], facts.system_of[ccgs], 1.0)
            change[row, system] += 1.0
        else:
            change[row, system] = 1.0 - facts.ccgs_before[system]
    happens = rng.random((MEMBERS, len(units))) < chance
    return np.asarray(facts.ccgs_before + happens.astype(float) @ change, dtype=float)
