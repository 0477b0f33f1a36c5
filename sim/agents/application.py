"""The application: window, regional panel, national decision, conditions, day of effect."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import simpy

from sim.adding import add_up
from sim.agents import ccg as ccgs
from sim.agents.log import Terms
from sim.agents.mechanisms import leaders
from sim.agents.replication import Situation
from sim.rules import approval
from sim.rules.effect import FootprintFacts
from sim.streams import purposes
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal


MOST_ROUNDS: Final = 8  # an application put off so often lapses

Process = Generator[simpy.Event, Any, None]


class Application:
    """One proposal's application to NHS England, from filing to decision and after."""

    def __init__(self, situation: Situation, proposal: Proposal) -> None:
        self._situation = situation
        self._proposal = proposal

    def decide(self) -> Generator[simpy.Event, Any, tuple[str, Terms]]:
        """Take the application to a decision, or to its last deferral; returns it and its terms."""
        situation = self._situation
        durations = situation.scenario.durations
        devolved = leaders.decides_itself(self._proposal.home)
        yearly = situation.levers.approval.window == "yearly" and not devolved
        region = situation.regions[self._proposal.home.region]
        rounds = 0
        while True:
            attempt = self._proposal.again(rounds)
            window = ""
            if yearly:
                opens, closes = situation.calendar.window()
                yield situation.wait_until(situation.clock.moment(opens))
                window = closes.isoformat()
            self._proposal.write("applied", {"window": window})
            if yearly:
                yield situation.calendar.close_of_window(self._proposal)
            panel = durations.panel.days(self._proposal.uniform(purposes.PANEL_TIME, attempt))
            if situation.levers.approval.scrutiny == "informal_longer":
                longer = situation.parameters.scrutiny_informal
                panel *= approval.scrutiny_factor(self._ready(), longer)
            if devolved:  # its own board reviews and decides, at once and without a queue
                waited = 0.0
                yield situation.wait_grid(panel)
            else:
                waited = yield from region.assess(situation.grid(panel))
            situation.log.write(
                situation.env.now, "assessed", region.name, self._proposal.id, {"waited": waited}
            )
            national = durations.national.days(
                self._proposal.uniform(purposes.NATIONAL_TIME, attempt)
            )
            yield situation.wait_grid(0.0 if devolved else national)
            ruling = situation.national.decide(attempt, self._proposal.address[0], self._facts())
            decision, terms = ruling.decision, ruling.terms
            told: dict[str, Any] = {"decision": decision}
            if ruling.failed is not None:
                told["failed"] = ruling.failed
            situation.log.write(
                situation.env.now,
                "decided",
                self._proposal.home.code if devolved else "NHS England",
                self._proposal.id,
                told,
                terms,
            )
            rounds += 1
            if decision != "deferred" or rounds == MOST_ROUNDS:
                return decision, terms
            if not yearly:
                u = self._proposal.uniform(purposes.REAPPLY_TIME, attempt)
                yield situation.wait(durations.postpone.days(u))

    def mobilise(self, conditional: bool) -> Process:
        """Meet the conditions and wait for the day of effect."""
        situation = self._situation
        lever = situation.levers.approval
        earliest = situation.env.now + situation.grid(lever.minimum_lead_months * DAYS_PER_MONTH)
        if conditional:
            u = self._proposal.uniform(purposes.CONDITIONS_TIME)
            yield situation.wait_grid(situation.scenario.durations.conditions.days(u))
            self._proposal.write("conditions_met", {})
        if lever.effective_dates == "1_april":
            yield situation.calendar.first_april(self._proposal, earliest)
        else:
            yield situation.wait_until(earliest)
            self._proposal.take_effect()

    def _facts(self) -> FootprintFacts:
        """Return what the centre is told of the footprint when it decides."""
        situation, members = self._situation, self._proposal.members
        patients = sum(ccg.patients for ccg in members)
        councils = {situation.bodies[ccg.id].council for ccg in members}
        facts = FootprintFacts(
            parts=len(members),
            patients=patients,
            whole_system=self._whole_system(),
            one_council=len(councils) == 1 and councils != {-1},
            ready=self._ready(),
            distress_share=add_up(ccg.distress * ccg.patients for ccg in members) / patients,
            day=situation.env.now,
            exempt=self._proposal.home.exempt,
        )
        if situation.levers.approval.criteria != "published":
            return facts
        home = self._proposal.home
        inside = sum(ccg.patients for ccg in members if ccg.system == home.index)
        cast, against = self._proposal.votes
        return replace(
            facts,
            share_of_system=inside / sum(ccg.patients for ccg in home.members),
            votes_against=against / cast if cast else 0.0,
            saving=situation.parameters.fixed_cost * (len(members) - 1),
        )

    def _ready(self) -> float:
        """Return the patient share of the footprint's largest group under one officer."""
        patients: dict[str, int] = {}
        unknown = 0.0
        for ccg in self._proposal.members:
            if ccg.officer_group:
                patients[ccg.officer_group] = patients.get(ccg.officer_group, 0) + ccg.patients
            else:
                unknown += ccgs.officer_weight(self._situation, ccg) * ccg.patients
        whole = sum(ccg.patients for ccg in self._proposal.members)
        return min(1.0, (max(patients.values(), default=0) + unknown) / whole)

    def _whole_system(self) -> bool:
        return len(self._proposal.members) == len(self._proposal.home.members) and all(
            ccg.system == self._proposal.home.index for ccg in self._proposal.members
        )
