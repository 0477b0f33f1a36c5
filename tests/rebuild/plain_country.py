"""The bodies of the plain model: systems and CCGs, what they hear, cost, list, climb and become.

Written from the model's description alone, as ``plain.py``, which see.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from sim.scenario import Scenario
from sim.scenario.calendar import PolicyEvent
from sim.world import BallotRule, World
from tests.rebuild.plain_time import MONTH, ORDER, Clock, Process, Timetable

WORDS = ("none", "typically", "expected", "required")
RUNGS = ("separate", "committees_in_common", "shared_officer", "joint_team")
Candidate = tuple[frozenset[int], bool, bool, bool]  # set; whole system, council, crossing


@dataclass(eq=False)
class Body:
    """A living CCG."""

    id: int
    parts: tuple[int, ...]
    system: int
    patients: int
    residents: int
    councils: dict[int, float]
    lmcs: dict[int, float]
    voters: tuple[int, ...]
    rule: BallotRule
    matched: bool
    distress: float
    autonomy: float
    rung: int
    group: str
    known: bool
    near: set[int]
    belief: int = 1
    busy: bool = False
    stuck: bool = False
    shortfall: float = 0.0
    clock: Clock = field(init=False)
    main: int = field(init=False)

    def __post_init__(self) -> None:
        best = max(self.councils, key=lambda c: (self.councils[c], -c), default=-1)
        self.main = best if best >= 0 and self.councils[best] >= 0.5 else -1


@dataclass(eq=False)
class Place:
    """A system, its state and its two hazards."""

    region: int
    dedicated: bool
    start_effect: float
    support_effect: float
    belief: int = 1  # "typically", heard in January 2019
    letters: float = 0.0
    pushes: float = 0.0
    post_filled: bool = True
    cool_until: float = -1.0
    ordinal: int = 0
    candidates: list[Candidate] = field(default_factory=list)
    hazards: dict[str, Clock] = field(default_factory=dict)


def connected(members: Collection[int], near: Callable[[int], set[int]]) -> bool:
    left = set(members)
    ahead = [left.pop()]
    while ahead:
        found = near(ahead.pop()) & left
        left -= found
        ahead += found
    return not left


def home_of(bodies: Iterable[Body]) -> int:
    held: Counter[int] = Counter()
    for b in bodies:
        held[b.system] += b.patients
    return min(held, key=lambda s: (-held[s], s))


class Country(Timetable):
    """The bodies of one replication and what they do but for proposals."""

    def __init__(self, world: World, scenario: Scenario, seed: int) -> None:
        super().__init__(world, scenario, seed)
        self.groups = 0
        self.staged = False  # rates wait until the stage has been set (5)
        self.set_up_bodies()

    def set_up_bodies(self) -> None:
        world, p = self.world, self.p
        fixed, allowance = p.fixed_cost * 1e6, self.levers.money.allowance_per_head
        patients = sum(c.patients for c in world.ccgs)
        self.per_head = max(0.0, allowance - fixed * len(world.ccgs) / patients)
        self.bodies = {
            c.index: Body(
                id=c.index,
                parts=(c.index,),
                system=c.system,
                patients=c.patients,
                residents=c.residents,
                councils=dict(c.council_shares),
                lmcs={x.lmc: x.share for x in c.lmcs},
                voters=c.voters,
                rule=c.rule,
                matched=c.matched_council >= 0,
                distress=float(c.distress != "none_known"),
                autonomy=p.consent_autonomy_sd * self.normal(),
                rung=RUNGS.index(c.rung),
                group=c.officer_group,
                known=c.officer_known,
                near=set(world.neighbours[c.index]),
            )
            for c in world.ccgs
        }
        self.places = [
            Place(s.region, s.leader_dedicated, p.start_place_sd * self.normal(), self.normal())
            for s in world.systems
        ]
        self.region_belief = [1] * len(world.regions)
        self.panel = [[0.0] * self.levers.approval.panel_capacity for _ in world.regions]
        for b in self.bodies.values():
            self.cost(b)
        for s in range(len(self.places)):
            self.places[s].candidates = self.list_candidates(s)

    # the rule (The rule; the calendar)

    def hear(self, word: int, drop: float) -> int:
        if word == 1 and self.chance(drop):
            return 2
        if word == 2 and self.chance(self.p.relay_restore):
            return 1
        return word

    def relay(self) -> None:
        said = WORDS.index(self.levers.information.wording)
        p = self.p
        self.region_belief = [self.hear(said, p.relay_drop_region) for _ in self.region_belief]
        for place in self.places:
            place.belief = self.hear(self.region_belief[place.region], p.relay_drop_local)
        for b in self.bodies.values():
            b.belief = self.hear(self.places[b.system].belief, p.relay_drop_local)
        for s in range(len(self.places)):
            self.reconsider(s)

    def policy(self, event: PolicyEvent) -> None:
        if event.kind == "guidance":
            self.relay()
        elif event.kind in ("letter", "push"):
            named = [r for r in self.world.regions if r.name == event.region]
            if len(named) != 1:
                raise ValueError("as_happened addresses single regions")
            addressed = named[0].systems
            if event.wording is not None:
                word = WORDS.index(event.wording)
                self.region_belief[named[0].index] = word
                for b in self.bodies.values():
                    if b.system in addressed:
                        b.belief = word
            for s in addressed:
                self.places[s].letters += event.strength
                self.places[s].pushes += event.strength * (event.kind == "push")
                if event.wording is not None:
                    self.places[s].belief = word
                self.reconsider(s)
            if event.deadline is not None:
                end = (self.day_of(event.deadline), 0, ORDER)
                self.at(end, lambda: self.weaken(addressed, event))
        elif event.kind != "pause":
            raise ValueError(f"as_happened has no event of kind {event.kind}")

    def weaken(self, systems: Iterable[int], event: PolicyEvent) -> None:
        for s in systems:
            self.places[s].letters -= event.strength
            self.places[s].pushes -= event.strength * (event.kind == "push")
            self.reconsider(s)

    # rates of starting and footprints (Running costs to Footprints)

    def cost(self, b: Body) -> None:
        allowance, cut = self.levers.money.allowance_per_head, self.levers.money.running_cost_cut
        fixed = self.p.fixed_cost * 1e6 * (1 - self.p.sharing_saving * (b.rung >= 2))
        gap = fixed + self.per_head * b.patients - allowance * b.patients * (1 - cut)
        b.shortfall = min(1.0, max(0.0, gap) / (allowance * b.patients))

    def officer(self, b: Body) -> float:
        return 1.0 if b.group else 0.0 if b.known else self.p.officer_unknown_share

    def shared(self, b: Body, bodies: list[Body]) -> float:
        """Return the patient share of a CCG's partners under its own officer."""
        partners = [o for o in bodies if o is not b]
        theirs = sum(o.patients for o in partners)
        return sum(o.patients for o in partners if b.group and o.group == b.group) / theirs

    def matches(self, b: Body) -> bool:
        if len(b.parts) == 1:
            return b.matched
        return b.main >= 0 and self.alone(b.main, {b.id})

    def alone(self, council: int, besides: Collection[int]) -> bool:
        return not any(o.main == council for o in self.bodies.values() if o.id not in besides)

    def open_candidates(self, s: int) -> list[Candidate]:
        return [c for c in self.places[s].candidates if not any(self.bodies[i].busy for i in c[0])]

    def reconsider(self, s: int) -> None:
        if self.staged:
            for origin, level in self.rates(s).items():
                self.set_level(self.places[s].hazards[origin], level)

    def rates(self, s: int) -> dict[str, float]:
        """Return the rates of the two origins a month, but for the profile (Starting proposals)."""
        place, p = self.places[s], self.p
        free = [b for b in self.bodies.values() if b.system == s and not b.busy]
        n = len(free)
        if n < 2 and not (n and any(crossing for *_, crossing in self.open_candidates(s))):
            return {"local": 0.0, "centre": 0.0}
        common = (
            p.start_crowding * math.log(n / 4)
            + p.start_officer * sum(self.officer(b) for b in free) / n
            + p.start_shortfall * (sum(b.shortfall for b in free) / n / 0.2 - 1)
            + p.start_distress * sum(b.distress for b in free) / n
            + p.start_after_lost * (self.now < place.cool_until)
            + p.leader_dedicated * (place.dedicated and place.post_filled)
            + place.start_effect
        )
        match = p.start_council_match * sum(self.matches(b) for b in free) / n
        heard = sum(b.belief for b in free) / n
        local = p.start_expectation * (heard - 1) + match
        centre = (
            p.start_expectation * (self.region_belief[place.region] - 1)
            + match * (place.pushes <= 0)
            + p.start_letter * place.letters
        )
        rate = p.start_rate * (1.0 if place.post_filled else p.start_vacancy)
        return {
            "local": rate * (1 - p.start_centre_share) * math.exp(common + local),
            "centre": rate * p.start_centre_share * math.exp(common + centre),
        }

    def list_candidates(self, s: int) -> list[Candidate]:
        """Return sets with their flags whole system, council and crossing (Footprints)."""
        inside = {b.id: b for b in self.bodies.values() if b.system == s}
        whole = frozenset(inside)

        def groups(key: Callable[[Body], Any]) -> list[frozenset[int]]:
            keys = sorted({key(b) for b in inside.values()} - {-1, ""})
            sets = [frozenset(i for i, b in inside.items() if key(b) == k) for k in keys]
            return [g for g in sets if len(g) > 1]

        councils, officers = groups(lambda b: b.main), groups(lambda b: b.group)
        kinds: list[Iterable[frozenset[int]]] = [
            [whole] if len(whole) > 1 else [],
            councils,
            officers,
            [a | b for a, b in combinations([*councils, *officers], 2)],
            [whole - {i} for i in whole] if len(whole) > 2 else [],
            [frozenset((i, j)) for i in whole for j in inside[i].near if j in whole],
        ]
        listed: list[frozenset[int]] = []
        for kind in kinds:
            for g in sorted(kind, key=lambda g: sum(inside[i].patients for i in g)):
                if g not in listed and len(listed) < 30 and connected(g, self.near):
                    listed.append(g)
        found = [(g, g == whole, g in councils, False) for g in listed]
        crossing: list[frozenset[int]] = []
        for council in sorted({b.main for b in inside.values()} - {-1}):
            parts: dict[int, set[int]] = {}
            for b in self.bodies.values():
                if b.main == council:
                    parts.setdefault(b.system, set()).add(b.id)
            for size in range(len(parts), 1, -1):
                for chosen in combinations(parts.values(), size):
                    g = frozenset().union(*chosen)
                    if home_of(self.bodies[i] for i in g) == s and connected(g, self.near):
                        crossing.append(g)
        return found + [(g, whole <= g, True, True) for g in crossing[:30]]

    def near(self, i: int) -> set[int]:
        return self.bodies[i].near

    # mergers, ladder, leaders (Merger; The ladder; Leaders)

    def merge(self, parts: list[Body]) -> None:
        parts = sorted(parts, key=lambda b: b.id)
        first, largest = parts[0], max(parts, key=lambda b: b.patients)
        gone = {b.id for b in parts}
        councils, groups = {b.main for b in parts} - {-1}, {b.group for b in parts} - {""}
        touched = {b.system for b in parts} | {
            b.system for b in self.bodies.values() if b.main in councils or b.group in groups
        }
        patients, residents = sum(b.patients for b in parts), sum(b.residents for b in parts)
        councils_held: dict[int, float] = defaultdict(float)
        lmcs_held: dict[int, float] = defaultdict(float)
        for b in parts:
            for c, x in b.councils.items():
                councils_held[c] += x * b.residents / residents
            for m, x in b.lmcs.items():
                lmcs_held[m] += x * b.residents / residents
            del self.bodies[b.id]
        group = first.group if len({b.group for b in parts}) == 1 else ""
        group = group if any(b.group == group for b in self.bodies.values()) else ""
        new = Body(
            id=first.id,
            parts=tuple(i for b in parts for i in b.parts),
            system=home_of(parts),
            patients=patients,
            residents=residents,
            councils=dict(councils_held),
            lmcs=dict(lmcs_held),
            voters=tuple(v for b in parts for v in b.voters),
            rule=largest.rule,
            matched=False,
            distress=sum(b.patients * b.distress for b in parts) / patients,
            autonomy=sum(b.patients * b.autonomy for b in parts) / patients,
            rung=2 if group else 0,
            group=group,
            known=True,
            near=set().union(*(b.near for b in parts)) - gone,
            belief=largest.belief,
        )
        self.bodies[new.id] = new
        for i in new.near:
            self.bodies[i].near = (self.bodies[i].near - gone) | {new.id}
        for g in groups:
            left = [b for b in self.bodies.values() if b.group == g]
            if len(left) == 1:
                left[0].group = ""
        for b in parts[1:]:
            self.set_level(b.clock, 0.0)
        new.clock = first.clock
        self.set_ladder(new)
        self.cost(new)
        self.n["mergers"] += 1
        self.n["crossing_mergers"] += len({self.world.ccgs[i].system for i in new.parts}) > 1
        self.n["repeat_mergers"] += any(len(b.parts) > 1 for b in parts)
        for s in sorted(touched):
            self.places[s].candidates = self.list_candidates(s)
            self.reconsider(s)

    def ladder_rates(self, b: Body) -> list[tuple[int, float]]:
        p = self.p
        steps = [(1, p.ladder_committee_rate), (2, p.ladder_officer_rate), (3, p.ladder_team_rate)]
        return [] if b.stuck else [steps[:2], steps[1:2], steps[2:], []][b.rung]

    def set_ladder(self, b: Body) -> None:
        self.set_level(b.clock, sum(rate for _, rate in self.ladder_rates(b)))

    def climb(self, i: int) -> None:
        b = self.bodies[i]
        steps = self.ladder_rates(b)
        rung = self.rng.choices([r for r, _ in steps], [rate for _, rate in steps])[0]
        partner = None
        if rung == 2:
            near = [self.bodies[j] for j in b.near if self.bodies[j].system == b.system]
            if not near:
                b.stuck = True
                self.set_ladder(b)
                return
            partner = min(near, key=lambda o: (o.group == "", -o.patients, o.id))
            self.groups += 1
            b.group = partner.group = partner.group or f"new group {self.groups}"
            b.known = partner.known = True
            if partner.rung < 2:
                partner.rung = 2
                self.cost(partner)
                self.set_ladder(partner)
        b.rung = rung
        self.set_ladder(b)
        if partner:
            self.cost(b)
            self.reconsider(b.system)

    def leaders(self, s: int) -> Process:
        place = self.places[s]
        while True:
            yield self.now + self.rng.expovariate(self.p.leader_turnover) * MONTH
            self.n["leaders_left"] += 1
            place.post_filled = False
            self.reconsider(s)
            yield self.now + self.length("vacancy")
            place.post_filled = True
            self.reconsider(s)
