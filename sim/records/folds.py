"""The fold of one replication's event log into the rows of every table.

Nothing here knows the engine: a log and the world it started from are enough, so that every
outcome can be computed again from the log alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sim.adding import add_up
from sim.agents.log import Event
from sim.records.chain import CHAIN_KINDS, Course, ballot_rows, courses, proposal_rows
from sim.records.days import count_dates
from sim.records.lineage import CHANGES, Lineage, count_rows
from sim.records.mechanisms.registry import mechanism_scalars
from sim.records.schema import SCALARS, Row
from sim.records.view import LogView
from sim.world.model import World

Rows = dict[str, list[Row]]


def fold(
    events: Sequence[Event],
    parameters: Mapping[str, float],
    world: World,
    start: date,
    end: date,
) -> Rows:
    """Fold one replication into rows by table name, without scenario and replication.

    Rows are ordered by the table's keys; dates are real dates (start + whole days). Columns are
    those of ``sim.records.schema``.
    """
    chain: list[Event] = []
    changes: list[Event] = []
    by_kind: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_kind[event.kind].append(event)
        if event.kind in CHAIN_KINDS:
            chain.append(event)
        elif event.kind in CHANGES:
            changes.append(event)
    found = courses(chain, start)
    counts, systems, ccgs, lineage = count_rows(changes, world, start, count_dates(start, end))
    view = LogView(by_kind, found, lineage, parameters, world, start, end)
    scalars = {**_scalars(by_kind, found, lineage, world), **mechanism_scalars(view)}
    return {
        "replications": [tuple(scalars[column.name] for column in SCALARS)],
        "counts": counts,
        "systems": systems,
        "ccgs": ccgs,
        "proposals": proposal_rows(found),
        "ballots": ballot_rows(by_kind["ballot"], start),
        "parameters": [(name, float(parameters[name])) for name in sorted(parameters)],
    }


def final_count(events: Iterable[Event], world: World) -> int:
    """Return the number of CCGs at the end of a log, for runs that need nothing else."""
    lost = sum(len(e.data["parts"]) - 1 for e in events if e.kind == "merged")
    return len(world.ccgs) - lost


def _scalars(
    by_kind: Mapping[str, list[Event]],
    found: Mapping[str, Course],
    lineage: Lineage,
    world: World,
) -> dict[str, int | float | None]:
    """Compute the scalar outcomes of one replication; their meanings stand in the schema."""
    made = list(found.values())
    exits = Counter(course.exit for course in made)
    reached = Counter(state for course in made for state in course.dates)
    decisions = Counter(e.data["decision"] for e in by_kind.get("decided", ()))
    ballots = by_kind.get("ballot", [])
    merged = by_kind.get("merged", [])
    waits = [float(e.data["waited"]) for e in by_kind.get("assessed", ())]
    home = {ccg.code: ccg.system for ccg in world.ccgs}
    return {
        "final_ccgs": len(lineage.home),
        "proposals": len(made),
        "proposals_local": sum(course.origin == "local" for course in made),
        "proposals_centre": sum(course.origin == "centre" for course in made),
        "perceived_centre": sum(course.perceived_origin == "centre" for course in made),
        "narrower": sum(course.parent is not None for course in made),
        "drafted": reached["drafted"],
        "engaged": reached["engaged"],
        "proposals_balloted": reached["balloted"],
        "ballots_held": len(ballots),
        "ballots_lost": sum(not e.data["carried"] for e in ballots),
        "ballots_inquorate": sum(not e.data["quorate"] for e in ballots),
        "reballots": sum(e.data["attempt"] > 1 for e in ballots),
        "proposals_lost": exits["lost"],
        "applications": len(by_kind.get("applied", ())),
        "approved": decisions["approved"] + decisions["approved_with_conditions"],
        "deferred": decisions["deferred"],
        "refused": decisions["refused"],
        "withdrawn": exits["withdrawn"],
        "lapsed": exits["lapsed"],
        "open_at_end": exits["open"],
        "mergers": len(merged),
        "merged_ccgs": len(lineage.successor),
        "crossing_mergers": sum(
            len({home[code] for code in e.subject.split("+")}) > 1 for e in merged
        ),
        "repeat_mergers": sum(any("+" in part for part in e.data["parts"]) for e in merged),
        "systems_with_one_ccg": sum(n == 1 for n in Counter(lineage.home.values()).values()),
        "leaders_left": len(by_kind.get("leader_left", ())),
        "panel_wait_days": add_up(waits) / len(waits) if waits else None,
    }
