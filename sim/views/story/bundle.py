"""Events that share one line of a story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.agents.log import Event
from sim.views.story.names import Names, Proposals


@dataclass(slots=True)
class Bundle:
    """Events of one line: usually one, or several of the same kind from day to last day."""

    day: date
    last_day: date
    events: list[Event]

    @property
    def first(self) -> Event:
        """Return the event that the line is about, or the first of the crowd."""
        return self.events[0]

    @property
    def data(self) -> Mapping[str, Any]:
        """Return what the first event says."""
        return self.events[0].data


Sentences = Mapping[str, Callable[[Bundle, Names, Proposals], str]]
"""A function for each kind of event, which returns its sentence."""
