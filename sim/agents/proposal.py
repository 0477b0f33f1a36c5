"""A proposal on its way: from first talk to 1 April, or out.

One SimPy process per proposal takes it through the stages; sub-steps are ``yield from``. Its own
draws are addressed by (convening system, ordinal); those of its CCGs by CCG and count.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import simpy

from sim.agents import ccg as ccgs
from sim.agents import council, lmc, membership
from sim.agents.log import Terms
from sim.agents.merger import merge
from sim.agents.state import LivingCCG, Situation
from sim.chance import Purpose, purposes
from sim.chance.quantiles import normal, standard_normal
from sim.rules import ballot, consent, engagement, support
from sim.rules.logistic import happens, total
from sim.world.footprints import connected

if TYPE_CHECKING:
    from sim.agents.system import System

DAYS_PER_MONTH: Final = 365.25 / 12
BALLOT_ALLOWANCE: Final = 1.0 * DAYS_PER_MONTH  # planners leave about a month for the ballots
TO_FILE: Final = 1.0  # days from the last ballot to the application
# Shortest times seen: first talk to ballot (Surrey, 2019), public proposal to ballot (Bristol,
# 2017), engagement, and a ballot; months, the last one in days.
FROM_TALKS: Final = 3.0
FROM_DRAFT: Final = 1.5
FROM_ENGAGEMENT: Final = 1.0
SHORTEST_BALLOT: Final = 0.3 * DAYS_PER_MONTH
LOOKS: Final = 16  # draws of successive looks at support are addressed by ordinal x LOOKS + look

Process = Generator[simpy.Event, Any, None]


class Proposal:
    """One footprint on its way."""

    def __init__(
        self,
        situation: Situation,
        home: System,
        ordinal: int,
        members: list[LivingCCG],
        origin: str,
        parent: str,
        stage: str,
        talked: float = 0.0,
    ) -> None:
        self._situation = situation
        self._home = home
        self._ordinal = ordinal
        self.id = f"{home.code}-{ordinal + 1}"
        self.members = members
        self.origin = origin
        self._parent = parent
        self._stage = stage
        self._looks = 0
        self._perceived = ""
        self._stances: dict[int, str] = {}
        self._opposed = [0.0] * len(members)
        self._common = 0.0
        self._mood = 0.0
        self._ccg_support = [0.0] * len(members)
        self._talked = talked
        self._patients = sum(ccg.patients for ccg in members)
        self._one_council = False
        self._terms: list[Terms] = []
        self._over = False

    # -- Coming and going ---------------------------------------------------------------------

    def open(self, terms: Terms, known_since: str) -> None:
        """Write the proposal to the log as it starts (or is found alive) and set it going."""
        situation = self._situation
        for ccg in self.members:
            ccg.proposal = self
            ccg.joined += 1
        data = {
            "footprint": tuple(ccg.name for ccg in self.members),
            "origin": self.origin,
            "parent": self._parent,
            "known_since": known_since,
        }
        self._write("mooted", data, terms)
        if self._stage in ("drafted", "engaged"):
            self._write("drafted", {})
        self._draw_support()
        self._reconsider()
        situation.env.process(self._run())

    def lapse(self, reason: str) -> None:
        """End a proposal that the scenario's rules do not admit."""
        self._over = True
        self._leave("lapsed", reason)

    def _leave(self, exit_kind: str, reason: str, terms: Terms = (), *, cool: bool = False) -> None:
        for ccg in self.members:
            ccg.proposal = None
        self._write(exit_kind, {"reason": reason}, terms)
        for system in self._systems():
            if cool:
                system.cool()
            system.reconsider()

    def _systems(self) -> list[System]:
        indexes = sorted({ccg.system for ccg in self.members} | {self._home.index})
        return [self._situation.systems[index] for index in indexes]

    def _reconsider(self) -> None:
        for system in self._systems():
            system.reconsider()

    def _write(self, kind: str, data: dict[str, Any], terms: Terms = ()) -> None:
        situation = self._situation
        situation.log.write(situation.env.now, kind, self._home.code, self.id, data, terms)

    def _uniform(self, purpose: Purpose, attempt: int | None = None) -> float:
        number = self._ordinal if attempt is None else attempt
        return self._situation.luck.uniform(purpose, self._home.index, number)

    # -- The chain ----------------------------------------------------------------------------

    def _run(self) -> Process:
        if self._over:
            return
        situation, durations = self._situation, self._situation.scenario.durations
        explore = durations.explore.days(self._uniform(purposes.EXPLORE_TIME))
        draft = durations.draft.days(self._uniform(purposes.DRAFT_TIME))
        engage = durations.engage.days(self._uniform(purposes.ENGAGE_TIME))
        if self._stage == "mooted":
            explore = max(0.0, explore - self._talked)
            yield situation.wait(explore * self._squeeze(explore + draft + engage, FROM_TALKS))
            if not self._agreed():
                return
        if self._stage != "engaged":
            yield situation.wait(draft * self._squeeze(draft + engage, FROM_DRAFT))
        self._engage()
        slower = self._council_factor()
        engage *= slower
        yield situation.wait(engage * self._squeeze(engage, FROM_ENGAGEMENT * slower))
        self._take_advice()
        called = yield from self._await_call()
        if not called:
            return
        carried = yield from self._ballots()
        if carried:
            yield from self._apply()

    def _squeeze(self, work: float, shortest_months: float) -> float:
        """Return how far the work left is shortened to have the ballots done in time."""
        deadline = self._situation.calendar.round_deadline(self._situation.env.now)
        if deadline is None:
            return 1.0
        available = deadline - BALLOT_ALLOWANCE - self._situation.env.now
        floor = shortest_months * DAYS_PER_MONTH * self._situation.parameters.plan_floor
        return consent.squeeze(work, available, floor)

    def _council_factor(self) -> float:
        """Return how much longer opposed councils make engagement."""
        opposed = sum(
            share * ccg.patients for share, ccg in zip(self._opposed, self.members, strict=True)
        )
        return engagement.engagement_factor(
            opposed / self._patients, self._situation.parameters.council_delay
        )

    def _agreed(self) -> bool:
        """Ask the governing bodies; all must take part, or the proposal ends here."""
        situation = self._situation
        willing, worst = [], None
        for member in self.members:
            terms = ccgs.consent_of(situation, member, self._home.pushed)
            if ccgs.consents(situation, member, terms):
                willing.append(member)
            if worst is None or total(terms) < total(worst):
                worst = terms
        if len(willing) == len(self.members):
            self._write("drafted", {}, worst or ())
            return True
        unwilling = [ccg.name for ccg in self.members if ccg not in willing]
        self._leave(
            "withdrawn", f"governing bodies would not take part: {', '.join(unwilling)}", worst or ()
        )
        self._try_narrower(willing)
        return False

    def _engage(self) -> None:
        """Open engagement: members form a view of who is behind it, councils of what it means."""
        situation = self._situation
        p = situation.parameters
        chance = engagement.perceived_centre_probability(
            self.origin,
            p.perceived_if_centre,
            p.perceived_if_local,
            situation.levers.force.cajoling,
            p.perceived_cajoling,
        )
        seen = happens(self._uniform(purposes.PERCEIVED_ORIGIN), chance)
        self._perceived = "centre" if seen else "local"
        self._one_council = self._makes_one_council()
        self._opposed = [council.opposed_share(situation, ccg) for ccg in self.members]
        self._write(
            "engaged", {"perceived_origin": self._perceived}, (("perceived_centre", chance),)
        )
        voiced = sorted(
            {
                index
                for ccg in self.members
                for index, share in ccg.council_shares
                if share >= 0.2
            }
        )
        for index in voiced:
            situation.log.write(
                situation.env.now,
                "council_view",
                situation.world.councils[index].name,
                self.id,
                {"stance": council.stance_of(situation, index)},
            )

    def _take_advice(self) -> None:
        """Ask the local medical committees of the area."""
        asked = sorted({index for ccg in self.members for index, _ in ccg.lmc_shares})
        self._stances = {
            index: lmc.advise(self._situation, index, self.id, self._mood) for index in asked
        }

    # -- Support ------------------------------------------------------------------------------

    def _draw_support(self) -> None:
        """Draw what members of the place, of this proposal and of each CCG think of it."""
        situation = self._situation
        p, luck = situation.parameters, situation.luck
        self._common, self._mood = support.common_support(
            situation.scenario.form.support_form,
            standard_normal(luck.uniform(purposes.PLACE_SUPPORT, self._home.index)),
            standard_normal(self._uniform(purposes.PROPOSAL_SUPPORT)),
            self._uniform(purposes.PROPOSAL_MODE),
            p.support_mean,
            p.support_sd * math.sqrt(p.support_shared),
            p.support_place_share,
            p.support_opposed_share,
        )
        self._ccg_support = [
            p.support_sd
            * math.sqrt(1.0 - p.support_shared)
            * standard_normal(luck.uniform(purposes.CCG_SUPPORT, ccg.id, ccg.joined))
            for ccg in self.members
        ]

    def _arguments(self, position: int) -> Terms:
        """Return the arguments that move one CCG's members now."""
        situation, ccg = self._situation, self.members[position]
        p = situation.parameters
        patients = self._patients
        partners = patients - ccg.patients
        distress = sharing = 0.0
        for other in self.members:
            if other is not ccg:
                distress += other.distress * other.patients
                if ccg.officer_group and other.officer_group == ccg.officer_group:
                    sharing += other.patients
        return support.argument_terms(
            outweighed_by=support.outweighed(ccg.patients, patients, len(self.members)),
            partner_distress=max(0.0, distress / partners - ccg.distress),
            shares_officer=sharing / partners,
            matches_council=ccg.matched_council >= 0,
            makes_one_council=self._one_council,
            perceived_centre=self._perceived == "centre",
            opposed_councils=self._opposed[position],
            advice=lmc.effect_on(situation, ccg, self._stances),
            ballot_outweighed=p.ballot_outweighed,
            ballot_partner_distress=p.ballot_partner_distress,
            ballot_own_posts=p.ballot_own_posts,
            ballot_identity=p.ballot_identity,
            ballot_one_council=p.ballot_one_council,
            ballot_officer=p.ballot_officer,
            ballot_perceived_centre=p.ballot_perceived_centre,
            ballot_council_opposed=p.ballot_council_opposed,
        )

    def _makes_one_council(self) -> bool:
        """Return whether the footprint is all CCGs that lie mostly in one council."""
        bodies = self._situation.bodies
        first = bodies[self.members[0].id].council
        if first < 0 or any(bodies[ccg.id].council != first for ccg in self.members):
            return False
        return sum(body.council == first for body in bodies.values()) == len(self.members)

    def _form_support(self) -> None:
        """Work out each CCG's log-odds of a yes, by terms, as engagement leaves them."""
        self._terms = [
            (
                ("common_support", self._common),
                ("ccg_support", self._ccg_support[position]),
                *self._arguments(position),
            )
            for position in range(len(self.members))
        ]

    def _expected_support(self) -> tuple[float, Terms]:
        """Return the mean of the CCGs' log-odds, and its terms: what leaders try to read."""
        each = self._terms
        sums = [0.0] * len(each[0])
        for terms in each:
            for i, term in enumerate(terms):
                sums[i] += term[1]
        n = len(each)
        mean = tuple((term[0], value / n) for term, value in zip(each[0], sums, strict=True))
        return total(mean), mean

    def _await_call(self) -> Generator[simpy.Event, Any, bool]:
        """Let leaders judge expected support until they call the ballot or give up."""
        situation = self._situation
        p = situation.parameters
        if not situation.levers.ballot.leaders_gate:
            self._form_support()
            self._write("ballot_called", {})
            return True
        while True:
            attempt = self._ordinal * LOOKS + self._looks
            self._looks += 1
            self._form_support()  # officers may be shared by now
            expected, terms = self._expected_support()
            error = p.call_noise_sd * standard_normal(
                self._uniform(purposes.EXPECTED_SUPPORT, attempt)
            )
            chance = support.call_probability(expected + error, p.call_steepness)
            terms = (("misreading", error), *terms)
            if happens(self._uniform(purposes.CALL_BALLOT, attempt), chance):
                self._write("ballot_called", {"expected": expected + error}, terms)
                return True
            if self._looks >= LOOKS or not happens(
                self._uniform(purposes.POSTPONE, attempt), p.call_postpone
            ):
                self._leave("withdrawn", "leaders expected members to refuse", terms)
                return False
            self._write("postponed", {"expected": expected + error}, terms)
            u = self._uniform(purposes.POSTPONE_TIME, attempt)
            yield situation.wait(situation.scenario.durations.postpone.days(u))

    # -- Ballots ------------------------------------------------------------------------------

    def _ballots(self) -> Generator[simpy.Event, Any, bool]:
        """Hold the ballots, again where a CCG failed and tries again; say whether it stands."""
        situation = self._situation
        levers = situation.levers.ballot
        results: dict[int, membership.Result] = {}
        shifts = [0.0] * len(self.members)
        voting = list(range(len(self.members)))
        attempt = 1
        while True:
            yield from self._vote(voting, attempt, shifts, results)
            failed = [i for i in range(len(self.members)) if not results[i].carried]
            carried = len(self.members) - len(failed)
            stands = ballot.proposal_carries(carried, len(self.members), levers.all_must_carry)
            self._write("balloted", {"carried": stands, "attempt": attempt})
            if stands:
                return True
            if attempt >= levers.tries or not self._ask_again(failed, results):
                break
            for position in failed:
                shifts[position] += self._second_thoughts(position)
            voting = failed
            attempt += 1
        names = ", ".join(self.members[i].name for i in failed)
        honoured = levers.binding or happens(
            self._uniform(purposes.HONOUR_VOTE), situation.parameters.honour_probability
        )
        if not honoured:
            return True
        self._leave("lost", f"members refused: {names}", cool=True)
        self._try_narrower([m for i, m in enumerate(self.members) if results[i].carried])
        return False

    def _vote(
        self,
        voting: list[int],
        attempt: int,
        shifts: list[float],
        results: dict[int, membership.Result],
    ) -> Process:
        situation = self._situation
        durations = situation.scenario.durations
        stage = durations.ballot if attempt == 1 else durations.reballot
        purpose = purposes.BALLOT_TIME if attempt == 1 else purposes.REBALLOT_TIME
        works = []
        for position in voting:
            ccg = self.members[position]
            work = stage.days(situation.luck.uniform(purpose, ccg.id, ccg.ballots))
            works.append(work)
        closes = [
            (situation.end_of(work * self._hurry(max(works))), position)
            for work, position in zip(works, voting, strict=True)
        ]
        for moment, position in sorted(closes):
            yield situation.wait_until(moment)
            ccg = self.members[position]
            terms = self._terms[position]
            log_odds = total(terms)
            if attempt > 1:
                log_odds += shifts[position]
                terms = (*terms, ("second_thoughts", shifts[position]))
            results[position] = membership.hold_ballot(
                situation,
                ccg,
                self.id,
                attempt,
                log_odds,
                lmc.advice_to(ccg, self._stances),
                terms,
            )

    def _hurry(self, longest: float) -> float:
        """Return how far ballots are shortened so that the last closes before the window does."""
        situation = self._situation
        deadline = situation.calendar.round_deadline(situation.env.now)
        if deadline is None:
            return 1.0
        available = deadline - TO_FILE - situation.env.now
        return consent.squeeze(longest, available, SHORTEST_BALLOT)

    def _ask_again(self, failed: list[int], results: dict[int, membership.Result]) -> bool:
        """Say whether every CCG that failed votes again."""
        situation = self._situation
        p = situation.parameters
        for position in failed:
            ccg, result = self.members[position], results[position]
            chance = p.reballot_probability if result.quorate else p.reballot_inquorate
            u = situation.luck.uniform(purposes.REBALLOT, ccg.id, ccg.ballots)
            if not happens(u, chance):
                return False
        return True

    def _second_thoughts(self, position: int) -> float:
        situation, ccg = self._situation, self.members[position]
        p = situation.parameters
        u = situation.luck.uniform(purposes.REBALLOT_SHIFT, ccg.id, ccg.ballots)
        return normal(u, p.reballot_shift, p.reballot_shift_sd)

    def _try_narrower(self, willing: list[LivingCCG]) -> None:
        """Perhaps go on with those who want to: a narrower footprint is a new proposal."""
        situation = self._situation
        if len(willing) < 2 or not connected({c.id for c in willing}, situation.neighbours):
            return
        if len({ccg.system for ccg in willing}) > 1:
            return
        u = self._uniform(purposes.NARROWER)
        if happens(u, situation.parameters.narrower_probability):
            home = situation.systems[willing[0].system]
            home.open_proposal(willing, self.origin, parent=self.id)

    # -- Application, panel, decision, effect ---------------------------------------------------

    def _apply(self) -> Process:
        situation = self._situation
        durations = situation.scenario.durations
        yearly = situation.levers.approval.window == "yearly"
        region = situation.regions[self._home.region]
        round_number = self._ordinal * LOOKS
        while True:
            window = ""
            if yearly:
                opens, closes = situation.calendar.window()
                yield situation.wait_until(situation.clock.moment(opens))
                window = closes.isoformat()
            self._write("applied", {"window": window})
            if yearly:
                yield situation.calendar.close_of_window(self)
            panel = durations.panel.days(self._uniform(purposes.PANEL_TIME, round_number))
            waited = yield from region.assess(situation.grid(panel))
            situation.log.write(
                situation.env.now, "assessed", region.name, self.id, {"waited": waited}
            )
            national = durations.national.days(self._uniform(purposes.NATIONAL_TIME, round_number))
            yield situation.wait_grid(national)
            decision, terms = situation.national.decide(
                round_number, self._home.index, self._ready(), self._whole_system()
            )
            situation.log.write(
                situation.env.now, "decided", "NHS England", self.id, {"decision": decision}, terms
            )
            if decision != "deferred":
                break
            round_number += 1
            if not yearly:
                u = self._uniform(purposes.POSTPONE_TIME, round_number)
                yield situation.wait(durations.postpone.days(u))
        if decision == "refused":
            self._leave("refused", "not ready or not in line with the tests", terms, cool=True)
            return
        yield from self._mobilise(decision == "approved_with_conditions")

    def _mobilise(self, conditional: bool) -> Process:
        """Meet the conditions and wait for the day of effect."""
        situation = self._situation
        approval = situation.levers.approval
        earliest = situation.env.now + situation.grid(approval.minimum_lead_months * DAYS_PER_MONTH)
        if conditional:
            u = self._uniform(purposes.CONDITIONS_TIME)
            yield situation.wait_grid(situation.scenario.durations.conditions.days(u))
            self._write("conditions_met", {})
        if approval.effective_dates == "1_april":
            yield situation.calendar.first_april(self, earliest)
        else:
            yield situation.wait_until(earliest)
            self.take_effect()

    def take_effect(self) -> None:
        """Merge the CCGs now; called on 1 April by the calendar, in the order of proposals."""
        systems = self._systems()
        body = merge(self._situation, self.members, self.id, systems)
        self._write("effective", {"body": body.name})

    def _ready(self) -> float:
        """Return the patient share of the footprint's largest group under one officer."""
        patients: dict[str, int] = {}
        unknown = 0.0
        for ccg in self.members:
            if ccg.officer_group:
                patients[ccg.officer_group] = patients.get(ccg.officer_group, 0) + ccg.patients
            else:
                unknown += ccgs.officer_weight(self._situation, ccg) * ccg.patients
        return min(1.0, (max(patients.values(), default=0) + unknown) / self._patients)

    def _whole_system(self) -> bool:
        return len(self.members) == len(self._home.members) and all(
            ccg.system == self._home.index for ccg in self.members
        )
