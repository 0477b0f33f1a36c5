"""Parameters of calling ballots, voting, approval, beliefs, money, leaders and the ladder.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.distributions import beta, fixed, lognormal, normal
from sim.scenario.parameter_field import parameter


@dataclass(frozen=True)
class CourseParameters:
    """Ballots, approval, and what goes on beside the chain."""

    # -- Calling the ballot, voting, trying again -----------------------------------------------
    call_steepness: float = parameter(
        47,
        lognormal(4.0, 0.4),
        "log-odds per log-odds",
        "how sharply leaders call or hold back a ballot as expected support rises",
        "assumed: leaders withdraw before a losing vote (priors.md section 4), and a ballot is "
        "nearly a step of mean support: 0.4 log-odds make 80% of 0.5",
        (1, 13),
        low=0.0,
        held=True,
    )
    call_noise_sd: float = parameter(
        48,
        lognormal(1.0, 0.5),
        "log-odds",
        "error of the leaders' reading of their members",
        "assumed: three of 22 ballots were called and lost, one by more than 2 log-odds; wide, "
        "since the votes themselves speak in the fit",
        (1, 63),
        low=0.0,
    )
    call_optimism: float = parameter(
        172,
        normal(0.5, 0.75),
        "log-odds",
        "how far leaders overrate their members' support when they judge a ballot",
        "assumed: those involved see benefits before others do (row 63), so above zero; all three "
        "lost ballots of the round had been called; size not given",
        (1, 63),
    )
    call_postpone: float = parameter(
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
    turnout_mean: float = parameter(
        50,
        fixed(0.8),
        "share",
        "mean share of practices that cast a vote",
        "computed: priors.md section 2, Beta(16, 4) between ballots",
        (1,),
        low=0.0,
        high=1.0,
    )
    turnout_spread: float = parameter(
        51,
        fixed(1 / 21),
        "share",
        "how unlike turnouts of ballots are: their variance as a share of mean x (1 - mean)",
        "computed: priors.md section 2, Beta(16, 4)",
        (1,),
        low=0.0,
        high=0.99,
    )
    reballot_probability: float = parameter(
        52,
        beta(0.5, 3.5),
        "probability",
        "chance that a CCG that said no is asked again within weeks",
        "computed: 0 of 3 proposals lost in 2019 were put to the vote again within weeks "
        "(base_rates.md), Jeffreys",
        (1,),
        low=0.0,
        high=1.0,
    )
    reballot_shift: float = parameter(
        53,
        normal(0.8, 0.3),
        "log-odds",
        "mean shift of support at a second ballot",
        "assumed: priors.md section 2, +0.8 (sd 0.8 per ballot)",
        (1,),
        held=True,
    )
    reballot_shift_sd: float = parameter(
        73,
        fixed(0.8),
        "log-odds",
        "spread of that shift between ballots",
        "assumed: priors.md section 2, sd 0.8",
        (1,),
        low=0.0,
    )
    reballot_inquorate: float = parameter(
        72,
        beta(1.5, 0.5),
        "probability",
        "chance that a CCG whose vote was carried but inquorate votes again",
        "computed: 1 of 1 (voting_rules.md section 2), Jeffreys",
        (1,),
        low=0.0,
        high=1.0,
        held=True,
    )
    narrower_probability: float = parameter(
        54,
        beta(2, 4),
        "probability",
        "chance that those who want to go on try a narrower footprint",
        "assumed: seldom seen by the cut-off",
        (1, 86),
        low=0.0,
        high=1.0,
        held=True,
    )
    honour_probability: float = parameter(
        55,
        beta(9, 1),
        "probability",
        "chance that leaders honour a lost ballot, where none of the constitutions binds them",
        "assumed: priors.md section 1, a no-vote blocked mainly because leaders honoured it",
        (1, 104),
        low=0.0,
        high=1.0,
        acts="where ballots do not bind",
    )
    # -- Approval -------------------------------------------------------------------------------
    approval_probability: float = parameter(
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
    approval_unready: float = parameter(
        57,
        normal(-4.0, 1.0),
        "log-odds",
        "effect of no shared officer being in place at the decision",
        "computed: 0 of 1 approved without (the refusal was for readiness), 28 of 28 with; a shift "
        "that makes the mean 0.98 into 0.5 (approval_criteria.md)",
        (62, 73),
    )
    approval_defer: float = parameter(
        58,
        beta(0.5, 29.5),
        "probability",
        "chance that a decision is put off to the next window",
        "computed: 0 of 29 applications that reached a decision were put off at it, Jeffreys",
        (29,),
        low=0.0,
        high=0.95,
    )
    approval_part_hard: float = parameter(
        59,
        normal(-3.0, 1.0),
        "log-odds",
        "effect of a footprint smaller than its system under the hard rule",
        "assumed: none was refused for it by the cut-off; whether they go on being accepted is "
        "open (approval_criteria.md)",
        (12, 64),
        acts="under a hard rule",
    )
    conditions_share: float = parameter(
        60,
        beta(18.5, 0.5),
        "share",
        "share of approvals that carry conditions",
        "computed: all 18 of 2020 had two, Jeffreys (approval_criteria.md)",
        (62,),
        low=0.0,
        high=1.0,
        held=True,
    )
    # -- Beliefs --------------------------------------------------------------------------------
    relay_drop_region: float = parameter(
        61,
        beta(2.5, 5.5),
        "probability",
        "chance that a region passes the rule on without 'typically'",
        "computed: 2 of 7 regions by September 2019 (a letter and a push), "
        "Jeffreys; policy_timeline.csv",
        (9, 10),
        low=0.0,
        high=1.0,
    )
    relay_drop_local: float = parameter(
        62,
        beta(1, 9),
        "probability",
        "chance that a system or a CCG's leaders drop the word in turn",
        "assumed: advocates drop the word (row 9); size not given",
        (9,),
        low=0.0,
        high=1.0,
        held=True,
    )
    relay_restore: float = parameter(
        63,
        beta(1, 19),
        "probability",
        "chance that a relay that heard the rule without the word puts it back",
        "assumed: illustrative 0.05 of the exact-answer case O19",
        (9, 14),
        low=0.0,
        high=1.0,
        held=True,
    )
    # -- Money, leaders, ladder -----------------------------------------------------------------
    fixed_cost: float = parameter(
        64,
        lognormal(0.53, 0.2),
        "million pounds per year",
        "running cost of a CCG that does not depend on its size",
        "evidence: costs.md, 0.4 to 0.7 saved per CCG removed",
        (19, 20),
        low=0.0,
        held=True,
    )
    sharing_saving: float = parameter(
        65,
        beta(6, 4),
        "share",
        "part of that fixed cost that a shared officer or team saves without a merger",
        "evidence: priors.md section 9, most of it is available from shared management",
        (20, 84, 87),
        low=0.0,
        high=1.0,
    )
    leader_turnover: float = parameter(
        66,
        lognormal(0.029, 0.2),
        "per month",
        "rate at which system leaders leave",
        "computed: 29 of 42 systems had changed leader in 41 months (policy_timeline.csv, August "
        "2019): -ln(13/42)/41",
        (45, 70),
        low=0.0,
        held=True,
    )
    leader_dedicated: float = parameter(
        67,
        normal(0.2, 0.2),
        "log-rate",
        "effect of a dedicated or independent leader on starting",
        "assumed: sign from row 72 (two success regimes); size not given",
        (72,),
        held=True,
    )
    ladder_officer_rate: float = parameter(
        68,
        lognormal(0.023, 0.3),
        "per CCG and month",
        "rate at which CCGs without a shared officer come under one",
        "computed: 52 of 209 in September 2016, 83 of 209 in April 2017, 58% of 195 in November "
        "2018 (policy_timeline.csv): 0.031 and 0.019 per month",
        (20, 73, 87),
        low=0.0,
    )
    ladder_team_rate: float = parameter(
        69,
        lognormal(0.03, 0.5),
        "per CCG and month",
        "rate at which CCGs under one officer form one team",
        "assumed: teams followed officers within about three years in most of covariates.csv",
        (73, 87),
        low=0.0,
        held=True,
    )
    ladder_committee_rate: float = parameter(
        70,
        lognormal(0.02, 0.5),
        "per CCG and month",
        "rate at which separate CCGs form committees in common",
        "assumed: about as fast as shared officers",
        (73, 87),
        low=0.0,
        held=True,
    )
    officer_unknown_share: float = parameter(
        71,
        beta(2, 3),
        "share",
        "how far a CCG of which no record says whether it shares an officer counts as sharing",
        "assumed: below the 63% of the documented, since sharing is what gets recorded",
        (57,),
        low=0.0,
        high=1.0,
    )
