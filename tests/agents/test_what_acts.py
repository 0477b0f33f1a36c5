"""Which parameters act under the default levers; levers stated at their defaults change nothing.

England, seed 1, the priors. All checks are exact: under addressed luck two replications are equal
to the last bit until a number that differs is read: no false alarms are possible. A parameter that
should act gets as many replications as it needs, up to a limit: the rarest (a second ballot, a
deferral) matters in about one of ten.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

from sim.agents import Event, replicate_log
from sim.scenario import parse_scenario
from sim.scenario.levers import Levers, lever_table
from sim.scenario.parameters import PARAMETER_TABLE, ParameterInfo
from sim.world import World, load_world
from tests.agents.arms import PRIOR

SEED = 1
FEW = range(2)
MOST = range(40)
WRITTEN: dict[str, Any] = {"extends": "as_written"} | PRIOR
NEW = 80  # parameters from this number on belong to levers that are neutral by default, but for
LATER = {"consent_officer", "call_optimism"}  # these, which came to the chain after them


@cache
def england() -> World:
    return load_world()


def run(replication: int, **tables: Any) -> tuple[Event, ...]:
    return replicate_log(england(), parse_scenario(WRITTEN | tables), SEED, replication).events


@cache
def plain(replication: int) -> tuple[Event, ...]:
    return run(replication)


def elsewhere(row: ParameterInfo) -> float:
    """Return a value of a parameter that it hardly ever has."""
    value = row.prior.quantile(0.9995)
    if row.prior.family == "fixed":
        value += 0.25 if value + 0.25 <= row.high else -0.25
    return min(max(value, row.low), row.high)


SILENT = [row for row in PARAMETER_TABLE if row.acts]
ACTIVE = [row for row in PARAMETER_TABLE if row.active]


def test_what_belongs_to_new_levers_says_where_it_acts() -> None:
    new = {row.name for row in PARAMETER_TABLE if row.number >= NEW}
    assert new - {row.name for row in SILENT} == LATER
    assert all(row.acts.split()[0] in ("where", "under", "in", "after") for row in SILENT)


@pytest.mark.parametrize("replication", FEW)
def test_parameters_that_act_elsewhere_alone_move_no_byte(replication: int) -> None:
    """All at once, each far from where it stands."""
    moved = {row.name: elsewhere(row) for row in SILENT}
    assert run(replication, parameters=moved) == plain(replication)


@pytest.mark.parametrize("row", ACTIVE, ids=lambda row: row.name)
def test_every_active_parameter_moves_a_log(row: ParameterInfo) -> None:
    """What happens must differ, not only the number written beside it as a reason."""
    for replication in MOST:
        events = run(replication, parameters={row.name: elsewhere(row)})
        if bare(events) != bare(plain(replication)):
            return
    pytest.fail(f"{row.name} moved nothing in {len(MOST)} replications")


def bare(events: tuple[Event, ...]) -> list[tuple[Any, ...]]:
    return [(event.time, event.kind, event.subject, event.data) for event in events]


def defaults() -> dict[str, dict[str, Any]]:
    """Return every lever that has a value, at its default, as a scenario file would state it."""
    groups = Levers.model_fields
    stated = {}
    for name in groups:
        group = getattr(Levers(), name)
        assert isinstance(group, BaseModel)
        stated[name] = group.model_dump(exclude_none=True)
    return stated


@pytest.mark.parametrize("replication", FEW)
def test_levers_stated_at_their_defaults_move_no_byte(replication: int) -> None:
    stated = defaults()
    unset = {
        row.name
        for row in lever_table()
        if row.name.split(".")[1] not in stated[row.name.split(".")[0]]
    }
    assert unset == {
        "ballot.threshold",
        "ballot.quorum",
        "ballot.weighting",
        "force.mandate",
        "force.legislation",
        "boundaries.exemption_patients",
    }  # None is their default, which a file cannot state
    assert sum(map(len, stated.values())) + len(unset) == len(list(lever_table()))
    assert run(replication, levers=stated) == plain(replication)
