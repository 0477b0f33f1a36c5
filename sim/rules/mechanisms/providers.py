"""Rules of mechanisms: what providers and their places may do instead of merging CCGs.

No data support these: the weights are an even-handed reading of one column, kept so few that they
can be argued with.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from sim.adding import add_up
from sim.rules.effect import Effect, SystemFacts
from sim.rules.logistic import exp

if TYPE_CHECKING:
    from sim.scenario.levers import Levers
    from sim.scenario.parameters import Parameters

MENU: Final[tuple[tuple[str, float], ...]] = (
    ("merge", 0.30),
    ("share", 0.25),
    ("federate", 0.15),
    ("vertical", 0.10),
    ("split", 0.05),
    ("none", 0.15),
)
"""Shapes a review may choose, with their weights at average provider strength.

Assumed: merging and sharing were what most places did; federating is committees in common and the
like; splitting is the column's "scaling down"; doing nothing stays possible (rows 86 and 87).
"""

STANDING_IN: Final = frozenset({"share", "federate", "vertical", "split"})
"""Shapes that stand in for a merger; the others leave the wish to merge as it was."""

REFERENCE_SIZE: Final = 315_800.0  # computed: mean patients of the 191 CCGs of June 2019


def menu(strength: float) -> tuple[tuple[str, float], ...]:
    """Return the shapes with their chances, given the strength of the leading provider.

    Vertical integration needs a strong provider: its weight is multiplied by exp(strength).
    """
    weights = [
        (name, weight * exp(strength) if name == "vertical" else weight) for name, weight in MENU
    ]
    whole = add_up(weight for _, weight in weights)
    return tuple((name, weight / whole) for name, weight in weights)


def choose_shape(strength: float, u: float) -> str:
    """Return the shape that a review chooses; one uniform decides, in the order of the menu."""
    left = u
    shapes = menu(strength)
    for name, chance in shapes:
        left -= chance
        if left < 0.0:
            return name
    return shapes[-1][0]


def _reviewed(levers: Levers) -> bool:
    return levers.providers.alternatives > 0.0


def alternative_term(_levers: Levers, parameters: Parameters, facts: SystemFacts) -> float:
    """Return how far the shape that a system has chosen stands in for a merger, in log-rate.

    ``alternative_pull`` while that shape is share, federate, vertical or split. Source: rows 86
    and 87; size assumed.
    """
    return parameters.alternative_pull if facts.alternative in STANDING_IN else 0.0


def _small_ones_first(levers: Levers) -> bool:
    return levers.providers.small_first


def small_size_term(_levers: Levers, parameters: Parameters, facts: SystemFacts) -> float:
    """Return how much sooner the smaller CCGs of a system merge under the counter-view.

    In log-rate of starting: ``small_size_start`` x log2(315,800 x its CCGs / its patients), the
    halvings of their mean size against England's. Source: row 89.
    """
    halvings = math.log2(REFERENCE_SIZE * max(1, facts.ccgs) / max(1, facts.patients))
    return parameters.small_size_start * halvings


EFFECTS: Final[tuple[Effect, ...]] = (
    Effect("alternative", "start", _reviewed, alternative_term),
    Effect("small_size", "start", _small_ones_first, small_size_term),
)
