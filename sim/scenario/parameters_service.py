"""Parameters of service change, alienation, functions and providers.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.parameters_boundaries import BoundaryParameters


@dataclass(frozen=True, slots=True)
class ServiceParameters(BoundaryParameters):
    """Numbers of service change, alienation, functions and providers."""
