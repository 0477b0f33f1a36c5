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
    *,
    places: int,
    led: int,
    to_place: bool,
    csu_capacity: float,
    function_up: float,
    function_csu: float,
) -> Shares:
    """Return the shares that go up to the merged CCG, down to place and to the CSU.

    Of ``places`` of equal weight ``led`` have a provider or council to take their tasks on; the
    tasks of the others go up. ``csu_capacity`` 1 is half as much room again. Source: rows 41, 58
    and 69; the form (weights against the places' 1) is assumed.
    """
    up = exp(function_up)
    csu = exp(function_csu) * (1.0 + 0.5 * csu_capacity)
    down = led / places if to_place else 0.0
    if to_place:
        up += 1.0 - down
    whole = up + down + csu
    return Shares(up / whole, down / whole, csu / whole)


def place_leader(
    u_taken: float,
    u_kind: float,
    *,
    has_council: bool,
    strength: float,
    place_taken: float,
    provider_appetite: float,
) -> str:
    """Return who takes on a place's tasks after a merger: provider, council or "" (nobody).

    A council can lead where the place is that council's area; elsewhere it is a provider or
    nobody. ``strength`` is the system's leading provider's, in log-odds. Source: rows 41 and 42;
    that a council needs its own area is assumed.
    """
    if u_taken >= place_taken:
        return ""
    if not has_council or u_kind < expit(provider_appetite + strength):
        return "provider"
    return "council"


def _csu_offered(levers: Levers) -> bool:
    return levers.functions.csu_capacity > 0.0


def csu_term(levers: Levers, parameters: Parameters, _facts: SystemFacts) -> float:
    """Return how far room at the support unit stands in for a merger, in log-rate of starting.

    Source: row 69 (CCGs and CSUs are reshaped in one process).
    """
    return parameters.csu_substitute * levers.functions.csu_capacity


EFFECTS: Final[tuple[Effect, ...]] = (Effect("csu_capacity", "start", _csu_offered, csu_term),)
