"""Outcomes of one replication: information and force."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from statistics import fmean
from typing import TYPE_CHECKING, Final

from sim.adding import add_up
from sim.records.column import Column, count, share
from sim.records.days import day_of
from sim.rules.logistic import expit, total
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.log import Event
    from sim.records.chain import Course
    from sim.records.view import LogView

ICS_DEADLINE: Final = date(2021, 4, 1)

COLUMNS: Final[tuple[Column, ...]] = (
    share("live_at_start", "share of systems with several CCGs that had a proposal at the start"),
    share(
        "hint_share",
        "share of the proposals begun after the start, narrower ones left out, whose footprint is "
        "all CCGs of one system",
    ),
    share("centre_share", "share of engaged proposals that the centre really started"),
    share("perceived_centre_share", "share of engaged proposals that members take for its"),
    share("misattribution_rate", "share of engaged proposals whose origin members get wrong"),
    share("yes_expected", "mean share of a yes that leaders read before calling the ballots"),
    share("yes_share", "mean share of a yes among the votes of those first ballots"),
    share(
        "belief_gap",
        "how far leaders who called a ballot had overrated their members, mean log-odds",
    ),
    share("panel_wait_longest", "longest wait of an application for its panel, in days"),
    share("months_to_effect", "mean months from first talk known to effect"),
    share("months_to_effect_least", "fewest months from first talk known to effect"),
    count("mandated_systems", "systems whose CCGs were merged by mandate"),
    count("mandated_ccgs", "CCGs merged by mandate, as they stood then"),
    count("overruled", "times that a CCG's refusal was overruled by majority or leader"),
    share("alienation", "forced moves that CCGs have been put through, per starting CCG"),
    share(
        "ics_share_april_2021",
        "share of systems that were ICSs (or devolved) at the start or made so by 1 April 2021",
    ),
    count("abolished_ccgs", "CCGs abolished by law within the run (they count in final_ccgs)"),
    count("successor_bodies", "bodies that take over when a law abolishes CCGs, one a system"),
)


def scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute these outcomes of one replication; their meanings stand in ``COLUMNS``."""
    waits = [float(event.data["waited"]) for event in view.events("assessed")]
    mandated = view.events("mandated")
    law = view.events("abolished")
    forced = add_up(float(event.data["amount"]) for event in view.events("alienated"))
    return {
        **_origins(list(view.courses.values())),
        **_expectations(view),
        **_times(list(view.courses.values())),
        "live_at_start": _live_at_start(view),
        "hint_share": _hint_share(view),
        "panel_wait_longest": max(waits, default=None),
        "mandated_systems": len(mandated),
        "mandated_ccgs": sum(len(event.data["parts"]) for event in mandated),
        "overruled": len(view.events("overruled")),
        "alienation": forced / len(view.world.ccgs),
        "ics_share_april_2021": _ics_share(view),
        "abolished_ccgs": sum(event.data["ccgs"] for event in law),
        "successor_bodies": sum(event.data["successors"] for event in law),
    }


def _origins(courses: list[Course]) -> dict[str, float | None]:
    """Compare who started the proposals that opened engagement with who members think did."""
    engaged = [course for course in courses if course.perceived_origin is not None]
    n = len(engaged)
    if not n:
        return dict.fromkeys(("centre_share", "perceived_centre_share", "misattribution_rate"))
    return {
        "centre_share": sum(course.origin == "centre" for course in engaged) / n,
        "perceived_centre_share": sum(c.perceived_origin == "centre" for c in engaged) / n,
        "misattribution_rate": sum(c.perceived_origin != c.origin for c in engaged) / n,
    }


def _expectations(view: LogView) -> dict[str, float | None]:
    """Compare what leaders read before they called ballots with how members then stood and voted.

    Over the proposals whose leaders looked at all; CCGs of one proposal count alike.
    """
    ballots: defaultdict[str, list[Event]] = defaultdict(list)
    for event in view.events("ballot"):
        if event.data["attempt"] == 1:
            ballots[event.proposal].append(event)
    read, voted, gaps = [], [], []
    for call in view.events("ballot_called"):
        held = ballots.get(call.proposal)
        if held is None or "expected" not in call.data:
            continue
        expected = float(call.data["expected"])
        read.append(expit(expected))
        gaps.append(expected - fmean(total(event.terms) for event in held))
        voted += [_yes(event) for event in held if event.data["abstained"] < _members(event)]
    return {
        "yes_expected": fmean(read) if read else None,
        "yes_share": fmean(voted) if voted else None,
        "belief_gap": fmean(gaps) if gaps else None,
    }


def _members(ballot: Event) -> int:
    return int(ballot.data["practices"])


def _yes(ballot: Event) -> float:
    votes_for, against = ballot.data["votes_for"], ballot.data["votes_against"]
    return float(votes_for / (votes_for + against))


def _times(courses: list[Course]) -> dict[str, float | None]:
    months = [
        (course.dates["effective"] - course.dates["mooted"]).days / DAYS_PER_MONTH
        for course in courses
        if "effective" in course.dates
    ]
    return {
        "months_to_effect": fmean(months) if months else None,
        "months_to_effect_least": min(months, default=None),
    }


def _live_at_start(view: LogView) -> float | None:
    """Return the share of systems of several CCGs with a CCG in a proposal on the first day."""
    home = {ccg.code: ccg.system for ccg in view.world.ccgs}
    several = {s.index for s in view.world.systems if len(s.ccgs) > 1}
    found = {
        home[code]
        for event in view.events("mooted")
        if event.time == 0.0
        for body in event.data["footprint"]
        for code in body.split("+")
    }
    return len(found & several) / len(several) if several else None


def _hint_share(view: LogView) -> float | None:
    """Return the share of new proposals that take the hint: all CCGs of a system as it stands."""
    codes = [system.code for system in view.world.systems]
    home = {ccg.code: codes[ccg.system] for ccg in view.world.ccgs}
    events = sorted(
        [*view.events("mooted"), *view.events("merged")],
        key=lambda event: (event.time, event.kind == "mooted"),
    )
    size: defaultdict[str, int] = defaultdict(int)
    for system in home.values():
        size[system] += 1
    proposals = hints = 0
    for event in events:
        if event.kind == "merged":
            for code in event.subject.split("+"):
                size[home[code]] -= 1
                home[code] = event.data["system"]
                size[home[code]] += 1
            continue
        if event.time == 0.0 or event.data["parent"]:
            continue
        members = [code for body in event.data["footprint"] for code in body.split("+")]
        systems = {home[code] for code in members}
        proposals += 1
        hints += len(systems) == 1 and len(members) == size[systems.pop()]
    return hints / proposals if proposals else None


def _ics_share(view: LogView) -> float | None:
    systems = view.world.systems
    if not systems:
        return None
    begun = sum(system.ics_status != "stp" for system in systems)
    made = sum(
        bool(event.data["designated"]) and day_of(view.start, event.time) <= ICS_DEADLINE
        for event in view.events("ics_review")
    )
    return (begun + made) / len(systems)
