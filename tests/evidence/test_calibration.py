"""The fitting: the sampler against known answers, the emulator, and the whole chain in small."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from sim.evidence.convergence import r_hat
from sim.evidence.fit import FitSettings, Wave, wave_of_2020
from sim.evidence.fit.emulator import fit_emulator, transform
from sim.evidence.fit.identifiability import identifiability_report, learnt, tied_pairs
from sim.evidence.fit.posterior import Design, Quadratic, fit_posterior
from sim.evidence.fit.standardised import (
    ROWS,
    drawn_rows,
    drawn_standardised,
    fitted_names,
    values_of,
    write_draws,
)
from sim.evidence.proof.simulation_based import check_report, simulation_based_check
from sim.evidence.sampler import elliptical_slice
from sim.experiment.api import run_batch
from sim.scenario.posterior import find_posterior

Array = NDArray[np.float64]


def test_slices_find_a_posterior_that_is_known() -> None:
    """Prior N(0, 1), data y = x + N(0, s): the posterior is normal with known mean and variance."""
    spread = np.array([0.5, 1.0, 3.0])
    seen = np.array([1.2, -0.7, 2.0])

    def log_likelihood(x: Array, _chains: NDArray[np.int64]) -> Array:
        return np.asarray(-0.5 * (((x - seen) / spread) ** 2).sum(axis=1))

    draws = elliptical_slice(log_likelihood, 3, chains=40, warmup=200, steps=2000, thin=10, seed=3)
    variance = 1.0 / (1.0 + spread**-2)
    flat = draws.reshape(-1, 3)
    # 8,000 draws, nearly independent: four standard errors, a false alarm in some 16,000 runs
    assert flat.mean(axis=0) == pytest.approx(variance * seen / spread**2, abs=4 * 0.015)
    assert flat.var(axis=0) == pytest.approx(variance, rel=0.1)
    assert r_hat(draws).max() < 1.02
    again = elliptical_slice(log_likelihood, 3, chains=40, warmup=200, steps=2000, thin=10, seed=3)
    assert np.array_equal(draws, again)


def test_the_emulator_recovers_a_quadratic_and_its_spread() -> None:
    rng = np.random.default_rng(5)
    x = rng.standard_normal((6000, 4))
    mean = np.stack([2.0 + x[:, 0] - 0.5 * (x[:, 1] ** 2 - 1.0), x[:, 2] + x[:, 0] * x[:, 1]], 1)
    noise = rng.multivariate_normal([0.0, 0.0], [[0.25, 0.1], [0.1, 0.16]], size=6000)
    emulator = fit_emulator(x, mean + noise, interacting=3)
    new = rng.standard_normal((50, 4))
    wanted = np.stack(
        [2.0 + new[:, 0] - 0.5 * (new[:, 1] ** 2 - 1.0), new[:, 2] + new[:, 0] * new[:, 1]], 1
    )
    assert emulator.mean(new) == pytest.approx(wanted, abs=0.2)
    assert emulator.covariance == pytest.approx(np.array([[0.25, 0.1], [0.1, 0.16]]), abs=0.03)
    seen = np.array([1.0, 0.3])
    levels = emulator.log_likelihood(new, seen)
    exact = [
        stats.multivariate_normal(m, emulator.covariance).logpdf(seen) for m in emulator.mean(new)
    ]
    assert levels - levels[0] == pytest.approx(np.array(exact) - exact[0])


def test_counts_are_put_on_the_square_root_scale_and_signed_ones_left() -> None:
    scaled = transform(np.array([[0.0, 2.0, -3.0]]), signed=(2,))
    assert scaled.tolist() == [[0.5, 1.5, -3.0]]


def test_a_quadratic_is_a_surrogate_of_a_smooth_likelihood() -> None:
    rng = np.random.default_rng(2)
    points = rng.standard_normal((3000, 3))

    def level(x: Array) -> Array:
        return np.asarray(-5.0 - (x[:, 0] - 0.5) ** 2 - 0.5 * x[:, 1] * x[:, 2])

    surrogate = Quadratic.fit(points, level(points))
    assert surrogate.at(points[:100]) == pytest.approx(level(points[:100]), abs=0.05)


def test_scores_and_values_are_those_of_the_batch(tmp_path: Path) -> None:
    """What the emulator believes a replication drew is what the replication says it drew."""
    wave = wave_of_2020()
    names = fitted_names()
    batch = run_batch(wave.scenario("prior"), replications=3, seed=5, workers=1, out=tmp_path / "b")
    import pandas as pd

    drawn = pd.read_parquet(batch.folder / "parameters.parquet")
    values = values_of(drawn_standardised(5, [0, 1, 2], names), names)
    for name in names:
        told = drawn[drawn["parameter"] == name].sort_values("replication")["value"].to_numpy()
        assert values[name] == pytest.approx(told, rel=1e-9), name


def test_joint_draws_go_out_and_come_back(tmp_path: Path) -> None:
    names = fitted_names()
    standardised = np.random.default_rng(0).standard_normal((20, len(names)))
    values = values_of(standardised, names)
    write_draws(tmp_path / "draws.csv", values)
    posterior = find_posterior(str(tmp_path), tmp_path, tuple(ROWS), "test")
    assert posterior is not None
    assert posterior.names == names
    assert pytest.approx(np.array(list(values.values())), rel=1e-6) == np.array(posterior.rows).T
    rows = drawn_rows(7, range(200), 20)
    assert set(rows.tolist()) == set(range(20))  # missing one of 20 in 200: chance below 1e-3


def toy_wave(used: tuple[int, ...] = (0, 1, 2)) -> Wave:
    return Wave("toy", {}, ("a", "b", "c"), np.zeros(3), (), used, lambda folder: (folder, folder))  # type: ignore[arg-type, return-value]


def test_simulation_based_check_holds_for_a_model_it_can_fit() -> None:
    """A linear model with normal noise is fitted exactly, so ranks are uniform.

    200 truths, 4 parameters; the adjusted p-value falls below .001 in one of a thousand seeds.
    """
    rng = np.random.default_rng(11)
    standardised = rng.standard_normal((3000, 4))
    weights = np.array([[1.0, 0.0, 0.3], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    summaries = standardised @ weights + 0.7 * rng.standard_normal((3000, 3))
    found = simulation_based_check(
        [toy_wave()], [Design(standardised, summaries)], ("a", "b", "c", "idle"), truths=200, seed=1
    )
    assert found.smallest_adjusted_p() > 0.001
    by_name = {row.name: row for row in found.parameters}
    assert by_name["idle"].contraction == pytest.approx(0.0, abs=0.1)
    assert by_name["a"].contraction > 0.3
    coverage = np.mean([row.coverage for row in found.parameters], axis=0)
    assert coverage == pytest.approx([0.5, 0.8, 0.9], abs=0.07)
    assert "| `idle` |" in check_report(found, 200)


def test_simulation_based_check_sees_a_fit_that_is_too_sure() -> None:
    rng = np.random.default_rng(12)
    standardised = rng.standard_normal((3000, 2))
    summaries = standardised @ np.array([[1.0, 0.0, 0.2], [0.0, 1.0, 0.2]])
    summaries = summaries + 0.3 * rng.standard_normal((3000, 3))
    noisy = summaries.copy()
    noisy[-200:] += 1.5 * rng.standard_normal((200, 3))  # the truths scatter more than it thinks
    found = simulation_based_check(
        [toy_wave()], [Design(standardised, noisy)], ("a", "b"), truths=200, seed=1
    )
    assert found.smallest_adjusted_p() < 1e-6


def test_the_report_says_what_was_learnt() -> None:
    names = ("support_mean", "start_rate")
    rng = np.random.default_rng(4)
    shared = rng.standard_normal(4000)
    standardised = np.stack(
        [1.0 + 0.3 * shared, -0.29 * shared + 0.1 * rng.standard_normal(4000)], 1
    )
    rows = learnt(names, standardised, values_of(standardised, names))
    assert rows[0].name == "support_mean"
    assert rows[0].shift == pytest.approx(1.0, abs=0.02)
    assert rows[0].contraction == pytest.approx(0.91, abs=0.02)
    (pair,) = tied_pairs(names, standardised)
    assert pair[:2] == names
    assert pair[2] < -0.9
    assert "hardly tell apart" in identifiability_report(
        names, standardised, values_of(standardised, names)
    )


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_the_whole_chain_in_small_gives_the_same_draws(tmp_path: Path, workers: int) -> None:
    """Two rounds of 40 replications: too few to learn much, enough to go through every step."""
    wave = wave_of_2020()
    short = Wave(
        wave.name,
        wave.tables | {"end": date(2020, 4, 1)},
        wave.names,
        wave.observed,
        wave.signed,
        wave.used,
        wave.of,
    )
    found = fit_posterior([short], None, FitSettings(tmp_path, 40, 3, workers))
    assert found.standardised.shape == (1000, len(fitted_names()))
    assert np.isfinite(found.standardised).all()
    KEPT.append(found.standardised)
    assert np.array_equal(KEPT[0], found.standardised), "workers must not change the draws"


KEPT: list[Array] = []
