"""Wrong on purpose: a broken rule or agent for every exact-answer case, which the case must catch.

Each variant replaces one function of the simulator in the running process by a plausible mistake.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest
import simpy

from sim.agents import engine, membership
from sim.agents.ballots import Ballots
from sim.agents.calendar import Calendar
from sim.agents.hazard import Profile
from sim.rules import approval, ballot, beliefs, engagement
from sim.scenario.distributions import Distribution
from sim.scenario.durations import Duration
from sim.streams import Purpose, Streams, purposes, quantiles
from sim.streams.quantiles import standard_normal
from tests.oracles.cases import CASES, Case
from tests.oracles.estimate import Check, Estimate
from tests.oracles.run import run_case

Break = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Wrong:
    """One mistake: the case that must catch it, what is wrong, and the replacement.

    ``size`` is the part of the case's routine replications that is enough to see it.
    """

    case: str
    what: str
    apply: Break
    size: float = 0.25

    def caught(self) -> tuple[Check, Estimate] | None:
        """Run the case with the mistake in place; return the check that fails most, if any."""
        case = case_named(self.case)
        with _broken(self.apply):
            result = run_case(case, max(1, round(case.routine * self.size)))
        failing = [pair for pair in result.estimates if not pair[0].passes(pair[1])]
        return max(failing, key=lambda pair: pair[0].distance(pair[1]), default=None)


def case_named(name: str) -> Case:
    """Return the case of a name."""
    return next(case for case in CASES if case.name == name)


@contextmanager
def _broken(apply: Break) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        apply(patch)
        yield


# -- The ballot --------------------------------------------------------------------------------


def _ties_pass(patch: pytest.MonkeyPatch) -> None:
    def carries(tally: ballot.Tally, threshold: float, quorum: float) -> bool:
        cast = tally.weight_for + tally.weight_against
        return ballot.quorate(tally, quorum) and tally.weight_for >= threshold * cast

    patch.setattr(ballot, "carries", carries)


def _quorum_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballot, "quorate", lambda tally, quorum: True)


def _quorum_of_yes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        ballot, "quorate", lambda tally, quorum: tally.votes_for >= quorum * tally.practices
    )


def _abstained_is_no(patch: pytest.MonkeyPatch) -> None:
    def carries(tally: ballot.Tally, threshold: float, quorum: float) -> bool:
        return ballot.quorate(tally, quorum) and tally.votes_for > threshold * tally.practices

    patch.setattr(ballot, "carries", carries)


def _counting(patch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], None]) -> None:
    count = ballot.count_votes

    def count_votes(p: Any, electorate: ballot.Electorate, **rest: Any) -> ballot.Tally:
        given = electorate._asdict()
        change(given)
        return count(p, ballot.Electorate(**given), **rest)

    patch.setattr(ballot, "count_votes", count_votes)


def _no_chance(patch: pytest.MonkeyPatch) -> None:
    _counting(patch, lambda given: given.update(u_vote=[0.5] * len(given["u_vote"])))


def _mean_field(patch: pytest.MonkeyPatch) -> None:
    def change(given: dict[str, Any]) -> None:
        chances = [1.0 / (1.0 + math.exp(-x)) for x in given["shifts"]]
        p = sum(chances) / len(chances)
        given["shifts"] = [math.log(p / (1.0 - p))] * len(chances)

    _counting(patch, change)


def _weights_ignored(patch: pytest.MonkeyPatch) -> None:
    _counting(patch, lambda given: given.update(weights=[1.0] * len(given["weights"])))


def _most_suffice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballot, "proposal_carries", lambda carried, ballots, every: 2 * carried > ballots)


def _fresh_support(patch: pytest.MonkeyPatch) -> None:
    hold = membership.hold_ballot

    def hold_ballot(
        replication: Any, ccg: Any, proposal_id: str, attempt: int, _support: float, *rest: Any
    ) -> membership.Result:
        p = replication.parameters
        u = replication.streams.uniform(purposes.CCG_SUPPORT, ccg.id, 10 + ccg.ballots)
        fresh = p.support_mean + p.support_sd * standard_normal(u)
        return hold(replication, ccg, proposal_id, attempt, fresh, *rest)

    patch.setattr(membership, "hold_ballot", hold_ballot)


def _advice_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engagement, "advice_effect", lambda *given: 0.0)


# -- Luck --------------------------------------------------------------------------------------


def _votes(
    patch: pytest.MonkeyPatch, address: Callable[[Streams, Purpose, int], list[float]]
) -> None:
    patch.setattr(
        Streams,
        "uniforms",
        lambda self, purpose, bodies, attempt=0: address(self, purpose, attempt) * len(bodies),
    )


def _one_vote_for_all(patch: pytest.MonkeyPatch) -> None:
    drawn = Streams.uniforms
    _votes(patch, lambda streams, purpose, attempt: drawn(streams, purpose, (0,), attempt))


def _same_votes_again(patch: pytest.MonkeyPatch) -> None:
    drawn = Streams.uniforms
    patch.setattr(
        Streams,
        "uniforms",
        lambda self, purpose, bodies, attempt=0: drawn(self, purpose, bodies, 0),
    )


def _one_body(purpose: Purpose, group: int | None = None) -> Break:
    def apply(patch: pytest.MonkeyPatch) -> None:
        drawn = Streams.uniform

        def uniform(self: Streams, asked: Purpose, body: int = 0, attempt: int = 0) -> float:
            if asked == purpose:
                body = 0 if group is None else body // group * group
            return drawn(self, asked, body, attempt)

        patch.setattr(Streams, "uniform", uniform)

    return apply


def _one_draw(shared: Purpose, *others: Purpose) -> Break:
    def apply(patch: pytest.MonkeyPatch) -> None:
        drawn = Streams.uniform

        def uniform(self: Streams, asked: Purpose, body: int = 0, attempt: int = 0) -> float:
            return drawn(self, shared if asked in others else asked, body, attempt)

        patch.setattr(Streams, "uniform", uniform)

    return apply


def _one_long_stream(patch: pytest.MonkeyPatch) -> None:
    runs = itertools.count(1)

    def streams(seed: int, replication: int, *given: Any) -> Streams:
        return Streams(seed + next(runs), replication, *given)

    patch.setattr(engine, "Streams", streams)


# -- Times -------------------------------------------------------------------------------------


def _drawn_at_zero(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Profile, "inverse", lambda self, integral: integral / self._values[0])


def _first_ballot_decides(patch: pytest.MonkeyPatch) -> None:
    hold = Ballots._vote

    def vote(self: Ballots, *given: Any) -> Generator[simpy.Event, Any, None]:
        steps = hold(self, *given)
        yield next(steps)
        for _later in steps:  # the others are counted without waiting for their dates
            pass

    patch.setattr(Ballots, "_vote", vote)


def _sd_as_variance(patch: pytest.MonkeyPatch) -> None:
    gamma = quantiles.gamma
    patch.setattr(quantiles, "gamma", lambda u, mean, sd: gamma(u, mean, math.sqrt(sd)))


def _middle_date(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quantiles, "uniform", lambda u, low, high: (low + high) / 2.0)


def _shift_april(days: float) -> Break:
    def apply(patch: pytest.MonkeyPatch) -> None:
        first = Calendar.first_april
        patch.setattr(
            Calendar,
            "first_april",
            lambda self, proposal, not_before: first(self, proposal, not_before + days),
        )

    return apply


# -- Approval, relays, inference ---------------------------------------------------------------


def _log_odds_as_chance(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(approval, "expit", lambda x: x)


def _upside_down(patch: pytest.MonkeyPatch) -> None:
    decide = approval.decide
    patch.setattr(approval, "decide", lambda p, terms, u: _other(decide(p, terms, u)))


def _other(decision: str) -> str:
    return {"approved": "refused", "refused": "approved"}.get(decision, decision)


def _panel_of(capacity: int) -> Break:
    def apply(patch: pytest.MonkeyPatch) -> None:
        resource = simpy.Resource
        patch.setattr(simpy, "Resource", lambda env, _capacity: resource(env, capacity))

    return apply


def _never_restored(patch: pytest.MonkeyPatch) -> None:
    relay = beliefs.relay
    patch.setattr(
        beliefs,
        "relay",
        lambda heard, drop, restore, u, mode: relay(heard, drop, 0.0, u, mode),
    )


def _median_parameters(patch: pytest.MonkeyPatch) -> None:
    quantile = Distribution.quantile

    def median(self: Distribution, u: float) -> float:
        return quantile(self, u if isinstance(self, Duration) else 0.5)

    patch.setattr(Distribution, "quantile", median)


WRONG: Final[tuple[Wrong, ...]] = (
    Wrong("o01-abstention", "a tie passes", _ties_pass),
    Wrong("o01-abstention", "abstentions count as no", _abstained_is_no),
    Wrong("o01-full_turnout", "every practice votes as it leans, without chance", _no_chance),
    Wrong("o01-quorum_79", "the quorum is ignored", _quorum_ignored),
    Wrong("o01-quorum_75", "only yes votes count for the quorum", _quorum_of_yes),
    Wrong("o01-two_thirds", "two thirds need only be reached", _ties_pass),
    Wrong("o02-leanings", "all practices have their mean chance (mean field)", _mean_field, 0.5),
    Wrong("o03-independent", "more than half of the CCGs suffice", _most_suffice),
    Wrong("o03-independent", "all CCGs vote with one draw", _one_vote_for_all),
    Wrong("o03s-shared", "ballots are independent, no shared effect", _fresh_support),
    Wrong("o04-by_list_size", "weights are ignored", _weights_ignored, 1.0),
    Wrong("o04-one_each", "a tie passes", _ties_pass),
    Wrong("o06-advice", "advice has no effect", _advice_ignored),
    Wrong("o07-independent", "a second try repeats the first's votes", _same_votes_again),
    Wrong("o07-persistent", "support is drawn afresh at each try", _fresh_support, 0.5),
    Wrong(
        "o09-stages",
        "all stages take the same draw",
        _one_draw(
            purposes.EXPLORE_TIME,
            purposes.DRAFT_TIME,
            purposes.ENGAGE_TIME,
            purposes.NATIONAL_TIME,
        ),
    ),
    Wrong(
        "o10-competing",
        "local leaders and centre share one budget",
        _one_draw(purposes.MOOT_LOCAL, purposes.MOOT_CENTRE),
    ),
    Wrong("o10-stepped", "one draw at time zero, later rates ignored", _drawn_at_zero),
    Wrong("o11-pairs", "all systems share one draw", _one_body(purposes.MOOT_LOCAL)),
    Wrong("o13-q50", "one coin decides for all systems", _one_body(purposes.DECISION)),
    Wrong("o13-q70", "approval and refusal are swapped", _upside_down),
    Wrong("o13-q846", "log-odds are taken for the chance", _log_odds_as_chance),
    Wrong("o13-own_ballots", "more than half of the CCGs suffice", _most_suffice),
    Wrong("o17-burst", "the panel has no limit", _panel_of(10**6)),
    Wrong("o17-burst", "the panel has one reviewer", _panel_of(1)),
    Wrong("o18-exponential", "the first ballot decides, not the last", _first_ballot_decides),
    Wrong("o18-exponential", "all ballots fall on one day", _one_body(purposes.BALLOT_TIME, 6)),
    Wrong("o18-gamma", "the standard deviation is taken for the variance", _sd_as_variance),
    Wrong("o18-uniform", "every ballot takes the mean time", _middle_date),
    Wrong(
        "o18a-april",
        "the lead is ignored: the wrong 1 April",
        _shift_april(-182.5),
    ),
    Wrong(
        "o18a-april",
        "the 1 April after the next one",
        _shift_april(365.0),
    ),
    Wrong("o19-relay", "a dropped word is never put back", _never_restored, 1.0),
    Wrong("o23-p80-p72", "random numbers continue from run to run", _one_long_stream),
    Wrong("o23d-p80-p72", "random numbers continue from run to run", _one_long_stream),
    Wrong("o25-uniform_prior", "parameters are held at their medians", _median_parameters, 0.02),
    Wrong("o25-uniform_prior", "all practices vote as one", _one_vote_for_all, 0.02),
)
