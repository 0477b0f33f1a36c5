"""Every number and lever of service change, functions and providers moves what it should.

A few replications of England, seed 1. Each number is put at two values in a scenario that reads
it; the events named must differ, and those that it does not touch must not. All checks are exact:
under addressed luck a number that does nothing leaves the logs equal, so no false alarms.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.scenario import parse_scenario
from sim.scenario.parameters import PARAMETER_TABLE
from sim.world import World, load_world
from tests.agents.arms import PRIOR, merged_tables

SEED = 1
REPLICATIONS = range(4)
OURS = range(140, 160)

OFTEN = {"levers": {"service": {"arrivals": 1.0}}}
CENTRE = {"levers": {"service": {"arrivals": 1.0, "final_say": "centre"}}}
LEADER = {"levers": {"service": {"arrivals": 1.0, "final_say": "leader"}}}
BOTH = {"levers": {"service": {"arrivals": 1.0, "final_say": "combined"}}}
TASKS = {"levers": {"functions": {"allocation": "to_place", "csu_capacity": 1.0}}}
SHAPES = {"levers": {"providers": {"alternatives": 2.0}}}
CALLS = ("ballot_called", "postponed", "withdrawn", "ballot")
SMALL = {"levers": {"providers": {"small_first": True}}}

# The number, two values, the scenario that reads it, and the first kinds of event to part.
NUMBERS: tuple[tuple[str, float, float, dict[str, Any], tuple[str, ...]], ...] = (
    ("veto_base", -3.0, -1.0, OFTEN, ("veto",)),
    ("veto_loss", 0.0, 4.0, OFTEN, ("veto",)),
    ("veto_shared", -3.0, 0.0, OFTEN, ("veto",)),
    ("veto_loyalty", 0.0, 4.0, OFTEN, ("veto",)),
    ("deadlock_salience", 0.0, 2.0, OFTEN, ("deadlock_ends",)),
    ("leader_prevails", 0.1, 0.9, LEADER, ("deadlock_ends", "final_say_failed")),
    ("force_prevails", 0.1, 0.9, CENTRE, ("deadlock_ends", "final_say_failed")),
    ("voluntary_share", 0.05, 0.95, BOTH, ("deadlock",)),
    ("voluntary_prevails", 0.1, 0.9, BOTH, ("deadlock_ends", "final_say_failed")),
    ("impose_distress", 0.0, 8.0, BOTH, ("deadlock",)),
    ("alienation_mild", 0.1, 0.9, LEADER, ("alienated",)),
    ("alienation_effect", 0.0, -3.0, CENTRE, (*CALLS, "drafted", "mooted")),
    ("alienation_half_life", 2.0, 300.0, CENTRE, (*CALLS, "drafted", "mooted")),
    ("function_up", 0.0, 2.0, TASKS, ("functions",)),
    ("function_csu", -3.0, 0.0, TASKS, ("functions",)),
    ("place_taken", 0.1, 0.9, TASKS, ("functions",)),
    ("provider_appetite", -3.0, 3.0, TASKS, ("functions",)),
    ("csu_substitute", 0.0, -2.0, TASKS, ("mooted",)),
    ("alternative_pull", 0.0, -3.0, SHAPES, ("mooted",)),
    ("small_size_start", 0.0, 1.5, SMALL, ("mooted",)),
)
LEVERS: tuple[tuple[str, str, Any, dict[str, Any], tuple[str, ...]], ...] = (
    ("service", "arrivals", 2.0, OFTEN, ("reconfiguration",)),
    ("service", "decision_rule", "majority", OFTEN, ("service_agreed", "deadlock")),
    ("service", "final_say", "combined_voluntary", OFTEN, ("deadlock_ends", "final_say_failed")),
    ("service", "final_say", "combined_imposed", OFTEN, ("deadlock_ends", "final_say_failed")),
    ("service", "autonomy", 0.3, OFTEN, ("veto",)),
    ("functions", "allocation", "up_only", TASKS, ("functions",)),
    ("functions", "places", 1, TASKS, ("functions",)),
    ("functions", "csu_capacity", 3.0, TASKS, ("mooted",)),
    ("providers", "alternatives", 4.0, SHAPES, ("alternative",)),
    ("providers", "small_first", False, SMALL, ("mooted",)),
)


@cache
def england() -> World:
    return load_world()


def bare(event: Event) -> tuple[Any, ...]:
    """Return an event without its reasons, which hold the number itself."""
    return event.time, event.kind, event.subject, event.data


def parting(tables: dict[str, Any], a: dict[str, Any], b: dict[str, Any]) -> list[set[str]]:
    """Return, for each replication in which two arms part, the kinds of event at which they do."""
    found = []
    arms = [
        parse_scenario(merged_tables({"extends": "as_written"} | PRIOR | tables, over))
        for over in (a, b)
    ]
    for replication in REPLICATIONS:
        one, other = (
            [bare(e) for e in replicate_log(england(), arm, SEED, replication).events]
            for arm in arms
        )
        for x, y in zip(one, other, strict=False):
            if x != y:
                found.append({x[1], y[1]})
                break
    return found


def test_every_number_of_ours_is_below() -> None:
    ours = {row.name for row in PARAMETER_TABLE if row.number in OURS}
    assert {name for name, *_ in NUMBERS} == ours
    assert len(ours) == len(OURS)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "low", "high", "tables", "kinds"), NUMBERS)
def test_each_number_moves_what_it_is_about_first(
    name: str, low: float, high: float, tables: dict[str, Any], kinds: tuple[str, ...]
) -> None:
    found = parting(tables, {"parameters": {name: low}}, {"parameters": {name: high}})
    assert found
    for parted in found:
        assert parted & set(kinds), parted
    assert not parting({}, {"parameters": {name: low}}, {"parameters": {name: high}})


@pytest.mark.slow
@pytest.mark.parametrize(("group", "name", "value", "tables", "kinds"), LEVERS)
def test_each_lever_moves_what_it_is_about_first(
    group: str, name: str, value: Any, tables: dict[str, Any], kinds: tuple[str, ...]
) -> None:
    found = parting(tables, {}, {"levers": {group: {name: value}}})
    assert found
    for parted in found:
        assert parted & set(kinds), parted
