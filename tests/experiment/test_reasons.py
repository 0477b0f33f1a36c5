"""What weighed, place by place: terms of logs, averaged, and ranked against other places."""

from __future__ import annotations

import math

import pytest

from sim.agents import Event
from sim.agents.log import Terms
from sim.experiment.reasons import TermsByPlace, average_terms, decisions_of
from sim.scenario import load_scenario
from sim.world import load_world

PLACES = {"north": frozenset({"A", "B"}), "south": frozenset({"C", "D"}), "east": frozenset({"E"})}


def event(kind: str, proposal: str, terms: Terms = (), subject: str = "S", **data: object) -> Event:
    return Event(1.0, kind, subject, proposal, data, terms)


def start(proposal: str, footprint: tuple[str, ...], officer: float, whole: float = 0.0) -> Event:
    terms = (("shared_officer", officer), ("footprint_whole_system", whole))
    return event("mooted", proposal, terms, footprint=footprint)


def test_a_log_is_taken_apart_into_decisions() -> None:
    look = (("misreading", 0.1), ("mood", 0.2))
    log = [
        event("mooted", "S-1", footprint=("A", "B"), known_since="2019-05-01"),  # found alive
        start("S-2", ("C+D", "E"), 0.5, 1.0),
        event("drafted", "S-2", (("base", 3.0),)),
        event("engaged", "S-2", (("perceived_centre", 0.4),)),  # a chance, no term of a decision
        event("postponed", "S-2", look),
        event("ballot_called", "S-2", look),  # a second look
        event("ballot", "S-2", (("mood", 0.3),), subject="C+D", attempt=1),
        event("ballot", "S-2", (("mood", 0.9),), subject="C+D", attempt=2),
        event("decided", "S-2", (("unready", -1.0),), subject="NHS England"),
        event("withdrawn", "S-1", (("autonomy", -1.0),)),
    ]
    found = [(decision, sorted(ccgs), terms) for decision, ccgs, terms in decisions_of(log)]
    assert found == [
        ("start", ["C", "D", "E"], (("shared_officer", 0.5),)),
        ("footprint", ["C", "D", "E"], (("footprint_whole_system", 1.0),)),
        ("consent", ["C", "D", "E"], (("base", 3.0),)),
        ("call", ["C", "D", "E"], look),
        ("ballot", ["C", "D"], (("mood", 0.3),)),
        ("approval", ["C", "D", "E"], (("unready", -1.0),)),
        ("consent", ["A", "B"], (("autonomy", -1.0),)),
    ]


def test_means_are_over_replications_and_frequencies_count_them() -> None:
    found = TermsByPlace(PLACES)
    found.add([start("S-1", ("A", "B"), 1.0), start("S-2", ("A", "B"), 2.0)])  # counts as 1.5
    found.add([start("S-1", ("A", "B"), 0.5)])
    found.add([])
    weights = found.weights["north", "start"]
    assert weights.mean("shared_officer") == pytest.approx(1.0)
    assert weights.standard_error("shared_officer") == pytest.approx(0.5)  # sd of 1.5, .5 over 2
    assert found.frequency("north", "start") == pytest.approx(2 / 3)
    assert found.frequency("south", "start") == 0.0
    assert weights.mean("absent") == 0.0


def logs(north: float, south: float, times: int, spread: float = 0.0) -> TermsByPlace:
    found = TermsByPlace(PLACES)
    for number in range(20):
        wave = spread * (-1) ** number
        events = [start("S-1", ("C", "D"), south + wave, 0.2)]
        if number < times:
            events.append(start("S-2", ("A", "B"), north + wave, 0.2))
        found.add(events)
    return found


def test_a_reason_is_a_difference_times_a_frequency_and_zero_differences_are_none() -> None:
    [reason] = logs(1.5, 0.5, times=10).reasons("north", ["south", "east"])
    assert (reason.decision, reason.term) == ("start", "shared_officer")
    assert (reason.mean, reason.average, reason.frequency) == pytest.approx((1.5, 0.5, 0.5))
    assert (reason.difference, reason.weight) == pytest.approx((1.0, 0.5))
    assert logs(0.5, 0.5, times=10).reasons("north", ["south"]) == []
    assert logs(1.5, 0.5, times=0).reasons("north", ["south"]) == []


def test_a_difference_that_may_be_luck_is_no_reason() -> None:
    assert logs(0.7, 0.5, times=20, spread=1.0).reasons("north", ["south"]) == []
    assert len(logs(2.5, 0.5, times=20, spread=1.0).reasons("north", ["south"])) == 1
    assert logs(1.5, 0.5, times=1).reasons("north", ["south"]) == []  # once tells nothing


def test_what_cannot_change_a_decision_counts_for_less() -> None:
    for base, counts in ((8.0, False), (0.0, True)):
        found = TermsByPlace(PLACES)
        for _ in range(5):
            for place, value in (("A", 1.0), ("C", 0.0)):
                terms = (("base", base), ("unready", value))
                found.add(
                    [
                        start(f"{place}-1", (place,), value / 10),
                        event("decided", f"{place}-1", terms),
                    ]
                )
        told = [reason.term for reason in found.reasons("north", ["south"])]
        assert told == (["unready", "shared_officer"] if counts else ["shared_officer", "unready"])


def test_what_leaders_expect_and_members_weigh_is_named_once() -> None:
    found = TermsByPlace(PLACES)
    for _ in range(5):
        for place, value in (("A", 1.0), ("C", 0.0)):
            terms = (("identity", value), ("mood", value / 2))
            found.add(
                [
                    event("mooted", f"{place}-1", footprint=(place,)),
                    event("ballot_called", f"{place}-1", (("misreading", 0.0), *terms)),
                    event("ballot", f"{place}-1", terms, subject=place, attempt=1),
                ]
            )
    told = found.reasons("north", ["south"])
    assert [(reason.decision, reason.term) for reason in told] == [
        ("ballot", "identity"),
        ("ballot", "mood"),
    ]
    assert len(found.reasons("north", ["south"], most=1)) == 1


def test_terms_of_england_are_those_of_its_logs_and_add_up() -> None:
    world, scenario = load_world(), load_scenario("as_happened")
    places = {s.code: frozenset(world.ccgs[i].code for i in s.ccgs) for s in world.systems}
    seen: list[tuple[int, int]] = []
    found = average_terms(
        world, scenario, places, replications=3, seed=1, progress=lambda *now: seen.append(now)
    )
    assert seen == [(1, 3), (2, 3), (3, 3)] and found.replications == 3
    decisions = {decision for _, decision in found.weights}
    assert decisions == {"start", "footprint", "consent", "call", "ballot", "approval"}
    for (_, decision), weights in found.weights.items():
        assert 1 <= weights.times <= 3
        assert all(math.isfinite(value) for value in weights.sums.values())
        if decision == "footprint":
            assert all(name.startswith("footprint_") for name in weights.sums)
    ready = {
        code: found.weights[code, "approval"].mean("unready")
        for code in places
        if (code, "approval") in found.weights
    }
    assert min(ready.values()) < 0.0 <= max(ready.values())  # some are ready, some are not
