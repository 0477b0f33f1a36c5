"""Parameters of costs, savings, joint working and the tests of approval.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.parameters_pressure import PressureParameters


@dataclass(frozen=True, slots=True)
class EconomyParameters(PressureParameters):
    """Numbers of costs, savings, joint working and the tests of approval."""
