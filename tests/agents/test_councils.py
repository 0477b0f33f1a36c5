"""Councils won over, compromises, outside chairs and devolved decisions: hand-computed dates.

Small worlds in which everything is certain, as in ``test_chain``; the levers' effects are exact.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event
from sim.agents.clock import on_grid
from sim.world import World, load_world
from tests.agents.arms import MONTH, certain, last_moment, of_kind, run, times
from tests.small_worlds import write_world

LONGER = 2.0  # council_delay
FIXED = {"council_delay": LONGER, "ballot_council_opposed": -1.0}
PANEL = on_grid(0.3 * MONTH)
CLOSE = last_moment(121)


def opposed(folder: Path, **system: Any) -> World:
    """Return two CCGs, wholly in one opposed council, with a live proposal to merge."""
    ccgs = [{"councils": {"K1": 1.0}}, {"councils": {"K1": 1.0}}]
    return load_world(
        write_world(
            folder / "world",
            [{"ccgs": ccgs, **system}],
            live_proposals=[{"ccgs": ["S1C1", "S1C2"]}],
            stances={"K1": "oppose"},
        )
    )


def passage(world: World, parameters: dict[str, float] | None = None, **levers: Any) -> Any:
    scenario = certain(parameters=FIXED | (parameters or {}), levers=levers)
    events = run(world, scenario)
    return events, times(events, "S1-1")


def council_terms(events: tuple[Event, ...]) -> set[float]:
    return {dict(e.terms)["opposed_councils"] for e in of_kind(events, "ballot")}


def test_a_council_won_over_no_longer_delays(tmp_path: Path) -> None:
    """Rows 53 and 106: engagement back from two months to one, the stance turned."""
    world = opposed(tmp_path)
    events, plain = passage(world)
    assert plain["ballot_called"] - plain["engaged"] == pytest.approx(2.0 * MONTH, abs=1e-5)
    assert council_terms(events) == {-1.0}
    offer = {"leadership_offer": True}
    events, won = passage(world, {"council_won_over": 1.0}, councils=offer)
    assert [e.data for e in of_kind(events, "council_offer")] == [{"accepted": True}]
    assert [e.data["stance"] for e in of_kind(events, "council_view")] == ["support"]
    assert won["ballot_called"] - won["engaged"] == pytest.approx(1.0 * MONTH, abs=1e-5)
    assert council_terms(events) == {0.0}
    assert won["engaged"] == plain["engaged"]
    events, declined = passage(world, {"council_won_over": 0.0}, councils=offer)
    assert [e.data for e in of_kind(events, "council_offer")] == [{"accepted": False}]
    assert declined | {"council_offer": 0.0} == plain | {"council_offer": 0.0}


def test_a_council_stays_won_over_in_later_proposals(tmp_path: Path) -> None:
    """Lost at first by a ballot that only one CCG carries, tried again: no second offer."""
    councils = {"councils": {"K1": 1.0}}
    ccgs = [councils | {"leanings": 60.0}, councils | {"leanings": 60.0},
            councils | {"leanings": -200.0}]  # fmt: skip
    world = load_world(
        write_world(
            tmp_path / "w",
            [ccgs],
            live_proposals=[{"ccgs": ["S1C1", "S1C2", "S1C3"]}],
            stances={"K1": "oppose"},
        )
    )
    parameters = FIXED | {"council_won_over": 1.0, "narrower_probability": 1.0}
    events = run(world, certain(parameters=parameters, levers={
        "councils": {"leadership_offer": True}, "ballot": {"leaders_gate": False}}))  # fmt: skip
    assert [e.proposal for e in of_kind(events, "council_offer")] == ["S1-1"]
    views = {e.proposal: e.data["stance"] for e in of_kind(events, "council_view")}
    assert views == {"S1-1": "support", "S1-2": "support"}


def test_nobody_makes_an_offer_in_a_vacancy(tmp_path: Path) -> None:
    world = opposed(tmp_path)
    gone = {"leader_turnover": 500.0, "council_won_over": 1.0}
    scenario = certain(
        parameters=FIXED | gone,
        durations={"vacancy": 1000.0},
        levers={"councils": {"leadership_offer": True}, "joint": {"leader_turnover": True}},
    )
    events = run(world, scenario)
    assert of_kind(events, "leader_left")[0].time < MONTH
    assert not of_kind(events, "council_offer")


def test_a_council_that_comes_round_leads_a_place(tmp_path: Path) -> None:
    events, _ = passage(
        opposed(tmp_path),
        {"council_won_over": 1.0, "place_leader_rate": 0.0},
        councils={"leadership_offer": True},
        leaders={"place_leaders": 1.0},
    )
    [leader] = of_kind(events, "place_leader")
    assert leader.data == {"place": "S1C1", "type": "council", "system": "S1"}


def test_a_compromise_costs_time_and_lowers_opposition(tmp_path: Path) -> None:
    """Row 54: as long again as the opposition itself, for 40 % less of it; none where nobody is."""
    world = opposed(tmp_path)
    _, plain = passage(world)
    events, met = passage(world, {"compromise_gain": 0.4}, councils={"compromise": True})
    assert met["ballot_called"] - met["engaged"] == pytest.approx(4.0 * MONTH, abs=1e-5)
    assert met["engaged"] == plain["engaged"]
    assert council_terms(events) == {-0.6}
    assert [e.data for e in of_kind(events, "compromise")] == [{"opposed": 1.0, "left": 0.6}]
    silent = {"ballot": {"council_view": "silent"}}
    events, free = passage(world, councils={"compromise": True}, **silent)
    assert not of_kind(events, "compromise")
    assert free["ballot_called"] - free["engaged"] == pytest.approx(1.0 * MONTH, abs=1e-5)


def test_an_outside_chair_hastens_the_talks_and_wins_trust(tmp_path: Path) -> None:
    """Row 72: two months to engagement times exp(-.5), and .3 more for every member."""
    fixed = {"outside_chair": 0.5, "ballot_outside_chair": 0.3}
    world = opposed(tmp_path)
    events, chaired = passage(world, fixed, leaders={"outside_chair": "everywhere"})
    assert chaired["engaged"] == pytest.approx(2.0 * MONTH * 0.6065306597, abs=1e-4)
    assert {dict(e.terms)["outside_chair"] for e in of_kind(events, "ballot")} == {0.3}
    _, unknown = passage(world, fixed, leaders={"outside_chair": "independent"})
    assert unknown["engaged"] == pytest.approx(2.0 * MONTH, abs=1e-5)
    outside = opposed(tmp_path, leader_type="independent")
    _, recorded = passage(outside, fixed, leaders={"outside_chair": "independent"})
    assert recorded["engaged"] == chaired["engaged"]


def test_rivalry_draws_the_talks_out(tmp_path: Path) -> None:
    """Row 101: two months times exp(.5)."""
    _, torn = passage(opposed(tmp_path), {"rivalry": 0.5}, leaders={"rival_systems": ["S1"]})
    assert torn["engaged"] == pytest.approx(2.0 * MONTH * 1.6487212707, abs=1e-4)


def test_a_devolved_system_decides_without_window_queue_or_centre(tmp_path: Path) -> None:
    """Row 74: decided a review after the ballots, not a window, a queue and two reviews later."""
    world = opposed(tmp_path, ics_status="devolved")
    silent = {"ballot": {"council_view": "silent"}}
    events, national = passage(world, **silent)
    assert national["decided"] == CLOSE + 2 * PANEL
    events, local = passage(world, leaders={"devolved": True}, **silent)
    assert local["applied"] == local["balloted"]
    assert local["decided"] == pytest.approx(local["applied"] + PANEL, abs=1e-5)
    assert {e.subject for e in of_kind(events, "decided")} == {"S1"}
    assert [e.data["waited"] for e in of_kind(events, "assessed")] == [0.0]
    assert local["effective"] == national["effective"] == 305.0
    other = opposed(tmp_path, ics_status="ics_wave1")
    _, undevolved = passage(other, leaders={"devolved": True}, **silent)
    assert undevolved == national
