"""CCGs: governing bodies that consent, share officers, and live with their budgets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import simpy

from sim.agents import effects
from sim.agents.clock import on_grid
from sim.agents.log import Terms
from sim.agents.replication import LivingCCG, Replication
from sim.rules import consent, ladder, money
from sim.rules.logistic import expit, happens, log_expit, total
from sim.streams import purposes
from sim.streams.quantiles import exponential, standard_normal
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
    saving = p.sharing_saving
    if replication.levers.joint.rungs == "graded":
        saving *= ladder.saved_part(ccg.rung, p.committee_saving, p.officer_saving)
        fixed = p.fixed_cost * 1e6 * (1.0 - saving)
    else:
        fixed = ladder.fixed_cost_after_sharing(p.fixed_cost * 1e6, ccg.rung, saving)
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
    shares in part counts as not sharing when leaders choose). Without influences on consent it
    depends on nothing that changes in a CCG's life but whether its region pushes.
    """
    if replication.levers.force.decision_rule == "leader":
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


class Ladder:
    """One CCG's climb up the ladder of joint working.

    Its rate changes only with its rung, so each step is one exponential wait; a wait that a
    change has overtaken is known by its version.
    """

    __slots__ = ("_budget", "_budgets", "_ccg", "_per_day", "_replication", "_since", "_version")

    def __init__(self, replication: Replication, ccg: LivingCCG) -> None:
        self._replication = replication
        self._ccg = ccg
        self._budgets = 0
        self._version = 0
        self._per_day = 0.0
        self._since = 0.0
        self._budget = self._next_budget()
        self.set_rate()

    def adopt(self, ccg: LivingCCG) -> None:
        """Go on for the body that a merger has made of this CCG and others."""
        self._ccg = ccg
        self.set_rate()

    def stop(self) -> None:
        """Climb no further: the CCG has been merged into another body, or has no partner."""
        self._set(0.0)

    def dismantle(self) -> None:
        """Let go of what refers back to this ladder."""
        self._version += 1

    def set_rate(self) -> None:
        """Set the rate of the next step from the rung the CCG stands on."""
        self._set(self._replication.climbing[self._ccg.rung].per_day)

    def _next_budget(self) -> float:
        self._budgets += 1  # even attempts are budgets of time, odd ones pick the rung
        attempt = 2 * (self._budgets - 1)
        u = self._replication.streams.uniform(purposes.LADDER_TIME, self._ccg.id, attempt)
        return exponential(u, 1.0)

    def _set(self, per_day: float) -> None:
        env = self._replication.env
        now = env.now
        self._budget = max(0.0, self._budget - self._per_day * (now - self._since))
        self._since, self._per_day = now, per_day
        self._version += 1
        if per_day <= 0.0:
            return
        delay = on_grid(self._budget / per_day)
        if now + delay < self._replication.clock.horizon:
            timeout = env.timeout(delay, self._version)
            timeout.callbacks.append(self._wake)

    def _wake(self, timeout: simpy.Event) -> None:
        if timeout.value == self._version:
            self._since = self._replication.now
            self._budget = self._next_budget()
            self._climb()

    def _climb(self) -> None:
        replication, ccg = self._replication, self._ccg
        attempt = 2 * self._budgets - 3  # the budget after this step has been drawn already
        u = replication.streams.uniform(purposes.LADDER_TIME, ccg.id, attempt)
        rung = ladder.pick(replication.climbing[ccg.rung].steps, u)
        partner = self._partner() if rung == "shared_officer" else None
        if rung == "shared_officer" and partner is None:
            self.stop()  # nobody in its system to share with
            return
        ccg.rung = rung
        if partner is not None:
            self._share_officer(partner)
            set_shortfall(replication, ccg)
        self._write(ccg)  # once the officer's group is settled, which the event states
        graded = replication.levers.joint.rungs == "graded"
        if graded and rung != "shared_officer":
            set_shortfall(replication, ccg)
        # Where rungs are alike, the other ones change neither costs nor rates of starting.
        if graded or rung == "shared_officer":
            replication.systems[ccg.system].reconsider()
        self.set_rate()

    def _partner(self) -> LivingCCG | None:
        """Return the neighbour in the system with whom an officer would be shared, or None.

        An officer who serves several CCGs already comes first, then the largest neighbour.
        """
        replication, ccg = self._replication, self._ccg
        living, system = replication.ccgs, ccg.system
        near = [
            other for i in replication.neighbours[ccg.id] if (other := living[i]).system == system
        ]
        if not near:
            return None
        return max(near, key=lambda other: (other.officer_group != "", other.patients, -other.id))

    def _share_officer(self, partner: LivingCCG) -> None:
        replication, ccg = self._replication, self._ccg
        group = partner.officer_group or f"shared-{min(ccg.name, partner.name)}"
        for body in (ccg, partner):
            if body.officer_group == group:
                continue
            if not body.officer_group:
                body.shared_since = replication.now
            body.officer_group = group
            body.officer_known = True
            replication.bodies[body.id] = replace(replication.bodies[body.id], officer_group=group)
            if body is partner and body.rung in ("separate", "committees_in_common"):
                body.rung = "shared_officer"
                self._write(body)
                set_shortfall(replication, body)
                replication.ladders[body.id].set_rate()

    def _write(self, ccg: LivingCCG) -> None:
        self._replication.write("rung", ccg.name, rung=ccg.rung, officer_group=ccg.officer_group)
