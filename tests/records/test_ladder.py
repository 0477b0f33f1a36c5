"""Joint working, costs, pace and lifetimes, folded from logs made by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.agents.log import Event
from sim.records.folds import fold
from sim.records.mechanisms.economies_ladder import fixed_costs, fold_joint_working
from sim.records.schema import SCALARS
from sim.world import World, load_world
from tests.small_worlds import write_world

START, END = date(2019, 6, 1), date(2022, 7, 1)
APRIL_2020, APRIL_2021 = 305.0, 670.0
HORIZON = 1127.0
MONTH = 365.25 / 12
PRICES = {
    "fixed_cost": 1.0,
    "sharing_saving": 0.5,
    "committee_saving": 0.1,
    "officer_saving": 0.4,
    "transition_cost": 0.25,
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """S1 of three under one officer's team, S2 of two apart, S3 of two apart, S4 of one."""
    team = {"rung": "joint_team", "officer_group": "G"}
    return load_world(write_world(tmp_path / "w", [[team, team, team], [{}, {}], [{}, {}], [{}]]))


def event(time: float, kind: str, subject: str, proposal: str = "", **data: object) -> Event:
    return Event(time, kind, subject, proposal, data, ())


def rung(time: float, ccg: str, to: str, group: str = "") -> Event:
    return event(time, "rung", ccg, rung=to, officer_group=group)


def merger(time: float, proposal: str, *parts: str) -> list[Event]:
    body = "+".join(sorted(code for part in parts for code in part.split("+")))
    system = parts[0][:2]
    return [
        event(time, "merged", body, proposal, parts=parts, system=system),
        event(time, "effective", system, proposal, body=body),
    ]


def moot(time: float, proposal: str, *parts: str) -> Event:
    system = proposal.partition("-")[0]
    return event(
        time, "mooted", system, proposal, footprint=parts, origin="local", parent="", known_since=""
    )


def scalars(world: World, *events: Event) -> dict[str, float | int | None]:
    log = [event(0.0, "start", "England", ccgs=8), *events, event(HORIZON, "end", "England")]
    (row,) = fold(log, PRICES, world, START, END)["replications"]
    return dict(zip((column.name for column in SCALARS), row, strict=True))


def test_savings_by_sharing_and_by_merging(world: World) -> None:
    """S2 shares an officer; of S1's team two merge, then all; one transition cost each."""
    quiet = scalars(world)
    assert quiet["running_cost_saving"] == 0.0
    assert quiet["transition_cost_total"] == 0.0
    found = scalars(
        world,
        rung(10.0, "S2C1", "shared_officer", "O"),
        rung(10.0, "S2C2", "shared_officer", "O"),
        moot(20.0, "S1-1", "S1C1", "S1C2"),
        *merger(APRIL_2020, "S1-1", "S1C1", "S1C2"),
        moot(310.0, "S1-2", "S1C1+S1C2", "S1C3"),
        *merger(APRIL_2021, "S1-2", "S1C1+S1C2", "S1C3"),
    )
    # The team of three costs 3 - 2/3 x 1.5 = 2 at the start, one body 1 at the end. Two CCGs that
    # come to share an officer save .4 x .5 of one fixed cost.
    assert found["saving_by_merging"] == pytest.approx(1.0)
    assert found["saving_by_sharing"] == pytest.approx(0.2)
    assert found["running_cost_saving"] == pytest.approx(1.2)
    assert found["transition_cost_total"] == pytest.approx(0.5)
    patients = sum(ccg.patients for ccg in world.ccgs)
    assert found["saving_share_of_target"] == pytest.approx(1.2e6 / (0.2 * 20.07 * patients))


def test_a_merged_body_keeps_an_officer_shared_outside_and_no_other(world: World) -> None:
    first = merger(APRIL_2020, "S1-1", "S1C1", "S1C2")[0]
    joint = fold_joint_working([], [first], world)
    assert joint.alive["S1C1+S1C2"] == ("shared_officer", "G")
    assert joint.alive["S1C3"] == ("joint_team", "G")
    assert joint.officers() == 1
    both = [first, merger(APRIL_2021, "S1-2", "S1C1+S1C2", "S1C3")[0]]
    joint = fold_joint_working([], both, world)
    assert joint.alive["S1C1+S1C2+S1C3"] == ("separate", "")
    assert (joint.officers(), joint.ready, joint.mergers) == (0, 2, 2)
    assert joint.unmerged["S1C1"] == ("joint_team", "G")


def test_committees_save_a_little_and_a_lone_officer_nothing() -> None:
    assert fixed_costs([("committees_in_common", "")], PRICES) == pytest.approx(0.95)
    assert fixed_costs([("shared_officer", "")], PRICES) == 1.0


def test_months_of_reorganisation_count_every_ccg_in_every_proposal(world: World) -> None:
    found = scalars(
        world,
        moot(0.0, "S2-1", "S2C1", "S2C2"),
        event(100.0, "withdrawn", "S2", "S2-1", reason="no"),
        moot(0.0, "S1-1", "S1C1", "S1C2", "S1C3"),
        *merger(APRIL_2020, "S1-1", "S1C1", "S1C2", "S1C3"),
    )
    vain, all_months = 2 * 100 / MONTH, (2 * 100 + 3 * APRIL_2020) / MONTH
    assert found["reorganisation_months"] == pytest.approx(all_months)
    assert found["reorganisation_months_in_vain"] == pytest.approx(vain)


def test_pace_and_lifetime(world: World) -> None:
    none = scalars(world)
    assert none["largest_fall"] == 0
    assert none["merged_lifetime_months"] is none["repeat_merger_share"] is None
    found = scalars(
        world,
        moot(20.0, "S1-1", "S1C1", "S1C2"),
        moot(20.0, "S2-1", "S2C1", "S2C2"),
        *merger(APRIL_2020, "S1-1", "S1C1", "S1C2"),
        *merger(APRIL_2020, "S2-1", "S2C1", "S2C2"),
        moot(310.0, "S1-2", "S1C1+S1C2", "S1C3"),
        *merger(APRIL_2021, "S1-2", "S1C1+S1C2", "S1C3"),
    )
    assert found["largest_fall"] == 2
    assert found["repeat_merger_share"] == pytest.approx(1 / 3)
    # Lives: a year to the next merger; to the end from 2020 on, and from 2021 on.
    lives = sorted((APRIL_2021 - APRIL_2020, HORIZON - APRIL_2020, HORIZON - APRIL_2021))
    assert found["merged_lifetime_months"] == pytest.approx(lives[1] / MONTH)
    assert found["officer_before_merger"] == pytest.approx(2 / 3)


def test_systems_that_stop_at_a_rung(world: World) -> None:
    """Only systems of several CCGs without any merger count, each by its highest rung."""
    names = ("separate", "committees", "officer", "team")

    def stopped(*events: Event) -> list[object]:
        found = scalars(world, *events)
        return [found[f"stopped_at_{name}"] for name in names]

    assert stopped() == [2, 0, 0, 1]
    assert stopped(rung(5.0, "S2C1", "committees_in_common")) == [1, 1, 0, 1]
    steps = [rung(5.0, f"S3C{i}", "shared_officer", "O") for i in (1, 2)]
    assert stopped(*steps) == [1, 0, 1, 1]
    merged = [moot(20.0, "S1-1", "S1C1", "S1C2"), *merger(APRIL_2020, "S1-1", "S1C1", "S1C2")]
    assert stopped(*merged) == [2, 0, 0, 0]
    assert scalars(world, *steps)["steps_to_officer"] == 2


def test_failed_tests_are_counted_where_the_log_states_them(world: World) -> None:
    decided = [
        event(9.0, "decided", "NHS England", "S2-1", decision="deferred", failed=("durability",)),
        event(9.0, "decided", "NHS England", "S1-1", decision="approved"),
    ]
    courses = [moot(0.0, "S2-1", "S2C1", "S2C2"), moot(0.0, "S1-1", "S1C1", "S1C2")]
    applied = [event(8.0, "applied", name[:2], name) for name in ("S2-1", "S1-1")]
    found = scalars(world, *courses, *applied, *decided)
    assert found["failed_durability"] == 1
    assert found["failed_members"] == 0
