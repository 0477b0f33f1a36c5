"""Rules of costs, joint working and the published tests: exact values and signs."""

from __future__ import annotations

import math

import pytest

from sim.rules import approval, ladder, money
from sim.rules import ladder as ladder_rules
from sim.rules.effect import FootprintFacts
from sim.rules.logistic import expit, logit, total
from sim.rules.mechanisms import economies as economy_rules
from sim.rules.support import ArgumentFacts, argument_terms
from tests.rules.numbers import numbers

ALLOWANCE, FIXED = 20.0, 500_000.0


# -- Money: who falls short first, and what sharing does to it -------------------------------------


def shortfall(patients: int, cut: float, rung: str = "separate") -> float:
    fixed = ladder.fixed_cost_after_sharing(FIXED, ladder.saved_alike(numbers(), rung), 0.6)
    return money.shortfall_share(patients, ALLOWANCE, cut, fixed, 18.0)


def first_cut(patients: int) -> float:
    """Return the smallest cut, in steps of 1 %, under which a CCG falls short."""
    return next(cut / 100 for cut in range(100) if shortfall(patients, cut / 100) > 1e-12)


def test_the_smallest_ccgs_are_the_first_to_fall_short() -> None:
    sizes = (110_000, 200_000, 320_000, 700_000, 1_200_000)
    cuts = [first_cut(size) for size in sizes]
    assert cuts == sorted(cuts)
    assert cuts[0] < cuts[-1]
    gaps = [shortfall(size, 0.2) for size in sizes]
    assert gaps == sorted(gaps, reverse=True)


def test_shared_management_lowers_the_pressure_without_a_merger() -> None:
    alone, sharing = shortfall(150_000, 0.2), shortfall(150_000, 0.2, "joint_team")
    assert 0.0 < sharing < alone
    assert alone - sharing == pytest.approx(0.6 * FIXED / (ALLOWANCE * 150_000))


def test_a_cut_arrives_in_equal_steps() -> None:
    assert [money.cut_share(springs, 2) for springs in range(4)] == [0.0, 0.5, 1.0, 1.0]
    assert money.cut_share(0, 0) == 1.0


def test_every_rung_saves_more_than_the_one_below() -> None:
    parts = [ladder.saved_part(rung, 0.1, 0.3) for rung in ladder.NEXT]
    assert parts == [0.0, 0.1, 0.3, 1.0]


def test_a_group_under_one_officer_keeps_one_set_of_management() -> None:
    assert ladder.group_cost(0.5, [0.6]) == 0.5
    assert ladder.group_cost(0.5, [1.0, 1.0, 1.0]) == pytest.approx(0.5)
    assert ladder.group_cost(0.5, [0.6, 0.6]) == pytest.approx(0.5 * (2 - 0.6))
    assert ladder.group_cost(0.5, []) == 0.0


# -- Worth of size, pooling, cooperation -----------------------------------------------------------


def test_the_worth_of_size_is_an_inverted_u() -> None:
    p = numbers(size_benefit=0.5, size_localness=0.4)
    worth = [economy_rules.worth_of_size(p, parts, parts * 320_000) for parts in range(1, 13)]
    best = worth.index(max(worth))
    assert 0 < best < len(worth) - 1
    assert worth[: best + 1] == sorted(worth[: best + 1])
    assert worth[best:] == sorted(worth[best:], reverse=True)
    assert best + 1 == round(0.5 / 0.4 / 0.32)  # ln n - n x .32 x .8 peaks at 3.9 CCGs


def test_scale_is_worth_more_to_many_and_distance_costs_more_of_many() -> None:
    p, worth = numbers(size_benefit=0.5, size_localness=0.4), economy_rules.worth_of_size
    assert worth(p, 8, 0.0) > worth(p, 2, 0.0)
    assert worth(p, 2, 3e6) < worth(p, 2, 1e6)


def test_small_payers_lose_most_and_small_debtors_gain_most() -> None:
    assert economy_rules.pooled_debts(0.0, 1.0, 0.2) == 0.8
    assert economy_rules.pooled_debts(0.0, 1.0, 0.8) == pytest.approx(0.2)
    assert economy_rules.pooled_debts(1.0, 0.0, 0.2) == -0.8
    assert economy_rules.pooled_debts(0.5, 0.5, 0.2) == 0.0


def test_cooperation_grows_by_months_up_to_one() -> None:
    year = 365.25
    assert ladder_rules.cooperation_grown(-math.inf, 24.0) == 0.0  # no officer shared
    assert ladder_rules.cooperation_grown(year, 24.0) == pytest.approx(0.5)
    assert ladder_rules.cooperation_grown(9 * year, 24.0) == 1.0
    assert ladder_rules.cooperation_grown(0.0, 0.0) == 1.0


def test_debts_of_partners_cost_votes() -> None:
    """Distress starts proposals (rule of starting) and loses ballots: the ballot's half."""

    def support_with(distress: float) -> float:
        return total(
            argument_terms(
                numbers(ballot_partner_distress=-1.0),
                ArgumentFacts(
                    outweighed_by=0.0,
                    partner_distress=distress,
                    shares_officer=0.0,
                    matches_council=False,
                    makes_one_council=False,
                    perceived_centre=False,
                    opposed_councils=0.0,
                ),
                advice=0.0,
            )
        )

    assert support_with(1.0) < support_with(0.3) < support_with(0.0)


# -- The published tests ---------------------------------------------------------------------------

SOUND = FootprintFacts(
    parts=4,
    patients=1_200_000,
    whole_system=True,
    one_council=True,
    ready=1.0,
    distress_share=0.0,
    day=100.0,
    share_of_system=1.0,
    votes_against=0.0,
    saving=5.0,
)
TARGET = 4.0


def changed(**facts: object) -> FootprintFacts:
    values = {name: getattr(SOUND, name) for name in FootprintFacts.__slots__}
    return FootprintFacts(**(values | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("test", "facts", "gap"),
    [
        ("coterminosity", {"one_council": False}, 1.0),
        ("footprint", {"share_of_system": 0.3}, 0.7),
        ("members", {"votes_against": 0.4}, 0.4),
        ("leadership", {"ready": 0.25}, 0.75),
        ("finance", {"distress_share": 0.5}, 0.5),
        ("savings", {"saving": 1.0}, 0.75),
        ("durability", {"whole_system": False, "patients": 300_000}, 0.7),
    ],
)
def test_each_published_test_looks_at_its_own_fact(
    test: str, facts: dict[str, object], gap: float
) -> None:
    sound = approval.gaps_of(SOUND, savings_target=TARGET)
    assert sound == (0.0,) * len(approval.TESTS)
    gaps = approval.gaps_of(changed(**facts), savings_target=TARGET)
    found = dict(zip(approval.TESTS, gaps, strict=True))
    assert found.pop(test) == pytest.approx(gap)
    assert set(found.values()) == {0.0}


def test_a_body_of_critical_mass_or_a_whole_system_is_future_proof() -> None:
    small = {"patients": 300_000}
    place = approval.TESTS.index("durability")

    def gap(**facts: object) -> float:
        return approval.gaps_of(changed(**facts), savings_target=TARGET)[place]

    assert gap(**small) == gap(patients=1_000_000, whole_system=False) == 0.0
    assert gap(patients=300_000, whole_system=False) > gap(patients=900_000, whole_system=False) > 0


def test_the_chance_of_passing_falls_with_the_gap_and_with_strictness() -> None:
    assert approval.passing_chance(0.0, 0.9, -5.0) == 1.0
    assert approval.passing_chance(0.5, 0.4) == pytest.approx(0.8)
    strict = approval.passing_chance(0.5, 0.4, -2.0)
    assert strict == pytest.approx(expit(logit(0.8) - 2.0))
    assert approval.passing_chance(1.0, 1.0) < 1e-8
    assert approval.log_chance(0.5) == math.log(0.5)
    assert approval.log_chance(0.0) < -20.0


def test_one_failed_test_is_returned_and_two_or_readiness_refused() -> None:
    assert approval.judge(()) == "approved"
    for test in approval.TESTS:
        assert approval.judge((test,)) == ("refused" if test == "leadership" else "deferred")
    assert approval.judge(("savings", "durability")) == "refused"


def test_panels_look_longer_at_informal_arrangements() -> None:
    factors = [approval.scrutiny_factor(ready, 2.0) for ready in (1.0, 0.5, 0.0)]
    assert factors == [1.0, 1.5, 2.0]
    assert approval.scrutiny_factor(0.0, 0.5) == 1.0


def test_what_size_gains_follows_its_effect() -> None:
    assert economy_rules.scale_gain(1e6, 0.0) == 0.0
    assert economy_rules.scale_gain(1e6, -0.1) == -economy_rules.scale_gain(1e6, 0.1) < 0.0
    assert economy_rules.announced_target(60.3e6) == pytest.approx(242e6, rel=0.01)
    assert economy_rules.transition_cost(3, 0.2) == pytest.approx(0.6)
