"""Time: days since the scenario's start on a fine grid, and the real dates they fall on."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Final

GRID: Final = 2.0**20  # moments per day: sums of times on this grid are exact
LAST_MOMENT: Final = 1.0 - 1.0 / GRID  # the last moment of a day


def on_grid(days: float) -> float:
    """Return a time rounded to the grid of 2**-20 day; one beyond all numbers stays there."""
    steps = days * GRID + 0.5
    return math.floor(steps) / GRID if steps < math.inf else math.inf


class Clock:
    """Turns moments into dates and back for one scenario."""

    __slots__ = ("end", "horizon", "start")

    def __init__(self, start: date, end: date) -> None:
        self.start = start
        self.end = end
        self.horizon = float((end - start).days + 1)  # the moment after the last day

    def day(self, moment: float) -> date:
        """Return the date that a moment falls on."""
        return self.start + timedelta(days=int(moment // 1))

    def moment(self, day: date) -> float:
        """Return the first moment of a date (negative before the start)."""
        return float((day - self.start).days)
