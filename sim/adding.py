"""One way of adding up numbers, the same on every Python.

The built-in ``sum`` adds floats from left to right up to Python 3.11 and carries the rounding
errors along from 3.12 on, so that the last digits of its answers differ between versions. Whatever
reaches a log or a table is added here instead; counts of whole numbers may use ``sum``.
"""

from __future__ import annotations

from collections.abc import Iterable


def add_up(values: Iterable[float]) -> float:
    """Add numbers one by one, in their order; nothing at all is 0."""
    total: float = 0
    for value in values:
        total += value
    return total
