"""Replays a log to its final state and checks, while doing so, what must hold in every log.

The identities are I1 to I6 of the project's list of exact cases: conservation of CCGs, patients
and practices; times that never decrease; no event on a body that has been dissolved; mergers on
1 April with enough notice; votes that add up; and proposals and applications that balance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sim.agents.log import Event
from sim.records.days import day_of
from sim.records.lineage import Lineage, join_members, start_lineage
from sim.world.model import World


class LogError(AssertionError):
    """A log breaks an identity; the message names it, the event's place and the event."""


@dataclass(frozen=True, slots=True)
class FinalState:
    """The state that a log leads to: living bodies and how each proposal stands.

    ``bodies`` maps each living body to its starting members, ``home`` to the code of its system;
    ``proposals`` maps each proposal to its last state or exit.
    """

    bodies: dict[str, frozenset[str]]
    home: dict[str, str]
    proposals: dict[str, str]


NEEDS: Final[dict[str, frozenset[str]]] = {
    "drafted": frozenset({"mooted"}),
    "engaged": frozenset({"drafted"}),
    "balloted": frozenset({"engaged", "balloted"}),
    "applied": frozenset({"engaged", "balloted", "deferred"}),
    "assessed": frozenset({"applied"}),
    "decided": frozenset({"assessed"}),
    "conditions_met": frozenset({"approved_with_conditions"}),
    "effective": frozenset({"approved", "conditions_met"}),
    "lost": frozenset({"engaged", "balloted"}),
    "refused": frozenset({"refused"}),
}
"""States in which a proposal may be when this happens; a decision counts as a state."""

DONE: Final = frozenset({"effective", "withdrawn", "lost", "refused_final", "lapsed"})
COMMITTED: Final = frozenset(
    {
        "engaged",
        "balloted",
        "applied",
        "assessed",
        "approved",
        "approved_with_conditions",
        "deferred",
        "conditions_met",
    }
)
OF_A_CCG: Final = frozenset(
    {
        "ballot",
        "rung",
        "place_leader",
        "dual_role",
        "veto",
        "alienated",
        "functions",
        "overruled",
    }
)


@dataclass(slots=True)
class _Checker:
    world: World
    start: date
    april_only: bool
    crossing: bool
    minimum_lead: float
    one_proposal: bool
    home: dict[str, str] = field(default_factory=dict)
    systems: dict[str, str] = field(default_factory=dict)
    dissolved: set[str] = field(default_factory=set)
    stage: dict[str, str] = field(default_factory=dict)
    footprint: dict[str, str] = field(default_factory=dict)
    approved_at: dict[str, float] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    blocked: set[str] = field(default_factory=set)
    where: str = ""

    def require(self, holds: bool, identity: str, what: str) -> None:
        if not holds:
            raise LogError(f"{identity}: {what}; {self.where}")

    def alive(self, body: str) -> None:
        why = "is dissolved" if body in self.dissolved else "never existed"
        self.require(body in self.home, "I3", f"{body} {why}")


def check_log(
    events: Sequence[Event],
    world: World,
    start: date,
    *,
    april_only: bool = True,
    crossing: bool = False,
    minimum_lead: float = 0.0,
    one_proposal: bool = True,
) -> FinalState:
    """Replay a whole log and return the state it ends in.

    Args:
        events: the log, from its ``start`` to its ``end`` event.
        world: the world it started from.
        start: the scenario's start date.
        april_only: mergers may take effect on 1 April only.
        crossing: a merger may join CCGs of several systems.
        minimum_lead: least number of days from approval to effect.
        one_proposal: a CCG may be in at most one proposal past ``drafted``.

    Raises:
        LogError: an identity does not hold; the message says which and where.
    """
    state = _Checker(world, start, april_only, crossing, minimum_lead, one_proposal)
    first = start_lineage(world)
    state.home, state.systems = first.home, first.systems
    require = state.require
    require(bool(events), "I3", "the log is empty")
    require(events[0].kind == "start", "I3", "the log does not begin with 'start'")
    require(events[-1].kind == "end", "I3", "the log does not finish with 'end'")
    before = 0.0
    for number, event in enumerate(events):
        state.where = f"event {number}: {event}"
        require(event.time >= before, "I3", f"time went back from {before}")
        before = event.time
        if event.kind in OF_A_CCG:
            state.alive(event.subject)
        else:
            require(event.subject not in state.dissolved, "I3", f"{event.subject} is dissolved")
        step = STEPS.get(event.kind)
        if step is not None:
            step(state, event)
        elif event.kind in EXITS:
            _leave(state, event)
        elif event.kind in NEEDS:
            _move(state, event)
    return _finish(state, events)


def _begin(state: _Checker, event: Event) -> None:
    state.require(
        event.data["ccgs"] == len(state.world.ccgs), "I1", "the start count is not the world's"
    )


def _moot(state: _Checker, event: Event) -> None:
    proposal = event.proposal
    state.require(proposal not in state.stage, "I6", f"{proposal} opened twice")
    for body in event.data["footprint"]:
        state.alive(body)
    parts = len(event.data["footprint"])
    state.require(parts >= 2, "I1", "a footprint needs two bodies")
    parent = event.data.get("parent")
    state.require(not parent or parent in state.stage, "I6", f"parent {parent} is unknown")
    state.stage[proposal] = "mooted"
    state.footprint[proposal] = join_members(event.data["footprint"])
    state.tally["opened"] += 1


def _move(state: _Checker, event: Event) -> None:
    proposal = event.proposal
    now = state.stage.get(proposal)
    state.require(now in NEEDS[event.kind], "I6", f"{proposal} is {now}, so cannot be {event.kind}")
    state.stage[proposal] = event.kind
    if event.kind == "engaged" and state.one_proposal:
        members = set(state.footprint[proposal].split("+"))
        for other, stage in state.stage.items():
            if other != proposal and stage in COMMITTED:
                both = members & set(state.footprint[other].split("+"))
                state.require(not both, "I6", f"{sorted(both)} also in {other}, which is {stage}")
    if event.kind == "applied":
        state.tally["applied"] += 1
    if event.kind == "effective":
        _check_effect(state, event)


def _decide(state: _Checker, event: Event) -> None:
    _move(state, event)
    decision = event.data["decision"]
    known = {"approved", "approved_with_conditions", "deferred", "refused"}
    state.require(decision in known, "I6", f"unknown decision {decision}")
    state.stage[event.proposal] = decision
    state.tally["decided"] += 1
    if decision.startswith("approved"):
        state.approved_at[event.proposal] = event.time


def _check_effect(state: _Checker, event: Event) -> None:
    proposal, body = event.proposal, event.data["body"]
    state.require(
        state.merged.get(proposal, body) == body, "I3", f"{proposal} merged into another body"
    )
    day = day_of(state.start, event.time)
    if state.april_only:
        state.require((day.month, day.day) == (4, 1), "I4", f"takes effect on {day}")
    lead = event.time - state.approved_at.get(proposal, event.time)
    state.require(lead >= state.minimum_lead, "I4", f"only {lead:.1f} days from approval to effect")
    state.tally["effective"] += 1


def _leave(state: _Checker, event: Event) -> None:
    proposal = event.proposal
    now = state.stage.get(proposal)
    state.require(now is not None, "I6", f"{proposal} was never opened")
    state.require(now not in DONE, "I6", f"{proposal} has already ended ({now})")
    allowed = NEEDS.get(event.kind)
    state.require(
        allowed is None or now in allowed, "I6", f"{proposal} is {now}, so cannot be {event.kind}"
    )
    state.stage[proposal] = "refused_final" if event.kind == "refused" else event.kind


def _vote(state: _Checker, event: Event) -> None:
    data = event.data
    total = data["votes_for"] + data["votes_against"] + data["abstained"]
    state.require(total == data["practices"], "I5", "votes do not add up to the practices")
    least = min(data["votes_for"], data["votes_against"], data["abstained"])
    state.require(least >= 0, "I5", "a number of votes is negative")
    state.require(data["attempt"] >= 1, "I5", "attempts count from 1")
    state.require(
        state.stage.get(event.proposal) in {"engaged", "balloted"},
        "I6",
        f"a ballot on {event.proposal}, which is {state.stage.get(event.proposal)}",
    )
    members = set(event.subject.split("+"))
    state.require(
        members <= set(state.footprint[event.proposal].split("+")),
        "I5",
        "the CCG is not in the proposal",
    )


def _merge(state: _Checker, event: Event) -> None:
    parts = tuple(event.data["parts"])
    for part in parts:
        state.alive(part)
    state.require(len(set(parts)) == len(parts) >= 2, "I1", "a merger needs two or more parts")
    state.require(event.subject == join_members(parts), "I2", "members are not conserved")
    systems = {state.home[part] for part in parts}
    if not state.crossing:
        state.require(len(systems) == 1, "I5", f"the parts lie in {sorted(systems)}")
    if state.april_only:
        day = day_of(state.start, event.time)
        state.require((day.month, day.day) == (4, 1), "I4", f"merges on {day}")
    state.require(event.data["system"] in state.systems, "I3", "its system does not exist")
    for part in parts:
        del state.home[part]
        state.dissolved.add(part)
    state.home[event.subject] = event.data["system"]
    if event.proposal:
        state.merged[event.proposal] = event.subject
    state.tally["dissolved"] += len(parts) - 1


def _redraw(state: _Checker, event: Event) -> None:
    """Follow new borders: the old systems stand, and their bodies and no others change homes."""
    data, joined = event.data, event.kind == "systems_merged"
    gone = set(data["systems"]) if joined else {event.subject}
    made = {event.subject} if joined else set(data["systems"])
    moved = list(data["bodies"]) if joined else [b for part in data["bodies"] for b in part]
    state.require(gone <= state.systems.keys(), "I3", f"{sorted(gone)} do not all exist")
    state.require(not made & state.systems.keys(), "I3", f"{sorted(made)} exist already")
    state.require(len(gone) + len(made) == 3, "I3", "one system makes two, or two make one")
    held = sorted(body for body, home in state.home.items() if home in gone)
    state.require(sorted(moved) == held, "I2", "the systems' CCGs are not conserved")
    lineage = Lineage(state.home, state.systems)
    lineage.redraw(event)


def _begin_deadlock(state: _Checker, event: Event) -> None:
    case = event.data["case"]
    state.require(case not in state.blocked, "I6", f"{case} is in deadlock already")
    for body in event.data["blockers"]:
        state.alive(body)
    state.blocked.add(case)


def _end_deadlock(state: _Checker, event: Event) -> None:
    case = event.data["case"]
    state.require(case in state.blocked, "I6", f"{case} is in no deadlock that could end")
    state.blocked.remove(case)


STEPS: Final[dict[str, Callable[[_Checker, Event], None]]] = {
    "start": _begin,
    "mooted": _moot,
    "decided": _decide,
    "ballot": _vote,
    "merged": _merge,
    "systems_split": _redraw,
    "systems_merged": _redraw,
    "deadlock": _begin_deadlock,
    "deadlock_ends": _end_deadlock,
}
EXITS: Final = frozenset({"withdrawn", "lost", "refused", "lapsed"})


def _finish(state: _Checker, events: Sequence[Event]) -> FinalState:
    """Check the identities that concern the whole log."""
    world, require = state.world, state.require
    bodies = {body: frozenset(body.split("+")) for body in state.home}
    state.where = "at the end"
    initial = len(world.ccgs)
    require(len(bodies) == initial - state.tally["dissolved"], "I1", "CCGs do not balance")
    require(events[-1].data["ccgs"] == len(bodies), "I1", "'end' states another count")
    held = Counter(code for members in bodies.values() for code in members)
    require(
        dict(held) == {ccg.code: 1 for ccg in world.ccgs},
        "I2",
        "a starting CCG is in no living body or in two",
    )
    patients = {ccg.code: ccg.patients for ccg in world.ccgs}
    practices = {ccg.code: len(ccg.practices) for ccg in world.ccgs}
    for what, of in (("patients", patients), ("practices", practices)):
        living = sum(of[code] for members in bodies.values() for code in members)
        require(living == sum(of.values()), "I2", f"{what} are not conserved")
    for proposal, body in state.merged.items():
        require(
            state.stage.get(proposal) == "effective", "I6", f"{proposal} formed {body} unapproved"
        )
    ends = Counter(stage if stage in DONE else "open" for stage in state.stage.values())
    require(ends.total() == state.tally["opened"], "I6", "proposals do not balance")
    require(ends["effective"] == state.tally["effective"], "I6", "effects do not balance")
    names = {"refused_final": "refused"}
    return FinalState(
        bodies, dict(state.home), {p: names.get(s, s) for p, s in state.stage.items()}
    )
