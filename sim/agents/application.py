"""The application: window, regional panel, national decision, conditions, day of effect.

With ``approval.window`` yearly the proposal is for the window of today's date (``window_of``, with
``approval.window_opens`` and ``approval.window_closes``). It waits for the opening if need be, is
applied, and waits for the close; with all_year it is applied at once. Then it queues, first come,
first served, for a place at the panel of the home system's region. A review takes a ``panel`` time,
times ``scrutiny_factor`` of ``scrutiny_informal`` with ``approval.scrutiny`` informal_longer; the
national decision follows after a ``national`` time.

Readiness is min(1, (patients of the footprint's largest officer group + the sum over members
without a group of officer weight x patients) / patients). A footprint is its whole system if it is
all living CCGs of its home system and no other.

A deferred application applies again: for the next window or, with all_year, after a ``postpone``
time. One deferred for the time ``MOST_ROUNDS`` lapses instead. Once approved with conditions, a
``conditions`` time passes until they are met. The merger takes effect on the first 1 April that is
at least ``approval.minimum_lead_months`` after the decision and after the conditions are met; with
``approval.effective_dates`` any_day, as soon as both hold.

A system that decides on its mergers itself (``leaders.devolved``) has no window, no queue at the
panel (but a ``panel`` time) and no ``national`` time; its decision is drawn in the same way.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import simpy

from sim.adding import add_up
from sim.agents import ccg as ccgs
from sim.agents.log import Terms
from sim.agents.replication import Replication
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

    def __init__(self, replication: Replication, proposal: Proposal) -> None:
        self._replication = replication
        self._proposal = proposal

    def decide(self) -> Generator[simpy.Event, Any, tuple[str, Terms]]:
        """Take the application to a decision, or to its last deferral; returns it and its terms."""
        replication = self._replication
        durations = replication.scenario.durations
        devolved = replication.hooks.decides_itself(self._proposal.home)
        yearly = replication.calendar.yearly and not devolved
        region = replication.regions[self._proposal.home.region]
        rounds = 0
        while True:
            attempt = self._proposal.again(rounds)
            window = ""
            if yearly:
                opens, closes = replication.calendar.window()
                yield replication.wait_until(replication.clock.moment(opens))
                window = closes.isoformat()
            self._proposal.write("applied", window=window)
            if yearly:
                yield replication.calendar.close_of_window(self._proposal)
            panel = durations.panel.days(self._proposal.uniform(purposes.PANEL_TIME, attempt))
            if replication.levers.approval.scrutiny == "informal_longer":
                longer = replication.parameters.scrutiny_informal
                panel *= approval.scrutiny_factor(self._ready(), longer)
            if devolved:  # its own board reviews and decides, at once and without a queue
                waited = 0.0
                yield replication.wait_grid(panel)
            else:
                waited = yield from region.assess(replication.grid(panel))
            replication.write("assessed", region.name, self._proposal.id, waited=waited)
            national = durations.national.days(
                self._proposal.uniform(purposes.NATIONAL_TIME, attempt)
            )
            yield replication.wait_grid(0.0 if devolved else national)
            ruling = replication.national.decide(attempt, self._proposal.address[0], self._facts())
            decision, terms = ruling.decision, ruling.terms
            told: dict[str, Any] = {"decision": decision}
            if ruling.failed is not None:
                told["failed"] = ruling.failed
            replication.write(
                "decided",
                self._proposal.home.code if devolved else "NHS England",
                self._proposal.id,
                terms=terms,
                **told,
            )
            rounds += 1
            if decision != "deferred" or rounds == MOST_ROUNDS:
                return decision, terms
            if not yearly:
                u = self._proposal.uniform(purposes.REAPPLY_TIME, attempt)
                yield replication.wait(durations.postpone.days(u))

    def mobilise(self, conditional: bool) -> Process:
        """Meet the conditions and wait for the day of effect."""
        replication = self._replication
        lever = replication.levers.approval
        earliest = replication.now + replication.grid(lever.minimum_lead_months * DAYS_PER_MONTH)
        if conditional:
            u = self._proposal.uniform(purposes.CONDITIONS_TIME)
            yield replication.wait_grid(replication.scenario.durations.conditions.days(u))
            self._proposal.write("conditions_met")
        if replication.calendar.april_only:
            yield replication.calendar.first_april(self._proposal, earliest)
        else:
            yield replication.wait_until(earliest)
            self._proposal.take_effect()

    def _facts(self) -> FootprintFacts:
        """Return what the centre knows about the footprint when it decides."""
        replication, members = self._replication, self._proposal.members
        patients = sum(ccg.patients for ccg in members)
        councils = {replication.bodies[ccg.id].council for ccg in members}
        home = self._proposal.home
        inside = sum(ccg.patients for ccg in members if ccg.system == home.index)
        cast, against = self._proposal.votes
        return FootprintFacts(
            parts=len(members),
            patients=patients,
            whole_system=self._whole_system(),
            one_council=len(councils) == 1 and councils != {-1},
            ready=self._ready(),
            distress_share=add_up(ccg.distress * ccg.patients for ccg in members) / patients,
            day=replication.now,
            exempt=home.exempt,
            share_of_system=inside / max(1, sum(ccg.patients for ccg in home.members)),
            votes_against=against / cast if cast else 0.0,
            saving=replication.parameters.fixed_cost * (len(members) - 1),
        )

    def _ready(self) -> float:
        """Return the patient share of the footprint's largest group under one officer."""
        patients: dict[str, int] = {}
        unknown = 0.0
        for ccg in self._proposal.members:
            if ccg.officer_group:
                patients[ccg.officer_group] = patients.get(ccg.officer_group, 0) + ccg.patients
            else:
                unknown += ccgs.officer_weight(self._replication, ccg) * ccg.patients
        whole = sum(ccg.patients for ccg in self._proposal.members)
        return min(1.0, (max(patients.values(), default=0) + unknown) / whole)

    def _whole_system(self) -> bool:
        return len(self._proposal.members) == len(self._proposal.home.members) and all(
            ccg.system == self._proposal.home.index for ccg in self._proposal.members
        )
