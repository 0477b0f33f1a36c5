"""The story of a run tells of service change, tasks and other shapes in plain words."""

from __future__ import annotations

from datetime import date

import pytest

from sim.agents import replicate_log
from sim.scenario import parse_scenario
from sim.views.story.mechanisms import functions, providers, services
from sim.views.story.story import story_lines
from sim.world import load_world

TABLES = {
    "extends": "as_written",
    "levers": {
        "service": {"arrivals": 2.0, "final_say": "leader"},
        "functions": {"allocation": "to_place"},
        "providers": {"alternatives": 1.0},
    },
}


@pytest.fixture(scope="module")
def text() -> str:
    world, scenario = load_world(), parse_scenario(TABLES)
    events = replicate_log(world, scenario, 1, 0).events
    assert {event.kind for event in events} >= {
        *services.SENTENCES,
        *functions.SENTENCES,
        *providers.SENTENCES,
    }
    return "\n".join(story_lines(events, world, date(2019, 6, 1)))


@pytest.mark.parametrize(
    "words",
    [
        "is proposed; the hospital of",
        "is against change of services no.",
        "although it shares an",
        "is decided without a veto",
        "is blocked by",
        "the system's leader cannot settle",
        "months by decision of the system's leader",
        "has been overruled by the system's leader",
        "led by a provider or council) and",
        "its bodies consider alternatives and would rather",
    ],
)
def test_every_kind_is_told(text: str, words: str) -> None:
    assert words in text
