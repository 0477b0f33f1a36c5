"""The ladder of joint working: one CCG's climb, and the officer it comes to share on the way."""

from __future__ import annotations

from dataclasses import replace

import simpy

from sim.agents.ccg import set_shortfall
from sim.agents.clock import on_grid
from sim.agents.replication import LivingCCG, Replication
from sim.rules import ladder as ladder_rules
from sim.streams import purposes
from sim.streams.quantiles import exponential


class Ladder:
    """One CCG's climb up the ladder of joint working; there is none unless ``joint.ladder`` is on.

    Its rate changes only with its rung, so each step is one exponential wait; a wait that a change
    has overtaken is known by its version. A unit-exponential budget is used up at ``total_rate``;
    then the next rung is taken with probability proportional to its rate (``step_rates``), and a
    new budget begins. A step to shared_officer needs a partner: a neighbour in the same system,
    preferring one with an officer group, then the largest, then the lowest id. Without one the CCG
    stops climbing until it is merged. With one, both join the partner's group (or a new one), and a
    partner on a lower rung moves to shared_officer too. After such a step the CCG's shortfall and
    its system's rates are set anew, and the shortfall of a partner that moved; with ``joint.rungs``
    graded, after every step. A merged body goes on with the budget of its lowest part; the other
    parts stop. Unless rungs are graded, committees in common and joint teams have no other effect
    than these rates.
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
        rung = ladder_rules.pick(replication.climbing[ccg.rung].steps, u)
        partner = self._partner() if rung == "shared_officer" else None
        if rung == "shared_officer" and partner is None:
            self.stop()  # nobody in its system to share with
            return
        ccg.rung = rung
        if partner is not None:
            self._share_officer(partner)
            set_shortfall(replication, ccg)
        self._write(ccg)  # once the officer's group is settled, which the event states
        each_counts = replication.rules.rungs.each_counts
        if each_counts and rung != "shared_officer":
            set_shortfall(replication, ccg)
        if each_counts or rung == "shared_officer":
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
