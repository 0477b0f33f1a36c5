"""The table of scores: numbers by hand, intervals that resample systems, ensembles read rightly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.evidence.record import Facts, MergerTables
from sim.evidence.score import Ensemble, Forecast, hindcast_scores, read_ensemble
from sim.evidence.score import scores as scoring
from sim.evidence.score.baselines import base_rate, nobody_merges, one_per_system
from sim.evidence.score.hindcast import COLUMNS, hindcast_pit, hindcast_pit_histogram
from sim.world.model import World


def perfect(facts: Facts) -> Forecast:
    """What came, said beforehand."""
    return Forecast(
        "perfect",
        "",
        counts=np.array([float(facts.count)]),
        by_system=facts.ccgs_after.astype(float)[None, :],
        systems=facts.one_ccg.astype(float),
        ccgs=facts.merged.astype(float),
        pairs=facts.together.astype(float),
        stated=True,
    )


@pytest.fixture(scope="module")
def table(facts: Facts) -> pd.DataFrame:
    said = [perfect(facts), base_rate(facts, seed=1), nobody_merges(facts), one_per_system(facts)]
    return hindcast_scores(said, facts, seed=1, resamples=500)


def row(table: pd.DataFrame, *keys: str) -> pd.Series:
    names = ("quantity", "forecast", "score", "against")[: len(keys)]
    chosen = table[np.logical_and.reduce([table[n] == k for n, k in zip(names, keys, strict=True)])]
    assert len(chosen) >= 1, keys
    return chosen.iloc[0]


# -- scores by hand -------------------------------------------------------------------------------


def test_a_perfect_forecast_has_all_the_skill(table: pd.DataFrame) -> None:
    for quantity in ("systems", "ccgs", "pairs"):
        one = row(table, quantity, "perfect", "brier", "base_rate")
        assert (one["value"], one["skill"], one["skill_low"], one["skill_high"]) == (0, 1, 1, 1)
        sure = -np.log(1 - scoring.CLIP)
        assert row(table, quantity, "perfect", "log_score")["value"] == pytest.approx(sure)
    count = row(table, "count", "perfect", "crps")
    assert (count["value"], count["low"], count["high"]) == (0, 0, 0)
    assert row(table, "system_counts", "perfect", "covers_50")["value"] == 1


def test_scores_of_constants_are_the_shares(facts: Facts, table: pd.DataFrame) -> None:
    systems = row(table, "systems", "nobody_merges", "brier", "base_rate")
    assert systems["value"] == pytest.approx(1 / 3)
    assert systems["skill"] == pytest.approx(-0.5)
    assert systems["low"] < 1 / 3 < systems["high"]
    assert row(table, "systems", "one_per_system", "brier")["value"] == pytest.approx(2 / 3)
    assert row(table, "count", "nobody_merges", "error")["value"] == 56
    assert row(table, "count", "nobody_merges", "crps")["value"] == 56
    assert row(table, "systems", "base_rate", "murphy_uncertainty")["value"] == pytest.approx(2 / 9)
    assert row(table, "systems", "base_rate", "murphy_resolution")["value"] == pytest.approx(0)
    mean = float((facts.ccgs_before - facts.ccgs_after)[facts.open_systems].__abs__().mean())
    assert row(table, "system_counts", "nobody_merges", "crps")["value"] == pytest.approx(mean)


def test_the_table_is_tidy(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(["quantity", "forecast", "score", "against"]).any()
    known = table.dropna(subset=["low"])
    assert (known["low"] <= known["value"] + 1e-9).all()
    assert (known["value"] <= known["high"] + 1e-9).all()
    assert table.loc[table["against"] == "", "skill"].isna().all()
    assert not (table["forecast"] == table["against"]).any()


def test_rows_on_ballots_are_taken_in(facts: Facts) -> None:
    extra = pd.DataFrame([("ballots", "simulation", "covers_90", 0.9, *[np.nan] * 2, "",
                           *[np.nan] * 3)], columns=list(COLUMNS))  # fmt: skip
    said = hindcast_scores([nobody_merges(facts)], facts, seed=1, resamples=10, ballots=extra)
    assert said.iloc[-1]["quantity"] == "ballots"


# -- the bootstrap --------------------------------------------------------------------------------


def test_intervals_resample_systems_not_items(facts: Facts) -> None:
    """The spread of a mean over clusters, by the linear formula; independent items are narrower."""
    chance = np.full(len(facts.open_ccgs), 0.8)
    said = Forecast("said", "", ccgs=chance)
    table = hindcast_scores([said], facts, seed=3, resamples=4000)
    one = row(table, "ccgs", "said", "brier")
    each = (chance - facts.merged) ** 2
    unit = facts.system_of[facts.open_ccgs]
    off = np.bincount(unit, each - each.mean(), len(facts.systems))
    clustered = np.sqrt((off**2).sum()) / len(each)
    alone = each.std() / np.sqrt(len(each))
    half = (one["high"] - one["low"]) / 2
    assert half == pytest.approx(1.96 * clustered, rel=0.12)
    assert half > 2 * 1.96 * alone


def test_the_same_seed_gives_the_same_table(facts: Facts) -> None:
    said = [base_rate(facts, seed=1), nobody_merges(facts)]
    one, two, three = (hindcast_scores(said, facts, seed=s, resamples=50) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(three)
    pd.testing.assert_series_equal(one["value"][one.score != "pit"],
                                   three["value"][three.score != "pit"])  # fmt: skip


# -- ensembles ------------------------------------------------------------------------------------


def test_an_ensemble_is_read_from_its_footprints(facts: Facts, world: World) -> None:
    """Two replications by hand: a merger before the day, one after, one of a merged body."""
    on, later = facts.on, date(2021, 4, 1)
    both = "02N+02R"
    proposals = pd.DataFrame(
        [
            ("s", 3, both, "effective", on),
            ("s", 3, "02N+02R+02W", "effective", on),
            ("s", 3, "05N+05X", "effective", later),
            ("s", 9, "05N+05X", "effective", on),
            ("s", 9, both, "lost", on),
            ("t", 9, both, "effective", on),
        ],
        columns=["scenario", "replication", "footprint", "exit", "exit_on"],
    )
    rows = []
    for number in (9, 3):
        for code, before in zip(facts.systems, facts.ccgs_before, strict=True):
            gone = {3: {"E54000005": 2}, 9: {"E54000011": 1}}[number].get(code, 0)
            rows.append(("s", number, on, code, before - gone))
    columns = ["scenario", "replication", "date", "system", "ccgs"]
    systems = pd.DataFrame(rows, columns=columns)
    ccgs = pd.DataFrame(
        [("s", number, code, None, code) for number in (9, 3) for code in facts.ccgs],
        columns=["scenario", "replication", "ccg", "last_merged_on", "successor"],
    )
    tables = MergerTables(proposals, systems, ccgs)
    found = read_ensemble(tables.of_scenario("s"), facts, world)
    assert found.counts.tolist() == [189, 190]
    assert found.by_system.sum(axis=1).tolist() == [189, 190]
    assert found.merged.sum(axis=1).tolist() == [3, 2]
    assert found.together.sum(axis=1).tolist() == [3, 1]
    assert found.one_ccg.sum(axis=1).tolist() == [0, 1]
    forecast = found.forecast("s", "")
    assert forecast.ccgs is not None and set(forecast.ccgs) == {0.0, 0.5}
    with pytest.raises(InputError, match="no systems of the scenario on 2020-04-01"):
        read_ensemble(tables.of_scenario("u"), facts, world)
    other = replace(tables, systems=systems[systems["system"] != "E54000005"])
    with pytest.raises(InputError, match="another world"):
        read_ensemble(other.of_scenario("s"), facts, world)


@pytest.mark.slow
def test_the_shipped_simulation_is_read_alike_from_its_own_tables(
    folder: Path, facts: Facts, world: World
) -> None:
    """Counts from footprints are those of the tables that the folds made."""
    tables = {
        name: pd.read_parquet(folder / f"{name}.parquet")
        for name in ("proposals", "systems", "replications", "ccgs", "counts")
    }
    for arm in ("simulation", "no_shared_effect"):
        merged = MergerTables(tables["proposals"], tables["systems"], tables["ccgs"])
        found = read_ensemble(merged.of_scenario(arm), facts, world)
        mine = {name: table[table["scenario"] == arm] for name, table in tables.items()}
        assert found.counts.tolist() == mine["replications"]["final_ccgs"].tolist()
        assert found.by_system.sum(axis=1).tolist() == found.counts.tolist()
        changed = mine["ccgs"]["merged_on"].notna().to_numpy().reshape(len(found.counts), -1)
        codes = mine["ccgs"]["ccg"].to_numpy()[: changed.shape[1]].tolist()
        order = [codes.index(facts.ccgs[i]) for i in facts.open_ccgs]
        assert (found.merged == changed[:, order]).all()
        bodies = mine["ccgs"]["successor"].to_numpy().reshape(len(found.counts), -1)
        place = [codes.index(code) for code in facts.ccgs]
        one, two = (bodies[:, [place[i] for i in facts.pairs[:, k]]] for k in (0, 1))
        assert (found.together == (one == two)).all()


# -- PIT ------------------------------------------------------------------------------------------


def ensemble_of(facts: Facts, by_system: np.ndarray) -> Ensemble:
    nothing = np.zeros((len(by_system), 1), dtype=bool)
    return Ensemble(by_system.sum(axis=1), by_system, nothing, nothing, nothing)


def test_pit_tells_a_forecast_that_is_too_high(facts: Facts) -> None:
    high = np.tile(facts.ccgs_after + 5.0, (20, 1))
    bars = hindcast_pit_histogram(ensemble_of(facts, high), "high", facts, seed=1)
    assert bars["items"].tolist() == [33, 0, 0, 0, 0]
    assert bars["items"].iloc[0] > bars["band_high"].iloc[0]
    values = hindcast_pit(ensemble_of(facts, high), "high", facts, seed=1)
    assert values["quantity"].value_counts().to_dict() == {"system_counts": 33, "count": 1}
    rng = np.random.default_rng(4)
    drawn = rng.integers(1, facts.ccgs_before + 1, size=(300, len(facts.systems))).astype(float)
    honest = replace(facts, ccgs_after=drawn[0].astype(int))
    bars = hindcast_pit_histogram(ensemble_of(honest, drawn[1:]), "honest", honest, seed=1)
    assert bars["items"].between(bars["band_low"], bars["band_high"]).sum() >= 4


def test_earlier_rounds_are_scored_by_count(tmp_path: Path) -> None:
    from sim.evidence.score import earlier_rounds, earlier_rounds_page
    from sim.experiment.api import run_batch

    batch = run_batch("history_2013", replications=5, seed=2, workers=1, out=tmp_path / "h")
    table = earlier_rounds(batch.folder)
    assert table["date"].tolist() == [f"{year}-04-01" for year in range(2014, 2020)]
    assert table["observed"].tolist() == [211, 209, 209, 207, 195, 191]
    assert table["nobody_merges"].tolist() == [0.0, 2.0, 0.0, 2.0, 12.0, 4.0]
    assert table["pit"].between(0, 1).all()
    assert (table["q05"] <= table["median"]).all()
    assert len(earlier_rounds_page(table)) == 8
