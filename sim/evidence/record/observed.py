"""The round of 1 April 2020 as it was recorded: proposals, ballots, mergers and counts.

Source: the project's register of merger cases, cut off at 1 April 2020; its tables and their
limits stand in ``sim/evidence/data/README.md``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.errors import InputError

FOLDER: Final = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class ObservedSystem:
    """What was recorded of one system in the round of 1 April 2020; all counts.

    ``proposals`` were public and aimed at 1 April 2020; of ``proposals_balloted`` the results by
    CCG are known (``ballots_held``, ``ballots_carried``), of the others nothing is on record.
    ``open_later`` were public, undecided and aimed later. ``ccgs_after`` is the count on 1 April
    2020 by the system that a merged CCG was placed in. ``cases`` are ids in ``cases.csv``.
    """

    code: str
    name: str
    proposals: int
    proposals_balloted: int
    ballots_held: int
    ballots_carried: int
    applications: int
    mergers: int
    open_later: int
    ccgs_before: int
    ccgs_after: int
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObservedCase:
    """One recorded proposal: its CCGs, its outcome, and the page that says so.

    ``kind`` is ``attempt`` (aimed at 1 April 2020) or ``open`` (undecided on that day).
    ``ballots_held`` and ``ballots_carried`` are None where no result by CCG is on record.
    """

    case: str
    kind: str
    system: str
    ccgs: tuple[str, ...]
    target: str
    ballots_held: int | None
    ballots_carried: int | None
    applied: bool
    outcome: str
    outcome_month: str
    source: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the evidence that an origin in the table of parameters cites.

    ``basis`` is seen (in a stored text), computed (by the project) or assumed; ``used_by`` are
    names of parameters and stages.
    """

    file: str
    section: str
    quantity: str
    value: str
    basis: str
    used_by: tuple[str, ...]
    source: str


def observed_systems(folder: Path = FOLDER) -> tuple[ObservedSystem, ...]:
    """Return what was recorded of each of the 42 systems, by code.

    Raises:
        InputError: the table is missing or a count is not a whole number.
    """
    path = folder / "observed_2020.csv"
    return tuple(
        ObservedSystem(
            code=row["system"],
            name=row["system_name"],
            proposals=_count(path, line, row, "proposals"),
            proposals_balloted=_count(path, line, row, "proposals_balloted"),
            ballots_held=_count(path, line, row, "ballots_held"),
            ballots_carried=_count(path, line, row, "ballots_carried"),
            applications=_count(path, line, row, "applications"),
            mergers=_count(path, line, row, "mergers"),
            open_later=_count(path, line, row, "open_later"),
            ccgs_before=_count(path, line, row, "ccgs_2019_06_01"),
            ccgs_after=_count(path, line, row, "ccgs_2020_04_01"),
            cases=tuple(row["cases"].split()),
        )
        for line, row in _rows(path)
    )


def observed_cases(folder: Path = FOLDER) -> tuple[ObservedCase, ...]:
    """Return the recorded proposals: first those aimed at 1 April 2020, then the open ones.

    The whole register, with its earlier rounds, is in ``sim.evidence.record.register``.

    Raises:
        InputError: the table is missing or a count is not a whole number.
    """
    path = folder / "cases.csv"
    return tuple(
        ObservedCase(
            case=row["case"],
            kind=row["kind"],
            system=row["system"],
            ccgs=tuple(row["ccgs"].split("+")),
            target=row["target"],
            ballots_held=_count(path, line, row, "ballots_held") if row["ballots_held"] else None,
            ballots_carried=(
                _count(path, line, row, "ballots_carried") if row["ballots_carried"] else None
            ),
            applied=row["applied"] == "1",
            outcome=row["outcome"],
            outcome_month=row["outcome_month"],
            source=row["source"],
        )
        for line, row in _rows(path)
        if row["kind"] == "open" or (row["target"] == "2020-04" and row["kind"] == "attempt")
    )


def figures(folder: Path = FOLDER) -> tuple[Figure, ...]:
    """Return the figures that origins of parameters and durations cite.

    Raises:
        InputError: the table is missing.
    """
    return tuple(
        Figure(
            file=row["file"],
            section=row["section"],
            quantity=row["quantity"],
            value=row["value"],
            basis=row["basis"],
            used_by=tuple(row["used_by"].split()),
            source=row["source"],
        )
        for _, row in _rows(folder / "figures.csv")
    )


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as table:
            return list(enumerate(csv.DictReader(table), start=2))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _count(path: Path, line: int, row: dict[str, str], column: str) -> int:
    text = row.get(column) or ""
    if not text.isdecimal():
        raise InputError(f"{path}, row {line}, column {column}: {text!r} is not a whole number")
    return int(text)
