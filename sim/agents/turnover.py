"""Turnover: the leaders of systems come and go, and posts stay vacant for a time.

With ``joint.leader_turnover``, in systems of more than one CCG at the start, a tenure is
exponential with rate ``leader_turnover`` per month; then the post is vacant for a ``vacancy`` time;
then the next tenure begins. A leader in post matters for starting alone, unless a mechanism says
otherwise.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.streams import purposes
from sim.streams.quantiles import exponential
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.system import System


def lead(system: System) -> Generator[simpy.Event, object, None]:
    """Let a system's leaders come and go: tenure, vacancy, tenure."""
    replication = system.replication
    mean = 1.0 / max(replication.parameters.leader_turnover, 1e-9)
    while True:
        u = system.uniform(purposes.LEADER_TENURE, system.leader_turn)
        yield replication.wait_grid(exponential(u, mean) * DAYS_PER_MONTH)
        if system.heirs:
            return
        data: dict[str, Any] = {}
        if reason := replication.hooks.exit_reason(system):
            data["reason"] = reason
        system.leader_in_post = False
        replication.write("leader_left", system.code, **data)
        system.lead_changed()
        u = system.uniform(purposes.VACANCY_TIME, system.leader_turn)
        yield replication.wait_grid(replication.scenario.durations.vacancy.days(u))
        if system.heirs:
            return
        system.leader_turn += 1
        system.chosen_by_centre = reason == "moved_on"
        system.leader_in_post = True
        replication.write("leader_joined", system.code)
        system.lead_changed()
