"""Rules of mechanisms: exemptions, splits and mergers of systems.

A system that is large enough may be exempt from the rule of one CCG; in fewer cases it may be split
in two; small systems may be persuaded to join a neighbour. Rates are per month.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sim.rules.effect import Effect, SystemFacts
from sim.rules.logistic import exp

if TYPE_CHECKING:
    from sim.scenario.levers import Levers
    from sim.scenario.parameters import Parameters

MOST_SPELLS: Final = 3  # talks on joining a neighbour are given up after so many spells (assumed)


def large_enough(patients: int, threshold: int | None) -> bool:
    """Return whether a system is large enough to be exempt from the rule of one CCG.

    It is from the threshold on; without a threshold no system is. Source: HSJ The Integrator,
    October 2019 (only systems over a certain size).
    """
    return threshold is not None and patients >= threshold


def exemption_rate(base: float, autonomy: float) -> float:
    """Return the rate at which a system that is large enough asks to be exempt.

    ``autonomy`` is its CCGs' mean taste for staying as they are (log-odds), by patients: those who
    would rather stay ask sooner (assumed).
    """
    return base * exp(autonomy)


def grant_exemptions(sizes: Sequence[int], places: int) -> tuple[int, ...]:
    """Return the positions of the requests that are granted, in rising order.

    Requests before the centre at one review are granted largest first while places are left. The
    case for an exemption is size, so size and not haste decides among those that asked in time;
    places that are filled stay filled. Source: HSJ The Integrator, October 2019 (a handful, over
    a certain size); the order is assumed.
    """
    ranked = sorted(range(len(sizes)), key=lambda position: (-sizes[position], position))
    return tuple(sorted(ranked[: max(0, places)]))


def split_rate(
    p: Parameters, *, named: bool, stated: bool, granted: int, relative_size: float
) -> float:
    """Return the rate per month at which a system asks to be split.

    It is ``split_request`` x ``relative_size`` x (own + ``split_visibility`` x the splits granted
    so far); own is 1 for a system whose split has been named once the centre has stated that
    borders may change, ``split_before_statement`` before, and 0 for others. Before any split only a
    system whose split people have named thinks of it, and hardly before the centre has said that
    borders may change. Each split granted makes it known to all that splitting is possible.
    ``relative_size`` is the system's patients over the mean system's: the larger ask more. Source:
    HSJ The Integrator, October 2019; proportionality to size is assumed.
    """
    own = (1.0 if stated else p.split_before_statement) if named else 0.0
    return p.split_request * relative_size * (own + p.split_visibility * granted)


def approach_rate(base: float, relative_size: float) -> float:
    """Return the rate at which a system is asked to join a neighbour: the smaller the sooner.

    Source: the precedent of a small system that joined two others; the inverse form is assumed.
    """
    return base / relative_size if relative_size > 0.0 else 0.0


def _divided_county(levers: Levers, parameters: Parameters, facts: SystemFacts) -> float:
    """Return how much a county divided among several CCGs is sought out for merging.

    Source: row 103; size assumed.
    """
    return levers.boundaries.divided_counties * parameters.start_divided_county * facts.log_divided


EFFECTS: Final[tuple[Effect, ...]] = (
    Effect(
        "divided_county",
        "start",
        lambda levers: levers.boundaries.divided_counties > 0.0,
        _divided_county,
    ),
)
