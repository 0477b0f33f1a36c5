"""Boundary talks: exemptions from the rule of one CCG, splits of systems, mergers of systems.

Each kind has one hazard per system of the world, where its lever allows it. A system asks for each
at most once, and only while it *stands*: it is not exempt and has not been split or joined. A
budget used up while it cannot ask is spent. Sizes are relative to the mean system's patients at the
start.

Exemptions (``boundaries.exemption_patients`` set). A system may ask if it has at least so many
patients, and several CCGs that are not all in one proposal. The rate per month is
``exemption_rate`` of ``exemption_request`` and the patient-weighted autonomy of its CCGs, as at the
start; 0 for systems that may not ask then. On the first day of the months ``REVIEWS`` what has been
asked since the last review is decided: the largest first while places of
``boundaries.exemption_cap`` are left, the others are turned down. An exempt system and its CCGs
believe "none" from then on, whatever is relayed or written; letters and pushes have no strength
there, the region's belief counts as none, and neither hard rule nor mandate bears on it.

Splits (``boundaries.splits``). The rate per month is ``split_rate`` of ``split_request``,
``split_before_statement`` and ``split_visibility``; a system is named if the world's ``splits.csv``
has a split of it, and a statement of the calendar makes it stated. The parts are the named ones or,
elsewhere, found on the map: of all sets of bodies with one main council, and of all with one
officer, that are connected and leave a connected rest, the one nearest to half of the patients. A
system can be split if it has several CCGs that are not all in one proposal, both parts have one,
and no merged body lies in both. The centre decides ``boundary_months`` later, granting it with
probability ``split_grant`` if it can then still be split.

Mergers of systems (``boundaries.system_mergers``). Each system is approached at ``approach_rate``
of ``system_approach`` per month. Its partner is the smallest neighbouring system of its region that
stands and is no product of a split or merger; without one it is not approached. After each spell of
``boundary_months`` it is persuaded with probability ``merger_persuasion``; after ``MOST_SPELLS`` it
is given up. The partner is looked for anew after each spell; without one, or if the system no
longer stands, the talks end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, TypedDict

from sim.adding import add_up
from sim.agents.calendar import POLICY
from sim.agents.events import Bodies, EventKind
from sim.agents.hazard import Hazard, Profile
from sim.agents.mechanisms import boundaries_redraw
from sim.rules.logistic import happens
from sim.rules.mechanisms import boundaries as boundary_rules
from sim.streams import Purpose, purposes
from sim.units import DAYS_PER_MONTH
from sim.world.splits import divide

if TYPE_CHECKING:
    from sim.agents.replication import LivingCCG, Replication
    from sim.agents.system import System


class ExemptionAsked(TypedDict):
    """A system asks to keep several CCGs."""

    patients: Annotated[int, "its patients"]


class ExemptionDecided(TypedDict):
    """The centre decides on an exemption."""

    granted: Annotated[bool, "whether it is granted"]
    patients: Annotated[int, "the system's patients"]


class SplitAsked(TypedDict):
    """A system asks to be split in two."""

    parts: Annotated[tuple[Bodies, Bodies], "the CCGs of each part"]
    named: Annotated[bool, "whether the world's data name the split"]


class SplitDecided(TypedDict):
    """The centre decides on a split."""

    granted: Annotated[bool, "whether it is granted"]
    possible: Annotated[bool, "false where nothing was left to split"]


class JoiningAsked(TypedDict):
    """The centre asks a small system to join a neighbour."""

    partner: Annotated[str, "code of the neighbour"]


class JoiningDecided(TypedDict):
    """A spell of talks on joining two systems ends."""

    partner: Annotated[str, "code of the neighbour"]
    spell: Annotated[int, "which spell of talks"]
    persuaded: Annotated[bool, "whether they join"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "exemption_asked": EventKind(ExemptionAsked, "system"),
    "exemption_decided": EventKind(ExemptionDecided, "system"),
    "split_asked": EventKind(SplitAsked, "system"),
    "split_decided": EventKind(SplitDecided, "system"),
    "joining_asked": EventKind(JoiningAsked, "system"),
    "joining_decided": EventKind(JoiningDecided, "system"),
    **boundaries_redraw.EVENTS,
}


REVIEWS: Final = (1, 4, 7, 10)  # months on whose first day requests for exemption are reviewed


def activate(replication: Replication) -> None:
    """Start what the levers on boundaries allow."""
    levers = replication.levers.boundaries
    if levers.exemption_patients is not None:
        Exemptions(replication)
    if levers.splits:
        Splits(replication)
    if levers.system_mergers:
        Joinings(replication)


class Talks:
    """What the three kinds of talks share: one hazard of asking for each system."""

    def __init__(self, replication: Replication, purpose: Purpose) -> None:
        self._replication = replication
        self._asked: set[int] = set()
        patients = [sum(ccg.patients for ccg in system.members) for system in replication.systems]
        mean = sum(patients) / len(patients)
        self._size = [number / mean for number in patients]
        steady = Profile([0.0], [1.0])
        self._hazards = [
            Hazard(
                replication.env,
                steady,
                replication.clock.horizon,
                self._uniforms(system, purpose),
                lambda system=system: self._fire(system),  # type: ignore[misc]
            )
            for system in replication.systems
        ]
        replication.listeners.over.append(self._let_go)

    def _uniforms(self, system: System, purpose: Purpose) -> Callable[[], float]:
        attempts = iter(range(2**30))
        return lambda: system.uniform(purpose, next(attempts))

    def _let_go(self) -> None:
        self._hazards = []

    def _set_rate(self, system: System, per_month: float) -> None:
        self._hazards[system.index].set_level(per_month / DAYS_PER_MONTH)

    def _fire(self, system: System) -> None:
        """Let a system ask, once, if it stands and still has anything to ask for.

        A budget used up while it could not ask is spent, which is the same as no rate meanwhile.
        """
        if system.index not in self._asked and _stands(system) and self._ask(system):
            self._asked.add(system.index)
            self._set_rate(system, 0.0)

    def _ask(self, system: System) -> bool:
        raise NotImplementedError

    def _write(self, kind: str, system: System, **data: Any) -> None:
        self._replication.write(kind, system.code, **data)


def _stands(system: System) -> bool:
    """Return whether a system still stands as it was, with the rule bearing on it."""
    return not system.heirs and not system.exempt


def _patients(system: System) -> int:
    return sum(ccg.patients for ccg in system.members)


def _several(system: System) -> bool:
    """Return whether a system has several CCGs that are not all in one proposal."""
    proposals = {id(ccg.proposal) for ccg in system.members if ccg.proposal is not None}
    free = any(ccg.proposal is None for ccg in system.members)
    return len(system.members) > 1 and (free or len(proposals) > 1)


class Exemptions(Talks):
    """Large systems ask to keep several CCGs; the centre reviews requests each quarter."""

    def __init__(self, replication: Replication) -> None:
        super().__init__(replication, purposes.EXEMPTION_TIME)
        self._waiting: list[System] = []
        self._places = replication.levers.boundaries.exemption_cap
        for system in replication.systems:
            taste = add_up(ccg.autonomy * ccg.patients for ccg in system.members) / _patients(
                system
            )
            base = replication.parameters.exemption_request
            if self._may(system):
                self._set_rate(system, boundary_rules.exemption_rate(base, taste))
        clock = replication.clock
        for year in range(clock.start.year, clock.end.year + 1):
            for month in REVIEWS:
                if clock.start < date(year, month, 1) <= clock.end:
                    day = date(year, month, 1)
                    replication.calendar.add(day, POLICY, "exemptions", self._review)

    def _may(self, system: System) -> bool:
        threshold = self._replication.levers.boundaries.exemption_patients
        return _several(system) and boundary_rules.large_enough(_patients(system), threshold)

    def _ask(self, system: System) -> bool:
        if not self._may(system):
            return False
        self._write("exemption_asked", system, patients=_patients(system))
        self._waiting.append(system)
        return True

    def _review(self) -> None:
        """Decide on what has been asked since the last review, largest first up to the cap."""
        waiting = sorted(
            (system for system in self._waiting if _stands(system)), key=lambda s: s.index
        )
        self._waiting = []
        sizes = [_patients(system) for system in waiting]
        granted = boundary_rules.grant_exemptions(sizes, self._places)
        self._places -= len(granted)
        for position, system in enumerate(waiting):
            grant = position in granted
            self._write("exemption_decided", system, granted=grant, patients=sizes[position])
            if grant:
                system.exempt = True
                system.believe("none")
                system.believe_everywhere("none")
                system.reconsider()

    def _let_go(self) -> None:
        super()._let_go()
        self._waiting = []


class Splits(Talks):
    """Systems ask to be split in two; once one has been, others know that it is possible."""

    def __init__(self, replication: Replication) -> None:
        super().__init__(replication, purposes.SPLIT_TIME)
        self._named = {split.system: split for split in replication.world.splits}
        self._stated = False
        self._granted = 0
        replication.listeners.stated.append(self._hear_statement)
        self._set_rates()

    def _hear_statement(self) -> None:
        self._stated = True
        self._set_rates()

    def _set_rates(self) -> None:
        p = self._replication.parameters
        for index, size in enumerate(self._size):
            if index in self._asked:
                continue
            rate = boundary_rules.split_rate(
                p,
                named=index in self._named,
                stated=self._stated,
                granted=self._granted,
                relative_size=size,
            )
            self._set_rate(self._replication.systems[index], rate)

    def _ask(self, system: System) -> bool:
        parts = self._parts(system)
        if parts is None:
            return False
        names = [tuple(ccg.name for ccg in part) for part in parts]
        self._write("split_asked", system, parts=tuple(names), named=system.index in self._named)
        delay = self._replication.parameters.boundary_months * DAYS_PER_MONTH
        timeout = self._replication.wait_grid(delay)
        timeout.callbacks.append(lambda _timeout: self._decide(system))
        return True

    def _decide(self, system: System) -> None:
        parts = self._parts(system) if _stands(system) else None
        p = self._replication.parameters
        grant = parts is not None and happens(
            system.uniform(purposes.SPLIT_DECISION, 0), p.split_grant
        )
        self._write("split_decided", system, granted=grant, possible=parts is not None)
        if parts is None or not grant:
            return
        named = self._named.get(system.index)
        boundaries_redraw.split(
            self._replication, system, parts, named.names if named else ("a", "b")
        )
        self._granted += 1
        self._set_rates()

    def _parts(self, system: System) -> tuple[list[LivingCCG], list[LivingCCG]] | None:
        """Return the CCGs of both parts as things stand, or None where nothing can be split."""
        if not _several(system):
            return None
        named = self._named.get(system.index)
        if named is None:
            inside = {ccg.id: self._replication.bodies[ccg.id] for ccg in system.members}
            found = divide(inside, self._replication.neighbours)
            if found is None:
                return None
            first = set(found[0])
            in_first = [ccg.id in first for ccg in system.members]
        else:
            shares = [set(ccg.members) & set(named.parts[0]) for ccg in system.members]
            in_first = [bool(share) for share in shares]
            across = any(
                share and not set(ccg.members) <= set(named.parts[0])
                for share, ccg in zip(shares, system.members, strict=True)
            )
            if across:  # a body formed by merger lies in both parts
                return None
        pairs = list(zip(system.members, in_first, strict=True))
        one = [ccg for ccg, first_part in pairs if first_part]
        other = [ccg for ccg, first_part in pairs if not first_part]
        return (one, other) if one and other else None


class Joinings(Talks):
    """The centre asks systems, the small ones sooner, to join a neighbour in their region."""

    def __init__(self, replication: Replication) -> None:
        super().__init__(replication, purposes.APPROACH_TIME)
        base = replication.parameters.system_approach
        for system in replication.systems:
            self._set_rate(system, boundary_rules.approach_rate(base, self._size[system.index]))

    def _ask(self, system: System) -> bool:
        partner = self._partner(system)
        if partner is None:
            return False
        self._write("joining_asked", system, partner=partner.code)
        self._talk(system, 0)
        return True

    def _talk(self, system: System, spell: int) -> None:
        delay = self._replication.parameters.boundary_months * DAYS_PER_MONTH
        timeout = self._replication.wait_grid(delay)
        timeout.callbacks.append(lambda _timeout: self._conclude(system, spell))

    def _conclude(self, system: System, spell: int) -> None:
        """End one spell of talks: joined, or talked about again, or given up."""
        partner = self._partner(system) if _stands(system) else None
        if partner is None:
            return
        p = self._replication.parameters
        persuaded = happens(system.uniform(purposes.PERSUASION, spell), p.merger_persuasion)
        self._write(
            "joining_decided", system, partner=partner.code, spell=spell + 1, persuaded=persuaded
        )
        if persuaded:
            boundaries_redraw.join(self._replication, system, partner)
        elif spell + 1 < boundary_rules.MOST_SPELLS:
            self._talk(system, spell + 1)

    def _partner(self, system: System) -> System | None:
        """Return the smallest neighbouring system of its region that stands as it was, or None."""
        replication = self._replication
        near = {
            replication.ccgs[other].system
            for ccg in system.members
            for other in replication.neighbours[ccg.id]
        }
        found = [replication.systems[index] for index in near - {system.index}]
        found = [
            other
            for other in found
            if other.region == system.region and _stands(other) and not other.first_attempt
        ]
        return min(found, key=lambda other: (_patients(other), other.index), default=None)
