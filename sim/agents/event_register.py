"""The register of all kinds of event: those of the core chain, then those of mechanisms."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple, NotRequired, get_args, get_origin, get_type_hints

from sim.agents.events import CORE_EVENTS, EventKind
from sim.agents.mechanisms.registry import MECHANISM_EVENTS

EVENTS: Final[dict[str, EventKind]] = {**CORE_EVENTS, **MECHANISM_EVENTS}


class Field(NamedTuple):
    """One key of an event's data: its type, whether every event of the kind has it, its meaning."""

    type: Any
    required: bool
    meaning: str


@cache
def fields_of(kind: str) -> dict[str, Field]:
    """Return the keys that the data of a kind of event hold."""
    hints = get_type_hints(EVENTS[kind].data, include_extras=True)
    return {name: _field(hint) for name, hint in hints.items()}


def _field(hint: Any) -> Field:
    optional = get_origin(hint) is NotRequired
    annotated = get_args(hint)[0] if optional else hint
    kind, meaning = get_args(annotated)
    return Field(kind, not optional, meaning)
