"""The mean of what one replication did, or nothing where it did nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sim.adding import add_up


def mean_of(values: Sequence[float]) -> float | None:
    """Return the mean of some numbers, added in their order; None where there are none."""
    return add_up(values) / len(values) if values else None
