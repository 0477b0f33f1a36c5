"""A proposal on its way: from first talk to 1 April, or out.

One SimPy process per proposal takes it through the stages; sub-steps are ``yield from``. Its own
draws are addressed by (convening system, ordinal), and stay so where another system takes the place
of its convenor; those of its CCGs by CCG and count.

Times. Explore, draft and engage times are drawn when the proposal starts. Each stage is planned, as
it begins, against the next round deadline: the work left is explore + draft + engage at the start
(explore already shortened by earlier talk, not below 0), draft + engage after the governing bodies
have agreed, and engage at engagement; the time available ends ``BALLOT_ALLOWANCE`` before the
deadline; the shortest time is ``plan_floor`` x ``FROM_TALKS`` (less what has been talked about
before the start, but not below ``FROM_DRAFT``), ``FROM_DRAFT`` or ``FROM_ENGAGEMENT`` (times the
factor of opposed councils). The stage at hand takes ``squeeze`` of its drawn length. Without round
deadlines nothing is squeezed. In a pause no merger work is done: explore, draft, engage,
postponements and ballots end later by the part of the pause that they overlap; panel, national
decision, conditions, cooling, vacancies, tenures and ladders do not.

Consent. When exploring ends each governing body is asked. If all take part, or as many as
``force.decision_rule`` asks for, the proposal is drafted; otherwise it is withdrawn, no system
cools, and those willing may try a narrower footprint.

The call. With ``ballot.leaders_gate`` off, or under ``force.decision_rule`` leader, the ballot is
called at once. Otherwise leaders look: expected support is the mean over the CCGs of their log-odds
+ ``call_optimism`` + ``call_noise_sd`` x N(0,1), a fresh error at each look. They call with
``call_probability``. If not, they put it off with probability ``call_postpone`` (drawn each time)
and look again after a ``postpone`` time; if not that either, or after ``MOST_LOOKS`` looks, they
withdraw: no system cools, and no narrower footprint is tried.

After the ballots. A proposal that does not stand is lost: its CCGs are free, its home and every
system of its members cool, and those who carried may try a narrower footprint. The result binds
where ``ballot.binding`` is on and the rule of any CCG that refused is binding. Where it does not
bind, leaders honour it with probability ``honour_probability``; otherwise the whole footprint goes
on to apply. A refused application frees its CCGs, and their systems and the home cool as after a
lost ballot. One deferred for the last time lapses: nothing cools, and no narrower footprint is
tried.

Narrower footprints. Those willing go on with probability ``narrower_probability`` if they are two
or more, connected and all of one system. Theirs is a new mooted proposal of that system with the
same origin, the old one as its parent, the next ordinal, and new times, consent, perceived origin,
advice, looks and ballots. In its members' eyes it is the same idea: where it is convened in the
same system as the parent, each CCG keeps the draw of its own support that it has, or would have
had, in the parent, and the common draw and the mode are the parent's as well; otherwise all are
drawn anew for the new home. The arguments are those of the narrower footprint. A narrower one of a
narrower one goes back to the first.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import simpy

from sim.agents import ccg as ccgs
from sim.agents.application import Application
from sim.agents.ballots import Ballots
from sim.agents.log import Terms
from sim.agents.merger import merge
from sim.agents.opinion import Opinion
from sim.agents.replication import LivingCCG
from sim.rules import consent, support
from sim.rules.logistic import happens, total
from sim.streams import Purpose, purposes
from sim.streams.quantiles import standard_normal
from sim.units import DAYS_PER_MONTH
from sim.world.footprints import connected

if TYPE_CHECKING:
    from sim.agents.system import System

BALLOT_ALLOWANCE: Final = 0.5 * DAYS_PER_MONTH  # the usual ballot window (priors.md section 3)
# Shortest times seen, in months: first talk to ballot (priors.md section 3), public proposal to
# ballot (approval_criteria.md, durations observed), and engagement (priors.md section 1).
FROM_TALKS: Final = 3.0
FROM_DRAFT: Final = 1.5
FROM_ENGAGEMENT: Final = 1.0
MOST_LOOKS: Final = 16  # leaders who have put a ballot off so often give up

ORDINALS: Final = 2**12  # attempts kept for the proposals of one system; times of a draw follow

Process = Generator[simpy.Event, Any, None]


class Ended(Exception):  # noqa: N818 - what happened to a proposal, not an error
    """Thrown into a proposal's course when it has been ended from outside."""


class Proposal:
    """One footprint on its way; ``over`` once it has been ended from outside its own course."""

    def __init__(
        self,
        home: System,
        ordinal: int,
        members: list[LivingCCG],
        origin: str,
        parent: Proposal | None,
        stage: str,
        talked: float = 0.0,
    ) -> None:
        self._replication = home.replication
        self.home = home
        self.ordinal = ordinal
        self.address = home.address, home.first_attempt + ordinal
        self.id = f"{home.code}-{ordinal + 1}"
        self.members = members
        self.origin = origin
        self._parent = parent
        self._stage = stage
        self._looks = 0
        self._talked = talked
        self.over = False
        self.votes = (0, 0)  # cast, and against, in the last ballot of each CCG
        # A narrower footprint is the same idea in members' eyes: what they think of it is drawn
        # where its parent's was, by the parent's ordinal and its CCGs' counts of then.
        same_place = parent is not None and parent.address[0] == home.address
        self.idea: int = parent.idea if parent is not None and same_place else self.address[1]
        self.joined: dict[int, int] = (
            dict(parent.joined) if parent is not None and same_place else {}
        )

    @property
    def order(self) -> tuple[int, int]:
        """Its place among proposals for which something falls due at one moment."""
        return self.address

    # -- Coming and going ---------------------------------------------------------------------

    def open(self, terms: Terms, known_since: str) -> None:
        """Write the proposal to the log as it starts (or is found alive) and set it going."""
        replication = self._replication
        for ccg in self.members:
            ccg.proposal = self
            ccg.joined += 1
            self.joined.setdefault(ccg.id, ccg.joined)
        self.write(
            "mooted",
            terms,
            footprint=tuple(ccg.name for ccg in self.members),
            origin=self.origin,
            parent=self._parent.id if self._parent else "",
            known_since=known_since,
        )
        if self._stage != "mooted":
            self.write("drafted")
        self._reconsider()
        replication.env.process(self._live())

    def lapse(self, reason: str) -> None:
        """End a proposal from outside: rules or a new border do not admit it, or others decided."""
        self.over = True
        self._replication.calendar.forget(self)
        self._leave("lapsed", reason)

    def _leave(self, exit_kind: str, reason: str, terms: Terms = (), *, cool: bool = False) -> None:
        replication = self._replication
        for ccg in self.members:
            ccg.proposal = None
        self.write(exit_kind, terms, reason=reason)
        if exit_kind == "lost":
            replication.proposals_lost += 1
        for notify in replication.listeners.left:
            notify(self, exit_kind)
        for system in self._systems():
            if cool:
                system.cool()
            system.reconsider()
        replication.rouse()

    def _systems(self) -> list[System]:
        indexes = sorted({ccg.system for ccg in self.members} | {self.home.index})
        return [self._replication.systems[index] for index in indexes]

    def _reconsider(self) -> None:
        for system in self._systems():
            system.reconsider()

    def write(self, kind: str, terms: Terms = (), **data: Any) -> None:
        """Write an event of this proposal to the log."""
        replication = self._replication
        replication.write(kind, self.home.code, self.id, terms=terms, **data)

    def uniform(self, purpose: Purpose, attempt: int | None = None) -> float:
        """Return a draw of this proposal; the attempt is that of its address unless stated."""
        system, number = self.address
        return self._replication.streams.uniform(
            purpose, system, number if attempt is None else attempt
        )

    def again(self, time: int) -> int:
        """Return the attempt that addresses this proposal's draw at a second or later time."""
        return self.address[1] + time * ORDINALS

    # -- The chain ----------------------------------------------------------------------------

    def _live(self) -> Process:
        """Go through the chain; once ended from outside, stop at the next thing waited for."""
        course = self._run()
        with suppress(StopIteration, Ended):
            waited_for = None if self.over else next(course)
            while waited_for is not None:
                value = yield waited_for
                if self.over:  # whatever it holds, such as a panel's time, is given back
                    course.throw(Ended())
                waited_for = course.send(value)

    def _run(self) -> Process:
        replication, durations = self._replication, self._replication.scenario.durations
        pace = replication.hooks.pace(self)
        explore = pace * durations.explore.days(self.uniform(purposes.EXPLORE_TIME))
        draft = pace * durations.draft.days(self.uniform(purposes.DRAFT_TIME))
        engage = durations.engage.days(self.uniform(purposes.ENGAGE_TIME))
        if self._stage == "mooted":
            explore = max(0.0, explore - self._talked)
            shortest = max(FROM_DRAFT, FROM_TALKS - self._talked / DAYS_PER_MONTH)
            yield replication.wait(explore * self._squeeze(explore + draft + engage, shortest))
            if not self._agreed():
                return
        if self._stage in ("mooted", "drafted"):
            yield replication.wait(draft * self._squeeze(draft + engage, FROM_DRAFT))
        opinion = Opinion(replication, self)
        opinion.open_engagement(self)
        if self._stage == "balloted":  # carried before the start: only the application is left
            self.write("balloted", carried=True, attempt=1)
            yield from self._await_decision()
            return
        slower = opinion.council_factor()
        engage *= slower
        yield replication.wait(engage * self._squeeze(engage, FROM_ENGAGEMENT * slower))
        opinion.take_advice()
        called = yield from self._await_call(opinion)
        if not called:
            return
        carried = yield from self._await_members(opinion)
        if carried:
            yield from self._await_decision()

    def _squeeze(self, work: float, shortest_months: float) -> float:
        """Return how far the work left is shortened to have the ballots done in time."""
        deadline = self._replication.calendar.round_deadline(self._replication.now)
        if deadline is None:
            return 1.0
        available = deadline - BALLOT_ALLOWANCE - self._replication.now
        floor = shortest_months * DAYS_PER_MONTH * self._replication.parameters.plan_floor
        return consent.squeeze(work, available, floor)

    def _agreed(self) -> bool:
        """Ask the governing bodies; all must take part, or the proposal ends here."""
        replication = self._replication
        willing: list[LivingCCG] = []
        worst: Terms = ()
        lowest, pushed = math.inf, self.home.pushed
        for member in self.members:
            shares = ccgs.shares_officer(member, self.members)
            terms = ccgs.consent_of(replication, member, pushed, shares)
            log_odds = total(terms)
            if ccgs.consents(replication, member, log_odds):
                willing.append(member)
            if log_odds < lowest or not worst:
                worst, lowest = terms, log_odds
        if replication.rules.decision.agreed(len(willing), len(self.members)):
            self.write("drafted", worst)
            self._overrule([c for c in self.members if c not in willing], "governing body")
            return True
        unwilling = [ccg.name for ccg in self.members if ccg not in willing]
        self._leave(
            "withdrawn",
            f"governing bodies would not take part: {', '.join(unwilling)}",
            worst,
        )
        self._try_narrower(willing)
        return False

    def _await_call(self, opinion: Opinion) -> Generator[simpy.Event, Any, bool]:
        """Let leaders judge expected support until they call the ballot or give up."""
        replication = self._replication
        p = replication.parameters
        if not replication.levers.ballot.leaders_gate or replication.rules.decision.leader_alone:
            opinion.form()
            self.write("ballot_called")
            return True
        while True:
            attempt = self.again(self._looks)
            self._looks += 1
            opinion.form()  # officers may be shared by now
            expected, terms = opinion.expected()
            error = p.call_noise_sd * standard_normal(
                self.uniform(purposes.EXPECTED_SUPPORT, attempt)
            )
            expected += p.call_optimism + error
            chance = support.call_probability(p, expected)
            terms = (("misreading", error), ("optimism", p.call_optimism), *terms)
            if happens(self.uniform(purposes.CALL_BALLOT, attempt), chance):
                self.write("ballot_called", terms, expected=expected)
                return True
            if self._looks >= MOST_LOOKS or not happens(
                self.uniform(purposes.POSTPONE, attempt), p.call_postpone
            ):
                self._leave("withdrawn", "leaders expected members to refuse", terms)
                return False
            self.write("postponed", terms, expected=expected)
            u = self.uniform(purposes.POSTPONE_TIME, attempt)
            yield replication.wait(replication.scenario.durations.postpone.days(u))

    def _await_members(self, opinion: Opinion) -> Generator[simpy.Event, Any, bool]:
        """Hold the ballots; say whether the proposal goes on (leaders may go on all the same)."""
        replication = self._replication
        ballots = Ballots(replication, self, opinion)
        stands = yield from ballots.hold()
        self.votes = ballots.votes()
        refusing = [self.members[i] for i in ballots.failed()]
        if stands:
            self._overrule(refusing, "members")
            return True
        binding = replication.levers.ballot.binding and any(ccg.rule.binding for ccg in refusing)
        honoured = binding or happens(
            self.uniform(purposes.HONOUR_VOTE), replication.parameters.honour_probability
        )
        if not honoured:
            return True
        names = ", ".join(ccg.name for ccg in refusing)
        self._leave("lost", f"members refused: {names}", cool=True)
        self._try_narrower(ballots.carriers())
        return False

    def _overrule(self, unwilling: list[LivingCCG], who: str) -> None:
        """Go on over the heads of some, where the decision rule allows it; they remember."""
        replication, rule = self._replication, self._replication.levers.force.decision_rule
        if not replication.rules.decision.overrules:
            return
        for ccg in unwilling:
            replication.write("overruled", ccg.name, self.id, who=who, rule=rule)
            for notify in replication.listeners.overruled:
                notify(ccg, rule)

    def _try_narrower(self, willing: list[LivingCCG]) -> None:
        """Perhaps go on with those who want to: a narrower footprint is a new proposal."""
        replication = self._replication
        if len(willing) < 2 or not connected({c.id for c in willing}, replication.neighbours):
            return
        if len({ccg.system for ccg in willing}) > 1:
            return
        u = self.uniform(purposes.NARROWER)
        if happens(u, replication.parameters.narrower_probability):
            home = replication.systems[willing[0].system]
            home.open_proposal(willing, self.origin, parent=self)

    # -- Decision and effect ------------------------------------------------------------------

    def _await_decision(self) -> Process:
        application = Application(self._replication, self)
        decision, terms = yield from application.decide()
        if decision == "deferred":
            self._leave("lapsed", "put off too often", terms)
        elif decision == "refused":
            self._leave("refused", "not ready or not in line with the tests", terms, cool=True)
        else:
            yield from application.mobilise(decision == "approved_with_conditions")

    def take_effect(self) -> None:
        """Merge the CCGs now; called on 1 April by the calendar, in the order of proposals."""
        systems = self._systems()
        body = merge(self._replication, self.members, self.id, systems)
        self.write("effective", body=body.name)
