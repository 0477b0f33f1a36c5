"""Regions of NHS England/Improvement: they relay the rule, write letters and run a panel.

A region takes over the centre's wording by ``relay``, with ``information.region_relays`` and
``relay_drop_region``; systems and CCGs do so with ``information.local_relays`` and
``relay_drop_local``; all with ``relay_restore``. Each draws anew for each national message. A
letter with a wording sets that belief in the systems addressed and in all their CCGs, and in the
region if all its systems are addressed. The strength of a letter or push is in force in those
systems until the beginning of the day of its deadline, or for good without one; beliefs stay.

The panel reviews ``approval.panel_capacity`` applications at once, first come, first served.
"""

from __future__ import annotations

from collections.abc import Generator

import simpy

from sim.agents.replication import Replication
from sim.rules import beliefs
from sim.scenario.calendar import PolicyEvent
from sim.streams import purposes


class Region:
    """One region: what it believes the rule to be, and its assessment panel."""

    def __init__(self, replication: Replication, index: int) -> None:
        self._replication = replication
        self.index = index
        self.name = replication.world.regions[index].name
        self.systems = replication.world.regions[index].systems
        self.belief = beliefs.HEARD_IN_JANUARY_2019
        self.panel = simpy.Resource(
            # a panel lasts for the whole run, so its size is the scenario's from the outset
            replication.env,
            replication.scenario.levers.approval.panel_capacity,
        )

    def hear(self, wording: str, message: int) -> None:
        """Take the rule over from the centre, perhaps without its "typically", and pass it on."""
        p, streams = self._replication.parameters, self._replication.streams
        self.believe(
            beliefs.relay(
                wording,
                p.relay_drop_region,
                p.relay_restore,
                streams.uniform(purposes.RELAY_REGION, self.index, message),
                self._replication.levers.information.region_relays,
            )
        )
        for system in self.systems:
            self._replication.systems[system].hear(self.belief, message)

    def believe(self, wording: str) -> None:
        """Hold a belief from now on; the log keeps changes only."""
        if wording != self.belief:
            self.belief = wording
            self._replication.write("belief", self.name, wording=wording)

    def write_letter(self, event: PolicyEvent, systems: tuple[int, ...]) -> None:
        """Send a dated letter (or push) to systems of this region and their CCGs."""
        replication = self._replication
        deadline = event.deadline.isoformat() if event.deadline else ""
        replication.write(
            "letter",
            self.name,
            strength=event.strength,
            deadline=deadline,
            wording=event.wording or "",
        )
        if event.wording and set(systems) == set(self.systems):
            self.believe(event.wording)
        for system in systems:
            agent = replication.systems[system]
            agent.letters[event.name] = event.strength
            if event.kind == "push":
                agent.pushes[event.name] = event.strength
            if event.wording:
                agent.believe(event.wording)
                agent.believe_everywhere(event.wording)
            agent.reconsider()

    def withdraw_letter(self, event: PolicyEvent, systems: tuple[int, ...]) -> None:
        """Let a letter's strength lapse once its deadline has passed."""
        for system in systems:
            agent = self._replication.systems[system]
            agent.letters.pop(event.name, None)
            agent.pushes.pop(event.name, None)
            agent.reconsider()

    def assess(self, days: float) -> Generator[simpy.Event, object, float]:
        """Hold one application's review by the panel; returns the days it waited in the queue."""
        asked = self._replication.now
        with self.panel.request() as turn:
            yield turn
            waited = self._replication.now - asked
            yield self._replication.env.timeout(days)
        return waited
