"""The ballots on one proposal: each CCG on its own date, again where one failed and tries again.

Each CCG's ballot takes a drawn ``ballot`` time from the call; all begin together. If the longest
would pass the round deadline less ``TO_FILE``, and the time to then is at least
``SHORTEST_BALLOT``, all are shortened by the same factor so that the longest fits. Ballots that
close at one moment are counted in the order of the footprint.

The proposal stands by ``proposal_carries`` (``ballot.all_must_carry``), or if enough CCGs carry for
``force.decision_rule``. If it does not, and the attempt is below ``ballot.tries``, each failed CCG
is asked in the order of the footprint whether to vote again: yes with probability
``reballot_inquorate`` if it had the votes and only missed the quorum, otherwise with
``reballot_probability``, quorate or not. At the first no the asking stops and there is no second
vote at all. If all say yes, each failed CCG's log-odds shift for good by Normal(``reballot_shift``,
``reballot_shift_sd``), and those CCGs alone vote again after a ``reballot`` time each, squeezed as
above; the results of the others stand.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import simpy

from sim.agents import membership
from sim.agents.replication import LivingCCG, Replication
from sim.rules import ballot, consent
from sim.rules.logistic import happens, total
from sim.streams import purposes
from sim.streams.quantiles import normal
from sim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from sim.agents.opinion import Opinion
    from sim.agents.proposal import Proposal

TO_FILE: Final = 1.0  # days from the last ballot to the application
SHORTEST_BALLOT: Final = 0.3 * DAYS_PER_MONTH  # the shortest ballot seen

Process = Generator[simpy.Event, Any, None]


class Ballots:
    """The ballots of one proposal; ``results`` are by position among its members."""

    def __init__(self, replication: Replication, proposal: Proposal, opinion: Opinion) -> None:
        self._replication = replication
        self._proposal = proposal
        self._members = proposal.members
        self._opinion = opinion
        self._shifts = [0.0] * len(proposal.members)
        self.results: dict[int, membership.Result] = {}

    def hold(self) -> Generator[simpy.Event, Any, bool]:
        """Hold the ballots until the proposal stands or nobody tries again; say whether it does."""
        levers = self._replication.levers.ballot
        voting = list(range(len(self._members)))
        attempt = 1
        while True:
            yield from self._vote(voting, attempt)
            failed = self.failed()
            carried = len(self._members) - len(failed)
            stands = ballot.proposal_carries(carried, len(self._members), levers.all_must_carry)
            stands = stands or self._replication.rules.decision.agreed(carried, len(self._members))
            self._proposal.write("balloted", carried=stands, attempt=attempt)
            if stands:
                return True
            if attempt >= levers.tries or not self._ask_again(failed):
                return False
            for position in failed:
                self._shifts[position] += self._second_thoughts(position)
            voting = failed
            attempt += 1

    def failed(self) -> list[int]:
        """Return the positions of the CCGs whose last ballot was not carried."""
        return [i for i in range(len(self._members)) if not self.results[i].carried]

    def votes(self) -> tuple[int, int]:
        """Return the votes cast, and those against, in the last ballot of each CCG."""
        found = self.results.values()
        return sum(r.cast for r in found), sum(r.against for r in found)

    def carriers(self) -> list[LivingCCG]:
        """Return the CCGs whose last ballot was carried."""
        return [ccg for i, ccg in enumerate(self._members) if self.results[i].carried]

    def _vote(self, voting: list[int], attempt: int) -> Process:
        replication = self._replication
        durations = replication.scenario.durations
        stage = durations.ballot if attempt == 1 else durations.reballot
        purpose = purposes.BALLOT_TIME if attempt == 1 else purposes.REBALLOT_TIME
        works = []
        for position in voting:
            ccg = self._members[position]
            work = stage.days(replication.streams.uniform(purpose, ccg.id, ccg.ballots))
            works.append(work)
        hurry = self._hurry(max(works))
        closes = [
            (replication.end_of(work * hurry), position)
            for work, position in zip(works, voting, strict=True)
        ]
        for moment, position in sorted(closes):
            yield replication.wait_until(moment)
            ccg = self._members[position]
            terms = self._opinion.terms[position]
            log_odds = total(terms)
            if attempt > 1:
                log_odds += self._shifts[position]
                terms = (*terms, ("second_thoughts", self._shifts[position]))
            self.results[position] = membership.hold_ballot(
                replication,
                ccg,
                self._proposal.id,
                attempt,
                log_odds,
                self._opinion.advice_to(ccg),
                terms,
            )

    def _hurry(self, longest: float) -> float:
        """Return how far ballots are shortened so that the last closes before the window does."""
        replication = self._replication
        deadline = replication.calendar.round_deadline(replication.now)
        if deadline is None:
            return 1.0
        available = deadline - TO_FILE - replication.now
        return consent.squeeze(longest, available, SHORTEST_BALLOT)

    def _ask_again(self, failed: list[int]) -> bool:
        """Say whether every CCG that failed votes again."""
        replication = self._replication
        p = replication.parameters
        for position in failed:
            ccg, result = self._members[position], self.results[position]
            chance = p.reballot_inquorate if result.ahead else p.reballot_probability
            u = replication.streams.uniform(purposes.REBALLOT, ccg.id, ccg.ballots)
            if not happens(u, chance):
                return False
        return True

    def _second_thoughts(self, position: int) -> float:
        replication, ccg = self._replication, self._members[position]
        p = replication.parameters
        u = replication.streams.uniform(purposes.REBALLOT_SHIFT, ccg.id, ccg.ballots)
        return normal(u, p.reballot_shift, p.reballot_shift_sd)
