"""What providers may do instead of a merger: levers and parameters.

None of these numbers is read unless a lever of ``providers`` is off its neutral value.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.distributions import normal
from sim.scenario.lever_field import Group, lever
from sim.scenario.parameter_field import parameter


class Providers(Group):
    """What providers may do instead: kept light, for want of data."""

    alternatives: float = lever(
        0.0,
        "how often a system's bodies look at other shapes than a merger: share, federate, split, "
        "integrate vertically, or leave things",
        "per system and year",
        (86, 87, 88),
        ge=0.0,
        le=5.0,
    )
    small_first: bool = lever(
        False,
        "the counter-view that small bodies are the obvious candidates for merger",
        "yes/no",
        (89,),
    )


@dataclass(frozen=True)
class ProviderParameters:
    """Numbers of what providers do instead."""

    alternative_pull: float = parameter(
        158,
        normal(-0.6, 0.3),
        "log-rate",
        "effect on starting of having chosen another shape than a merger",
        "assumed: an alternative halves the rate, about; no data (rows 86 and 87)",
        (86, 87, 88),
        acts="where other shapes than mergers are looked at",
    )
    small_size_start: float = parameter(
        159,
        normal(0.3, 0.15),
        "log-rate per halving of size",
        "under the counter-view only: how much sooner CCGs of half the average size merge",
        "assumed: the quoted view that small bodies are the obvious candidates (row 89); the "
        "usual prior has no such effect",
        (89,),
        acts="under the view that small CCGs merge first",
    )
