"""Levers beside the chain of a proposal: borders, leaders, councils, services, functions."""

from __future__ import annotations

from typing import Literal

from sim.scenario.lever_field import Group, lever

Crossing = Literal["never", "county"]


class Boundaries(Group):
    """Footprints and system borders."""

    cross_system: Crossing = lever(
        "never",
        "whether a footprint may cross a system border: never, or where it matches a county",
        "choice",
        (17, 80),
    )
    exemption_patients: int | None = lever(
        None,
        "patients from which a system may ask to keep several CCGs; without it none may",
        "patients",
        (25, 27),
        unset="none",
        ge=0,
        le=100_000_000,
    )
    exemption_cap: int = lever(
        5, "most systems that the centre exempts", "systems", (25,), ge=0, le=1000
    )
    splits: bool = lever(
        False,
        "systems may ask to be split in two; hardly any does before a national statement",
        "yes/no",
        (14, 17, 21, 23, 24, 26),
    )
    system_mergers: bool = lever(
        False, "the centre persuades small systems to join a neighbour", "yes/no", (17, 22)
    )
    divided_counties: float = lever(
        0.0,
        "how much counties divided among several CCGs are sought out for merging",
        "index",
        (103,),
        ge=0.0,
        le=10.0,
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


class Leaders(Group):
    """Who leads systems, with what backing, and how they come and go."""

    sponsor: Literal["not_needed", "required"] = lever(
        "not_needed",
        "whether a proposal needs at least one senior local leader in favour of it",
        "choice",
        (6, 41, 50, 100),
    )
    reasons: bool = lever(
        False,
        "why leaders leave is drawn (day job, moved on, had enough); the centre chooses who "
        "follows those it moved on",
        "yes/no",
        (70,),
    )
    backing: float = lever(
        0.0,
        "strength of a national statement that leaders have backing",
        "index",
        (96,),
        ge=0,
        le=3,
    )
    backing_after: float = lever(
        0.0, "when that statement is made, from the start", "months", (96,), ge=0, le=360
    )
    outside_chair: Literal["none", "independent", "everywhere"] = lever(
        "none",
        "which systems count as led by an outside chair: none, those whose leader is recorded as "
        "independent, or all",
        "choice",
        (72,),
    )
    place_leaders: float = lever(
        0.0,
        "how keen trusts and councils are to lead places: multiplies the rate at which they do",
        "index",
        (41, 42, 46, 55),
        ge=0,
        le=10,
    )
    dual_role_rule: bool = lever(
        True,
        "the law bars one chief for a trust and a CCG, so that a dual role needs a workaround",
        "yes/no",
        (56,),
    )
    takeover_fear: float = lever(
        0.0,
        "how much talk there is of a takeover of general practice by providers that lead",
        "index",
        (51,),
        ge=0,
        le=3,
    )
    devolved: bool = lever(
        False, "systems with a devolution deal decide on their mergers themselves", "yes/no", (74,)
    )
    firm_hand: float = lever(
        0.0, "how firmly the centre handles the systems it picks", "index", (71,), ge=0, le=3
    )
    firm_hand_where: Literal["everywhere", "blocked"] = lever(
        "everywhere", "which systems it picks: all, or those that cooperate little", "choice", (71,)
    )
    cooperation: bool = lever(
        False,
        "partners who cooperate hold together whatever the performance of one of them",
        "yes/no",
        (44, 76),
    )
    finance_directors: bool = lever(
        False, "systems whose CCGs share officers appoint a finance director", "yes/no", (60,)
    )
    rival_systems: list[str] = lever(
        [],
        "systems, by code or name, in which rivalry between trusts is unsettled",
        "names",
        (101,),
        max_length=100,
    )


class Councils(Group):
    """Councils and how they may be won over."""

    leadership_offer: bool = lever(
        False,
        "leaders offer opposed councils a leading part, which may win them over for good",
        "yes/no",
        (53, 106),
    )
    compromise: bool = lever(
        False,
        "leaders who meet opposition seek a compromise: longer engagement, less opposition",
        "yes/no",
        (54,),
    )


class Service(Group):
    """Changes of services that a CCG can veto, and who has the last word."""

    arrivals: float = lever(
        0.0,
        "how often a reconfiguration of services comes up in a system of several CCGs",
        "a system and year",
        (94, 95, 97),
        ge=0.0,
        le=5.0,
    )
    decision_rule: Literal["unanimity", "majority", "leader"] = lever(
        "unanimity",
        "how CCGs of a system decide on a reconfiguration: each may block, more than half must "
        "want to, or the system's leader decides",
        "choice",
        (98,),
    )
    final_say: Literal[
        "none", "leader", "combined_voluntary", "combined_imposed", "combined", "centre"
    ] = lever(
        "none",
        "who may settle a deadlock: nobody, the leader, a combined authority (of its own accord, "
        "imposed, or either), the centre",
        "choice",
        (91, 92, 98, 99, 102),
    )
    autonomy: float = lever(
        1.0,
        "how much of its right to block a CCG keeps: 1 all of it, 0 none",
        "share",
        (93,),
        ge=0.0,
        le=1.0,
    )


class Functions(Group):
    """Where the tasks of merging CCGs go."""

    allocation: Literal["not_followed", "up_only", "to_place"] = lever(
        "not_followed",
        "where tasks go at a merger: not followed, to the merged CCG and its support unit, or "
        "also down to places led by a provider or council",
        "choice",
        (41, 42, 58),
    )
    places: int = lever(
        0,
        "places that a merged area is made of (0: one for each CCG that merged)",
        "places",
        (49,),
        ge=0,
        le=12,
    )
    csu_capacity: float = lever(
        0.0,
        "room of commissioning support units for more tasks: 1 = half as much again, which can "
        "stand in for a merger",
        "step",
        (69,),
        ge=0.0,
        le=3.0,
    )


class Providers(Group):
    """What providers may do instead: kept light, for want of data."""

    alternatives: float = lever(
        0.0,
        "how often a system's bodies look at other shapes than a merger: share, federate, split, "
        "integrate vertically, or leave things",
        "a system and year",
        (86, 87, 88),
        ge=0.0,
        le=5.0,
    )
    small_first: bool = lever(
        False,
        "the counter-view that small bodies are the obvious candidates for merger",
        "yes/no",
        (89,),
    )
