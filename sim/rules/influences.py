"""All influences of the model, in the order in which their terms follow the spine's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.rules import borders, economies, functions, leading, pressure, providers, services
from sim.rules.influence import Decision, Influence

if TYPE_CHECKING:
    from sim.scenario.levers import Levers

ALL: Final[tuple[Influence, ...]] = (
    *pressure.INFLUENCES,
    *economies.INFLUENCES,
    *leading.INFLUENCES,
    *borders.INFLUENCES,
    *services.INFLUENCES,
    *functions.INFLUENCES,
    *providers.INFLUENCES,
)


def in_force(levers: Levers, decision: Decision) -> tuple[Influence, ...]:
    """Return the influences on a decision whose levers are off their neutral value."""
    return tuple(i for i in ALL if i.decision == decision and i.in_force(levers))
