"""Levers of decision: how members are asked, and how applications are looked at."""

from __future__ import annotations

from typing import Literal

from sim.scenario.lever_field import Group, lever

Advice = Literal["as_formed", "silent", "neutral", "support", "oppose"]


class Ballot(Group):
    """How members are asked."""

    threshold: float | None = lever(
        None,
        "share of votes cast that must be exceeded, in place of the constitutions'",
        "share",
        (1,),
        ge=0.0,
        lt=1.0,
    )
    quorum: float | None = lever(
        None,
        "share of practices that must vote, in place of the constitutions'",
        "share",
        (1,),
        ge=0.0,
        le=1.0,
    )
    weighting: Literal["equal", "list_size"] | None = lever(
        None, "how votes count, in place of the constitutions'", "choice", (1,)
    )
    all_must_carry: bool = lever(
        True, "every CCG must carry it; if not, more than half of them", "yes/no", (1, 98)
    )
    binding: bool = lever(
        True,
        "a lost ballot ends the proposal where a constitution binds; if not, leaders may go on",
        "yes/no",
        (1, 104),
    )
    tries: int = lever(
        2, "how often a CCG may be asked about one proposal", "ballots", (1,), ge=1, le=10
    )
    lmc_advice: Advice = lever(
        "as_formed",
        "advice of local medical committees: as formed, or the same everywhere",
        "choice",
        (2, 3),
    )
    council_view: Advice = lever(
        "as_formed", "views of councils: as formed, or the same everywhere", "choice", (52,)
    )
    leaders_gate: bool = lever(
        True, "leaders hold back ballots they expect to lose", "yes/no", (1, 13)
    )


class Approval(Group):
    """Windows, panel and the national decision."""

    window: Literal["yearly", "all_year"] = lever(
        "yearly", "when applications are looked at", "choice", (11, 15)
    )
    window_opens: str = lever(
        "04-01", "first day of the yearly window", "MM-DD", (15,), pattern=r"^\d\d-\d\d$"
    )
    window_closes: str = lever(
        "09-30", "last day of the yearly window", "MM-DD", (11, 15), pattern=r"^\d\d-\d\d$"
    )
    panel_capacity: int = lever(
        2,
        "applications that a regional panel reviews at once",
        "applications",
        (15,),
        ge=1,
        le=1000,
    )
    minimum_lead_months: float = lever(
        4.0,
        "least time from decision to effect (November decisions took effect on 1 April)",
        "months",
        (38,),
        ge=0.0,
        le=60.0,
    )
    effective_dates: Literal["1_april", "any_day"] = lever(
        "1_april", "days on which a merger can take effect", "choice", (11,)
    )
    presumption_against: bool = lever(
        False, "applications are judged under a presumption against mergers", "yes/no", (64,)
    )
    criteria: Literal["summed", "published"] = lever(
        "summed",
        "whether the centre judges readiness as a whole, or each published test by itself",
        "choice",
        (62, 64),
    )
    scrutiny: Literal["alike", "informal_longer"] = lever(
        "alike",
        "whether panels take longer over CCGs without one accountable officer",
        "choice",
        (62,),
    )


class Joint(Group):
    """Leaders and joint working."""

    leader_turnover: bool = lever(
        True, "system leaders leave and posts stay vacant for a time", "yes/no", (45, 70)
    )
    ladder: bool = lever(True, "CCGs move up the ladder of joint working", "yes/no", (20, 73, 87))
    rungs: Literal["alike", "graded"] = lever(
        "alike",
        "whether every rung has its own saving and pull, or a shared officer counts for all",
        "choice",
        (20, 73, 87),
    )
    cooperation: Literal["ignored", "grows"] = lever(
        "ignored",
        "whether time under a shared officer wins members over",
        "choice",
        (43, 59),
    )
