"""One proposal's chain on small worlds: hand-computed dates, windows, panel, 1 April.

Days count from 1 June 2019: 30 September 2019 is day 121, 1 April 2020 day 305, 30 September
2020 day 487 and 1 April 2021 day 670.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sim.agents.clock import on_grid
from sim.world import World, load_world
from tests.agents.arms import (
    MONTH,
    certain,
    last_moment,
    of_kind,
    run,
    run_and_check,
    times,
)
from tests.small_worlds import write_world

CLOSE, APRIL = last_moment(121), 305.0
NEXT_CLOSE, NEXT_APRIL = last_moment(487), 670.0
PANEL = NATIONAL = on_grid(0.3 * MONTH)


def pair(folder: Path, number: int = 1, regions: tuple[str, ...] = (), **over: Any) -> World:
    """Return a world of systems of two CCGs, each with a live proposal to merge both."""
    regions = regions or ("Region 1",) * number
    systems = [
        {"ccgs": [dict(over), dict(over)], "region": regions[index]} for index in range(number)
    ]
    live = [{"ccgs": [f"S{i}C1", f"S{i}C2"]} for i in range(1, number + 1)]
    return load_world(write_world(folder / "world", systems, live_proposals=live))


def test_the_dates_of_one_proposal(tmp_path: Path) -> None:
    """1 + 1 + 1 months to the call, half a month of ballots, then window, panel, decision."""
    events, state = run_and_check(pair(tmp_path), certain())
    assert times(events, "S1-1") == {
        "mooted": 0.0,
        "drafted": 1 * MONTH,
        "engaged": 2 * MONTH,
        "ballot_called": 3 * MONTH,
        "ballot": 3.5 * MONTH,
        "balloted": 3.5 * MONTH,
        "applied": 3.5 * MONTH,
        "assessed": CLOSE + PANEL,
        "decided": CLOSE + PANEL + NATIONAL,
        "conditions_met": CLOSE + PANEL + NATIONAL + 1 * MONTH,
        "merged": APRIL,
        "effective": APRIL,
    }
    assert state.proposals == {"S1-1": "effective"}
    assert set(state.bodies) == {"S1C1+S1C2"}
    assert of_kind(events, "applied")[0].data["window"] == "2019-09-30"
    assert of_kind(events, "window_closes")[0].data["applications"] == 1


@pytest.mark.parametrize(
    ("stage", "first"), [("drafted", {"engaged": 1.0}), ("engaged", {"engaged": 0.0})]
)
def test_a_proposal_found_further_on_starts_there(
    tmp_path: Path, stage: str, first: dict[str, float]
) -> None:
    live = [{"ccgs": ["S1C1", "S1C2"], "stage": stage, "known_since": "2019-03"}]
    world = load_world(write_world(tmp_path / "w", [[{}, {}]], live_proposals=live))
    events = run(world, certain())
    found = times(events, "S1-1")
    assert found["mooted"] == found["drafted"] == 0.0
    assert {"engaged": found["engaged"] / MONTH} == first
    assert found["ballot_called"] == found["engaged"] + MONTH
    assert of_kind(events, "mooted")[0].data["known_since"] == "2019-03-01"


def test_an_application_too_late_waits_for_the_next_window(tmp_path: Path) -> None:
    """2.5 months of engagement end the ballots on day 152, a month after the window closed."""
    found = times(run(pair(tmp_path), certain(durations={"engage": 2.5})), "S1-1")
    assert found["balloted"] == 5.0 * MONTH > CLOSE
    assert found["applied"] == APRIL  # the day on which the next window opens
    assert found["assessed"] == NEXT_CLOSE + PANEL
    assert found["effective"] == NEXT_APRIL


def test_work_is_hurried_to_make_the_window_if_it_can_be_done(tmp_path: Path) -> None:
    """4.5 months of work in the three and a half that leave half a month for the ballots."""
    scenario = certain(durations={"engage": 2.5}, parameters={"plan_floor": 1.0})
    found = times(run(pair(tmp_path), scenario), "S1-1")
    assert found["ballot_called"] == pytest.approx(CLOSE - MONTH / 2, abs=1e-4)
    assert found["drafted"] == pytest.approx((CLOSE - MONTH / 2) / 4.5, abs=1e-4)
    assert found["effective"] == APRIL


def test_a_short_lead_to_april_puts_the_merger_off_a_year(tmp_path: Path) -> None:
    scenario = certain(levers={"approval": {"minimum_lead_months": 6.0}})
    found = times(run(pair(tmp_path), scenario), "S1-1")
    assert found["decided"] + 6 * MONTH > APRIL
    assert found["effective"] == NEXT_APRIL


def test_conditions_met_late_put_the_merger_off_a_year(tmp_path: Path) -> None:
    scenario = certain(durations={"conditions": 7})
    found = times(run(pair(tmp_path), scenario), "S1-1")
    assert found["conditions_met"] > APRIL
    assert found["effective"] == NEXT_APRIL


def test_applications_all_year_go_to_the_panel_at_once(tmp_path: Path) -> None:
    scenario = certain(levers={"approval": {"window": "all_year"}})
    events = run(pair(tmp_path), scenario)
    found = times(events, "S1-1")
    assert found["assessed"] == found["applied"] + PANEL
    assert of_kind(events, "applied")[0].data["window"] == ""
    assert not of_kind(events, "window_opens", "window_closes")


def test_any_day_of_effect(tmp_path: Path) -> None:
    approval = {"effective_dates": "any_day", "minimum_lead_months": 2.0}
    events = run(pair(tmp_path), certain(levers={"approval": approval}))
    found = times(events, "S1-1")
    assert found["effective"] == found["decided"] + on_grid(2 * MONTH)


def test_other_windows(tmp_path: Path) -> None:
    approval = {"window_opens": "12-01", "window_closes": "12-31", "minimum_lead_months": 2.0}
    found = times(run(pair(tmp_path), certain(levers={"approval": approval})), "S1-1")
    assert found["applied"] == 183.0  # 1 December 2019
    assert found["assessed"] == last_moment(213) + PANEL
    assert found["effective"] == APRIL


def test_pauses_stop_merger_work(tmp_path: Path) -> None:
    """Two months from 1 July 2019 (day 30): first talks, 30.4 days, end on day 91.3."""
    pause = {"p": {"date": date(2019, 7, 1), "kind": "pause", "months": 2.0}}
    events = run(pair(tmp_path), certain(calendar=pause))
    found = times(events, "S1-1")
    assert found["drafted"] == 30.0 + 2 * MONTH + (MONTH - 30.0)
    assert found["engaged"] == found["drafted"] + MONTH
    assert [e.time for e in of_kind(events, "pause_begins", "pause_ends")] == [30.0, 90.0]


# -- Decisions -----------------------------------------------------------------------------------

MOSTLY_PUT_OFF = {"approval_defer": 0.95}  # the most that can be stated
EIGHT_TIMES = 1  # a replication in which that puts it off eight times of eight (two in three do)


def test_a_deferred_application_comes_back_every_window(tmp_path: Path) -> None:
    """Eight windows, 2019 to 2026; put off an eighth time it lapses and its CCGs are free."""
    scenario = certain(parameters=MOSTLY_PUT_OFF, end=date(2027, 12, 31))
    events, state = run_and_check(pair(tmp_path), scenario, EIGHT_TIMES)
    applied, decided = of_kind(events, "applied"), of_kind(events, "decided")
    assert [e.time for e in applied[:3]] == [3.5 * MONTH, APRIL, NEXT_APRIL]
    assert [e.data["window"] for e in applied] == [f"{year}-09-30" for year in range(2019, 2027)]
    assert [e.data["decision"] for e in decided] == ["deferred"] * 8
    [lapsed] = of_kind(events, "lapsed")
    assert lapsed.time == decided[-1].time
    assert lapsed.data == {"reason": "put off too often"}
    assert lapsed.terms == decided[-1].terms
    assert state.proposals == {"S1-1": "lapsed"}
    assert not of_kind(events, "effective", "refused", "merged")


def test_seven_deferrals_do_not_end_an_application(tmp_path: Path) -> None:
    scenario = certain(parameters=MOSTLY_PUT_OFF, end=date(2026, 9, 1))
    events, state = run_and_check(pair(tmp_path), scenario, EIGHT_TIMES)
    assert len(of_kind(events, "decided")) == 7
    assert not of_kind(events, "lapsed")
    assert state.proposals == {"S1-1": "applied"}


def test_applications_all_year_lapse_after_eight_deferrals_too(tmp_path: Path) -> None:
    """Each time two months of postponement, panel and decision; then the CCGs may try again."""
    scenario = certain(parameters=MOSTLY_PUT_OFF, levers={"approval": {"window": "all_year"}})
    events, state = run_and_check(pair(tmp_path), scenario, EIGHT_TIMES)
    times_ = [e.time for e in of_kind(events, "applied")]
    assert len(times_) == 8
    for before, after in pairwise(times_):
        assert after - before == pytest.approx(PANEL + NATIONAL + 2 * MONTH, abs=1e-4)
    assert state.proposals == {"S1-1": "lapsed"}


def test_a_refused_application_is_over(tmp_path: Path) -> None:
    scenario = certain(parameters={"approval_probability": 0.0})
    events, state = run_and_check(pair(tmp_path), scenario)
    assert state.proposals == {"S1-1": "refused"}
    assert times(events, "S1-1")["refused"] == CLOSE + PANEL + NATIONAL
    assert len(state.bodies) == 2


def test_approval_without_conditions(tmp_path: Path) -> None:
    events = run(pair(tmp_path), certain(parameters={"conditions_share": 0.0}))
    assert of_kind(events, "decided")[0].data["decision"] == "approved"
    assert not of_kind(events, "conditions_met")
    assert times(events, "S1-1")["effective"] == APRIL


def test_the_only_unready_application_is_refused(tmp_path: Path) -> None:
    """An officer shared by all makes an application ready; where none is, it is refused."""
    numbers = {"approval_probability": 0.999, "approval_unready": -60.0}
    for group, decision in (("G", "approved_with_conditions"), ("", "refused")):
        world = pair(tmp_path / decision, officer_group=group)
        events = run(world, certain(parameters=numbers))
        assert of_kind(events, "decided")[0].data["decision"] == decision


# -- The panel -----------------------------------------------------------------------------------


def waits(tmp_path: Path, capacity: int, regions: tuple[str, ...]) -> list[tuple[str, float]]:
    scenario = certain(levers={"approval": {"panel_capacity": capacity}})
    events = run(pair(tmp_path, len(regions), regions), scenario)
    assessed = of_kind(events, "assessed")
    for event in assessed:
        assert event.time == CLOSE + event.data["waited"] + PANEL
    return [(event.proposal, event.data["waited"]) for event in assessed]


def test_a_panel_of_one_takes_applications_in_turn(tmp_path: Path) -> None:
    assert waits(tmp_path, 1, ("R1", "R1", "R1")) == [
        ("S1-1", 0.0),
        ("S2-1", PANEL),
        ("S3-1", 2 * PANEL),
    ]


def test_a_panel_of_two_keeps_the_third_waiting(tmp_path: Path) -> None:
    assert waits(tmp_path, 2, ("R1", "R1", "R1")) == [
        ("S1-1", 0.0),
        ("S2-1", 0.0),
        ("S3-1", PANEL),
    ]


def test_each_region_has_its_own_panel(tmp_path: Path) -> None:
    assert [waited for _, waited in waits(tmp_path, 1, ("R1", "R2", "R3"))] == [0.0] * 3


# -- 1 April -------------------------------------------------------------------------------------


def test_the_order_of_the_first_of_april(tmp_path: Path) -> None:
    """Policy, then mergers by the proposals' names, then the window; not the order of asking."""
    news = {"z": {"date": date(2020, 4, 1), "kind": "statement"}}
    live = [{"ccgs": [f"S{i}C1", f"S{i}C2"]} for i in (3, 1, 2)]
    world = load_world(write_world(tmp_path / "w", [[{}, {}]] * 3, live_proposals=live))
    events = run(world, certain(calendar=news))
    day = [(e.kind, e.proposal) for e in events if e.time == APRIL and e.kind != "belief"]
    assert day == [
        ("statement", ""),
        ("merged", "S1-1"),
        ("effective", "S1-1"),
        ("merged", "S2-1"),
        ("effective", "S2-1"),
        ("merged", "S3-1"),
        ("effective", "S3-1"),
        ("window_opens", ""),
    ]


@pytest.mark.parametrize(("end", "ccgs"), [(date(2020, 3, 31), 2), (date(2020, 4, 1), 1)])
def test_the_last_day_counts_and_nothing_comes_after(tmp_path: Path, end: date, ccgs: int) -> None:
    events = run(pair(tmp_path), certain(end=end))
    days = (end - date(2019, 6, 1)).days
    assert events[-1].kind == "end"
    assert events[-1].time == last_moment(days)
    assert events[-1].data["ccgs"] == ccgs


def test_a_run_of_one_day(tmp_path: Path) -> None:
    events = run(pair(tmp_path), certain(end=date(2019, 6, 1)))
    assert events[-1].time == last_moment(0)
    assert events[-1].data["ccgs"] == 2
