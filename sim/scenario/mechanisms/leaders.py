"""Parameters of leaders, councils and place leaders.

None of them can be sized from the evidence: signs come from the articles, sizes are stated
guesses, and every one rests until its lever is moved. See ``sim.scenario.parameters`` for how to
read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.scenario.distributions import beta, fixed, lognormal, normal
from sim.scenario.lever_field import Group, lever
from sim.scenario.parameter_field import parameter


class Leaders(Group):
    """Who leads systems, with what backing, and how they come and go."""

    sponsor: Literal["not_needed", "required"] = lever(
        "not_needed",
        "whether a proposal needs at least one senior local leader in favour of it",
        "choice",
        (6, 41, 50, 100),
    )
    reasons: bool = lever(
        False,
        "why leaders leave is drawn (day job, moved on, had enough); the centre chooses who "
        "follows those it moved on",
        "yes/no",
        (70,),
    )
    backing: float = lever(
        0.0,
        "strength of a national statement that leaders have backing",
        "index",
        (96,),
        ge=0,
        le=3,
    )
    backing_after: float = lever(
        0.0, "when that statement is made, from the start", "months", (96,), ge=0, le=360
    )
    outside_chair: Literal["none", "independent", "everywhere"] = lever(
        "none",
        "which systems count as led by an outside chair: none, those whose leader is recorded as "
        "independent, or all",
        "choice",
        (72,),
    )
    place_leaders: float = lever(
        0.0,
        "how keen trusts and councils are to lead places: multiplies the rate at which they do",
        "index",
        (41, 42, 46, 55),
        ge=0,
        le=10,
    )
    dual_role_rule: bool = lever(
        True,
        "the law bars one chief for a trust and a CCG, so that a dual role needs a workaround",
        "yes/no",
        (56,),
    )
    takeover_fear: float = lever(
        0.0,
        "how much talk there is of a takeover of general practice by providers that lead",
        "index",
        (51,),
        ge=0,
        le=3,
    )
    devolved: bool = lever(
        False, "systems with a devolution deal decide on their mergers themselves", "yes/no", (74,)
    )
    firm_hand: float = lever(
        0.0, "how firmly the centre handles the systems it picks", "index", (71,), ge=0, le=3
    )
    firm_hand_where: Literal["everywhere", "blocked"] = lever(
        "everywhere", "which systems it picks: all, or those that cooperate little", "choice", (71,)
    )
    cooperation: bool = lever(
        False,
        "partners who cooperate hold together whatever the performance of one of them",
        "yes/no",
        (44, 76),
    )
    finance_directors: bool = lever(
        False, "systems whose CCGs share officers appoint a finance director", "yes/no", (60,)
    )
    rival_systems: list[str] = lever(
        [],
        "systems, by code or name, in which rivalry between trusts is unsettled",
        "names",
        (101,),
        max_length=100,
    )


class Councils(Group):
    """Councils and how they may be won over."""

    leadership_offer: bool = lever(
        False,
        "leaders offer opposed councils a leading part, which may win them over for good",
        "yes/no",
        (53, 106),
    )
    compromise: bool = lever(
        False,
        "leaders who meet opposition seek a compromise: longer engagement, less opposition",
        "yes/no",
        (54,),
    )


@dataclass(frozen=True)
class LeaderParameters:
    """Numbers of leaders, councils and place leaders."""

    # -- Sponsors and strong leaders -----------------------------------------------------------
    sponsor_share: float = parameter(
        100,
        beta(4.0, 6.0),
        "probability",
        "chance that a senior leader of average standing favours merging",
        "assumed: mergers normally have the welcome of some senior leaders (row 6): few but some",
        (6,),
        0.0,
        1.0,
        acts="where a proposal needs a sponsor",
    )
    sponsor_strength: float = parameter(
        101,
        normal(0.5, 0.25),
        "log-odds per standard deviation",
        "effect of a strong leader, or of a strong provider in the lead, on that chance",
        "assumed: sign from rows 50 and 100; size not given",
        (50, 100),
        acts="where a proposal needs a sponsor",
    )
    start_unsponsored: float = parameter(
        102,
        fixed(-6.0),
        "log-rate",
        "effect of no senior leader being in favour on starting, where one is needed",
        "assumed: close to no proposals, even under pressure (row 6)",
        (6,),
        acts="where a proposal needs a sponsor",
    )
    start_local_leader: float = parameter(
        103,
        normal(0.5, 0.25),
        "log-rate",
        "effect of all local leaders being in favour, or of all places being led, against none",
        "assumed: sign from row 41 (strong local leaders bring mergers); size not given",
        (41, 100),
        acts="where a proposal needs a sponsor",
    )
    # -- Backing and confidence ----------------------------------------------------------------
    start_backing: float = parameter(
        104,
        normal(0.6, 0.3),
        "log-rate per unit of backing",
        "how a statement of backing raises the resolve of leaders who have full confidence",
        "assumed: leaders ask for cover (row 96); about half as much as a letter",
        (96,),
        acts="after a statement of backing",
    )
    leader_confidence: float = parameter(
        105,
        beta(6.0, 4.0),
        "probability",
        "national confidence in a system leader of average standing",
        "assumed: more often than not; named by the articles, never measured",
        (70, 96),
        0.01,
        0.99,
        acts="after a statement of backing, or where why leaders leave is drawn",
    )
    # -- Outside chairs ------------------------------------------------------------------------
    outside_chair: float = parameter(
        106,
        normal(0.3, 0.15),
        "log-rate and log of time",
        "how much faster proposals start, and talks and drafting go, under an outside chair",
        "assumed: sign from row 72 (two success regimes); size not given",
        (72,),
        acts="where outside chairs count",
    )
    ballot_outside_chair: float = parameter(
        107,
        normal(0.2, 0.1),
        "log-odds",
        "effect of an outside chair on members: the lead is seen as less partial",
        "assumed: sign from row 72; size not given",
        (72,),
        acts="where outside chairs count",
    )
    # -- Place leaders -------------------------------------------------------------------------
    place_leader_rate: float = parameter(
        108,
        lognormal(0.01, 0.5),
        "per place and month",
        "rate at which a trust or council takes the lead of a place",
        "assumed: a few places by mid 2019, a third of all within about three years",
        (42, 55),
        0.0,
        acts="where providers or councils may lead places",
    )
    place_leader_merged: float = parameter(
        109,
        normal(0.7, 0.3),
        "log-rate",
        "effect of the place's CCG having merged on that rate",
        "assumed: place leaders are partly a consequence of mergers (row 41); about double",
        (41,),
        acts="where providers or councils may lead places",
    )
    dual_role_wish: float = parameter(
        111,
        beta(1.5, 5.5),
        "probability",
        "chance that a provider's place leader is wanted as chief of the CCG as well",
        "computed: 1 of 6 named place leaders (row 56), Jeffreys",
        (56,),
        0.0,
        1.0,
        acts="where providers or councils may lead places",
    )
    workaround_probability: float = parameter(
        112,
        beta(1.5, 0.5),
        "probability",
        "chance that a workaround is found where the law bars the dual role",
        "computed: 1 of 1 (row 56), Jeffreys; those that found none are not on record",
        (56,),
        0.0,
        1.0,
        acts="where providers or councils may lead places",
    )
    ballot_takeover: float = parameter(
        114,
        normal(-0.4, 0.2),
        "log-odds per unit of talk",
        "effect of the fear of a takeover by the provider that leads on a practice's vote",
        "assumed: sign from row 51; as large as a council's opposition twice over",
        (51,),
        acts="where a takeover is feared",
    )
    # -- Councils ------------------------------------------------------------------------------
    council_won_over: float = parameter(
        115,
        beta(2.0, 2.0),
        "probability",
        "chance that an opposed council that is offered a leading part comes round",
        "assumed: the one offer on record was taken (row 53), but offers refused are not reported",
        (53, 106),
        0.0,
        1.0,
        acts="where councils are offered a leading part",
    )
    compromise_gain: float = parameter(
        117,
        beta(4.0, 6.0),
        "share",
        "part of councils' opposition that an honest compromise takes away",
        "assumed: it earned praise even from campaigners (row 54); size not given",
        (54,),
        0.0,
        1.0,
        acts="where a compromise is sought",
    )
    # -- Devolution, a firm hand, cooperation, rivalry -------------------------------------------
    devolved_need: float = parameter(
        110,
        normal(-0.7, 0.3),
        "log-rate",
        "effect of a devolution deal on starting mergers, which are needed less",
        "assumed: sign from row 74; about half",
        (74,),
        acts="where devolved systems decide themselves",
    )
    cooperation_growth: float = parameter(
        113,
        lognormal(0.03, 0.5),
        "per month",
        "rate at which full joint working closes the gap to full cooperation",
        "assumed: half of the gap within about two years",
        (44, 76),
        0.0,
        acts="where partners' cooperation counts",
    )
    cooperation_spread: float = parameter(
        116,
        lognormal(1.0, 0.3),
        "log-odds and log-rate",
        "spread between systems of cooperation at the start and of the success of joint work",
        "assumed: joint work succeeds in some places and not in many (row 76)",
        (76,),
        0.0,
        acts="where partners' cooperation counts",
    )
    firm_hand: float = parameter(
        118,
        normal(0.8, 0.3),
        "log-rate and log-odds per unit",
        "effect of a firm hand on starting and consent where all is blocked; the opposite where "
        "cooperation is full",
        "assumed: sign from row 71 (some areas need a firmer hand, some do not); as a letter",
        (71,),
        acts="under a firm hand",
    )
    rivalry: float = parameter(
        119,
        normal(0.4, 0.2),
        "log-rate and log of time",
        "how much unsettled rivalry between trusts holds back starting and slows talks",
        "assumed: sign from row 101; size not given",
        (101,),
        acts="where rivalry between trusts is stated",
    )
