"""The ladder of joint working: when a CCG takes the next rung, and how far it shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.adding import add_up
from sim.rules.logistic import total
from sim.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from sim.scenario.parameters import Parameters

NEXT: Final = {
    "separate": ("committees_in_common", "shared_officer"),
    "committees_in_common": ("shared_officer",),
    "shared_officer": ("joint_team",),
    "joint_team": (),
}
"""The rungs that a CCG can reach next from each."""


def step_rates(p: Parameters, rung: str) -> tuple[tuple[str, float], ...]:
    """Return the rungs of joint working that a CCG can reach next, each with its rate per month.

    Committees in common come at ``ladder_committee_rate``, a shared officer at
    ``ladder_officer_rate``, a joint team (after a shared officer) at ``ladder_team_rate``; a
    separate CCG may skip committees in common, as many did. Source: policy_timeline.csv (shared
    officers 2016-2018); priors.md section 7 (sharing is a step to merging and a substitute).
    """
    rates = {
        "committees_in_common": p.ladder_committee_rate,
        "shared_officer": p.ladder_officer_rate,
        "joint_team": p.ladder_team_rate,
    }
    return tuple((rung_next, rates[rung_next]) for rung_next in NEXT[rung])


def total_rate(p: Parameters, rung: str) -> float:
    """Return the rate per month at which a CCG on this rung takes any next step: their sum."""
    if rung == "separate":
        return p.ladder_committee_rate + p.ladder_officer_rate
    if rung == "committees_in_common":
        return p.ladder_officer_rate
    return p.ladder_team_rate if rung == "shared_officer" else 0.0


def pick(steps: tuple[tuple[str, float], ...], u: float) -> str:
    """Return the rung taken, with probability proportional to its rate."""
    target = u * total(steps)
    for name, rate in steps:
        target -= rate
        if target < 0.0:
            return name
    return steps[-1][0]


def fixed_cost_after_sharing(fixed_cost: float, saved: float, saving: float) -> float:
    """Return a CCG's yearly fixed running cost, of which joint working saves part unmerged.

    It is ``fixed_cost`` x (1 - ``saving`` x ``saved``), where ``saving`` is the most that sharing
    can save and ``saved`` the part of it that the CCG's rung saves. In the unit of ``fixed_cost``.
    Source: priors.md section 9 (most of the saving is available from shared management).
    """
    return fixed_cost * (1.0 - saving * saved)


MONTHS_SHARED_BEFORE: Final = {"shared_officer": 12.0, "joint_team": 24.0}
"""How long a CCG found on a rung at the start is taken to have shared its officer, in months.

Assumed: no record says since when; shared officers spread from 2016 on (policy_timeline.csv), and
teams follow officers.
"""


def saved_part(rung: str, committee_part: float, officer_part: float) -> float:
    """Return which part of what sharing can save a CCG on this rung saves: 0, or up to 1.

    Committees in common save least (``committee_saving``), one officer some (``officer_saving``), a
    joint team all of it. Source: costs.md (of 5 million pounds a merger was to save, 1.5 million
    were there already from joint working).
    """
    parts = {
        "committees_in_common": committee_part,
        "shared_officer": officer_part,
        "joint_team": 1.0,
    }
    return parts.get(rung, 0.0)


class RungRule(NamedTuple):
    """How the rungs of joint working count.

    ``saved`` is the part of what sharing can save that a CCG on a rung saves (0 to 1); where
    ``each_counts`` holds, every step changes costs and starting, otherwise only the step to a
    shared officer does.
    """

    saved: Callable[[Parameters, str], float]
    each_counts: bool


def saved_alike(_p: Parameters, rung: str) -> float:
    """Return which part of what sharing can save a CCG saves, if rungs count alike.

    A shared officer or a joint team saves all of it (1), anything less nothing (0).
    Source: priors.md section 9.
    """
    return 1.0 if rung in ("shared_officer", "joint_team") else 0.0


def saved_graded(p: Parameters, rung: str) -> float:
    """Return which part of what sharing can save a CCG saves, if rungs are graded.

    Committees in common save ``committee_saving``, a shared officer ``officer_saving``, a joint
    team all of it (1). Source: costs.md.
    """
    return saved_part(rung, p.committee_saving, p.officer_saving)


RUNG_RULES: Final[Mapping[str, RungRule]] = {
    "alike": RungRule(saved_alike, each_counts=False),
    "graded": RungRule(saved_graded, each_counts=True),
}
"""By the values of the lever ``joint.rungs``."""


def group_cost(fixed_cost: float, saved: Sequence[float]) -> float:
    """Return the yearly fixed cost of CCGs that share an officer, in the unit of ``fixed_cost``.

    ``saved`` holds each CCG's saved share. One whole set of management remains to the group: n
    bodies save their shares of n - 1 fixed costs, so that merging them never costs more.
    """
    n = len(saved)
    return fixed_cost * (n - (n - 1) / n * add_up(saved)) if n else 0.0


def cooperation_grown(days_shared: float, months_to_full: float) -> float:
    """Return how far cooperation has grown since an officer has been shared, 0 to 1.

    It grows by equal parts each month, to full after ``cooperation_months``. A CCG that shares an
    officer at the start is taken to have shared it for ``MONTHS_SHARED_BEFORE``; a merged body
    counts from the latest of its parts. Source: row 59; approval_criteria.md (11 to 24 months lay
    between a shared officer and the merger).
    """
    if months_to_full <= 0.0:
        return 1.0 if days_shared >= 0.0 else 0.0
    return min(1.0, max(0.0, days_shared / (months_to_full * DAYS_PER_YEAR / 12)))
