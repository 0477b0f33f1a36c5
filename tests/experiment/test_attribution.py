"""Shares by driver, and the worth of knowing scale."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiment.attribution import DRIVERS, LOCAL, attribute, shapley, without
from sim.experiment.batch import Batch, run_batch
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


@pytest.mark.slow
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
