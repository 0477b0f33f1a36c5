"""What a world may say of the past: proposals already carried, and systems that have just lost."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from sim.agents.log import Event
from sim.world import World, load_world
from tests.agents.arms import certain, last_moment, of_kind, run, run_and_check, times
from tests.small_worlds import write_world


def with_loss(folder: Path, month: str) -> World:
    """Return one system of three CCGs that lost a ballot in some month ("" for never)."""
    write_world(folder, [[{}, {}, {}]])
    path = folder / "systems.csv"
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    row["last_loss"] = month
    path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    return load_world(folder)


def openings(world: World, cooling: float = 12.0) -> list[Event]:
    arm = certain(
        parameters={
            "start_rate": 0.5,
            "start_place_sd": 0.0,
            "start_expectation": 0.0,
            "start_after_lost": -20.0,  # while it cools, nothing starts
            "start_deadline": 0.0,
            "start_vacancy": 1.0,
        },
        durations={"cooling": cooling},
        start=date(2019, 6, 1),
        end=date(2024, 6, 1),
    )
    found: list[Event] = of_kind(run(world, arm), "mooted")
    return found


def test_a_proposal_that_was_carried_goes_straight_to_the_application(tmp_path: Path) -> None:
    live = [{"ccgs": ["S1C1", "S1C2"], "stage": "balloted", "known_since": "2019-02"}]
    world = load_world(write_world(tmp_path / "w", [[{}, {}]], live_proposals=live))
    events, state = run_and_check(world, certain())
    found = times(events, "S1-1")
    for stage in ("mooted", "drafted", "engaged", "balloted", "applied"):
        assert found[stage] == 0.0, stage
    assert not of_kind(events, "ballot")
    assert not of_kind(events, "ballot_called")
    assert not of_kind(events, "advice")
    assert found["assessed"] > last_moment(121)
    assert found["effective"] == 305.0
    assert state.proposals == {"S1-1": "effective"}


def test_a_loss_before_the_start_holds_a_system_back_for_what_is_left(tmp_path: Path) -> None:
    free = openings(with_loss(tmp_path / "never", ""))
    assert free[0].time < 200.0
    # lost on 1 March 2019: 92 of 365.25 days have passed
    held = openings(with_loss(tmp_path / "lost", "2019-03"))
    assert held[0].time >= 365.25 - 92.0
    # the budget of starting is kept: the first comes as much later as the cooling has left
    assert held[0].time == pytest.approx(free[0].time + 365.25 - 92.0, abs=0.01)


def test_a_loss_that_has_cooled_off_changes_nothing(tmp_path: Path) -> None:
    free = openings(with_loss(tmp_path / "never", ""))
    assert free
    assert openings(with_loss(tmp_path / "old", "2018-05")) == free
    assert openings(with_loss(tmp_path / "short", "2019-03"), cooling=2.0) == free
