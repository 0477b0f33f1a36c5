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
    exemption_patients: int | None = lever(
        None,
        "patients from which a system may ask to keep several CCGs; without it none may",
        "patients",
        (25, 27),
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


class Leaders(Group):
    """Who leads systems, with what backing, and how they come and go."""


class Councils(Group):
    """Councils and how they may be won over."""


class Service(Group):
    """Changes of services that a CCG can veto, and who has the last word."""


class Functions(Group):
    """Where the tasks of merging CCGs go."""


class Providers(Group):
    """What providers may do instead: kept light, for want of data."""
