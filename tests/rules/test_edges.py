"""Edges of the rules: exactly on a threshold, nothing at all, sums of several parts."""

from __future__ import annotations

import pytest

from sim.rules import approval, ballot, consent, footprints, logistic, starting
from sim.rules.dates import stretch_over_pauses

HALF = 2.0**31 / 2.0**32


def count(**changes: object) -> ballot.Tally:
    given: dict[str, object] = {
        "support": 0.0,
        "spread": 1.0,
        "turnout": 1.0,
        "leanings": [0.0, 0.0, 0.0],
        "u_turnout": [0.5, 0.5, 0.5],
        "u_vote": [0.4, 0.4, 0.6],
        "weights": [3.0, 5.0, 7.0],
        "shifts": None,
    }
    return ballot.count_votes(**(given | changes))  # type: ignore[arg-type]


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
    even = (("base", 0.0),)
    assert approval.decide(0.25, even, 0.5) == "deferred"
    assert approval.decide(0.75, even, 0.5) == "refused"
    assert approval.decide(0.7499, even, 0.5) == "deferred"
    assert approval.decide(0.2499, even, 0.5) == "approved"


def test_small_works_are_squeezed_and_none_is_left_alone() -> None:
    assert consent.squeeze(0.8, 0.4, 0.2) == 0.5
    assert consent.squeeze(0.0, -1.0, -2.0) == 1.0
    assert consent.squeeze(2.0, 0.0, 0.0) == 1.0
    assert consent.squeeze(1.0, 1.0, 0.0) == 1.0


def test_work_begun_as_a_pause_ends_is_not_put_off() -> None:
    assert stretch_over_pauses(5.0, 2.0, ((1.0, 5.0),)) == 7.0
    assert stretch_over_pauses(5.0, 2.0, ((7.0, 9.0),)) == 7.0
