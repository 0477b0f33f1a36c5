"""New borders in the log: what replaying refuses, and how tables follow the new systems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from sim.agents.log import Event, EventLog
from sim.records.folds import fold
from sim.world import load_world
from sim.world.model import World
from tests.replay import LogError, check_log
from tests.small_worlds import write_world

START, END = date(2019, 6, 1), date(2021, 4, 1)
SPLIT: Mapping[str, Any] = {
    "systems": ("S1/a", "S1/b"),
    "names": ("One (a)", "One (b)"),
    "bodies": (("S1C1",), ("S1C2", "S1C3")),
}
JOINED: Mapping[str, Any] = {
    "systems": ("S1", "S2"),
    "name": "One with Two",
    "bodies": ("S1C1", "S1C2", "S1C3", "S2C1", "S2C2"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return load_world(write_world(tmp_path_factory.mktemp("w") / "w", [[{}, {}, {}], [{}, {}]]))


def story(*redrawn: tuple[str, str, Mapping[str, Any]]) -> tuple[Event, ...]:
    log = EventLog()
    log.write(0.0, "start", "England", data={"ccgs": 5})
    for day, (kind, subject, data) in enumerate(redrawn, start=10):
        log.write(float(day), kind, subject, data=dict(data))
    log.write(600.0, "end", "England", data={"ccgs": 5})
    return log.events()


def test_ccgs_follow_a_split_and_a_joining(world: World) -> None:
    state = check_log(story(("systems_split", "S1", SPLIT)), world, START)
    assert {body: state.home[body] for body in ("S1C1", "S1C3", "S2C1")} == {
        "S1C1": "S1/a",
        "S1C3": "S1/b",
        "S2C1": "S2",
    }
    events = story(("systems_merged", "S1+S2", JOINED))
    assert set(check_log(events, world, START).home.values()) == {"S1+S2"}
    rows = fold(events, {}, world, START, END)["systems"]
    assert rows == [
        (START, "S1", "System S1", 3),
        (START, "S2", "System S2", 2),
        *[(date(year, 4, 1), "S1+S2", "One with Two", 5) for year in (2020, 2021)],
    ]


@pytest.mark.parametrize(
    ("kind", "subject", "data", "identity"),
    [
        ("systems_split", "S9", SPLIT, "I3"),
        ("systems_split", "S1", {**SPLIT, "systems": ("S1/a", "S2")}, "I3"),
        ("systems_split", "S1", {**SPLIT, "systems": ("S1/a",)}, "I3"),
        ("systems_split", "S1", {**SPLIT, "bodies": (("S1C1",), ("S1C2",))}, "I2"),
        ("systems_split", "S1", {**SPLIT, "bodies": (("S1C1", "S2C1"), ("S1C2", "S1C3"))}, "I2"),
        ("systems_merged", "S1+S2", {**JOINED, "systems": ("S1", "S3")}, "I3"),
        ("systems_merged", "S1+S2", {**JOINED, "bodies": ("S1C1", "S2C1")}, "I2"),
    ],
)
def test_a_log_with_a_wrong_border_is_refused(
    world: World, kind: str, subject: str, data: Mapping[str, Any], identity: str
) -> None:
    with pytest.raises(LogError, match=f"^{identity}"):
        check_log(story((kind, subject, data)), world, START)


def test_a_system_that_is_gone_is_neither_split_nor_joined(world: World) -> None:
    with pytest.raises(LogError, match=r"^I3"):
        check_log(story(*[("systems_split", "S1", SPLIT)] * 2), world, START)
