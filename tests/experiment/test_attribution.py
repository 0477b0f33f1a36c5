"""Shares by driver, the worth of knowing scale, and forecasts beside a batch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiment.attribution import DRIVERS, LOCAL, attribute, shapley, without
from sim.experiment.batch import Batch, run_batch
from sim.experiment.forecasts import FORECASTS, forecasts_beside, wave_sizes
from sim.experiment.information import evpi, value_of_knowing_scale
from sim.scenario import load_scenario
from sim.world import load_world
from tests.agents.arms import from_priors

REPLICATIONS = 40
OF_EIGHT_ARMS = 24
SEED = 1


# -- Shapley ---------------------------------------------------------------------------------------


def worths(of: dict[str, float], bonus: float = 0.0) -> dict[frozenset[str], float]:
    """Return the worth of every set: what its members bring, and a bonus for all together."""
    sets = [frozenset(s) for n in range(len(of) + 1) for s in combinations(of, n)]
    return {s: 7.0 + sum(of[x] for x in s) + (bonus if len(s) == len(of) else 0.0) for s in sets}


def test_shapley_values_are_what_each_adds_and_share_what_only_all_bring() -> None:
    of = {"a": 1.0, "b": 2.0, "c": -0.5}
    assert shapley(worths(of), list(of)) == pytest.approx(of)
    shared = shapley(worths(of, bonus=3.0), list(of))
    assert shared == pytest.approx({name: value + 1.0 for name, value in of.items()})


def test_switching_a_driver_off_leaves_the_others_as_they_were() -> None:
    happened = load_scenario("as_happened")
    silent = without(happened, ["information"])
    assert silent.levers.information.wording == "none"
    assert silent.levers.money == happened.levers.money
    assert silent.levers.force == happened.levers.force
    assert {event.kind for event in silent.calendar} == {"push", "pause"}
    unforced = without(happened, ["force"])
    assert unforced.levers.force.encouragement == unforced.levers.force.cajoling == 0.0
    assert {event.kind for event in unforced.calendar} == {"letter", "guidance", "pause"}
    assert without(happened, ["money"]).levers.money.running_cost_cut == 0.0
    every = without(happened, [])
    assert (every.levers, every.calendar) == (happened.levers, happened.calendar)


def test_shares_of_drivers_sum_to_one_with_intervals() -> None:
    """England, 24 replications of 8 arms, seed 1; false-alarm rate .025 for each driver."""
    found = attribute(
        from_priors("as_happened"), replications=OF_EIGHT_ARMS, seed=SEED, workers=2
    ).shares.set_index("driver")
    print("\n", found)
    assert set(found.index) == {LOCAL, *DRIVERS}
    assert found["share"].sum() == pytest.approx(1.0)
    assert (found["low"] < found["share"]).all()
    assert (found["share"] < found["high"]).all()
    assert (found["se"] > 0.0).all()
    assert (found["low"] > 0.0).all()
    assert found.loc[LOCAL, "share"] > found.loc["money", "share"]


# -- The worth of knowing --------------------------------------------------------------------------


def test_information_is_worth_what_it_changes() -> None:
    """Two policies 1 apart; the effect turns them round half of the time, by 3 against 1."""
    value, changed = evpi(np.array([[0.0, 0.0], [-1.0, 3.0]]))
    assert (value, changed) == (0.5, 0.5)
    assert evpi(np.array([[0.0, 0.0], [-3.0, -1.0]])) == (0.0, 0.0)


# -- A batch of England ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def batch() -> Iterator[Batch]:
    scenarios = [load_scenario(name) for name in ("as_written", "locally_led")]
    yield run_batch(scenarios, replications=REPLICATIONS, seed=SEED, workers=2)


def test_the_worth_of_knowing_scale_is_positive_and_named_by_policy(batch: Batch) -> None:
    world = load_world()
    found = value_of_knowing_scale(batch, world, seed=SEED).set_index("decided_for")
    print("\n", found)
    assert list(found.index) == ["England", "places"]
    assert (found["evpi"] > 0.0).all()
    assert found["share_changed"].between(0.01, 0.6).all()
    assert set(found["best"]) <= set(batch.scenarios)
    same = value_of_knowing_scale(batch, world, "as_written", "as_written", seed=SEED)
    assert (same["evpi"] == 0.0).all()
    with pytest.raises(InputError, match=r"as_writen.*as_written"):
        value_of_knowing_scale(batch, world, "as_writen", "locally_led")


def test_forecasts_of_2019_beside_the_batch(batch: Batch) -> None:
    found = forecasts_beside(batch).set_index(["scenario", "forecast"])
    assert len(found) == 2 * len(FORECASTS)
    finals = batch.replications.set_index("scenario")["final_ccgs"]
    for name in batch.scenarios:
        mine = found.loc[name]
        assert mine.loc["fewer_than_191", "p"] == float((finals[name] < 191).mean())
        assert mine.loc["around_60_70", "p"] == float(finals[name].between(60, 70).mean())
        assert (mine["p_low"] <= mine["p"]).all()
        assert mine["brier_if_true"].tolist() == pytest.approx(((1 - mine["p"]) ** 2).tolist())
        # 191 at the start is more than 42, and the median falls below 191 on the first 1 April.
        assert str(mine.loc["more_than_42", "entered_on"]) == "2019-06-01"
        assert str(mine.loc["fewer_than_191", "entered_on"]) == "2020-04-01"
    written = found.loc["as_written"]
    assert (
        written.loc["fewer_than_councils", "p"]
        >= found.loc[("locally_led", "fewer_than_councils"), "p"]
    )


def test_the_wave_of_april_2020_against_that_of_2006(batch: Batch) -> None:
    found = wave_sizes(batch).set_index("scenario").loc["as_written"]
    assert len(found) == 4
    first = found.iloc[0]
    counts = batch.counts.query("scenario == 'as_written'")
    start, april = sorted(counts["date"].unique())[:2]
    mean = counts.groupby("date")["ccgs"].mean()
    assert first["mean"] == pytest.approx(mean[start] - mean[april])
    assert first["q05"] < first["q50"] < first["q95"]
    assert (found["p_larger_than_2006"] == 0.0).all()
    chance = batch.summary.query("outcome == 'p_fall_over_150'")
    assert list(chance["p"]) == [0.0, 0.0]
