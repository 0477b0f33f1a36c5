"""Rules of mechanisms: where the tasks of merging CCGs go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sim.rules.effect import Effect, SystemFacts
from sim.rules.logistic import exp, expit

if TYPE_CHECKING:
    from sim.scenario.levers import Levers
    from sim.scenario.parameters import Parameters


class Shares(NamedTuple):
    """Shares of the tasks of merging CCGs, adding up to 1."""

    up: float
    place: float
    csu: float


def allocate(
    p: Parameters, *, places: int, led: int, to_place: bool, csu_capacity: float
) -> Shares:
    """Return where the tasks of merging CCGs go: to the merged CCG, to places, to the support unit.

    Weights are exp(``function_up``) for the merged CCG, exp(``function_csu``) x (1 + half of the
    lever ``csu_capacity``) for the commissioning support unit (CSU), and 1 for places, of which
    the share without a provider or council to lead it goes up; shares are weights over their sum.
    Of ``places`` of equal weight ``led`` have a leader. Source: rows 41, 58
    and 69; the form (weights against the places' 1) is assumed.
    """
    up = exp(p.function_up)
    csu = exp(p.function_csu) * (1.0 + 0.5 * csu_capacity)
    down = led / places if to_place else 0.0
    if to_place:
        up += 1.0 - down
    whole = up + down + csu
    return Shares(up / whole, down / whole, csu / whole)


def place_leader(
    p: Parameters, *, has_council: bool, strength: float, u_taken: float, u_kind: float
) -> str:
    """Return who takes on a place's tasks after a merger: provider, council or "" (nobody).

    Somebody does with chance ``place_taken``. Where the place is one council's area it is a
    provider with log-odds ``provider_appetite`` + the ``strength`` of the system's leading
    provider, and otherwise that council; elsewhere it is a provider. Source: rows 41 and 42;
    that a council needs its own area is assumed.
    """
    if u_taken >= p.place_taken:
        return ""
    if not has_council or u_kind < expit(p.provider_appetite + strength):
        return "provider"
    return "council"


def _csu_offered(levers: Levers) -> bool:
    return levers.functions.csu_capacity > 0.0


def csu_term(levers: Levers, parameters: Parameters, _facts: SystemFacts) -> float:
    """Return how far room at the support unit stands in for a merger, in log-rate of starting.

    ``csu_substitute`` x the lever ``csu_capacity``. Source: row 69 (CCGs and CSUs are reshaped in
    one process).
    """
    return parameters.csu_substitute * levers.functions.csu_capacity


EFFECTS: Final[tuple[Effect, ...]] = (Effect("csu_capacity", "start", _csu_offered, csu_term),)
