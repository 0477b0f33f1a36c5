"""The recorded members' votes on mergers: one row per vote of ``sim/evidence/data/votes.csv``.

Service changes, the split of one CCG and a survey stand in the table with ``used`` = no and the
reason; only the others enter the likelihood. Rows of kind ``inferred`` do: no result is on record,
but the merger took effect, for which every membership had to carry it.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.errors import InputError, nearest
from sim.evidence.record.observed import FOLDER

KINDS: Final = ("counts", "share", "outcome", "inferred", "pooled_counts", "pooled_share")
OUTCOMES: Final = ("carried", "failed", "inquorate")
STANCES: Final = ("oppose", "neutral", "support")


@dataclass(frozen=True, slots=True)
class BallotRecord:
    """What is known of one vote of one CCG's practices, or of several counted together.

    ``kind``: ``counts`` (votes for and against), ``share`` (share of yes in whole per cent, the
    number of votes unknown), ``outcome`` (carried or failed only), ``inferred`` (carried, since the
    merger took effect: no result is on record), and ``pooled_counts`` and ``pooled_share`` (of
    several CCGs together). ``practices`` that could vote is None where the
    world's number stands; ``turnout`` and ``outcomes`` have one entry per CCG (or none);
    ``inquorate`` means enough yes votes and too few votes. ``advice`` are (local medical
    committee, stance) as recorded, ``opposed_councils`` codes of councils on record against.
    """

    case: str
    ccgs: tuple[str, ...]
    date: str
    kind: str
    practices: int | None
    votes_for: int | None
    votes_against: int | None
    share_for: float | None
    turnout: tuple[float, ...]
    outcomes: tuple[str, ...]
    advice: tuple[tuple[str, str], ...]
    opposed_councils: tuple[str, ...]
    used: bool
    source: str
    note: str

    @property
    def counted(self) -> tuple[int, int]:
        """Return the votes for and against.

        Raises:
            InputError: they were not counted.
        """
        if self.votes_for is None or self.votes_against is None:
            raise InputError(f"votes.csv, case {self.case}: votes for and against are not given")
        return self.votes_for, self.votes_against

    @property
    def yes_share(self) -> float | None:
        """Return the recorded share of yes among yes and no votes, or None where none is known."""
        if self.votes_for is not None and self.votes_against is not None:
            return self.votes_for / (self.votes_for + self.votes_against)
        return self.share_for


def ballot_records(folder: Path = FOLDER) -> tuple[BallotRecord, ...]:
    """Return the recorded votes in the order of the table, used or not.

    Raises:
        InputError: the table is missing, or a cell is not what its column and kind allow.
    """
    path = folder / "votes.csv"
    try:
        with path.open(encoding="utf-8", newline="") as table:
            return tuple(
                _record(_Row(path, line, row))
                for line, row in enumerate(csv.DictReader(table), start=2)
            )
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def used_records(
    records: Collection[BallotRecord], leave_out: Collection[str] = ()
) -> tuple[BallotRecord, ...]:
    """Return the records that enter the likelihood, without the cases (or rounds) left out.

    ``leave_out`` names cases ("2020-BSW") or rounds ("2020": all cases aimed at 1 April 2020).

    Raises:
        InputError: a name is neither a case nor a round of the table.
    """
    known = {record.case for record in records} | {_round(record.case) for record in records}
    for name in leave_out:
        if name not in known:
            raise InputError(
                f"leave_out names {name!r}, which is no case or round of votes.csv"
                f"{nearest(name, sorted(known))}"
            )
    return tuple(
        record
        for record in records
        if record.used and record.case not in leave_out and _round(record.case) not in leave_out
    )


def by_case(records: Collection[BallotRecord]) -> dict[str, tuple[BallotRecord, ...]]:
    """Return the records of each case, cases and records in the order of the table."""
    found: dict[str, list[BallotRecord]] = {}
    for record in records:
        found.setdefault(record.case, []).append(record)
    return {case: tuple(rows) for case, rows in found.items()}


def _round(case: str) -> str:
    return case.partition("-")[0]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row as text, with what a message needs to name it."""

    path: Path
    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        if self.cells.get(column) is None:
            raise InputError(f"{self.path}, row {self.line}: column {column} is missing")
        return self.cells[column]

    def wrong(self, column: str, allowed: str) -> InputError:
        where = f"{self.path}, row {self.line}, column {column}"
        return InputError(f"{where}: {self.text(column)!r} must be {allowed}")

    def one_of(self, column: str, allowed: tuple[str, ...]) -> str:
        text = self.text(column)
        if text not in allowed:
            hint = nearest(text, allowed)
            raise self.wrong(column, f"one of {', '.join(allowed)}{hint}")
        return text

    def count(self, column: str) -> int | None:
        text = self.text(column)
        if text and not text.isdecimal():
            raise self.wrong(column, "a whole number or empty")
        return int(text) if text else None

    def shares(self, column: str) -> tuple[float, ...]:
        try:
            values = tuple(float(part) for part in self._parts(column))
        except ValueError:
            raise self.wrong(column, "shares joined by +") from None
        if not all(0.0 <= value <= 1.0 for value in values):
            raise self.wrong(column, "shares from 0 to 1")
        return values

    def _parts(self, column: str) -> Iterator[str]:
        text = self.text(column)
        return iter(text.split("+") if text else ())


def _record(row: _Row) -> BallotRecord:
    ccgs = tuple(row.text("ccgs").split("+"))
    outcomes = tuple(row.text("outcome").split("+")) if row.text("outcome") else ()
    if outcomes and (len(outcomes) != len(ccgs) or not set(outcomes) <= set(OUTCOMES)):
        raise row.wrong("outcome", f"{', '.join(OUTCOMES)}, one for each CCG, joined by +")
    shares = row.shares("share_for")
    record = BallotRecord(
        case=row.text("case"),
        ccgs=ccgs,
        date=row.text("date"),
        kind=row.one_of("kind", KINDS),
        practices=row.count("practices"),
        votes_for=row.count("votes_for"),
        votes_against=row.count("votes_against"),
        share_for=shares[0] if shares else None,
        turnout=row.shares("turnout"),
        outcomes=outcomes,
        advice=_advice(row),
        opposed_councils=tuple(row.text("opposed_councils").split()),
        used=row.one_of("used", ("yes", "no")) == "yes",
        source=row.text("source"),
        note=row.text("note"),
    )
    if record.used:
        _check(row, record)
    return record


def _advice(row: _Row) -> tuple[tuple[str, str], ...]:
    found = []
    for part in row.text("advice").split("; ") if row.text("advice") else ():
        lmc, equals, stance = part.rpartition("=")
        if not equals or stance not in STANCES:
            raise row.wrong("advice", f"'committee=stance', stance one of {', '.join(STANCES)}")
        found.append((lmc, stance))
    return tuple(found)


def _check(row: _Row, record: BallotRecord) -> None:
    """Refuse a row that is to be used and lacks what its kind requires."""
    pooled = record.kind.startswith("pooled")
    if pooled == (len(record.ccgs) == 1):
        raise row.wrong("ccgs", "one CCG, or for the pooled kinds several joined by +")
    if not record.outcomes:
        raise row.wrong("outcome", "given, since the row is used")
    if record.kind.endswith("counts") and None in (record.votes_for, record.votes_against):
        raise row.wrong("kind", "one whose votes for and against are given")
    if record.kind.endswith("share") and record.share_for is None:
        raise row.wrong("share_for", "given, since the row is of a kind that tells the share")
    if record.kind == "pooled_share" and len(record.turnout) != len(record.ccgs):
        raise row.wrong("turnout", "given for each CCG, since only the share is known")
