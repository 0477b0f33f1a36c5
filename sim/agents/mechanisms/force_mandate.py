"""A mandate: NHS England/Improvement merges the CCGs of a system without asking anybody.

``force.mandate`` is a day (the start, if earlier). It takes effect on the first 1 April on or after
it, after that day's mergers; with ``approval.effective_dates`` any_day on the day itself. In every
system meant that has several CCGs and is not exempt, proposals that any of them is in lapse, each
CCG is alienated by 1, and all are merged without vote or application. With ``force.mandate_reach``
all, every such system is meant; with refusing, those that were home to a proposal lost or withdrawn
in the run so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final, TypedDict

from sim.agents.events import Bodies, EventKind
from sim.agents.merger import merge
from sim.rules.dates import next_april

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal
    from sim.agents.replication import LivingCCG, Replication
    from sim.agents.system import System


class Mandated(TypedDict):
    """NHSE/I merges the CCGs of a system without a vote."""

    parts: Annotated[Bodies, "its CCGs"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "mandated": EventKind(Mandated, "system"),
}


REFUSALS: Final = frozenset({"lost", "withdrawn"})  # exits of a system that has refused


def activate(replication: Replication) -> None:
    """Put the mandate into the calendar, where the scenario has one."""
    if replication.levers.force.mandate is not None:
        Mandate(replication)


class Mandate:
    """One dated mandate; it knows which systems have refused until then."""

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        self._refusing: set[int] = set()
        replication.listeners.left.append(self._note)
        day = replication.levers.force.mandate
        assert day is not None  # noqa: S101 - without a day there is no mandate
        day = max(day, replication.clock.start)
        if replication.calendar.april_only:
            day = next_april(day)
        replication.calendar.add_after_mergers(day, "mandate", self._take_effect)

    def _note(self, proposal: Proposal, exit_kind: str) -> None:
        if exit_kind in REFUSALS:
            self._refusing.add(proposal.home.index)

    def _take_effect(self) -> None:
        replication = self._replication
        reach = replication.levers.force.mandate_reach
        meant = [
            system
            for system in replication.systems
            if len(system.members) > 1
            and not system.exempt
            and (reach == "all" or system.index in self._refusing)
        ]
        for system in meant:
            self._merge(system)

    def _merge(self, system: System) -> None:
        replication, parts = self._replication, list(system.members)
        end_proposals(parts, "overtaken by a mandate")
        replication.write("mandated", system.code, parts=tuple(part.name for part in parts))
        for part in parts:
            for notify in replication.listeners.overruled:
                notify(part, "mandate")
        merge(replication, parts, "", [system])


def end_proposals(ccgs: list[LivingCCG], reason: str) -> None:
    """End all proposals that some CCGs are in, in order."""
    alive = {ccg.proposal.id: ccg.proposal for ccg in ccgs if ccg.proposal is not None}
    for proposal in sorted(alive.values(), key=lambda proposal: proposal.order):
        proposal.lapse(reason)
