"""The chain written a second time, as plainly as possible, from the model's description alone.

That was ``docs/model.md`` when it held the rules that now have a page of their own,
``docs/rules.md``; comments give the section of that page.

Nothing of the simulator's rules, agents or luck is used: one heap of moments, generators that
yield the moment at which they want to go on, and ``random.Random``. Only what is data is shared:
the world, the scenario and the ranges of the parameters. What the scenario ``as_happened`` never
uses (other forms of support, all-year approval, ...) is left out and refused. Three files, so
that none is too long: ``plain_time``, ``plain_country`` and this.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import NormalDist

from sim.scenario import Scenario
from sim.world import World
from tests.rebuild.plain_country import Body, Country, connected
from tests.rebuild.plain_time import (
    ANY,
    AT_CLOSE,
    AT_MERGERS,
    AT_OPEN,
    MONTH,
    ORDER,
    Clock,
    Order,
    Process,
)

STAGES = ("mooted", "drafted", "engaged", "balloted", "decided")


@dataclass(eq=False)
class Idea:
    """What members think of a proposal and of the narrower ones made from it (Support; Consent)."""

    home: int
    mood: float
    mode: float
    effects: dict[int, float]


def expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def logit(p: float) -> float:
    return math.log(p / (1 - p))


class Plain(Country):
    """One replication; ``run`` returns its numbers."""

    def __init__(self, world: World, scenario: Scenario, seed: int) -> None:
        super().__init__(world, scenario, seed)
        self.dates: dict[str, dict[Order, int]] = {s: {} for s in STAGES}  # the last of each
        self.ballot_days: list[int] = []
        self.waits: list[float] = []
        self.leaning: dict[int, float] = {}
        self.waiting: list[Process] = []  # proposals found at the start, before they set out

    def begin(self) -> None:
        """Set the stage in the order of section 5."""
        for s, place in enumerate(self.places):
            for origin in ("local", "centre"):
                place.hazards[origin] = Clock(
                    lambda s=s, origin=origin: self.start(s, origin),  # type: ignore[misc]
                    self.profile,
                    self.rng.expovariate(1.0),
                )
        for live in self.world.live_proposals:
            drawn = "centre" if self.chance(self.p.start_centre_share) else "local"
            origin = drawn if live.origin_hint == "unknown" else live.origin_hint
            talked = (self.scenario.start - live.known_since).days + self.p.unseen_months * MONTH
            ago = talked if live.stage == "mooted" else 0.0
            self.open_proposal(live.system, live.ccgs, origin, live.stage, ago)
        days = self.p.unseen_months * MONTH
        for s, place in enumerate(self.places):
            found = []
            for origin, rate in self.rates(s).items():
                clock = place.hazards[origin]
                used = rate * self.use(self.past, 0.0, days)
                if clock.budget >= used:
                    clock.budget -= used
                else:
                    found.append((days - self.reach(self.past, 0.0, rate, clock.budget), origin))
                    clock.budget = self.rng.expovariate(1.0)
            for ago, origin in sorted(found, reverse=True):
                self.start(s, origin, ago)
        self.staged = True
        self.relay()
        for b in list(self.bodies.values()):
            b.clock = Clock(
                lambda b=b: self.climb(b.id),  # type: ignore[misc]
                [(0.0, 1.0)],
                self.rng.expovariate(1.0),
            )
            self.set_ladder(b)
        for s, system in enumerate(self.world.systems):
            if len(system.ccgs) > 1:
                self.go(self.leaders(s))
        for process in self.waiting:
            self.go(process)
        for event in self.scenario.calendar:
            self.at((self.day_of(event.date), 0, ORDER), lambda e=event: self.policy(e))  # type: ignore[misc]

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

    # setting out (Footprints; Consent)

    def consent(self, b: Body, home: int, shared: float) -> float:
        against = self.matches(b) and self.places[home].pushes <= 0
        p = self.p
        found = p.consent_base - b.autonomy + p.consent_council_match * against
        return expit(found + p.consent_officer * shared)

    def start(self, s: int, origin: str, ago: float = 0.0) -> None:
        place, p = self.places[s], self.p
        open_ones = self.open_candidates(s)
        if not open_ones:
            self.reconsider(s)
            return
        pulls, kinds = [], []
        for members, whole, council, _ in open_ones:
            bodies = [self.bodies[i] for i in members]
            same = bodies[0].group != "" and len({b.group for b in bodies}) == 1
            pull = sum(math.log(self.consent(b, s, float(same))) for b in bodies)
            if whole:
                pull += p.footprint_whole * min(1, place.belief)
                pull += p.footprint_expectation * max(0, place.belief - 1)
                pull += p.footprint_push * place.pushes
            pull += p.footprint_council * council
            kinds.append((whole, council, same))
            pulls.append(math.exp(pull + p.footprint_officer * same))
        weights = [x / kinds.count(kind) for x, kind in zip(pulls, kinds, strict=True)]
        members = self.rng.choices(open_ones, weights)[0][0]
        self.open_proposal(s, sorted(members), origin, "mooted", ago)

    def open_proposal(
        self,
        s: int,
        members: Collection[int],
        origin: str,
        stage: str,
        ago: float = 0.0,
        parent: Idea | None = None,
    ) -> None:
        self.places[s].ordinal += 1
        name = (s, self.places[s].ordinal)
        self.n[f"proposals_{origin}"] += 1
        self.note("mooted", name)
        bodies = [self.bodies[i] for i in members]
        self.hold(bodies, True)
        same = parent if parent and parent.home == s else None
        mood, mode = (same.mood, same.mode) if same else (self.normal(), self.normal())
        idea = Idea(s, mood, mode, same.effects if same else {})
        for b in bodies:
            idea.effects.setdefault(b.id, self.normal())
        process = self.proposal(name, idea, bodies, origin, stage, ago)
        if self.staged:
            self.go(process)
        else:
            self.waiting.append(process)

    def note(self, stage: str, name: Order) -> None:
        self.dates[stage][name] = int(self.now)

    def hold(self, bodies: Iterable[Body], busy: bool) -> None:
        systems = {b.system for b in bodies}
        for b in bodies:
            b.busy = busy
        for s in sorted(systems):
            self.reconsider(s)

    # the life of a proposal (Consent to Application)

    def proposal(
        self, name: Order, idea: Idea, bodies: list[Body], origin: str, stage: str, ago: float
    ) -> Process:
        p, home = self.p, idea.home
        explore = max(0.0, self.length("explore") - ago)
        draft, engage = self.length("draft"), self.length("engage")
        if stage == "mooted":
            shortest = max(1.5, 3.0 - ago / MONTH)
            yield self.worked(self.squeezed(explore, explore + draft + engage, shortest))
            shares = [self.shared(b, bodies) for b in bodies]
            willing = [
                b
                for b, h in zip(bodies, shares, strict=True)
                if self.chance(self.consent(b, home, h))
            ]
            if len(willing) < len(bodies):
                self.n["withdrawn"] += 1
                self.hold(bodies, False)
                self.narrower(willing, origin, idea)
                return
        self.note("drafted", name)
        if stage in ("mooted", "drafted"):
            yield self.worked(self.squeezed(draft, draft + engage, 1.5))
        self.note("engaged", name)  # engagement opens (Engagement)
        total = sum(b.patients for b in bodies)
        seen_as = p.perceived_if_centre if origin == "centre" else p.perceived_if_local
        perceived = self.chance(seen_as)
        self.n["perceived_centre"] += perceived
        opposed = [sum(x for c, x in b.councils.items() if self.opposed[c]) for b in bodies]
        weighted = sum(o * b.patients for o, b in zip(opposed, bodies, strict=True)) / total
        factor = p.council_delay**weighted
        mood = math.sqrt(p.support_place_share) * self.places[home].support_effect
        mood += math.sqrt(1 - p.support_place_share) * idea.mood
        spread = p.support_sd * math.sqrt(p.support_shared)
        cool = math.sqrt(p.support_place_share) * self.places[home].support_effect
        cool += math.sqrt(1 - p.support_place_share) * idea.mode
        opposed_mode = cool < NormalDist().inv_cdf(p.support_opposed_share)
        base = p.support_mean - 3.26 * opposed_mode + spread * 0.74 / 1.4 * mood
        own = [p.support_sd * math.sqrt(1 - p.support_shared) * idea.effects[b.id] for b in bodies]
        mains = {b.main for b in bodies}
        one_council = len(mains) == 1 and -1 not in mains
        one_council = one_council and self.alone(mains.pop(), {b.id for b in bodies})
        yield self.worked(self.squeezed(engage * factor, engage * factor, factor))
        # advice, then the leaders' looks (Engagement; Support, and the call)
        advice = {m: self.advise(mood) for m in sorted({m for b in bodies for m in b.lmcs})}
        for look in range(16):
            odds = []
            for b, o, effect in zip(bodies, opposed, own, strict=True):
                shift = p.ballot_council_opposed * o + p.ballot_perceived_centre * perceived
                shift += sum(x * p.lmc_causal_share * advice[m] for m, x in b.lmcs.items())
                shift += p.ballot_one_council * one_council
                odds.append(base + effect + shift + self.arguments(b, bodies))
            expected = sum(odds) / len(odds) + p.call_optimism + p.call_noise_sd * self.normal()
            if self.chance(expit(p.call_steepness * expected)):
                break
            if look == 15 or not self.chance(p.call_postpone):
                self.n["withdrawn"] += 1
                self.hold(bodies, False)
                return
            yield self.worked(self.length("postpone"))
        # ballots (Ballots)
        carried = [False] * len(bodies)
        asked = list(range(len(bodies)))
        for attempt in (1, 2):
            times = [self.length("ballot" if attempt == 1 else "reballot") for _ in asked]
            room = self.deadline(self.now) - 1 - self.now
            if max(times) > room >= 0.3 * MONTH:
                times = [t * room / max(times) for t in times]
            ahead = {}
            for moment, i in sorted((self.worked(t), i) for t, i in zip(times, asked, strict=True)):
                yield moment
                carried[i], ahead[i] = self.vote(bodies[i], odds[i])
                self.n["reballots"] += attempt == 2
            self.note("balloted", name)
            asked = [i for i in asked if not carried[i]]
            if not asked or attempt == 2:
                break
            again = {True: p.reballot_inquorate, False: p.reballot_probability}
            if not all(self.chance(again[ahead[i]]) for i in asked):
                break
            for i in asked:
                odds[i] += p.reballot_shift + p.reballot_shift_sd * self.normal()
        binds = any(bodies[i].rule.binding for i in asked)
        if asked and (binds or self.chance(p.honour_probability)):
            self.n["proposals_lost"] += 1
            self.hold(bodies, False)
            self.cool({home, *(b.system for b in bodies)})
            willing = [b for b, yes in zip(bodies, carried, strict=True) if yes]
            self.narrower(willing, origin, idea)
            return
        # application, panel, decision (Application)
        approval = self.levers.approval
        for _ in range(8):
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
            held: dict[str, float] = defaultdict(float)
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
        else:
            self.hold(bodies, False)
            return
        self.n["approved"] += 1
        earliest = self.now + approval.minimum_lead_months * MONTH
        met = self.now + (self.length("conditions") if self.chance(p.conditions_share) else 0.0)
        yield (next(a for a in self.aprils if a >= max(earliest, met)), AT_MERGERS, name)
        self.merge(bodies)

    def advise(self, mood: float) -> float:
        """Return the effect of a committee's advice, before its causal share (Engagement)."""
        p, normal, o = self.p, NormalDist(), self.p.lmc_oppose_share
        w = 0.0
        if 0 < o < 1:
            gap = normal.pdf(normal.inv_cdf(o)) / (o * (1 - o))
            worth = gap * p.support_sd * math.sqrt(p.support_shared)
            caused = p.lmc_causal_share
            w = min(1.0, (1 - caused) * abs(p.lmc_oppose_effect) / worth) if worth else 0.0
        view = normal.cdf(w * mood + math.sqrt(1 - w * w) * self.normal())
        if view < o:
            return float(p.lmc_oppose_effect)
        return float(p.lmc_support_effect) if view > 1 - p.lmc_support_share else 0.0

    def arguments(self, b: Body, bodies: list[Body]) -> float:
        """Return what speaks for or against in one CCG, as things stand now (Support)."""
        p = self.p
        partners = [o for o in bodies if o is not b]
        theirs = sum(o.patients for o in partners)
        debts = sum(o.patients * o.distress for o in partners) / theirs
        shared = self.shared(b, bodies)
        found = (
            p.ballot_outweighed * max(0.0, 1 - len(bodies) * b.patients / (theirs + b.patients))
            + p.ballot_partner_distress * max(0.0, debts - b.distress)
            + p.ballot_own_posts * (1 - shared)
            + p.ballot_identity * self.matches(b)
            + p.ballot_officer * shared
        )
        return float(found)

    def vote(self, b: Body, odds: float) -> tuple[bool, bool]:
        """Hold one ballot; return whether carried, and whether but for the quorum."""
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
        ahead = total > 0 and yes > b.rule.threshold * total * (1 + 1e-9)
        carried = ahead and cast >= b.rule.quorum * len(b.voters) - 1e-9
        self.n["ballots_held"] += 1
        self.n["ballots_carried"] += carried
        self.ballot_days.append(int(self.now))
        return carried, ahead

    def cool(self, systems: set[int]) -> None:
        for s in sorted(systems):
            end = self.now + self.length("cooling")
            self.places[s].cool_until = max(end, self.places[s].cool_until)
            self.reconsider(s)
            self.at((end, ANY, ORDER), lambda s=s: self.reconsider(s))  # type: ignore[misc]

    def narrower(self, bodies: list[Body], origin: str, idea: Idea) -> None:
        if len(bodies) < 2 or len({b.system for b in bodies}) > 1:
            return
        members = [b.id for b in bodies]
        if connected(members, self.near) and self.chance(self.p.narrower_probability):
            self.n["narrower"] += 1
            self.open_proposal(bodies[0].system, members, origin, "mooted", parent=idea)
