"""Forecasts of a wave left out: honest ones pass, those too sure or too timid are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.agents import replicate_log
from sim.evidence.fit import FitSettings, Wave, wave_of_2020
from sim.evidence.fit.emulator import Emulator, Features, back, transform
from sim.evidence.fit.posterior import Design, design
from sim.evidence.proof.predictive import (
    Forecasts,
    PredictedWave,
    leave_each_out,
    predictive_draws,
    whole_columns,
)
from sim.evidence.proof.predictive_report import predictive_report, smallest_adjusted_p
from sim.evidence.proof.predictive_tables import (
    FIGURE,
    FILES,
    events,
    held,
    predictive_pit,
    predictive_tables,
    uniform_p,
    write_tables,
)
from sim.experiment.independent_streams import IndependentStreams
from sim.scenario import Scenario
from sim.streams.purposes import GROUPS
from sim.world import World
from sim.world.load import load_world

Array = NDArray[np.float64]
TRUTHS = 200
SEED = 5
Change = Callable[[PredictedWave], PredictedWave]


def toy(name: str, names: tuple[str, ...], observed: list[float]) -> Wave:
    used = tuple(range(len(names)))
    return Wave(name, {}, names, np.array(observed), (), used, lambda folder: (folder, folder))  # type: ignore[arg-type, return-value]


@pytest.fixture(scope="module")
def left_out() -> tuple[PredictedWave, ...]:
    """Two waves of counts that share two parameters; means are far from 0, so all is near normal.

    On the square-root scale a count of mean m scatters by one half, whatever m.
    """
    rng = np.random.default_rng(1)
    standardised = rng.standard_normal((2000, 3))
    first = rng.poisson((7.0 + standardised @ np.array([[1.0, 0.5], [0.0, 0.5], [0.0, 0.0]])) ** 2)
    second = rng.poisson((8.0 + standardised @ np.array([[1.0, 0.0], [0.3, 1.0], [0.0, 0.0]])) ** 2)
    waves = (toy("one", ("a", "b"), [49.0, 60.0]), toy("two", ("c", "d"), [70.0, 300.0]))
    designs = [Design(standardised, transform(part.astype(float))) for part in (first, second)]
    return leave_each_out(waves, designs, ("x", "y", "idle"), truths=TRUTHS, seed=SEED)


def pits(found: tuple[PredictedWave, ...]) -> pd.DataFrame:
    return pd.concat([predictive_pit(one, seed=SEED) for one in found])


def narrowed(one: PredictedWave, factor: float) -> PredictedWave:
    draws = one.synthetic.draws
    middle = np.median(draws, axis=1, keepdims=True)
    squeezed = np.round(middle + factor * (draws - middle))
    return replace(one, synthetic=Forecasts(squeezed, one.synthetic.seen))


@pytest.mark.slow
def test_honest_forecasts_pass(left_out: tuple[PredictedWave, ...]) -> None:
    """Four p-values; the adjusted smallest falls below .01 in one of a hundred seeds."""
    found = pits(left_out)
    assert smallest_adjusted_p(found) > 0.01
    every = found.loc[found["source"] == "synthetic", "pit"].to_numpy()
    assert len(every) == 4 * TRUTHS
    # standard errors below .025, items of one truth going together
    assert [held(every, level) for level in (0.5, 0.8, 0.9)] == pytest.approx(
        [0.5, 0.8, 0.9], abs=0.06
    )
    tables = predictive_tables(left_out, seed=SEED)
    inside = tables.histogram["items"].between(
        tables.histogram["band_low"], tables.histogram["band_high"]
    )
    assert inside.mean() > 0.7  # 20 bars, nine in ten expected
    curves = tables.reliability[tables.reliability["source"] == "synthetic"]
    assert curves["observed"].between(curves["band_low"], curves["band_high"]).mean() > 0.7


@pytest.mark.slow
@pytest.mark.parametrize(("factor", "shorter"), [(0.5, True), (2.0, False)])
def test_forecasts_half_or_twice_as_wide_are_found(
    left_out: tuple[PredictedWave, ...], factor: float, shorter: bool
) -> None:
    changed = tuple(narrowed(one, factor) for one in left_out)
    found = pits(changed)
    assert smallest_adjusted_p(found) < 1e-4
    every = found.loc[found["source"] == "synthetic", "pit"].to_numpy()
    share = held(every, 0.8)
    assert share < 0.65 if shorter else share > 0.92
    tables = predictive_tables(changed, seed=SEED)
    bars = tables.histogram.set_index(["left_out", "low"]).loc["two"].iloc[[0, -1]]
    outside = bars["items"] > bars["band_high"] if shorter else bars["items"] < bars["band_low"]
    assert outside.all()


@pytest.mark.slow
def test_forecasts_that_are_off_are_found_in_the_reliability(
    left_out: tuple[PredictedWave, ...],
) -> None:
    one = left_out[1]
    shifted = replace(one, synthetic=Forecasts(one.synthetic.draws + 15.0, one.synthetic.seen))
    curve = predictive_tables([shifted], seed=SEED).reliability
    curve = curve[curve["source"] == "synthetic"]
    assert (curve["observed"] < curve["band_low"]).mean() > 0.5


@pytest.mark.slow
def test_the_wave_left_out_is_forecast_from_the_other(left_out: tuple[PredictedWave, ...]) -> None:
    """Truths high in one wave are forecast high in the other, and the record goes the same way."""
    one, two = left_out
    assert (one.wave, one.fitted, one.names) == ("one", ("two",), ("a", "b"))
    middle = np.median(one.synthetic.draws, axis=1)
    assert np.corrcoef(middle[:, 0], one.synthetic.seen[:, 0])[0, 1] > 0.6
    width = np.diff(np.quantile(one.synthetic.draws[:, :, 0], (0.1, 0.9), axis=1), axis=0).mean()
    assert width < 0.8 * np.diff(np.quantile(one.prior[:, 0], (0.1, 0.9)))[0]
    assert one.record.seen.tolist() == [[49.0, 60.0]] and two.record.seen.tolist() == [[70, 300]]
    assert one.record.draws.shape[0] == 1
    # d of 300 is far above anything of wave one's record: its mid-PIT says so
    table = predictive_pit(two, seed=SEED)
    record = table[table["source"] == "recorded"].set_index("summary")
    assert record.loc["d", "pit"] > 0.98
    assert 0.05 < record.loc["c", "pit"] < 0.99


def test_one_wave_alone_has_nothing_to_forecast() -> None:
    assert leave_each_out((toy("one", ("a",), [1.0]),), (), ("x",), truths=20, seed=1) == ()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_tables(left_out: tuple[PredictedWave, ...]) -> None:
    first, again = (predictive_tables(left_out, seed=SEED) for _ in range(2))
    for one, other in zip(first.all(), again.all(), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_draws_scatter_as_the_emulator_says() -> None:
    covariance = np.array([[0.25, 0.1], [0.1, 0.16]])
    emulator = Emulator(
        Features(()), np.array([[2.0, 1.0], [1.0, 0.0], [0.0, 0.0]]), covariance, np.ones(2)
    )
    standardised = np.full((1, 20_000, 1), 0.5)
    drawn = predictive_draws(emulator, standardised, np.random.Generator(np.random.Philox(3)))[0]
    assert drawn.shape == (100_000, 2)
    assert drawn.mean(axis=0) == pytest.approx([2.5, 1.0], abs=0.01)
    assert np.cov(drawn.T) == pytest.approx(covariance, abs=0.005)


def test_counts_come_back_from_the_square_root_scale() -> None:
    counts = np.array([[0.0, 1.0, 7.0, -2.5, 1.25]])
    scaled = transform(counts, signed=(3,))
    assert back(scaled, signed=(3,)) == pytest.approx(counts)
    assert whole_columns(scaled, signed=(3,)) == (0, 1, 2)
    drawn = np.array([[-0.4, 1.2, 2.8, -2.6, 0.3]])
    # 1.2^2 - 1/4 is 1.19, 2.8^2 - 1/4 is 7.59; below one half nothing is left
    assert back(drawn, signed=(3,), whole=(0, 1, 2)).tolist() == [[0.0, 1.0, 8.0, -2.6, 0.0]]


def test_events_are_thresholds_that_can_be_passed() -> None:
    prior = np.array([[0.0] * 8 + [1.0, 2.0], [5.0] * 10, list(range(10))]).T
    which, above = events(prior)
    assert list(zip(which.tolist(), above.tolist(), strict=True)) == [
        (0, 0.0), (0, 1.0), (2, 2.0), (2, 4.0), (2, 7.0), (2, 8.0),
    ]  # fmt: skip


def test_a_count_at_the_threshold_has_not_passed_it() -> None:
    """By hand: the threshold is 1; two of the four draws of each truth are above, one truth is."""
    draws = np.array([[[0.0], [1.0], [2.0], [3.0]]] * 4)
    seen = np.array([[1.0], [1.0], [2.0], [0.0]])
    prior = np.array([[1.0]] * 19 + [[2.0]])
    one = PredictedWave(
        "w", ("v",), ("a",), Forecasts(draws, seen), Forecasts(draws[:1], seen[:1]), prior
    )
    curve = predictive_tables([one], seed=SEED).reliability.set_index("source")
    assert curve["forecast"].tolist() == [0.5, 0.5]
    assert curve["observed"].tolist() == [0.25, 0.0]
    assert curve["items"].tolist() == [4, 1]
    # of the record's four draws one is below 1 and one as much: its mid-PIT by hand
    pit = predictive_pit(one, seed=SEED).set_index("source")
    assert pit.loc["recorded", "pit"] == pytest.approx((1 + 0.5 * 2) / 5)


def test_uniform_values_are_told_from_others() -> None:
    level = (np.arange(200) + 0.5) / 200
    assert uniform_p(level) == pytest.approx(1.0)
    assert uniform_p(level**2) < 1e-4
    assert held(level, 0.8) == pytest.approx(0.8)


@pytest.mark.slow
def test_the_report_tells_coverage_and_where_the_record_fell(
    left_out: tuple[PredictedWave, ...],
) -> None:
    table = pits(left_out)
    text = predictive_report(left_out, table, seed=SEED)
    assert "### one, forecast from two" in text and "### two, forecast from one" in text
    row = next(line for line in text.splitlines() if line.startswith("| d |"))
    mine = table[(table["summary"] == "d") & (table["source"] == "synthetic")]["pit"].to_numpy()
    assert f"| {held(mine, 0.5):.0%} | {held(mine, 0.8):.0%} | {held(mine, 0.9):.0%} |" in row
    assert "| 300 |" in row
    assert "80% intervals 75.5% to 84.5%" in text  # binomial with 200 truths
    widths = {line.count("|") for line in text.splitlines() if line.startswith("|")}
    assert len(widths) == 1


@pytest.mark.slow
def test_tables_of_an_earlier_run_do_not_stay(
    left_out: tuple[PredictedWave, ...], tmp_path: Path
) -> None:
    write_tables(tmp_path, predictive_tables(left_out, seed=SEED))
    (tmp_path / f"{FIGURE}.png").touch()
    assert {path.stem for path in tmp_path.iterdir()} == {*FILES, FIGURE}
    write_tables(tmp_path, None)
    assert not list(tmp_path.iterdir())


def swapped(engine: IndependentStreams, world: World, scenario: Scenario) -> dict[str, int]:
    """Return which groups of random streams an engine draws from another replication."""
    with pytest.MonkeyPatch.context() as patch:
        asked: list[dict[str, int]] = []
        patch.setattr("sim.agents.replicate_log", lambda *given: asked.append(given[4]))
        engine(world, scenario, 3, 7)
    [swaps] = asked
    assert all(number != 7 for number in swaps.values())
    return swaps


def test_waves_of_one_truth_share_parameters_and_no_luck() -> None:
    wave = wave_of_2020()
    scenario, world = wave.scenario("prior"), load_world("england_2019")
    plain = [replicate_log(world, scenario, 3, number) for number in range(2)]
    own = [IndependentStreams(1)(world, scenario, 3, number) for number in range(2)]
    for one, other in zip(plain, own, strict=True):
        assert one.parameters == other.parameters
        assert one.events != other.events
    # every group of purposes but the parameters is drawn anew, places above all
    assert set(swapped(IndependentStreams(1), world, scenario)) == set(GROUPS) - {"parameters"}
    assert (
        IndependentStreams(1)(world, scenario, 3, 0).events
        == own[0].events
        != IndependentStreams(2)(world, scenario, 3, 0).events
    )


def test_independent_streams_leave_the_parameters_as_they_are(tmp_path: Path) -> None:
    wave = wave_of_2020()
    shared, own = (
        design(
            wave,
            tmp_path / str(number),
            ("support_mean", "start_rate"),
            FitSettings(tmp_path, replications=4, seed=2, workers=1),
            independent=number,
        )
        for number in (0, 1)
    )
    assert np.array_equal(shared.standardised, own.standardised)
    assert not np.array_equal(shared.summaries, own.summaries)
