"""Parameters of exemptions, splits and mergers of systems.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.parameters_leaders import LeaderParameters


@dataclass(frozen=True, slots=True)
class BoundaryParameters(LeaderParameters):
    """Numbers of exemptions, splits and mergers of systems."""
