"""Quantile functions: against scipy.stats, monotone, and right at the edges."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.streams import quantiles
from tests.properties import steady, uniforms

GRID = [2.0**-54, 1e-9, 0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1.0 - 1e-9, 1.0 - 2.0**-53]

# name, our quantile function of u alone, the same distribution of scipy
CASES: list[tuple[str, Callable[[float], float], Any]] = [
    ("exponential", lambda u: quantiles.exponential(u, 3.0), stats.expon(scale=3.0)),
    ("normal", lambda u: quantiles.normal(u, -1.0, 2.5), stats.norm(-1.0, 2.5)),
    ("lognormal", lambda u: quantiles.lognormal(u, 4.0, 0.3), stats.lognorm(0.3, scale=4.0)),
    ("uniform", lambda u: quantiles.uniform(u, -2.0, 5.0), stats.uniform(-2.0, 7.0)),
    (
        "triangular",
        lambda u: quantiles.triangular(u, 0.3, 0.5, 1.5),
        stats.triang(0.2 / 1.2, 0.3, 1.2),
    ),
    ("triangular left", lambda u: quantiles.triangular(u, 1.0, 1.0, 3.0), stats.triang(0, 1, 2)),
    ("triangular right", lambda u: quantiles.triangular(u, 1.0, 3.0, 3.0), stats.triang(1, 1, 2)),
    ("gamma", lambda u: quantiles.gamma(u, 6.0, 3.0), stats.gamma(4.0, scale=1.5)),
    ("beta", lambda u: quantiles.beta(u, 1.5, 8.5), stats.beta(1.5, 8.5)),
]
NAMES = [name for name, _, _ in CASES]


@pytest.mark.parametrize(("name", "ours", "theirs"), CASES, ids=NAMES)
def test_the_quantiles_are_those_of_scipy(
    name: str, ours: Callable[[float], float], theirs: Any
) -> None:
    for u in GRID:
        assert ours(u) == pytest.approx(float(theirs.ppf(u)), rel=1e-9, abs=1e-9), (name, u)


@pytest.mark.parametrize(("name", "ours", "theirs"), CASES, ids=NAMES)
@steady
@given(u=uniforms, other=uniforms)
def test_a_larger_uniform_never_gives_a_smaller_draw(
    name: str, ours: Callable[[float], float], theirs: Any, u: float, other: float
) -> None:
    low, high = sorted((u, other))
    assert ours(low) <= ours(high)
    assert math.isfinite(ours(low))
    lowest, highest = theirs.support()
    assert lowest <= ours(low)
    assert ours(high) <= highest


@steady
@given(u=uniforms, a=st.floats(0.1, 20.0), b=st.floats(0.1, 20.0))
def test_larger_parameters_move_the_draw_the_right_way(u: float, a: float, b: float) -> None:
    """One uniform per draw: a changed parameter moves that draw smoothly and no other."""
    low, high = sorted((a, b))
    assert quantiles.exponential(u, low) <= quantiles.exponential(u, high)
    assert quantiles.lognormal(u, low, 0.4) <= quantiles.lognormal(u, high, 0.4)
    assert quantiles.normal(u, low, 1.0) <= quantiles.normal(u, high, 1.0)
    assert quantiles.gamma(u, low, 0.0) == low
    assert quantiles.beta(u, low, 3.0) <= quantiles.beta(u, high, 3.0) + 1e-12


def test_distributions_without_spread_are_their_value() -> None:
    for u in GRID:
        assert quantiles.triangular(u, 2.0, 2.0, 2.0) == 2.0
        assert quantiles.gamma(u, 5.0, 0.0) == 5.0
        assert quantiles.normal(u, 1.5, 0.0) == 1.5
        assert quantiles.lognormal(u, 3.0, 0.0) == 3.0
        assert quantiles.uniform(u, 4.0, 4.0) == 4.0


def test_means_come_out_as_stated() -> None:
    """Averages over a fine grid of uniforms: exact but for the grid, no luck involved."""
    n = 20_000
    grid = [(i + 0.5) / n for i in range(n)]

    def mean(draw: Callable[[float], float]) -> float:
        return math.fsum(draw(u) for u in grid) / n

    assert mean(lambda u: quantiles.gamma(u, 5.5, 3.0)) == pytest.approx(5.5, rel=1e-3)
    assert mean(lambda u: quantiles.beta(u, 2.0, 3.0)) == pytest.approx(0.4, rel=1e-3)
    assert mean(lambda u: quantiles.exponential(u, 2.0)) == pytest.approx(2.0, rel=1e-3)
    assert mean(lambda u: quantiles.triangular(u, 0.2, 0.3, 0.5)) == pytest.approx(1 / 3, rel=1e-3)


def test_a_beta_with_nothing_between_its_ends_is_one_of_them() -> None:
    drawn = [quantiles.beta((i + 0.5) / 200, 1e-5, 3e-5) for i in range(200)]
    assert all(0.0 <= value <= 1.0 for value in drawn)
    assert sum(value > 0.5 for value in drawn) == pytest.approx(50, abs=2)
