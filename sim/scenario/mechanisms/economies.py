"""Parameters of costs, savings, joint working and the tests of approval.

See ``sim.scenario.parameters`` for how to read the rows. All of them are at work only where a
lever or a calendar entry switches their mechanism on, or in outcomes; none moves ``as_written``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.distributions import beta, fixed, lognormal, normal
from sim.scenario.parameter_field import parameter

_NEVER_FAILED = (
    "computed: failed by none of the 18 mergers of 2020, whose shortfalls add up to {}; Jeffreys' "
    "half failure is shared by the six tests that none failed (approval_criteria.md)"
)


@dataclass(frozen=True)
class EconomyParameters:
    """Numbers of costs, savings, joint working and the tests of approval."""

    # -- Costs and savings ----------------------------------------------------------------------
    transition_cost: float = parameter(
        90,
        lognormal(0.22, 0.6),
        "million pounds per CCG removed",
        "one-off cost of a merger",
        "computed: six executives went when four CCGs formed one team, two a CCG removed, at "
        "43,095 pounds; redundancy was 40% of what reorganising cost in 2010-13 (costs.md)",
        (18, 19),
        low=0.0,
        acts="in what money is saved or spent alone",
    )
    committee_saving: float = parameter(
        91,
        beta(1.0, 9.0),
        "share of sharing_saving",
        "part of what sharing can save that committees in common save",
        "assumed: meetings are saved and no posts; below a shared officer's part",
        (20, 87),
        low=0.0,
        high=1.0,
        acts="where rungs are graded",
    )
    officer_saving: float = parameter(
        92,
        beta(3.0, 7.0),
        "share of sharing_saving",
        "part of what sharing can save that a shared officer without a joint team saves",
        "computed: 1.5 of 5 million pounds were there already from joint working (costs.md)",
        (20, 87),
        low=0.0,
        high=1.0,
        acts="where rungs are graded",
    )
    scale_effect: float = parameter(
        160,
        normal(0.0, 0.05),
        "share of running costs",
        "what merged bodies save by their size alone, fixed cost apart",
        "evidence: priors.md section 9 (spread 5%); centred on 0 because size shows no relation "
        "to performance (priors.md section 10)",
        (84,),
        low=-1.0,
        high=1.0,
        acts="in what money is saved or spent alone",
    )
    scale_place_sd: float = parameter(
        161,
        fixed(0.05),
        "share of running costs",
        "spread of that effect between places",
        "assumed: what works in one place may not in another (row 84); as large as the doubt",
        (84,),
        low=0.0,
        acts="in what money is saved or spent alone",
    )

    # -- What leaders and members weigh ---------------------------------------------------------
    size_benefit: float = parameter(
        98,
        normal(0.5, 0.3),
        "log-odds per log of CCGs joined",
        "worth of scale to sponsors: staff freed, expertise, fewer conflicts of interest",
        "assumed: signs from rows 68 and 77; half as strong as the pull of the whole system",
        (68, 77),
        acts="where size is weighed",
    )
    size_localness: float = parameter(
        99,
        lognormal(0.4, 0.5),
        "log-odds per million patients",
        "cost of being further from the ground, to sponsors and to members",
        "assumed: sign from row 78; puts the best size at a little over a million patients",
        (78,),
        low=0.0,
        acts="where size is weighed",
    )
    ballot_pooling: float = parameter(
        97,
        normal(-0.5, 0.3),
        "log-odds",
        "effect of paying for all partners' debts, against a gain of the debtors as large",
        "assumed: sign from priors.md section 7; half of ballot_partner_distress, beside it",
        (35, 85),
        acts="where the pooling of debts is argued",
    )
    start_satisfied: float = parameter(
        95,
        normal(-1.0, 0.5),
        "log-rate per unit of strength",
        "effect on starting of a system's being known to work well as it is",
        "assumed: sign from row 28; as strong as a letter, against it",
        (28,),
        acts="where a system is stated to work well",
    )

    # -- The ladder -----------------------------------------------------------------------------
    start_committee: float = parameter(
        93,
        normal(0.3, 0.2),
        "log-rate",
        "effect on starting of all free CCGs' meeting in common",
        "assumed: sign from row 73; a fifth of a shared officer's",
        (73, 87),
        acts="where rungs are graded",
    )
    start_team: float = parameter(
        94,
        normal(0.3, 0.3),
        "log-rate",
        "effect on starting of all free CCGs' having one team, beyond that of a shared officer",
        "assumed: priors.md section 6 gives +1 to +2 for officer or team together",
        (73, 87),
        acts="where rungs are graded",
    )
    ballot_cooperation: float = parameter(
        96,
        normal(0.3, 0.2),
        "log-odds",
        "effect of long cooperation with all partners under a shared officer",
        "assumed: upper half of priors.md section 6, -0.2 to +0.5, whose rest is ballot_officer",
        (43, 59),
        acts="where cooperation grows",
    )
    cooperation_months: float = parameter(
        170,
        lognormal(24.0, 0.3),
        "months",
        "time under a shared officer until cooperation has grown in full",
        "evidence: approval_criteria.md, 11 to 24 months from shared officer to merger",
        (43, 59),
        low=0.0,
        acts="where cooperation grows",
    )

    # -- The published tests --------------------------------------------------------------------
    fail_coterminosity: float = parameter(
        162,
        beta(1.0, 120.0),
        "probability",
        "chance of failing where the merged body lies in several councils",
        _NEVER_FAILED.format("10.0"),
        (62, 64),
        low=0.0,
        high=1.0,
        acts="under the published criteria",
    )
    fail_footprint: float = parameter(
        163,
        beta(1.0, 63.0),
        "probability",
        "chance of failing where hardly any of the system is in the footprint",
        _NEVER_FAILED.format("5.3"),
        (62, 64),
        low=0.0,
        high=1.0,
        acts="under the published criteria",
    )
    fail_members: float = parameter(
        164,
        beta(1.0, 36.0),
        "probability",
        "chance of failing where all votes were cast against",
        _NEVER_FAILED.format("about 3 (a sixth of the votes)"),
        (62, 64),
        low=0.0,
        high=1.0,
        acts="under the published criteria",
    )
    fail_leadership: float = parameter(
        165,
        beta(1.5, 1.1),
        "probability",
        "chance of failing where no officer is shared",
        "computed: 1 refusal where none was shared, 0 failures where shortfalls add up to 0.6, "
        "Jeffreys (approval_criteria.md)",
        (62, 64),
        low=0.0,
        high=1.0,
        acts="under the published criteria",
    )
    fail_finance: float = parameter(
        166,
        beta(1.0, 39.0),
        "probability",
        "chance of failing where all CCGs are in distress",
        _NEVER_FAILED.format("3.2"),
        (62, 64),
        low=0.0,
        high=1.0,
        acts="under the published criteria",
    )
    fail_savings: float = parameter(
        167,
        beta(1.0, 128.0),
        "probability",
        "chance of failing where merging saves none of the fifth of running costs",
        _NEVER_FAILED.format("10.7"),
        (62, 64),
        low=0.0,
        high=1.0,
        acts="under the published criteria",
    )
    fail_durability: float = parameter(
        168,
        beta(1.0, 29.0),
        "probability",
        "chance of failing where a small part of a system will soon be merged again",
        _NEVER_FAILED.format("2.4"),
        (62, 64),
        low=0.0,
        high=1.0,
        acts="under the published criteria",
    )
    scrutiny_informal: float = parameter(
        169,
        lognormal(2.0, 0.3),
        "multiplier",
        "how much longer a panel takes where no officer is shared",
        "evidence: approval_criteria.md, decisions came after 2 to 8 weeks; the late half is twice "
        "the early half",
        (62,),
        low=1.0,
        acts="where panels take longer over informal ties",
    )
