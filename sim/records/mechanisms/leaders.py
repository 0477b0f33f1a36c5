"""Outcomes of one replication: leaders, councils and place leaders.

What only a lever brings about (sponsors, place leaders, offers, ...) is 0 while none is moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Final

from sim.adding import add_up
from sim.agents.log import Event
from sim.records.column import Column, count, share
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.records.view import LogView

REASONS: Final = ("day_job", "moved_on", "had_enough")
PLACE_LEADERS: Final = ("acute", "mental_health", "community", "council")
DEFAULT_COLUMNS: Final[tuple[Column, ...]] = (
    share("leader_vacant_months", "months for which posts of system leaders stood vacant, in all"),
    count("leaders_stayed", "systems led throughout by their leader of the first day"),
    share("talks_days", "mean days from first talk to engagement, of proposals begun in the run"),
    share("engagement_days", "mean days from the opening of engagement to the leaders' first look"),
    share("decision_days", "mean days from application to national decision"),
    count("proposals_council_delayed", "proposals whose engagement opposed councils lengthened"),
)
LEVER_COLUMNS: Final[tuple[Column, ...]] = (
    count("leaders_day_job", "system leaders who returned to the day job"),
    count("leaders_moved_on", "system leaders whom the centre moved on"),
    count("leaders_had_enough", "system leaders who had had enough"),
    count(
        "unsponsored_systems",
        "systems begun with several CCGs in which no senior leader is in favour at the end",
    ),
    count("proposals_unsponsored", "proposals begun in the run where no senior leader was for it"),
    count("proposals_backed", "proposals begun after the statement of backing"),
    count("local_decisions", "decisions taken by systems themselves"),
    count("local_decision_days", "mean days from application to such a decision, rounded"),
    count("councils_won_over", "councils that came round after the offer of a leading part"),
    count("council_offers", "offers of a leading part to opposed councils"),
    count("compromises", "compromises struck with opposed councils"),
    count("places_led_acute", "places led from an acute trust"),
    count("places_led_mental_health", "places led from a mental-health trust"),
    count("places_led_community", "places led from a community trust"),
    count("places_led_council", "places led from a council"),
    count("dual_roles", "place leaders who also became chief of the CCG, in whatever form"),
    count("dual_role_workarounds", "of these, by a workaround of the law"),
    count("firm_hand_systems", "systems that the centre handled firmly"),
    Column("cooperation_mean", "float", "mean cooperation of systems when last recorded, 0 to 1"),
    Column("cooperation_gain_sd", "float", "spread between systems of its growth in the run"),
    count("finance_directors", "systems that appointed a finance director"),
    count("finance_directors_first", "of these, before any merger in the system"),
)
COLUMNS: Final[tuple[Column, ...]] = DEFAULT_COLUMNS + LEVER_COLUMNS


def scalars(view: LogView) -> dict[str, int | float | None]:
    """Compute these outcomes of one replication; their meanings stand in ``COLUMNS``."""
    return {**_terms(view), **_starts(view), **_times(view), **_councils(view), **_places(view)}


def _terms(view: LogView) -> dict[str, int | float | None]:
    """Leaders' comings and goings."""
    left, joined = view.events("leader_left"), view.events("leader_joined")
    end = view.events("end")[-1].time
    vacant = add_up(e.time for e in joined) - add_up(e.time for e in left)
    vacant += end * (len(left) - len(joined))
    led = sum(len(system.ccgs) > 1 for system in view.world.systems)
    why = Counter(e.data.get("reason", "") for e in left)
    return {
        "leader_vacant_months": vacant / DAYS_PER_MONTH,
        "leaders_stayed": led - len({e.subject for e in left}),
        **{f"leaders_{reason}": why[reason] for reason in REASONS},
    }


def _starts(view: LogView) -> dict[str, int | float | None]:
    """Sponsors, backing and the firm hand."""
    sponsors: dict[str, list[Event]] = {}
    for event in view.events("sponsors"):
        sponsors.setdefault(event.subject, []).append(event)
    backed = next((e.time for e in view.events("backing")), None)
    started = [e for e in view.events("mooted") if e.time > 0.0 and not e.data.get("parent")]
    several = {system.code for system in view.world.systems if len(system.ccgs) > 1}
    unsponsored = [_in_favour(sponsors.get(e.subject, ()), e.time) for e in started]
    return {
        "unsponsored_systems": sum(
            not counted[-1].data["in_favour"]
            for code, counted in sponsors.items()
            if code in several
        ),
        "proposals_unsponsored": sum(favour == 0 for favour in unsponsored),
        "proposals_backed": 0 if backed is None else sum(e.time >= backed for e in started),
        "firm_hand_systems": len(view.events("firm_hand")),
    }


def _in_favour(counts: Sequence[Event], time: float) -> int | None:
    """Return how many senior leaders of a system were in favour at a moment, if counted."""
    found = None
    for event in counts:
        if event.time <= time:
            found = int(event.data["in_favour"])
    return found


def _times(view: LogView) -> dict[str, int | float | None]:
    """How long proposals take to engagement, to the leaders' look, and to a decision."""
    mooted = {e.proposal: e.time for e in view.events("mooted") if e.time > 0.0}
    engaged = {e.proposal: e.time for e in view.events("engaged")}
    looked: dict[str, float] = {}
    for kind in ("ballot_called", "postponed", "withdrawn"):
        for e in view.events(kind):
            looked[e.proposal] = min(e.time, looked.get(e.proposal, e.time))
    applied: dict[str, float] = {}
    national: list[float] = []
    local: list[float] = []
    for e in sorted((*view.events("applied"), *view.events("decided")), key=lambda e: e.time):
        if e.kind == "applied":
            applied[e.proposal] = e.time
        else:
            (national if e.subject == "NHS England" else local).append(e.time - applied[e.proposal])
    return {
        "talks_days": _mean(t - mooted[p] for p, t in engaged.items() if p in mooted),
        "engagement_days": _mean(looked[p] - t for p, t in engaged.items() if p in looked),
        "decision_days": _mean(national),
        "local_decisions": len(local),
        "local_decision_days": round(fmean(local)) if local else 0,
    }


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return fmean(found) if found else None


def _councils(view: LogView) -> dict[str, int | float | None]:
    """Councils' views, and what was done about them."""
    views = view.events("council_view")
    lengthens = view.parameters.get("council_delay", 1.0) > 1.0
    delayed = {e.proposal for e in views if lengthens and e.data["stance"] == "oppose"}
    offers = view.events("council_offer")
    return {
        "proposals_council_delayed": len(delayed),
        "council_offers": len(offers),
        "councils_won_over": sum(e.data["accepted"] for e in offers),
        "compromises": len(view.events("compromise")),
    }


def _places(view: LogView) -> dict[str, int | float | None]:
    """Place leaders, dual roles, cooperation and finance directors."""
    types = Counter(e.data["type"] for e in view.events("place_leader"))
    forms = Counter(e.data["form"] for e in view.events("dual_role"))
    levels: dict[str, list[float]] = {}
    for event in view.events("cooperation"):
        levels.setdefault(event.subject, []).append(event.data["level"])
    gains = [found[-1] - found[0] for found in levels.values()]
    merged = {e.data["system"]: e.time for e in reversed(view.events("merged"))}
    directors = view.events("finance_director")
    return {
        **{f"places_led_{kind}": types[kind] for kind in PLACE_LEADERS},
        "dual_roles": forms.total(),
        "dual_role_workarounds": forms["workaround"],
        "cooperation_mean": fmean(found[-1] for found in levels.values()) if levels else 0.0,
        "cooperation_gain_sd": pstdev(gains) if gains else 0.0,
        "finance_directors": len(directors),
        "finance_directors_first": sum(e.time <= merged.get(e.subject, e.time) for e in directors),
    }
