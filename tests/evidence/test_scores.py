"""Scores by hand, by definition, and by what makes them proper."""

from __future__ import annotations

import builtins
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.evidence.score import scores
from tests.properties import between, steady

counts = st.lists(st.integers(40, 200), min_size=2, max_size=30)


def crps_by_pairs(truth: float, members: list[int], *, fair: bool) -> float:
    """E|X - y| - E|X - X'|/2, over all pairs, or over pairs of two different members."""
    n = len(members)
    near = sum(abs(m - truth) for m in members) / n
    apart = sum(abs(a - b) for a in members for b in members) / (n * (n - 1 if fair else n))
    return near - apart / 2


def crps_by_integral(truth: float, members: list[int]) -> float:
    """The area between the distribution and the step at the truth, squared."""
    ends = sorted({*members, truth})
    area = 0.0
    for left, right in pairwise(ends):
        below = sum(m <= left for m in members) / len(members)
        area += (below - (truth <= left)) ** 2 * (right - left)
    return area


# -- CRPS ----------------------------------------------------------------------------------------


def test_crps_by_hand() -> None:
    assert scores.crps(135, [126]) == 9
    assert scores.crps(135, [130, 140], fair=False) == pytest.approx(5 - 10 / 4)
    assert scores.crps(135, [130, 140]) == pytest.approx(5 - 10 / 2)
    stack = scores.crps([135, 1], [[130, 140], [1, 1]], fair=False)
    assert stack == pytest.approx([2.5, 0.0])


@steady
@given(st.integers(40, 200), counts)
def test_crps_is_what_its_definitions_say(truth: int, members: list[int]) -> None:
    plain = float(scores.crps(truth, members, fair=False))
    assert plain == pytest.approx(crps_by_pairs(truth, members, fair=False), abs=1e-9)
    assert plain == pytest.approx(crps_by_integral(truth, members), abs=1e-9)
    fair = float(scores.crps(truth, members))
    assert fair == pytest.approx(crps_by_pairs(truth, members, fair=True), abs=1e-9)


def test_crps_in_blocks_is_crps_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    truth, members = rng.normal(size=7), rng.normal(size=(7, 11))
    whole = scores.crps(truth, members)
    monkeypatch.setattr(scores, "_BLOCK", 25)
    assert scores.crps(truth, members) == pytest.approx(whole)


@steady
@given(
    st.lists(between(0.01, 1.0), min_size=3, max_size=6),
    st.lists(between(0.01, 1.0), min_size=3, max_size=6),
)
def test_crps_is_proper(belief: list[float], other: list[float]) -> None:
    """Under a belief over a few counts, saying it costs no more on average than saying another."""
    size = min(len(belief), len(other))
    p, q = (np.array(x[:size]) / sum(x[:size]) for x in (belief, other))

    def expected(said: np.ndarray[Any, Any]) -> float:
        steps = np.cumsum(said)
        loss = [((steps - (np.arange(size) >= y)) ** 2).sum() for y in range(size)]
        return float(p @ loss)

    assert expected(p) <= expected(q) + 1e-12
    # and the ensemble that stands for the belief has just this score
    members = np.repeat(np.arange(size), np.round(p * 1000).astype(int))
    ours = [float(scores.crps(y, members, fair=False)) for y in range(size)]
    assert float(p @ ours) == pytest.approx(expected(p), abs=0.02)


# -- log score and PIT of counts ------------------------------------------------------------------


@steady
@given(counts)
def test_the_smoothed_distribution_is_one(members: list[int]) -> None:
    mass = scores.count_probabilities(members, 1, 200)
    assert mass.sum() == pytest.approx(1.0)
    assert mass.min() >= scores.FLOOR / 200 * (1 - 1e-9)
    assert int(mass.argmax()) + 1 in range(min(members), max(members) + 1)


def test_log_score_of_a_sure_forecast() -> None:
    """One member at the truth keeps the kernel's middle: P(|Z| < 1) of half a CCG's width."""
    middle = math.erf(1 / math.sqrt(2))
    said = (1 - scores.FLOOR) * middle + scores.FLOOR / 200
    assert scores.log_score_of_count(135, [135], 1, 200) == pytest.approx(-math.log(said))
    far = scores.log_score_of_count(135, [42], 1, 200)
    assert far == pytest.approx(-math.log(scores.FLOOR / 200))
    with pytest.raises(ValueError, match="outside"):
        scores.log_score_of_count(0, [42], 1, 200)


def test_pit_by_hand() -> None:
    assert scores.pit(5, [1, 2, 3], 0.5) == pytest.approx(3.5 / 4)
    assert scores.pit(2, [1, 2, 2, 3], 0.0) == pytest.approx(1 / 5)
    assert scores.pit(2, [1, 2, 2, 3], 1.0) == pytest.approx(4 / 5)


def test_pit_is_uniform_for_counts_too() -> None:
    """4,000 truths among their own kind; a 1 % test of Kolmogorov and Smirnov (1.63/sqrt n)."""
    rng = np.random.default_rng(5)
    drawn = rng.poisson(2.0, size=(4000, 10))
    values = np.sort(scores.pit(drawn[:, 0], drawn[:, 1:], rng.random(4000)))
    gap = np.abs(values - np.arange(4000) / 4000).max()
    assert gap < 1.63 / math.sqrt(4000) + 1 / 4000
    narrow = np.sort(scores.pit(drawn[:, 0], drawn[:, 1:] * 0 + 2, rng.random(4000)))
    assert np.abs(narrow - np.arange(4000) / 4000).max() > 0.1


def test_intervals_hold_their_share_of_what_comes() -> None:
    rng = np.random.default_rng(6)
    truth, members = rng.normal(size=3000), rng.normal(size=(3000, 200))
    for level in scores.LEVELS:
        share = scores.covered(truth, members, level).mean()
        # four standard errors, and what 200 members leave open
        assert abs(share - level) < 4 * math.sqrt(level * (1 - level) / 3000) + 0.01
    low, high = scores.interval(np.arange(101), 0.9)
    assert (float(low), float(high)) == (5.0, 95.0)
    assert scores.covered(5, np.arange(101), 0.9) and not scores.covered(4, np.arange(101), 0.9)


# -- yes and no -----------------------------------------------------------------------------------


def test_brier_by_hand() -> None:
    outcomes, chances = [1, 0, 0, 1], [0.9, 0.2, 0.5, 0.5]
    assert scores.brier(outcomes, chances) == pytest.approx([0.01, 0.04, 0.25, 0.25])


def test_log_score_clips_alike() -> None:
    sure = -math.log(1 - scores.CLIP)
    wrong = -math.log(scores.CLIP)
    assert scores.log_score([1, 0, 1], [1.0, 0.0, 0.0]) == pytest.approx([sure, sure, wrong])
    assert scores.log_score([1], [0.25]) == pytest.approx([math.log(4)])
    assert scores.log_score([1], [0.0], clip=0.1) == pytest.approx([-math.log(0.1)])


@steady
@given(between(0.01, 0.99), between(0.01, 0.99))
def test_brier_and_log_score_are_proper(belief: float, said: float) -> None:
    for score in (scores.brier, scores.log_score):
        own = belief * score([1], [belief])[0] + (1 - belief) * score([0], [belief])[0]
        other = belief * score([1], [said])[0] + (1 - belief) * score([0], [said])[0]
        assert own <= other + 1e-12
        if abs(belief - said) > 0.01:
            assert own < other


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or 1"):
        scores.brier([0, 1], [0.5, 1.5])
    with pytest.raises(ValueError, match="0 or 1"):
        scores.log_score([0, 2], [0.5, 0.5])
    with pytest.raises(ValueError, match="outcomes"):
        scores.brier([0, 1], [0.5])


def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__
    with pytest.raises(InputError, match=r"needs the package nowhere, .*\[analysis\]"):
        scores.require("nowhere.at_all")

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr("importlib.import_module", refuse)
    with pytest.raises(InputError, match="package scikit-learn"):
        scores.require("sklearn.linear_model")
