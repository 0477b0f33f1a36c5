"""The chain written a second time, as plainly as possible, from ``docs/model.md`` alone.

Nothing of the simulator's rules, agents or luck is used: one heap of moments, generators that
yield the moment at which they want to go on, and ``random.Random``. Only what is data is shared:
the world, the scenario and the ranges of the parameters. What the scenario ``as_happened`` never
uses (other forms of support, all-year approval, ...) is left out and refused. Comments give the
section of the page.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from random import Random
from statistics import NormalDist
from types import SimpleNamespace
from typing import Any

from sim.scenario import Scenario
from sim.scenario.parameters import PARAMETER_TABLE
from sim.world import BallotRule, World

MONTH = 30.4375
WORDS = ("none", "typically", "expected", "required")
STAGES = ("mooted", "drafted", "engaged", "balloted", "decided")
RUNGS = ("separate", "committees_in_common", "shared_officer", "joint_team")
Wake = tuple[float, int, str]
AT_MERGERS, AT_OPEN, AT_CLOSE, ANY = 1, 2, 3, 9  # section 3, order of things at one moment


@dataclass(eq=False)
class Clock:
    """A unit-exponential budget used up by level x profile (7.4)."""

    act: Callable[[], None]
    profile: list[tuple[float, float]]
    budget: float
    level: float = 0.0
    since: float = 0.0
    version: int = 0


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
    belief: int = 0
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
    belief: int = 0
    pushed: bool = False
    strength: float = 0.0
    post_filled: bool = True
    cool_until: float = -1.0
    ordinal: int = 0
    candidates: list[tuple[frozenset[int], bool, bool, bool]] = field(default_factory=list)
    hazards: dict[str, Clock] = field(default_factory=dict)


def expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def sample(rng: Random, family: str, *n: float) -> float:
    """Draw from a family of sections 8 and 10."""
    match family:
        case "fixed":
            return n[0]
        case "normal":
            return rng.gauss(n[0], n[1])
        case "lognormal":
            return n[0] * math.exp(rng.gauss(0, n[1]))
        case "uniform":
            return rng.uniform(n[0], n[1])
        case "beta":
            return rng.betavariate(n[0], n[1])
        case "gamma":
            return rng.gammavariate((n[0] / n[1]) ** 2, n[1] ** 2 / n[0])
        case "triangular":
            return rng.triangular(n[0], n[2], n[1])
    raise ValueError(f"{family} is not used by as_happened")


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


class Plain:
    """One replication; ``run`` returns its numbers."""

    def __init__(self, world: World, scenario: Scenario, seed: int) -> None:
        levers = scenario.levers
        if (
            scenario.form.support_form != "one_mode"
            or scenario.form.parameters != "drawn"
            or (levers.information.region_relays, levers.information.local_relays)
            != ("as_drawn", "as_drawn")
            or levers.force != type(levers.force)()
            or levers.ballot != type(levers.ballot)()
            or (levers.approval.window, levers.approval.effective_dates) != ("yearly", "1_april")
            or levers.boundaries.cross_system != "county"
            or not (levers.joint.leader_turnover and levers.joint.ladder)
        ):
            raise ValueError("the plain model is written for as_happened alone")
        self.world, self.scenario, self.levers, self.rng = world, scenario, levers, Random(seed)
        self.now, self.heap, self.ties = 0.0, list[tuple[Any, ...]](), 0
        self.horizon = float((scenario.end - scenario.start).days + 1)
        self.n: Counter[str] = Counter()
        self.dates: dict[str, dict[str, int]] = {s: {} for s in STAGES}  # the last of each stage
        self.ballot_days: list[int] = []
        self.waits: list[float] = []
        self.leaning: dict[int, float] = {}
        self.groups = 0
        years = range(scenario.start.year, scenario.end.year + 4)
        self.opens = [self.day(y, levers.approval.window_opens) for y in years]
        self.closes = [self.day(y, levers.approval.window_closes) + 1 - 2**-20 for y in years]
        self.aprils = [self.day(y, "04-01") for y in years]
        self.pauses = [
            (t := self.day_of(e.date), t + e.months * MONTH)
            for e in scenario.calendar
            if e.kind == "pause"
        ]
        values = {}
        for row in PARAMETER_TABLE:  # section 4
            prior = scenario.priors[row.name]
            drawn = sample(self.rng, prior.family, prior.first, prior.second)
            values[row.name] = min(max(drawn, row.low), row.high)
        self.p = SimpleNamespace(**values)
        self.opposed = [
            c.stance == "oppose"
            or (c.stance == "unknown" and self.chance(self.p.council_oppose_share))
            for c in world.councils
        ]
        self.profile = self.make_profile()
        self.set_up_bodies()

    # time and chance ---------------------------------------------------------------------------

    def day_of(self, when: date) -> float:
        return float((when - self.scenario.start).days)

    def day(self, year: int, month_day: str) -> float:
        return self.day_of(date.fromisoformat(f"{year}-{month_day}"))

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def normal(self) -> float:
        return self.rng.gauss(0.0, 1.0)

    def length(self, stage: str) -> float:
        duration = getattr(self.scenario.durations, stage)
        return sample(self.rng, duration.family, *duration.numbers) * MONTH

    def at(self, wake: Wake, act: Callable[[], None]) -> None:
        self.ties += 1
        heapq.heappush(self.heap, (*wake, self.ties, act))

    def go(self, process: Generator[Wake | float, None, None]) -> None:
        """Run a process to the next moment it waits for."""
        wake = next(process, None)
        if wake is not None:
            full = wake if isinstance(wake, tuple) else (wake, ANY, "")
            self.at(full, lambda: self.go(process))

    def deadline(self, after: float) -> float:
        return next(c for c in self.closes if c >= after)

    def worked(self, length: float) -> float:
        """Return when work begun now ends, pauses left out (7.7)."""
        end = self.now + length
        for first, last in self.pauses:
            if self.now < last and end > first:
                end += last - max(first, self.now)
        return end

    def squeezed(self, stage: float, left: float, floor_months: float) -> float:
        available = self.deadline(self.now) - MONTH - self.now
        floor = self.p.plan_floor * floor_months * MONTH
        if left > available >= floor and available > 0:
            return stage * available / left
        return stage

    # hazards (7.4) -----------------------------------------------------------------------------

    def make_profile(self) -> dict[str, list[tuple[float, float]]]:
        steps = {0.0, *(end for _, end in self.pauses)}
        steps |= {self.day_of(e.date) for e in self.scenario.calendar if e.kind == "pause"}
        day = self.scenario.start
        while day <= self.scenario.end:
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            steps.add(self.day_of(day))
        if any(e.kind == "rates" for e in self.scenario.calendar):
            raise ValueError("as_happened has no event of kind rates")
        found = []
        for t in sorted(steps):
            call = next(c - 3 * MONTH for c in self.closes if c - 3 * MONTH >= t)
            ramp = min(1.0, max(0.0, 1 - (call - t) / MONTH / 12))
            paused = any(first <= t < last for first, last in self.pauses)
            found.append((t, 0.0 if paused else math.exp(self.p.start_deadline * ramp)))
        return {"start": found, "flat": [(0.0, 1.0)]}

    def use(self, profile: list[tuple[float, float]], start: float, end: float) -> float:
        """Return the integral of a profile in months."""
        total = 0.0
        for i in range(bisect_right(profile, (start, math.inf)) - 1, len(profile)):
            begin, value = profile[i]
            stop = profile[i + 1][0] if i + 1 < len(profile) else math.inf
            if begin >= end:
                break
            total += value * (min(stop, end) - max(begin, start))
        return total / MONTH

    def set_level(self, clock: Clock, level: float) -> None:
        clock.budget -= clock.level * self.use(clock.profile, clock.since, self.now)
        clock.level, clock.since, clock.version = level, self.now, clock.version + 1
        left = clock.budget * MONTH
        if level <= 0:
            return
        for i in range(bisect_right(clock.profile, (self.now, math.inf)) - 1, len(clock.profile)):
            begin, value = clock.profile[i]
            begin = max(begin, self.now)
            stop = clock.profile[i + 1][0] if i + 1 < len(clock.profile) else math.inf
            rate = level * value
            if rate > 0 and left <= rate * (stop - begin):
                version = clock.version
                self.at((begin + left / rate, ANY, ""), lambda v=version: self.ring(clock, v))  # type: ignore[misc]
                return
            left -= rate * (stop - begin) if rate > 0 else 0.0

    def ring(self, clock: Clock, version: int) -> None:
        if version == clock.version:
            clock.budget, clock.since = self.rng.expovariate(1.0), self.now
            self.set_level(clock, clock.level)
            clock.act()

    # start (5) ---------------------------------------------------------------------------------

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
        self.region_belief = [0] * len(world.regions)
        self.panel = [[0.0] * self.levers.approval.panel_capacity for _ in world.regions]
        for b in self.bodies.values():
            self.cost(b)
        for s in range(len(self.places)):
            self.places[s].candidates = self.list_candidates(s)

    def begin(self) -> None:
        for s, place in enumerate(self.places):
            for origin in ("local", "centre"):
                place.hazards[origin] = Clock(
                    lambda s=s, origin=origin: self.start(s, origin),  # type: ignore[misc]
                    self.profile["start"],
                    self.rng.expovariate(1.0),
                )
        self.relay()
        for live in self.world.live_proposals:
            origin = "centre" if live.origin_hint == "centre" else "local"
            self.open_proposal(live.system, live.ccgs, origin, live.stage)
        for s, place in enumerate(self.places):
            self.reconsider(s)
            found = []
            for origin in ("local", "centre"):
                clock = place.hazards[origin]
                rate = clock.level * self.profile["start"][0][1]
                if clock.budget > rate * self.p.unseen_months:
                    clock.budget -= rate * self.p.unseen_months
                else:
                    found.append((self.p.unseen_months - clock.budget / rate, origin))
                    clock.budget = self.rng.expovariate(1.0)
                self.set_level(clock, clock.level)
            for ago, origin in sorted(found, reverse=True):
                self.start(s, origin, ago * MONTH)
        for b in list(self.bodies.values()):
            b.clock = Clock(
                lambda b=b: self.climb(b.id),  # type: ignore[misc]
                self.profile["flat"],
                self.rng.expovariate(1.0),
            )
            self.set_ladder(b)
        for s, system in enumerate(self.world.systems):
            if len(system.ccgs) > 1:
                self.go(self.leaders(s))
        for event in self.scenario.calendar:
            self.at((self.day_of(event.date), 0, event.name), lambda e=event: self.policy(e))  # type: ignore[misc]

    def run(self) -> dict[str, float]:
        """Run to the horizon and return the numbers that are compared."""
        counts = {}
        self.begin()
        for april in [*(a for a in self.aprils if 0 < a < self.horizon), self.horizon]:
            last = april + 0.5 if april < self.horizon else april
            while self.heap and self.heap[0][0] < last:
                self.now, *_, act = heapq.heappop(self.heap)
                act()
            day = self.scenario.start + timedelta(days=april)
            counts[f"count {day.year}" if april < self.horizon else "count end"] = len(self.bodies)
        found: dict[str, float] = {**counts, **self.n}
        for stage, dates in self.dates.items():
            found[stage] = len(dates)
            later = [day for day in dates.values() if day > 0]
            found[f"{stage} on day"] = sum(later) / len(later) if later else math.nan
        found["ballots by 1 April 2020"] = sum(d < self.aprils[1] for d in self.ballot_days)
        found["ballot on day"] = sum(self.ballot_days) / max(1, len(self.ballot_days))
        found["panel_wait_days"] = sum(self.waits) / max(1, len(self.waits))
        held = Counter(b.system for b in self.bodies.values())
        found["systems_with_one_ccg"] = sum(n == 1 for n in held.values())
        found["merged_ccgs"] = sum(len(b.parts) for b in self.bodies.values() if len(b.parts) > 1)
        return found

    # the rule (7.2, 11) ------------------------------------------------------------------------

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

    def policy(self, event: Any) -> None:
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
                self.places[s].strength += event.strength
                self.places[s].pushed |= event.kind == "push"
                if event.wording is not None:
                    self.places[s].belief = word
                self.reconsider(s)
            if event.deadline is not None:
                end = (self.day_of(event.deadline), 0, event.name)
                self.at(end, lambda: self.weaken(addressed, event.strength))
        elif event.kind != "pause":
            raise ValueError(f"as_happened has no event of kind {event.kind}")

    def weaken(self, systems: Iterable[int], strength: float) -> None:
        for s in systems:
            self.places[s].strength -= strength
            self.reconsider(s)

    # starting (7.3 to 7.5) ---------------------------------------------------------------------

    def cost(self, b: Body) -> None:
        allowance, cut = self.levers.money.allowance_per_head, self.levers.money.running_cost_cut
        fixed = self.p.fixed_cost * 1e6 * (1 - self.p.sharing_saving * (b.rung >= 2))
        gap = fixed + self.per_head * b.patients - allowance * b.patients * (1 - cut)
        b.shortfall = min(1.0, max(0.0, gap) / (allowance * b.patients))

    def officer(self, b: Body) -> float:
        return 1.0 if b.group else 0.0 if b.known else self.p.officer_unknown_share

    def matches(self, b: Body) -> bool:
        if len(b.parts) == 1:
            return b.matched
        return b.main >= 0 and self.alone(b.main, {b.id})

    def alone(self, council: int, besides: Collection[int]) -> bool:
        return not any(o.main == council for o in self.bodies.values() if o.id not in besides)

    def open_candidates(self, s: int) -> list[tuple[frozenset[int], bool, bool, bool]]:
        return [c for c in self.places[s].candidates if not any(self.bodies[i].busy for i in c[0])]

    def reconsider(self, s: int) -> None:
        place, p = self.places[s], self.p
        free = [b for b in self.bodies.values() if b.system == s and not b.busy]
        n = len(free)
        if n < 2 and not (n and any(crossing for *_, crossing in self.open_candidates(s))):
            for clock in place.hazards.values():
                self.set_level(clock, 0.0)
            return
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
            + match * (not place.pushed)
            + p.start_letter * place.strength
        )
        rate = p.start_rate * (1.0 if place.post_filled else p.start_vacancy)
        for origin, share, own in (
            ("local", 1 - p.start_centre_share, local),
            ("centre", p.start_centre_share, centre),
        ):
            self.set_level(place.hazards[origin], rate * share * math.exp(common + own))

    def list_candidates(self, s: int) -> list[tuple[frozenset[int], bool, bool, bool]]:
        """Return sets with their flags whole system, council and crossing (7.5)."""
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
        return found + [(g, False, True, True) for g in crossing[:30]]

    def near(self, i: int) -> set[int]:
        return self.bodies[i].near

    def consent(self, b: Body, home: int) -> float:
        against = self.matches(b) and not self.places[home].pushed
        p = self.p
        return expit(p.consent_base - b.autonomy + p.consent_council_match * against)

    def start(self, s: int, origin: str, ago: float = 0.0) -> None:
        place, p = self.places[s], self.p
        open_ones = self.open_candidates(s)
        if not open_ones:
            self.reconsider(s)
            return
        pulls = []
        for members, whole, council, _ in open_ones:
            bodies = [self.bodies[i] for i in members]
            pull = sum(math.log(self.consent(b, s)) for b in bodies)
            if whole:
                pull += p.footprint_whole * min(1, place.belief)
                pull += p.footprint_expectation * max(0, place.belief - 1)
                pull += p.start_letter * place.pushed
            pull += p.footprint_council * council
            same = bodies[0].group != "" and len({b.group for b in bodies}) == 1
            pulls.append(math.exp(pull + p.footprint_officer * same))
        members = self.rng.choices(open_ones, pulls)[0][0]
        self.open_proposal(s, sorted(members), origin, "mooted", ago)

    def open_proposal(
        self, s: int, members: Collection[int], origin: str, stage: str, ago: float = 0.0
    ) -> None:
        self.places[s].ordinal += 1
        name = f"{self.world.systems[s].code}-{self.places[s].ordinal}"
        self.n[f"proposals_{origin}"] += 1
        self.note("mooted", name)
        bodies = [self.bodies[i] for i in members]
        self.hold(bodies, True)
        self.go(self.proposal(name, s, bodies, origin, stage, ago))

    def note(self, stage: str, name: str) -> None:
        self.dates[stage][name] = int(self.now)

    def hold(self, bodies: Iterable[Body], busy: bool) -> None:
        systems = {b.system for b in bodies}
        for b in bodies:
            b.busy = busy
        for s in sorted(systems):
            self.reconsider(s)

    # the life of a proposal (7.6 to 7.13) ------------------------------------------------------

    def proposal(
        self, name: str, home: int, bodies: list[Body], origin: str, stage: str, ago: float
    ) -> Generator[Wake | float, None, None]:
        p = self.p
        explore = max(0.0, self.length("explore") - ago)
        draft, engage = self.length("draft"), self.length("engage")
        if stage == "mooted":
            yield self.worked(self.squeezed(explore, explore + draft + engage, 3.0))
            willing = [b for b in bodies if self.chance(self.consent(b, home))]
            if len(willing) < len(bodies):
                self.n["withdrawn"] += 1
                self.hold(bodies, False)
                self.narrower(willing, origin)
                return
        self.note("drafted", name)
        if stage in ("mooted", "drafted"):
            yield self.worked(self.squeezed(draft, draft + engage, 1.5))
        self.note("engaged", name)  # engagement opens (7.8)
        total = sum(b.patients for b in bodies)
        seen_as = p.perceived_if_centre if origin == "centre" else p.perceived_if_local
        perceived = self.chance(seen_as)
        self.n["perceived_centre"] += perceived
        opposed = [sum(x for c, x in b.councils.items() if self.opposed[c]) for b in bodies]
        weighted = sum(o * b.patients for o, b in zip(opposed, bodies, strict=True)) / total
        factor = p.council_delay**weighted
        mood = math.sqrt(p.support_place_share) * self.places[home].support_effect
        mood += math.sqrt(1 - p.support_place_share) * self.normal()
        base = p.support_mean + p.support_sd * math.sqrt(p.support_shared) * mood
        own = [p.support_sd * math.sqrt(1 - p.support_shared) * self.normal() for _ in bodies]
        mains = {b.main for b in bodies}
        one_council = len(mains) == 1 and -1 not in mains
        one_council = one_council and self.alone(mains.pop(), {b.id for b in bodies})
        yield self.worked(self.squeezed(engage * factor, engage * factor, factor))
        # advice, then the leaders' looks (7.8 to 7.10)
        advice = {m: self.advise(mood) for m in sorted({m for b in bodies for m in b.lmcs})}
        for look in range(16):
            odds = []
            for b, o, effect in zip(bodies, opposed, own, strict=True):
                shift = p.ballot_council_opposed * o + p.ballot_perceived_centre * perceived
                shift += sum(x * p.lmc_causal_share * advice[m] for m, x in b.lmcs.items())
                shift += p.ballot_one_council * one_council
                odds.append(base + effect + shift + self.arguments(b, bodies))
            expected = sum(odds) / len(odds) + p.call_noise_sd * self.normal()
            if self.chance(expit(p.call_steepness * expected)):
                break
            if look == 15 or not self.chance(p.call_postpone):
                self.n["withdrawn"] += 1
                self.hold(bodies, False)
                return
            yield self.worked(self.length("postpone"))
        # ballots (7.11)
        carried = [False] * len(bodies)
        asked = list(range(len(bodies)))
        for attempt in (1, 2):
            times = [self.length("ballot" if attempt == 1 else "reballot") for _ in asked]
            room = self.deadline(self.now) - 1 - self.now
            if max(times) > room >= 0.3 * MONTH:
                times = [t * room / max(times) for t in times]
            quorate = {}
            for moment, i in sorted((self.worked(t), i) for t, i in zip(times, asked, strict=True)):
                yield moment
                carried[i], quorate[i] = self.vote(bodies[i], odds[i])
                self.n["reballots"] += attempt == 2
            self.note("balloted", name)
            asked = [i for i in asked if not carried[i]]
            if not asked or attempt == 2:
                break
            again = {True: p.reballot_probability, False: p.reballot_inquorate}
            if not all(self.chance(again[quorate[i]]) for i in asked):
                break
            for i in asked:
                odds[i] += p.reballot_shift + p.reballot_shift_sd * self.normal()
        binds = any(bodies[i].rule.binding for i in asked)
        if asked and (binds or self.chance(p.honour_probability)):
            self.n["proposals_lost"] += 1
            self.hold(bodies, False)
            self.cool({home, *(b.system for b in bodies)})
            self.narrower([b for b, yes in zip(bodies, carried, strict=True) if yes], origin)
            return
        # application, panel, decision (7.12)
        approval = self.levers.approval
        while True:
            window = next(i for i, close in enumerate(self.closes) if self.now <= close)
            if self.now < self.opens[window]:
                yield (self.opens[window], AT_OPEN, name)
            self.n["applications"] += 1
            yield (self.closes[window], AT_CLOSE, name)
            desk = self.panel[self.places[home].region]
            wait = max(0.0, desk[0] - self.now)
            finish = self.now + wait + self.length("panel")
            heapq.heapreplace(desk, finish)  # first come first served: next place to fall free
            yield finish
            self.waits.append(wait)
            yield self.now + self.length("national")
            self.note("decided", name)
            held: Counter[str] = Counter()
            for b in bodies:
                held[b.group] += b.patients if b.group else self.officer(b) * b.patients
            ready = held.pop("", 0.0) + max(held.values(), default=0.0)
            z = logit(p.approval_probability) + p.approval_unready * (1 - min(1, ready / total))
            if self.chance(p.approval_defer):
                self.n["deferred"] += 1
                continue
            if not self.chance(expit(z)):
                self.n["refused"] += 1
                self.hold(bodies, False)
                self.cool({home, *(b.system for b in bodies)})
                return
            break
        self.n["approved"] += 1
        earliest = self.now + approval.minimum_lead_months * MONTH
        met = self.now + (self.length("conditions") if self.chance(p.conditions_share) else 0.0)
        yield (next(a for a in self.aprils if a >= max(earliest, met)), AT_MERGERS, name)
        self.merge(bodies)

    def advise(self, mood: float) -> float:
        """Return the effect of a committee's advice, before its causal share."""
        c = self.p.lmc_causal_share
        view = NormalDist().cdf(math.sqrt(1 - c) * mood + math.sqrt(c) * self.normal())
        if view < self.p.lmc_oppose_share:
            return float(self.p.lmc_oppose_effect)
        return float(self.p.lmc_support_effect) if view > 1 - self.p.lmc_support_share else 0.0

    def arguments(self, b: Body, bodies: list[Body]) -> float:
        """Return what speaks for or against in one CCG, as things stand now (7.9)."""
        p = self.p
        partners = [o for o in bodies if o is not b]
        theirs = sum(o.patients for o in partners)
        debts = sum(o.patients * o.distress for o in partners) / theirs
        shared = sum(o.patients for o in partners if b.group and o.group == b.group) / theirs
        found = (
            p.ballot_outweighed * max(0.0, 1 - len(bodies) * b.patients / (theirs + b.patients))
            + p.ballot_partner_distress * max(0.0, debts - b.distress)
            + p.ballot_own_posts * (1 - shared)
            + p.ballot_identity * self.matches(b)
            + p.ballot_officer * shared
        )
        return float(found)

    def vote(self, b: Body, odds: float) -> tuple[bool, bool]:
        """Hold one ballot; return whether carried and whether quorate."""
        p = self.p
        weight = (1 - p.turnout_spread) / p.turnout_spread
        turnout = self.rng.betavariate(p.turnout_mean * weight, (1 - p.turnout_mean) * weight)
        cast = yes = total = 0
        for practice in b.voters:
            leaning = self.leaning.setdefault(practice, self.normal())
            if self.chance(turnout):
                one = self.world.practice_patients[practice]
                one = one if b.rule.weighting == "list_size" else 1
                cast, total = cast + 1, total + one
                yes += one * self.chance(expit(odds + p.support_practice_sd * leaning))
        quorate = cast >= b.rule.quorum * len(b.voters)
        carried = quorate and total > 0 and yes > b.rule.threshold * total
        self.n["ballots_held"] += 1
        self.n["ballots_carried"] += carried
        self.ballot_days.append(int(self.now))
        return carried, quorate

    def cool(self, systems: set[int]) -> None:
        end = self.now + self.length("cooling")
        for s in sorted(systems):
            self.places[s].cool_until = max(end, self.places[s].cool_until)
            self.reconsider(s)
            self.at((end, ANY, ""), lambda s=s: self.reconsider(s))  # type: ignore[misc]

    def narrower(self, bodies: list[Body], origin: str) -> None:
        if len(bodies) < 2 or len({b.system for b in bodies}) > 1:
            return
        members = [b.id for b in bodies]
        if connected(members, self.near) and self.chance(self.p.narrower_probability):
            self.n["narrower"] += 1
            self.open_proposal(bodies[0].system, members, origin, "mooted")

    # mergers, ladder, leaders (7.14 to 7.16) ---------------------------------------------------

    def merge(self, parts: list[Body]) -> None:
        parts = sorted(parts, key=lambda b: b.id)
        first, largest = parts[0], max(parts, key=lambda b: b.patients)
        gone = {b.id for b in parts}
        councils, groups = {b.main for b in parts} - {-1}, {b.group for b in parts} - {""}
        touched = {b.system for b in parts} | {
            b.system for b in self.bodies.values() if b.main in councils or b.group in groups
        }
        patients, residents = sum(b.patients for b in parts), sum(b.residents for b in parts)
        councils_held: Counter[Any] = Counter()
        lmcs_held: Counter[Any] = Counter()
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

    def leaders(self, s: int) -> Generator[Wake | float, None, None]:
        place = self.places[s]
        while True:
            yield self.now + self.rng.expovariate(self.p.leader_turnover) * MONTH
            self.n["leaders_left"] += 1
            place.post_filled = False
            self.reconsider(s)
            yield self.now + self.length("vacancy")
            place.post_filled = True
            self.reconsider(s)


def plain_replication(world: World, scenario: Scenario, seed: int) -> dict[str, float]:
    """Run one replication of the plain model with luck of its own."""
    return Plain(world, scenario, seed).run()
