"""Force on small worlds without luck: mandates, a law, decision rules, and ICS status."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event
from sim.records.folds import fold
from sim.records.schema import SCALARS
from sim.scenario import Scenario
from sim.world import World, load_world
from tests.agents.arms import certain, of_kind, run
from tests.small_worlds import write_world

START = date(2019, 6, 1)
NO = -300.0  # leaning (log-odds) of a practice that says no whatever is said for it
YES: dict[str, Any] = {"leanings": 0.0}
REFUSES: dict[str, Any] = {"leanings": NO}


def day(*when: int) -> float:
    return float((date(*when) - START).days)


def england_of(folder: Path, *systems: list[dict[str, Any]], live: tuple[int, ...] = ()) -> World:
    """Return a world of these systems; those numbered in ``live`` have a proposal of all."""
    proposals = [
        {"ccgs": [f"S{number}C{i}" for i in range(1, len(systems[number - 1]) + 1)]}
        for number in live
    ]
    return load_world(write_world(folder / "world", systems, live_proposals=proposals))


MILD = 0.25  # alienation left by one's own leader or majority, in forced moves


def forced(*, ungated: bool = True, **force: Any) -> Scenario:
    return certain(
        levers={"ballot": {"leaders_gate": not ungated}, "force": force},
        parameters={"alienation_mild": MILD},
    )


def scalars(world: World, scenario: Scenario, events: tuple[Event, ...]) -> dict[str, Any]:
    (row,) = fold(events, {}, world, scenario.start, scenario.end)["replications"]
    return dict(zip((column.name for column in SCALARS), row, strict=True))


# -- Mandate ---------------------------------------------------------------------------------------


def test_a_mandate_merges_every_system_on_the_next_first_of_april(tmp_path: Path) -> None:
    world = england_of(tmp_path, [YES] * 3, [YES] * 2, [YES])
    scenario = forced(mandate=date(2020, 9, 1))
    events = run(world, scenario)
    mandated = of_kind(events, "mandated")
    assert [(e.time, e.subject) for e in mandated] == [
        (day(2021, 4, 1), "S1"),
        (day(2021, 4, 1), "S2"),
    ]
    assert {e.proposal for e in of_kind(events, "merged")} == {""}
    assert not of_kind(events, "ballot", "decided")
    found = scalars(world, scenario, events)
    assert found["final_ccgs"] == 3
    assert found["mandated_systems"] == 2
    assert found["mandated_ccgs"] == 5
    assert found["alienation"] == pytest.approx(5 / 6)


def test_a_referee_steps_in_only_where_members_have_refused(tmp_path: Path) -> None:
    world = england_of(tmp_path, [YES, REFUSES], [YES, YES], [YES, YES], live=(1, 2))
    scenario = forced(mandate=date(2021, 4, 1), mandate_reach="refusing")
    events = run(world, scenario)
    assert [e.subject for e in of_kind(events, "mandated")] == ["S1"]
    assert {e.subject: e.proposal for e in of_kind(events, "merged")} == {
        "S1C1+S1C2": "",
        "S2C1+S2C2": "S2-1",
    }
    assert scalars(world, scenario, events)["final_ccgs"] == 4  # S3 was never asked


@pytest.mark.parametrize("month", range(1, 12))
def test_a_mandate_ends_a_proposal_wherever_it_stands(tmp_path: Path, month: int) -> None:
    """Stages of a month each: 11 mandates meet it at every stage, the panel's included.

    Any day may be one of effect here, so that mandates need not wait. The application that is
    under review then gives its place back: another region's mandate does not stand in its way.
    """
    world = england_of(tmp_path, [YES] * 2, [REFUSES] * 2, live=(1,))
    when = START + timedelta(days=30 * month)
    scenario = certain(
        levers={
            "force": {"mandate": when},
            "approval": {"window": "all_year", "effective_dates": "any_day", "panel_capacity": 1},
        },
        durations={"panel": 3.0},
    )
    events = run(world, scenario)
    ended = of_kind(events, "lapsed", "effective")
    [end] = [e for e in ended if e.proposal]
    assert end.time <= day(when.year, when.month, when.day) or end.kind == "effective"
    after = [e for e in events if e.proposal == end.proposal and e.time > end.time]
    assert not after
    assert scalars(world, scenario, events)["final_ccgs"] == 2


def test_a_panel_goes_on_with_the_next_application_when_one_is_overtaken(tmp_path: Path) -> None:
    """One place on the panel; the first application is ended by a mandate for those who refuse."""
    world = england_of(tmp_path, [YES] * 2, [YES] * 2, live=(1, 2))
    scenario = certain(
        levers={
            "force": {"mandate": date(2019, 11, 1)},
            "approval": {"window": "all_year", "effective_dates": "any_day", "panel_capacity": 1},
        },
        durations={"panel": 2.0},
    )
    events = run(world, scenario)
    assert {e.kind for e in events if e.time > day(2019, 11, 1)} <= {"end"}
    assert scalars(world, scenario, events)["final_ccgs"] == 2


def test_a_mandate_after_the_end_is_none(tmp_path: Path) -> None:
    """Of what weighs on consent and votes it names alienation, which there is none of."""
    world = england_of(tmp_path, [YES, REFUSES], live=(1,))
    threatened, free = run(world, forced(mandate=date(2029, 4, 1))), run(world, forced())
    named = {term for event in threatened for term in event.terms if term[0] == "alienation"}
    assert named == {("alienation", 0.0)}
    without = [
        e._replace(terms=tuple(t for t in e.terms if t[0] != "alienation")) for e in threatened
    ]
    assert without == list(free)


def test_an_approved_merger_that_a_mandate_overtakes_never_takes_effect(tmp_path: Path) -> None:
    """Approved early in 2020, too late for that April; the mandate of that day comes before it."""
    world = england_of(tmp_path, [YES] * 2, live=(1,))
    scenario = certain(
        levers={"force": {"mandate": date(2020, 4, 1)}, "approval": {"window": "all_year"}},
        durations={"explore": 5.0},
    )
    events = run(world, scenario)
    [decided] = of_kind(events, "decided")
    assert day(2019, 12, 2) < decided.time < day(2020, 4, 1)
    assert [e.time for e in of_kind(events, "merged")] == [day(2020, 4, 1)]
    assert not of_kind(events, "effective")


def test_a_refusal_by_the_centre_calls_for_no_referee(tmp_path: Path) -> None:
    world = england_of(tmp_path, [YES] * 2, live=(1,))
    scenario = certain(
        levers={"force": {"mandate": date(2021, 4, 1), "mandate_reach": "refusing"}},
        parameters={"approval_probability": 0.0},
    )
    events = run(world, scenario)
    assert of_kind(events, "refused")
    assert not of_kind(events, "mandated", "merged")


# -- Law -------------------------------------------------------------------------------------------


def test_a_law_abolishes_all_ccgs_without_a_vote(tmp_path: Path) -> None:
    """What is open lapses, the log is the same up to the day, the count is that of the day before.

    A merger that was to take effect on the very day comes too late.
    """
    world = england_of(tmp_path, [YES] * 2, [YES] * 3, live=(1,))
    plain, law = forced(), forced(legislation=date(2020, 4, 1))
    without, events = run(world, plain), run(world, law)
    moment = day(2020, 4, 1)
    assert [e for e in events if e.time < moment] == [e for e in without if e.time < moment]
    assert [e.kind for e in events if e.time >= moment] == ["lapsed", "abolished", "end"]
    found = scalars(world, law, events)
    assert (found["final_ccgs"], found["abolished_ccgs"], found["successor_bodies"]) == (5, 5, 2)
    assert found["open_at_end"] == 0
    later = forced(legislation=date(2020, 4, 2))
    found = scalars(world, later, run(world, later))
    assert (found["final_ccgs"], found["abolished_ccgs"], found["successor_bodies"]) == (4, 4, 2)


def test_a_law_on_the_last_day_counts_and_one_after_it_does_not(tmp_path: Path) -> None:
    world = england_of(tmp_path, [YES, REFUSES], live=(1,))
    plain = forced()
    last = forced(legislation=plain.end)
    assert of_kind(run(world, last), "abolished")
    assert scalars(world, last, run(world, last))["final_ccgs"] == 2
    assert run(world, forced(legislation=date(2023, 1, 1))) == run(world, plain)


def test_a_law_on_the_first_day_leaves_nothing_to_do(tmp_path: Path) -> None:
    world = england_of(tmp_path, [YES, YES], live=(1,))
    events = run(world, forced(legislation=START))
    assert [e.kind for e in events][-3:] == ["lapsed", "abolished", "end"]
    assert {e.time for e in events[:-1]} == {0.0}


# -- Who must agree --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refusing", "passes"), [(0, (1, 1, 1)), (1, (0, 1, 1)), (2, (0, 0, 1)), (3, (0, 0, 1))]
)
def test_members_refusals_by_decision_rule(
    tmp_path: Path, refusing: int, passes: tuple[int, ...]
) -> None:
    """Three CCGs of which some refuse: unanimity, majority and the leader carry ever more."""
    world = england_of(tmp_path, [REFUSES] * refusing + [YES] * (3 - refusing), live=(1,))
    for rule, carried in zip(("unanimity", "majority", "leader"), passes, strict=True):
        scenario = forced(decision_rule=rule)
        events = run(world, scenario)
        assert len(of_kind(events, "effective")) == carried, rule
        overruled = of_kind(events, "overruled")
        assert len(overruled) == (refusing if carried else 0)
        assert {(e.data["who"], e.data["rule"]) for e in overruled} <= {("members", rule)}
        assert scalars(world, scenario, events)["alienation"] == MILD * len(overruled) / 3


def test_governing_bodies_are_overruled_too(tmp_path: Path) -> None:
    """None consents: only the leader goes on, over everybody's head."""
    world = england_of(tmp_path, [YES] * 3, live=(1,))
    for rule, merged in (("unanimity", 0), ("majority", 0), ("leader", 1)):
        scenario = certain(
            levers={"force": {"decision_rule": rule}}, parameters={"consent_base": -60.0}
        )
        events = run(world, scenario)
        assert len(of_kind(events, "merged")) == merged, rule
        who = {e.data["who"] for e in of_kind(events, "overruled")}
        assert who == ({"governing body"} if merged else set())


def test_a_leader_who_decides_alone_does_not_fear_a_vote(tmp_path: Path) -> None:
    world = england_of(tmp_path, [REFUSES] * 2, live=(1,))
    unwilling = {"support_mean": -60.0}
    held = run(world, certain(parameters=unwilling))
    assert not of_kind(held, "ballot")
    alone = run(world, certain(parameters=unwilling, levers={"force": {"decision_rule": "leader"}}))
    assert len(of_kind(alone, "ballot")) == 2
    assert of_kind(alone, "merged")


# -- ICS status ------------------------------------------------------------------------------------


def rule_of_status(rule: str, **force: Any) -> Scenario:
    return certain(levers={"information": {"ics_rule": rule}, "force": force})


def test_every_system_is_an_ics_by_april_2021_or_only_with_one_ccg(tmp_path: Path) -> None:
    """S1 merges in April 2020, S2 never, S3 has one CCG, S4 is an ICS already."""
    world = load_world(
        write_world(
            tmp_path / "world",
            [
                [YES, YES],
                [YES, REFUSES],
                [YES],
                {"ccgs": [YES, YES], "ics_status": "ics_wave1"},
            ],
            live_proposals=[{"ccgs": ["S1C1", "S1C2"]}],
        )
    )
    shares = {}
    for rule in ("unlinked", "by_deadline", "conditional"):
        scenario = rule_of_status(rule)
        events = run(world, scenario)
        shares[rule] = scalars(world, scenario, events)["ics_share_april_2021"]
        reviews = of_kind(events, "ics_review")
        assert all(e.time <= day(2021, 4, 1) for e in reviews)
        made = {e.subject for e in reviews if e.data["designated"]}
        assert (
            made
            == {
                "unlinked": set(),
                "by_deadline": {"S1", "S2", "S3"},
                "conditional": {"S1", "S3"},
            }[rule]
        )
    assert shares == {"unlinked": 0.25, "by_deadline": 1.0, "conditional": 0.75}


def test_a_mandate_of_the_same_day_comes_before_the_review(tmp_path: Path) -> None:
    world = england_of(tmp_path, [YES, REFUSES])
    scenario = rule_of_status("conditional", mandate=date(2021, 4, 1))
    events = run(world, scenario)
    assert scalars(world, scenario, events)["ics_share_april_2021"] == 1.0
    kinds = [e.kind for e in events if e.time == day(2021, 4, 1)]
    assert kinds.index("merged") < kinds.index("ics_review")


def test_status_by_the_deadline_moves_nothing_else(tmp_path: Path) -> None:
    world = england_of(tmp_path, [YES] * 2, [YES, REFUSES], live=(1, 2))
    plain = run(world, rule_of_status("unlinked"))
    status = run(world, rule_of_status("by_deadline"))
    assert tuple(e for e in status if e.kind != "ics_review") == plain
    assert len(status) == len(plain) + 2
