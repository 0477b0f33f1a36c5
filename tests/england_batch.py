"""Runs many replications of England on two processes and keeps counts folded from their logs."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from multiprocessing import get_context
from typing import Any

from sim.agents import Event, replicate_log
from sim.scenario import parse_scenario
from sim.world import World, load_world

APRIL_2020 = 305.0  # days from 1 June 2019


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one replication came to.

    ``count`` holds the number of events of each kind and, besides, ``ballots_carried``,
    ``ccgs_april_2020``, ``ccgs`` at the end, ``lost_parts`` (parts of the largest proposal that
    was lost at the ballot) and ``whole_systems`` (proposals of a whole system, begun after the
    start). ``history`` is a digest of the proposals begun before the start; ``leaders`` and
    ``register`` are digests of the comings and goings of leaders and of the way of the start
    date's register to engagement; ``ladder`` of the rungs taken before the first mergers;
    ``before_advice`` one of the whole log up to the first advice.
    """

    count: Mapping[str, int]
    history: str
    leaders: str
    register: str
    ladder: str
    before_advice: str


@cache
def england() -> World:
    """Return England, loaded once a process."""
    return load_world()


def fold(events: Sequence[Event]) -> Outcome:
    """Fold one log of England."""
    count = Counter(event.kind for event in events)
    parts: dict[str, int] = {}
    fallen = early = 0
    for event in events:
        if event.kind == "mooted":
            parts[event.proposal] = len(event.data["footprint"])
            count["whole_systems"] += event.time > 0.0 and whole(event)
        elif event.kind == "ballot":
            count["ballots_carried"] += event.data["carried"]
        elif event.kind == "lost":
            count["lost_parts"] = max(count["lost_parts"], parts[event.proposal])
        elif event.kind == "merged":
            fallen += len(event.data["parts"]) - 1
            early += len(event.data["parts"]) - 1 if event.time <= APRIL_2020 else 0
    count["ccgs"] = 191 - fallen
    count["ccgs_april_2020"] = 191 - early
    register = set(list(parts)[: len(england().live_proposals)])
    stages = ("mooted", "drafted", "engaged")
    first = next((i for i, event in enumerate(events) if event.kind == "advice"), len(events))
    return Outcome(
        dict(count),
        digest(begun(events)),
        digest(e[:3] for e in events if e.kind in ("leader_left", "leader_joined")),
        digest(e[:4] for e in events if e.proposal in register and e.kind in stages),
        digest(
            (*e[:3], *e.data.values()) for e in events if e.kind == "rung" and e[0] < APRIL_2020
        ),
        digest(events[:first]),
    )


def whole(event: Event) -> bool:
    """Return whether leaders chose a whole system: only then does its pull weigh."""
    return dict(event.terms).get("footprint_whole_system", 0.0) != 0.0


def begun(events: Sequence[Event]) -> list[Event]:
    """Return the proposals begun before the start (one with a parent begins on that day)."""
    found = [e for e in events if e.kind == "mooted" and e.time == 0.0]
    return [e for e in found if not e.data["parent"]]


def digest(things: Any) -> str:
    """Return a digest of what is written of some things."""
    return hashlib.sha256(repr(list(things)).encode()).hexdigest()


def outcome(tables: Mapping[str, Any], seed: int, replication: int) -> Outcome:
    """Run one replication of a scenario, given as tables, and fold it."""
    return fold(replicate_log(england(), parse_scenario(tables), seed, replication).events)


def outcomes(
    arms: Mapping[str, Mapping[str, Any]], seed: int, replications: int
) -> dict[str, list[Outcome]]:
    """Run replications 0 to N - 1 of every arm on two processes; by arm, in order."""
    arm_of = [tables for tables in arms.values() for _ in range(replications)]
    numbers = [number for _ in arms for number in range(replications)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(outcome, arm_of, repeat(seed), numbers, chunksize=25))
    return {name: found[i * replications : (i + 1) * replications] for i, name in enumerate(arms)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference of means with its 95 % interval (normal)."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Show it as it is printed."""
        return f"{self.mean:+.2f} (95 % {self.low:+.2f} to {self.high:+.2f})"


def paired(
    base: Sequence[Outcome], other: Sequence[Outcome], of: Callable[[Outcome], float]
) -> Difference:
    """Return other minus base, replication by replication."""
    differences = [of(b) - of(a) for a, b in zip(base, other, strict=True)]
    n = len(differences)
    mean = math.fsum(differences) / n
    sd = math.sqrt(math.fsum((d - mean) ** 2 for d in differences) / (n - 1))
    half = 1.96 * sd / math.sqrt(n)
    return Difference(mean, mean - half, mean + half)
