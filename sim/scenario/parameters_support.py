"""Parameters of engagement and of what members think.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.distributions import beta, lognormal, normal, uniform
from sim.scenario.parameter_field import parameter


@dataclass(frozen=True)
class SupportParameters:
    """Advice, councils, perceived origin, and what moves members."""

    # -- Engagement -----------------------------------------------------------------------------
    perceived_if_centre: float = parameter(
        23,
        beta(8, 2),
        "probability",
        "chance that members see the centre behind a proposal that the centre started",
        "assumed: mostly visible (row 4 says perception and truth differ)",
        (3, 4),
        low=0.0,
        high=1.0,
        held=True,
    )
    perceived_if_local: float = parameter(
        24,
        beta(3, 7),
        "probability",
        "chance that members see the centre behind a proposal that local leaders started",
        "assumed: in one lost ballot members did, and the region disputes it (rows 3 and 4)",
        (3, 4),
        low=0.0,
        high=1.0,
        held=True,
    )
    perceived_cajoling: float = parameter(
        25,
        normal(0.5, 0.3),
        "log-odds per unit of cajoling",
        "how cajoling beyond its usual level makes members see the centre",
        "assumed: sign from rows 3 and 5",
        (3, 5),
        acts="where cajoling differs from that of 2019",
    )
    lmc_oppose_share: float = parameter(
        26,
        beta(1.5, 8.5),
        "share",
        "share of local medical committees that advise against",
        "computed: between 2 of 5 documented stances on mergers (voting_rules.md section 5, split "
        "ballot left out) and 2 on record against among 25 public proposals",
        (2,),
        low=0.0,
        high=1.0,
        held=True,
    )
    lmc_support_share: float = parameter(
        27,
        beta(0.5, 5.5),
        "share",
        "share of local medical committees that advise in favour",
        "computed: 0 of 5 documented statements of advice on mergers, Jeffreys",
        (2,),
        low=0.0,
        high=1.0,
        held=True,
    )
    lmc_oppose_effect: float = parameter(
        28,
        normal(-1.2, 0.6),
        "log-odds",
        "how far a practice goes with advice against, as seen in the ballots",
        "evidence: priors.md section 4",
        (2, 3),
    )
    lmc_support_effect: float = parameter(
        29,
        normal(0.3, 0.4),
        "log-odds",
        "how far a practice goes with advice in favour, as seen in the ballots",
        "evidence: priors.md section 4",
        (2,),
        held=True,
    )
    lmc_causal_share: float = parameter(
        30,
        uniform(0.25, 1.0),
        "share",
        "part of that association that is caused by the advice; the rest is the members' mood, "
        "which committees then follow just so far as to make it up",
        "evidence: priors.md section 4, report with 0.25, 0.5 and 1",
        (2, 3),
        low=0.0,
        high=1.0,
    )
    council_oppose_share: float = parameter(
        31,
        beta(2.5, 5.5),
        "share",
        "share of councils, stance unknown, that turn out opposed",
        "assumed: the register describes councils mostly where they objected; about 0.3",
        (52,),
        low=0.0,
        high=1.0,
    )
    council_delay: float = parameter(
        32,
        lognormal(1.4, 0.2),
        "multiplier",
        "how much longer engagement takes where councils of all its patients are opposed",
        "assumed: row 52; one proposal was put off a year amid council concern",
        (52, 97),
        low=0.0,
        held=True,
    )
    # -- What members think ---------------------------------------------------------------------
    support_mean: float = parameter(
        33,
        normal(2.3, 0.8),
        "log-odds",
        "support of an average practice for a proposal between equals, without argument; in the "
        "two-mode form, of one in the supportive mode",
        "computed: mean 1.84 of the 12 supportive ones of the recorded ballots (1.63 of 13 in all; "
        "priors.md section 2) plus 0.49, what the arguments below take away in those ballots at "
        "prior means; wide, since the votes themselves speak in the fit",
        (2, 51),
    )
    support_sd: float = parameter(
        34,
        normal(1.4, 0.35),
        "log-odds",
        "spread of support between ballots",
        "computed: priors.md section 2, sigma 1.31 over 13 and 1.52 over 15 recorded ballots "
        "(section 6: 1.3 to 1.5); wide, since the votes themselves speak in the fit",
        (29, 43),
        low=0.0,
    )
    support_shared: float = parameter(
        36,
        beta(5, 1.5),
        "share",
        "part of that variance shared by all ballots of one proposal; the rest is between its CCGs",
        "computed: a correlation of carrying of 0.71 over 22 and 0.69 over 14 proposals (priors.md "
        "section 2) asks for most of it, once votes are counted and the arguments below part the "
        "CCGs; wide, since the votes themselves speak in the fit",
        (29, 94),
        low=0.0,
        high=1.0,
    )
    support_place_share: float = parameter(
        35,
        beta(2, 2),
        "share",
        "part of the shared variance that stays with the place from one proposal to the next",
        "assumed: one place has recorded ballots on two proposals, which tells next to nothing",
        (29, 43, 44),
        low=0.0,
        high=1.0,
        held=True,
    )
    support_practice_sd: float = parameter(
        37,
        lognormal(0.8, 0.3),
        "log-odds",
        "spread between practices of one CCG",
        "assumed: the counts of votes.csv do not show it; practices are far from alike",
        (51,),
        low=0.0,
        held=True,
    )
    ballot_outweighed: float = parameter(
        38,
        normal(-0.65, 0.2),
        "log-odds",
        "effect of being all but outweighed by the partners, against being their equal",
        "evidence: priors.md section 6, -0.3 to -1",
        (3, 95),
    )
    ballot_partner_distress: float = parameter(
        39,
        normal(-1.0, 0.3),
        "log-odds",
        "effect of all partners being in distress where one's own CCG is not",
        "evidence: priors.md sections 4 and 6, -0.5 to -1.5",
        (35, 95),
    )
    ballot_own_posts: float = parameter(
        40,
        normal(-0.55, 0.15),
        "log-odds",
        "effect of paid posts that a merger would end, where no officer is shared yet",
        "evidence: priors.md section 4, -0.3 to -0.8",
        (20, 95),
    )
    ballot_identity: float = parameter(
        41,
        normal(-0.3, 0.2),
        "log-odds",
        "effect of a CCG's area being one council's area, joined to others",
        "assumed: local identity decides ballots (design 4); size not given",
        (80,),
    )
    ballot_one_council: float = parameter(
        42,
        normal(0.3, 0.15),
        "log-odds",
        "effect of the merged body matching one council",
        "evidence: priors.md section 6, +0.3",
        (80,),
    )
    ballot_officer: float = parameter(
        43,
        normal(0.15, 0.2),
        "log-odds",
        "effect of already sharing an officer with all partners",
        "evidence: priors.md section 6, -0.2 to +0.5, sign open",
        (20, 43, 57, 59),
    )
    ballot_perceived_centre: float = parameter(
        44,
        normal(-0.15, 0.3),
        "log-odds",
        "effect of members seeing the centre behind the proposal (backlash)",
        "evidence: priors.md section 4, Normal(-0.15, 0.3) per unit; tested, not assumed",
        (3, 79),
    )
    ballot_council_opposed: float = parameter(
        45,
        normal(-0.2, 0.1),
        "log-odds",
        "effect of councils of all one's residents being opposed",
        "evidence: priors.md section 6, -0.2",
        (52, 53),
        held=True,
    )
    support_opposed_share: float = parameter(
        46,
        beta(3, 12),
        "share",
        "two-mode form only: share of proposals in the opposed mode",
        "computed: priors.md section 2, opposed 20%",
        (2,),
        low=0.0,
        high=1.0,
    )
