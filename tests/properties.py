"""Settings shared by all property tests: the same examples on every run, no time limits."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

steady = settings(deadline=None, derandomize=True, max_examples=60, database=None)
"""Examples are derived from the test itself, so a pass or failure repeats."""

uniforms = st.floats(min_value=2.0**-54, max_value=1.0 - 2.0**-53)
shares = st.floats(min_value=0.0, max_value=1.0)
log_odds = st.floats(min_value=-8.0, max_value=8.0)


def between(low: float, high: float) -> st.SearchStrategy[float]:
    """Return finite numbers between two bounds."""
    return st.floats(min_value=low, max_value=high, allow_nan=False)
