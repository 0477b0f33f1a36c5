"""Where the tasks of merging CCGs go: levers and parameters.

None of these numbers is read unless a lever of ``functions`` is off its neutral value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.scenario.distributions import beta, normal
from sim.scenario.lever_field import Group, lever
from sim.scenario.parameter_field import parameter


class Functions(Group):
    """Where the tasks of merging CCGs go."""

    allocation: Literal["not_followed", "up_only", "to_place"] = lever(
        "not_followed",
        "where tasks go at a merger: not followed, to the merged CCG and its support unit, or "
        "also down to places led by a provider or council",
        "choice",
        (41, 42, 58),
    )
    places: int = lever(
        0,
        "places that a merged area is made of (0: one for each CCG that merged)",
        "places",
        (49,),
        ge=0,
        le=12,
    )
    csu_capacity: float = lever(
        0.0,
        "room of commissioning support units for more tasks: 1 = half as much again, which can "
        "stand in for a merger",
        "step",
        (69,),
        ge=0.0,
        le=3.0,
    )


@dataclass(frozen=True)
class FunctionParameters:
    """Numbers of functions."""

    function_up: float = parameter(
        153,
        normal(0.4, 0.4),
        "log-weight",
        "tasks that go up to the merged CCG, against those that go down to place",
        "assumed: some go up and the rest down (row 58); no shares are recorded",
        (58,),
        acts="where tasks are followed at mergers",
    )
    function_csu: float = parameter(
        154,
        normal(-1.5, 0.5),
        "log-weight",
        "tasks that go to the commissioning support unit, against those that go down to place",
        "assumed: CSUs are reshaped in the same process (row 69); a small part",
        (69,),
        acts="where tasks are followed at mergers",
    )
    place_taken: float = parameter(
        155,
        beta(5, 3),
        "probability",
        "chance that a provider or council is there to take on a place's tasks after a merger",
        "assumed: providers taking up local leadership is partly a consequence of mergers (row 41)",
        (41, 49),
        low=0.0,
        high=1.0,
        acts="where tasks are followed at mergers",
    )
    provider_appetite: float = parameter(
        156,
        normal(0.4, 0.6),
        "log-odds",
        "a provider, rather than the council, leads a place where either could",
        "assumed: leading is becoming a mark of a successful trust (row 42); how many want it is "
        "not known",
        (42,),
        acts="where tasks are followed at mergers",
    )
    csu_substitute: float = parameter(
        157,
        normal(-0.5, 0.25),
        "log-rate",
        "effect on starting of support units with room for half as much again of the tasks",
        "assumed: sign from row 69; about the fall in starting that two thirds of the saving "
        "made without a merger would bring",
        (69,),
        acts="where support units have room",
    )
