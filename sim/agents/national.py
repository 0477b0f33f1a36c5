"""The national body: it keeps the rule, makes dated policy, and decides on applications.

The wording of the rule is ``information.wording``, but "required" if ``force.hard_rule`` is on,
since a hard rule is heard as a requirement whatever the sentence says; a ``wording`` event changes
it. A national message carries that wording: one goes out when the scenario's levers take over at
the start, and one at each ``guidance`` or ``wording`` event. It goes from the centre to the
regions, from each region to its systems, and from each system to its living CCGs; each hears what
the one above it now believes, and takes it over as ``relay`` says. A later message replaces all
earlier beliefs. A ``statement`` turns "expected" into "typically" in regions, systems and CCGs.

The centre decides an application by ``approval_terms``, the effects on approval and ``decide`` or,
with ``approval.criteria`` published, by the published tests. An approval carries conditions with
probability ``conditions_share``.
"""

from __future__ import annotations

from sim.agents import effects
from sim.agents.calendar import POLICY
from sim.agents.replication import Replication
from sim.rules import approval
from sim.rules.approval import Ruling
from sim.rules.dates import add_days
from sim.rules.effect import FootprintFacts
from sim.rules.logistic import Terms, happens, total
from sim.scenario.calendar import PolicyEvent
from sim.scenario.places import addressees
from sim.streams import purposes
from sim.units import DAYS_PER_MONTH


class NationalBody:
    """NHS England: the rule and its wording, dated events, decisions."""

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        levers = replication.levers
        # A hard rule is heard as a requirement, whatever the sentence says.
        self.wording: str = "required" if levers.force.hard_rule else levers.information.wording
        self._messages = 0

    def announce(self, why: str) -> None:
        """State the rule and have it relayed through regions and systems to CCGs."""
        replication = self._replication
        replication.write("rule", "England", wording=self.wording, why=why)
        message = self._messages
        self._messages += 1
        for region in replication.regions:
            region.hear(self.wording, message)
        for system in replication.systems:
            system.reconsider()

    def enter_calendar(self) -> None:
        """Enter the scenario's dated events into the calendar."""
        calendar = self._replication.calendar
        for event in self._replication.scenario.calendar:
            calendar.add(event.date, POLICY, event.name, lambda event=event: self._act(event))  # type: ignore[misc]
            if event.kind == "pause":
                resumes = add_days(event.date, event.months * DAYS_PER_MONTH)
                calendar.add(
                    resumes,
                    POLICY,
                    event.name,
                    lambda event=event: self._resume(event),  # type: ignore[misc]
                )
            if event.deadline is not None and event.deadline > event.date:
                calendar.add(
                    event.deadline,
                    POLICY,
                    event.name,
                    lambda event=event: self._lapse(event),  # type: ignore[misc]
                )

    def _act(self, event: PolicyEvent) -> None:
        if event.kind in ("letter", "push"):
            for region, systems in self._addressees(event):
                self._replication.regions[region].write_letter(event, systems)
        elif event.kind == "satisfaction":
            for _, systems in self._addressees(event):
                for index in systems:
                    self._replication.systems[index].satisfy(event.strength)
        elif event.kind == "statement":
            self._state(event)
        elif event.kind in ("guidance", "wording"):
            if event.kind == "wording":
                self.wording = event.wording or self.wording
            self.announce(event.name)
        elif event.kind == "pause":
            self._replication.write("pause_begins", "England")

    def _resume(self, event: PolicyEvent) -> None:
        self._replication.write("pause_ends", "England")

    def _lapse(self, event: PolicyEvent) -> None:
        for region, systems in self._addressees(event):
            self._replication.regions[region].withdraw_letter(event, systems)

    def _state(self, event: PolicyEvent) -> None:
        """Restore "typically" wherever it had been dropped."""
        replication = self._replication
        replication.write("statement", "England", why=event.name)
        for region in replication.regions:
            if region.belief == "expected":
                region.believe("typically")
        for system in replication.systems:
            if system.belief == "expected":
                system.believe("typically")
            system.restore_typically()
            system.reconsider()
        for notify in replication.listeners.stated:
            notify()

    def _addressees(self, event: PolicyEvent) -> list[tuple[int, tuple[int, ...]]]:
        return [
            (region, self._replication.heirs_of(systems))
            for region, systems in addressees(self._replication.world, event)
        ]

    def decide(self, ordinal: int, system: int, facts: FootprintFacts) -> Ruling:
        """Decide one application."""
        replication = self._replication
        p, streams = replication.parameters, replication.streams
        extra: Terms = ()
        if replication.effects.approval:
            extra = effects.terms(replication, replication.effects.approval, facts)
        judge = replication.hooks.judge
        if judge is None:
            ruling = self._sum_up(ordinal, system, facts, extra)
        else:
            ruling = judge(ordinal, system, facts, total(extra))
        if ruling.decision == "approved" and happens(
            streams.uniform(purposes.CONDITIONS, system, ordinal), p.conditions_share
        ):
            ruling = ruling._replace(decision="approved_with_conditions")
        return ruling

    def _sum_up(self, ordinal: int, system: int, facts: FootprintFacts, extra: Terms) -> Ruling:
        """Decide on the readiness of an application as a whole."""
        replication = self._replication
        p, streams = replication.parameters, replication.streams
        terms = approval.approval_terms(p, facts, hard_rule=replication.levers.force.hard_rule)
        terms += extra
        u = streams.uniform(purposes.DECISION, system, ordinal)
        decision = approval.decide(p, terms, u)
        return Ruling(decision, terms)
