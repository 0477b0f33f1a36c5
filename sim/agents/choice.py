"""Which of the open footprints a system's leaders put forward.

A candidate is open if all its CCGs are free; one that crosses a system border only where
``boundaries.cross_system`` is county. The utility of each is that of ``utility``, with the belief
of the system's own leader and the push strength of the home system, plus the effects on footprints.
Its log of consent is the sum over its CCGs of the log of the probability of consent, with the home
system pushed or not as it is now, with a shared officer of 1 if all of them are in one and the same
officer group and 0 otherwise, and with the effects on consent as they would be for the CCG's whole
system. Under ``force.decision_rule`` leader it is 0: leaders reckon with no refusal. The hard rule
adds nothing of its own here, for it is heard as "required".

Candidates are of one kind (``share_kinds``) if they have the same whole-system flag, council flag
and one-officer property. One is drawn with probability proportional to exp(utility) over the number
of its kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.adding import add_up
from sim.agents import ccg as ccgs
from sim.agents import effects
from sim.agents.log import Terms
from sim.agents.replication import LivingCCG, Replication
from sim.rules import beliefs, footprints
from sim.rules.effect import CandidateFacts
from sim.rules.logistic import total
from sim.streams import purposes
from sim.world.model import Footprint

if TYPE_CHECKING:
    from sim.agents.system import System


def choose_footprint(
    system: System, candidates: Sequence[Footprint]
) -> tuple[list[LivingCCG], Terms]:
    """Choose one of a system's candidates; returns its CCGs and the terms of its utility.

    The draw is addressed by the system and the ordinal of the proposal to come.
    """
    replication = system.replication
    living = replication.ccgs
    pushed = system.pushed
    log_consent = {
        ccg.id: ccgs.log_consent(replication, ccg, pushed)
        for ccg in system.members
        if ccg.proposal is None
    }
    pulls = footprints.pulls(
        replication.parameters,
        belief_level=beliefs.level(system.belief),
        push_strength=system.push_strength,
    )
    extra = replication.effects.footprint
    utilities, kinds = [], []
    for candidate in candidates:
        group = living[candidate.ccgs[0]].officer_group
        consent_apart = consent_together = 0.0
        for index in candidate.ccgs:
            ccg = living[index]
            if ccg.officer_group != group:
                group = ""
            if index not in log_consent:  # from another system
                log_consent[index] = ccgs.log_consent(replication, ccg, pushed)
            apart, together = log_consent[index]
            consent_apart += apart
            consent_together += together
        consent = consent_together if group else consent_apart
        whole, one_council = candidate.whole_system, candidate.council >= 0
        kinds.append((whole, one_council, group != ""))
        utilities.append(footprints.utility(pulls, whole, one_council, group != "", consent))
        if extra:
            utilities[-1] += total(_from_mechanisms(replication, candidate))
    u = system.uniform(purposes.FOOTPRINT, system.proposals)
    candidate = candidates[footprints.choose(footprints.share_kinds(utilities, kinds), u)]
    members = [living[index] for index in candidate.ccgs]
    one_officer = all(ccg.officer_group == members[0].officer_group != "" for ccg in members)
    expected = [log_consent[ccg.id] for ccg in members]
    chosen = footprints.terms(
        pulls,
        candidate.whole_system,
        candidate.council >= 0,
        one_officer,
        add_up(together if one_officer else apart for apart, together in expected),
    )
    return members, chosen + _from_mechanisms(replication, candidate) if extra else chosen


def _from_mechanisms(replication: Replication, candidate: Footprint) -> Terms:
    """Return the terms of what weighs beside the usual pulls."""
    facts = CandidateFacts(
        parts=len(candidate.ccgs),
        patients=sum(replication.ccgs[index].patients for index in candidate.ccgs),
        whole_system=candidate.whole_system,
    )
    return effects.terms(replication, replication.effects.footprint, facts)
