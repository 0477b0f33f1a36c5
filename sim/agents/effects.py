"""The effects in force in one replication, and the facts that they are told.

The terms of effects follow those of the chain, in the order of the table of effects of each
mechanism, and are in the log like them. Those on starting are worked out whenever rates are set
anew; those on consent at the decision and whenever footprints are chosen, both times with the
footprint taken to be all CCGs of the CCG's own system; those on footprints at the choice; those on
support at each look of the leaders; those on approval at the decision. They are under the
scenario's levers alone: while the levers of 2019 hold, for what began before the start, none is in
force.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim.adding import add_up
from sim.agents.log import Terms
from sim.rules.effect import (
    BodyFacts,
    CandidateFacts,
    Effect,
    FootprintFacts,
    SystemFacts,
)
from sim.rules.ladder import cooperation_grown
from sim.rules.mechanisms.registry import effects_on
from sim.scenario.levers import Levers

if TYPE_CHECKING:
    from sim.agents.replication import LivingCCG, Replication
    from sim.agents.system import System


class ActiveEffects(NamedTuple):
    """The effects in force by the decision they bear on; all empty under neutral levers."""

    start: tuple[Effect, ...] = ()
    start_local: tuple[Effect, ...] = ()
    start_centre: tuple[Effect, ...] = ()
    footprint: tuple[Effect, ...] = ()
    consent: tuple[Effect, ...] = ()
    support: tuple[Effect, ...] = ()
    approval: tuple[Effect, ...] = ()


def active_effects(levers: Levers) -> ActiveEffects:
    """Return the effects that these levers switch on."""
    return ActiveEffects(
        start=effects_on(levers, "start"),
        start_local=effects_on(levers, "start_local"),
        start_centre=effects_on(levers, "start_centre"),
        footprint=effects_on(levers, "footprint"),
        consent=effects_on(levers, "consent"),
        support=effects_on(levers, "support"),
        approval=effects_on(levers, "approval"),
    )


def terms(
    replication: Replication,
    effects: Sequence[Effect],
    facts: SystemFacts | CandidateFacts | BodyFacts | FootprintFacts,
) -> Terms:
    """Return the terms of effects on one decision, by name."""
    levers, parameters = replication.levers, replication.parameters
    return tuple((i.name, i.size(levers, parameters, facts)) for i in effects)


def system_facts(system: System, free: Sequence[LivingCCG]) -> SystemFacts:
    """Return what effects on starting depend on in a system now."""
    replication, n = system.replication, max(1, len(free))
    return SystemFacts(
        ccgs=len(system.members),
        free=len(free),
        patients=sum(ccg.patients for ccg in system.members),
        officer_share=sum(ccg.officer_group != "" for ccg in free) / n,
        distress_share=add_up(ccg.distress for ccg in free) / n,
        match_share=sum(ccg.matched_council >= 0 for ccg in free) / n,
        leader_type=system.leader_type,
        leader_dedicated=system.leader_dedicated,
        leader_in_post=system.leader_in_post,
        ics_status=system.ics_status,
        letters=system.letter_strength,
        proposals_lost=replication.proposals_lost,
        alienation=add_up(replication.hooks.alienation(ccg) for ccg in system.members)
        / max(1, len(system.members)),
        day=replication.now,
        log_divided=add_up(_log_divided(replication, ccg) for ccg in free) / n,
        leaders=replication.hooks.leader_facts(system, None),
        alternative=system.alternative,
        committee_share=sum(ccg.rung == "committees_in_common" for ccg in free) / n,
        team_share=sum(ccg.rung == "joint_team" for ccg in free) / n,
    )


def _log_divided(replication: Replication, ccg: LivingCCG) -> float:
    """Return the log of the number of CCGs among which a CCG's main council is divided."""
    council = replication.bodies[ccg.id].council
    return math.log(replication.mostly_in(council)) if council >= 0 else 0.0


def body_facts(
    replication: Replication,
    ccg: LivingCCG,
    footprint: Sequence[LivingCCG],
    *,
    perceived_centre: bool = False,
    opposed_councils: float = 0.0,
) -> BodyFacts:
    """Return what effects on consent or support depend on for one CCG in a footprint now."""
    distress = sharing = 0.0
    patients = sum(other.patients for other in footprint)
    partners = max(1, patients - ccg.patients)
    for other in footprint:
        if other is not ccg:
            distress += other.distress * other.patients
            if ccg.officer_group and other.officer_group == ccg.officer_group:
                sharing += other.patients
    return BodyFacts(
        own_patients=ccg.patients,
        all_patients=patients,
        parts=len(footprint),
        own_distress=ccg.distress,
        partner_distress=distress / partners,
        sharing=sharing / partners,
        perceived_centre=float(perceived_centre),
        opposed_councils=opposed_councils,
        matches_council=ccg.matched_council >= 0,
        proposals_lost=replication.proposals_lost,
        alienation=replication.hooks.alienation(ccg),
        day=replication.now,
        leaders=replication.hooks.leader_facts(replication.systems[ccg.system], ccg),
        cooperation=sharing
        / partners
        * cooperation_grown(
            replication.now - ccg.shared_since, replication.parameters.cooperation_months
        ),
    )
