"""Parameters of starting a proposal, choosing its footprint and consenting.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.distributions import beta, fixed, lognormal, normal, uniform
from sim.scenario.parameter_field import parameter


@dataclass(frozen=True)
class StartingParameters:
    """How proposals start, with which footprint, and who takes part."""

    # -- Starting a proposal --------------------------------------------------------------------
    start_rate: float = parameter(
        1,
        lognormal(0.010, 0.7),
        "per system and month",
        "rate at which proposals start in a system of four CCGs without a shared officer, under "
        "'typically' and a 20% cut, twelve months from a deadline",
        "computed: geometric mean 0.061 of two register rates (7 public proposals in 12 months in "
        "about 40 systems under 'allowed', divided by its multiplier 0.4 = 0.037; 21 of 33 systems "
        "in the 10 months from 22 Nov 2018 = 0.10), divided by the mean multipliers of shared "
        "officers (2.75), deadline (1.72) and unmeasured differences (1.28); base_rates.md, "
        "priors.md section 3; the two rates lie 1.0 apart in logs: sigma 0.7",
        (4, 37, 66),
        low=0.0,
    )
    start_centre_share: float = parameter(
        2,
        beta(2, 3),
        "share",
        "share of that rate that the centre, not local leaders, starts",
        "assumed: a journalist thinks local leaders drive it at least as much as NHSE (row 4)",
        (4, 5, 81),
        low=0.0,
        high=1.0,
    )
    start_expectation: float = parameter(
        3,
        normal(0.5, 0.25),
        "log-rate per step",
        "effect of hearing the rule one step harder (none, typically, expected, required)",
        "evidence: priors.md section 6, lower half of +0.5 to +1.5 for explicit expectation; the "
        "upper half stands under deadline and letter",
        (7, 9, 12, 13),
    )
    start_deadline: float = parameter(
        4,
        normal(1.0, 0.3),
        "log-rate",
        "effect of the last month in which a proposal can still make the year's window",
        "evidence: priors.md section 6, deadline +0.5 to +1.5",
        (11, 37),
    )
    start_letter: float = parameter(
        5,
        normal(1.0, 0.3),
        "log-rate per unit of strength",
        "effect of a dated regional letter or push on proposals started by the centre",
        "evidence: priors.md section 6, letter +0.5 to +1.5",
        (10, 71),
        acts="where a letter or push is written",
    )
    start_shortfall: float = parameter(
        6,
        normal(0.65, 0.2),
        "log-rate per 20% of allowance",
        "effect of a running-cost shortfall as large as the 20% cut",
        "evidence: priors.md section 6, running-cost shortfall +0.3 to +1",
        (19, 20, 67),
    )
    start_officer: float = parameter(
        7,
        normal(1.5, 0.3),
        "log-rate",
        "effect of all free CCGs of a system sharing one accountable officer, against none",
        "evidence: priors.md section 6, shared officer or team +1 to +2",
        (20, 57, 73),
    )
    start_distress: float = parameter(
        8,
        normal(0.3, 0.2),
        "log-rate",
        "effect of all free CCGs of a system being in financial or quality distress",
        "assumed: hardship starts processes (priors.md section 4); size not given",
        (35, 85, 102, 107),
    )
    start_council_match: float = parameter(
        9,
        uniform(-2.0, 0.0),
        "log-rate",
        "effect of all free CCGs of a system each matching one council, where no push asks for "
        "whole systems",
        "evidence: priors.md section 6, -2 to 0, and 0 in the one region that pushed for "
        "whole systems",
        (80, 103),
    )
    start_crowding: float = parameter(
        10,
        normal(0.3, 0.2),
        "log-rate per log of (free CCGs / 4)",
        "effect of the number of CCGs still separate in a system",
        "assumed: one CCG per system reduces complexity most where there are many (row 16)",
        (16, 103),
    )
    start_place_sd: float = parameter(
        11,
        fixed(0.7),
        "log-rate",
        "spread between systems that nobody measured",
        "computed: priors.md section 6, system-level common shock, start 0.7",
        (29,),
        low=0.0,
    )
    start_after_lost: float = parameter(
        12,
        normal(-1.2, 0.4),
        "log-rate",
        "effect of a lost ballot or a refusal on new proposals in that system for a year",
        "assumed: makes 'try again within a year 0.3' (priors.md section 2) of a rate that would "
        "else give 0.7",
        (36, 79),
        held=True,
    )
    start_vacancy: float = parameter(
        13,
        beta(3, 7),
        "multiplier",
        "rate of starting while a system has no leader, against with one",
        "assumed: a vacancy slows proposals (row 70); size not given",
        (6, 45, 70),
        low=0.0,
        high=1.0,
        held=True,
    )
    unseen_months: float = parameter(
        74,
        lognormal(4.0, 0.5),
        "months",
        "how long talks stay private, and so how much the register of the start date is short of",
        "evidence: first talk to public proposal 4 months in both cases on record "
        "(approval_criteria.md, durations observed)",
        (37,),
        low=0.0,
        high=240.0,
    )
    regime_factor: float = parameter(
        77,
        lognormal(1.0, 0.5),
        "multiplier",
        "how far the rates that a calendar states for a policy regime are off, all by one factor",
        "assumed: the regimes' multipliers rest on one to seven mergers each (priors.md section 3)",
        (66, 90),
        low=0.0,
        acts="where a calendar states rates",
    )
    start_hard_rule: float = parameter(
        14,
        normal(1.0, 0.3),
        "log-rate",
        "effect of 'a good ICS has one CCG' on proposals started by the centre",
        "assumed: as a letter (priors.md section 6); no such rule was made by the cut-off",
        (8, 12),
        acts="under a hard rule",
    )
    # -- Choosing a footprint and consenting ----------------------------------------------------
    footprint_whole: float = parameter(
        15,
        normal(1.0, 1.0),
        "log-odds",
        "pull of the whole-system footprint on leaders who have heard 'typically'",
        "evidence: priors.md section 6, footprint = STP/ICS +1; no range is given, the spread is "
        "assumed",
        (7, 13),
    )
    footprint_expectation: float = parameter(
        16,
        normal(0.5, 0.25),
        "log-odds per step",
        "further pull of the whole system for each step harder that its leader has heard",
        "assumed: as start_expectation",
        (7, 9, 12, 14),
        held=True,
    )
    footprint_push: float = parameter(
        76,
        normal(1.0, 0.3),
        "log-odds per unit of strength",
        "further pull of the whole system where a region pushes for one CCG a system",
        "assumed: as the pull of the whole system itself; no push is sized by the evidence",
        (10, 71),
        acts="where a region pushes",
    )
    footprint_council: float = parameter(
        17,
        normal(0.3, 0.15),
        "log-odds",
        "pull of a footprint that makes one CCG for one council",
        "evidence: priors.md section 6, merged body matches one council +0.3",
        (80, 103),
        held=True,
    )
    footprint_officer: float = parameter(
        18,
        normal(1.5, 0.3),
        "log-odds",
        "pull of a footprint whose CCGs all share one officer",
        "evidence: priors.md section 6, shared officer +1 to +2",
        (57, 73, 86),
    )
    consent_base: float = parameter(
        19,
        normal(4.2, 0.8),
        "log-odds",
        "readiness of an average governing body to take part",
        "computed: of the 21 governing bodies in the five live proposals still mooted on 1 June "
        "2019 none is on record as refusing, Jeffreys 0.977 (live_proposals.csv), which is the "
        "mean over tastes for autonomy that are spread by 1; the press misses early ends",
        (6, 13, 98),
    )
    consent_autonomy_sd: float = parameter(
        20,
        fixed(1.0),
        "log-odds",
        "spread of the taste for autonomy between CCGs",
        "assumed: a spread that lets one CCG in ten be as reluctant as 0.85",
        (13, 93),
        low=0.0,
    )
    consent_council_match: float = parameter(
        21,
        normal(0.0, 0.3),
        "log-odds",
        "effect of already matching one council, where no push asks for whole systems",
        "assumed: the one figure there is, who proposed in public, stands under "
        "start_council_match and is not counted again",
        (28, 80),
        held=True,
    )
    consent_officer: float = parameter(
        171,
        normal(0.5, 0.5),
        "log-odds",
        "effect of sharing an accountable officer with all partners, against none",
        "assumed: sign from who merged (with one officer 23 of 28 attempts, with some 3 of 5, "
        "without 0 of 1: base_rates.md); most of that lies in starting, footprints and approval, "
        "so what is left is small and wide",
        (57, 73),
    )
    consent_incentive: float = parameter(
        75,
        normal(0.3, 0.2),
        "log-odds per unit of incentive",
        "how payments beyond their level of 2019 raise a governing body's consent",
        "assumed: payments are named (row 5), neither their size nor their effect is",
        (5,),
        acts="where incentives differ from those of 2019",
    )
    plan_floor: float = parameter(
        22,
        lognormal(1.0, 0.35),
        "multiplier",
        "shortest time in which the work left can be done, against the shortest times seen "
        "(3 months from first talk, 1.5 from a public proposal, 1 for engagement)",
        "computed: 1 stands for what was seen (3 months, 6 weeks, engagement 4 "
        "weeks; approval_criteria.md, priors.md); the spread is assumed",
        (11, 38),
        low=0.0,
    )
