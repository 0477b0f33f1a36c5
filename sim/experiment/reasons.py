"""What weighed in decisions, place by place: the terms of the rules, averaged over logs.

A log keeps, with every decision, the terms of the rule that made it, in the rule's own unit
(natural logarithms of rates or of odds). Here they are averaged over replications for each place,
a place being any set of starting CCGs, so that a place can be set against others. Logs are not in
the tables of a batch, so replications are run again, one after the other, and only sums are kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from sim.adding import add_up
from sim.agents import replicate_log
from sim.agents.log import Event, Terms
from sim.rules.logistic import expit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.scenario.model import Scenario
    from sim.world.model import World

Decision = Literal["start", "footprint", "consent", "call", "ballot", "approval"]
"""Decisions of the chain whose terms are averaged.

``start``: a new proposal, in log-rate; ``footprint``: its choice, in log-odds; ``consent``: of
the least willing governing body; ``call``: leaders' first look at expected support; ``ballot``:
first ballots of the place's own CCGs; ``approval``: of an application; all in log-odds.
"""

Places = Mapping[str, frozenset[str]]
"""Starting CCGs by the name of the place."""

SINGLE: Final = ("consent", "approval")
"""Decisions whose terms add up to one yes or no, which may be as good as certain."""
LOOKS: Final = ("ballot_called", "postponed", "withdrawn")


@dataclass(slots=True)
class Weights:
    """The terms of one kind of decision in one place, over replications.

    The unit is the replication: ``sums`` and ``squares`` add up, by term, the mean over the
    replication's decisions; ``times`` counts replications in which the decision was taken.
    """

    times: int = 0
    sums: dict[str, float] = field(default_factory=dict)
    squares: dict[str, float] = field(default_factory=dict)

    def add(self, decisions: Sequence[Terms]) -> None:
        """Take the decisions of one replication."""
        self.times += 1
        means: dict[str, float] = {}
        for terms in decisions:
            for name, value in terms:
                means[name] = means.get(name, 0.0) + value / len(decisions)
        for name, value in means.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
            self.squares[name] = self.squares.get(name, 0.0) + value * value

    def mean(self, name: str) -> float:
        """Return a term's mean over the replications with this decision; 0 where it is absent."""
        return self.sums.get(name, 0.0) / self.times if self.times else 0.0

    @property
    def leverage(self) -> float:
        """Four times p (1 - p), p being the chance that the mean terms of a yes or no come to."""
        p = expit(add_up(self.sums.values()) / self.times)
        return 4.0 * p * (1.0 - p)

    def standard_error(self, name: str) -> float:
        """Return the standard error of that mean, infinite with fewer than two replications."""
        if self.times < 2:
            return math.inf
        spread = self.squares.get(name, 0.0) / self.times - self.mean(name) ** 2
        return math.sqrt(max(0.0, spread) / (self.times - 1))


@dataclass(frozen=True, slots=True)
class Reason:
    """One term of one decision in a place, against the average of the places compared with.

    ``mean`` and ``average`` in the rule's unit; ``frequency`` is the share of replications in
    which the place took the decision; ``leverage`` how much a small change of the terms changes
    it: 1 where the chance is even or a rate is moved, near 0 where the decision is as good as made.
    """

    decision: Decision
    term: str
    mean: float
    average: float
    frequency: float
    leverage: float = 1.0

    @property
    def difference(self) -> float:
        """How far the place differs from the average one."""
        return self.mean - self.average

    @property
    def weight(self) -> float:
        """How much it tells: the size of the difference, times frequency and leverage."""
        return abs(self.difference) * self.frequency * self.leverage


@dataclass(slots=True)
class TermsByPlace:
    """The terms of decisions by place, gathered log by log."""

    places: Places
    replications: int = 0
    weights: dict[tuple[str, Decision], Weights] = field(default_factory=dict)

    def add(self, events: Sequence[Event]) -> None:
        """Take the log of one replication."""
        self.replications += 1
        found: dict[tuple[str, Decision], list[Terms]] = {}
        for decision, ccgs, terms in decisions_of(events):
            for place, own in self.places.items():
                if not own.isdisjoint(ccgs):
                    found.setdefault((place, decision), []).append(terms)
        for key, decisions in found.items():
            self.weights.setdefault(key, Weights()).add(decisions)

    def frequency(self, place: str, decision: Decision) -> float:
        """Return the share of replications in which a place took a decision."""
        weights = self.weights.get((place, decision))
        return weights.times / self.replications if weights and self.replications else 0.0

    def reasons(
        self, place: str, others: Sequence[str], most: int = 3, sure: float = 4.0
    ) -> list[Reason]:
        """Return what sets a place apart from others, strongest first.

        A term counts by the size of its difference from the mean over the other places (those
        that took the decision), times the frequency of the decision in the place. Differences
        within ``sure`` standard errors of nought are no reasons. What leaders expect and what
        members then weigh are the same arguments: each is named once, where it weighs more.
        """
        ranked: list[Reason] = []
        for (name, decision), weights in self.weights.items():
            if name != place:
                continue
            beside = [
                self.weights[other, decision]
                for other in others
                if other != place and (other, decision) in self.weights
            ]
            if not beside:
                continue
            terms = dict.fromkeys([*weights.sums, *(t for one in beside for t in one.sums)])
            for term in terms:
                reason = Reason(
                    decision=decision,
                    term=term,
                    mean=weights.mean(term),
                    average=math.fsum(one.mean(term) for one in beside) / len(beside),
                    frequency=weights.times / self.replications,
                    leverage=weights.leverage if decision in SINGLE else 1.0,
                )
                if abs(reason.difference) > max(sure * weights.standard_error(term), 1e-9):
                    ranked.append(reason)
        ranked.sort(key=lambda one: (-one.weight, one.decision, one.term))
        named: set[tuple[str, str]] = set()
        chosen = []
        for reason in ranked:
            stage = "support" if reason.decision in ("call", "ballot") else reason.decision
            if (stage, reason.term) not in named:
                named.add((stage, reason.term))
                chosen.append(reason)
        return chosen[:most]


def decisions_of(events: Sequence[Event]) -> Iterator[tuple[Decision, frozenset[str], Terms]]:
    """Yield the decisions of a log: which, the starting CCGs concerned, the terms that decided.

    A decision without terms (a proposal found alive, a narrower one) is none of a rule's.
    """
    footprints: dict[str, frozenset[str]] = {}
    looked: set[str] = set()
    for event in events:
        if event.kind == "mooted":
            footprints[event.proposal] = _parts(event.data["footprint"])
        if not event.terms:
            continue
        concerned = footprints.get(event.proposal, frozenset())
        if event.kind == "mooted":
            chosen = tuple(term for term in event.terms if term[0].startswith("footprint_"))
            yield "start", concerned, tuple(term for term in event.terms if term not in chosen)
            if chosen:
                yield "footprint", concerned, chosen
        elif event.kind in LOOKS and event.terms[0][0] == "misreading":
            if event.proposal not in looked:
                looked.add(event.proposal)
                yield "call", concerned, event.terms
        elif event.kind in ("drafted", "withdrawn"):
            yield "consent", concerned, event.terms
        elif event.kind == "ballot" and event.data["attempt"] == 1:
            yield "ballot", _parts((event.subject,)), event.terms
        elif event.kind == "decided":
            yield "approval", concerned, event.terms


def _parts(bodies: Sequence[str]) -> frozenset[str]:
    return frozenset(code for body in bodies for code in body.split("+"))


def average_terms(
    world: World,
    scenario: Scenario,
    places: Places,
    *,
    replications: int,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> TermsByPlace:
    """Run replications 0 to N - 1 again and return the terms of their decisions by place."""
    found = TermsByPlace(places)
    for number in range(replications):
        found.add(replicate_log(world, scenario, seed, number).events)
        if progress is not None:
            progress(number + 1, replications)
    return found
