"""Starting, footprints, beliefs, money and the ladder."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import beliefs, footprints, ladder, money, starting
from sim.rules.logistic import Terms, total
from tests.properties import between, shares, steady, uniforms
from tests.rules.numbers import numbers, parted

# -- Rates of starting ---------------------------------------------------------------------------

COMMON: dict[str, Any] = {
    "free": 4,
    "officer_share": 0.0,
    "shortfall": 0.2,
    "distress_share": 0.0,
    "place": 0.0,
    "cooling": False,
    "dedicated_leader": False,
    "start_officer": 1.5,
    "start_shortfall": 0.65,
    "start_distress": 0.3,
    "start_crowding": 0.3,
    "start_after_lost": -1.2,
    "leader_dedicated": 0.2,
}
LOCAL: dict[str, Any] = {
    "belief_level": 1.0,
    "match_share": 0.0,
    "start_expectation": 0.5,
    "start_council_match": -1.0,
}
CENTRE: dict[str, Any] = LOCAL | {
    "letter_strength": 0.0,
    "pushed": False,
    "hard_rule": False,
    "start_letter": 1.0,
    "start_hard_rule": 0.9,
}


def common_terms(given: dict[str, Any]) -> Terms:
    p, facts = parted(given)
    return starting.common_terms(p, starting.StartFacts(**facts))


def local_terms(given: dict[str, Any]) -> Terms:
    p, facts = parted(given)
    return starting.local_terms(p, **facts)


def centre_terms(given: dict[str, Any]) -> Terms:
    p, facts = parted(given)
    return starting.centre_terms(p, **facts)


def test_the_reference_is_where_the_base_rate_was_observed() -> None:
    """Four CCGs, "typically", a 20 % shortfall: no term speeds up or slows down."""
    assert total(common_terms(COMMON)) == pytest.approx(0.0)
    assert total(local_terms(LOCAL)) == 0.0
    assert total(centre_terms(CENTRE)) == 0.0


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        ({"free": 8}, 0.3 * math.log(2)),
        ({"free": 2}, -0.3 * math.log(2)),
        ({"officer_share": 0.5}, 0.75),
        ({"shortfall": 0.0}, -0.65),
        ({"shortfall": 0.1}, -0.325),
        ({"distress_share": 1.0}, 0.3),
        ({"place": -0.4}, -0.4),
        ({"cooling": True}, -1.2),
        ({"dedicated_leader": True}, 0.2),
    ],
)
def test_each_common_term_has_its_stated_effect(change: dict[str, Any], effect: float) -> None:
    assert total(common_terms(COMMON | change)) == pytest.approx(effect)


@pytest.mark.parametrize(
    ("change", "local", "centre"),
    [
        ({"belief_level": 3.0}, 1.0, 1.0),
        ({"belief_level": 0.0}, -0.5, -0.5),
        ({"match_share": 1.0}, -1.0, -1.0),
        ({"match_share": 1.0, "pushed": True}, None, 0.0),
        ({"letter_strength": 2.0}, None, 2.0),
        ({"hard_rule": True}, None, 0.9),
    ],
)
def test_each_local_and_central_term(
    change: dict[str, Any], local: float | None, centre: float
) -> None:
    if local is not None:
        assert total(local_terms(LOCAL | change)) == pytest.approx(local)
    assert total(centre_terms(CENTRE | change)) == pytest.approx(centre)


@steady
@given(
    base=between(0, 1),
    share=shares,
    intensity=between(0, 10),
    leader=shares,
    term=between(-5, 5),
    more=between(0, 2),
)
def test_a_rate_rises_with_each_factor(
    base: float, share: float, intensity: float, leader: float, term: float, more: float
) -> None:
    terms = (("x", term),)
    rate = starting.rate(base, share, intensity, leader, terms)
    assert rate == pytest.approx(base * share * intensity * leader * math.exp(term))
    assert starting.rate(base + more, share, intensity, leader, terms) >= rate
    assert starting.rate(base, share, intensity + more, leader, terms) >= rate
    assert starting.rate(base, share, intensity, leader, (("x", term + more),)) >= rate


@pytest.mark.parametrize("zero", range(4))
def test_a_rate_without_base_share_intensity_or_leader_is_exactly_nought(zero: int) -> None:
    base, share, intensity, leader = (0.0 if i == zero else 0.5 for i in range(4))
    assert starting.rate(base, share, intensity, leader, (("x", 700.0),)) == 0.0


def intensity(*levers: float, encouragement: float = 0.5, cajoling: float = 0.25) -> float:
    p = numbers(encouragement_share=encouragement, cajoling_share=cajoling)
    named = dict(zip(("encouragement", "incentive", "cajoling"), levers, strict=True))
    return starting.centre_intensity(p, **named)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 10))
def test_equal_levers_of_the_centre_give_just_that_level(e: float, c: float, level: float) -> None:
    """Whatever the shares: at 1 the rate is that of 2019, at 0 the centre starts nothing."""
    assert intensity(level, level, level, encouragement=e, cajoling=c) == level


def test_the_centre_is_as_active_as_its_three_levers_each_by_its_share() -> None:
    """Encouragement has .5, cajoling a quarter of the other .5, incentives what is left."""
    assert intensity(1.0, 0.0, 0.0) == pytest.approx(0.5)
    assert intensity(0.0, 1.0, 0.0) == pytest.approx(0.375)
    assert intensity(0.0, 0.0, 1.0) == pytest.approx(0.125)
    assert intensity(3.0, 2.0, 1.0) == pytest.approx(1.5 + 0.75 + 0.125)


def test_the_deadline_pulls_in_its_last_year() -> None:
    months = (15.0, 12.0, 6.0, 3.0, 0.0, -1.0)
    assert [starting.deadline_ramp(m) for m in months] == [0.0, 0.0, 0.5, 0.75, 1.0, 1.0]


# -- Footprints ----------------------------------------------------------------------------------

PULLS: dict[str, Any] = {
    "belief_level": 1.0,
    "push_strength": 0.0,
    "footprint_whole": 1.0,
    "footprint_expectation": 0.5,
    "footprint_council": 0.3,
    "footprint_officer": 1.5,
    "footprint_push": 0.9,
}


@pytest.mark.parametrize(
    ("change", "whole"),
    [
        ({}, 1.0),
        ({"belief_level": 0.0}, 0.0),
        ({"belief_level": 2.0}, 1.5),
        ({"belief_level": 3.0}, 2.0),
        ({"push_strength": 1.0}, 1.9),
        ({"push_strength": 2.5}, 3.25),
        ({"belief_level": 3.0, "push_strength": 1.0}, 2.9),
        ({"belief_level": 0.0, "push_strength": 1.0}, 0.9),
        ({"footprint_push": 0.0, "push_strength": 4.0}, 1.0),
    ],
)
def test_the_pull_of_the_whole_system(change: dict[str, Any], whole: float) -> None:
    p, facts = parted(PULLS | change)
    pull = footprints.pulls(p, **facts)
    assert pull.whole_system == pytest.approx(whole)
    assert (pull.one_council, pull.shared_officer) == (0.3, 1.5)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("council", [True, False])
@pytest.mark.parametrize("officer", [True, False])
def test_utility_is_the_sum_of_the_named_terms(whole: bool, council: bool, officer: bool) -> None:
    p, facts = parted(PULLS)
    pull = footprints.pulls(p, **facts)
    value = footprints.utility(pull, whole, council, officer, -0.2)
    assert value == pytest.approx(1.0 * whole + 0.3 * council + 1.5 * officer - 0.2)
    assert total(footprints.terms(pull, whole, council, officer, -0.2)) == pytest.approx(value)


def test_candidates_of_one_kind_share_its_weight() -> None:
    whole, pair = (True, False, False), (False, False, False)
    shared = footprints.share_kinds([1.0, 0.0, 0.5, 0.0], [whole, pair, pair, pair])
    assert [math.exp(u) for u in shared] == pytest.approx([math.e, 1 / 3, math.exp(0.5) / 3, 1 / 3])
    # Doubling a list of like pairs leaves the whole system's chance alone.
    few = [math.exp(u) for u in footprints.share_kinds([1.0, 0.0, 0.0], [whole, pair, pair])]
    many = [math.exp(u) for u in footprints.share_kinds([1.0, *[0.0] * 9], [whole, *[pair] * 9])]
    assert few[0] / sum(few) == pytest.approx(many[0] / sum(many))


def test_choosing_is_proportional_to_exp_of_utility() -> None:
    """A fine grid of uniforms: shares come out within one grid step."""
    utilities, n = [0.0, 1.0, -2.0, 1.0], 10_000
    weights = [math.exp(u) for u in utilities]
    counts = [0] * 4
    for i in range(n):
        counts[footprints.choose(utilities, (i + 0.5) / n)] += 1
    for count, weight in zip(counts, weights, strict=True):
        assert abs(count / n - weight / sum(weights)) <= 1.0 / n


@steady
@given(utilities=st.lists(between(-900, 900), min_size=1, max_size=8), u=uniforms)
def test_choosing_never_fails_and_never_takes_what_has_no_weight(
    utilities: list[float], u: float
) -> None:
    choice = footprints.choose(utilities, u)
    assert utilities[choice] > max(utilities) - 746.0  # exp(-746) is 0
    assert footprints.choose(utilities[:1], u) == 0
    assert footprints.choose([*utilities, max(utilities) + 1600.0], u) == len(utilities)


# -- Beliefs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "mode", "u", "passed_on"),
    [
        ("typically", "as_drawn", 0.1, "expected"),
        ("typically", "as_drawn", 0.3, "typically"),
        ("typically", "always_drop", 0.9, "expected"),
        ("typically", "never_drop", 0.0001, "typically"),
        ("expected", "as_drawn", 0.04, "typically"),
        ("expected", "as_drawn", 0.06, "expected"),
        ("expected", "always_drop", 0.04, "expected"),
        ("expected", "never_drop", 0.04, "expected"),
        ("required", "as_drawn", 0.0001, "required"),
        ("required", "always_drop", 0.5, "required"),
        ("none", "always_drop", 0.0001, "none"),
        ("none", "as_drawn", 0.0001, "none"),
    ],
)
def test_relays_drop_and_restore_the_word(heard: str, mode: str, u: float, passed_on: str) -> None:
    assert beliefs.relay(heard, 0.2, 0.05, u, mode) == passed_on


def test_wordings_get_harder_by_steps() -> None:
    order = ("none", "typically", "expected", "required")
    assert [beliefs.level(word) for word in order] == [0.0, 1.0, 2.0, 3.0]


# -- Money ---------------------------------------------------------------------------------------


def test_books_balance_before_a_cut() -> None:
    """10 bodies of 100,000 patients at 20 pounds: 20 million, of which 5 million are fixed."""
    per_head = money.variable_cost_per_head(20.0, 1_000_000, 10, 500_000.0)
    assert per_head == 15.0
    assert money.shortfall_share(100_000, 20.0, 0.0, 500_000.0, per_head) == 0.0
    assert money.shortfall_share(100_000, 20.0, 0.2, 500_000.0, per_head) == pytest.approx(0.2)
    assert money.shortfall_share(50_000, 20.0, 0.2, 500_000.0, per_head) == pytest.approx(0.45)
    assert money.shortfall_share(500_000, 20.0, 0.2, 500_000.0, per_head) == 0.0
    assert money.variable_cost_per_head(1.0, 100, 10, 1e6) == 0.0


@steady
@given(
    patients=st.integers(1000, 10**6),
    cut=between(0, 0.9),
    fixed=between(0, 1e6),
    more=between(0, 0.1),
)
def test_the_gap_grows_with_cut_and_fixed_cost_and_shrinks_with_size(
    patients: int, cut: float, fixed: float, more: float
) -> None:
    gap = money.shortfall_share(patients, 20.0, cut, fixed, 15.0)
    assert gap >= 0.0
    assert money.shortfall_share(patients, 20.0, min(0.9, cut + more), fixed, 15.0) >= gap - 1e-12
    assert money.shortfall_share(patients, 20.0, cut, fixed * (1 + more), 15.0) >= gap - 1e-12
    assert money.shortfall_share(patients * 2, 20.0, cut, fixed, 15.0) <= gap + 1e-12


# -- Ladder --------------------------------------------------------------------------------------

RATES = numbers(ladder_committee_rate=0.02, ladder_officer_rate=0.03, ladder_team_rate=0.05)


def test_the_ladder_goes_up_only() -> None:
    order = ("separate", "committees_in_common", "shared_officer", "joint_team")
    for height, rung in enumerate(order):
        steps = ladder.step_rates(RATES, rung)
        assert all(order.index(name) > height for name, _ in steps)
        assert ladder.total_rate(RATES, rung) == pytest.approx(sum(rate for _, rate in steps))
    assert dict(ladder.step_rates(RATES, "separate")) == {
        "committees_in_common": 0.02,
        "shared_officer": 0.03,
    }
    assert ladder.step_rates(RATES, "joint_team") == ()


def test_the_rung_taken_is_drawn_by_its_rate() -> None:
    steps = ladder.step_rates(RATES, "separate")
    n = 1000
    taken = [ladder.pick(steps, (i + 0.5) / n) for i in range(n)]
    assert taken.count("committees_in_common") == 400
    assert ladder.pick(steps, 1.0 - 2.0**-53) == "shared_officer"


def test_sharing_saves_part_of_the_fixed_cost() -> None:
    saved = [
        ladder.fixed_cost_after_sharing(100.0, ladder.saved_alike(RATES, rung), 0.6)
        for rung in ("separate", "committees_in_common", "shared_officer", "joint_team")
    ]
    assert saved == [100.0, 100.0, 40.0, 40.0]
