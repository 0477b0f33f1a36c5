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


class Councils(Group):
    """Councils and how they may be won over."""


class Service(Group):
    """Changes of services that a CCG can veto, and who has the last word."""


class Functions(Group):
    """Where the tasks of merging CCGs go."""


class Providers(Group):
    """What providers may do instead: kept light, for want of data."""
