"""Many bodies at once have the luck they have one by one, page by page; exact quantiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.streams import Streams, purposes, quantiles
from sim.streams.purposes import BodyKind

SIZES: dict[BodyKind, int] = {"practice": 50, "ccg": 7, "system": 3}
ROWS = [(3, 4, 5, 6), (2, 3), (0, 9, 11), (5,), (1, 3), tuple(range(50)), (4, 6, 7), (0, 2, 4)]


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("attempt", [0, 1, 2])
def test_many_at_once_are_the_same_as_one_by_one(rows: tuple[int, ...], attempt: int) -> None:
    streams, again = Streams(1, 2, SIZES), Streams(1, 2, SIZES)
    expected = [again.uniform(purposes.PRACTICE_VOTE, row, attempt) for row in rows]
    assert streams.uniforms(purposes.PRACTICE_VOTE, rows, attempt) == expected
    normals = [quantiles.standard_normal(u) for u in expected]
    assert streams.normals(purposes.PRACTICE_VOTE, rows, attempt) == pytest.approx(
        normals, abs=1e-12
    )


def test_the_first_attempt_is_the_default() -> None:
    streams, rows = Streams(1, 2, SIZES), (1, 2, 3)
    assert streams.uniforms(purposes.TURNOUT, rows) == streams.uniforms(purposes.TURNOUT, rows, 0)
    assert streams.normals(purposes.TURNOUT, rows) == streams.normals(purposes.TURNOUT, rows, 0)


def test_pages_of_uniforms_and_normals_are_kept_apart() -> None:
    """Asked in any order and more than once, every address gives its own number."""
    streams, rows = Streams(4, 5, SIZES), (0, 1, 2)
    asked: list[tuple[str, Any, int]] = [
        (kind, purpose, attempt)
        for purpose in (purposes.PRACTICE_VOTE, purposes.PRACTICE_TURNOUT)
        for attempt in (0, 1, 2)
        for kind in ("uniforms", "normals")
    ]
    first = [getattr(streams, kind)(purpose, rows, attempt) for kind, purpose, attempt in asked]
    again = [getattr(streams, kind)(purpose, rows, attempt) for kind, purpose, attempt in asked]
    assert first == again
    assert len({tuple(values) for values in first}) == len(asked)


def test_a_page_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    streams, drawn = Streams(1, 2, SIZES), []
    draw = Streams._draw

    def count(self: Streams, purpose: purposes.Purpose, page: int) -> np.ndarray:
        drawn.append((purpose.number, page))
        return draw(self, purpose, page)

    monkeypatch.setattr(Streams, "_draw", count)
    for _ in range(3):
        streams.uniforms(purposes.PRACTICE_VOTE, (1, 2), 1)
        streams.normals(purposes.PRACTICE_LEANING, (1, 2), 1)
    assert len(drawn) == 2


def test_an_exact_nought_never_reaches_a_quantile(monkeypatch: pytest.MonkeyPatch) -> None:
    page = np.array([0.0, 0.25, 0.5] + [0.75] * 47)
    monkeypatch.setattr(Streams, "_draw", lambda self, purpose, number: page.copy())
    streams = Streams(1, 2, SIZES)
    assert streams.uniforms(purposes.PRACTICE_VOTE, (0, 1, 2)) == [2.0**-54, 0.25, 0.5]
    assert streams.uniform(purposes.PRACTICE_VOTE, 0) == 2.0**-54
    assert math.isfinite(streams.normals(purposes.PRACTICE_VOTE, (0, 1))[0])


def test_logistic_quantiles() -> None:
    assert quantiles.logistic(0.5, 3.0, 2.0) == pytest.approx(3.0)
    assert quantiles.logistic(0.8, 3.0, 2.0) == pytest.approx(3.0 + 2.0 * math.log(4.0))
    assert quantiles.logistic(0.2, 0.0, 1.0) == pytest.approx(-math.log(4.0))


def test_gamma_without_spread_is_its_mean() -> None:
    for sd in (0.0, 1e-300, 1e-200, 1e-12):
        assert quantiles.gamma(0.9, 2.5, sd) == 2.5
    assert quantiles.gamma(0.9, 4e6, 1e-3) == 4e6


def test_the_largest_seed_and_its_neighbour_differ() -> None:
    large = [
        Streams(seed, 0, SIZES).uniform(purposes.TURNOUT, 1) for seed in (2**63 - 1, 2**63 - 2)
    ]
    assert large[0] != large[1]


def test_later_pages_are_kept_each_for_itself() -> None:
    streams = Streams(1, 2, SIZES)
    far = [streams.uniform(purposes.TURNOUT, 1, attempt) for attempt in range(12)]
    assert len(set(far)) == 12
    assert [streams.uniform(purposes.TURNOUT, 1, attempt) for attempt in range(12)] == far
    fresh = [Streams(1, 2, SIZES).uniform(purposes.TURNOUT, 1, attempt) for attempt in range(12)]
    assert fresh == far
    # default: the first body's first attempt
    assert streams.uniform(purposes.TURNOUT) == streams.uniform(purposes.TURNOUT, 0, 0)
