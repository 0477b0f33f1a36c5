"""All effects of mechanisms, in the order in which their terms follow those of the core chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.rules.effect import Decision, Effect
from sim.rules.mechanisms import boundaries as boundary_rules
from sim.rules.mechanisms import economies as economy_rules
from sim.rules.mechanisms import force as force_rules
from sim.rules.mechanisms import functions as function_rules
from sim.rules.mechanisms import leaders as leader_rules
from sim.rules.mechanisms import providers as provider_rules
from sim.rules.mechanisms import services as service_rules

if TYPE_CHECKING:
    from sim.scenario.levers import Levers

ALL: Final[tuple[Effect, ...]] = (
    *force_rules.EFFECTS,
    *economy_rules.EFFECTS,
    *leader_rules.EFFECTS,
    *boundary_rules.EFFECTS,
    *service_rules.EFFECTS,
    *function_rules.EFFECTS,
    *provider_rules.EFFECTS,
)


def effects_on(levers: Levers, decision: Decision) -> tuple[Effect, ...]:
    """Return the effects on a decision whose levers are off their neutral value."""
    return tuple(one for one in ALL if one.decision == decision and one.in_force(levers))
