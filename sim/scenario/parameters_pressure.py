"""Parameters of information and force beyond the default.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.parameters_course import CourseParameters


@dataclass(frozen=True, slots=True)
class PressureParameters(CourseParameters):
    """Numbers of information and force beyond the default."""
