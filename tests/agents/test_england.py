"""England 2019, 40 replications with seed 1: what must hold in every one of them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from sim.agents import Event, replicate_log
from sim.agents.clock import GRID
from sim.scenario import load_scenario, parse_scenario
from sim.scenario.parameters import DEFAULT_PRIORS
from sim.world import InputError, World
from tests.agents.arms import of_kind, run_and_check

REPLICATIONS = 40
Logs = list[tuple[Event, ...]]


@pytest.fixture(scope="module")
def written(england: World) -> Logs:
    """Every log has passed the checker of identities."""
    return logs(england, "as_written")


@pytest.fixture(scope="module")
def happened(england: World) -> Logs:
    return logs(england, "as_happened")


def logs(england: World, name: str) -> Logs:
    scenario = load_scenario(name)
    found = []
    for replication in range(REPLICATIONS):
        events, state = run_and_check(england, scenario, replication)
        # Population and practices, counted here once more from the bodies that are left.
        members = [code for body in state.bodies for code in body.split("+")]
        assert sorted(members) == sorted(ccg.code for ccg in england.ccgs)
        assert len(state.bodies) == events[-1].data["ccgs"]
        found.append(events)
    return found


def home_of(england: World) -> dict[str, str]:
    return {ccg.code: england.systems[ccg.system].code for ccg in england.ccgs}


def crossing(england: World, events: tuple[Event, ...]) -> list[str]:
    home = home_of(england)
    return [
        event.subject
        for event in of_kind(events, "merged")
        if len({home[code] for code in event.subject.split("+")}) > 1
    ]


@pytest.mark.parametrize("arm", ["written", "happened"])
def test_it_starts_with_191(arm: str, request: pytest.FixtureRequest) -> None:
    for events in request.getfixturevalue(arm):
        assert events[0].kind == "start"
        assert events[0].data["ccgs"] == 191


@pytest.mark.parametrize("arm", ["written", "happened"])
def test_the_count_falls_only_on_first_aprils(arm: str, request: pytest.FixtureRequest) -> None:
    days = set()
    for events in request.getfixturevalue(arm):
        days |= {date(2019, 6, 1) + timedelta(e.time) for e in of_kind(events, "merged")}
    assert days == {date(2020, 4, 1), date(2021, 4, 1), date(2022, 4, 1)}


def test_as_written_no_merger_crosses_a_border_and_42_stay(england: World, written: Logs) -> None:
    assert not [body for events in written for body in crossing(england, events)]
    finals = [events[-1].data["ccgs"] for events in written]
    assert min(finals) >= 42
    assert len(set(finals)) > 10
    home = home_of(england)
    for events in written:
        alive = set(home)
        for event in of_kind(events, "merged"):
            alive = (alive - set(event.data["parts"])) | {event.subject}
        systems = {home[code] for body in alive for code in body.split("+")}
        assert len(systems) == 42


def test_as_happened_mergers_can_cross_a_border(england: World, happened: Logs) -> None:
    found = {body for events in happened for body in crossing(england, events)}
    assert found
    for events in happened:
        for event in of_kind(events, "merged"):
            homes = {home_of(england)[code] for code in event.subject.split("+")}
            assert event.data["system"] in homes


@pytest.mark.parametrize("arm", ["written", "happened"])
def test_times_never_decrease_lie_on_the_grid_and_stay_in_the_horizon(
    arm: str, request: pytest.FixtureRequest
) -> None:
    horizon = (date(2022, 7, 1) - date(2019, 6, 1)).days + 1
    for events in request.getfixturevalue(arm):
        times = [event.time for event in events]
        assert times[0] == 0.0
        assert times[-1] < horizon
        assert all(a <= b for a, b in pairwise(times))
        assert all((time * GRID).is_integer() for time in times)


@pytest.mark.parametrize("arm", ["written", "happened"])
def test_no_event_lacks_the_keys_that_the_table_of_kinds_states(
    arm: str, request: pytest.FixtureRequest
) -> None:
    """The documentation of the log is what readers of it rely on."""
    keys = {
        "mooted": {"footprint", "origin", "parent", "known_since"},
        "engaged": {"perceived_origin"},
        "advice": {"stance"},
        "council_view": {"stance"},
        "belief": {"wording"},
        "rung": {"rung", "officer_group"},
        "balloted": {"carried", "attempt"},
        "applied": {"window"},
        "assessed": {"waited"},
        "decided": {"decision"},
        "merged": {"parts", "system"},
        "effective": {"body"},
        "withdrawn": {"reason"},
        "lost": {"reason"},
        "refused": {"reason"},
    }
    seen = set()
    for events in request.getfixturevalue(arm):
        for event in events:
            if event.kind in keys:
                assert set(event.data) == keys[event.kind], event
                seen.add(event.kind)
    assert seen == set(keys)


def test_the_register_is_found_alive(england: World, written: Logs, happened: Logs) -> None:
    """Every proposal of the register is there on the first day, at the stage it had reached."""
    codes = [{england.ccgs[i].code for i in live.ccgs} for live in england.live_proposals]
    for events in [*written, *happened]:
        first = [set(e.data["footprint"]) for e in of_kind(events, "mooted") if e.time == 0.0]
        assert first[: len(codes)] == codes
    engaged = sum(live.stage == "engaged" for live in england.live_proposals)
    at_start = [e for e in of_kind(written[0], "engaged") if e.time == 0.0]
    assert len(at_start) >= engaged


def test_a_replication_is_about_as_long_as_designed(written: Logs, happened: Logs) -> None:
    """About 4,000 events at most (design, section 4)."""
    assert max(len(events) for events in [*written, *happened]) < 4000


def test_scenarios_that_part_later_are_alike_until_then(england: World) -> None:
    """Two scenarios that differ from a date on have identical logs up to that date."""
    day = date(2020, 3, 1)
    moment = float((day - date(2019, 6, 1)).days)
    letter = {"date": day, "kind": "push", "region": "all", "strength": 3.0}
    plain = load_scenario("as_written")
    later = parse_scenario({"extends": "as_written", "calendar": {"p": letter}})
    for replication in range(5):
        a, b = (replicate_log(england, s, 1, replication).events for s in (plain, later))
        before = [[e for e in events if e.time < moment] for events in (a, b)]
        assert before[0] == before[1]
        assert a != b


def test_a_lever_without_effect_changes_nothing(england: World) -> None:
    """More panels than applications, more tries than re-ballots: the same log."""
    plain = load_scenario("as_written")
    levers = {"approval": {"panel_capacity": 1000}}
    wide = parse_scenario({"extends": "as_written", "levers": levers})
    levers = {"approval": {"panel_capacity": 999}}
    wider = parse_scenario({"extends": "as_written", "levers": levers})
    for replication in range(3):
        logs_ = [replicate_log(england, s, 1, replication).events for s in (wide, wider, plain)]
        assert logs_[0] == logs_[1]


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [("region", "Londn", "London"), ("system", "E5400000", "E54")],
)
def test_a_calendar_that_names_no_region_or_system_is_refused(
    england: World, key: str, value: str, hint: str
) -> None:
    event = {"date": date(2019, 8, 1), "kind": "letter", "strength": 1.0, key: value}
    scenario = parse_scenario({"calendar": {"a": event}})
    with pytest.raises(InputError, match=hint):
        replicate_log(england, scenario, 1, 0)


def test_parameters_at_their_medians_are_the_same_in_every_replication(england: World) -> None:
    scenario = parse_scenario({"extends": "as_written", "model": {"parameters": "median"}})
    first, second = (replicate_log(england, scenario, 1, r) for r in (0, 1))
    assert first.parameters == second.parameters
    assert first.events != second.events
    priors = {"knowledge": "prior", "parameters": "median"}
    unfitted = replicate_log(
        england, parse_scenario({"extends": "as_written", "model": priors}), 1, 0
    )
    assert unfitted.parameters["support_mean"] == pytest.approx(
        DEFAULT_PRIORS["support_mean"].quantile(0.5)
    )
    assert scenario.posterior
    assert first.parameters["support_mean"] == scenario.posterior.medians()["support_mean"]
