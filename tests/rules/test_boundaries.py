"""Rules of borders: who is large enough, who is exempted, how contagion and size set rates."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.rules.effect import SystemFacts
from sim.rules.mechanisms import boundaries as boundary_rules
from sim.rules.mechanisms.registry import effects_on
from sim.scenario import parse_scenario
from sim.scenario.levers import Levers
from sim.world import World, load_world
from tests.rules.numbers import parted


@pytest.fixture(scope="module")
def england() -> World:
    return load_world()


def patients(world: World, code: str) -> int:
    [system] = [system for system in world.systems if system.code == code]
    return sum(world.ccgs[index].patients for index in system.ccgs)


def rate(**changed: Any) -> float:
    plain: dict[str, Any] = {
        "split_request": 0.02,
        "named": True,
        "stated": True,
        "split_before_statement": 0.0,
        "split_visibility": 0.5,
        "granted": 0,
        "relative_size": 1.0,
    }
    p, facts = parted(plain | changed)
    return boundary_rules.split_rate(p, **facts)


def test_without_a_threshold_no_system_is_large_enough() -> None:
    assert not boundary_rules.large_enough(10**9, None)
    assert boundary_rules.large_enough(1000, 1000)
    assert not boundary_rules.large_enough(999, 1000)


def test_staffordshire_is_on_the_knifes_edge(england: World) -> None:
    """Row 27: just over a million, so exempt at 1.0 and 1.1 million and not at 1.2 or more."""
    size = patients(england, "E54000010")
    assert 1_000_000 < size < 1_200_000
    assert [boundary_rules.large_enough(size, t) for t in (1_000_000, 1_100_000, size)] == [
        True
    ] * 3
    assert not any(boundary_rules.large_enough(size, t) for t in (size + 1, 1_200_000, 1_500_000))


def test_fewer_systems_are_large_enough_as_the_threshold_rises(england: World) -> None:
    """Row 25: of those with several CCGs 26 are at 1.0 million, 16 at 1.5, six at 2.0."""
    several = [s for s in england.systems if len(s.ccgs) > 1]
    sizes = [patients(england, system.code) for system in several]
    thresholds = (1_000_000, 1_500_000, 2_000_000)
    counted = [sum(boundary_rules.large_enough(size, t) for size in sizes) for t in thresholds]
    assert counted == [26, 16, 6]


def test_one_system_of_the_start_is_the_precedent_of_a_merger(england: World) -> None:
    """Row 22: one system over three counties, with several CCGs at the start."""
    [system] = [s for s in england.systems if s.code == "E54000044"]
    assert len(system.ccgs) == 3
    named = {england.ccgs[index].name for index in system.ccgs}
    assert named == {"Berkshire West", "Buckinghamshire", "Oxfordshire"}


def test_exemptions_go_to_the_largest_while_places_are_left() -> None:
    assert boundary_rules.grant_exemptions([5, 9, 7, 9], 2) == (1, 3)
    assert boundary_rules.grant_exemptions([5, 9, 7, 9], 3) == (1, 2, 3)
    assert boundary_rules.grant_exemptions([5, 9], 5) == (0, 1)
    assert (
        boundary_rules.grant_exemptions([5, 9], 0) == boundary_rules.grant_exemptions([], 3) == ()
    )
    assert boundary_rules.grant_exemptions([4, 4, 4], 1) == (0,)


def test_those_who_would_rather_stay_ask_sooner() -> None:
    assert boundary_rules.exemption_rate(0.03, 0.0) == 0.03
    assert boundary_rules.exemption_rate(0.03, math.log(2.0)) == pytest.approx(0.06)


def test_before_any_split_only_the_named_ask_and_hardly_before_a_statement() -> None:
    assert rate() == pytest.approx(0.02)
    assert rate(named=False) == rate(stated=False) == 0.0
    assert rate(stated=False, split_before_statement=0.02) == pytest.approx(0.0004)
    assert rate(named=False, granted=1) == pytest.approx(0.01)
    assert rate(granted=2) == pytest.approx(0.04)
    assert rate(granted=2, split_visibility=0.0) == rate()
    assert rate(relative_size=0.5) == pytest.approx(rate() / 2)


def test_the_smaller_are_asked_sooner_to_join() -> None:
    assert boundary_rules.approach_rate(0.002, 0.5) == pytest.approx(0.004)
    assert boundary_rules.approach_rate(0.002, 2.0) == pytest.approx(0.001)
    assert boundary_rules.approach_rate(0.002, 0.0) == 0.0


def test_divided_counties_start_more_only_where_the_lever_says_so() -> None:
    assert effects_on(Levers(), "start") == ()
    levers = parse_scenario({"levers": {"boundaries": {"divided_counties": 2.0}}}).levers
    [effect] = effects_on(levers, "start")

    class Numbers:
        start_divided_county = 0.5

    def size(ccgs: int) -> float:
        facts = SystemFacts(4, 4, 1, 0, 0, 0, "", False, True, "", 0, 0, 0, 0, math.log(ccgs))
        return effect.size(levers, Numbers(), facts)  # type: ignore[arg-type]

    assert effect.name == "divided_county"
    assert [size(n) for n in (1, 2, 5)] == pytest.approx([0.0, math.log(2), math.log(5)])
