"""What a story says of leaders, place leaders and councils: each kind in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from sim.agents import Event
from sim.views.story.mechanisms.leaders import EXITS
from sim.views.story.story import story_lines
from sim.world import World, load_world

START = date(2019, 6, 1)
HOME = "E54000010"


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


def told(world: World, *events: Event) -> str:
    end = Event(1126.0, "end", "England", "", {"ccgs": 191}, ())
    return "\n".join(story_lines((*events, end), world, START))


def event(kind: str, subject: str, **data: Any) -> Event:
    return Event(5.0, kind, subject, "", data, ())


def crowd(kind: str, subjects: Iterable[str], **data: Any) -> list[Event]:
    return [event(kind, subject, **data) for subject in subjects]


def test_each_kind_in_plain_words(world: World) -> None:
    place = next(c for c in world.ccgs if world.systems[c.system].code == HOME)
    home = world.systems[place.system].name
    text = told(
        world,
        event("leader_left", HOME, reason="moved_on"),
        event("backing", "England", strength=1.0),
        event("finance_director", HOME),
        event("place_leader", place.code, place=place.code, type="mental_health", system=HOME),
        event("dual_role", place.code, place=place.code, form="workaround"),
        event("council_offer", "Stoke-on-Trent", accepted=True),
        event("compromise", HOME, opposed=0.5, left=0.3),
    )
    for words in (
        f"{home}: the system's leader {EXITS['moved_on']}; the post is vacant.",
        "local leaders (strength 1).",
        f"{home} appoints a finance director for the system.",
        f"The chief of a mental-health trust becomes leader of the place {place.name}.",
        f"The leader of the place {place.name} becomes chief of its CCG too, by a",
        "eaders offer the council of Stoke-on-Trent",
        "it accepts",
        "from 50% to 30%.",
    ):
        assert words in text


def test_a_plain_exit_has_no_reason(world: World) -> None:
    assert "leader leaves; the post is vacant." in told(world, event("leader_left", HOME))


def test_crowds_of_systems_are_one_line(world: World) -> None:
    codes = [system.code for system in world.systems]
    text = told(
        world,
        *crowd("cooperation", codes, level=0.25),
        *crowd("firm_hand", codes[:2], strength=1.0, cooperation=0.25),
        *crowd("sponsors", codes[:3], in_favour=0, leaders=4),
    )
    assert text.count("partners in 42 systems: 0.25 to 0.25 out of 1.") == 1
    assert text.count("The centre takes a firm line") == 1
    assert text.count("in three of them nobody") == 1
    one = told(world, event("sponsors", HOME, in_favour=2, leaders=6))
    assert "2 of 6 senior leaders favour merging." in one


def test_a_system_that_decides_itself_is_named(world: World) -> None:
    codes = tuple(c.code for c in world.ccgs if world.systems[c.system].code == HOME)[:2]
    plan = f"{HOME}-1"
    first = {"footprint": codes, "origin": "local", "parent": "", "known_since": ""}
    mooted = Event(1.0, "mooted", HOME, plan, first, ())
    for decider in (HOME, "NHS England"):
        said = Event(9.0, "decided", decider, plan, {"decision": "approved"}, ())
        name = next((s.name for s in world.systems if s.code == decider), decider)
        text = told(world, mooted, said)
        assert f"{name} approves the plan" in text
