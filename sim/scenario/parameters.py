"""The one table of parameters: numbers nobody can set, which the evidence only bounds.

Each field of :class:`Parameters` is one parameter. Its metadata hold a permanent number (part of
the address of its draw: never renumber), unit, prior, origin (``evidence:`` with its place,
``computed:`` from evidence by the stated sum, or ``assumed:`` with the reason), the mechanisms it
serves (rows of the project's list), the allowed range, and what it means. "priors.md",
"base_rates.md" and the like are the evidence files that the project was given; their figures and
sources are carried over in ``sim/evidence/data/README.md``.

Log-odds and log-rates are natural logarithms; a rate is per system and month.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.chance import Luck
from sim.chance.purposes import PARAMETERS
from sim.scenario.priors import Prior, beta, fixed, lognormal, normal, uniform

PARAMETER_COLUMNS: Final = 512  # columns of the page of parameter draws; new ones take the next


def _parameter(
    number: int,
    prior: Prior,
    unit: str,
    meaning: str,
    origin: str,
    mechanisms: tuple[int, ...],
    low: float = -math.inf,
    high: float = math.inf,
) -> Any:
    return dataclasses.field(
        metadata={
            "number": number,
            "prior": prior,
            "unit": unit,
            "meaning": meaning,
            "origin": origin,
            "mechanisms": mechanisms,
            "low": low,
            "high": high,
        }
    )


@dataclass(frozen=True, slots=True)
class Parameters:
    """The values of one replication, one field a parameter."""

    # -- Starting a proposal --------------------------------------------------------------------
    start_rate: float = _parameter(
        1,
        lognormal(0.010, 0.5),
        "per system and month",
        "rate at which proposals start in a system of four CCGs without a shared officer, under "
        "'typically' and a 20 % cut, twelve months from a deadline",
        "computed: geometric mean .061 of two register rates (7 public proposals in 12 months in "
        "about 40 systems under 'allowed', divided by its multiplier .4 = .037; 21 of 33 systems "
        "in the 10 months from 22 Nov 2018 = .10), divided by the mean multipliers of shared "
        "officers (2.75), deadline (1.72) and unmeasured differences (1.28); base_rates.md, "
        "priors.md section 3",
        (4, 37, 66),
        low=0.0,
    )
    start_centre_share: float = _parameter(
        2,
        beta(2, 3),
        "share",
        "share of that rate that the centre, not local leaders, starts",
        "assumed: a journalist thinks local leaders drive it at least as much as NHSE (row 4)",
        (4, 5, 81),
        low=0.0,
        high=1.0,
    )
    start_expectation: float = _parameter(
        3,
        normal(0.5, 0.25),
        "log-rate per step",
        "effect of hearing the rule one step harder (none, typically, expected, required)",
        "evidence: priors.md section 6, lower half of +.5 to +1.5 for explicit expectation; the "
        "upper half stands under deadline and letter",
        (7, 9, 12, 13),
    )
    start_deadline: float = _parameter(
        4,
        normal(1.0, 0.3),
        "log-rate",
        "effect of the last month in which a proposal can still make the year's window",
        "evidence: priors.md section 6, deadline +.5 to +1.5",
        (11, 37),
    )
    start_letter: float = _parameter(
        5,
        normal(1.0, 0.3),
        "log-rate per unit of strength",
        "effect of a dated regional letter or push on proposals started by the centre",
        "evidence: priors.md section 6, letter +.5 to +1.5",
        (10, 71),
    )
    start_shortfall: float = _parameter(
        6,
        normal(0.65, 0.2),
        "log-rate per 20 % of allowance",
        "effect of a running-cost shortfall as large as the 20 % cut",
        "evidence: priors.md section 6, running-cost shortfall +.3 to +1",
        (19, 20, 67),
    )
    start_officer: float = _parameter(
        7,
        normal(1.5, 0.3),
        "log-rate",
        "effect of all free CCGs of a system sharing one accountable officer, against none",
        "evidence: priors.md section 6, shared officer or team +1 to +2",
        (20, 57, 73),
    )
    start_distress: float = _parameter(
        8,
        normal(0.3, 0.2),
        "log-rate",
        "effect of all free CCGs of a system being in financial or quality distress",
        "assumed: hardship starts processes (priors.md section 4, Fribourg); size not given",
        (35, 85, 102, 107),
    )
    start_council_match: float = _parameter(
        9,
        uniform(-2.0, 0.0),
        "log-rate",
        "effect of all free CCGs of a system each matching one council, where no push asks for "
        "whole systems",
        "evidence: priors.md section 6, -2 to 0 outside London, 0 in London, where the region "
        "pushed for whole systems",
        (80, 103),
    )
    start_crowding: float = _parameter(
        10,
        normal(0.3, 0.2),
        "log-rate per log of (free CCGs / 4)",
        "effect of the number of CCGs still separate in a system",
        "assumed: one CCG per system reduces complexity most where there are many (row 16)",
        (16, 103),
    )
    start_place_sd: float = _parameter(
        11,
        fixed(0.7),
        "log-rate",
        "spread between systems that nobody measured",
        "computed: priors.md section 6, system-level common shock, start .7",
        (29,),
        low=0.0,
    )
    start_after_lost: float = _parameter(
        12,
        normal(-1.2, 0.4),
        "log-rate",
        "effect of a lost ballot or a refusal on new proposals in that system for a year",
        "assumed: makes 'try again within a year .3' (priors.md section 2) of a rate that would "
        "else give .7",
        (36, 79),
    )
    start_vacancy: float = _parameter(
        13,
        beta(3, 7),
        "multiplier",
        "rate of starting while a system has no leader, against with one",
        "assumed: a vacancy slows proposals (row 70); size not given",
        (6, 45, 70),
        low=0.0,
        high=1.0,
    )
    unseen_months: float = _parameter(
        74,
        lognormal(4.0, 0.3),
        "months",
        "how long talks stay private, and so how much the register of the start date is short of",
        "evidence: first talk to public proposal 4 months in both cases on record "
        "(approval_criteria.md, durations observed)",
        (37,),
        low=0.0,
    )
    start_hard_rule: float = _parameter(
        14,
        normal(1.0, 0.3),
        "log-rate",
        "effect of 'a good ICS has one CCG' on proposals started by the centre",
        "assumed: as a letter (priors.md section 6); no such rule was made by the cut-off",
        (8, 12),
    )
    # -- Choosing a footprint and consenting ----------------------------------------------------
    footprint_whole: float = _parameter(
        15,
        normal(1.0, 0.3),
        "log-odds",
        "pull of the whole-system footprint on leaders who have heard 'typically'",
        "evidence: priors.md section 6, footprint = STP/ICS +1",
        (7, 13),
    )
    footprint_expectation: float = _parameter(
        16,
        normal(0.5, 0.25),
        "log-odds per step",
        "further pull of the whole system for each step harder that its leader has heard",
        "assumed: as start_expectation",
        (7, 9, 12, 14),
    )
    footprint_council: float = _parameter(
        17,
        normal(0.3, 0.15),
        "log-odds",
        "pull of a footprint that makes one CCG for one council",
        "evidence: priors.md section 6, merged body matches one council +.3",
        (80, 103),
    )
    footprint_officer: float = _parameter(
        18,
        normal(1.5, 0.3),
        "log-odds",
        "pull of a footprint whose CCGs all share one officer",
        "evidence: priors.md section 6, shared officer +1 to +2",
        (57, 73, 86),
    )
    consent_base: float = _parameter(
        19,
        normal(3.75, 0.5),
        "log-odds",
        "readiness of an average governing body to take part",
        "computed: of the 21 governing bodies in the five live proposals still mooted on 1 June "
        "2019 none is on record as refusing, Jeffreys .977 (live_proposals.csv); the press misses "
        "early ends",
        (6, 13, 98),
    )
    consent_autonomy_sd: float = _parameter(
        20,
        fixed(1.0),
        "log-odds",
        "spread of the taste for autonomy between CCGs",
        "assumed: a spread that lets one CCG in ten be as reluctant as .85",
        (13, 93),
        low=0.0,
    )
    consent_council_match: float = _parameter(
        21,
        normal(-0.5, 0.3),
        "log-odds",
        "effect of already matching one council, where no push asks for whole systems",
        "assumed: sign from base_rates.md (who proposed in the 2019 season); size not given",
        (28, 80),
    )
    plan_floor: float = _parameter(
        22,
        lognormal(1.0, 0.25),
        "multiplier",
        "shortest time in which the work left can be done, against the shortest times seen "
        "(3 months from first talk, 1.5 from a public proposal, 1 for engagement)",
        "computed: 1 stands for what was seen (Surrey 3 months, BNSSG 6 weeks, engagement 4 "
        "weeks; approval_criteria.md, priors.md); the spread is assumed",
        (11, 38),
        low=0.0,
    )
    # -- Engagement -----------------------------------------------------------------------------
    perceived_if_centre: float = _parameter(
        23,
        beta(8, 2),
        "probability",
        "chance that members see the centre behind a proposal that the centre started",
        "assumed: mostly visible (row 4 says perception and truth differ)",
        (3, 4),
        low=0.0,
        high=1.0,
    )
    perceived_if_local: float = _parameter(
        24,
        beta(3, 7),
        "probability",
        "chance that members see the centre behind a proposal that local leaders started",
        "assumed: Staffordshire's members did, its region disputes it (rows 3 and 4)",
        (3, 4),
        low=0.0,
        high=1.0,
    )
    perceived_cajoling: float = _parameter(
        25,
        normal(0.5, 0.3),
        "log-odds per unit of cajoling",
        "how cajoling beyond its usual level makes members see the centre",
        "assumed: sign from rows 3 and 5",
        (3, 5),
    )
    lmc_oppose_share: float = _parameter(
        26,
        beta(1.5, 8.5),
        "share",
        "share of local medical committees that advise against",
        "computed: between 2 of 5 documented stances on mergers (voting_rules.md section 5, split "
        "ballot left out) and 2 on record against among 25 public proposals",
        (2,),
        low=0.0,
        high=1.0,
    )
    lmc_support_share: float = _parameter(
        27,
        beta(0.5, 5.5),
        "share",
        "share of local medical committees that advise in favour",
        "computed: 0 of 5 documented advices on mergers, Jeffreys",
        (2,),
        low=0.0,
        high=1.0,
    )
    lmc_oppose_effect: float = _parameter(
        28,
        normal(-1.2, 0.6),
        "log-odds",
        "how far a practice goes with advice against, as seen in the ballots",
        "evidence: priors.md section 4",
        (2, 3),
    )
    lmc_support_effect: float = _parameter(
        29,
        normal(0.3, 0.4),
        "log-odds",
        "how far a practice goes with advice in favour, as seen in the ballots",
        "evidence: priors.md section 4",
        (2,),
    )
    lmc_causal_share: float = _parameter(
        30,
        uniform(0.25, 1.0),
        "share",
        "part of that association that is caused by the advice; the rest is the members' mood "
        "that the committee follows",
        "evidence: priors.md section 4, report with .25, .5 and 1",
        (2, 3),
        low=0.0,
        high=1.0,
    )
    council_oppose_share: float = _parameter(
        31,
        beta(2.5, 5.5),
        "share",
        "share of councils, stance unknown, that turn out opposed",
        "assumed: the register describes councils mostly where they objected; about .3",
        (52,),
        low=0.0,
        high=1.0,
    )
    council_delay: float = _parameter(
        32,
        lognormal(1.4, 0.2),
        "multiplier",
        "how much longer engagement takes where councils of all its patients are opposed",
        "assumed: row 52; North West London put off a year amid council concern",
        (52, 97),
        low=0.0,
    )
    # -- What members think ---------------------------------------------------------------------
    support_mean: float = _parameter(
        33,
        normal(2.1, 0.35),
        "log-odds",
        "support of an average practice for a proposal between equals, without argument",
        "computed: mean 1.63 of 13 recorded ballots (priors.md section 2) plus .49, what the "
        "arguments below take away in those ballots at prior means",
        (2, 51),
    )
    support_sd: float = _parameter(
        34,
        normal(1.4, 0.07),
        "log-odds",
        "spread of support between ballots",
        "computed: priors.md section 2, sigma 1.31 over 13 and 1.52 over 15 recorded ballots "
        "(section 6: 1.3 to 1.5)",
        (29, 43),
        low=0.0,
    )
    support_shared: float = _parameter(
        36,
        beta(14, 6),
        "share",
        "part of that variance shared by all ballots of one proposal; the rest is between its CCGs",
        "computed: priors.md section 2, correlation .71 over 22 and .69 over 14 proposals",
        (29, 94),
        low=0.0,
        high=1.0,
    )
    support_place_share: float = _parameter(
        35,
        beta(2, 2),
        "share",
        "part of the shared variance that stays with the place from one proposal to the next",
        "assumed: no place has two recorded ballots on different proposals",
        (29, 43, 44),
        low=0.0,
        high=1.0,
    )
    support_practice_sd: float = _parameter(
        37,
        lognormal(0.8, 0.3),
        "log-odds",
        "spread between practices of one CCG",
        "assumed: the counts of votes.csv do not show it; practices are far from alike",
        (51,),
        low=0.0,
    )
    ballot_outweighed: float = _parameter(
        38,
        normal(-0.65, 0.2),
        "log-odds",
        "effect of being all but outweighed by the partners, against being their equal",
        "evidence: priors.md section 6, -.3 to -1",
        (3, 95),
    )
    ballot_partner_distress: float = _parameter(
        39,
        normal(-1.0, 0.3),
        "log-odds",
        "effect of all partners being in distress where one's own CCG is not",
        "evidence: priors.md sections 4 and 6, -.5 to -1.5",
        (35, 95),
    )
    ballot_own_posts: float = _parameter(
        40,
        normal(-0.55, 0.15),
        "log-odds",
        "effect of paid posts that a merger would end, where no officer is shared yet",
        "evidence: priors.md section 4, -.3 to -.8",
        (20, 95),
    )
    ballot_identity: float = _parameter(
        41,
        normal(-0.3, 0.2),
        "log-odds",
        "effect of a CCG's area being one council's area, joined to others",
        "assumed: local identity decides ballots (design 4); size not given",
        (80,),
    )
    ballot_one_council: float = _parameter(
        42,
        normal(0.3, 0.15),
        "log-odds",
        "effect of the merged body matching one council",
        "evidence: priors.md section 6, +.3",
        (80,),
    )
    ballot_officer: float = _parameter(
        43,
        normal(0.15, 0.2),
        "log-odds",
        "effect of already sharing an officer with all partners",
        "evidence: priors.md section 6, -.2 to +.5, sign open",
        (20, 43, 57, 59),
    )
    ballot_perceived_centre: float = _parameter(
        44,
        normal(-0.15, 0.3),
        "log-odds",
        "effect of members seeing the centre behind the proposal (backlash)",
        "evidence: priors.md section 4, Normal(-.15, .3) per unit; tested, not assumed",
        (3, 79),
    )
    ballot_council_opposed: float = _parameter(
        45,
        normal(-0.2, 0.1),
        "log-odds",
        "effect of councils of all one's residents being opposed",
        "evidence: priors.md section 6, -.2",
        (52, 53),
    )
    support_opposed_share: float = _parameter(
        46,
        beta(3, 12),
        "share",
        "two-mode form only: share of proposals in the opposed mode",
        "computed: priors.md section 2, opposed 20 %",
        (2,),
        low=0.0,
        high=1.0,
    )
    # -- Calling the ballot, voting, trying again -----------------------------------------------
    call_steepness: float = _parameter(
        47,
        lognormal(4.0, 0.4),
        "log-odds per log-odds",
        "how sharply leaders call or hold back a ballot as expected support rises",
        "assumed: leaders withdraw before a losing vote (priors.md section 4), and a ballot is "
        "nearly a step of mean support: .4 log-odds make 80 % of .5",
        (1, 13),
        low=0.0,
    )
    call_noise_sd: float = _parameter(
        48,
        lognormal(0.8, 0.3),
        "log-odds",
        "error of the leaders' reading of their members",
        "assumed: three of 22 ballots were called and lost, one by more than 2 log-odds",
        (1, 63),
        low=0.0,
    )
    call_postpone: float = _parameter(
        49,
        beta(3.5, 0.5),
        "probability",
        "chance that leaders who hold back put the ballot off rather than withdraw",
        "computed: 3 of 3 public proposals for 2020 without a ballot were put off, Jeffreys "
        "(base_rates.md)",
        (97,),
        low=0.0,
        high=1.0,
    )
    turnout_mean: float = _parameter(
        50,
        fixed(0.8),
        "share",
        "mean share of practices that cast a vote",
        "computed: priors.md section 2, Beta(16, 4) between ballots",
        (1,),
        low=0.0,
        high=1.0,
    )
    turnout_spread: float = _parameter(
        51,
        fixed(1 / 21),
        "share",
        "how unlike turnouts of ballots are: their variance as a share of mean x (1 - mean)",
        "computed: priors.md section 2, Beta(16, 4)",
        (1,),
        low=0.0,
        high=0.99,
    )
    reballot_probability: float = _parameter(
        52,
        beta(3, 7),
        "probability",
        "chance that a CCG that said no is asked again within weeks",
        "assumed: priors.md section 2, try again .3",
        (1,),
        low=0.0,
        high=1.0,
    )
    reballot_shift: float = _parameter(
        53,
        normal(0.8, 0.3),
        "log-odds",
        "mean shift of support at a second ballot",
        "assumed: priors.md section 2, +.8 (sd .8 a ballot)",
        (1,),
    )
    reballot_shift_sd: float = _parameter(
        73,
        fixed(0.8),
        "log-odds",
        "spread of that shift between ballots",
        "assumed: priors.md section 2, sd .8",
        (1,),
        low=0.0,
    )
    reballot_inquorate: float = _parameter(
        72,
        beta(1.5, 0.5),
        "probability",
        "chance that a CCG whose vote was carried but inquorate votes again",
        "computed: 1 of 1 (Surrey Downs, voting_rules.md section 2), Jeffreys",
        (1,),
        low=0.0,
        high=1.0,
    )
    narrower_probability: float = _parameter(
        54,
        beta(2, 4),
        "probability",
        "chance that those who want to go on try a narrower footprint",
        "assumed: seldom seen by the cut-off",
        (1, 86),
        low=0.0,
        high=1.0,
    )
    honour_probability: float = _parameter(
        55,
        beta(9, 1),
        "probability",
        "chance that leaders honour a lost ballot that binds nobody",
        "assumed: priors.md section 1, a no-vote blocked mainly because leaders honoured it",
        (1, 104),
        low=0.0,
        high=1.0,
    )
    # -- Approval -------------------------------------------------------------------------------
    approval_probability: float = _parameter(
        56,
        beta(28.5, 0.5),
        "probability",
        "chance that the centre approves an application that is ready",
        "computed: 28 of 28 with shared leadership in place, Jeffreys (base_rates.md, the one "
        "refusal was for readiness)",
        (29, 62, 64),
        low=0.0,
        high=1.0,
    )
    approval_unready: float = _parameter(
        57,
        normal(-3.0, 1.0),
        "log-odds",
        "effect of no shared officer being in place at the decision",
        "computed: 0 of 1 approved without, 28 of 28 with; a shift that makes .95 into .5",
        (62, 73),
    )
    approval_defer: float = _parameter(
        58,
        beta(0.5, 29.5),
        "probability",
        "chance that a decision is put off to the next window",
        "computed: 0 of 29 applications that reached a decision were put off at it, Jeffreys",
        (29,),
        low=0.0,
        high=1.0,
    )
    approval_part_hard: float = _parameter(
        59,
        normal(-3.0, 1.0),
        "log-odds",
        "effect of a footprint smaller than its system under the hard rule",
        "assumed: none was refused for it by the cut-off; whether they go on being accepted is "
        "open (approval_criteria.md)",
        (12, 64),
    )
    conditions_share: float = _parameter(
        60,
        beta(18.5, 0.5),
        "share",
        "share of approvals that carry conditions",
        "computed: all 18 of 2020 had two, Jeffreys (approval_criteria.md)",
        (62,),
        low=0.0,
        high=1.0,
    )
    # -- Beliefs --------------------------------------------------------------------------------
    relay_drop_region: float = _parameter(
        61,
        beta(2.5, 5.5),
        "probability",
        "chance that a region passes the rule on without 'typically'",
        "computed: 2 of 7 regions by September 2019 (East of England's letter, London's five), "
        "Jeffreys; policy_timeline.csv",
        (9, 10),
        low=0.0,
        high=1.0,
    )
    relay_drop_local: float = _parameter(
        62,
        beta(1, 9),
        "probability",
        "chance that a system or a CCG's leaders drop the word in turn",
        "assumed: advocates drop the word (row 9); size not given",
        (9,),
        low=0.0,
        high=1.0,
    )
    relay_restore: float = _parameter(
        63,
        beta(1, 19),
        "probability",
        "chance that a relay that heard the rule without the word puts it back",
        "assumed: illustrative .05 of the exact-answer case O19",
        (9, 14),
        low=0.0,
        high=1.0,
    )
    # -- Money, leaders, ladder -----------------------------------------------------------------
    fixed_cost: float = _parameter(
        64,
        lognormal(0.53, 0.2),
        "million pounds a year",
        "running cost of a CCG that does not depend on its size",
        "evidence: costs.md, .4 to .7 saved per CCG removed",
        (19, 20),
        low=0.0,
    )
    sharing_saving: float = _parameter(
        65,
        beta(6, 4),
        "share",
        "part of that fixed cost that a shared officer or team saves without a merger",
        "evidence: priors.md section 9, most of it is available from shared management",
        (20, 84, 87),
        low=0.0,
        high=1.0,
    )
    leader_turnover: float = _parameter(
        66,
        lognormal(0.029, 0.2),
        "per month",
        "rate at which system leaders leave",
        "computed: 29 of 42 systems had changed leader in 41 months (policy_timeline.csv, August "
        "2019): -ln(13/42)/41",
        (45, 70),
        low=0.0,
    )
    leader_dedicated: float = _parameter(
        67,
        normal(0.2, 0.2),
        "log-rate",
        "effect of a dedicated or independent leader on starting",
        "assumed: sign from row 72 (Devon and Essex success regimes); size not given",
        (72,),
    )
    ladder_officer_rate: float = _parameter(
        68,
        lognormal(0.023, 0.3),
        "per CCG and month",
        "rate at which CCGs without a shared officer come under one",
        "computed: 52 of 209 in September 2016, 83 of 209 in April 2017, 58 % of 195 in November "
        "2018 (policy_timeline.csv): .031 and .019 a month",
        (20, 73, 87),
        low=0.0,
    )
    ladder_team_rate: float = _parameter(
        69,
        lognormal(0.03, 0.5),
        "per CCG and month",
        "rate at which CCGs under one officer form one team",
        "assumed: teams followed officers within about three years in most of covariates.csv",
        (73, 87),
        low=0.0,
    )
    ladder_committee_rate: float = _parameter(
        70,
        lognormal(0.02, 0.5),
        "per CCG and month",
        "rate at which separate CCGs form committees in common",
        "assumed: about as fast as shared officers",
        (73, 87),
        low=0.0,
    )
    officer_unknown_share: float = _parameter(
        71,
        beta(2, 3),
        "share",
        "how far a CCG of which no record says whether it shares an officer counts as sharing",
        "assumed: below the 63 % of the documented, since sharing is what gets recorded",
        (57,),
        low=0.0,
        high=1.0,
    )


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """A row of the parameter table, for people."""

    name: str
    number: int
    prior: Prior
    unit: str
    meaning: str
    origin: str
    mechanisms: tuple[int, ...]
    low: float
    high: float


PARAMETER_TABLE: Final[tuple[ParameterInfo, ...]] = tuple(
    ParameterInfo(name=field.name, **field.metadata) for field in dataclasses.fields(Parameters)
)
PARAMETER_NAMES: Final[tuple[str, ...]] = tuple(row.name for row in PARAMETER_TABLE)
DEFAULT_PRIORS: Final[Mapping[str, Prior]] = {row.name: row.prior for row in PARAMETER_TABLE}


def draw_parameters(priors: Mapping[str, Prior], luck: Luck) -> Parameters:
    """Draw one replication's parameters; a draw outside a parameter's range is put on its edge."""
    values = {}
    for row in PARAMETER_TABLE:
        value = priors[row.name].draw(luck.uniform(PARAMETERS, row.number))
        values[row.name] = min(max(value, row.low), row.high)
    return Parameters(**values)
