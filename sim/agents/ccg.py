"""CCGs: governing bodies that consent, share officers, and live with their budgets.

A governing body's taste for autonomy is ``consent_autonomy_sd`` x N(0,1), drawn once a replication.
Its consent to a proposal is drawn once, with probability expit(sum of ``consent_terms`` and of the
effects on consent), where pushed is the home system's state at that moment and the share is that of
its partners' patients under its own officer.

A CCG's fixed cost is ``fixed_cost`` x (1 - ``sharing_saving``) with a shared officer or a joint
team and ``fixed_cost`` otherwise; with ``joint.rungs`` graded it is ``fixed_cost`` x (1 - g x
``sharing_saving``), g the ``saved_part`` of its rung.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.agents import effects
from sim.agents.log import Terms
from sim.agents.replication import LivingCCG, Replication
from sim.rules import consent, ladder, money
from sim.rules.logistic import expit, happens, log_expit, total
from sim.streams import purposes
from sim.streams.quantiles import standard_normal
from sim.units import DAYS_PER_MONTH
from sim.world.model import CCG


def starting_ccg(replication: Replication, ccg: CCG) -> LivingCCG:
    """Return the living form of a CCG of the world, with its taste for autonomy drawn."""
    p = replication.parameters
    taste = standard_normal(replication.streams.uniform(purposes.AUTONOMY, ccg.index))
    return LivingCCG(
        id=ccg.index,
        name=ccg.code,
        members=(ccg.index,),
        system=ccg.system,
        patients=ccg.patients,
        residents=ccg.residents,
        voters=ccg.voters,
        rule=ccg.rule,
        rung=ccg.rung,
        officer_group=ccg.officer_group,
        officer_known=ccg.officer_known,
        distress=0.0 if ccg.distress == "none_known" else 1.0,
        matched_council=ccg.matched_council,
        council_shares=ccg.council_shares,
        lmc_shares=replication.lmc_shares[ccg.index],
        autonomy=p.consent_autonomy_sd * taste,
        shared_since=-ladder.MONTHS_SHARED_BEFORE.get(ccg.rung, -math.inf) * DAYS_PER_MONTH,
    )


def set_shortfall(replication: Replication, ccg: LivingCCG) -> None:
    """Work out a CCG's running-cost gap after a change of rung or size."""
    p, levers = replication.parameters, replication.levers.money
    saved = replication.rules.rungs.saved(p, ccg.rung)
    fixed = ladder.fixed_cost_after_sharing(p.fixed_cost * 1e6, saved, p.sharing_saving)
    ccg.shortfall = money.shortfall_share(
        ccg.patients,
        levers.allowance_per_head,
        levers.running_cost_cut * replication.cut_share,
        fixed,
        replication.variable_per_head,
    )


def officer_weight(replication: Replication, ccg: LivingCCG) -> float:
    """Return how far a CCG counts as sharing its officer: 0, 1, or between where unknown."""
    if ccg.officer_group:
        return 1.0
    return 0.0 if ccg.officer_known else replication.parameters.officer_unknown_share


def shares_officer(ccg: LivingCCG, members: Sequence[LivingCCG]) -> float:
    """Return the share of a CCG's partners, by patients, that are under its own officer."""
    if not ccg.officer_group:
        return 0.0
    partners = sharing = 0
    for other in members:
        if other is not ccg:
            partners += other.patients
            if other.officer_group == ccg.officer_group:
                sharing += other.patients
    return sharing / partners


def consent_of(
    replication: Replication, ccg: LivingCCG, pushed: bool, shares_officer: float
) -> Terms:
    """Return the terms of a governing body's consent to a proposal now.

    ``shares_officer`` is the share of its partners that are under its own officer.
    """
    terms = consent.consent_terms(
        replication.parameters,
        autonomy=ccg.autonomy,
        matches_council=ccg.matched_council >= 0,
        pushed=pushed,
        shares_officer=shares_officer,
        incentive=replication.levers.force.incentive,
    )
    if replication.effects.consent:
        footprint = replication.systems[ccg.system].members
        facts = effects.body_facts(replication, ccg, footprint)
        terms += effects.terms(replication, replication.effects.consent, facts)
    return terms


def log_consent(replication: Replication, ccg: LivingCCG, pushed: bool) -> tuple[float, float]:
    """Return the log of the chance that a governing body would take part now.

    First in a footprint that does not share one officer, then in one that does (a footprint that
    shares in part counts as not sharing when leaders choose). Without effects on consent it
    depends on nothing that changes in a CCG's life but whether its region pushes.
    """
    if replication.rules.decision.leader_alone:
        return 0.0, 0.0  # nobody else need take part willingly
    known = ccg.log_consent
    if replication.effects.consent or known is None or known[0] is not pushed:
        apart, together = (
            log_expit(total(consent_of(replication, ccg, pushed, shares))) for shares in (0.0, 1.0)
        )
        known = ccg.log_consent = pushed, (apart, together)
    return known[1]


def consents(replication: Replication, ccg: LivingCCG, log_odds: float) -> bool:
    """Decide whether a governing body takes part in the proposal it has just joined."""
    u = replication.streams.uniform(purposes.CONSENT, ccg.id, ccg.joined)
    return happens(u, expit(log_odds))
