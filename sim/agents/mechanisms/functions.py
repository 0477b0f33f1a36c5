"""Functions: at a merger, tasks go up to the merged CCG, down to place, or to the support unit.

With ``functions.allocation`` off not_followed the tasks of each merger are shared out by
``allocate``; with to_place also to places. The number of places is ``functions.places``, or one for
each part if that is 0. Each is led or not by ``place_leader``: its part is taken in turn, in order
of ids, and has a council where it matches one. An outcome only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, TypedDict

from sim.agents.events import EventKind
from sim.agents.mechanisms.providers import strength
from sim.rules.mechanisms import functions as function_rules
from sim.streams import purposes

if TYPE_CHECKING:
    from sim.agents.replication import LivingCCG, Replication


class FunctionsMoved(TypedDict):
    """The functions of merging CCGs are shared out."""

    share_up: Annotated[float, "share that goes to the merged CCG"]
    share_place: Annotated[float, "share that goes down to places"]
    share_csu: Annotated[float, "share that goes to the commissioning support unit"]
    places: Annotated[int, "how many places"]
    provider_led: Annotated[int, "places led by a provider"]
    council_led: Annotated[int, "places led by a council"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "functions": EventKind(FunctionsMoved, "the new body"),
}


def activate(replication: Replication) -> None:
    """Follow the tasks of merging CCGs, where the lever asks for it."""
    if replication.levers.functions.allocation != "not_followed":
        replication.listeners.merged.append(_Tasks(replication).merged)


class _Tasks:
    """Shares out the tasks of the parts of each merger."""

    def __init__(self, replication: Replication) -> None:
        self._replication = replication
        self._drawn: Counter[int] = Counter()  # draws so far, by body

    def merged(self, body: LivingCCG, parts: Sequence[LivingCCG], proposal_id: str) -> None:
        """Share out the tasks of a merged body's parts and write it to the log."""
        replication = self._replication
        levers = replication.levers.functions
        to_place = levers.allocation == "to_place"
        places = levers.places or len(parts)
        leaders = Counter(self._leaders(body, parts, places) if to_place else ())
        led = leaders["provider"] + leaders["council"]
        shares = function_rules.allocate(
            replication.parameters,
            places=places,
            led=led,
            to_place=to_place,
            csu_capacity=levers.csu_capacity,
        )
        replication.write(
            "functions",
            body.name,
            proposal_id,
            share_up=shares.up,
            share_place=shares.place,
            share_csu=shares.csu,
            places=places,
            provider_led=leaders["provider"],
            council_led=leaders["council"],
        )

    def _leaders(self, body: LivingCCG, parts: Sequence[LivingCCG], places: int) -> list[str]:
        """Return who takes on the tasks of each place; places are the parts, in turn."""
        replication = self._replication
        streams = replication.streams
        strong = strength(replication, replication.systems[body.system])
        in_order = sorted(parts, key=lambda part: part.id)
        found = []
        for place in range(places):
            attempt = self._drawn[body.id]
            self._drawn[body.id] += 2
            found.append(
                function_rules.place_leader(
                    replication.parameters,
                    has_council=in_order[place % len(parts)].matched_council >= 0,
                    strength=strong,
                    u_taken=streams.uniform(purposes.PLACE_TAKEN, body.id, attempt),
                    u_kind=streams.uniform(purposes.PLACE_TAKEN, body.id, attempt + 1),
                )
            )
        return found
