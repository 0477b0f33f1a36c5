"""One row of the table of parameters, written as a field of a frozen dataclass."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from sim.scenario.distributions import Distribution


def parameter(
    number: int,
    prior: Distribution,
    unit: str,
    meaning: str,
    origin: str,
    mechanisms: tuple[int, ...],
    low: float = -math.inf,
    high: float = math.inf,
    *,
    held: bool = False,
    acts: str = "",
) -> Any:
    """Declare a parameter: its permanent number, prior, unit, meaning, origin, mechanisms, range.

    One that is ``held`` stands at the median of its prior unless a scenario says otherwise: the
    outcomes hardly feel it (docs/limits.md). ``acts`` says where alone it acts, if not everywhere.

    The number is part of the address of its draw: never renumber, never reuse a retired one.
    """
    return dataclasses.field(
        metadata={
            "number": number,
            "prior": prior,
            "unit": unit,
            "meaning": meaning,
            "origin": origin,
            "mechanisms": mechanisms,
            "low": low,
            "high": high,
            "held": held,
            "acts": acts,
        }
    )
