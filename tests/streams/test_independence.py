"""Luck in England: no lever moves a draw, no draw depends on who else draws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Literal, cast, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.agents import replicate_log
from sim.scenario import Scenario, load_scenario, parse_scenario
from sim.scenario.levers import Force, Levers
from sim.streams import PURPOSES, Purpose, Streams
from sim.world import World, load_world

SEED, REPLICATION = 1, 3
Address = tuple[str, str, Any, int]

# Settings other than the default; a lever that is not listed gets one from its own limits.
CHANGED: dict[str, Any] = {
    "information.wording": "expected",
    "information.region_relays": "always_drop",
    "information.local_relays": "always_drop",
    "information.ics_rule": "conditional",
    "information.salience": 1.0,
    "money.running_cost_cut": 0.0,
    "money.allowance_per_head": 25.0,
    "money.cut_years": 2,
    "money.pooling": "argued",
    "money.size": "weighed",
    "force.encouragement": 3.0,
    "force.incentive": 0.0,
    "force.cajoling": 4.0,
    "force.hard_rule": True,
    "force.decision_rule": "majority",
    "force.mandate": date(2021, 4, 1),
    "force.mandate_reach": "refusing",
    "force.legislation": date(2022, 4, 1),
    "ballot.threshold": 0.66,
    "ballot.quorum": 0.7,
    "ballot.weighting": "list_size",
    "ballot.all_must_carry": False,
    "ballot.binding": False,
    "ballot.tries": 4,
    "ballot.lmc_advice": "oppose",
    "ballot.council_view": "oppose",
    "ballot.leaders_gate": False,
    "approval.window": "all_year",
    "approval.window_opens": "06-01",
    "approval.window_closes": "07-31",
    "approval.panel_capacity": 1,
    "approval.minimum_lead_months": 8.0,
    "approval.effective_dates": "any_day",
    "approval.presumption_against": True,
    "approval.criteria": "published",
    "approval.scrutiny": "informal_longer",
    "boundaries.cross_system": "county",
    "boundaries.exemption_patients": 1_000_000,
    "boundaries.exemption_cap": 0,
    "boundaries.splits": True,
    "boundaries.system_mergers": True,
    "boundaries.divided_counties": 2.0,
    "joint.leader_turnover": False,
    "joint.ladder": False,
    "leaders.sponsor": "required",
    "leaders.reasons": True,
    "leaders.backing": 1.0,
    "leaders.backing_after": 6.0,
    "leaders.outside_chair": "everywhere",
    "leaders.place_leaders": 2.0,
    "leaders.dual_role_rule": False,
    "leaders.takeover_fear": 1.0,
    "leaders.devolved": True,
    "leaders.firm_hand": 1.0,
    "leaders.firm_hand_where": "blocked",
    "leaders.cooperation": True,
    "leaders.finance_directors": True,
    "leaders.rival_systems": ["E54000028"],
    "councils.leadership_offer": True,
    "councils.compromise": True,
    "joint.rungs": "graded",
    "joint.cooperation": "grows",
    "service.arrivals": 1.0,
    "service.decision_rule": "majority",
    "service.final_say": "combined",
    "service.autonomy": 0.5,
    "functions.allocation": "to_place",
    "functions.places": 3,
    "functions.csu_capacity": 1.0,
    "providers.alternatives": 1.0,
    "providers.small_first": True,
}


def another(field: FieldInfo) -> Any:
    """Return a value that a lever may take and that is not its default."""
    if isinstance(field.default, bool):
        return not field.default
    if get_origin(field.annotation) is Literal:
        return next(value for value in get_args(field.annotation) if value != field.default)
    limits = {
        name: getattr(one, name)
        for one in field.metadata
        for name in ("ge", "le")
        if hasattr(one, name)
    }
    return next(value for value in limits.values() if value != field.default)


def settings() -> dict[str, Any]:
    """Return a setting other than the default for every lever."""
    return CHANGED | {
        name: another(info)
        for group, field in Levers.model_fields.items()
        for lever, info in cast(type[BaseModel], field.annotation).model_fields.items()
        if (name := f"{group}.{lever}") not in CHANGED
    }


class AddedForce(Force):
    """The group of levers as it would be with one more lever."""

    sermons: float = 2.0


class AddedLevers(Levers):
    """All levers and one more, in its own group and at its end."""

    force: AddedForce = AddedForce()
    tone: str = "stern"


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[Address, float]]:
    """Record every number that agents are given, by its address and how it was asked for."""
    heard: dict[Address, float] = {}
    with monkeypatch.context() as patch:
        one, many, normals = Streams.uniform, Streams.uniforms, Streams.normals

        def hear_one(self: Streams, purpose: Purpose, body: int = 0, attempt: int = 0) -> float:
            value = one(self, purpose, body, attempt)
            assert heard.setdefault(("u", purpose.name, body, attempt), value) == value
            return value

        def hear(kind: str, plain: Any) -> Any:
            def ask(
                self: Streams, purpose: Purpose, bodies: tuple[int, ...], attempt: int = 0
            ) -> list[float]:
                values: list[float] = plain(self, purpose, bodies, attempt)
                for body, value in zip(bodies, values, strict=True):
                    assert heard.setdefault((kind, purpose.name, body, attempt), value) == value
                return values

            return ask

        patch.setattr(Streams, "uniform", hear_one)
        patch.setattr(Streams, "uniforms", hear("u", many))
        patch.setattr(Streams, "normals", hear("n", normals))
        yield heard


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


def draws(
    monkeypatch: pytest.MonkeyPatch, world: World, scenario: Scenario
) -> dict[Address, float]:
    with listening(monkeypatch) as heard:
        replicate_log(world, scenario, SEED, REPLICATION)
    return heard


def shifted(a: dict[Address, float], b: dict[Address, float]) -> list[Address]:
    return [address for address in a.keys() & b.keys() if a[address] != b[address]]


def test_every_lever_has_a_changed_setting() -> None:
    names = {
        f"{group}.{name}"
        for group, field in Levers.model_fields.items()
        for name in cast(type[BaseModel], field.annotation).model_fields
    }
    assert set(CHANGED) <= names == set(settings())
    for name, value in settings().items():
        group, lever = name.split(".")
        assert getattr(getattr(Levers(), group), lever) != value, name


@pytest.mark.slow
def test_no_lever_moves_a_draw(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """Change each lever in turn, then all: what both runs draw is the same to the last bit."""
    base = draws(monkeypatch, world, load_scenario("as_written"))
    assert len(base) > 1500
    other: set[int] = set()
    for name, value in settings().items():
        group, lever = name.split(".")
        changed = draws(monkeypatch, world, parse_scenario({"levers": {group: {lever: value}}}))
        assert not shifted(base, changed), name
        assert len(base.keys() & changed.keys()) > 600, name
        other.add(len(changed))
    assert len(other) > 5  # the levers did change who asks for what
    together: dict[str, dict[str, Any]] = {}
    for name, value in settings().items():
        group, lever = name.split(".")
        together.setdefault(group, {})[lever] = value
    everything = draws(monkeypatch, world, parse_scenario({"levers": together}))
    assert not shifted(base, everything)
    assert everything.keys() != base.keys()


def test_adding_or_removing_a_lever_moves_nothing(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """The same pair read either way: with one lever more, with one lever less."""
    import dataclasses

    without = load_scenario("as_written")
    added = dataclasses.replace(without, levers=AddedLevers())
    assert added.digest != without.digest
    assert draws(monkeypatch, world, added) == draws(monkeypatch, world, without)
    logs = [replicate_log(world, s, SEED, REPLICATION).events for s in (added, without)]
    assert logs[0] == logs[1]


def test_numbers_drawn_by_others_move_nothing(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """A new purpose, drawn before every other draw, leaves the log as it was."""
    scenario = load_scenario("as_written")
    plain = replicate_log(world, scenario, SEED, REPLICATION)
    ask = Streams.uniform
    new = Purpose(PURPOSES[-1].number + 1, "new", "ccg", "other")
    monkeypatch.setattr("sim.streams.streams.PURPOSES", (*PURPOSES, new))
    asked: list[float] = []

    def meddle(self: Streams, purpose: Purpose, body: int = 0, attempt: int = 0) -> float:
        asked.append(ask(self, new, len(asked) % 191, len(asked) // 191))
        return ask(self, purpose, body, attempt)

    monkeypatch.setattr(Streams, "uniform", meddle)
    assert replicate_log(world, scenario, SEED, REPLICATION) == plain
    assert len(set(asked)) == len(asked) > 500


def test_a_replication_has_the_same_luck_alone_and_after_others(world: World) -> None:
    scenario = load_scenario("as_happened")
    alone = replicate_log(world, scenario, SEED, 7)
    for replication in (0, 6, 8):
        assert replicate_log(world, scenario, SEED, replication).events != alone.events
    assert replicate_log(world, scenario, SEED, 7) == alone
    assert replicate_log(world, scenario, SEED + 1, 7).parameters != alone.parameters


def test_swapping_a_group_keeps_all_other_draws(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    scenario = load_scenario("as_written")
    plain = draws(monkeypatch, world, scenario)
    with listening(monkeypatch) as swapped:
        replicate_log(world, scenario, SEED, REPLICATION, {"practice": 900})
    moved = {name for _, name, _, _ in shifted(plain, swapped)}
    assert moved == {"practice_leaning", "practice_turnout", "practice_vote"}
