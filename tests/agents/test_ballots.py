"""Consent, leaders' gate, ballots and what follows them, on small worlds without luck."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event
from sim.world import World, load_world
from tests.agents.arms import MONTH, certain, of_kind, run, run_and_check, times
from tests.small_worlds import write_world

NO = -300.0  # leaning (log-odds) of a practice that says no whatever is said for it


def chain(folder: Path, ccgs: list[dict[str, Any]], **over: Any) -> World:
    """Return one system of these CCGs, each bordering the next, with a proposal to merge all."""
    live = [{"ccgs": [f"S1C{i}" for i in range(1, len(ccgs) + 1)]}]
    return load_world(write_world(folder / "world", [ccgs], live_proposals=live, **over))


def voted(events: tuple[Event, ...]) -> list[tuple[str, int, bool]]:
    """Return (CCG, attempt, carried) of every ballot."""
    return [(e.subject, e.data["attempt"], e.data["carried"]) for e in of_kind(events, "ballot")]


def ungated(**over: Any) -> Any:
    """Return the certain scenario without the leaders' gate, changed as asked."""
    levers = {"ballot": {"leaders_gate": False, **over.pop("ballot", {})}}
    return certain(levers=levers, **over)


TWO: list[dict[str, Any]] = [{"leanings": 0.0}, {"leanings": NO}]
THREE: list[dict[str, Any]] = [{"leanings": 0.0}, {"leanings": 0.0}, {"leanings": NO}]


# -- Before the ballot ---------------------------------------------------------------------------


def test_a_governing_body_that_will_not_take_part_ends_it(tmp_path: Path) -> None:
    events, state = run_and_check(
        chain(tmp_path, [{}, {}]), certain(parameters={"consent_base": -60.0})
    )
    assert times(events, "S1-1") == {"mooted": 0.0, "withdrawn": MONTH}
    assert "S1C1, S1C2" in of_kind(events, "withdrawn")[0].data["reason"]
    assert len(state.bodies) == 2


def test_leaders_who_expect_to_lose_withdraw(tmp_path: Path) -> None:
    numbers = {"support_mean": -60.0, "call_postpone": 0.0}
    events = run(chain(tmp_path, [{}, {}]), certain(parameters=numbers))
    assert times(events, "S1-1")["withdrawn"] == 3 * MONTH
    assert not of_kind(events, "ballot", "ballot_called")


def test_or_put_the_ballot_off_and_look_again(tmp_path: Path) -> None:
    numbers = {"support_mean": -60.0, "call_postpone": 1.0}
    events = run(chain(tmp_path, [{}, {}]), certain(parameters=numbers))
    looks = [event.time / MONTH for event in of_kind(events, "postponed")]
    assert looks == [3.0 + 2.0 * i for i in range(len(looks))]
    assert len(looks) >= 12
    assert not of_kind(events, "ballot")


def test_without_the_gate_a_hopeless_ballot_is_held(tmp_path: Path) -> None:
    numbers = {"support_mean": -60.0, "reballot_probability": 0.0}
    events, state = run_and_check(chain(tmp_path, [{}, {}]), ungated(parameters=numbers))
    assert voted(events) == [("S1C1", 1, False), ("S1C2", 1, False)]
    assert state.proposals == {"S1-1": "lost"}


# -- After it ------------------------------------------------------------------------------------


def test_one_refusal_loses_the_proposal(tmp_path: Path) -> None:
    scenario = ungated(parameters={"reballot_probability": 0.0})
    events, state = run_and_check(chain(tmp_path, TWO), scenario)
    assert voted(events) == [("S1C1", 1, True), ("S1C2", 1, False)]
    assert times(events, "S1-1")["lost"] == 3.5 * MONTH
    assert of_kind(events, "lost")[0].data["reason"] == "members refused: S1C2"
    assert set(state.bodies) == {"S1C1", "S1C2"}


@pytest.mark.parametrize("tries", [1, 2, 4])
def test_only_those_that_failed_vote_again_and_only_so_often(tmp_path: Path, tries: int) -> None:
    scenario = ungated(
        ballot={"tries": tries}, parameters={"reballot_probability": 1.0, "reballot_shift": 0.0}
    )
    events = run(chain(tmp_path, TWO), scenario)
    assert voted(events) == [
        ("S1C1", 1, True),
        *(("S1C2", attempt, False) for attempt in range(1, tries + 1)),
    ]
    ballots = of_kind(events, "ballot")
    assert ballots[-1].time == pytest.approx((3.5 + 0.25 * (tries - 1)) * MONTH, abs=1e-5)
    assert [e.data["attempt"] for e in of_kind(events, "balloted")] == list(range(1, tries + 1))


def test_a_second_ballot_can_be_won(tmp_path: Path) -> None:
    numbers = {"reballot_probability": 1.0, "reballot_shift": 400.0, "reballot_shift_sd": 0.0}
    events, state = run_and_check(chain(tmp_path, TWO), ungated(parameters=numbers))
    assert voted(events)[-1] == ("S1C2", 2, True)
    assert dict(of_kind(events, "ballot")[-1].terms)["second_thoughts"] == 400.0
    assert state.proposals == {"S1-1": "effective"}


def test_a_narrower_footprint_is_a_new_proposal_with_a_parent(tmp_path: Path) -> None:
    numbers = {"reballot_probability": 0.0, "narrower_probability": 1.0}
    events, state = run_and_check(chain(tmp_path, THREE), ungated(parameters=numbers))
    assert state.proposals == {"S1-1": "lost", "S1-2": "effective"}
    second = of_kind(events, "mooted")[1]
    assert (second.proposal, second.data["parent"]) == ("S1-2", "S1-1")
    assert second.data["footprint"] == ("S1C1", "S1C2")
    assert second.time == times(events, "S1-1")["lost"]
    assert set(state.bodies) == {"S1C1+S1C2", "S1C3"}


def test_those_left_over_who_do_not_touch_try_nothing(tmp_path: Path) -> None:
    middle_refuses = [{"leanings": 0.0}, {"leanings": NO}, {"leanings": 0.0}]
    numbers = {"reballot_probability": 0.0, "narrower_probability": 1.0}
    _, state = run_and_check(chain(tmp_path, middle_refuses), ungated(parameters=numbers))
    assert state.proposals == {"S1-1": "lost"}


def test_more_than_half_can_be_enough(tmp_path: Path) -> None:
    numbers = {"reballot_probability": 0.0}
    scenario = ungated(ballot={"all_must_carry": False}, parameters=numbers)
    _, state = run_and_check(chain(tmp_path, THREE), scenario)
    assert set(state.bodies) == {"S1C1+S1C2+S1C3"}
    _, state = run_and_check(chain(tmp_path / "half", TWO), scenario)
    assert len(state.bodies) == 2


@pytest.mark.parametrize(("honoured", "bodies"), [(0.0, 1), (1.0, 2)])
def test_a_ballot_that_binds_nobody(tmp_path: Path, honoured: float, bodies: int) -> None:
    numbers = {"reballot_probability": 0.0, "honour_probability": honoured}
    scenario = ungated(ballot={"binding": False}, parameters=numbers)
    _, state = run_and_check(chain(tmp_path, TWO), scenario)
    assert len(state.bodies) == bodies


# -- How votes count -----------------------------------------------------------------------------

LARGE = {"practices": [10_000, 100, 100], "leanings": [0.0, NO, NO]}


def first_vote(world: World, scenario: Any) -> Event:
    return of_kind(run(world, scenario), "ballot")[0]


def test_equal_votes_and_votes_by_list_size(tmp_path: Path) -> None:
    numbers = {"reballot_probability": 0.0}
    world = chain(tmp_path, [LARGE, {"leanings": 0.0}])
    equal = first_vote(world, ungated(parameters=numbers)).data
    assert (equal["votes_for"], equal["votes_against"], equal["carried"]) == (1, 2, False)
    assert (equal["weight_for"], equal["weight_against"]) == (1.0, 2.0)
    by_size = ungated(ballot={"weighting": "list_size"}, parameters=numbers)
    sized = first_vote(world, by_size).data
    assert (sized["votes_for"], sized["weight_for"], sized["carried"]) == (1, 10_000.0, True)


def test_a_ccgs_own_rule_counts_unless_a_lever_replaces_it(tmp_path: Path) -> None:
    strict = {"practices": 4, "leanings": [0.0, 0.0, 0.0, NO], "rule": {"threshold": 0.75}}
    world = chain(tmp_path, [strict, {"leanings": 0.0}])
    numbers = {"reballot_probability": 0.0}
    assert not first_vote(world, ungated(parameters=numbers)).data["carried"]
    milder = ungated(ballot={"threshold": 0.74}, parameters=numbers)
    assert first_vote(world, milder).data["carried"]


def test_only_practices_that_may_vote_do(tmp_path: Path) -> None:
    world = chain(tmp_path, [{"practices": 5, "votes": [1, 0, 1, 0, 1]}, {}])
    data = first_vote(world, ungated()).data
    assert (data["practices"], data["votes_for"], data["abstained"]) == (3, 3, 0)


def test_a_ballot_without_a_quorum_fails(tmp_path: Path) -> None:
    numbers = {"turnout_mean": 0.0, "reballot_inquorate": 0.0}
    scenario = ungated(ballot={"quorum": 0.5}, parameters=numbers)
    data = first_vote(chain(tmp_path, [{}, {}]), scenario).data
    assert (data["quorate"], data["carried"], data["abstained"]) == (False, False, 5)


# -- Advice and councils -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lever", "advice", "carried"),
    [
        ("oppose", "oppose", False),
        ("neutral", "neutral", True),
        ("support", "support", True),
        ("silent", "none", True),
    ],
)
def test_advice_reaches_the_ballot(tmp_path: Path, lever: str, advice: str, carried: bool) -> None:
    world = chain(tmp_path, [{"lmcs": {"One LMC": 1.0}}] * 2)
    numbers = {"lmc_oppose_effect": -200.0, "lmc_causal_share": 1.0, "reballot_probability": 0.0}
    events = run(world, ungated(ballot={"lmc_advice": lever}, parameters=numbers))
    ballot = of_kind(events, "ballot")[0]
    assert (ballot.data["lmc_advice"], ballot.data["carried"]) == (advice, carried)
    assert [e.data["stance"] for e in of_kind(events, "advice")] == [advice]
    assert times(events, "S1-1")["advice"] == 3 * MONTH


def test_a_committee_of_part_of_a_ccg_counts_in_part(tmp_path: Path) -> None:
    world = chain(tmp_path, [{"lmcs": {"A LMC": 0.25, "B LMC": 0.75}}, {"lmcs": {"A LMC": 1.0}}])
    numbers = {"lmc_oppose_effect": -2.0, "lmc_causal_share": 0.5}
    events = run(world, ungated(ballot={"lmc_advice": "oppose"}, parameters=numbers))
    assert [dict(e.terms)["lmc_advice"] for e in of_kind(events, "ballot")] == [-1.0, -1.0]


@pytest.mark.parametrize(
    ("councils", "slower"),
    [({"K1": 1.0}, 2.0), ({"K1": 0.5, "K2": 0.5}, 2.0**0.5), ({"K2": 1.0}, 1.0)],
)
def test_opposed_councils_make_engagement_longer(
    tmp_path: Path, councils: dict[str, float], slower: float
) -> None:
    world = chain(tmp_path, [{"councils": councils}] * 2, stances={"K1": "oppose", "K2": "support"})
    numbers = {"council_delay": 2.0, "ballot_council_opposed": -0.5}
    events = run(world, ungated(parameters=numbers))
    found = times(events, "S1-1")
    assert found["ballot_called"] - found["engaged"] == pytest.approx(slower * MONTH, abs=1e-5)
    opposed = councils.get("K1", 0.0)
    assert dict(of_kind(events, "ballot")[0].terms)["opposed_councils"] == -0.5 * opposed
    silent = run(world, ungated(ballot={"council_view": "silent"}, parameters=numbers))
    found = times(silent, "S1-1")
    assert found["ballot_called"] - found["engaged"] == MONTH
    assert {e.data["stance"] for e in of_kind(silent, "council_view")} == {"neutral"}
