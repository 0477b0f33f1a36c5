"""No valid scenario runs without end: strong pressure rests, and a limit on events stops the rest.

Random draws are seeded: levers of 16 scenarios on England, seed 5. The comparison of resting with
never resting pairs 40 replications on the same random numbers and fails by chance about once in
10,000 times (4 standard errors).
"""

from __future__ import annotations

import math
import pickle
import random
import statistics
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

import sim
from sim.agents import EndlessReplication, endless, replicate_log, system
from sim.agents.mechanisms.registry import activate
from sim.agents.proposal import Proposal
from sim.agents.replication import Replication
from sim.rules.logistic import MOST_LOG, exp, log_expit
from sim.scenario import Scenario
from sim.scenario.levers import Levers
from sim.scenario.load import parse_scenario
from sim.world import World
from tests.small_worlds import write_world

NEVER = math.inf
ENDED = {"lost", "withdrawn", "lapsed"}
CROSSING = ("S1C1", "S2C1")


def letters(number: int, strength: float, **more: Any) -> Scenario:
    """Return a scenario with letters to all, spread over two and a half years."""
    first = date(2019, 7, 1)
    calendar = {
        f"e{i}": {
            "date": first + timedelta(days=900 * i // number),
            "kind": "letter",
            "region": "all",
            "strength": strength,
        }
        for i in range(number)
    }
    return parse_scenario({"name": "letters", "calendar": calendar, **more})


@pytest.fixture(scope="module")
def england() -> World:
    return sim.load_world()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that fills with the number of events of each replication run."""
    counted: list[int] = []
    run = endless.run_until

    def counting(replication: Replication, moment: float) -> None:
        try:
            run(replication, moment)
        finally:
            counted.append(next(replication.env._eid))

    monkeypatch.setattr("sim.agents.engine.run_until", counting)
    return counted


# -- Strong pressure ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "strength"), [(12, 1.0), (18, 1.0), (1, 12.0), (1, 100.0), (1500, 1.0), (40, 100.0)]
)
def test_pressure_without_limit_takes_a_few_times_the_events(
    england: World, steps: list[int], number: int, strength: float
) -> None:
    replicate_log(england, sim.load_scenario("as_written"), 1, 0)
    replicate_log(england, letters(number, strength), 1, 0)
    usual, pressed = steps
    assert pressed < 5 * usual


def test_letters_that_would_overflow_are_as_strong_as_can_be() -> None:
    assert exp(1e6) == exp(MOST_LOG) == math.exp(MOST_LOG)
    assert exp(1.5) == math.exp(1.5)
    assert log_expit(-1e6) == -1e6
    assert log_expit(-2.0) == math.log(1.0 / (1.0 + math.exp(2.0)))
    assert log_expit(-700.0) == pytest.approx(-700.0)


@pytest.mark.slow
@pytest.mark.parametrize("crossing", ["never", "county"])
def test_resting_changes_no_mean(
    england: World, monkeypatch: pytest.MonkeyPatch, crossing: str
) -> None:
    """The same pressure with a system that rests at once and with one that never does."""
    scenario = letters(
        6, 1.0, end=date(2020, 6, 1), levers={"boundaries": {"cross_system": crossing}}
    )

    def mooted(most: float) -> list[int]:
        monkeypatch.setattr(system, "MOST_IN_VAIN", most)
        return [
            sum(event.kind == "mooted" for event in replicate_log(england, scenario, 3, i).events)
            for i in range(40)
        ]

    differences = [a - b for a, b in zip(mooted(0.0), mooted(NEVER), strict=True)]
    assert any(differences)  # it has rested at all
    error = statistics.stdev(differences) / math.sqrt(len(differences))
    assert abs(statistics.fmean(differences)) < 4.0 * error


def test_no_system_rests_while_it_has_something_to_start(
    england: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where what it could start lies in part in another system."""
    monkeypatch.setattr(system, "MOST_IN_VAIN", 0.0)
    leave, rested = Proposal._leave, []

    def checked(self: Proposal, *given: Any, **more: Any) -> None:
        leave(self, *given, **more)
        resting = [one for one in self._replication.systems if one.resting]
        rested.extend(resting)
        assert not [one.code for one in resting if one._open_candidates()]

    monkeypatch.setattr(Proposal, "_leave", checked)
    scenario = letters(6, 1.0, levers={"boundaries": {"cross_system": "county"}})
    for replication in range(4):
        replicate_log(england, scenario, 3, replication)
    assert rested


# -- The limit on events ---------------------------------------------------------------------------


def endless_at(days: float) -> Callable[[Replication], None]:
    """Return something beside the chain that happens again and again, so many days apart."""

    def process(replication: Replication) -> Iterator[Any]:
        while True:
            yield replication.env.timeout(days)

    def both(replication: Replication) -> None:
        activate(replication)
        replication.env.process(process(replication))  # type: ignore[arg-type]

    return both


@pytest.mark.parametrize(("days", "reached"), [(0.0, "2019-06-01"), (2.0**-9, "2019-")])
def test_what_never_ends_is_stopped_with_the_day_it_reached(
    england: World, monkeypatch: pytest.MonkeyPatch, days: float, reached: str
) -> None:
    monkeypatch.setattr("sim.agents.mechanisms.registry.activate", endless_at(days))
    monkeypatch.setattr(endless, "EVENTS_PER_BODY_AND_YEAR", 5)
    with pytest.raises(EndlessReplication) as caught:
        replicate_log(england, sim.load_scenario("as_written"), 1, 0)
    assert caught.value.events > endless.EVENTS_AT_LEAST
    assert caught.value.reached.startswith(reached)
    assert "as_written" in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))  # as it comes back from a worker
    assert str(again) == str(caught.value)


def test_a_run_ends_as_simpy_itself_ends_it(england: World) -> None:
    """Also on the day of a law, on which everything of the day before has happened."""
    law = parse_scenario({"name": "law", "levers": {"force": {"legislation": date(2020, 1, 1)}}})
    with pytest.MonkeyPatch.context() as patch:
        ours = replicate_log(england, law, 1, 0)
        patch.setattr(
            "sim.agents.engine.run_until",
            lambda replication, until: replication.env.run(until),
        )
        assert replicate_log(england, law, 1, 0) == ours
    assert ours.events[-2].kind == "abolished"


@pytest.mark.slow
def test_valid_levers_stay_far_below_the_limit(
    england: World, steps: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []
    most = endless.most_events
    monkeypatch.setattr(
        endless, "most_events", lambda replication: limits.append(most(replication)) or limits[-1]
    )
    for number in range(16):
        drawn = random.Random(number)
        pressed = letters(
            drawn.randint(1, 20), drawn.choice((0.1, 1.0, 100.0)), levers=any_levers(drawn)
        )
        replicate_log(england, pressed, 5, number)
    assert len(steps) == len(limits) == 16
    assert max(count / limit for count, limit in zip(steps, limits, strict=True)) < 0.2


def any_levers(drawn: random.Random) -> dict[str, dict[str, Any]]:
    """Return valid values of most levers, half of the numbers at an end of their range."""
    chosen: dict[str, dict[str, Any]] = {}
    for group, field in Levers.model_fields.items():
        assert isinstance(field.annotation, type)
        for name, lever in field.annotation.model_fields.items():  # type: ignore[attr-defined]
            value = any_value(drawn, lever)
            if value is not None and drawn.random() < 0.7:
                chosen.setdefault(group, {})[name] = value
    return chosen


def any_value(drawn: random.Random, lever: Any) -> Any:
    kinds = get_args(lever.annotation) or (lever.annotation,)
    if get_origin(lever.annotation) is Literal:
        return drawn.choice(kinds)
    for kind in kinds:
        if get_origin(kind) is Literal:
            return drawn.choice(get_args(kind))
    if bool in kinds:
        return drawn.random() < 0.5
    ends = {
        end: getattr(limit, end)
        for limit in lever.metadata
        for end in ("ge", "gt", "le", "lt")
        if getattr(limit, end, None) is not None
    }
    if len(ends) < 2:
        return None
    low = ends.get("ge", ends.get("gt", 0) + 1e-6)
    high = ends.get("le", ends.get("lt", 0) - 1e-6)
    if int in kinds:
        return drawn.choice((low, high, drawn.randint(low, high)))
    return float(drawn.choice((low, high, drawn.uniform(low, high))))


def test_a_resting_system_is_roused_by_what_is_set_free_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1 has S1C1 and S1C3 free, which do not touch; S1C1 matches a county with S2C1.

    S2C1 is in a proposal of S2 at first. Once that has lapsed, S1 can start across the border.
    """
    county = {"K1": 1.0}
    big = {"practices": [90_000], "councils": county}
    world = sim.load_world(
        write_world(
            tmp_path / "w",
            [[big, {"councils": {"K2": 1.0}}, {"councils": {"K3": 1.0}}],
             [{"councils": county}, {"councils": {"K4": 1.0}}],
             [{"councils": {"K5": 1.0}}]],
            borders=[("S1C1", "S1C2"), ("S1C2", "S1C3"), ("S1C1", "S2C1"), ("S2C1", "S2C2"),
                     ("S1C2", "S3C1"), ("S2C2", "S3C1")],
            live_proposals=[{"ccgs": ["S1C2", "S3C1"], "system": "S1"}, {"ccgs": ["S2C1", "S2C2"]}],
        )
    )  # fmt: skip
    monkeypatch.setattr(system, "MOST_IN_VAIN", 0.0)
    scenario = letters(
        1,
        12.0,
        levers={"boundaries": {"cross_system": "county"}, "ballot": {"leaders_gate": False}},
        parameters={"start_rate": 0.1, "consent_base": 100.0, "support_mean": -100.0},
    )
    rested = []
    monkeypatch.setattr(
        system.System,
        "_start_in_vain",
        lambda self, count=system.System._start_in_vain: rested.append(self.code) or count(self),
    )
    events = replicate_log(world, scenario, 1, 0).events
    freed = next(e.time for e in events if e.kind in ENDED and e.subject == "S2")
    crossed = [e.time for e in events if e.kind == "mooted" and e.data["footprint"] == CROSSING]
    assert "S1" in rested
    assert crossed
    assert 0.0 <= crossed[0] - freed < 1.0, (freed, crossed)
