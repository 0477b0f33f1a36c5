"""Runs of small changes to one world and scenario with the same random numbers, each run only once.

``LIVE`` is the base of most relations: England with the proposals alive on 1 June 2019 and nothing
else: no new starts, no turnover, no ladder, no narrower footprints, so that a proposal's own course
can be followed from arm to arm, replication by replication.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sim.agents import Event, replicate_log
from sim.scenario.load import parse_scenario
from sim.world.load import load_world
from sim.world.model import World
from tests.agents.arms import PRIOR
from tests.identities.strategies import make_world

Table = dict[str, Any]
Log = tuple[Event, ...]
SEED = 2019

LIVE: Table = {
    "extends": "as_written",
    "levers": {
        "boundaries": {"cross_system": "county"},
        "ballot": {"leaders_gate": False},
        "joint": {"leader_turnover": False, "ladder": False},
    },
    "parameters": {
        "start_rate": 0.0,
        "narrower_probability": 0.0,
        "support_mean": 1.5,
        "approval_defer": 0.0,
        "consent_base": 8.0,
    },
}

QUEUE: Table = {  # engaged proposals of one region that reach the panel together
    "systems": [[{}, {}] for _ in range(8)],
    "live_proposals": [{"ccgs": [f"S{n}C1", f"S{n}C2"], "stage": "engaged"} for n in range(1, 9)],
}
SURE: Table = {
    "world": "small",
    "end": date(2022, 7, 1),
    "levers": {"ballot": {"leaders_gate": False}, "joint": {"leader_turnover": False}},
    "parameters": {
        "start_rate": 0.0,
        "support_mean": 30.0,
        "approval_probability": 1.0,
        "approval_unready": 0.0,
        "approval_defer": 0.0,
    },
    "durations": {"engage": 1.0, "ballot": 0.5},
}


def merged(base: Table, *changes: Table) -> Table:
    """Return a copy of nested tables with changes laid over it."""
    found = dict(base)
    for change in changes:
        for key, value in change.items():
            old = found.get(key)
            both = isinstance(old, dict) and isinstance(value, dict) and "family" not in value
            found[key] = merged(old, value) if both and isinstance(old, dict) else value
    return found


def levers(group: str, **values: Any) -> Table:
    return {"levers": {group: values}}


def parameters(**values: Any) -> Table:
    return {"parameters": values}


@functools.cache
def england() -> World:
    return load_world()


@functools.cache
def small(plan: str) -> World:
    return make_world(json.loads(plan))


def world_named(name: str) -> World:
    """Return England as it is or with one change that should not matter, or the queue's world."""
    world = england()
    if name == "england":
        return world
    if name == "england, systems renamed":
        systems = (
            replace(s, code=f"Z{s.code}", name=f"Renamed {s.index:02d}") for s in world.systems
        )
        return replace(world, systems=tuple(systems))
    if name == "england, twice the people":
        ccgs = (replace(c, patients=2 * c.patients, residents=2 * c.residents) for c in world.ccgs)
        twice = tuple(2 * patients for patients in world.practice_patients)
        return replace(world, ccgs=tuple(ccgs), practice_patients=twice)
    if name == "england, patients moved between practices":
        first, second = world.ccgs[0].practices[:2]
        moved = list(world.practice_patients)
        moved[first], moved[second] = moved[first] + moved[second] - 1, 1
        return replace(world, practice_patients=tuple(moved))
    if name == "england, a practice without a vote added":
        last = world.ccgs[-1]
        row = len(world.practice_ccg)
        patients = [*world.practice_patients, 1]
        patients[last.practices[0]] -= 1
        ccg = replace(last, practices=(*last.practices, row))
        return replace(
            world,
            ccgs=(*world.ccgs[:-1], ccg),
            practice_ccg=(*world.practice_ccg, last.index),
            practice_patients=tuple(patients),
            practice_votes=(*world.practice_votes, False),
        )
    return small(name)


QUEUE_WORLD = json.dumps(QUEUE)


def logs(world: str, tables: Table, replications: int) -> tuple[Log, ...]:
    """Run replications 0 to N - 1 of a scenario on a world (see ``world_named``) and keep them."""
    return _logs(world, json.dumps(tables, default=lambda d: {"date": d.isoformat()}), replications)


@functools.cache
def _logs(world: str, text: str, replications: int) -> tuple[Log, ...]:
    def dates(found: Table) -> Any:
        return date.fromisoformat(found["date"]) if list(found) == ["date"] else found

    # The posterior knows England's systems by their codes, which some relations change.
    scenario = parse_scenario(merged(PRIOR, json.loads(text, object_hook=dates)))
    place = world_named(world)
    return tuple(
        replicate_log(place, scenario, SEED, number).events for number in range(replications)
    )


# -- What relations look at -------------------------------------------------------------------


def first_ballots(log: Log, key: str) -> dict[tuple[str, str], float]:
    """Return one value of each CCG's first ballot on each proposal."""
    return {
        (e.proposal, e.subject): e.data[key]
        for e in log
        if e.kind == "ballot" and e.data["attempt"] == 1
    }


def times(log: Log, kind: str) -> dict[str, float]:
    """Return when each proposal first met an event of a kind."""
    found: dict[str, float] = {}
    for event in log:
        if event.kind == kind:
            found.setdefault(event.proposal, event.time)
    return found


def ballot_times(log: Log) -> dict[tuple[str, str], float]:
    """Return when each CCG first voted on each proposal."""
    return {
        (e.proposal, e.subject): e.time
        for e in log
        if e.kind == "ballot" and e.data["attempt"] == 1
    }


def proposals_with(log: Log, kind: str, **data: Any) -> set[str]:
    """Return the proposals that met an event of a kind whose data hold these values."""
    return {
        e.proposal
        for e in log
        if e.kind == kind and all(e.data.get(key) == value for key, value in data.items())
    }


def final(log: Log) -> float:
    return float(log[-1].data["ccgs"])


def started(log: Log, origin: str = "") -> float:
    return float(
        sum(e.kind == "mooted" and (not origin or e.data["origin"] == origin) for e in log)
    )


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
