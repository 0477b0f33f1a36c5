"""Paired comparison and shares of variance, against answers known beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.agents.log import EventLog
from sim.experiment.batch import Batch, run_batch
from sim.experiment.compare import compare_batch, paired
from sim.experiment.variance import SERIES, total_share, variance_shares
from sim.world import InputError
from sim.world.model import World
from tests.records.fake_engine import FakeLog, FakeScenario, _Streams, replicate

BASE = FakeScenario("base", rate=0.4)
MORE = FakeScenario("more", rate=0.6)
SAME = FakeScenario("same", rate=0.4)


@pytest.fixture(scope="module")
def batch() -> Batch:
    return run_batch((BASE, MORE, SAME), replications=40, workers=1, replicate=replicate)  # type: ignore[arg-type]


def test_paired_interval_is_students() -> None:
    rng = np.random.default_rng(7)
    before, after = rng.normal(size=12), rng.normal(0.5, size=12)
    mean, se, low, high, changed = paired(before, after)
    interval = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert (low, high) == pytest.approx((interval.low, interval.high))
    assert mean == pytest.approx((after - before).mean())
    assert se == pytest.approx(stats.sem(after - before))
    assert changed == 1.0
    assert paired(before, before) == (0.0, 0.0, 0.0, 0.0, 0.0)


def test_comparison_pairs_replications(batch: Batch) -> None:
    found = compare_batch(batch, "base")
    rows = found.outcomes.set_index(["other", "outcome"])
    wide = batch.replications.pivot(index="replication", columns="scenario", values="final_ccgs")
    difference = wide["more"] - wide["base"]
    row = rows.loc[("more", "final_ccgs")]
    assert row["difference"] == pytest.approx(difference.mean())
    assert row["se"] == pytest.approx(difference.sem())
    assert row["share_changed"] == pytest.approx((difference != 0).mean())
    assert row["low"] < row["difference"] < row["high"] < 0
    assert row["mean_other"] - row["mean_base"] == pytest.approx(row["difference"])
    assert set(rows.loc["more"].index) == {
        "ccgs_2020_04_01",
        "ccgs_2021_04_01",
        "ccgs_2022_04_01",
        "final_ccgs",
        "proposals",
        "proposals_lost",
    }
    assert (rows.loc["same"][["difference", "se", "low", "high", "share_changed"]] == 0).all(
        axis=None
    )
    for name, frame in (("compare", found.outcomes), ("compare_places", found.places)):
        written = pd.read_csv(batch.folder / f"{name}.csv")
        pd.testing.assert_frame_equal(written, frame, check_dtype=False)


def test_places_lead_with_the_largest_change(batch: Batch) -> None:
    places = compare_batch(batch, "base", ["more"]).places
    assert len(places) == 42
    sizes = places["difference"].abs()
    assert sizes.is_monotonic_decreasing
    assert sizes.iloc[0] > 0
    end = batch.systems["date"].max()
    last = batch.systems[batch.systems["date"] == end]
    for row in places.head(3).itertuples():
        mine = last[last["system"] == row.system].pivot(
            index="replication", columns="scenario", values="ccgs"
        )
        assert row.difference == pytest.approx((mine["more"] - mine["base"]).mean())
        assert row.p_one_ccg_other == pytest.approx((mine["more"] == 1).mean())
        assert row.p_one_ccg_difference == pytest.approx(
            (mine["more"] == 1).mean() - (mine["base"] == 1).mean()
        )


def test_unknown_names_are_refused(batch: Batch) -> None:
    with pytest.raises(InputError, match="did you mean 'final_ccgs'"):
        compare_batch(batch, "base", outcomes=["final_ccg"])
    with pytest.raises(InputError, match="did you mean 'more'"):
        compare_batch(batch, "base", ["mor"])


def additive(
    world: World,
    scenario: FakeScenario,
    seed: int,
    replication: int,
    swaps: Mapping[str, int] | None = None,
) -> FakeLog:
    """A count that is a known sum and product of uniforms, one for each group of streams.

    191 - round(20 a + 20 b + 40 (c - 1/2)(d - 1/2)) with a from parameters, b from place, c from
    parameters and d from ccg; a and c are different draws.
    """
    streams = _Streams(seed, replication, swaps or {})
    drop = 20 * streams("parameters", "a") + 20 * streams("place", "b")
    drop += 40 * (streams("parameters", "c") - 0.5) * (streams("ccg", "d") - 0.5)
    number = 20 + round(drop)
    log = EventLog()
    log.write(0.0, "start", "England", data={"ccgs": 191})
    parts = tuple(sorted(ccg.code for ccg in world.ccgs)[: number + 1])
    log.write(305.0, "merged", "+".join(parts), "", {"parts": parts, "system": "X"})
    log.write(400.0, "end", "England", data={"ccgs": 191 - number})
    return FakeLog(log.events(), {})


@pytest.mark.slow
def test_shares_of_a_known_sum(tmp_path: Path) -> None:
    """Variances: a and b 400/12 each, the product 1600/144; rounding adds about 1/12.

    1,500 replications, seed 1: bands of 4 bootstrap standard errors (false alarm 1 in 16,000
    each, 7 checks); the rounding is far inside them.
    """
    options: dict[str, Any] = {"replications": 1500, "workers": 1, "replicate": additive}
    batch = run_batch((BASE,), out=tmp_path / "v", **options)  # type: ignore[arg-type]
    frame = variance_shares((BASE,), batch, **options).set_index("component")  # type: ignore[arg-type]
    each, product = 400 / 12, 1600 / 144
    whole = 2 * each + product
    expected = {
        "parameters": (each + product) / whole,
        "place": each / whole,
        "ccg": product / whole,
        "random_numbers": (each + product) / whole,
        "both": product / whole,
    }
    for name, share in expected.items():
        row = frame.loc[name]
        assert 0 < row["se"] < 0.05
        assert abs(row["total"] - share) < 4 * row["se"], (name, row["total"], share)
    assert frame.loc["practice", "total"] == frame.loc["proposal", "total"] == 0.0
    alone = frame.loc["parameters", "first_order"] + frame.loc["random_numbers", "first_order"]
    assert alone + frame.loc["both", "first_order"] == pytest.approx(1.0)
    error = frame.loc["random_numbers", "se"]
    assert abs(frame.loc["parameters", "first_order"] - each / whole) < 4 * error
    written = pd.read_csv(batch.folder / "variance.csv").set_index("component")
    pd.testing.assert_frame_equal(written, frame, check_dtype=False)


@pytest.mark.slow
def test_exchanged_runs_resume_and_do_not_depend_on_workers(tmp_path: Path) -> None:
    told: list[int] = []
    frames = []
    for name, workers in (("one", 1), ("two", 2)):
        options: dict[str, Any] = {"workers": workers, "replicate": replicate}
        batch = run_batch((BASE, MORE), replications=30, out=tmp_path / name, **options)  # type: ignore[arg-type]
        for number in (10, 30):
            told.clear()
            frame = variance_shares(
                (BASE, MORE),  # type: ignore[arg-type]
                batch,
                replications=number,
                progress=lambda done, total: told.append(done),
                **options,
            )
        assert told[0] == 10 * 2 * len(SERIES)
        assert told[-1] == 30 * 2 * len(SERIES)
        frames.append(frame)
    pd.testing.assert_frame_equal(*frames)
    assert (frames[0]["total"].dropna() <= 2.0).all()
    assert set(frames[0]["component"]) == {*SERIES, "both"}


def test_exchanged_runs_of_earlier_releases_are_found(tmp_path: Path) -> None:
    """The component is ``random_numbers``; its shards keep the series that they always had."""
    options: dict[str, Any] = {"workers": 1, "replicate": replicate, "replications": 4}
    batch = run_batch((BASE,), out=tmp_path / "v", **options)  # type: ignore[arg-type]
    variance_shares((BASE,), batch, components=("random_numbers",), **options)  # type: ignore[arg-type]
    kinds = {file.name.partition("-")[0] for file in batch.folder.glob("*/*.shard")}
    assert kinds == {"runs", "luck"}


def test_variance_refuses_another_batch(batch: Batch) -> None:
    options: dict[str, Any] = {"workers": 1, "replicate": replicate}
    with pytest.raises(InputError, match="other scenarios"):
        variance_shares((BASE,), batch, replications=2, **options)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="has only 40"):
        variance_shares((BASE, MORE, SAME), batch, replications=41, **options)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="seed 1, not 2"):
        variance_shares((BASE, MORE, SAME), batch, replications=2, seed=2, **options)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="unknown component 'weather'"):
        variance_shares((BASE,), batch, components=["weather"], **options)  # type: ignore[arg-type]


def test_a_count_that_never_varies_has_no_shares() -> None:
    assert np.isnan(total_share(np.full(5, 3.0), np.full(5, 3.0)))
    same = np.array([1.0, 2.0, 3.0])
    assert total_share(same, same) == 0.0
