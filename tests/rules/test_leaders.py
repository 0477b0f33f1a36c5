"""Rules of leaders, councils and place leaders, by hand; and every number of theirs turned once."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from functools import cache
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.rules.effect import BodyFacts, LeaderFacts
from sim.rules.logistic import expit, logit
from sim.rules.mechanisms import leaders as leader_rules
from sim.rules.mechanisms import registry
from sim.scenario import parse_scenario
from sim.scenario.levers import Levers
from sim.scenario.mechanisms.leaders import Councils, Leaders
from sim.scenario.parameters import PARAMETER_TABLE
from sim.world import World, load_world
from tests.rules.numbers import numbers


def test_confidence_is_the_mean_for_the_median_leader_and_rises_with_backing() -> None:
    assert leader_rules.confidence(0.6, 0.0, 0.0) == pytest.approx(0.6)
    assert leader_rules.confidence(0.6, 1.0, 0.0) == pytest.approx(expit(logit(0.6) + 1.0))
    assert leader_rules.confidence(0.6, 0.0, 2.0) == pytest.approx(expit(logit(0.6) + 2.0))


def test_why_leaders_leave() -> None:
    """At confidence .5 and two losses the weights are 1, 1 and 3; a dedicated one has no first."""

    def shares(**told: Any) -> list[float]:
        found = Counter(leader_rules.exit_reason((i + 0.5) / 1000, **told) for i in range(1000))
        return [found[reason] / 1000 for reason in ("day_job", "moved_on", "had_enough")]

    plain = {"dedicated": False, "confidence": 0.5, "losses": 2}
    assert shares(**plain) == [0.2, 0.2, 0.6]
    assert shares(**plain | {"dedicated": True}) == [0.0, 0.25, 0.75]
    assert shares(**plain | {"confidence": 1.0}) == [0.25, 0.0, 0.75]
    assert leader_rules.exit_reason(1.0, **plain) == "had_enough"


def test_favour_rises_with_strong_leaders() -> None:
    p = numbers(sponsor_share=0.4, sponsor_strength=0.5)
    assert leader_rules.favour_probability(p, 0.0) == pytest.approx(0.4)
    assert leader_rules.favour_probability(p, 2.0) == pytest.approx(expit(logit(0.4) + 1.0))
    assert leader_rules.favour_probability(numbers(sponsor_strength=0.5), 2.0) == 0.0


def test_pace_is_one_where_nothing_bears_on_it() -> None:
    p = numbers(outside_chair=0.3, rivalry=0.4)
    assert leader_rules.pace(p, chair=False, rival=False) == 1.0
    assert leader_rules.pace(p, chair=True, rival=False) == pytest.approx(math.exp(-0.3))
    assert leader_rules.pace(p, chair=True, rival=True) == pytest.approx(math.exp(0.1))


def test_place_leaders_come_from_all_kinds_in_their_shares() -> None:
    found = Counter(leader_rules.place_leader_type((i + 0.5) / 800) for i in range(800))
    assert found == {"acute": 450, "mental_health": 150, "council": 150, "community": 50}
    assert leader_rules.place_leader_type(1.0) == "community"
    p = numbers(place_leader_rate=0.01, place_leader_merged=math.log(3.0))
    rates = [leader_rules.place_leader_rate(p, keenness=2.0, merged=m) for m in (False, True)]
    assert rates == pytest.approx([0.02, 0.06])


def test_cooperation_closes_the_gap() -> None:
    half = math.log(2.0) / 12.0
    assert leader_rules.cooperation_after(0.2, half, 1.0, 12.0) == pytest.approx(0.6)
    assert leader_rules.cooperation_after(0.2, half, 0.5, 24.0) == pytest.approx(0.6)
    assert leader_rules.cooperation_after(0.3, 0.0, 1.0, 99.0) == 0.3
    assert leader_rules.cooperation_after(0.3, half, 0.0, 99.0) == 0.3


def test_the_firm_hand_turns_at_half() -> None:
    """Row 71 at the level of the rule: from plus the effect where blocked to minus where not."""
    [starting] = [i for i in leader_rules.EFFECTS if (i.name, i.decision) == ("firm_hand", "start")]
    row = next(row for row in PARAMETER_TABLE if row.name == "firm_hand")
    numbers: Any = type("Numbers", (), {"firm_hand": row.prior.numbers[0]})
    plain: Any = BodyFacts(1, 2, 2, 0.0, 0.0, 0.0, 0.0, 0.0, False, 0, 0.0, 0.0)

    def size(cooperation: float, firm: float = 1.0) -> float:
        facts = LeaderFacts(cooperation=cooperation, firm=firm)
        return starting.size(Levers(), numbers, dataclasses.replace(plain, leaders=facts))

    assert [size(level) for level in (0.0, 0.5, 1.0)] == [0.8, 0.0, -0.8]
    assert size(0.0, firm=0.0) == 0.0


def test_no_influence_is_in_force_at_rest() -> None:
    for decision in ("start", "consent", "support", "approval"):
        assert not set(registry.effects_on(Levers(), decision)) & set(leader_rules.EFFECTS)


# -- Every number is felt ------------------------------------------------------------------------

EVERYTHING: dict[str, Any] = {
    "extends": "as_written",
    "levers": {
        "leaders": {
            "sponsor": "required",
            "reasons": True,
            "backing": 1.0,
            "outside_chair": "independent",
            "place_leaders": 3.0,
            "takeover_fear": 1.0,
            "devolved": True,
            "firm_hand": 1.0,
            "cooperation": True,
            "finance_directors": True,
            "rival_systems": ["E54000007", "E54000028", "E54000014"],
        },
        "councils": {"leadership_offer": True, "compromise": True},
    },
}
# A far value of each number, and the kind of event that it must move.
FELT: dict[str, tuple[float, str]] = {
    "sponsor_share": (0.9, "sponsors"),
    "sponsor_strength": (3.0, "sponsors"),
    "start_unsponsored": (0.0, "mooted"),
    "start_local_leader": (3.0, "mooted"),
    "start_backing": (3.0, "mooted"),
    "leader_confidence": (0.02, "leader_left"),
    "outside_chair": (2.0, "drafted"),
    "ballot_outside_chair": (3.0, "ballot"),
    "place_leader_rate": (0.2, "place_leader"),
    "place_leader_merged": (3.0, "place_leader"),
    "dual_role_wish": (1.0, "dual_role"),
    "workaround_probability": (0.0, "dual_role"),
    "ballot_takeover": (-3.0, "ballot"),
    "council_won_over": (0.0, "council_offer"),
    "compromise_gain": (1.0, "compromise"),
    "devolved_need": (3.0, "mooted"),
    "cooperation_growth": (0.5, "cooperation"),
    "cooperation_spread": (0.1, "cooperation"),
    "firm_hand": (3.0, "mooted"),
    "rivalry": (3.0, "mooted"),
}


@cache
def england() -> World:
    return load_world()


@cache
def story(name: str, scenario: str = "everything") -> tuple[tuple[Event, ...], ...]:
    tables = EVERYTHING if scenario == "everything" else {"extends": "as_written"}
    held = {name: FELT[name][0]} if name else {}
    return tuple(
        replicate_log(england(), parse_scenario(tables | {"parameters": held}), 1, r).events
        for r in range(2)
    )


def test_every_number_of_leaders_is_turned_below() -> None:
    assert set(FELT) == {row.name for row in PARAMETER_TABLE if 100 <= row.number <= 119}
    moved = set(EVERYTHING["levers"]["leaders"]) | set(EVERYTHING["levers"]["councils"])
    idle = (set(Leaders.model_fields) | set(Councils.model_fields)) - moved
    assert idle == {"backing_after", "firm_hand_where", "dual_role_rule"}  # parts of others


@pytest.mark.parametrize("name", FELT)
def test_turning_a_number_is_felt_under_its_lever_and_at_rest_is_not(name: str) -> None:
    kind = FELT[name][1]
    plain, turned = ([e for log in story(n) for e in log if e.kind == kind] for n in ("", name))
    assert plain != turned
    if name in ("sponsor_share", "firm_hand", "council_won_over"):  # one of each file is enough
        assert story(name, "rest") == story("", "rest")
