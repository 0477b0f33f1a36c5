"""Service change, functions and providers: every rule by its numbers."""

from __future__ import annotations

import itertools
import math

import pytest

from sim.rules.agreement import DECISION_RULES
from sim.rules.effect import SystemFacts
from sim.rules.logistic import expit, total
from sim.rules.mechanisms import functions as function_rules
from sim.rules.mechanisms import providers as provider_rules
from sim.rules.mechanisms import registry
from sim.rules.mechanisms import services as service_rules
from sim.scenario.levers import Levers
from sim.scenario.parameters import PARAMETER_TABLE, Parameters
from tests.rules.numbers import numbers

PARAMETERS = Parameters(**{row.name: row.prior.quantile(0.5) for row in PARAMETER_TABLE})
ASKED = {"loss": 0.0, "sharing": 0.0, "distress": 0.0, "autonomy": 0.0}
NUMBERS = numbers(veto_base=-2.5, veto_loss=3.0, veto_shared=-0.7, veto_loyalty=1.0)
FACTS = SystemFacts(
    ccgs=4,
    free=4,
    patients=631_600,
    officer_share=0.0,
    distress_share=0.0,
    match_share=0.0,
    leader_type="unknown",
    leader_dedicated=False,
    leader_in_post=True,
    ics_status="stp",
    letters=0.0,
    proposals_lost=0,
    alienation=0.0,
    day=0.0,
)


def veto(**facts: float) -> float:
    return service_rules.veto_probability(service_rules.veto_terms(NUMBERS, **(ASKED | facts)), 1.0)


def test_the_terms_of_a_veto() -> None:
    terms = service_rules.veto_terms(NUMBERS, loss=0.5, sharing=0.5, distress=0.2, autonomy=0.3)
    assert dict(terms) == pytest.approx(
        {"base": -2.5, "own_loss": 1.5, "shared_officer": -0.35, "autonomy": 0.3, "loyalty": -0.2}
    )
    assert service_rules.veto_probability(terms, 0.5) == 0.5 * expit(total(terms))


def test_a_shared_officer_lowers_a_veto_but_does_not_rule_it_out() -> None:
    for loss in (0.0, 0.5, 1.0):
        assert 0.0 < veto(loss=loss, sharing=1.0) < veto(loss=loss)


def test_a_ccg_guards_its_own_hospital() -> None:
    chances = [veto(loss=loss) for loss in (0.0, 0.3, 0.6, 1.0)]
    assert chances == sorted(chances)
    assert chances[-1] > 5.0 * chances[0]


def test_the_wish_to_go_ones_own_way_falls_as_distress_rises() -> None:
    own = ("autonomy", "loyalty")
    wishes = []
    for distress in (0.0, 0.5, 1.0):
        terms = dict(
            service_rules.veto_terms(
                NUMBERS, loss=0.0, sharing=0.0, distress=distress, autonomy=0.5
            )
        )
        wishes.append(sum(terms[name] for name in own))
    assert wishes == [0.5, 0.0, -0.5]


def test_without_autonomy_there_is_no_veto() -> None:
    terms = service_rules.veto_terms(NUMBERS, loss=1.0, sharing=0.0, distress=0.0, autonomy=9.0)
    chances = [service_rules.veto_probability(terms, kept) for kept in (1.0, 0.5, 0.0)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] == 0.0


def test_more_passes_under_a_majority_and_more_still_under_a_leader() -> None:
    def passes(rule: str, vetoes: int, parties: int) -> bool:
        return (
            service_rules.verdict(DECISION_RULES[rule], vetoes, parties, leader_in_post=True)
            != "deadlock"
        )

    for parties in range(2, 9):
        for vetoes in range(parties + 1):
            in_order = [
                passes(rule, vetoes, parties) for rule in ("unanimity", "majority", "leader")
            ]
            assert in_order == sorted(in_order)
            assert passes("leader", vetoes, parties)
            assert passes("majority", vetoes, parties) is (2 * vetoes < parties)
            assert passes("unanimity", vetoes, parties) is (vetoes == 0)
    assert (
        service_rules.verdict(DECISION_RULES["majority"], 1, 2, leader_in_post=True) == "deadlock"
    )  # a tie blocks
    assert service_rules.verdict(DECISION_RULES["leader"], 1, 2, leader_in_post=False) == "deadlock"
    assert service_rules.verdict(DECISION_RULES["leader"], 1, 3, leader_in_post=False) == "majority"


def test_voluntary_authorities_need_a_strong_provider_and_force_is_aimed_at_distress() -> None:
    voluntary = [service_rules.voluntary_probability(0.25, s) for s in (-1.0, 0.0, 1.0)]
    assert voluntary == sorted(voluntary)
    assert voluntary[1] == pytest.approx(0.25)
    imposed = [service_rules.imposition_probability(share, 2.5) for share in (0.0, 0.5, 1.0)]
    assert imposed == sorted(imposed)
    assert imposed[1] == 0.5
    assert service_rules.class_of_patch(0.1, 0.2, 0.1, 0.2) == "voluntary"
    assert service_rules.class_of_patch(0.3, 0.2, 0.1, 0.2) == "forced"
    assert service_rules.class_of_patch(0.3, 0.2, 0.3, 0.2) == "neither"


@pytest.mark.parametrize(
    ("final_say", "words"),
    [
        ("none", ("", "", "")),
        ("leader", ("leader",) * 3),
        ("centre", ("centre",) * 3),
        ("combined_voluntary", ("voluntary", "", "")),
        ("combined_imposed", ("", "imposed", "")),
        ("combined", ("voluntary", "imposed", "")),
    ],
)
def test_who_has_the_last_word_where(final_say: str, words: tuple[str, ...]) -> None:
    patches = ("voluntary", "forced", "neither")
    assert tuple(service_rules.final_word(final_say, patch) for patch in patches) == words


def test_the_centre_prevails_mostly_and_the_leader_with_confidence() -> None:
    p = numbers(leader_prevails=0.6, voluntary_prevails=0.7, force_prevails=0.9)
    chances = {
        who: service_rules.prevails_probability(p, who, leader_in_post=True)
        for who in ("leader", "voluntary", "imposed", "centre")
    }
    assert chances == {"leader": 0.6, "voluntary": 0.7, "imposed": 0.9, "centre": 0.9}
    assert service_rules.prevails_probability(p, "leader", leader_in_post=False) == 0.0
    [prior] = [row.prior for row in PARAMETER_TABLE if row.name == "force_prevails"]
    assert 0.7 < prior.quantile(0.02) < prior.quantile(0.999) < 1.0


def test_more_at_stake_means_a_longer_deadlock() -> None:
    factors = [service_rules.delay_factor(loss, 0.7) for loss in (0.0, 0.5, 1.0)]
    assert factors == pytest.approx([math.exp(-0.35), 1.0, math.exp(0.35)])


def test_force_from_above_alienates_most_and_alienation_fades() -> None:
    for how in ("centre", "imposed", "mandate"):
        assert service_rules.alienation_after(how, 0.3) == 1.0
    for how in ("leader", "voluntary", "majority"):
        assert service_rules.alienation_after(how, 0.3) == 0.3
    assert service_rules.fading(0.0, 36.0) == 1.0
    assert service_rules.fading(36.0, 36.0) == pytest.approx(0.5)
    assert service_rules.fading(72.0, 36.0) == pytest.approx(0.25)


def test_shares_of_tasks_add_up() -> None:
    for led, to_place, capacity in itertools.product((0, 1, 3), (True, False), (0.0, 1.0, 3.0)):
        shares = function_rules.allocate(
            numbers(function_up=0.4, function_csu=-1.5),
            places=3,
            led=led if to_place else 0,
            to_place=to_place,
            csu_capacity=capacity,
        )
        assert sum(shares) == pytest.approx(1.0)
        assert min(shares) >= 0.0
        assert (shares.place > 0.0) is (to_place and led > 0)


def test_room_at_the_support_unit_draws_tasks_and_places_need_leaders() -> None:
    def shares(led: int, capacity: float) -> function_rules.Shares:
        return function_rules.allocate(
            numbers(function_up=0.0, function_csu=math.log(0.2)),
            places=3,
            led=led,
            to_place=True,
            csu_capacity=capacity,
        )

    assert shares(3, 0.0) == pytest.approx((1.0 / 2.2, 1.0 / 2.2, 0.2 / 2.2))
    assert shares(0, 0.0) == pytest.approx((2.0 / 2.2, 0.0, 0.2 / 2.2))
    assert shares(3, 1.0).csu == pytest.approx(0.3 / 2.3)


def test_who_leads_a_place() -> None:
    def leader(taken: float, kind: float, council: bool, appetite: float = 0.0) -> str:
        p = numbers(place_taken=0.6, provider_appetite=appetite)
        return function_rules.place_leader(
            p, has_council=council, strength=0.0, u_taken=taken, u_kind=kind
        )

    assert leader(0.7, 0.1, council=True) == ""
    assert leader(0.5, 0.1, council=True) == "provider"
    assert leader(0.5, 0.9, council=True) == "council"
    assert leader(0.5, 0.9, council=False) == "provider"
    assert leader(0.5, 0.9, council=True, appetite=3.0) == "provider"


def test_the_menu_holds_other_shapes_than_merging() -> None:
    for strength in (-2.0, 0.0, 2.0):
        chances = dict(provider_rules.menu(strength))
        assert sum(chances.values()) == pytest.approx(1.0)
        assert set(chances) == {"merge", "share", "federate", "vertical", "split", "none"}
        assert min(chances.values()) > 0.0
    assert dict(provider_rules.menu(0.0)) == pytest.approx(dict(provider_rules.MENU))
    assert dict(provider_rules.menu(1.0))["vertical"] > dict(provider_rules.menu(0.0))["vertical"]
    assert provider_rules.choose_shape(0.0, 0.001) == "merge"
    assert provider_rules.choose_shape(0.0, 0.999) == "none"
    assert provider_rules.choose_shape(0.0, 1.0) == "none"


def test_influences_beside_the_chain_are_silent_at_neutral_levers() -> None:
    neutral = Levers()
    for decision in ("start", "start_local", "start_centre", "consent", "support", "approval"):
        assert not registry.effects_on(neutral, decision)  # type: ignore[arg-type]


def levers(**groups: dict[str, object]) -> Levers:
    return Levers.model_validate(groups)


def test_influences_on_starting() -> None:
    csu = levers(functions={"csu_capacity": 2.0})
    assert [i.name for i in registry.effects_on(csu, "start")] == ["csu_capacity"]
    assert function_rules.csu_term(csu, PARAMETERS, FACTS) == pytest.approx(-1.0)
    reviews = levers(providers={"alternatives": 1.0})
    assert [i.name for i in registry.effects_on(reviews, "start")] == ["alternative"]
    for action, _ in provider_rules.MENU:
        told = SystemFacts(
            **{f: getattr(FACTS, f) for f in FACTS.__slots__} | {"alternative": action}
        )
        term = provider_rules.alternative_term(reviews, PARAMETERS, told)
        assert term == (
            PARAMETERS.alternative_pull if action in provider_rules.STANDING_IN else 0.0
        )
    assert provider_rules.alternative_term(reviews, PARAMETERS, FACTS) == 0.0
    small = levers(providers={"small_first": True})
    assert [i.name for i in registry.effects_on(small, "start")] == ["small_size"]
    # four CCGs of 157,900 patients are half the average size: one halving
    assert provider_rules.small_size_term(small, PARAMETERS, FACTS) == pytest.approx(0.3)
