"""The facts of one round: who existed at its start, who is with whom at its end, what was public.

Everything that is scored is scored on these: the count, which systems have one CCG, which CCGs
merged, who merged with whom. Items that were settled before the start are left out: a system of
one CCG has nothing to decide, and its CCG nobody to merge with.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.evidence.record.observed import FOLDER, ObservedCase, observed_cases, observed_systems

if TYPE_CHECKING:
    from sim.world.model import World

Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]

ROUND_2020: Final = date(2020, 4, 1)
JULY_2019: Final = "2019-07"
"""The month of the public list of plans that forecasts of the time rested on."""
MAY_2019: Final = "2019-05"
"""The last month before the start."""


@dataclass(frozen=True)
class Plan:
    """A public plan to merge, as known at a month: its CCGs and the system it lies in."""

    case: str
    system: str
    ccgs: frozenset[str]


@dataclass(frozen=True)
class Facts:
    """One round as it was recorded, aligned with the world it started from.

    Attributes:
        start: first day of the forecast.
        on: the day the outcome is read, mergers of that day included.
        systems: codes of all systems, in the world's order.
        regions: the region of each system.
        ccgs: codes of the starting CCGs, in the world's order.
        system_of: index of each CCG's system, shape (ccgs,).
        officer_of: officer group of each CCG at the start, "" where none is known.
        matched: whether each CCG matches one council, shape (ccgs,).
        body_of: name of the body each starting CCG is in on ``on``.
        ccgs_after: CCGs of each system on ``on``, shape (systems,).
        pairs: pairs of CCGs (indices) that might merge: of one system, or neighbours, both in
            systems that are still open; shape (pairs, 2).
        plans: what was public when forecasts of the time were made (July 2019).
        plans_at_start: what was public before the first day, so known to the simulation too.
    """

    start: date
    on: date
    systems: tuple[str, ...]
    regions: tuple[str, ...]
    ccgs: tuple[str, ...]
    system_of: Indices
    officer_of: tuple[str, ...]
    matched: Flags
    body_of: tuple[str, ...]
    ccgs_after: Indices
    pairs: Indices
    plans: tuple[Plan, ...] = ()
    plans_at_start: tuple[Plan, ...] = ()

    @cached_property
    def ccgs_before(self) -> Indices:
        """CCGs of each system at the start, shape (systems,)."""
        return np.bincount(self.system_of, minlength=len(self.systems))

    @property
    def count(self) -> int:
        """CCGs on the day."""
        return len(set(self.body_of))

    @cached_property
    def open_systems(self) -> Indices:
        """Indices of the systems with more than one CCG at the start."""
        return np.flatnonzero(self.ccgs_before > 1)

    @cached_property
    def open_ccgs(self) -> Indices:
        """Indices of the CCGs in systems with more than one CCG at the start."""
        return np.flatnonzero(self.ccgs_before[self.system_of] > 1)

    @cached_property
    def one_ccg(self) -> Flags:
        """Whether each open system has exactly one CCG on the day."""
        return np.asarray(self.ccgs_after[self.open_systems] == 1, dtype=bool)

    @cached_property
    def merged(self) -> Flags:
        """Whether each open CCG has merged by the day."""
        sizes: dict[str, int] = {}
        for body in self.body_of:
            sizes[body] = sizes.get(body, 0) + 1
        return np.array([sizes[self.body_of[i]] > 1 for i in self.open_ccgs], dtype=bool)

    @cached_property
    def together(self) -> Flags:
        """Whether the two CCGs of each pair are in one body on the day."""
        names = np.unique(np.array(self.body_of), return_inverse=True)[1]
        return np.asarray(names[self.pairs[:, 0]] == names[self.pairs[:, 1]], dtype=bool)

    @cached_property
    def pair_unit(self) -> Indices:
        """The system a pair is counted with: that of its first CCG (of a cross-border pair too)."""
        return self.system_of[self.pairs[:, 0]]


def facts_of(
    world: World,
    body_of: Mapping[str, str],
    ccgs_after: Mapping[str, int],
    *,
    start: date,
    on: date,
    plans: Sequence[Plan] = (),
    plans_at_start: Sequence[Plan] = (),
) -> Facts:
    """Return the facts of a round from plain arguments.

    Args:
        world: the world at the start.
        body_of: name of the body each starting CCG is in on ``on``; itself where left out.
        ccgs_after: CCGs of each system on ``on``, by code; unchanged where left out.
        start: first day of the forecast.
        on: the day the outcome is read.
        plans: the public plans that a forecaster of the time knew.
        plans_at_start: the public plans known before the first day.

    Raises:
        InputError: a code is not of this world.
    """
    codes = tuple(ccg.code for ccg in world.ccgs)
    systems = tuple(system.code for system in world.systems)
    for what, given, known in (("CCG", body_of, codes), ("system", ccgs_after, systems)):
        if unknown := sorted(set(given) - set(known)):
            raise InputError(f"{unknown[0]!r} is no {what} of the world {world.name}")
    system_of = np.array([ccg.system for ccg in world.ccgs], dtype=np.int64)
    before = np.bincount(system_of, minlength=len(systems))
    return Facts(
        start=start,
        on=on,
        systems=systems,
        regions=tuple(world.regions[system.region].name for system in world.systems),
        ccgs=codes,
        system_of=system_of,
        officer_of=tuple(ccg.officer_group for ccg in world.ccgs),
        matched=np.array([ccg.matched_council >= 0 for ccg in world.ccgs], dtype=bool),
        body_of=tuple(body_of.get(code, code) for code in codes),
        ccgs_after=np.array(
            [ccgs_after.get(code, int(n)) for code, n in zip(systems, before, strict=True)],
            dtype=np.int64,
        ),
        pairs=_pairs(world, before > 1),
        plans=tuple(plans),
        plans_at_start=tuple(plans_at_start),
    )


def _pairs(world: World, is_open: Flags) -> Indices:
    found = [
        (a.index, b.index)
        for a in world.ccgs
        for b in world.ccgs[a.index + 1 :]
        if is_open[a.system]
        and is_open[b.system]
        and (a.system == b.system or b.index in world.neighbours[a.index])
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def facts_2020(world: World, folder: Path = FOLDER) -> Facts:
    """Return the round of 1 April 2020 as seen from 1 June 2019, with the plans of July 2019.

    Raises:
        InputError: a table is missing or broken, or the world is not England of June 2019.
    """
    cases = observed_cases(folder)
    merged = {
        code: "+".join(sorted(case.ccgs))
        for case in cases
        if case.outcome == "merged"
        for code in case.ccgs
    }
    return facts_of(
        world,
        merged,
        {one.code: one.ccgs_after for one in observed_systems(folder)},
        start=date(2019, 6, 1),
        on=ROUND_2020,
        plans=plans_known(cases, JULY_2019, folder),
        plans_at_start=plans_known(cases, MAY_2019, folder),
    )


def plans_known(
    cases: Iterable[ObservedCase], month: str, folder: Path = FOLDER
) -> tuple[Plan, ...]:
    """Return the recorded plans aimed at 1 April 2020 that were public and alive in a month.

    Args:
        cases: the recorded cases.
        month: as ``2019-07``.
        folder: where ``public_since.csv`` lies.

    Raises:
        InputError: the table is missing or lacks a case.
    """
    since = public_since(folder)
    if absent := [case.case for case in cases if case.case not in since]:
        raise InputError(f"{folder / 'public_since.csv'}: lacks the case {absent[0]}")
    return tuple(
        Plan(case.case, case.system, frozenset(case.ccgs))
        for case in cases
        if case.kind == "attempt" and since[case.case] <= month < case.outcome_month
    )


def public_since(folder: Path = FOLDER) -> dict[str, str]:
    """Return the month since when each recorded case was public, as ``2019-05``.

    Raises:
        InputError: the table is missing.
    """
    path = folder / "public_since.csv"
    try:
        with path.open(encoding="utf-8", newline="") as table:
            return {row["case"]: row["since"] for row in csv.DictReader(table)}
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
