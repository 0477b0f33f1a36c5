"""A mandate: NHS England/Improvement merges the CCGs of a system without asking anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.agents.mechanisms.services_alienation import alienate
from sim.agents.merger import merge
from sim.rules.dates import next_april

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal
    from sim.agents.replication import LivingCCG, Situation
    from sim.agents.system import System

REFUSALS: Final = frozenset({"lost", "withdrawn"})
FORCED_MOVE: Final = 1.0  # the unit of alienation


def enter(situation: Situation) -> None:
    """Put the mandate into the calendar, where the scenario has one."""
    if situation.levers.force.mandate is not None:
        Mandate(situation)


class Mandate:
    """One dated mandate; it knows which systems have refused until then."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._refusing: set[int] = set()
        situation.listeners.left.append(self._note)
        day = situation.levers.force.mandate
        assert day is not None  # noqa: S101 - without a day there is no mandate
        day = max(day, situation.clock.start)
        if situation.levers.approval.effective_dates == "1_april":
            day = next_april(day)
        situation.calendar.add_after_mergers(day, "mandate", self._take_effect)

    def _note(self, proposal: Proposal, exit_kind: str) -> None:
        if exit_kind in REFUSALS:
            self._refusing.add(proposal.home.index)

    def _take_effect(self) -> None:
        situation = self._situation
        reach = situation.levers.force.mandate_reach
        meant = [
            system
            for system in situation.systems
            if len(system.members) > 1
            and not system.exempt
            and (reach == "all" or system.index in self._refusing)
        ]
        for system in meant:
            self._merge(system)

    def _merge(self, system: System) -> None:
        situation, parts = self._situation, list(system.members)
        end_proposals(parts, "overtaken by a mandate")
        data = {"parts": tuple(part.name for part in parts)}
        situation.log.write(situation.env.now, "mandated", system.code, data=data)
        for part in parts:
            alienate(situation, part, FORCED_MOVE)
        merge(situation, parts, "", [system])


def end_proposals(ccgs: list[LivingCCG], reason: str) -> None:
    """End all proposals that some CCGs are in, in order."""
    alive = {ccg.proposal.id: ccg.proposal for ccg in ccgs if ccg.proposal is not None}
    for proposal in sorted(alive.values(), key=lambda proposal: proposal.order):
        proposal.lapse(reason)
