"""Mergers: what is conserved, names, merging twice, and bodies that cross a system border."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event
from sim.agents.log import Terms
from sim.scenario import Scenario
from sim.world import World, load_world
from tests.agents.arms import certain, of_kind, run, run_and_check
from tests.small_worlds import write_world

COUNTY = {"boundaries": {"cross_system": "county"}}


def busy(**over: Any) -> Scenario:
    """Return a scenario that merges all the time: quick stages, any day, pairs preferred."""
    quick = dict.fromkeys(("explore", "draft", "engage", "ballot", "panel", "national"), 0.1)
    numbers = {"start_rate": 0.3, "start_centre_share": 0.0, "footprint_whole": -20.0}
    approval = {"window": "all_year", "effective_dates": "any_day", "minimum_lead_months": 0.0}
    return certain(
        parameters=numbers | over.pop("parameters", {}),
        durations=quick | {"conditions": 0.1},
        levers={"approval": approval, **over.pop("levers", {})},
        **over,
    )


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two systems of four and two CCGs of unlike size, codes out of order."""
    codes = ("D", "B", "C", "A")
    first = [{"code": code, "practices": n + 2} for n, code in enumerate(codes)]
    second = [{"code": "F", "practices": 9}, {"code": "E", "practices": 1}]
    return load_world(write_world(tmp_path_factory.mktemp("six") / "w", [first, second]))


@pytest.fixture(scope="module")
def busy_logs(six: World) -> list[tuple[Event, ...]]:
    return [run(six, busy(), replication) for replication in range(20)]


def parts_of(event: Event) -> tuple[str, ...]:
    parts: tuple[str, ...] = event.data["parts"]
    return parts


def test_a_merged_body_is_named_by_its_starting_members_sorted(
    busy_logs: list[tuple[Event, ...]],
) -> None:
    merged = [event for log in busy_logs for event in of_kind(log, "merged")]
    assert len(merged) > 40
    for event in merged:
        members = [code for part in parts_of(event) for code in part.split("+")]
        assert event.subject == "+".join(sorted(members))
    assert {event.data["system"] for event in merged} == {"S1", "S2"}


def test_bodies_merge_again_under_the_joined_set_of_all(
    busy_logs: list[tuple[Event, ...]],
) -> None:
    again = [e for log in busy_logs for e in of_kind(log, "merged") if "+" in "".join(parts_of(e))]
    assert len(again) > 10
    assert "A+B+C+D" in {event.subject for event in again}
    # A body made by merger votes with the practices of all its parts (D has 2, B 3, C 4, A 5).
    sizes = {"D": 2, "B": 3, "C": 4, "A": 5, "F": 9, "E": 1}
    held = [e for log in busy_logs for e in of_kind(log, "ballot") if "+" in e.subject]
    assert held
    for event in held:
        assert event.data["practices"] == sum(sizes[code] for code in event.subject.split("+"))


def test_a_dissolved_body_does_nothing_more(busy_logs: list[tuple[Event, ...]]) -> None:
    """The checker sees that too; here without it."""
    for log in busy_logs:
        gone: set[str] = set()
        for event in log:
            assert event.subject not in gone
            if event.kind == "mooted":
                assert not gone & set(event.data["footprint"])
            if event.kind == "merged":
                gone |= set(parts_of(event))


def test_a_system_of_one_body_starts_nothing_more(busy_logs: list[tuple[Event, ...]]) -> None:
    finished = 0
    for log in busy_logs:
        alone = [e.time for e in of_kind(log, "merged") if e.subject == "E+F"]
        if alone:
            finished += 1
            later = [e for e in of_kind(log, "mooted") if e.time >= alone[0] and e.subject == "S2"]
            assert not later
    assert finished > 10


# -- Across systems ------------------------------------------------------------------------------


def border(folder: Path, left: int, right: int) -> World:
    """Return two systems of two CCGs; a proposal joins one of each, of so many practices."""
    systems = [[{}, {"practices": left}], [{"practices": right}, {}]]
    live = [{"ccgs": ["S1C2", "S2C1"]}]
    return load_world(write_world(folder / "w", systems, live_proposals=live))


@pytest.mark.parametrize(("left", "right", "home"), [(5, 6, "S2"), (6, 5, "S1"), (5, 5, "S1")])
def test_a_body_across_a_border_belongs_where_most_of_its_patients_are(
    tmp_path: Path, left: int, right: int, home: str
) -> None:
    events, state = run_and_check(border(tmp_path, left, right), certain(levers=COUNTY))
    assert of_kind(events, "merged")[0].data["system"] == home
    assert state.home == {"S1C1": "S1", "S1C2+S2C1": home, "S2C2": "S2"}


def test_where_footprints_may_not_cross_such_a_proposal_lapses(tmp_path: Path) -> None:
    events, state = run_and_check(border(tmp_path, 5, 6), certain())
    assert state.proposals == {"S1-1": "lapsed"}
    assert of_kind(events, "lapsed")[0].time == 0.0
    assert len(state.bodies) == 4


def county(folder: Path) -> World:
    """Return a county of two CCGs in two systems of one CCG each, and a third CCG elsewhere."""
    inside, outside = {"councils": {"K1": 1.0}}, {"councils": {"K2": 1.0}}
    return load_world(write_world(folder / "w", [[inside], [inside], [outside]]))


def test_footprints_cross_a_border_only_where_the_lever_lets_them(tmp_path: Path) -> None:
    world = county(tmp_path)
    for replication in range(5):
        assert not of_kind(run(world, busy(), replication), "mooted")
    found = [
        event.data["footprint"]
        for replication in range(5)
        for event in of_kind(run(world, busy(levers=COUNTY), replication), "mooted")
    ]
    assert set(found) == {("S1C1", "S2C1")}


# -- Officers and the ladder ---------------------------------------------------------------------


def test_an_officer_left_with_one_body_is_shared_no_longer(tmp_path: Path) -> None:
    """G serves three CCGs; two merge under G's officer: both bodies still share it."""
    ccgs = [{"officer_group": "G"}] * 3
    live = [{"ccgs": ["S1C1", "S1C2"]}]
    world = load_world(write_world(tmp_path / "w", [ccgs], live_proposals=live))
    own_posts = {"ballot_own_posts": -1.0, "ballot_officer": 0.0}
    ballots = of_kind(run(world, certain(parameters=own_posts)), "ballot")
    assert [dict(e.terms)["own_posts"] for e in ballots] == [0.0, 0.0]
    apart: list[dict[str, Any]] = [{}] * 3
    alone = load_world(write_world(tmp_path / "v", [apart], live_proposals=live))
    ballots = of_kind(run(alone, certain(parameters=own_posts)), "ballot")
    assert [dict(e.terms)["own_posts"] for e in ballots] == [-1.0, -1.0]


def test_the_ladder_is_climbed_rung_by_rung(tmp_path: Path) -> None:
    order = ("separate", "committees_in_common", "shared_officer", "joint_team")
    rates = {"ladder_committee_rate": 0.3, "ladder_officer_rate": 0.2, "ladder_team_rate": 0.2}
    four: list[dict[str, Any]] = [{}] * 4
    world = load_world(write_world(tmp_path / "w", [four]))
    scenario = certain(parameters=rates, levers={"joint": {"ladder": True}})
    reached: set[str] = set()
    for replication in range(10):
        stands = dict.fromkeys((ccg.code for ccg in world.ccgs), "separate")
        for event in of_kind(run(world, scenario, replication), "rung"):
            rung = event.data["rung"]
            assert order.index(rung) >= order.index(stands[event.subject])
            if rung in ("shared_officer", "joint_team"):
                assert event.data["officer_group"]
            stands[event.subject] = rung
            reached.add(rung)
    assert reached == set(order[1:])
    assert not of_kind(run(world, certain(parameters=rates)), "rung")


# -- Terms ---------------------------------------------------------------------------------------


def test_terms_of_a_ballot_tell_who_outweighs_whom(tmp_path: Path) -> None:
    ccgs: list[dict[str, Any]] = [
        {"practices": 2},
        {"practices": 6, "distress": "special_measures"},
    ]
    live = [{"ccgs": ["S1C1", "S1C2"]}]
    world = load_world(write_world(tmp_path / "w", [ccgs], live_proposals=live))
    numbers = {"ballot_outweighed": -2.0, "ballot_partner_distress": -3.0}
    ballots = of_kind(run(world, certain(parameters=numbers)), "ballot")

    def named(terms: Terms) -> tuple[float, float]:
        found = dict(terms)
        return found["outweighed"], found["partner_distress"]

    assert named(ballots[0].terms) == (-2.0 * 0.5, -3.0)
    assert named(ballots[1].terms) == (0.0, 0.0)
