"""How CCGs stand on the ladder of joint working over a replication, folded from its log."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sim.adding import add_up
from sim.agents.log import Event
from sim.rules.ladder import NEXT, group_cost, saved_part
from sim.world.model import World

Place = tuple[str, str]
"""A body's rung and the group of bodies that share its officer ("" if none does)."""


@dataclass(slots=True)
class JointWorking:
    """Who shares what: at the start, at the end, and had nobody merged.

    ``alive`` holds every living body; ``unmerged`` every starting CCG as it stood when it was last
    itself; ``ready`` and ``mergers`` count the mergers all of whose parts shared one officer, and
    all of them.
    """

    start: dict[str, Place]
    alive: dict[str, Place]
    unmerged: dict[str, Place]
    steps: Counter[str] = field(default_factory=Counter)
    ready: int = 0
    mergers: int = 0

    def officers(self) -> int:
        """Return how many officers serve two or more bodies at the end."""
        served = Counter(group for _, group in self.alive.values() if group)
        return sum(bodies > 1 for bodies in served.values())


def fold_joint_working(
    rungs: Iterable[Event], merged: Iterable[Event], world: World
) -> JointWorking:
    """Follow every body's rung and officer through the log's ``rung`` and ``merged`` events.

    A merged body keeps the officer that all its parts shared with others outside, as the merger
    itself has it; an officer left with one body is shared no longer.
    """
    start = {ccg.code: (str(ccg.rung), ccg.officer_group) for ccg in world.ccgs}
    found = JointWorking(start, dict(start), dict(start))
    for event in sorted((*rungs, *merged), key=lambda event: event.time):
        if event.kind == "rung":
            place = (event.data["rung"], event.data["officer_group"])
            found.steps[place[0]] += 1
            found.alive[event.subject] = place
            if event.subject in found.unmerged:
                found.unmerged[event.subject] = place
        else:
            _merge(found, event.subject, event.data["parts"])
    return found


def _merge(found: JointWorking, body: str, parts: Iterable[str]) -> None:
    groups = {found.alive.pop(part, ("separate", ""))[1] for part in parts}
    found.mergers += 1
    found.ready += len(groups) == 1 and groups != {""}
    group = next(iter(groups)) if len(groups) == 1 else ""
    outside = any(theirs == group for _, theirs in found.alive.values())
    group = group if outside else ""
    found.alive[body] = ("shared_officer" if group else "separate", group)
    for one in groups - {""}:
        left = [name for name, place in found.alive.items() if place[1] == one]
        if len(left) == 1:
            found.alive[left[0]] = (found.alive[left[0]][0], "")


def fixed_costs(places: Iterable[Place], parameters: Mapping[str, float]) -> float:
    """Return the fixed running costs of bodies in million pounds a year, by what they share."""
    fixed, saving = parameters["fixed_cost"], parameters["sharing_saving"]
    committee, officer = parameters["committee_saving"], parameters["officer_saving"]
    saved = {rung: saving * saved_part(rung, committee, officer) for rung in NEXT}
    groups: defaultdict[str, list[float]] = defaultdict(list)
    cost = 0.0
    for (rung, group), bodies in Counter(places).items():
        if group:
            groups[group] += [saved[rung]] * bodies
        else:  # committees meet without an officer; an officer or team needs a partner
            alone = saved[rung] if rung == "committees_in_common" else 0.0
            cost += bodies * fixed * (1.0 - alone)
    return cost + add_up(group_cost(fixed, group) for group in groups.values())
