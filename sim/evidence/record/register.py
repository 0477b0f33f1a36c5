"""The register of merger cases, 2014 to April 2020, and the map that they left, day by day.

A case is one recorded attempt, or something still open on 1 April 2020. Source: the project's
register, cut off at that day; its tables, codes and limits stand in
``sim/evidence/data/README.md``. Talks that never reached the press are missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Final, Literal, TypeVar, get_args

from sim.errors import InputError, nearest
from sim.evidence.record.observed import FOLDER, _count, _rows
from sim.world.model import World

Kind = Literal["attempt", "open", "joint_working", "position", "boundary"]
Sharing = Literal["yes", "partial", "no", "unknown"]
Vote = Literal["for", "against", "mixed", "not_held", "unknown"]
Stance = Literal["support", "neutral", "mixed", "oppose", "unknown"]
Decision = Literal[
    "approved", "approved_with_conditions", "refused", "withdrawn", "deferred", "none"
]
Outcome = Literal["merged", "dropped", "refused", "postponed", "open", "boundary_moved"]

ROUNDS: Final = (2015, 2017, 2018, 2019, 2020)
"""Years whose 1 April an attempt on record aimed at; none is known of 2014 and 2016."""

START: Final = date(2013, 4, 1)
AT_START: Final = 211
LAST_DAY: Final = date(2020, 4, 1)

_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the register: who with whom, views and votes, and its outcome.

    ``kind``: ``attempt`` (counted in the rounds), ``open`` (a proposal or talks undecided on
    1 April 2020), ``joint_working`` (no merger proposed), ``position`` (against one CCG a system)
    or ``boundary`` (a change of boundary without a merger). ``round`` is the year of the 1 April
    that an attempt aimed at, or None. ``system`` is that of 2019 in which the merged CCG was
    placed or would lie (two, joined by ``+``, for one change of boundary). ``ccgs`` are ODS codes
    of the time. ``first_public`` is the earliest month (or year) on record, ``target`` the month
    aimed at; months and targets that are not on record are empty. ``ballots_held`` and
    ``ballots_carried`` count CCGs and are None where no result by CCG is on record. ``applied``:
    an application reached a decision.
    """

    case: str
    kind: Kind
    round: int | None
    system: str
    ccgs: tuple[str, ...]
    first_public: str
    target: str
    shared_officer: Sharing
    vote: Vote
    lmc: Stance
    council: Stance
    ballots_held: int | None
    ballots_carried: int | None
    applied: bool
    decision: Decision
    decision_month: str
    outcome: Outcome
    outcome_month: str
    source: str

    def public_by(self, month: str) -> bool:
        """Say whether it was public by the end of a month (``2019-07``).

        A year alone counts as known by the end of that year; no date at all as never known.
        """
        known = f"{self.first_public}-12" if len(self.first_public) == 4 else self.first_public
        return bool(known) and known <= month


@dataclass(frozen=True, slots=True)
class Succession:
    """One CCG's end in a merger: which body took it over, and from which day."""

    ccg: str
    successor: str
    effective_on: date


def cases(folder: Path = FOLDER) -> tuple[Case, ...]:
    """Return the whole register: attempts by round, then what was open, then the rest.

    Raises:
        InputError: the table is missing, or a cell is not what is allowed there.
    """
    path = folder / "cases.csv"
    return tuple(
        Case(
            case=row["case"],
            kind=_word(path, line, row, "kind", get_args(Kind)),
            round=_count(path, line, row, "round") if row["round"] else None,
            system=row["system"],
            ccgs=tuple(row["ccgs"].split("+")),
            first_public=row["first_public"],
            target=row["target"],
            shared_officer=_word(path, line, row, "shared_officer", get_args(Sharing)),
            vote=_word(path, line, row, "vote", get_args(Vote)),
            lmc=_word(path, line, row, "lmc", get_args(Stance)),
            council=_word(path, line, row, "council", get_args(Stance)),
            ballots_held=_count(path, line, row, "ballots_held") if row["ballots_held"] else None,
            ballots_carried=(
                _count(path, line, row, "ballots_carried") if row["ballots_carried"] else None
            ),
            applied=_word(path, line, row, "applied", ("0", "1")) == "1",
            decision=_word(path, line, row, "decision", get_args(Decision)),
            decision_month=row["decision_month"],
            outcome=_word(path, line, row, "outcome", get_args(Outcome)),
            outcome_month=row["outcome_month"],
            source=row["source"],
        )
        for line, row in _rows(path)
    )


def attempts(round: int | None = None, folder: Path = FOLDER) -> tuple[Case, ...]:
    """Return the attempts of one round (2015, 2017 to 2020), or of all.

    Raises:
        InputError: no attempt on record aimed at that year.
    """
    if round is not None and round not in ROUNDS:
        known = ", ".join(map(str, ROUNDS))
        raise InputError(f"round {round}: no attempt is on record; the rounds are {known}")
    found = (case for case in cases(folder) if case.kind == "attempt")
    return tuple(case for case in found if round in (None, case.round))


def public_plans(month: str = "2019-07", round: int = 2020) -> tuple[Case, ...]:
    """Return the attempts of a round that were public by the end of a month.

    For July 2019 these are 23 groups of 94 CCGs, which would have left 120 of 191; the count made
    at the time was 86 CCGs in 21 groups, and 126 (see the tables' README).
    """
    return tuple(case for case in attempts(round) if case.public_by(month))


def successions(folder: Path = FOLDER) -> tuple[Succession, ...]:
    """Return every CCG that ended in a merger, by date.

    Raises:
        InputError: the table is missing or a date is not one.
    """
    path = folder / "successors.csv"
    found = []
    for line, row in _rows(path):
        try:
            day = date.fromisoformat(row["effective_on"])
        except ValueError:
            raise InputError(
                f"{path}, row {line}, column effective_on: {row['effective_on']!r} is not a date"
            ) from None
        found.append(Succession(row["ccg"], row["successor"], day))
    return tuple(found)


def observed_partition(day: date, world: World) -> Mapping[str, tuple[str, ...]]:
    """Return the CCGs of a day, each with the starting CCGs of a world that it was made of.

    Keys are ODS codes of the day, values the world's codes, sorted; joined with ``+`` they are
    the names that results use. The day must not be before the world's. A world that already
    holds a successor simply begins later.

    Raises:
        InputError: the day is after the register's last, 1 April 2020.
    """
    if day > LAST_DAY:
        raise InputError(f"{day}: the register ends on {LAST_DAY}")
    parts = {ccg.code: (ccg.code,) for ccg in world.ccgs}
    for step in successions():
        if step.effective_on <= day and step.ccg in parts:
            joined = (*parts.get(step.successor, ()), *parts.pop(step.ccg))
            parts[step.successor] = tuple(sorted(joined))
    return parts


def observed_counts() -> Mapping[date, int]:
    """Return the number of CCGs on 1 April 2013 and after each day of mergers, by date."""
    falls: Counter[date] = Counter()
    seen: set[str] = set()
    for step in successions():
        falls[step.effective_on] += 1
        if step.successor not in seen:
            seen.add(step.successor)
            falls[step.effective_on] -= 1
    counts, left = {START: AT_START}, AT_START
    for day in sorted(falls):
        left -= falls[day]
        counts[day] = left
    return counts


def homes(day: date, world: World) -> Mapping[str, str]:
    """Return the system that each CCG of a day lay in, by code.

    A merged CCG lies in the system that it was placed in, which the register states (two mergers
    of April 2020 crossed a border).
    """
    own = {ccg.code: world.systems[ccg.system].code for ccg in world.ccgs}
    placed = {frozenset(case.ccgs): case.system for case in attempts() if case.outcome == "merged"}
    made: dict[str, set[str]] = {}
    for step in successions():
        made.setdefault(step.successor, set()).add(step.ccg)
    return {
        body: own[body] if body in own else placed[frozenset(made[body])]
        for body in observed_partition(day, world)
    }


def together(partition: Mapping[str, Iterable[str]]) -> frozenset[tuple[str, str]]:
    """Return the pairs of starting CCGs (lower code first) that are in one body."""
    return frozenset(
        pair for parts in partition.values() for pair in combinations(sorted(parts), 2)
    )


def _word(
    path: Path, line: int, row: Mapping[str, str], column: str, allowed: tuple[_Word, ...]
) -> _Word:
    value = row.get(column) or ""
    for word in allowed:
        if word == value:
            return word
    raise InputError(
        f"{path}, row {line}, column {column}: {value!r} is not allowed; allowed: "
        f"{', '.join(allowed)}{nearest(value, allowed)}"
    )
