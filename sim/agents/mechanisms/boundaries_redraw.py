"""Redrawing the borders of systems: one split in two, or two joined, with all that follows.

New systems take the old ones' place in region, footprints and rates; CCGs go with their part. A
part of a split takes over belief, letters, pushes, leader type, ICS status and leanings of the
whole, with a leader in post; two joined take over the belief, leader type and status of the larger,
the letters of both, and the leanings of the first in the world's table. Losses, cooling,
satisfaction and proposals so far are not taken over. Reviews for ICS status, arrivals of
reconfigurations, reviews of shape, a firm hand, rivalry and, for a mandate on those refusing, the
refusals so far do not pass on to new systems. What the calendar addresses to an old system goes to
those in its place. Proposals across the new border lapse, unless ``boundaries.cross_system`` is
county and all members have one main council, or they crossed a border of the world before; the
others go on from the system that holds most of their patients. Where a new system has several CCGs,
tenures begin (``joint.leader_turnover``).

New systems are added at the end of the replication's list and those whose place they take stay at
their positions without CCGs, so that a position never comes to mean another system. Random numbers:
the streams of a world have room for its own systems only, so a new system draws at the *address* of
one that it comes of (both parts of a split at that of the whole; a joined system at that of the
first of the two) but counts its attempts from a number of its own (``SLOT`` times 1, 2 or 3). Each
system of the world is split or joined at most once, and nothing counts up to ``SLOT``, so no two
draws have one address. A proposal keeps the address that it was opened under.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, TypedDict

from sim.agents.events import Bodies, EventKind
from sim.agents.system import RedrawnSystem, System
from sim.agents.turnover import lead
from sim.world.footprints import home_system

if TYPE_CHECKING:
    from sim.agents.proposal import Proposal
    from sim.agents.replication import LivingCCG, Replication


class SystemsSplit(TypedDict):
    """A system becomes two."""

    systems: Annotated[tuple[str, ...], "codes of the parts"]
    names: Annotated[tuple[str, ...], "names of the parts"]
    bodies: Annotated[tuple[Bodies, ...], "the CCGs of each part"]


class SystemsMerged(TypedDict):
    """Two systems become one."""

    systems: Annotated[tuple[str, ...], "codes of both"]
    name: Annotated[str, "name of the new system"]
    bodies: Annotated[Bodies, "its CCGs"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "systems_split": EventKind(SystemsSplit, "system"),
    "systems_merged": EventKind(SystemsMerged, "the new system"),
}


SLOT: Final = 2**20  # attempts that a system made during the run has to itself
FIRST_PART: Final = 1
SECOND_PART: Final = 2
JOINED: Final = 3
LETTERS: Final = ("a", "b")


def split(
    replication: Replication,
    whole: System,
    parts: Sequence[Sequence[LivingCCG]],
    names: Sequence[str],
) -> None:
    """Split a system in two: CCGs follow the parts, and proposals across the new border lapse.

    Each part takes over the whole's belief, the letters in force and the place's unmeasured
    qualities; it has a leader in post (assumed). ``names`` are what the parts are called.
    """
    called = replication.names[whole.index]
    heirs = [
        _create_system(
            replication, (whole,), whole, f"{whole.code}/{letter}", f"{called} ({name})", ccgs, n
        )
        for letter, name, ccgs, n in zip(
            LETTERS, names, parts, (FIRST_PART, SECOND_PART), strict=True
        )
    ]
    replication.write(
        "systems_split",
        whole.code,
        systems=tuple(heir.code for heir in heirs),
        names=tuple(replication.names[heir.index] for heir in heirs),
        bodies=tuple(tuple(ccg.name for ccg in heir.members) for heir in heirs),
    )
    _take_place(replication, (whole,), heirs)


def join(replication: Replication, first: System, second: System) -> None:
    """Make one system of two neighbours; all their CCGs and proposals are its own.

    It believes what the larger believed, and letters to either bear on it.
    """
    pair = sorted((first, second), key=lambda system: system.index)
    members = sorted((*first.members, *second.members), key=lambda ccg: ccg.id)
    larger = max(pair, key=lambda s: (sum(ccg.patients for ccg in s.members), -s.index))
    heir = _create_system(
        replication,
        pair,
        larger,
        "+".join(sorted(system.code for system in pair)),
        " with ".join(replication.names[system.index] for system in pair),
        members,
        JOINED,
    )
    replication.write(
        "systems_merged",
        heir.code,
        systems=tuple(system.code for system in pair),
        name=replication.names[heir.index],
        bodies=tuple(ccg.name for ccg in heir.members),
    )
    _take_place(replication, pair, [heir])


def _create_system(
    replication: Replication,
    old: Sequence[System],
    model: System,
    code: str,
    name: str,
    members: Sequence[LivingCCG],
    slot: int,
) -> System:
    """Set up one new system with these CCGs; it thinks as ``model`` does."""
    parent = old[0]
    heir = System(
        replication,
        len(replication.systems),
        *parent.profiles,
        redrawn=RedrawnSystem(parent.address, slot * SLOT, code, tuple(members)),
    )
    heir.belief = model.belief
    heir.leader_type, heir.leader_dedicated = model.leader_type, model.leader_dedicated
    heir.ics_status = model.ics_status
    for system in old:
        heir.letters.update(system.letters)
        heir.pushes.update(system.pushes)
    replication.systems.append(heir)
    replication.names.append(name)
    for ccg in members:
        ccg.system = heir.index
        replication.bodies[ccg.id] = replace(replication.bodies[ccg.id], system=heir.index)
    return heir


def _take_place(replication: Replication, old: Sequence[System], heirs: Sequence[System]) -> None:
    """Let new systems take the place of old ones in region, footprints, proposals and rates."""
    positions = tuple(heir.index for heir in heirs)
    moved = [ccg for heir in heirs for ccg in heir.members]
    for system in old:
        system.heirs, system.members = positions, []
    region = replication.regions[old[0].region]
    gone = {system.index for system in old}
    region.systems = (*(i for i in region.systems if i not in gone), *positions)
    for system in replication.systems:
        system.relist()
    for proposal in _alive(moved):
        _follow(replication, proposal, gone)
    for system in (*old, *heirs):
        system.reconsider()
    if replication.levers.joint.leader_turnover:
        for heir in heirs:
            if len(heir.members) > 1:
                replication.env.process(lead(heir))


def _alive(ccgs: Iterable[LivingCCG]) -> list[Proposal]:
    """Return the proposals that CCGs are in, in the order of their addresses."""
    found = {ccg.proposal.address: ccg.proposal for ccg in ccgs if ccg.proposal is not None}
    return [found[address] for address in sorted(found)]


def _follow(replication: Replication, proposal: Proposal, gone: set[int]) -> None:
    """Give a proposal a new convenor, or let it lapse where a new border runs through it.

    One that crosses stands where it had crossed a border before, or where the scenario lets
    footprints that match a county cross and it does.
    """
    homes = {ccg.system for ccg in proposal.members}
    if len(homes) > 1:
        councils = {replication.bodies[ccg.id].council for ccg in proposal.members}
        one_council = len(councils) == 1 and councils != {-1}
        crossed = any(not replication.systems[i].first_attempt for i in homes)
        if not crossed and not replication.rules.crossing.admitted(one_council):
            proposal.lapse("the system has been split between its CCGs")
            return
    if proposal.home.index in gone:
        at_home = home_system(replication.bodies[ccg.id] for ccg in proposal.members)
        proposal.home = replication.systems[at_home]
