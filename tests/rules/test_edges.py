"""Edges of the rules: exactly on a threshold, nothing at all, sums of several parts."""

from __future__ import annotations

from typing import Any

import pytest

from sim.rules import approval, ballot, consent, footprints, logistic, starting
from sim.rules.dates import stretch_over_pauses
from tests.rules.numbers import numbers

HALF = 2.0**31 / 2.0**32


def count(**changes: object) -> ballot.Tally:
    given: dict[str, Any] = {
        "support": 0.0,
        "spread": 1.0,
        "turnout": 1.0,
        "leanings": [0.0, 0.0, 0.0],
        "u_turnout": [0.5, 0.5, 0.5],
        "u_vote": [0.4, 0.4, 0.6],
        "weights": [3.0, 5.0, 7.0],
        "shifts": None,
    }
    facts = given | changes
    p = numbers(support_practice_sd=facts.pop("spread"))
    rest = {name: facts.pop(name) for name in ("support", "turnout")}
    return ballot.count_votes(p, ballot.Electorate(**facts), **rest)


def test_weights_add_up_over_practices() -> None:
    assert count() == (3, 2, 1, 0, 8.0, 7.0)
    assert count(u_vote=[0.6, 0.6, 0.4]) == (3, 1, 2, 0, 7.0, 8.0)


def test_stated_leanings_add_to_support_and_lasting_ones() -> None:
    # log-odds 2 - 1 + 1 = 2 each: chance .88; without one of the parts .73, .95 or .5
    tally = {"support": 2.0, "leanings": [-1.0] * 3, "shifts": [1.0] * 3}
    assert count(**tally, u_vote=[0.87, 0.89, 0.94]).votes_for == 1


def test_a_uniform_on_the_chance_is_a_no_and_on_the_turnout_stays_away() -> None:
    assert count(u_vote=[HALF] * 3).votes_for == 0
    assert count(u_vote=[HALF - 2.0**-32] * 3).votes_for == 3
    assert count(turnout=0.5, u_turnout=[HALF, HALF, 0.4]).abstained == 2


def test_chances_are_rounded_to_the_nearest_grid_point() -> None:
    third = logistic.expit(-0.7)
    nearest = round(third * 2.0**32) / 2.0**32
    assert logistic.rounded(third) == nearest
    votes = count(support=-0.7, u_vote=[nearest - 2.0**-32, nearest, nearest + 2.0**-32])
    assert votes.votes_for == 1
    assert not logistic.happens(nearest, third)
    assert logistic.happens(nearest - 2.0**-32, third)


def test_a_share_of_a_vote_can_carry_but_none_cannot() -> None:
    light = ballot.Tally(1, 1, 0, 0, 0.5, 0.0)
    assert ballot.carries(light, 0.5, 0.0)
    assert not ballot.carries(ballot.Tally(1, 0, 0, 1, 0.0, 0.0), 0.0, 0.0)
    assert not ballot.carries(ballot.Tally(2, 0, 2, 0, 0.0, 2.0), 0.0, 0.0)


@pytest.mark.parametrize("zero", range(4))
def test_a_rate_with_a_nought_in_it_is_nought_whatever_the_terms(zero: int) -> None:
    factors = [0.5, 0.5, 0.5, 0.5]
    factors[zero] = 0.0
    assert starting.rate(*factors, (("too much for exp", 1000.0),)) == 0.0


@pytest.mark.parametrize("one", range(4))
def test_a_rate_is_the_product_of_its_factors(one: int) -> None:
    factors = [0.5, 0.5, 0.5, 0.5]
    factors[one] = 1.0
    assert starting.rate(*factors, ()) == pytest.approx(0.125)


def test_a_choice_on_the_edge_is_the_next_and_past_the_end_the_last() -> None:
    even = [0.0, 0.0, 0.0, 0.0]
    assert [footprints.choose(even, u) for u in (0.0, 0.25, 0.5, 0.75)] == [0, 1, 2, 3]
    assert footprints.choose(even, 1.0) == 3


def test_a_decision_on_the_edge_is_the_worse_one() -> None:
    even, p = (("base", 0.0),), numbers(approval_defer=0.5)
    assert approval.decide(p, even, 0.25) == "deferred"
    assert approval.decide(p, even, 0.75) == "refused"
    assert approval.decide(p, even, 0.7499) == "deferred"
    assert approval.decide(p, even, 0.2499) == "approved"


def test_small_works_are_squeezed_and_none_is_left_alone() -> None:
    assert consent.squeeze(0.8, 0.4, 0.2) == 0.5
    assert consent.squeeze(0.0, -1.0, -2.0) == 1.0
    assert consent.squeeze(2.0, 0.0, 0.0) == 1.0
    assert consent.squeeze(1.0, 1.0, 0.0) == 1.0


def test_work_begun_as_a_pause_ends_is_not_put_off() -> None:
    assert stretch_over_pauses(5.0, 2.0, ((1.0, 5.0),)) == 7.0
    assert stretch_over_pauses(5.0, 2.0, ((7.0, 9.0),)) == 7.0


@pytest.mark.parametrize(("practices", "cast", "quorum"), [(25, 14, 0.56), (100, 55, 0.55)])
def test_a_quorum_is_met_where_its_share_is_not_exact_in_binary(
    practices: int, cast: int, quorum: float
) -> None:
    met = ballot.Tally(practices, cast, 0, practices - cast, float(cast), 0.0)
    missed = ballot.Tally(practices, cast - 1, 0, practices - cast + 1, cast - 1.0, 0.0)
    assert ballot.quorate(met, quorum)
    assert not ballot.quorate(missed, quorum)


@pytest.mark.parametrize(("cast", "votes", "threshold"), [(50, 29, 0.58), (90, 63, 0.7)])
def test_a_threshold_must_be_exceeded_where_its_share_is_not_exact_in_binary(
    cast: int, votes: int, threshold: float
) -> None:
    at = ballot.Tally(cast, votes, cast - votes, 0, float(votes), float(cast - votes))
    above = ballot.Tally(cast, votes + 1, cast - votes - 1, 0, votes + 1.0, cast - votes - 1.0)
    assert not ballot.carries(at, threshold, 0.0)
    assert ballot.carries(above, threshold, 0.0)
