"""Murphy's decomposition adds up, and bands hold what a calibrated forecast gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.score.reliability import bin_of, histogram_band, murphy, reliability_curve
from tests.properties import shares, steady


@steady
@given(st.lists(st.tuples(st.booleans(), shares), min_size=1, max_size=40))
def test_the_parts_add_up_to_the_score(items: list[tuple[bool, float]]) -> None:
    outcomes, chances = (np.array(column, dtype=float) for column in zip(*items, strict=True))
    parts = murphy(outcomes, chances)
    assert parts.brier == pytest.approx(((chances - outcomes) ** 2).mean())
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.within
    assert total == pytest.approx(parts.brier)
    assert parts.reliability >= 0
    assert -1e-12 <= parts.resolution <= parts.uncertainty + 1e-12


def test_the_parts_by_hand() -> None:
    outcomes = [1, 0, 0, 0, 1, 1, 1, 0]
    parts = murphy(outcomes, [0.25] * 4 + [0.55] * 4)
    assert parts.uncertainty == 0.25
    assert parts.resolution == pytest.approx(0.25**2)
    assert parts.reliability == pytest.approx((0 + 0.2**2) / 2)
    assert parts.within == pytest.approx(0)  # all of a bin say the same
    constant = murphy(outcomes, [0.5] * 8)
    assert (constant.reliability, constant.resolution) == pytest.approx((0, 0))


def test_bins_begin_at_their_lower_end() -> None:
    assert bin_of([0.0, 0.1, 0.29999, 0.3, 0.1 + 0.2, 0.7, 1.0]).tolist() == [0, 1, 2, 3, 3, 7, 9]


def test_a_calibrated_forecast_stays_in_its_bands() -> None:
    """Seed 8; 400 bars of about 200 items, so the standard error of the share inside is .015."""
    rng = np.random.default_rng(8)
    inside = []
    for seed in range(40):
        chances = rng.random(2000)
        outcomes = rng.random(2000) < chances
        curve = reliability_curve(outcomes, chances, seed=seed)
        assert curve["items"].sum() == 2000
        inside += list(curve["observed"].between(curve["band_low"], curve["band_high"]))
    assert 0.85 <= np.mean(inside) <= 0.97
    liar = reliability_curve(rng.random(200) < 0.5, rng.random(200), seed=1)
    assert liar["observed"].between(liar["band_low"], liar["band_high"]).mean() < 0.6


def test_bands_widen_where_items_go_together() -> None:
    """Fifty items that all come true or none: the band from truths is the whole range."""
    chances = np.full(50, 0.4)
    together = np.repeat(np.random.default_rng(1).random((400, 1)) < 0.4, 50, axis=1)
    wide = reliability_curve(np.ones(50), chances, seed=1, draws=together).iloc[0]
    assert (wide["band_low"], wide["band_high"]) == (0, 1)
    narrow = reliability_curve(np.ones(50), chances, seed=1).iloc[0]
    assert 0.25 < narrow["band_low"] < narrow["band_high"] < 0.55


def test_histogram_bands_hold_nine_in_ten() -> None:
    values = np.random.default_rng(2).random((2000, 50))
    low, high = histogram_band(values, 5)
    heights = np.array([np.histogram(row, 5, (0, 1))[0] for row in values])
    share = ((low <= heights) & (heights <= high)).mean()
    assert 0.88 <= share <= 0.97
