"""Every rule's terms by name and value: the story of a run and its sums are made of them."""

from __future__ import annotations

import math

import pytest

from sim.rules import approval, consent, footprints, ladder, money, starting, support
from sim.rules.engagement import lmc_stance
from sim.rules.logistic import expit
from tests.rules.numbers import footprint, numbers


def test_arguments_of_members() -> None:
    terms = support.argument_terms(
        numbers(
            ballot_outweighed=-0.6,
            ballot_partner_distress=-0.8,
            ballot_own_posts=-0.4,
            ballot_identity=-0.3,
            ballot_one_council=0.35,
            ballot_officer=0.16,
            ballot_perceived_centre=-0.15,
            ballot_council_opposed=-0.2,
        ),
        support.ArgumentFacts(
            outweighed_by=0.5,
            partner_distress=0.25,
            shares_officer=0.75,
            matches_council=True,
            makes_one_council=True,
            perceived_centre=True,
            opposed_councils=0.4,
        ),
        advice=-0.9,
    )
    assert dict(terms) == pytest.approx(
        {
            "outweighed": -0.3,
            "partner_distress": -0.2,
            "own_posts": -0.1,
            "identity": -0.3,
            "one_council": 0.35,
            "shared_officer": 0.12,
            "perceived_centre": -0.15,
            "opposed_councils": -0.08,
            "lmc_advice": -0.9,
        }
    )


def test_arguments_that_do_not_apply_are_nought() -> None:
    terms = support.argument_terms(
        numbers(
            ballot_outweighed=1.0,
            ballot_partner_distress=1.0,
            ballot_own_posts=1.0,
            ballot_identity=1.0,
            ballot_one_council=1.0,
            ballot_officer=0.0,
            ballot_perceived_centre=1.0,
            ballot_council_opposed=1.0,
        ),
        support.ArgumentFacts(
            outweighed_by=0.0,
            partner_distress=0.0,
            shares_officer=1.0,
            matches_council=False,
            makes_one_council=False,
            perceived_centre=False,
            opposed_councils=0.0,
        ),
        advice=0.0,
    )
    assert [value for _, value in terms] == [0.0] * 9


def test_terms_of_starting() -> None:
    common = starting.common_terms(
        numbers(
            start_officer=1.5,
            start_shortfall=0.6,
            start_distress=0.4,
            start_crowding=0.3,
            start_after_lost=-1.2,
            leader_dedicated=0.2,
        ),
        starting.StartFacts(
            free=8,
            officer_share=0.5,
            shortfall=0.3,
            distress_share=0.25,
            place=0.7,
            cooling=True,
            dedicated_leader=True,
        ),
    )
    assert dict(common) == pytest.approx(
        {
            "free_ccgs": 0.3 * math.log(2.0),
            "shared_officer": 0.75,
            "running_costs": 0.3,
            "distress": 0.1,
            "after_lost_ballot": -1.2,
            "leader": 0.2,
            "place": 0.7,
        }
    )
    local = starting.local_terms(
        numbers(start_expectation=0.4, start_council_match=-1.0), belief_level=2.5, match_share=0.5
    )
    assert dict(local) == pytest.approx({"belief": 0.6, "council_match": -0.5})


@pytest.mark.parametrize("pressed", [True, False])
def test_terms_of_the_centre(pressed: bool) -> None:
    centre = starting.centre_terms(
        numbers(
            start_expectation=0.4,
            start_council_match=-1.0,
            start_letter=0.9,
            start_hard_rule=1.1,
        ),
        belief_level=2.0,
        match_share=0.5,
        letter_strength=2.0,
        pushed=pressed,
        hard_rule=pressed,
    )
    assert dict(centre) == pytest.approx(
        {
            "belief": 0.4,
            "council_match": 0.0 if pressed else -0.5,
            "letter": 1.8,
            "hard_rule": 1.1 if pressed else 0.0,
        }
    )


@pytest.mark.parametrize("kinds", [(True, False, True), (False, True, False)])
def test_terms_of_a_footprint_add_up_to_its_utility(kinds: tuple[bool, bool, bool]) -> None:
    pull = footprints.Pulls(1.0, 0.3, 1.5)
    terms = footprints.terms(pull, *kinds, -0.2)
    whole, council, officer = kinds
    assert dict(terms) == {
        "footprint_whole_system": 1.0 if whole else 0.0,
        "footprint_one_council": 0.3 if council else 0.0,
        "footprint_shared_officer": 1.5 if officer else 0.0,
        "footprint_consent": -0.2,
    }
    utility = footprints.utility(pull, *kinds, -0.2)
    assert utility == pytest.approx(math.fsum(value for _, value in terms))


@pytest.mark.parametrize(("matches", "pushed", "expected"), [(1, 0, -0.5), (1, 1, 0.0), (0, 0, 0)])
def test_terms_of_consent(matches: bool, pushed: bool, expected: float) -> None:
    terms = consent.consent_terms(
        numbers(
            consent_base=3.75,
            consent_officer=0.8,
            consent_council_match=-0.5,
            consent_incentive=0.3,
        ),
        autonomy=0.7,
        matches_council=matches,
        pushed=pushed,
        shares_officer=0.5,
        incentive=3.0,
    )
    assert dict(terms) == pytest.approx(
        {
            "base": 3.75,
            "autonomy": -0.7,
            "council_match": expected,
            "shared_officer": 0.4,
            "incentive": 0.6,
        }
    )


@pytest.mark.parametrize(
    ("hard", "whole", "part"), [(1, 0, -3.0), (1, 1, 0.0), (0, 0, 0.0), (0, 1, 0.0)]
)
def test_terms_of_approval(hard: bool, whole: bool, part: float) -> None:
    terms = approval.approval_terms(
        numbers(approval_probability=0.9, approval_unready=-2.0, approval_part_hard=-3.0),
        footprint(ready=0.25, whole_system=whole),
        hard_rule=hard,
    )
    assert dict(terms) == pytest.approx(
        {"base": math.log(9.0), "unready": -1.5, "part_of_system": part}
    )


def test_a_gap_counts_for_the_allowance_at_most() -> None:
    """A CCG of one patient has a fixed cost thousands of times its allowance."""
    assert money.shortfall_share(1, 20.0, 0.2, 530_000.0, 15.0) == 1.0
    assert money.shortfall_share(100_000, 20.0, 0.2, 0.0, 20.0) == pytest.approx(0.2)


def test_the_modes_of_support_are_narrower_than_one_mode() -> None:
    p = numbers(support_mean=2.0, support_sd=1.4, support_shared=1.0, support_opposed_share=0.2)
    at = [
        support.common_support(p, "two_mode", place=0.0, proposal=z, u_mode=0.9)[0]
        for z in (0.0, 1.0)
    ]
    assert at == pytest.approx([2.0, 2.74])


def test_the_chance_of_a_call_rises_with_steepness() -> None:
    assert support.call_probability(numbers(call_steepness=4.0), 0.4) == pytest.approx(expit(1.6))
    assert support.call_probability(numbers(call_steepness=4.0), 0.0) == 0.5


def test_a_rung_is_picked_by_its_rate_up_to_the_edges() -> None:
    steps = (("one", 0.25), ("two", 0.5), ("three", 0.25))
    assert [ladder.pick(steps, u) for u in (0.0, 0.25, 0.74, 0.75)] == [
        "one",
        "two",
        "two",
        "three",
    ]
    # rounding may leave nothing to fall below: the last rung is meant, whatever its name
    assert ladder.pick(steps, 1.0) == "three"


def at_rank_one_half(oppose: float, support_share: float) -> str:
    p = numbers(lmc_oppose_share=oppose, lmc_support_share=support_share)
    return lmc_stance(p, mood=0.0, members_mood=0.0, follow=1.0)


def test_committees_on_the_edge_of_a_tail_are_neutral() -> None:
    # mood 0 has rank one half exactly
    assert at_rank_one_half(0.5, 0.0) == "neutral"
    assert at_rank_one_half(0.0, 0.5) == "neutral"
    assert at_rank_one_half(0.501, 0.0) == "oppose"
    assert at_rank_one_half(0.0, 0.501) == "support"
