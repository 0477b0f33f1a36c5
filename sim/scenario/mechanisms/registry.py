"""The levers and parameters of all mechanisms, in the order of the tables that show them.

A new mechanism adds its group of levers at the end of :class:`MechanismLevers`, under the name of
its section in a scenario file, and its parameters at the head of :class:`MechanismParameters`.
Levers and parameters of a mechanism that stand in a group of the chain need no line here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.lever_field import Group
from sim.scenario.levers_decision import Joint
from sim.scenario.mechanisms.boundaries import Boundaries, BoundaryParameters
from sim.scenario.mechanisms.economies import EconomyParameters
from sim.scenario.mechanisms.force import ForceParameters
from sim.scenario.mechanisms.functions import FunctionParameters, Functions
from sim.scenario.mechanisms.leaders import Councils, LeaderParameters, Leaders
from sim.scenario.mechanisms.providers import ProviderParameters, Providers
from sim.scenario.mechanisms.services import Service, ServiceParameters


class MechanismLevers(Group):
    """The levers of mechanisms, by group."""

    boundaries: Boundaries = Boundaries()
    joint: Joint = Joint()  # half of it is the chain's; it keeps its place in the order here
    leaders: Leaders = Leaders()
    councils: Councils = Councils()
    service: Service = Service()
    functions: Functions = Functions()
    providers: Providers = Providers()


@dataclass(frozen=True)
class MechanismParameters(  # dataclasses gather fields from the last base to the first
    ProviderParameters,
    FunctionParameters,
    ServiceParameters,
    BoundaryParameters,
    LeaderParameters,
    EconomyParameters,
    ForceParameters,
):
    """The parameters of mechanisms, one field a parameter."""
