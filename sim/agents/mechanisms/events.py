"""The kinds of event that mechanisms write, each with typed data."""

from __future__ import annotations

from typing import Annotated, Final, TypedDict

from sim.agents.events import ENGLAND, Bodies, EventKind, Nothing


class Strength(TypedDict):
    """The centre states that leaders have its backing."""

    strength: Annotated[float, "strength of the statement"]


class FirmHand(TypedDict):
    """The centre handles a system firmly."""

    strength: Annotated[float, "how firmly"]
    cooperation: Annotated[float, "how much the system's partners cooperate, 0 to 1"]


class Cooperation(TypedDict):
    """How much the partners of a system cooperate, at the start and on each 1 April."""

    level: Annotated[float, "0 to 1"]


class Sponsors(TypedDict):
    """The number of a system's senior leaders in favour of a merger changes."""

    in_favour: Annotated[int, "senior leaders in favour"]
    leaders: Annotated[int, "senior leaders in all"]


class PlaceLeader(TypedDict):
    """A trust or a council comes to lead a place."""

    place: Annotated[str, "code of the starting CCG"]
    type: Annotated[str, "provider or council"]
    system: Annotated[str, "code of the system"]


class DualRole(TypedDict):
    """One chief leads both a trust and a CCG."""

    place: Annotated[str, "code of the starting CCG"]
    form: Annotated[str, "direct or workaround"]


class CouncilOffer(TypedDict):
    """Leaders offer an opposed council a leading part."""

    accepted: Annotated[bool, "whether it is won over"]


class Compromise(TypedDict):
    """Leaders who meet opposition seek a compromise."""

    opposed: Annotated[float, "largest share of a CCG's residents under opposed councils before"]
    left: Annotated[float, "the same after it"]


class Allowance(TypedDict):
    """A part of the cut in running costs takes effect, where it arrives by years."""

    per_head: Annotated[float, "pounds a patient and year"]
    cut_share: Annotated[float, "share of the whole cut in effect by now"]


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


class SystemsSplit(TypedDict):
    """A system becomes two."""

    systems: Annotated[tuple[str, ...], "codes of the parts"]
    names: Annotated[tuple[str, ...], "names of the parts"]
    bodies: Annotated[tuple[Bodies, ...], "the CCGs of each part"]


class JoiningAsked(TypedDict):
    """The centre asks a small system to join a neighbour."""

    partner: Annotated[str, "code of the neighbour"]


class JoiningDecided(TypedDict):
    """A spell of talks on joining two systems ends."""

    partner: Annotated[str, "code of the neighbour"]
    spell: Annotated[int, "which spell of talks"]
    persuaded: Annotated[bool, "whether they join"]


class SystemsMerged(TypedDict):
    """Two systems become one."""

    systems: Annotated[tuple[str, ...], "codes of both"]
    name: Annotated[str, "name of the new system"]
    bodies: Annotated[Bodies, "its CCGs"]


class Reconfiguration(TypedDict):
    """A change of services comes up in a system."""

    case: Annotated[str, "the case"]
    parties: Annotated[Bodies, "the CCGs concerned"]
    loser: Annotated[str, "the CCG whose hospital would lose most"]
    loss: Annotated[float, "share of its main services that it would lose"]


class Veto(TypedDict):
    """A CCG blocks a change of services."""

    case: Annotated[str, "the case"]
    sharing: Annotated[float, "patient share of the other CCGs under the same officer"]


class Settled(TypedDict):
    """A change of services is agreed, or an attempt to settle it fails."""

    case: Annotated[str, "the case"]
    how: Annotated[str, "agreed, majority or leader; or who tried"]


class Deadlock(TypedDict):
    """A change of services is blocked."""

    case: Annotated[str, "the case"]
    patch: Annotated[str, "kind of combined authority there: voluntary, forced or neither"]
    blockers: Annotated[Bodies, "the CCGs that block it"]


class DeadlockEnds(TypedDict):
    """A deadlock over services ends."""

    case: Annotated[str, "the case"]
    patch: Annotated[str, "voluntary, forced or neither"]
    how: Annotated[str, "agreed, leader, voluntary, imposed, centre or merged"]
    months: Annotated[float, "how long it lasted"]


class Alienated(TypedDict):
    """A CCG is overruled and remembers it."""

    why: Annotated[str, "majority, leader, voluntary, imposed, centre or mandate"]
    amount: Annotated[float, "in forced moves"]


class FunctionsMoved(TypedDict):
    """The functions of merging CCGs are shared out."""

    share_up: Annotated[float, "share that goes to the merged CCG"]
    share_place: Annotated[float, "share that goes down to places"]
    share_csu: Annotated[float, "share that goes to the commissioning support unit"]
    places: Annotated[int, "how many places"]
    provider_led: Annotated[int, "places led by a provider"]
    council_led: Annotated[int, "places led by a council"]


class Alternative(TypedDict):
    """The bodies of a system choose another shape than a merger."""

    action: Annotated[str, "merge, share, federate, vertical, split or none"]


class IcsReview(TypedDict):
    """The centre reviews whether a system is an integrated care system."""

    designated: Annotated[bool, "whether it is"]
    ccgs: Annotated[int, "how many CCGs it has"]


class Mandated(TypedDict):
    """NHSE/I merges the CCGs of a system without a vote."""

    parts: Annotated[Bodies, "its CCGs"]


class Abolished(TypedDict):
    """A law abolishes all CCGs."""

    ccgs: Annotated[int, "how many there were"]
    successors: Annotated[int, "systems that take over"]


MECHANISM_EVENTS: Final[dict[str, EventKind]] = {
    "backing": EventKind(Strength, ENGLAND),
    "firm_hand": EventKind(FirmHand, "system"),
    "cooperation": EventKind(Cooperation, "system"),
    "sponsors": EventKind(Sponsors, "system"),
    "finance_director": EventKind(
        Nothing, "system", "A system appoints a finance director for all its CCGs."
    ),
    "place_leader": EventKind(PlaceLeader, "CCG"),
    "dual_role": EventKind(DualRole, "CCG"),
    "council_offer": EventKind(CouncilOffer, "council"),
    "compromise": EventKind(Compromise, "system"),
    "allowance": EventKind(Allowance, ENGLAND),
    "exemption_asked": EventKind(ExemptionAsked, "system"),
    "exemption_decided": EventKind(ExemptionDecided, "system"),
    "split_asked": EventKind(SplitAsked, "system"),
    "split_decided": EventKind(SplitDecided, "system"),
    "systems_split": EventKind(SystemsSplit, "system"),
    "joining_asked": EventKind(JoiningAsked, "system"),
    "joining_decided": EventKind(JoiningDecided, "system"),
    "systems_merged": EventKind(SystemsMerged, "the new system"),
    "reconfiguration": EventKind(Reconfiguration, "system"),
    "veto": EventKind(Veto, "CCG"),
    "service_agreed": EventKind(Settled, "system", "A change of services goes ahead."),
    "deadlock": EventKind(Deadlock, "system"),
    "final_say_failed": EventKind(
        Settled, "system", "Whoever has the last word fails to settle a deadlock."
    ),
    "deadlock_ends": EventKind(DeadlockEnds, "system"),
    "alienated": EventKind(Alienated, "CCG"),
    "functions": EventKind(FunctionsMoved, "the new body"),
    "alternative": EventKind(Alternative, "system"),
    "ics_review": EventKind(IcsReview, "system"),
    "mandated": EventKind(Mandated, "system"),
    "abolished": EventKind(Abolished, ENGLAND),
}
