"""What the recorded round says of each system beyond its covariates.

Systems differ for reasons that nobody measured; the model gives each a leaning to start and one
to support, standard normal before any data. A replication in which a system goes the recorded
way tells what its leanings may have been: the leanings of those replications are draws from the
posterior, given parameters from theirs. Systems hardly touch each other, so each is conditioned
on its own course alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from sim.evidence.arrays import Array
from sim.evidence.fit.summaries import Covariates
from sim.evidence.record.public_proposals import PublicProposal
from sim.records.csv_text import write_rows
from sim.scenario.posterior import PlaceEffect
from sim.streams import Streams, purposes

if TYPE_CHECKING:
    import pandas as pd

FEWEST: Final = 40  # replications that must agree before anything is learnt from them

Course = tuple[str, bool, bool, bool]
"""How a system went: merged (none, part or whole), a lost ballot, a refusal, a new proposal."""


@dataclass(frozen=True, slots=True)
class LearntPlace:
    """What was learnt about one system: its course, how many replications shared it, the effect."""

    system: str
    course: Course
    replications: int
    effect: PlaceEffect


def recorded_courses(
    proposals: Sequence[PublicProposal], single: Sequence[str], covariates: Covariates
) -> dict[str, Course]:
    """Return the recorded course of every system that had several CCGs at the start."""
    return {
        system: _course([p for p in proposals if p.system == system], system in single)
        for system in sorted(covariates.several)
    }


def _course(proposals: Sequence[PublicProposal], single: bool) -> Course:
    merged = any(p.outcome == "merged" for p in proposals)
    kind = "whole" if single else "part" if merged else "none"
    lost = any(p.outcome == "lost" for p in proposals)
    refused = any(p.outcome == "refused" for p in proposals)
    return kind, lost, refused, any(not p.live for p in proposals)


def simulated_courses(
    proposals: pd.DataFrame, systems: pd.DataFrame, on: date, covariates: Covariates
) -> dict[str, dict[int, Course]]:
    """Return, by system, the course of each replication."""
    start = systems["date"].min()
    found: dict[tuple[int, str], list[PublicProposal]] = {}
    columns = (
        "replication",
        "system",
        "footprint",
        "parent",
        "mooted",
        "drafted",
        "exit",
        "exit_on",
    )
    for number, system, footprint, parent, mooted, drafted, left, left_on in zip(
        *(proposals[column].tolist() for column in columns), strict=True
    ):
        live = footprint in covariates.live and mooted < start and not isinstance(parent, str)
        if not live and (not isinstance(drafted, date) or drafted > on):
            continue
        ended = isinstance(left_on, date) and left_on <= on
        outcome = {"effective": "merged"}.get(left, left) if ended else "open"
        found.setdefault((number, system), []).append(PublicProposal(system, (), live, outcome))
    seen = systems[systems["date"] == on]
    courses: dict[str, dict[int, Course]] = {system: {} for system in sorted(covariates.several)}
    for number, system, ccgs in zip(
        seen["replication"].tolist(), seen["system"].tolist(), seen["ccgs"].tolist(), strict=True
    ):
        if system in courses:
            courses[system][number] = _course(found.get((number, system), []), ccgs == 1)
    return courses


def learn_places(
    recorded: Mapping[str, Course],
    simulated: Mapping[str, Mapping[int, Course]],
    covariates: Covariates,
    seed: int,
) -> tuple[LearntPlace, ...]:
    """Return what the record says of each system's leanings.

    ``seed`` is that of the simulated batch, whose leanings are drawn again from its random
    streams. A system whose course hardly ever happened (fewer than ``FEWEST`` replications) is
    matched on whether it merged alone; failing that nothing is learnt about it.
    """
    world = covariates.world
    index = {system.code: system.index for system in world.systems}
    numbers = sorted(next(iter(simulated.values())))
    leanings = _leanings(seed, numbers, len(world.systems))
    position = {number: row for row, number in enumerate(numbers)}
    learnt = []
    for system, course in recorded.items():
        rows = [position[n] for n, c in simulated[system].items() if c == course]
        if len(rows) < FEWEST:
            rows = [position[n] for n, c in simulated[system].items() if c[0] == course[0]]
        if len(rows) < FEWEST:
            effect, rows = PlaceEffect(0.0, 1.0, 0.0, 1.0), []
        else:
            start, support = leanings[0][rows, index[system]], leanings[1][rows, index[system]]
            effect = PlaceEffect(
                float(start.mean()),
                float(min(start.std(), 1.0)),
                float(support.mean()),
                float(min(support.std(), 1.0)),
            )
        learnt.append(LearntPlace(system, course, len(rows), effect))
    return tuple(learnt)


def _leanings(seed: int, numbers: Sequence[int], systems: int) -> tuple[Array, Array]:
    """Return the standard-normal leanings (replications by systems) to start and to support."""
    drawn = np.empty((2, len(numbers), systems))
    for row, number in enumerate(numbers):
        streams = Streams(seed, number, {"system": systems})
        for kind, purpose in enumerate((purposes.PLACE_START, purposes.PLACE_SUPPORT)):
            drawn[kind, row] = [streams.uniform(purpose, system) for system in range(systems)]
    normal = np.asarray(special.ndtri(drawn), dtype=float)
    return normal[0], normal[1]


def write_places(path: Path, learnt: Sequence[LearntPlace]) -> None:
    """Write the effects as ``places.csv``; systems of which nothing is learnt stay out."""
    rows = ((place.system, *place.effect) for place in learnt if place.replications)
    write_rows(path, ("system", *PlaceEffect._fields), rows, decimals=".4f")
