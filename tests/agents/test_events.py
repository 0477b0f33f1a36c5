"""Every event is of a registered kind and holds what its kind says, and every kind happens."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_origin

import pytest

from sim.agents import replicate_log
from sim.agents.event_register import EVENTS, fields_of
from sim.agents.events import CORE_EVENTS
from sim.agents.log import Event
from sim.agents.mechanisms.registry import AGENTS
from sim.scenario import load_scenario
from sim.world import load_world

SIM = Path(__file__).parents[2] / "sim"
SCENARIOS = (
    "as_happened", "boundaries_open", "system_mergers", "centre_decides", "combined_authorities",
    "mandate", "majority_rule", "legislation_2022", "ics_conditional", "phased_cut",
    "place_leaders", "sponsors_needed", "firm_hand", "honest_compromise", "councils_won_over",
    "leaders_backed", "functions_to_place", "providers_instead", "working_together",
    "content_place", "published_tests", "leaders_final_say",
)  # fmt: skip
WRITERS = {"write", "_write"}


def fits(value: Any, wanted: Any) -> bool:
    """Say whether a value is of a type of the register: a class, one of a few texts, a tuple."""
    arguments = getattr(wanted, "__args__", ())
    if get_origin(wanted) is Literal:
        return value in arguments
    if not arguments:
        return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
    if not isinstance(value, tuple):
        return False
    if arguments[-1] is Ellipsis:
        return all(fits(part, arguments[0]) for part in value)
    return len(value) == len(arguments) and all(map(fits, value, arguments))


def faults(event: Event) -> list[str]:
    """Return what is wrong with an event's data."""
    if event.kind not in EVENTS:
        return [f"{event.kind}: no such kind"]
    fields = fields_of(event.kind)
    missing = [name for name, field in fields.items() if field.required and name not in event.data]
    wrong = [
        f"{event.kind}.{name} = {value!r}"
        for name, value in event.data.items()
        if name not in fields or not fits(value, fields[name].type)
    ]
    return [*(f"{event.kind}.{name} is missing" for name in missing), *wrong]


def test_every_event_holds_what_its_kind_says_and_every_kind_happens() -> None:
    world, seen = load_world(), set()
    for name in SCENARIOS:
        scenario = load_scenario(name)
        for replication in range(3):
            events = replicate_log(world, scenario, 1, replication).events
            seen.update(event.kind for event in events)
            assert not [fault for event in events for fault in faults(event)]
    assert not set(EVENTS) - seen


def test_a_wrong_event_is_noticed() -> None:
    assert faults(Event(0.0, "moon", "England", "", {}, ()))
    assert faults(Event(0.0, "end", "England", "", {}, ()))
    assert faults(Event(0.0, "end", "England", "", {"ccgs": "191"}, ()))
    assert faults(Event(0.0, "end", "England", "", {"ccgs": True}, ()))
    assert faults(Event(0.0, "end", "England", "", {"ccgs": 191, "more": 1}, ()))
    assert faults(Event(0.0, "mandated", "X", "", {"parts": ("A", 1)}, ()))
    assert not faults(Event(0.0, "mandated", "X", "", {"parts": ("A", "B")}, ()))
    assert not faults(Event(0.0, "leader_left", "X", "", {}, ()))
    assert faults(Event(0.0, "belief", "X", "", {"wording": "perhaps"}, ()))
    assert not faults(Event(0.0, "belief", "X", "", {"wording": "typically"}, ()))


def test_no_kind_is_registered_twice() -> None:
    lists = [CORE_EVENTS, *(agents.EVENTS for agents in AGENTS)]
    assert sum(map(len, lists)) == len(EVENTS)


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call in agents that writes an event whose kind stands there."""
    for path in sorted((SIM / "agents").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = node.args[0] if node.args else None
                named = isinstance(first, ast.Constant) and isinstance(first.value, str)
                if node.func.attr in WRITERS and named:
                    yield path.name, node


def test_every_key_written_is_one_of_its_kind() -> None:
    """Also where no replication of this test comes by."""
    found = list(calls())
    assert len(found) >= 50
    for name, call in found:
        first = call.args[0]
        assert isinstance(first, ast.Constant)
        kind = str(first.value)
        assert kind in EVENTS, (name, kind)
        keys = {keyword.arg for keyword in call.keywords if keyword.arg} - {"terms"}
        assert keys <= set(fields_of(kind)), (name, kind, keys)


READ = {"sim/records", "sim/experiment", "sim/views/story"}


@pytest.mark.parametrize("folder", sorted(READ))
def test_every_key_read_is_one_of_some_kind(folder: str) -> None:
    known = {name for kind in EVENTS for name in fields_of(kind)}
    wrong = [
        (path.name, node.slice.value)
        for path in sorted((SIM.parent / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "data"
        and isinstance(node.slice, ast.Constant)
        and node.slice.value not in known
    ]
    assert not wrong


def test_the_register_says_what_every_kind_and_key_means() -> None:
    for kind, entry in EVENTS.items():
        assert entry.subject, kind
        assert len((entry.data.__doc__ or "").split()) > 3, kind
        assert all(field.meaning for field in fields_of(kind).values()), kind
