"""Service change in small worlds with certain outcomes: exact dates, endings and traces."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.agents.clock import GRID
from sim.records.folds import fold
from sim.records.schema import SCALARS
from sim.scenario import Scenario
from sim.world import World, load_world
from tests.agents.arms import MONTH, certain, merged_tables, of_kind, run
from tests.replay import LogError, check_log
from tests.small_worlds import write_world

VETOED: dict[str, Any] = {
    "start": date(2019, 6, 1),
    "end": date(2029, 6, 1),
    "levers": {"service": {"arrivals": 1.0}},
    "parameters": {
        "veto_base": 60.0,
        "veto_loss": 0.0,
        "deadlock_salience": 0.0,
        "force_prevails": 1.0,
        "leader_prevails": 1.0,
        "alienation_mild": 0.25,
        "alienation_effect": -2.0,
        "alienation_half_life": 12.0,
    },
    "durations": {"deadlock": 24.0, "final_say": 6.0},
}


def vetoed(**over: Any) -> Scenario:
    return certain(**merged_tables(VETOED, over))


def service(**values: Any) -> dict[str, Any]:
    return {"levers": {"service": values}}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One system of three CCGs and one of a single CCG, which nobody can block."""
    return load_world(write_world(tmp_path_factory.mktemp("w") / "w", [[{}, {}, {}], [{}]]))


def near(a: float, b: float) -> bool:
    return abs(a - b) <= 4.0 / GRID


def lengths(events: tuple[Event, ...]) -> set[float]:
    """Return how many months each deadlock that ended lasted, by the events' own times."""
    began = {e.data["case"]: e.time for e in of_kind(events, "deadlock")}
    return {
        round((e.time - began[e.data["case"]]) / MONTH, 6) for e in of_kind(events, "deadlock_ends")
    }


def test_nobody_has_the_last_word(world: World) -> None:
    events = run(world, vetoed())
    deadlocks = of_kind(events, "deadlock")
    assert len(deadlocks) == len(of_kind(events, "reconfiguration")) >= 5
    assert len(of_kind(events, "veto")) == 3 * len(deadlocks)
    assert {e.data["how"] for e in of_kind(events, "deadlock_ends")} == {"agreed"}
    assert lengths(events) == {24.0}
    assert not of_kind(events, "alienated", "service_agreed")
    assert {e.subject for e in deadlocks} == {world.systems[0].code}


def test_no_arrivals_no_trace(world: World) -> None:
    without = run(world, vetoed(**service(arrivals=0.0)))
    assert without == run(world, certain(start=VETOED["start"], end=VETOED["end"]))
    for final_say in ("leader", "combined", "centre"):
        silent = vetoed(**service(arrivals=0.0, final_say=final_say, decision_rule="majority"))
        assert run(world, silent) == without


@pytest.mark.parametrize(("final_say", "amount"), [("leader", 0.25), ("centre", 1.0)])
def test_the_last_word_shortens_and_alienates(world: World, final_say: str, amount: float) -> None:
    events = run(world, vetoed(**service(final_say=final_say)))
    assert {e.data["how"] for e in of_kind(events, "deadlock_ends")} == {final_say}
    assert lengths(events) == {6.0}
    alienated = of_kind(events, "alienated")
    assert len(alienated) == 3 * len(of_kind(events, "deadlock_ends")) > 0
    assert {(e.data["why"], e.data["amount"]) for e in alienated} == {(final_say, amount)}


def test_a_last_word_that_does_not_hold(world: World) -> None:
    weak = vetoed(**service(final_say="centre"), parameters={"force_prevails": 0.0})
    events = run(world, weak)
    assert lengths(events) == {24.0}
    assert of_kind(events, "final_say_failed")
    assert not of_kind(events, "alienated")


def test_a_leader_who_has_left_has_no_say(world: World) -> None:
    """A vacancy of all but the whole run: what was blocked stays so."""
    gone = vetoed(
        levers={"service": {"final_say": "leader"}, "joint": {"leader_turnover": True}},
        parameters={"leader_turnover": 1e6},
        durations={"vacancy": 1200.0},
    )
    events = run(world, gone)
    assert {e.data["how"] for e in of_kind(events, "deadlock_ends")} == {"agreed"}
    assert of_kind(events, "final_say_failed")


def test_the_decision_rules(world: World) -> None:
    """All three block: no majority for it; the leader decides all the same, and leaves a trace."""
    for rule in ("unanimity", "majority"):
        assert not of_kind(run(world, vetoed(**service(decision_rule=rule))), "service_agreed")
    events = run(world, vetoed(**service(decision_rule="leader")))
    assert {e.data["how"] for e in of_kind(events, "service_agreed")} == {"leader"}
    assert {e.data["amount"] for e in of_kind(events, "alienated")} == {0.25}


def test_combined_authorities_by_kind_of_patch(world: World) -> None:
    """With every patch voluntary, the imposed kind settles nothing; and the other way round."""
    for share, patch, settles, idle in (
        (1.0, "voluntary", "combined_voluntary", "combined_imposed"),
        (0.0, "forced", "combined_imposed", "combined_voluntary"),
    ):
        made = {
            "parameters": {
                "voluntary_share": share,
                "voluntary_prevails": 1.0,
                "impose_distress": -1000.0,  # nobody here is in distress: imposed for certain
            }
        }
        for final_say, how in ((settles, patch), ("combined", patch), (idle, "agreed")):
            events = run(world, vetoed(**service(final_say=final_say), **made))
            assert {e.data["patch"] for e in of_kind(events, "deadlock")} == {patch}
            word = {"forced": "imposed"}.get(how, how)
            assert {e.data["how"] for e in of_kind(events, "deadlock_ends")} == {word}


def test_autonomy_that_is_taken_away_blocks_nothing(world: World) -> None:
    events = run(world, vetoed(**service(autonomy=0.0)))
    assert not of_kind(events, "veto", "deadlock")
    assert {e.data["how"] for e in of_kind(events, "service_agreed")} == {"agreed"}


def test_ccgs_that_become_one_dispute_no_longer(tmp_path: Path) -> None:
    live = [{"ccgs": ["S1C1", "S1C2", "S1C3"], "stage": "engaged", "known_since": "2019-01"}]
    folder = write_world(tmp_path / "w", [[{}, {}, {}]], live_proposals=live)
    merging = load_world(folder)
    scenario = vetoed(**service(arrivals=5.0), durations={"deadlock": 1000.0})
    events = run(merging, scenario)
    [merged] = of_kind(events, "merged")
    ends = of_kind(events, "deadlock_ends")
    assert len(ends) == len(of_kind(events, "deadlock")) > 0
    assert {(e.time, e.data["how"]) for e in ends} == {(merged.time, "merged")}
    assert not [e for e in of_kind(events, "reconfiguration") if e.time > merged.time]


def test_alienation_weighs_on_members_and_fades(tmp_path: Path) -> None:
    """Overruled before the ballot: the term in the ballot is what is left of it by then."""
    live = [{"ccgs": ["S1C1", "S1C2"], "stage": "engaged", "known_since": "2019-01"}]
    voting = load_world(write_world(tmp_path / "w", [[{}, {}]], live_proposals=live))
    scenario = vetoed(
        **service(arrivals=5.0, final_say="centre"),
        end=date(2020, 3, 1),
        durations={"final_say": 0.25, "engage": 7.0},
    )
    seen = 0
    for replication in range(4):
        events = run(voting, scenario, replication)
        formed = of_kind(events, "ballot_called")[0].time
        for ballot in of_kind(events, "ballot"):
            mine = [
                e
                for e in of_kind(events, "alienated")
                if e.subject == ballot.subject and e.time <= formed
            ]
            left = sum(0.5 ** ((formed - e.time) / MONTH / 12.0) for e in mine)
            assert dict(ballot.terms)["alienation"] == pytest.approx(-2.0 * left)
            seen += bool(mine)
    assert seen >= 4


def test_alienation_weighs_on_governing_bodies(tmp_path: Path) -> None:
    live = [{"ccgs": ["S1C1", "S1C2"], "stage": "mooted", "known_since": "2019-01"}]
    asked = load_world(write_world(tmp_path / "w", [[{}, {}]], live_proposals=live))
    over = {"durations": {"final_say": 0.1, "explore": 30.0}}
    angry = vetoed(
        **service(arrivals=5.0, final_say="centre"), **over, parameters={"alienation_effect": -90.0}
    )
    calm = vetoed(
        **service(arrivals=5.0, final_say="centre"), **over, parameters={"alienation_effect": 0.0}
    )
    assert of_kind(run(asked, calm), "drafted")
    assert not of_kind(run(asked, angry), "drafted")


def test_deadlocks_have_a_long_right_tail(world: World) -> None:
    """As shipped, over thirty years and 60 replications: a twentieth last over twice the median.

    A lognormal with sigma .7 has 16 % beyond twice its median; fewer than 5 % of some 600 would
    come by chance less than once in a million.
    """
    years = certain(
        start=date(2019, 6, 1),
        end=date(2049, 6, 1),
        levers={"service": {"arrivals": 0.5}},
        parameters={"veto_base": 60.0, "deadlock_salience": 0.7},
    )
    lasted, stakes = [], []
    for replication in range(60):
        events = run(world, years, replication)
        loss = {e.data["case"]: e.data["loss"] for e in of_kind(events, "reconfiguration")}
        for event in of_kind(events, "deadlock_ends"):
            lasted.append(event.data["months"])
            stakes.append(loss[event.data["case"]])
    in_order = sorted(lasted)
    median = in_order[len(in_order) // 2]
    assert len(lasted) > 400
    assert sum(lasted) / len(lasted) > 1.1 * median
    assert sum(months > 2.0 * median for months in lasted) > len(lasted) / 20
    high = [m for m, s in zip(lasted, stakes, strict=True) if s > 0.5]
    low = [m for m, s in zip(lasted, stakes, strict=True) if s <= 0.5]
    assert sum(high) / len(high) > sum(low) / len(low)


def outcomes(world: World, scenario: Scenario) -> dict[str, Any]:
    made = replicate_log(world, scenario, 1, 0)
    folded = fold(made.events, made.parameters, world, scenario.start, scenario.end)
    return dict(zip([c.name for c in SCALARS], folded["replications"][0], strict=True))


def test_a_deadlock_that_ends_of_itself_overrides_nobody(world: World) -> None:
    row = outcomes(world, vetoed())
    assert row["deadlocks_resolved"] > 0
    assert row["deadlocks_overridden"] == row["overridden_ccgs"] == 0


def test_outcomes_are_those_of_the_log(world: World) -> None:
    scenario = vetoed(**service(final_say="centre"))
    row, events = outcomes(world, scenario), run(world, scenario)
    kinds = ("deadlock", "veto", "deadlock_ends")
    count = {kind: len(of_kind(events, kind)) for kind in kinds}
    assert row["deadlocks"] == count["deadlock"] > 0
    assert row["vetoes"] == count["veto"]
    assert row["vetoes_sharing_officer"] == 0
    assert row["deadlocks_resolved"] == row["deadlocks_overridden"] == count["deadlock_ends"]
    assert row["overridden_ccgs"] == 3
    assert 0.0 < row["deadlock_months"] <= 6.0 + 1e-6
    patches = ("voluntary", "forced", "neither")
    assert sum(row[f"deadlocks_{patch}"] for patch in patches) == row["deadlocks"]


def test_the_replay_sees_a_deadlock_that_ends_twice(world: World) -> None:
    scenario = vetoed()
    events = list(run(world, scenario))
    [end] = [i for i, e in enumerate(events) if e.kind == "deadlock_ends"][:1]
    events.insert(end, events[end])
    with pytest.raises(LogError, match="in no deadlock"):
        check_log(events, world, scenario.start)
