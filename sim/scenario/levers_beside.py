"""Levers beside the chain of a proposal: borders, leaders, councils, services, functions."""

from __future__ import annotations

from typing import Literal

from sim.scenario.lever_field import Group, lever


class Boundaries(Group):
    """Footprints and system borders."""

    cross_system: Literal["never", "county"] = lever(
        "never",
        "whether a footprint may cross a system border: never, or where it matches a county",
        "choice",
        (17, 80),
    )


class Joint(Group):
    """Leaders and joint working."""

    leader_turnover: bool = lever(
        True, "system leaders leave and posts stay vacant for a time", "yes/no", (45, 70)
    )
    ladder: bool = lever(True, "CCGs move up the ladder of joint working", "yes/no", (20, 73, 87))


class Leaders(Group):
    """Who leads systems, with what backing, and how they come and go."""


class Councils(Group):
    """Councils and how they may be won over."""


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
