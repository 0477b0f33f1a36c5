"""Boundary talks in small worlds: what exactly follows from an exemption, a split, a joining."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event
from sim.agents.clock import on_grid
from sim.agents.mechanisms.boundaries_redraw import SLOT
from sim.records.folds import fold
from sim.records.lineage import start_lineage
from sim.records.mechanisms.boundaries import COLUMNS
from sim.records.schema import SCALARS
from sim.scenario import Scenario
from sim.streams import Purpose, Streams
from sim.views.story.story import story_lines
from sim.world import World, load_world
from tests.agents.arms import MONTH, certain, of_kind, run, run_and_check
from tests.small_worlds import write_world

PROMPT = 100.0  # a rate a month at which everybody asks within a day or so
SPLIT = (("S1", "east", "A+B"), ("S1", "west", "C+D"))
STATED = {"said": {"date": date(2019, 6, 1), "kind": "statement"}}


def world(folder: Path, live: Sequence[dict[str, Any]] = (), **more: Any) -> World:
    """Two neighbouring systems of four and two CCGs of five practices; the first has a split."""
    first = [{"code": code} for code in "ABCD"]
    second = [{"code": code} for code in "EF"]
    return load_world(
        write_world(folder / "w", [first, second], live_proposals=live, splits=SPLIT, **more)
    )


def splitting(months: float = 1.0, grant: float = 1.0, **over: Any) -> Scenario:
    numbers = {"split_request": PROMPT, "split_grant": grant, "boundary_months": months}
    numbers |= {"split_visibility": 0.0, "split_before_statement": 0.0}
    levers = {"boundaries": {"splits": True}, **over.pop("levers", {})}
    over.setdefault("calendar", STATED)
    return certain(parameters=numbers | over.pop("parameters", {}), levers=levers, **over)


def joining(**over: Any) -> Scenario:
    numbers = {"system_approach": PROMPT, "merger_persuasion": 1.0, "boundary_months": 1.0}
    levers = {"boundaries": {"system_mergers": True}, **over.pop("levers", {})}
    return certain(parameters=numbers | over.pop("parameters", {}), levers=levers, **over)


def exempting(threshold: int, cap: int, **over: Any) -> Scenario:
    numbers = {"exemption_request": PROMPT} | over.pop("parameters", {})
    levers: dict[str, Any] = {"force": {"hard_rule": True}, **over.pop("levers", {})}
    levers["boundaries"] = {"exemption_patients": threshold, "exemption_cap": cap}
    return certain(parameters=numbers, levers=levers, **over)


def outcomes(events: tuple[Event, ...], of: World, scenario: Scenario) -> dict[str, Any]:
    rows = fold(events, {}, of, scenario.start, scenario.end)["replications"]
    found = dict(zip((column.name for column in SCALARS), rows[0], strict=True))
    return {column.name: found[column.name] for column in COLUMNS}


# -- Splits --------------------------------------------------------------------------------------


def test_a_split_makes_two_systems_and_ccgs_follow_the_parts(tmp_path: Path) -> None:
    """Row 23. Tables list the parts from that day on and the whole no longer."""
    small, scenario = world(tmp_path), splitting()
    events, state = run_and_check(small, scenario)
    [split] = of_kind(events, "systems_split")
    assert split.time == pytest.approx(MONTH, abs=2.0)
    assert split.data["systems"] == ("S1/a", "S1/b")
    assert split.data["names"] == ("System S1 (east)", "System S1 (west)")
    homes = {"A": "S1/a", "B": "S1/a", "C": "S1/b", "D": "S1/b", "E": "S2", "F": "S2"}
    assert state.home == homes
    tables = fold(events, {}, small, scenario.start, scenario.end)
    first, last = (
        {row[1]: row[3] for row in tables["systems"] if row[0] == day}
        for day in (scenario.start, scenario.end)
    )
    assert first == {"S1": 4, "S2": 2}
    assert last == {"S1/a": 2, "S1/b": 2, "S2": 2}
    assert outcomes(events, small, scenario)["systems_at_end"] == 3
    told = "\n".join(story_lines(events, small, scenario.start, system="S1"))
    assert "becomes two systems" in told
    assert "(part a) has two CCGs" in told


def test_no_split_before_a_statement_or_without_leave(tmp_path: Path) -> None:
    """Rows 14 and 21: nobody asks before the centre has spoken; refused, nothing changes."""
    small = world(tmp_path)
    late = {"said": {"date": date(2020, 1, 1), "kind": "statement"}}
    assert not of_kind(run(small, splitting(calendar={})), "split_asked", "systems_split")
    [asked] = of_kind(run(small, splitting(calendar=late)), "split_asked")
    assert asked.time >= (date(2020, 1, 1) - date(2019, 6, 1)).days
    [decided] = of_kind(run(small, splitting(grant=0.0)), "split_decided", "systems_split")
    assert decided.data == {"granted": False, "possible": True}


def test_proposals_across_the_new_border_lapse_and_others_go_on(tmp_path: Path) -> None:
    live = [{"ccgs": ["A", "B"], "stage": "mooted"}, {"ccgs": ["C", "D"], "stage": "mooted"}]
    small = world(tmp_path, live)
    events, state = run_and_check(small, splitting())
    assert state.proposals == {"S1-1": "effective", "S1-2": "effective"}
    assert {e.data["system"] for e in of_kind(events, "merged")} == {"S1/a", "S1/b"}
    assert {e.subject for e in of_kind(events, "effective")} == {"S1/a", "S1/b"}
    assert {e.time for e in of_kind(events, "merged")} == {305.0}  # as without a split
    across = world(tmp_path, [{"ccgs": ["B", "C"], "stage": "mooted"}])
    events, state = run_and_check(across, splitting())
    assert state.proposals == {"S1-1": "lapsed"}
    [lapsed] = of_kind(events, "lapsed")
    assert lapsed.time == of_kind(events, "systems_split")[0].time
    assert not [e for e in events if e.proposal and e.time > lapsed.time]


@pytest.mark.parametrize("months", [0.5, 2.5, 3.6, 4.15, 4.5, 6.0])
def test_a_proposal_lapses_at_whatever_stage_it_is(tmp_path: Path, months: float) -> None:
    """In talks, engagement, ballots, window, panel, or approved: it never takes effect."""
    small = world(tmp_path, [{"ccgs": ["B", "C"], "stage": "mooted"}])
    events, state = run_and_check(small, splitting(months))
    assert state.proposals == {"S1-1": "lapsed"}
    assert not of_kind(events, "merged")
    assert [e for e in events if e.proposal][-1].kind == "lapsed"
    for close in of_kind(events, "window_closes"):
        assert close.data["applications"] <= 1


def test_one_that_lapses_in_the_panel_leaves_its_seat_to_the_next(tmp_path: Path) -> None:
    live = [{"ccgs": ["B", "C"], "stage": "mooted"}, {"ccgs": ["E", "F"], "stage": "mooted"}]
    small = world(tmp_path, live)
    approval = {"panel_capacity": 1, "window": "all_year"}
    slow = {"panel": 2.0, "conditions": 0.1}
    months = 4.5  # applied after 3.5 months: in the panel, with the other in its queue
    scenario = splitting(months, levers={"approval": approval}, durations=slow)
    events, state = run_and_check(small, scenario)
    assert state.proposals == {"S1-1": "lapsed", "S2-1": "effective"}
    assert len(of_kind(events, "applied")) == 2
    [assessed] = of_kind(events, "assessed")
    assert assessed.data["waited"] == pytest.approx(2.0 * MONTH, abs=3.0)


def test_a_county_that_the_scenario_lets_cross_still_crosses(tmp_path: Path) -> None:
    councils = {"B": {"K": 1.0}, "C": {"K": 1.0}}
    first = [{"code": code, "councils": councils.get(code, {"L": 1.0})} for code in "ABCD"]
    second = [{"code": code, "councils": {"L": 1.0}} for code in "EF"]
    live = [{"ccgs": ["B", "C"], "stage": "mooted"}]
    folder = write_world(tmp_path / "w", [first, second], live_proposals=live, splits=SPLIT)
    boundaries = {"splits": True, "cross_system": "county"}
    scenario = splitting(levers={"boundaries": boundaries})
    events, state = run_and_check(load_world(folder), scenario)
    assert state.proposals == {"S1-1": "effective"}
    assert of_kind(events, "systems_split")


def test_nothing_is_split_that_has_become_one(tmp_path: Path) -> None:
    """Merged while the request was considered: it is dropped; all in one proposal: none is made."""
    across = world(tmp_path, [{"ccgs": ["A", "B", "C", "D"], "stage": "mooted"}])
    assert not of_kind(run(across, splitting()), "split_asked")
    straddling = world(tmp_path, [{"ccgs": ["B", "C"], "stage": "mooted"}])
    events = run(straddling, splitting(months=14.0))
    [decided] = of_kind(events, "split_decided", "systems_split")
    assert decided.data == {"granted": False, "possible": False}


def test_once_one_is_split_another_without_a_named_split_asks(tmp_path: Path) -> None:
    """Row 24: contagion, from the first grant on and through visibility only."""
    councils = {"E": {"K": 1.0}, "F": {"L": 1.0}}
    second = [{"code": code, "councils": councils[code]} for code in "EF"]
    first = [{"code": code, "councils": {"M": 1.0}} for code in "ABCD"]
    small = load_world(write_world(tmp_path / "w", [first, second], splits=SPLIT))
    none = run(small, splitting())
    assert [e.subject for e in of_kind(none, "split_asked")] == ["S1"]
    events = run(small, splitting(parameters={"split_visibility": 1.0}))
    one, other = of_kind(events, "systems_split")
    asked = of_kind(events, "split_asked")
    assert [e.subject for e in asked] == ["S1", "S2"]
    assert asked[1].time == pytest.approx(one.time, abs=2.0)
    assert other.data["bodies"] == (("E",), ("F",))


# -- Systems that join ---------------------------------------------------------------------------


def test_two_systems_join_after_talks_and_whole_footprints_widen(tmp_path: Path) -> None:
    """Row 22: one system of six CCGs, which then thinks of all six as its whole."""
    small = world(tmp_path)
    numbers = {"start_rate": 1.0, "footprint_whole": 40.0, "start_deadline": 0.0}
    numbers |= {"start_crowding": 0.0, "start_place_sd": 0.0}
    scenario = joining(parameters=numbers | {"start_centre_share": 0.0})
    events, state = run_and_check(small, scenario)
    [joined] = of_kind(events, "systems_merged")
    assert joined.subject == "S1+S2"
    assert joined.data["name"] == "System S1 with System S2"
    assert set(state.home.values()) == {"S1+S2"}
    assert outcomes(events, small, scenario)["systems_at_end"] == 1
    after = [e for e in of_kind(events, "mooted") if e.subject == "S1+S2"]
    assert "A+B+C+D+E+F" in {"+".join(e.data["footprint"]) for e in after}
    before = [e for e in of_kind(events, "mooted") if e.subject != "S1+S2"]
    assert before
    assert {e.proposal.rsplit("-", 1)[0] for e in after} == {"S1+S2"}


def test_talks_take_their_time_and_are_given_up_after_three_spells(tmp_path: Path) -> None:
    small = world(tmp_path)
    events = run(small, joining(parameters={"merger_persuasion": 0.0}))
    spells = of_kind(events, "joining_decided")
    assert not of_kind(events, "systems_merged")
    for system in ("S1", "S2"):
        mine = [e for e in spells if e.subject == system]
        assert [e.data["spell"] for e in mine] == [1, 2, 3]
        assert [e.time for e in mine] == pytest.approx([MONTH, 2 * MONTH, 3 * MONTH], abs=3.0)
    assert len(of_kind(run(small, joining()), "systems_merged")) == 1


def test_systems_of_two_regions_do_not_join(tmp_path: Path) -> None:
    systems = [{"ccgs": [{}, {}], "region": "North"}, {"ccgs": [{}, {}], "region": "South"}]
    small = load_world(write_world(tmp_path / "w", systems))
    assert not of_kind(run(small, joining()), "joining_asked")


# -- Exemptions ----------------------------------------------------------------------------------


def test_the_rule_no_longer_bears_on_an_exempt_system(tmp_path: Path) -> None:
    """Beliefs fall to none, whatever is announced later; a part is judged as if it were all."""
    live = [{"ccgs": ["A", "B"], "stage": "mooted"}]
    small = world(tmp_path, live)
    numbers = {"approval_part_hard": -3.0}
    again = {"again": {"date": date(2020, 6, 1), "kind": "guidance"}}
    for cap in (0, 1):
        scenario = exempting(100_000, cap, parameters=numbers, calendar=again)
        events = run(small, scenario)
        [decided] = of_kind(events, "exemption_decided")
        assert decided.data == {"granted": cap == 1, "patients": 120_000}
        held: dict[str, str] = {}
        for event in of_kind(events, "belief"):
            held[event.subject] = event.data["wording"]
        assert {held[name] for name in ("S1", "C", "D")} == {"none" if cap else "required"}
        assert held["S2"] == held["E"] == "required"
        decision = of_kind(events, "decided")[0]
        assert dict(decision.terms)["part_of_system"] == (0.0 if cap else -3.0)


def test_exemptions_are_reviewed_by_quarter_largest_first(tmp_path: Path) -> None:
    """All three ask at once; two places: the largest two, on the first of the next quarter."""
    systems = [[{"practices": n}, {"practices": n}] for n in (3, 9, 6)]
    small = load_world(write_world(tmp_path / "w", systems))
    scenario = exempting(0, 2)
    events = run(small, scenario)
    decided = of_kind(events, "exemption_decided")
    assert {e.subject: e.data["granted"] for e in decided} == {"S1": False, "S2": True, "S3": True}
    assert {e.time for e in decided} == {30.0}
    assert outcomes(events, small, scenario)["exempt_systems"] == 2
    only = of_kind(run(small, exempting(80_000, 5)), "exemption_asked")
    assert [e.subject for e in only] == ["S2"]


# -- Luck ----------------------------------------------------------------------------------------


def test_no_address_serves_two_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts and joined systems draw beyond what the world's own systems ever reach."""
    asked: set[tuple[str, int, int]] = set()
    plain = Streams.uniform

    def listen(self: Streams, purpose: Purpose, body: int = 0, attempt: int = 0) -> float:
        if purpose.body == "system":
            asked.add((purpose.name, body, attempt))
        return plain(self, purpose, body, attempt)

    monkeypatch.setattr(Streams, "uniform", listen)
    small = world(tmp_path)
    numbers = {"start_rate": 1.0, "support_mean": 0.0}
    run(small, splitting(parameters=numbers, levers={"joint": {"leader_turnover": True}}))
    slots = {attempt // SLOT for _, body, attempt in asked if body == 0}
    assert slots == {0, 1, 2}
    assert {attempt % SLOT < 2**16 for _, _, attempt in asked} == {True}
    assert max(body for _, body, _ in asked) == 1  # no more than the world has


def test_the_log_is_the_same_until_the_borders_move(tmp_path: Path) -> None:
    small = world(tmp_path, [{"ccgs": ["A", "B"], "stage": "mooted"}])
    numbers = {"start_rate": 0.2, "consent_autonomy_sd": 1.0}
    plain = run(small, certain(parameters=numbers, calendar=STATED))
    moved = run(small, splitting(months=5.0, parameters=numbers))
    kinds = ("split_asked", "split_decided")
    day = of_kind(moved, "systems_split")[0].time
    assert day == pytest.approx(on_grid(5.0 * MONTH), abs=2.0)
    before = [e for e in moved if e.time < day and e.kind not in kinds]
    assert before == [e for e in plain if e.time < day]
    assert plain != moved
    assert set(start_lineage(small).systems) == {"S1", "S2"}


def test_later_news_reaches_the_parts_and_not_what_they_were(tmp_path: Path) -> None:
    """A change of wording and a letter after the split: relayed and weighed by both parts."""
    letter = {"date": date(2020, 2, 1), "kind": "letter", "system": "S1", "strength": 2.0}
    heard = {
        "new": {"date": date(2020, 1, 1), "kind": "wording", "wording": "required"},
        "letter": letter,
    }
    numbers = {"start_rate": 0.5, "start_centre_share": 1.0, "start_letter": 1.0}
    numbers |= {"consent_base": -60.0}  # nothing is ever agreed, so that it goes on being tried
    scenario = splitting(parameters=numbers, calendar=STATED | heard)
    events = run(world(tmp_path), scenario)
    told = {e.subject for e in of_kind(events, "belief") if e.data["wording"] == "required"}
    assert {"S1/a", "S1/b", "S2", "A", "D"} <= told
    assert "S1" not in told
    after = [e for e in of_kind(events, "mooted") if e.time > 250.0 and e.subject != "S2"]
    assert {e.subject for e in after} == {"S1/a", "S1/b"}
    assert {dict(e.terms)["letter"] for e in after} == {2.0}


def test_the_centre_starts_nothing_more_for_the_hard_rule_in_an_exempt_system(
    tmp_path: Path,
) -> None:
    small = world(tmp_path)
    numbers = {"start_rate": 1.0, "start_centre_share": 1.0, "start_hard_rule": 0.5}
    quick = {"consent_base": -60.0}  # nothing is ever agreed, so that it goes on being tried
    for cap, hard_rule in ((0, 0.5), (1, 0.0)):
        events = run(small, exempting(100_000, cap, parameters=numbers | quick))
        begun = [e for e in of_kind(events, "mooted") if e.subject == "S1" and e.time > 40.0]
        assert len(begun) > 2
        assert {dict(e.terms)["hard_rule"] for e in begun} == {hard_rule}
        assert {dict(e.terms)["belief"] > 0.0 for e in begun} == {cap == 0}
