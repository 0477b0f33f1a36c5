"""A proposal is one idea: advice on it and what members think of it do not hang on other things.

England, seed 1. Every check is exact, because the luck of a proposal has its own addresses.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.scenario import parse_scenario
from sim.world import World, load_world
from tests.agents.arms import PRIOR, certain, of_kind, run
from tests.small_worlds import write_world

SEED = 1
Log = tuple[Event, ...]


def logs(england: World, tables: dict[str, Any], replications: range) -> list[Log]:
    scenario = parse_scenario({**tables, **PRIOR})
    return [replicate_log(england, scenario, SEED, r).events for r in replications]


def ancestry(events: Log) -> dict[str, tuple[Any, ...]]:
    """Return each proposal's footprint and those of the larger ones it was made from."""
    found: dict[str, tuple[Any, ...]] = {}
    for event in of_kind(events, "mooted"):
        parent = event.data["parent"]
        mine = (event.proposal, event.data["footprint"])
        found[event.proposal] = (mine, *(found[parent] if parent else ()))
    return found


def stances(events: Log) -> dict[tuple[Any, ...], str]:
    """Return each committee's advice by proposal, footprint, its parents, and committee."""
    of = ancestry(events)
    return {(of[e.proposal], e.subject): e.data["stance"] for e in of_kind(events, "advice")}


@pytest.mark.slow
def test_committees_advise_alike_on_the_same_proposal_in_another_scenario(england: World) -> None:
    """More proposals elsewhere, asked about earlier: the advice on this one stays."""
    replications = range(20)
    written = logs(england, {"extends": "as_written"}, replications)
    dropped = logs(england, {"extends": "typically_dropped"}, replications)
    common, against, only = 0, 0, 0
    for one, other in zip(written, dropped, strict=True):
        a, b = stances(one), stances(other)
        both = a.keys() & b.keys()
        assert not {key for key in both if a[key] != b[key]}
        common += len(both)
        against += sum(a[key] != "neutral" for key in both)
        only += len(b.keys() - a.keys())
    print(f"\nadvice in both: {common}, not neutral: {against}, in the second only: {only}")
    assert common > 200
    assert against > 30
    assert only > 200  # the scenarios do differ in what committees are asked


# -- A narrower footprint --------------------------------------------------------------------------

# Everybody is asked, spread is shared and own in halves, whoever fails is left out.
NARROWING: dict[str, Any] = {
    "levers": {"ballot": {"leaders_gate": False, "tries": 1}},
    "parameters": {"narrower_probability": 1.0, "support_shared": 0.5},
}
Supports = dict[str, dict[str, dict[str, float]]]


def supports(events: Log) -> Supports:
    """Return the terms of every proposal's ballots, by proposal and CCG."""
    found: Supports = {}
    for event in of_kind(events, "ballot"):
        found.setdefault(event.proposal, {})[event.subject] = dict(event.terms)
    return found


@pytest.mark.parametrize("name", ["as_written", "as_happened"])
def test_a_narrower_proposal_keeps_what_its_members_thought_of_the_larger(
    england: World, name: str
) -> None:
    """What all share and each CCG's own support, where the same system convenes.

    Elsewhere it is another idea: both are drawn anew.
    """
    kept = again = 0
    for events in logs(england, {"extends": name} | NARROWING, range(10)):
        parent_of = {e.proposal: e.data["parent"] for e in of_kind(events, "mooted")}
        system_of = {e.proposal: e.subject for e in of_kind(events, "mooted")}
        found = supports(events)
        earlier: dict[str, list[tuple[str, float]]] = {}
        for proposal, ballots in found.items():
            parent = parent_of[proposal]
            for ccg, terms in ballots.items():
                if parent in found:
                    before = found[parent][ccg]
                    same = system_of[proposal] == system_of[parent]
                    for term in ("mood", "ccg_support"):
                        assert (terms[term] == before[term]) is same, (term, proposal)
                    assert terms["usual_support"] == before["usual_support"]
                    kept += same
                elif not parent:
                    # Another idea, another draw.
                    for was, support in earlier.get(ccg, []):
                        assert support != terms["ccg_support"], (was, proposal)
                        again += 1
                    earlier.setdefault(ccg, []).append((proposal, terms["ccg_support"]))
    print(f"\n{name}: kept {kept}; new ideas {again}")
    assert kept >= 20
    assert again >= 20


def test_a_proposal_convened_elsewhere_is_another_idea(tmp_path: Path) -> None:
    """The only member of the convening system refuses; the two of the next system go on there."""
    systems = [[{"leanings": -200.0}], [{"leanings": 0.0}, {"leanings": 0.0}]]
    live = [{"ccgs": ["S1C1", "S2C1", "S2C2"], "system": "S1"}]
    world = load_world(write_world(tmp_path / "w", systems, live_proposals=live))
    scenario = certain(
        parameters={"support_sd": 1.4, "support_shared": 0.5, "narrower_probability": 1.0},
        levers={"boundaries": {"cross_system": "county"}, "ballot": {"leaders_gate": False}},
    )
    for replication in range(5):
        events = run(world, scenario, replication)
        assert [e.data["parent"] for e in of_kind(events, "mooted")] == ["", "S1-1"]
        found = supports(events)
        assert set(found["S2-1"]) == {"S2C1", "S2C2"}
        for ccg, terms in found["S2-1"].items():
            before = found["S1-1"][ccg]
            assert terms["usual_support"] == before["usual_support"] == 60.0
            assert terms["mood"] != before["mood"]
            assert terms["ccg_support"] != before["ccg_support"]


def test_who_advises_hears_the_mood_that_members_had_of_the_larger_proposal(england: World) -> None:
    """Members' mood is the idea's: committees that follow it wholly do not change their minds.

    At a following weight of 1 advice is the mood alone, so a committee asked about a proposal and
    the narrower one made from it (convened in the same system) gives the same advice.
    """
    wholly = {"lmc_causal_share": 0.0, "lmc_oppose_effect": -30.0, "lmc_oppose_share": 0.3}
    tables: dict[str, Any] = {"extends": "as_written"} | NARROWING
    tables["parameters"] = NARROWING["parameters"] | wholly
    same = opposed = 0
    for events in logs(england, tables, range(10)):
        parent_of = {e.proposal: e.data["parent"] for e in of_kind(events, "mooted")}
        advice = {(e.proposal, e.subject): e.data["stance"] for e in of_kind(events, "advice")}
        for (proposal, committee), stance in advice.items():
            before = advice.get((parent_of[proposal], committee))
            if before is not None:
                assert stance == before
                same += 1
                opposed += stance == "oppose"
    print(f"\nasked twice: {same}, opposed: {opposed}")
    assert same >= 20
    assert 0 < opposed < same
