"""Levers of pressure: what bodies are told, what they can spend, what they are made to do."""

from __future__ import annotations

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
        (9,),
    )


class Money(Group):
    """Running costs."""

    running_cost_cut: float = lever(
        0.2, "cut in the running-cost allowance", "share", (19, 67), ge=0.0, le=0.9
    )
    allowance_per_head: float = lever(
        20.07,
        "running-cost allowance before the cut (1.21 billion pounds over 60.3 million patients)",
        "pounds a patient and year",
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
