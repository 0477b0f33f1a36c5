"""England on 1 April 2013: size, borders, systems drawn later, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from sim.agents.engine import replicate_log
from sim.evidence.record import attempts, homes
from sim.scenario import load_scenario
from sim.views.plots.geography import load_geography
from sim.world import World, load_world
from sim.world.check import pieces


@pytest.fixture(scope="module")
def world() -> World:
    return load_world("england_2013")


def test_counts(world: World) -> None:
    assert len(world.ccgs) == 211
    assert len(world.systems) == 42
    assert len(world.practice_ccg) == 8053
    assert sum(world.practice_votes) == 7988
    assert sum(world.practice_patients) == 56_002_534
    assert sum(map(len, world.neighbours)) == 2 * (527 + 17)
    assert len(pieces(range(211), world.neighbours)) == 1
    assert all(
        vote == (patients >= 500)
        for vote, patients in zip(world.practice_votes, world.practice_patients, strict=True)
    )
    geography = load_geography("england_2013")
    assert geography is not None
    assert len(set(geography.hexes.values())) == 211


def test_it_knows_nothing_but_size_and_place(world: World) -> None:
    assert world.councils == world.lmcs == world.live_proposals == ()
    assert world.practice_leaning is None
    assert {ccg.rung for ccg in world.ccgs} == {"separate"}
    assert {ccg.distress for ccg in world.ccgs} == {"none_known"}
    assert not any(ccg.officer_known or ccg.officer_group for ccg in world.ccgs)
    assert not any(ccg.rule.documented for ccg in world.ccgs)
    assert {s.leader_type for s in world.systems} == {"unknown"}
    assert not any(s.leader_dedicated or s.last_loss for s in world.systems)


def test_systems_are_those_that_its_successors_lie_in(world: World, england: World) -> None:
    assert [(s.code, s.name) for s in world.systems] == [(s.code, s.name) for s in england.systems]
    assert [r.name for r in world.regions] == [r.name for r in england.regions]
    assert homes(date(2019, 6, 1), world) == homes(date(2019, 6, 1), england)
    sizes = Counter(world.systems[ccg.system].code for ccg in world.ccgs)
    assert min(sizes.values()) == 1
    assert sum(sizes.values()) == 211


def test_every_attempt_before_2020_lies_in_one_system(world: World) -> None:
    """Six of twelve are among the candidates; the others need councils or officers."""
    at = {ccg.code: ccg for ccg in world.ccgs}
    listed = 0
    early = [case for case in attempts() if case.round != 2020]
    assert len(early) == 12
    for case in early:
        members = tuple(sorted(at[code].index for code in case.ccgs))
        (system,) = {at[code].system for code in case.ccgs}
        assert world.systems[system].code == case.system
        listed += any(one.ccgs == members for one in world.footprints[system])
    assert listed == 6


def test_nothing_was_under_way_on_the_first_day(world: World) -> None:
    """The scenario of the hindcasts runs: no proposal at the start, few before November 2016."""
    scenario = load_scenario("history_2013")
    opened = scenario.start
    early = late = 0
    for replication in range(10):
        for event in replicate_log(world, scenario, 1, replication).events:
            if event.kind == "mooted":
                assert event.time > 0.0
                assert not event.data["known_since"]
                door = (date(2016, 11, 3) - opened).days
                early += event.time < door
                late += event.time >= door
    assert early < late  # 43 months against 29; seed fixed, expected about 43 and 234
