"""Levers of money, joint working and approval: each moves its own decision, under the same luck.

Six replications of England, seed 1, and small worlds. Checks are exact: with addressed luck two
logs are equal until the lever first matters, so no false alarms are possible.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event
from sim.rules.approval import TESTS
from sim.scenario import load_scenario
from sim.world import load_world
from tests.agents.arms import PRIOR, certain, merged_tables, of_kind, run
from tests.agents.test_ablation import (
    CALLS,
    EARLY,
    LEADERS,
    REPLICATIONS,
    WRITTEN,
    Log,
    first_difference,
    kind_of,
    lever,
    logs,
    moves,
    parameters,
    part_at,
    register_stays,
    stays,
)
from tests.small_worlds import write_world


@pytest.fixture(scope="module")
def written() -> list[Log]:
    return logs(WRITTEN)


def scenario_logs(name: str) -> list[Log]:
    return logs({"extends": name, **PRIOR})


def yes_share(found: list[Log]) -> float:
    ballots = [event for log in found for event in kind_of(log, ("ballot",))]
    yes = sum(event.data["votes_for"] for event in ballots)
    return yes / (yes + sum(event.data["votes_against"] for event in ballots))


# -- Neutral at the neutral value ------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "tables",
    [
        lever("money", size="weighed") | parameters(size_benefit=0.0, size_localness=0.0),
        lever("money", pooling="argued") | parameters(ballot_pooling=0.0),
        lever("joint", cooperation="grows") | parameters(ballot_cooperation=0.0),
        lever("approval", scrutiny="informal_longer") | parameters(scrutiny_informal=1.0),
        lever("money", cut_years=3, running_cost_cut=0.0),
    ],
)
def test_a_mechanism_of_no_size_moves_nothing_that_happens(tables: dict[str, Any]) -> None:
    """Only its term of 0 stands in the log."""
    plain = merged_tables(WRITTEN, lever("money", running_cost_cut=0.0))
    base = logs(plain if "cut_years" in str(tables) else WRITTEN)
    for one, other in zip(base, logs(WRITTEN | tables), strict=True):
        assert [event[:5] for event in one] == [event[:5] for event in other]


# -- Money -----------------------------------------------------------------------------------------


def test_a_phased_cut_arrives_each_april_and_starts_fewer_proposals(written: list[Log]) -> None:
    phased = scenario_logs("phased_cut")
    for log in phased:
        steps = kind_of(log, ("allowance",))
        assert [event.time for event in steps] == [0.0, 305.0, 670.0]
        assert [event.data["cut_share"] for event in steps] == [0.0, 0.5, 1.0]
        heads = [event.data["per_head"] for event in steps]
        assert heads == pytest.approx([20.07, 20.07 * 0.9, 20.07 * 0.8])
    started = [sum(len(kind_of(log, ("mooted",))) for log in arm) for arm in (written, phased)]
    assert started[1] < started[0]
    stays(written, phased, LEADERS)
    register_stays(written, phased, EARLY)


def test_systems_think_again_when_the_cut_arrives(tmp_path: Path) -> None:
    """Where nothing else happens, all that starts does so soon after the cut has come."""
    world = load_world(write_world(tmp_path / "w", [[{}, {}, {}]] * 8))
    numbers = {"start_rate": 0.0005, "start_shortfall": 3.0, "consent_base": -60.0}
    late = {"parameters": numbers, "levers": {"money": {"cut_years": 1, "running_cost_cut": 0.6}}}
    begun = [e.time for e in of_kind(run(world, certain(**late)), "mooted")]
    assert len(begun) >= 8
    assert 305.0 < min(begun) < 340.0


def test_pooled_debts_move_expected_support_and_not_what_comes_before(written: list[Log]) -> None:
    argued = scenario_logs("pooled_debts")
    assert part_at(written, argued, CALLS) == len(REPLICATIONS)
    stays(written, argued, LEADERS)
    register_stays(written, argued, EARLY)
    ballots = [event for log in argued for event in kind_of(log, ("ballot",))]
    sizes = [dict(event.terms)["pooled_debts"] for event in ballots]
    assert min(sizes) < 0.0 < max(sizes)  # payers against, debtors for


def test_weighing_size_changes_footprints_and_costs_votes(written: list[Log]) -> None:
    """Leaders who weigh distance choose smaller footprints; members vote less for large ones."""
    far = parameters(size_benefit=0.0, size_localness=1.5)
    weighed = logs(WRITTEN | lever("money", size="weighed") | far)

    def parts(arm: list[Log]) -> float:
        begun = [e for log in arm for e in kind_of(log, ("mooted",)) if e.time > 0.0]
        sizes = [
            len("+".join(e.data["footprint"]).split("+")) for e in begun if not e.data["parent"]
        ]
        return sum(sizes) / len(sizes)

    assert parts(weighed) < parts(written)
    assert yes_share(weighed) < yes_share(written)
    stays(written, weighed, LEADERS)
    many = parameters(size_benefit=1.5, size_localness=0.0)
    assert parts(logs(WRITTEN | lever("money", size="weighed") | many)) > parts(written)


# -- Distress starts proposals and loses votes -----------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Any:
    """Return a maker of worlds of twenty systems of three CCGs, in which some are in distress."""

    def make(distressed: int) -> Any:
        state = [{"distress": "directions"} if i < distressed else {} for i in range(3)]
        return load_world(write_world(tmp_path / f"w{distressed}", [state] * 20))

    return make


FREE: dict[str, Any] = {
    "parameters": {
        "start_rate": 0.02,
        "start_distress": 0.8,
        "ballot_partner_distress": -1.0,
        "ballot_outweighed": 0.0,
        "support_mean": 1.0,
        "support_sd": 0.5,
        "support_practice_sd": 0.8,
        "call_steepness": 0.0,
        "call_postpone": 1.0,
    },
    "levers": {"ballot": {"leaders_gate": False}},
}


def test_distress_starts_more_proposals_and_wins_fewer_votes(place: Any) -> None:
    """All in distress against none: more proposals. One in three: its partners vote less for."""
    scenario = certain(**FREE)
    none, one, everyone = ([run(place(n), scenario, r) for r in range(3)] for n in (0, 1, 3))
    started = [sum(len(of_kind(log, "mooted")) for log in arm) for arm in (none, one, everyone)]
    assert started[0] < started[1] < started[2]

    def yes_of_the_sound(arm: list[Log]) -> float:
        ballots = [e for log in arm for e in of_kind(log, "ballot") if not e.subject.endswith("C1")]
        return sum(e.data["votes_for"] for e in ballots) / sum(e.data["practices"] for e in ballots)

    assert yes_of_the_sound(one) < yes_of_the_sound(none)


# -- The ladder and contentment --------------------------------------------------------------------


def test_graded_rungs_change_costs_and_starts(written: list[Log]) -> None:
    graded = logs(WRITTEN | lever("joint", rungs="graded"))
    assert moves(written, graded, ("mooted",)) == len(REPLICATIONS)
    stays(written, graded, LEADERS)
    register_stays(written, graded, EARLY)
    terms = [dict(e.terms) for log in graded for e in kind_of(log, ("mooted",)) if e.time > 0.0]
    assert any(t.get("joint_team", 0.0) != 0.0 for t in terms)
    assert any(t.get("committees_in_common", 0.0) != 0.0 for t in terms)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), [("committee_saving", 0.9), ("officer_saving", 0.95)])
def test_where_rungs_are_graded_a_rung_that_saves_more_starts_fewer(
    name: str, value: float
) -> None:
    """The substitute: the same rungs with a larger saving, and nothing else, hold starts back."""
    steps = parameters(start_committee=0.0, start_team=0.0) | lever("joint", rungs="graded")
    found = {}
    for saved in (0.0, value):
        tables = merged_tables(WRITTEN, merged_tables(steps, parameters(**{name: saved})))
        found[saved] = sum(len(kind_of(log, ("mooted",))) for log in logs(tables))
    assert found[value] < found[0.0]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["start_committee", "start_team"])
def test_where_rungs_are_graded_a_rung_can_also_be_a_step(name: str) -> None:
    """The step: the same rungs with a stronger pull, and nothing else, start more."""
    found = {}
    for pull in (0.0, 2.0):
        tables = merged_tables(
            WRITTEN, merged_tables(lever("joint", rungs="graded"), parameters(**{name: pull}))
        )
        found[pull] = sum(len(kind_of(log, ("mooted",))) for log in logs(tables))
    assert found[2.0] > found[0.0]


def test_cooperation_grows_and_wins_votes(written: list[Log]) -> None:
    strong = lever("joint", cooperation="grows") | parameters(ballot_cooperation=1.5)
    grown = logs(WRITTEN | strong)
    assert part_at(written, grown, CALLS) == len(REPLICATIONS)
    assert yes_share(grown) > yes_share(written)
    ballots = [event for log in grown for event in kind_of(log, ("ballot",))]
    stocks = [(e.time, dict(e.terms)["cooperation"] / 1.5) for e in ballots]
    assert {0.0, 1.0} < {stock for _, stock in stocks}
    assert any(0.0 < stock < 1.0 for _, stock in stocks)
    stays(written, grown, LEADERS)
    register_stays(written, grown, EARLY)


def test_a_content_system_starts_less_and_others_as_before(tmp_path: Path) -> None:
    """Two systems alike; the one that works well starts later or never, the other just the same."""
    world = load_world(write_world(tmp_path / "w", [[{}, {}, {}], [{}, {}, {}]]))
    base = merged_tables(FREE, {"parameters": {"consent_base": -60.0}})
    act = {"date": certain().start, "kind": "satisfaction", "system": "S1", "strength": 1.0}
    calm = merged_tables(base, {"calendar": {"well": act}, "parameters": {"start_satisfied": -3.0}})

    def starts(tables: dict[str, Any], system: str) -> list[Event]:
        found = [run(world, certain(**tables), r) for r in range(6)]
        return [e for log in found for e in of_kind(log, "mooted") if e.subject == system]

    assert len(starts(calm, "S1")) < len(starts(base, "S1")) / 4
    assert starts(calm, "S2") == starts(base, "S2") != []
    assert all(("satisfied", -3.0) in e.terms for e in starts(calm, "S1"))


# -- Approval --------------------------------------------------------------------------------------


def test_published_tests_are_recorded_and_decide(written: list[Log]) -> None:
    """Decisions part, nothing before them; what failed stands in the log, and only in this mode."""
    tests = logs(WRITTEN | lever("approval", criteria="published"))
    assert part_at(written, tests, ("decided",)) == len(REPLICATIONS)
    decided = [e for log in tests for e in kind_of(log, ("decided",))]
    assert not any("failed" in e.data for log in written for e in kind_of(log, ("decided",)))
    for event in decided:
        failed = event.data["failed"]
        assert set(failed) <= set(TESTS)
        assert event.data["decision"].startswith("approved") == (not failed)
        assert tuple(name for name, _ in event.terms) == TESTS
    ready = [e for e in decided if dict(e.terms)["leadership"] == 0.0]
    passed = sum(e.data["decision"].startswith("approved") for e in ready)
    print(f"\nunder one officer {passed} of {len(ready)} approved; on record 28 of 28")
    assert passed / len(ready) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("test", TESTS)
def test_a_test_that_fails_for_sure_fails_those_who_fall_short(test: str) -> None:
    """And nobody else; returned applications come back, those not ready are refused."""
    sure = {f"fail_{name}": float(name == test) for name in TESTS}
    found = logs(WRITTEN | lever("approval", criteria="published") | parameters(**sure))
    decided = [e for log in found for e in kind_of(log, ("decided",))]
    failed = [e for e in decided if e.data["failed"]]
    assert failed
    assert {e.data["failed"] for e in failed} == {(test,)}
    assert {e.data["decision"] for e in failed} == {
        "refused" if test == "leadership" else "deferred"
    }
    assert all(dict(e.terms)[test] < 0.0 for e in failed)


def test_each_test_has_its_own_draw() -> None:
    """An application may fail one test and pass another that it was likelier to fail."""
    even = dict.fromkeys((f"fail_{name}" for name in TESTS), 0.5)
    found = logs(WRITTEN | lever("approval", criteria="published") | parameters(**even))
    crossed = 0
    for event in (e for log in found for e in kind_of(log, ("decided",))):
        chances, failed = dict(event.terms), event.data["failed"]
        passed = [chances[name] for name in TESTS if name not in failed]
        crossed += any(chances[name] > min(passed, default=0.0) for name in failed)
    assert crossed > 10


def test_a_hard_rule_makes_the_footprint_test_stricter() -> None:
    mode = lever("approval", criteria="published") | parameters(fail_footprint=0.1)

    def failed(**force: Any) -> float:
        found = logs(WRITTEN | merged_tables(mode, lever("force", **force)))
        decided = [e for log in found for e in kind_of(log, ("decided",))]
        short = [e for e in decided if dict(e.terms)["footprint"] < 0.0]
        return sum("footprint" in e.data["failed"] for e in short) / len(short)

    assert failed(hard_rule=True) > failed(hard_rule=False)


def test_informal_systems_wait_longer_for_approval(written: list[Log]) -> None:
    """Reviews of footprints without one officer end later; those under one are as long as ever."""
    longer = logs(WRITTEN | lever("approval", scrutiny="informal_longer", panel_capacity=1000))
    usual = logs(WRITTEN | lever("approval", panel_capacity=1000))
    later = same = 0
    for one, other in zip(usual, longer, strict=True):
        place, kinds = first_difference(one, other)
        assert place < 0 or kinds & {"assessed", "decided"}
        first = {e.proposal: e.time for e in reversed(kind_of(one, ("assessed",)))}
        second = {e.proposal: e.time for e in reversed(kind_of(other, ("assessed",)))}
        readiness = {e.proposal: dict(e.terms)["unready"] for e in kind_of(one, ("decided",))}
        for proposal, time in first.items():
            if time > 330.0 or proposal not in second or proposal not in readiness:
                continue  # later applications may differ altogether
            if readiness[proposal] == 0.0:
                same += 1
                assert second[proposal] == time
            else:
                later += 1
                assert second[proposal] > time
    assert later > 3
    assert same > 3


def test_scenarios_of_this_subject_set_what_their_question_says() -> None:
    plain = load_scenario("as_written")
    for name in (
        "cut_10", "cut_30", "cut_40", "phased_cut", "pooled_debts", "local_scale",
        "graded_rungs", "published_tests", "content_place",
    ):  # fmt: skip
        scenario = load_scenario(name)
        assert scenario.question.endswith("?"), name
        assert scenario.digest != plain.digest, name
        assert (scenario.levers != plain.levers) == (name != "content_place"), name
        assert scenario.priors == plain.priors, name
