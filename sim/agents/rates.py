"""How fast a system starts proposals, as things stand now: local leaders, and the centre.

Each system has two hazards, one of local leaders and one of the centre. The rate per month of each
is ``rate`` with base ``start_rate``, times the profile of its origin. The share is 1 -
``start_centre_share`` for local leaders and ``start_centre_share`` for the centre; the intensity is
1 for local leaders and ``centre_intensity`` for the centre; the leader factor is 1 with a system
leader in post and ``start_vacancy`` without one. The terms are ``common_terms``; once
``satisfaction`` events of the calendar have reached the system, ``satisfied``: ``start_satisfied``
x the sum of their strengths; ``local_terms`` or ``centre_terms``; and the effects on starting.

Shares and means are over the system's free CCGs, those in no proposal. The officer weight of a CCG
is 1 in an officer group, 0 where it is known not to share, and ``officer_unknown_share`` where the
record is silent. Distress of a body is the patient share of its parts that started in distress.
Beliefs count by ``level``. A system is *pushed* while the strengths of the pushes in force there
add up to more than 0; its letter strength adds up the letters and pushes in force. In an exempt
system letters and pushes have no strength, the region's belief counts as none, and the hard rule
does not act.

The rate is 0 where a system has fewer than two free CCGs, unless it has at least one and a
candidate that crosses its border is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.agents import ccg as ccgs
from sim.agents import effects
from sim.agents.log import Terms
from sim.rules import beliefs, starting
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.replication import LivingCCG
    from sim.agents.system import System


def of_starting(
    system: System, free: Sequence[LivingCCG], *, cooling: bool
) -> tuple[dict[str, Terms], dict[str, float]]:
    """Return the terms of a system's rates of starting and the rates a day, both by origin.

    ``free`` are its CCGs in no proposal; ``cooling`` says that a ballot or an application has
    been lost of late.
    """
    replication = system.replication
    p, force = replication.parameters, replication.levers.force
    n = len(free)
    match = officer = shortfall = distress = belief = 0.0
    for ccg in free:
        match += ccg.matched_council >= 0
        officer += ccgs.officer_weight(replication, ccg)
        shortfall += ccg.shortfall
        distress += ccg.distress
        belief += beliefs.level(ccg.belief)
    match /= n
    facts = starting.StartFacts(
        free=n,
        officer_share=officer / n,
        shortfall=shortfall / n,
        distress_share=distress / n,
        place=system.leaning,
        cooling=cooling,
        dedicated_leader=system.leader_dedicated and system.leader_in_post,
    )
    common = starting.common_terms(p, facts)
    if system.satisfaction:
        common += (("satisfied", p.start_satisfied * system.satisfaction),)
    local = common + starting.local_terms(p, belief_level=belief / n, match_share=match)
    centre = common + starting.centre_terms(
        p,
        belief_level=beliefs.level(
            "none" if system.exempt else replication.regions[system.region].belief
        ),
        match_share=match,
        letter_strength=system.letter_strength,
        pushed=system.pushed,
        hard_rule=force.hard_rule and not system.exempt,
    )
    extra = replication.effects
    if extra.start or extra.start_local or extra.start_centre:
        more = effects.system_facts(system, free)
        both = effects.terms(replication, extra.start, more)
        local += both + effects.terms(replication, extra.start_local, more)
        centre += both + effects.terms(replication, extra.start_centre, more)
    leader = 1.0 if system.leader_in_post else p.start_vacancy
    base, share, strength = p.start_rate, p.start_centre_share, replication.centre_intensity
    levels = {
        "local": starting.rate(base, 1.0 - share, 1.0, leader, local) / DAYS_PER_MONTH,
        "centre": starting.rate(base, share, strength, leader, centre) / DAYS_PER_MONTH,
    }
    return {"local": local, "centre": centre}, levels
