"""Scenarios for exact answers: nothing is left to luck unless a test says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.agents import Event, replicate_log
from sim.agents.clock import GRID, LAST_MOMENT, on_grid
from sim.scenario import Scenario, parse_scenario
from sim.world import World
from tests.replay import FinalState, check_log

MONTH = 365.25 / 12
LEAD = on_grid(4.0 * MONTH) - 1.0 / GRID  # days from approval to effect, at the default lever

# Tests of the model's own workings draw from the priors: the posterior that a scenario draws from
# by default is renewed with the evidence, and no test may hang on its numbers.
PRIOR: dict[str, Any] = {"model": {"knowledge": "prior"}}

# Every body consents, every member votes yes, every application is approved; nothing starts
# but what the world's register holds, nothing is hurried.
CERTAIN: dict[str, float] = {
    "start_rate": 0.0,
    "unseen_months": 0.0,
    "consent_base": 60.0,
    "consent_autonomy_sd": 0.0,
    "plan_floor": 1000.0,
    "council_oppose_share": 0.0,
    "support_mean": 60.0,
    "support_sd": 0.0,
    "support_practice_sd": 0.0,
    "call_noise_sd": 0.0,
    "call_optimism": 0.0,
    "turnout_mean": 1.0,
    "narrower_probability": 0.0,
    "approval_probability": 1.0,
    "approval_unready": 0.0,
    "approval_defer": 0.0,
    "conditions_share": 1.0,
}
STAGES: dict[str, float] = {
    "explore": 1.0,
    "draft": 1.0,
    "engage": 1.0,
    "ballot": 0.5,
    "reballot": 0.25,
    "postpone": 2.0,
    "panel": 0.3,
    "national": 0.3,
    "conditions": 1.0,
}


def merged_tables(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested tables with others laid over them, key by key."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = merged_tables(old, value) if both else value  # type: ignore[arg-type]
    return result


def from_priors(name: str) -> Scenario:
    """Return a shipped scenario whose parameters are drawn from the priors."""
    return parse_scenario({"extends": name} | PRIOR, name)


def certain(**over: Any) -> Scenario:
    """Return a scenario in which everything goes well on fixed dates, changed as asked."""
    base = {
        "name": "certain",
        **PRIOR,
        "parameters": CERTAIN,
        "durations": STAGES,
        "levers": {"joint": {"leader_turnover": False, "ladder": False}},
    }
    return parse_scenario(merged_tables(base, over))


def run(world: World, scenario: Scenario, replication: int = 0) -> tuple[Event, ...]:
    """Run one replication with seed 1, check every identity of its log, and return its events."""
    return run_and_check(world, scenario, replication)[0]


def run_and_check(
    world: World, scenario: Scenario, replication: int = 0
) -> tuple[tuple[Event, ...], FinalState]:
    """Run one replication and return its events and the state that they lead to."""
    events = replicate_log(world, scenario, 1, replication).events
    approval = scenario.levers.approval
    state = check_log(
        events,
        world,
        scenario.start,
        april_only=approval.effective_dates == "1_april",
        crossing=scenario.levers.boundaries.cross_system != "never",
        minimum_lead=max(0.0, on_grid(approval.minimum_lead_months * MONTH) - 2.0 / GRID),
    )
    return events, state


def times(events: Sequence[Event], proposal: str) -> dict[str, float]:
    """Return the last time of each kind of event of one proposal."""
    return {event.kind: event.time for event in events if event.proposal == proposal}


def of_kind(events: Sequence[Event], *kinds: str) -> list[Event]:
    """Return the events of some kinds, in order."""
    return [event for event in events if event.kind in kinds]


def last_moment(day: int) -> float:
    """Return the last moment of a day, counted from the start."""
    return day + LAST_MOMENT
