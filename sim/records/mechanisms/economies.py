"""Outcomes of one replication: costs, savings, joint working and the tests of approval.

Outcomes only; nothing decides by them. A body's fixed cost is F = ``fixed_cost`` million pounds a
year. A body saves the part ``saved_part`` of ``sharing_saving`` by its rung. An officer group costs
``group_cost``; a body outside a group costs F x (1 - its saving in committees in common). The
saving of the run is the cost at the start less that at the end; the part by sharing is the start
less what all starting CCGs would cost as they were when last themselves; the rest is by merging.
Merging costs ``transition_cost`` million pounds once for each CCG removed. The announced target is
``announced_target``.
"""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sim.records.column import Column, count, share
from sim.records.days import count_dates, day_of
from sim.records.mechanisms.economies_ladder import JointWorking, fixed_costs, fold_joint_working
from sim.rules.approval import TESTS
from sim.rules.mechanisms.economies import announced_target, transition_cost
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.records.view import LogView

RUNG_COLUMNS: Final = {
    "separate": "stopped_at_separate",
    "committees_in_common": "stopped_at_committees",
    "shared_officer": "stopped_at_officer",
    "joint_team": "stopped_at_team",
}
"""Rungs from the lowest to the highest, and where systems that went no further are counted."""

COLUMNS: Final[tuple[Column, ...]] = (
    share("running_cost_saving", "million pounds per year saved at the end, against the start"),
    share("saving_by_merging", "part of it that mergers bring beyond what sharing saves"),
    share("saving_by_sharing", "part of it that joint working without merger brings"),
    share("saving_share_of_target", "that saving as a share of the 20% cut announced in 2018"),
    share("transition_cost_total", "million pounds that mergers cost once"),
    share("reorganisation_months", "months that CCGs spent in proposals, added up over CCGs"),
    share("reorganisation_months_in_vain", "part of them in proposals that ended without effect"),
    count("largest_fall", "largest fall in CCGs between two counting dates (1 April to 1 April)"),
    share("merged_lifetime_months", "median life of a merged CCG: to its next merger or the end"),
    share("repeat_merger_share", "share of mergers with a part itself formed by merger"),
    share("officer_before_merger", "share of mergers whose parts all shared one officer before"),
    count("joint_officers", "officers who serve two or more CCGs at the end"),
    count("steps_to_committees", "steps of CCGs to committees in common"),
    count("steps_to_officer", "steps of CCGs to a shared officer"),
    count("steps_to_team", "steps of CCGs to a joint team"),
    *(
        count(name, f"systems of several CCGs without any merger whose highest rung is {rung}")
        for rung, name in RUNG_COLUMNS.items()
    ),
    *(
        count(f"failed_{test}", f"applications that failed the test of {test}, where it is applied")
        for test in TESTS
    ),
)


def scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute these outcomes of one replication; their meanings stand in ``COLUMNS``."""
    merged = view.events("merged")
    joint = fold_joint_working(view.events("rung"), merged, view.world)
    failed = Counter(
        test for event in view.events("decided") for test in event.data.get("failed") or ()
    )
    repeats = sum(any("+" in part for part in event.data["parts"]) for event in merged)
    return {
        **_money(view, joint),
        **_months(view),
        **_pace(view),
        "merged_lifetime_months": _lifetime(view),
        "repeat_merger_share": repeats / len(merged) if merged else None,
        "officer_before_merger": joint.ready / joint.mergers if joint.mergers else None,
        "joint_officers": joint.officers(),
        "steps_to_committees": joint.steps["committees_in_common"],
        "steps_to_officer": joint.steps["shared_officer"],
        "steps_to_team": joint.steps["joint_team"],
        **_stopped(view, joint),
        **{f"failed_{test}": failed[test] for test in TESTS},
    }


def _money(view: LogView, joint: JointWorking) -> dict[str, int | float | None]:
    """Return costs and savings; empty where a log was made without these parameters."""
    p = view.parameters
    names = ("fixed_cost", "sharing_saving", "committee_saving", "officer_saving")
    if any(name not in p for name in (*names, "transition_cost")):
        return dict.fromkeys(column.name for column in COLUMNS[:5])
    before = fixed_costs(joint.start.values(), p)
    shared = fixed_costs(joint.unmerged.values(), p)
    after = fixed_costs(joint.alive.values(), p)
    patients = sum(ccg.patients for ccg in view.world.ccgs)
    removed = len(view.world.ccgs) - len(view.lineage.home)
    return {
        "running_cost_saving": before - after,
        "saving_by_merging": shared - after,
        "saving_by_sharing": before - shared,
        "saving_share_of_target": (before - after) * 1e6 / announced_target(patients),
        "transition_cost_total": transition_cost(removed, p["transition_cost"]),
    }


def _months(view: LogView) -> dict[str, int | float | None]:
    """Return the CCG-months in proposals from the start on, and those of proposals in vain."""
    spent = vain = 0.0
    for course in view.courses.values():
        began = max(course.dates["mooted"], view.start)
        ended = course.exit_on or view.end
        months = (ended - began).days / DAYS_PER_MONTH * len(course.footprint.split("+"))
        spent += months
        vain += months if course.exit not in ("effective", "open") else 0.0
    return {"reorganisation_months": spent, "reorganisation_months_in_vain": vain}


def _pace(view: LogView) -> dict[str, int | float | None]:
    """Return the largest fall between two counting dates."""
    falls = [
        (day_of(view.start, event.time), len(event.data["parts"]) - 1)
        for event in view.events("merged")
    ]
    dates = count_dates(view.start, view.end)
    by_step = [
        sum(fall for day, fall in falls if before < day <= date)
        for before, date in zip((view.start - timedelta(days=1), *dates), dates, strict=False)
    ]
    return {"largest_fall": max(by_step)}


def _lifetime(view: LogView) -> float | None:
    """Return the median life in months of bodies formed by merger; the end date ends all."""
    merged = view.events("merged")
    if not merged:
        return None
    ended = {part: event.time for event in merged for part in event.data["parts"]}
    horizon = float((view.end - view.start).days + 1)
    lives = [ended.get(event.subject, horizon) - event.time for event in merged]
    return statistics.median(lives) / DAYS_PER_MONTH


def _stopped(view: LogView, joint: JointWorking) -> dict[str, int | float | None]:
    """Return the systems of several CCGs without any merger, by the highest rung in them."""
    order = list(RUNG_COLUMNS)
    codes = {ccg.code: view.world.systems[ccg.system] for ccg in view.world.ccgs}
    moved = {codes[code].code for code in view.lineage.successor}
    highest: dict[str, int] = {}
    for body, (rung, _) in joint.alive.items():
        system = codes.get(body)
        if system is not None and len(system.ccgs) > 1 and system.code not in moved:
            highest[system.code] = max(highest.get(system.code, 0), order.index(rung))
    tally = Counter(highest.values())
    return {name: tally[place] for place, name in enumerate(RUNG_COLUMNS.values())}
