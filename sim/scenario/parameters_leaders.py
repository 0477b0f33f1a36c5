"""Parameters of leaders, councils and place leaders.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.parameters_economies import EconomyParameters


@dataclass(frozen=True, slots=True)
class LeaderParameters(EconomyParameters):
    """Numbers of leaders, councils and place leaders."""
