"""What a story says of mandates, overruled CCGs, ICS status and a law: each in plain words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sim.agents import Event
from sim.views.story.story import story_lines
from sim.world import World, load_world

START = date(2019, 6, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


def told(world: World, kind: str, subject: str, **data: Any) -> str:
    end = Event(1126.0, "end", "England", "", {"ccgs": 191}, ())
    return "\n".join(story_lines((Event(5.0, kind, subject, "", data, ()), end), world, START))


def test_each_kind_in_plain_words(world: World) -> None:
    system = next(s for s in world.systems if len(s.ccgs) > 2)
    bodies = [world.ccgs[i] for i in system.ccgs[:2]]
    parts = tuple(body.code for body in bodies)
    text = told(world, "mandated", system.code, parts=parts)
    assert "by mandate, without a vote" in text
    who = {"who": "members", "rule": "majority"}
    text = told(world, "overruled", bodies[0].code, **who)
    assert "members did not agree and are overruled: a majority decides" in text
    text = told(world, "alienated", bodies[0].code, why="mandate", amount=1.0)
    assert "has been overruled by a mandate." in text
    assert "becomes an integrated" in told(
        world, "ics_review", system.code, designated=True, ccgs=1
    )
    assert "still has 3 CCGs" in told(
        world, "ics_review", system.code, designated=False, ccgs=3
    ).replace("three", "3")
    law = told(world, "abolished", "England", ccgs=110, successors=42)
    assert "42 systems replace 110 CCGs" in law
