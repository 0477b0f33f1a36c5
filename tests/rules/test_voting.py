"""Log-odds, the ballot's count, and what members think."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.rules import ballot, support
from sim.rules.logistic import GRID, Terms, expit, happens, logit, rounded, total
from tests.properties import between, log_odds, shares, steady, uniforms
from tests.rules.numbers import numbers, parted

# -- Log-odds ------------------------------------------------------------------------------------


@steady
@given(x=between(-30.0, 30.0))
def test_expit_and_logit_undo_each_other(x: float) -> None:
    assert logit(expit(x)) == pytest.approx(x, abs=1e-2 if x > 20 else 1e-6)
    assert expit(x) + expit(-x) == pytest.approx(1.0)


def test_expit_and_logit_at_the_edges() -> None:
    assert expit(0.0) == 0.5
    assert (expit(800.0), expit(-800.0)) == (1.0, 0.0)
    assert (expit(math.inf), expit(-math.inf)) == (1.0, 0.0)
    assert (logit(0.0), logit(1.0)) == (-math.inf, math.inf)


@steady
@given(a=between(-50, 50), b=between(-50, 50))
def test_expit_rises(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert expit(low) <= expit(high)


@steady
@given(u=uniforms, p=shares)
def test_what_is_certain_happens_and_what_is_impossible_does_not(u: float, p: float) -> None:
    assert happens(u, 1.0)
    assert not happens(u, 0.0)
    assert abs(rounded(p) - p) <= 0.5 / GRID
    assert happens(u, p) == (u < rounded(p))


def test_the_last_bits_of_a_probability_decide_nothing() -> None:
    assert rounded(0.3) == rounded(0.3 + 1e-15) == rounded(0.3 - 1e-15)


def test_terms_add_up() -> None:
    assert total(()) == 0.0
    assert total((("a", 1.5), ("b", -0.5))) == 1.0


# -- The count -----------------------------------------------------------------------------------


def count(n: int = 4, **over: Any) -> ballot.Tally:
    values: dict[str, Any] = {
        "support": 0.0,
        "spread": 0.0,
        "turnout": 1.0,
        "leanings": [0.0] * n,
        "u_turnout": [0.5] * n,
        "u_vote": [0.5] * n,
        "weights": [1.0] * n,
        "shifts": None,
    }
    facts = values | over
    p = numbers(support_practice_sd=facts.pop("spread"))
    rest = {name: facts.pop(name) for name in ("support", "turnout")}
    return ballot.count_votes(p, ballot.Electorate(**facts), **rest)


def tally(votes_for: int, votes_against: int, practices: int, scale: float = 1.0) -> ballot.Tally:
    return ballot.Tally(
        practices,
        votes_for,
        votes_against,
        practices - votes_for - votes_against,
        votes_for * scale,
        votes_against * scale,
    )


def test_a_hand_counted_ballot() -> None:
    """Practice 1 stays away; of the others those whose uniform lies below expit(.5 + shift)."""
    result = count(
        support=0.5,
        turnout=0.6,
        u_turnout=[0.7, 0.1, 0.59, 0.2],
        u_vote=[0.1, 0.62, 0.63, 0.9],  # expit(.5) = .6225
        weights=[10.0, 20.0, 30.0, 40.0],
    )
    assert result == ballot.Tally(4, 1, 2, 1, 20.0, 70.0)


def test_leanings_and_shifts_move_single_practices() -> None:
    result = count(3, spread=2.0, leanings=[1.0, -1.0, 0.0], u_vote=[0.8, 0.2, 0.45])
    assert (result.votes_for, result.votes_against) == (2, 1)  # .88, .12, .5
    shifted = count(3, shifts=[-5.0, 5.0, 0.0], u_vote=[0.4, 0.6, 0.45])
    assert (shifted.votes_for, shifted.votes_against) == (2, 1)
    assert count(3, shifts=[0.0] * 3) == count(3)


def test_an_empty_membership_casts_nothing() -> None:
    assert count(0) == ballot.Tally(0, 0, 0, 0, 0.0, 0.0)
    assert not ballot.carries(count(0), 0.5, 0.0)


votes = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        *(st.lists(element, min_size=n, max_size=n) for element in (between(-3, 3), shares, shares))
    )
)


@steady
@given(drawn=votes, a=log_odds, b=log_odds, turnout=shares, spread=between(0, 3))
def test_higher_support_turns_nobody_to_no(
    drawn: tuple[list[float], list[float], list[float]],
    a: float,
    b: float,
    turnout: float,
    spread: float,
) -> None:
    leanings, u_turnout, u_vote = drawn
    low, high = sorted((a, b))
    n = len(leanings)
    common: dict[str, Any] = {
        "spread": spread,
        "turnout": turnout,
        "leanings": leanings,
        "u_turnout": u_turnout,
        "u_vote": u_vote,
        "weights": [float(i + 1) for i in range(n)],
    }
    few, many = count(n, support=low, **common), count(n, support=high, **common)
    assert few.votes_for <= many.votes_for
    assert few.weight_for <= many.weight_for
    assert few.abstained == many.abstained
    for result in (few, many):
        assert result.votes_for + result.votes_against + result.abstained == n
        assert result.weight_for + result.weight_against <= n * (n + 1) / 2
    more = count(n, support=low, **(common | {"turnout": min(1.0, turnout + 0.2)}))
    assert more.votes_for >= few.votes_for
    assert more.votes_against >= few.votes_against


@steady
@given(drawn=votes, chance=log_odds)
def test_the_loop_decides_as_the_plain_rule(
    drawn: tuple[list[float], list[float], list[float]], chance: float
) -> None:
    """The count is written out for speed; it must agree with happens(u, expit(x))."""
    leanings, u_turnout, u_vote = drawn
    n = len(leanings)
    result = count(
        n,
        support=chance,
        spread=1.5,
        turnout=0.7,
        leanings=leanings,
        u_turnout=u_turnout,
        u_vote=u_vote,
    )
    voting = [i for i in range(n) if happens(u_turnout[i], 0.7)]
    yes = [i for i in voting if happens(u_vote[i], expit(chance + 1.5 * leanings[i]))]
    assert (result.votes_for, result.votes_against) == (len(yes), len(voting) - len(yes))


def test_a_vote_near_its_chance_is_decided_on_the_grid() -> None:
    """Just above a chance that is rounded up it is still a yes, just below one rounded down no."""
    for log_odds_of_a_yes in (0.3, -0.3, 1.1, -1.1, 2.0, -2.0, 0.7):
        chance = expit(log_odds_of_a_yes)
        between = (chance + rounded(chance)) / 2
        assert between != chance
        result = count(support=log_odds_of_a_yes, spread=0.0, u_turnout=[0.1], u_vote=[between])
        assert result.votes_for == happens(between, chance) == (rounded(chance) > chance)


def test_a_tie_fails_and_one_more_carries() -> None:
    assert not ballot.carries(tally(5, 5, 10), 0.5, 0.0)
    assert ballot.carries(tally(6, 5, 11), 0.5, 0.0)
    assert not ballot.carries(tally(2, 1, 3), 2 / 3, 0.0)
    assert not ballot.carries(tally(0, 0, 3), 0.0, 0.0)


def test_quorate_means_cast_at_least_share_times_practices() -> None:
    assert ballot.quorate(tally(15, 0, 20), 0.75)
    assert not ballot.quorate(tally(14, 0, 20), 0.75)
    assert ballot.quorate(tally(0, 0, 20), 0.0)
    assert not ballot.carries(tally(14, 0, 20), 0.5, 0.75)
    assert ballot.carries(tally(8, 7, 20), 0.5, 0.75)


def test_weight_and_not_heads_carries() -> None:
    heads_for = ballot.Tally(3, 2, 1, 0, 2000.0, 9000.0)
    assert not ballot.carries(heads_for, 0.5, 0.0)
    assert ballot.carries(heads_for._replace(weight_for=9001.0), 0.5, 0.0)


@steady
@given(
    votes_for=st.integers(0, 50),
    against=st.integers(0, 50),
    away=st.integers(0, 50),
    threshold=shares,
    quorum=shares,
)
def test_more_yes_and_lower_bars_never_lose_a_ballot(
    votes_for: int, against: int, away: int, threshold: float, quorum: float
) -> None:
    result = tally(votes_for, against, votes_for + against + away)
    assume(ballot.carries(result, threshold, quorum))
    assert ballot.carries(result, threshold * 0.9, quorum * 0.9)
    one_more = tally(votes_for + 1, against, result.practices + 1)
    assert ballot.carries(one_more, threshold, quorum)


def test_a_proposal_needs_all_or_more_than_half() -> None:
    assert ballot.proposal_carries(3, 3, all_must_carry=True)
    assert not ballot.proposal_carries(2, 3, all_must_carry=True)
    assert ballot.proposal_carries(2, 3, all_must_carry=False)
    assert not ballot.proposal_carries(2, 4, all_must_carry=False)
    assert not ballot.proposal_carries(0, 1, all_must_carry=False)


# -- What members think --------------------------------------------------------------------------


def test_outweighed_by_hand() -> None:
    assert support.outweighed(100, 300, 3) == 0.0
    assert support.outweighed(200, 300, 3) == 0.0
    assert support.outweighed(50, 300, 3) == 0.5
    assert support.outweighed(1, 10_000, 2) == pytest.approx(0.9998)


@steady
@given(own=st.integers(1, 1000), others=st.integers(1, 1000), parts=st.integers(2, 9))
def test_the_larger_is_less_outweighed(own: int, others: int, parts: int) -> None:
    value = support.outweighed(own, own + others, parts)
    assert 0.0 <= value < 1.0
    assert support.outweighed(own + 1, own + 1 + others, parts) <= value
    assert support.outweighed(own, own + others + 1, parts) >= value


NEUTRAL: dict[str, Any] = {
    "outweighed_by": 0.0,
    "partner_distress": 0.0,
    "shares_officer": 1.0,
    "matches_council": False,
    "makes_one_council": False,
    "perceived_centre": False,
    "opposed_councils": 0.0,
    "advice": 0.0,
    "ballot_outweighed": -0.65,
    "ballot_partner_distress": -1.0,
    "ballot_own_posts": -0.55,
    "ballot_identity": -0.3,
    "ballot_one_council": 0.3,
    "ballot_officer": 0.15,
    "ballot_perceived_centre": -0.15,
    "ballot_council_opposed": -0.2,
}


def argument_terms(given: dict[str, Any]) -> Terms:
    p, facts = parted(given)
    advice = facts.pop("advice")
    return support.argument_terms(p, support.ArgumentFacts(**facts), advice)


def argued(**over: Any) -> float:
    return total(argument_terms(NEUTRAL | over)) - total(argument_terms(NEUTRAL))


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        ({"outweighed_by": 1.0}, -0.65),
        ({"partner_distress": 0.5}, -0.5),
        ({"shares_officer": 0.0}, -0.55 - 0.15),
        ({"matches_council": True}, -0.3),
        ({"makes_one_council": True}, 0.3),
        ({"perceived_centre": True}, -0.15),
        ({"opposed_councils": 0.5}, -0.1),
        ({"advice": -1.2}, -1.2),
        ({"outweighed_by": 1.0, "advice": 0.3}, -0.35),
    ],
)
def test_each_argument_has_its_stated_effect(change: dict[str, Any], effect: float) -> None:
    assert argued(**change) == pytest.approx(effect)


def test_arguments_are_named_once_each() -> None:
    names = [name for name, _ in argument_terms(NEUTRAL)]
    assert len(set(names)) == len(names) == 9


def common(**over: Any) -> tuple[float, float]:
    values: dict[str, Any] = {
        "form": "one_mode",
        "place": 0.0,
        "proposal": 0.0,
        "u_mode": 0.5,
        "support_mean": 2.0,
        "support_sd": 1.4,
        "support_shared": 1.0,
        "support_place_share": 0.25,
        "support_opposed_share": 0.2,
    }
    p, facts = parted(values | over)
    return support.common_support(p, facts.pop("form"), **facts)


@steady
@given(place=between(-4, 4), proposal=between(-4, 4), share=shares, sd=between(0, 3))
def test_common_support_is_the_mean_plus_two_independent_parts(
    place: float, proposal: float, share: float, sd: float
) -> None:
    """The weights' squares add up to one, so that the variances add up to sd squared."""
    value, mood = common(place=place, proposal=proposal, support_place_share=share, support_sd=sd)
    assert value == pytest.approx(2.0 + sd * mood)
    by_place = common(place=1.0, support_place_share=share)[1]
    by_proposal = common(proposal=1.0, support_place_share=share)[1]
    assert by_place**2 + by_proposal**2 == pytest.approx(1.0)
    assert by_place**2 == pytest.approx(share, abs=1e-12)
    assert mood == pytest.approx(by_place * place + by_proposal * proposal)


def test_the_opposed_mode_lies_lower() -> None:
    """The modes are log-odds of .86 and .19, and only the two-mode form has them."""
    supportive = common(form="two_mode", u_mode=0.2, support_place_share=0.0)[0]
    opposed = common(form="two_mode", u_mode=0.19999, support_place_share=0.0)[0]
    assert supportive == 2.0
    assert supportive - opposed == pytest.approx(3.26)
    assert logit(0.86) - logit(0.19) == pytest.approx(3.26, abs=0.01)
    assert common(u_mode=0.0) == common(u_mode=0.9)
    one, two = (common(form=form, proposal=1.0)[0] - 2.0 for form in ("one_mode", "two_mode"))
    assert 0.0 < two < one


def opposed_chance(place: float, kept: float, share: float) -> float:
    p = numbers(support_place_share=kept, support_opposed_share=share)
    return support.opposed_chance(p, place)


@steady
@given(place=between(-3, 3), more=between(0.1, 3), share=shares, kept=shares)
def test_a_cooler_place_is_likelier_to_be_opposed(
    place: float, more: float, share: float, kept: float
) -> None:
    here, warmer = (opposed_chance(z, kept, share) for z in (place, place + more))
    assert 0.0 <= warmer <= here <= 1.0
    assert opposed_chance(place, 0.0, share) == pytest.approx(share)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_over_all_places_the_opposed_mode_has_its_share(kept: float) -> None:
    """The mean over a standard normal, by the midpoints of 20,000 slices of equal probability."""
    normal = NormalDist()
    places = [normal.inv_cdf((i + 0.5) / 20_000) for i in range(20_000)]
    mean = math.fsum(opposed_chance(z, kept, 0.2) for z in places) / len(places)
    assert mean == pytest.approx(0.2, abs=1e-4)


@steady
@given(a=log_odds, b=log_odds, steepness=between(0.0, 10.0))
def test_leaders_call_more_readily_the_more_they_expect(
    a: float, b: float, steepness: float
) -> None:
    p = numbers(call_steepness=steepness)
    low, high = sorted((a, b))
    assert support.call_probability(p, low) <= support.call_probability(p, high)
    assert support.call_probability(p, 0.0) == 0.5
    assert support.call_probability(numbers(), a) == 0.5
