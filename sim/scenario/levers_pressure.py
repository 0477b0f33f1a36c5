"""Levers of pressure: what bodies are told, what they can spend, what they are made to do."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sim.scenario.lever_field import Group, lever

Wording = Literal["none", "typically", "expected", "required"]
Relays = Literal["as_drawn", "never_drop", "always_drop"]


class Information(Group):
    """What bodies are told about the rule."""

    wording: Wording = lever(
        "typically",
        "national rule on the number of CCGs in a system, in the words of the centre",
        "word",
        (7, 8, 104),
    )
    region_relays: Relays = lever(
        "as_drawn",
        "whether regions pass the rule on without 'typically': drawn, never, or always",
        "choice",
        (9, 10),
    )
    local_relays: Relays = lever(
        "as_drawn",
        "the same for systems and CCGs when they hear the rule",
        "choice",
        (9, 14),
    )
    ics_rule: Literal["unlinked", "by_deadline", "conditional"] = lever(
        "unlinked",
        "how the remaining systems become ICSs by April 2021: not simulated, all by their day, or "
        "only with one CCG or an exemption",
        "choice",
        (8, 12),
    )
    salience: float = lever(
        0.0,
        "how visible refusals elsewhere are to members, 0 not at all, 1 as a row in the press",
        "index",
        (36,),
        ge=0.0,
        le=10.0,
    )


class Money(Group):
    """Running costs."""

    running_cost_cut: float = lever(
        0.2, "cut in the running-cost allowance", "share", (19, 67), ge=0.0, le=0.9
    )
    allowance_per_head: float = lever(
        20.07,
        "running-cost allowance before the cut (1.21 billion pounds over 60.3 million patients)",
        "pounds per patient and year",
        (19,),
        gt=0.0,
        le=1000.0,
    )
    cut_years: int = lever(
        0,
        "equal yearly steps, each 1 April, in which the cut arrives; 0: it bears from the start",
        "years",
        (19, 67),
        ge=0,
        le=10,
    )
    pooling: Literal["unargued", "argued"] = lever(
        "unargued",
        "whether members argue over pooled debts, as payers or as debtors, by partners' weight",
        "choice",
        (35, 85),
    )
    size: Literal["ignored", "weighed"] = lever(
        "ignored",
        "whether leaders weigh gains of scale, and leaders and members distance from the ground",
        "choice",
        (68, 77, 78),
    )


class Force(Group):
    """What regions and the centre do to make CCGs merge."""

    encouragement: float = lever(
        1.0, "how much regions encourage mergers, 1 as in 2019", "index", (5,), ge=0.0, le=10.0
    )
    incentive: float = lever(
        1.0, "how much regions pay for mergers, 1 as in 2019", "index", (5,), ge=0.0, le=10.0
    )
    cajoling: float = lever(
        1.0, "how much regions cajole CCGs, 1 as in 2019", "index", (3, 5), ge=0.0, le=10.0
    )
    hard_rule: bool = lever(False, "a system is a good ICS only with one CCG", "yes/no", (8, 12))
    decision_rule: Literal["unanimity", "majority", "leader"] = lever(
        "unanimity",
        "who must agree, governing bodies and members alike: every CCG, more than half, or the "
        "system's leader alone",
        "choice",
        (98, 82),
    )
    mandate: date | None = lever(
        None,
        "day from which NHSE/I merges the CCGs of a system without a vote, on the next 1 April",
        "date",
        (82, 83),
        unset="never",
    )
    mandate_reach: Literal["all", "refusing"] = lever(
        "all",
        "which systems a mandate merges: all with several CCGs, or those that have refused",
        "choice",
        (82, 83),
    )
    legislation: date | None = lever(
        None,
        "day on which a new law abolishes all CCGs, without votes",
        "date",
        (104,),
        unset="never",
    )
