"""Summary and places are recomputed from the Parquet tables by other means."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from sim.experiment.batch import Batch, run_batch
from sim.experiment.history import former_counts
from sim.experiment.summary import FALL_CHANCES, end_chances, quantile, wilson
from sim.world import load_world
from sim.world.load import world_folder
from tests.records.fake_engine import FakeScenario, replicate

SCENARIOS = (FakeScenario("low", rate=0.3), FakeScenario("high", rate=1.0, carry=0.95))


@pytest.fixture(scope="module")
def batch() -> Batch:
    return run_batch(SCENARIOS, replications=40, workers=1, replicate=replicate)  # type: ignore[arg-type]


@pytest.mark.parametrize(("yes", "n"), [(0, 10), (3, 10), (10, 10), (117, 200), (1, 1)])
def test_wilson_agrees_with_scipy(yes: int, n: int) -> None:
    interval = binomtest(yes, n).proportion_ci(0.95, method="wilson")
    assert wilson(yes, n) == pytest.approx((interval.low, interval.high), abs=1e-12)


def test_quantiles_agree_with_numpy() -> None:
    values = sorted([5.0, 1.0, 9.0, 2.0, 2.0, 7.0])
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert quantile(values, share) == pytest.approx(np.quantile(values, share))
    assert quantile([4.0], 0.95) == 4.0


def test_numbers_of_the_summary(batch: Batch) -> None:
    summary = batch.summary.set_index(["scenario", "outcome"])
    for name in ("low", "high"):
        mine = batch.replications[batch.replications["scenario"] == name]
        for outcome in ("final_ccgs", "proposals", "ballots_lost", "panel_wait_days"):
            row, values = summary.loc[(name, outcome)], mine[outcome].dropna()
            assert row["replications"] == len(values)
            assert row["mean"] == pytest.approx(values.mean())
            assert row["sd"] == pytest.approx(values.std())
            assert row["se"] == pytest.approx(values.std() / math.sqrt(len(values)))
            assert row["q05"] == pytest.approx(values.quantile(0.05))
            assert row["q95"] == pytest.approx(values.quantile(0.95))
            assert math.isnan(row["p"])
        counts = batch.counts[batch.counts["scenario"] == name]
        on_day = counts[counts["date"] == date(2021, 4, 1)]["ccgs"]
        assert summary.loc[(name, "ccgs_2021_04_01"), "mean"] == pytest.approx(on_day.mean())
    outcomes = set(batch.summary["outcome"])
    scalars = set(batch.replications.columns) - {"scenario", "replication"}
    assert scalars <= outcomes
    assert {"ccgs_2020_04_01", "ccgs_2021_04_01", "ccgs_2022_04_01"} <= outcomes


def test_chances_of_the_summary(batch: Batch) -> None:
    summary = batch.summary.set_index(["scenario", "outcome"])
    former = former_counts(world_folder("england_2019"), 191)
    assert {211, 152, 303, 95} <= former
    assert 191 not in former
    for name in ("low", "high"):
        final = batch.replications.query("scenario == @name")["final_ccgs"]
        expected = {
            "p_60_70": final.between(60, 70).mean(),
            "p_more_than_42": (final > 42).mean(),
            "p_fewer_than_151": (final < 151).mean(),
            "p_former_count": final.isin(former).mean(),
            "p_fall_over_150": 0.0,  # no counting date has so many mergers behind it here
        }
        for outcome, share in expected.items():
            row = summary.loc[(name, outcome)]
            assert row["p"] == row["mean"] == pytest.approx(share)
            assert row["p_low"] <= row["p"] <= row["p_high"]
            assert math.isnan(row["q50"])
    shares = batch.summary.dropna(subset=["p"])["p"]
    assert shares.between(0.001, 0.999).any()


def test_what_was_forecast_in_2019_is_asked_with_its_bounds() -> None:
    asked = end_chances(frozenset({152})) | FALL_CHANCES
    bounds = {
        "p_60_70": ((60, 70), (59, 71)),  # "around 60 to 70"
        "p_more_than_42": ((43, 191), (42, 1)),  # more CCGs than systems
        "p_fewer_than_151": ((1, 150), (151, 191)),  # fewer than upper-tier councils
        "p_former_count": ((152,), (151, 153)),
        "p_fall_over_150": ((151,), (150, 0)),  # a larger wave than that of 2006
    }
    assert set(asked) == set(bounds)
    for name, (yes, no) in bounds.items():
        assert all(asked[name](count) for count in yes), name
        assert not any(asked[name](count) for count in no), name


def test_former_counts_may_be_handed_in(batch: Batch) -> None:
    final = int(batch.replications["final_ccgs"].iloc[0])
    again = run_batch(
        SCENARIOS[:1],  # type: ignore[arg-type]
        replications=1,
        replicate=replicate,
        former_counts={final},
    )
    summary = again.summary.set_index("outcome")
    assert summary.loc["p_former_count", "p"] == 1.0
    assert math.isnan(summary.loc["final_ccgs", "sd"])
    none = run_batch(SCENARIOS[:1], replications=1, replicate=replicate, former_counts=())  # type: ignore[arg-type]
    assert "p_former_count" not in set(none.summary["outcome"])


def test_a_world_without_history_has_no_former_counts(tmp_path: Path) -> None:
    assert former_counts(tmp_path, 191) == frozenset()


def test_places_are_what_the_tables_say(batch: Batch) -> None:
    world = load_world()
    home = {ccg.code: world.systems[ccg.system].code for ccg in world.ccgs}
    places = batch.places
    assert list(places.columns)[:4] == ["scenario", "system", "system_name", "date"]
    assert len(places) == 2 * 42 * 3
    some = False
    for name in ("low", "high"):
        proposals = batch.proposals.query("scenario == @name")
        ballots = batch.ballots.query("scenario == @name and not carried")
        ccgs = batch.ccgs.query("scenario == @name").dropna(subset=["merged_on"])
        systems = batch.systems.query("scenario == @name and ccgs == 1")
        proposals = proposals.assign(home=proposals["footprint"].str[:3].map(home))
        for row in places[places["scenario"] == name].itertuples():

            def chance(frame: pd.DataFrame, column: str, mine: pd.Series) -> float:
                past = frame[mine & (frame[column] <= row.date)]  # noqa: B023
                return past["replication"].nunique() / 40

            found = (
                chance(proposals, "mooted", proposals["home"] == row.system),
                chance(ballots, "date", ballots["ccg"].str[:3].map(home) == row.system),
                chance(
                    systems,
                    "date",
                    (systems["system"] == row.system) & (systems["date"] == row.date),
                ),
                chance(ccgs, "merged_on", ccgs["ccg"].map(home) == row.system),
            )
            stated = (row.p_proposal, row.p_lost_ballot, row.p_one_ccg, row.p_any_merger)
            assert stated == pytest.approx(found), (name, row.system, row.date)
            some = some or all(0 < share < 1 for share in found)
    assert some
