"""What members think of one proposal: drawn once, argued over in engagement, read by leaders.

When engagement opens, members see the centre behind the proposal with
``perceived_centre_probability``, and councils form their views. The engagement time is multiplied
by ``engagement_factor`` of the patient-weighted mean opposed share, then squeezed. At its end local
medical committees advise.

The common support and the mood (``common_support``) are drawn once for an idea: a proposal and the
narrower ones made from it in its own system. The mood adds the home system's place effect on
support to an N(0,1) of the idea. Each CCG adds ``support_sd`` x sqrt(1 - ``support_shared``) x
N(0,1), fresh for each proposal that it joins, except that a narrower footprint of the same system
keeps its parent's. A CCG's log-odds of a yes are common support + CCG support + ``argument_terms``
+ effects on support. They are worked out at each look of the leaders, with officers as they are
shared by then, and stay as at the last look for all ballots that follow.

Of the arguments: partners' distress is max(0, patient-weighted distress of the partners - own
distress); members argue that one council is made if, when engagement opened, all members had the
same main council and no other living body had it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.adding import add_up
from sim.agents import council, effects, lmc
from sim.agents.ccg import shares_officer
from sim.agents.log import Terms
from sim.agents.replication import LivingCCG, Replication
from sim.rules import engagement, support
from sim.rules.logistic import happens, total
from sim.streams import purposes
from sim.streams.quantiles import standard_normal

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal


class Opinion:
    """The support of a proposal, by CCG in the order of its members, in log-odds of a yes."""

    def __init__(self, replication: Replication, proposal: Proposal) -> None:
        self._replication = replication
        self._proposal = proposal
        self._members = proposal.members
        self._patients = sum(ccg.patients for ccg in proposal.members)
        self._perceived = ""
        self._stances: dict[int, str] = {}
        self._advice: list[float] = []  # the shift that it causes, by position
        self._opposed = [0.0] * len(proposal.members)
        self._one_council = False
        self.terms: list[Terms] = []
        p, streams = replication.parameters, replication.streams
        self._common, self._mood = support.common_support(
            p,
            replication.scenario.form.support_form,
            place=replication.support_leaning(proposal.home.address),
            proposal=standard_normal(proposal.uniform(purposes.PROPOSAL_SUPPORT, proposal.idea)),
            u_mode=proposal.uniform(purposes.PROPOSAL_MODE, proposal.idea),
        )
        spread = p.support_sd * math.sqrt(1.0 - p.support_shared)
        self._ccg_support = [
            spread
            * standard_normal(
                streams.uniform(purposes.CCG_SUPPORT, ccg.id, proposal.joined[ccg.id])
            )
            for ccg in self._members
        ]

    def open_engagement(self, proposal: Proposal) -> None:
        """Let members form a view of who is behind the proposal, and councils of what it means."""
        replication = self._replication
        chance = engagement.perceived_centre_probability(
            replication.parameters, proposal.origin, replication.levers.force.cajoling
        )
        seen = happens(proposal.uniform(purposes.PERCEIVED_ORIGIN), chance)
        self._perceived = "centre" if seen else "local"
        self._one_council = self._makes_one_council()
        for notify in replication.listeners.engaging:
            notify(proposal)
        self._opposed = [council.opposed_share(replication, ccg) for ccg in self._members]
        proposal.write("engaged", (("perceived_centre", chance),), perceived_origin=self._perceived)
        for index in council.voiced(proposal):
            replication.write(
                "council_view",
                replication.world.councils[index].name,
                proposal.id,
                stance=council.stance_of(replication, index),
            )

    def council_factor(self) -> float:
        """Return how much longer opposed councils, and a compromise with them, make engagement."""
        opposed = add_up(
            share * ccg.patients for share, ccg in zip(self._opposed, self._members, strict=True)
        )
        p = self._replication.parameters
        longer = engagement.engagement_factor(p, opposed / self._patients)
        left = self._replication.hooks.compromise(self._proposal, self._opposed)
        if left is not self._opposed:  # it takes as long again as councils of all would
            self._opposed = left
            longer *= p.council_delay
        return longer

    def take_advice(self) -> None:
        """Ask the local medical committees of the area."""
        asked = sorted({index for ccg in self._members for index, _ in ccg.lmc_shares})
        self._stances = {
            index: lmc.advise(self._replication, index, self._proposal, self._mood)
            for index in asked
        }
        self._advice = [
            lmc.effect_on(self._replication, ccg, self._stances) for ccg in self._members
        ]

    def advice_to(self, ccg: LivingCCG) -> str:
        """Return the advice that a CCG's members have been given."""
        return lmc.advice_to(ccg, self._stances)

    def form(self) -> None:
        """Work out each CCG's log-odds of a yes, by terms, as engagement leaves them."""
        usual = self._replication.parameters.support_mean
        common = ("usual_support", usual), ("mood", self._common - usual)
        self.terms = [
            (*common, ("ccg_support", own), *self._arguments(position))
            for position, own in enumerate(self._ccg_support)
        ]

    def expected(self) -> tuple[float, Terms]:
        """Return the mean of the CCGs' log-odds, and its terms: what leaders try to read."""
        each = self.terms
        n = len(each)
        mean = tuple(
            (named[0][0], total(named) / n)  # one term of all CCGs, in their order
            for named in zip(*each, strict=True)
        )
        return total(mean), mean

    def _arguments(self, position: int) -> Terms:
        """Return the arguments that move one CCG's members now."""
        replication, ccg = self._replication, self._members[position]
        patients = self._patients
        partners = patients - ccg.patients
        distress = 0.0
        for other in self._members:
            if other is not ccg and other.distress:
                distress += other.distress * other.patients
        arguments = support.ArgumentFacts(
            outweighed_by=support.outweighed(ccg.patients, patients, len(self._members)),
            partner_distress=max(0.0, distress / partners - ccg.distress),
            shares_officer=shares_officer(ccg, self._members),
            matches_council=ccg.matched_council >= 0,
            makes_one_council=self._one_council,
            perceived_centre=self._perceived == "centre",
            opposed_councils=self._opposed[position],
        )
        terms = support.argument_terms(replication.parameters, arguments, self._advice[position])
        if replication.effects.support:
            facts = effects.body_facts(
                replication,
                ccg,
                self._members,
                perceived_centre=self._perceived == "centre",
                opposed_councils=self._opposed[position],
            )
            terms += effects.terms(replication, replication.effects.support, facts)
        return terms

    def _makes_one_council(self) -> bool:
        """Return whether the footprint is all CCGs that lie mostly in one council."""
        bodies = self._replication.bodies
        first = bodies[self._members[0].id].council
        if first < 0 or any(bodies[ccg.id].council != first for ccg in self._members):
            return False
        return self._replication.mostly_in(first) == len(self._members)
