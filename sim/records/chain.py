"""What became of each proposal and each ballot: folds of the events of the chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sim.agents.log import Event
from sim.records.column import STATES, Row
from sim.records.days import day_of
from sim.records.lineage import join_members

EARLY_EXITS = frozenset({"withdrawn", "lost", "refused", "lapsed"})
CHAIN_KINDS = frozenset(STATES) | EARLY_EXITS


@dataclass(slots=True)
class Course:
    """The course of one proposal: where it began, the date of each state, how it ended."""

    system: str
    footprint: str
    origin: str
    parent: str | None
    perceived_origin: str | None = None
    dates: dict[str, date] = field(default_factory=dict)
    exit: str = "open"
    exit_on: date | None = None
    reason: str | None = None


def courses(chain: Iterable[Event], start: date) -> dict[str, Course]:
    """Fold the chain's events into one course per proposal, by proposal id.

    The date of a state is that of the last time the proposal entered it: a re-ballot moves
    ``balloted``, and a deferred proposal that applies again moves ``applied``, ``assessed`` and
    ``decided`` (earlier ones stay in the log and in ``ballots``). For a proposal alive at the
    start ``mooted`` is the day since when it was known; its later states carry the start date.
    """
    found: dict[str, Course] = {}
    for event in chain:
        day = day_of(start, event.time)
        data = event.data
        if event.kind == "mooted":
            known_since = data.get("known_since") or ""
            found[event.proposal] = Course(
                system=event.subject,
                footprint=join_members(data["footprint"]),
                origin=data["origin"],
                parent=data.get("parent") or None,
                dates={"mooted": date.fromisoformat(known_since) if known_since else day},
            )
            continue
        course = found[event.proposal]
        if event.kind in EARLY_EXITS:
            course.exit, course.exit_on = event.kind, day
            course.reason = data.get("reason") or None
            continue
        course.dates[event.kind] = day
        if event.kind == "engaged":
            course.perceived_origin = data["perceived_origin"]
        elif event.kind == "effective":
            course.exit, course.exit_on = "effective", day
    return found


def proposal_rows(found: dict[str, Course]) -> list[Row]:
    """Return the rows of ``proposals``, by proposal id."""
    return [
        (
            proposal,
            course.system,
            course.parent,
            course.footprint,
            course.origin,
            course.perceived_origin,
            *(course.dates.get(state) for state in STATES),
            course.exit,
            course.exit_on,
            course.reason,
        )
        for proposal, course in sorted(found.items())
    ]


def ballot_rows(ballots: Iterable[Event], start: date) -> list[Row]:
    """Return the rows of ``ballots``, by proposal, CCG and attempt."""
    rows = [
        (
            event.proposal,
            event.subject,
            int(event.data["attempt"]),
            day_of(start, event.time),
            int(event.data["practices"]),
            int(event.data["votes_for"]),
            int(event.data["votes_against"]),
            int(event.data["abstained"]),
            float(event.data["weight_for"]),
            float(event.data["weight_against"]),
            bool(event.data["quorate"]),
            bool(event.data["carried"]),
            str(event.data["lmc_advice"]),
        )
        for event in ballots
    ]
    rows.sort(key=lambda row: row[:3])
    return list(rows)
