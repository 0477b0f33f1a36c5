"""All influences of the model, in the order in which their terms follow the spine's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.rules.effect import Decision, Influence
from sim.rules.mechanisms import boundaries as boundary_rules
from sim.rules.mechanisms import economies as economy_rules
from sim.rules.mechanisms import force as force_rules
from sim.rules.mechanisms import functions as function_rules
from sim.rules.mechanisms import leaders as leader_rules
from sim.rules.mechanisms import providers as provider_rules
from sim.rules.mechanisms import services as service_rules

if TYPE_CHECKING:
    from sim.scenario.levers import Levers

ALL: Final[tuple[Influence, ...]] = (
    *force_rules.INFLUENCES,
    *economy_rules.INFLUENCES,
    *leader_rules.INFLUENCES,
    *boundary_rules.INFLUENCES,
    *service_rules.INFLUENCES,
    *function_rules.INFLUENCES,
    *provider_rules.INFLUENCES,
)


def in_force(levers: Levers, decision: Decision) -> tuple[Influence, ...]:
    """Return the influences on a decision whose levers are off their neutral value."""
    return tuple(i for i in ALL if i.decision == decision and i.in_force(levers))
