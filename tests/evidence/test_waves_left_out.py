"""Earlier waves left out of the fit: what no longer counts, the draws, the scores, the command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import sim.evidence.fit.posterior
from sim.errors import InputError
from sim.evidence.fit import FitSettings, fit, wave_of_2020
from sim.evidence.fit import earlier_waves as past
from sim.evidence.proof import (
    FinishedFit,
    finished_fit,
    leave_waves_out,
    score_waves,
    waves_left_out_page,
)
from sim.evidence.proof.waves_left_out import NOTHING, FitWithoutWave, distance, furthest
from sim.evidence.proof.waves_left_out_scores import FORECASTS, recorded, simulated, years
from sim.evidence.record import attempts, ballot_records, used_records
from sim.evidence.sampler import elliptical_slice
from sim.evidence.score.scores import count_probabilities
from tests.cli.conftest import command

Array = NDArray[np.float64]
FITTED = 60  # replications of each wave: too few to learn much, enough for every step
RUNS = 25
SEED = 4


def ballots(values: dict[str, Array]) -> Array:
    """Return a likelihood that is quick to work out and says something of one parameter."""
    return np.asarray(-0.5 * ((values["support_mean"] - 2.0) / 0.5) ** 2)


@pytest.fixture(scope="module", autouse=True)
def quick_chains() -> Iterator[None]:
    """Short chains: what is tested here does not depend on how well they mix."""

    def short(level: object, dimensions: int, **options: object) -> Array:
        options |= {"warmup": 30, "steps": 64, "thin": 4}
        return elliptical_slice(level, dimensions, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sim.evidence.fit.posterior, "elliptical_slice", short)
        patch.setattr("sim.evidence.fit.fitting.ballot_likelihood", lambda _left_out=(): ballots)
        yield


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small finished fit to both waves. Tests add to it."""
    folder = tmp_path_factory.mktemp("fit") / "calibration"
    fit(
        (wave_of_2020(), past.history_wave()),
        FitSettings(folder, FITTED, SEED, workers=1),
        ballots=True,
        checks=2,
        places=False,
    )
    return folder


@pytest.fixture(scope="module")
def found(fitted: Path) -> tuple[FitWithoutWave, ...]:
    """The two later waves left out."""
    return leave(finished_fit(fitted))


def leave(of: FinishedFit, *waves: str) -> tuple[FitWithoutWave, ...]:
    settings = FitSettings(of.folder, RUNS, 1, workers=1)
    return leave_waves_out(of, ballots, settings, waves=waves or ("in_2018", "in_2019"))


# -- what no longer counts -----------------------------------------------------------------------


def test_a_wave_takes_its_part_of_the_totals_with_it() -> None:
    whole = past.history_wave()
    assert whole.observed.tolist() == [1, 1, 6, 2, 30, 2]
    assert whole.names == past.NAMES
    without = past.history_wave(left_out="in_2018")
    assert without.names == ("to_2016", "in_2017", "in_2019", "merged_ccgs", "ended")
    assert without.observed.tolist() == [1, 1, 2, 12, 1]
    assert without.used == (0, 1, 2, 3, 4)
    assert (without.name, without.tables) == (whole.name, whole.tables)  # the same replications
    parts = [whole.observed[4:] - past.history_wave(wave).observed[3:] for wave in past.WAVES]
    assert np.sum(parts, axis=0).tolist() == whole.observed[4:].tolist()
    with pytest.raises(ValueError, match="'in_2020' is none of the waves"):
        past.history_wave("in_2020")


def test_the_same_is_left_out_of_a_run(tmp_path: Path) -> None:
    drafted = date(2014, 9, 1)
    rows = [
        (0, "A+B", drafted, "effective", date(2015, 4, 1)),
        (0, "C+D+E", drafted, "effective", date(2018, 4, 1)),
        (0, "F+G", drafted, "lost", date(2017, 6, 10)),  # under way: 2018
        (0, "H+I", drafted, "withdrawn", date(2018, 5, 1)),  # under way: 2019
        (0, "J+K", None, "withdrawn", date(2018, 5, 1)),  # never public
        (0, "L+M", drafted, "open", None),
        (2, "N+O", drafted, "effective", date(2019, 4, 1)),
        (2, "P+Q", drafted, "refused", date(2018, 4, 1)),  # on the day itself: 2018
    ]
    columns = ["replication", "footprint", "drafted", "exit", "exit_on"]
    pd.DataFrame(rows, columns=columns).to_parquet(tmp_path / "proposals.parquet")
    pd.DataFrame({"replication": [0, 1, 2]}).to_parquet(tmp_path / "replications.parquet")
    numbers, whole = past.history_wave().of(tmp_path)
    assert numbers.tolist() == [0, 1, 2]
    assert whole.tolist() == [[1, 0, 1, 0, 5, 2], [0] * 6, [0, 0, 0, 1, 2, 1]]
    _, without = past.history_wave("in_2018").of(tmp_path)
    assert without.tolist() == [[1, 0, 0, 2, 1], [0] * 5, [0, 0, 1, 2, 0]]
    _, without = past.history_wave("in_2019").of(tmp_path)
    assert without.tolist() == [[1, 0, 1, 5, 1], [0] * 5, [0, 0, 0, 0, 1]]


def test_no_recorded_ballot_tells_of_an_earlier_wave() -> None:
    rounds = {case.case: case.round for case in attempts()}
    told = {rounds.get(record.case) for record in used_records(ballot_records())}
    assert told == {2020}


# -- draws ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_draws_do_not_hang_on_what_was_left_out(
    fitted: Path, found: tuple[FitWithoutWave, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With another record of 2018, the fit without 2018 is the same and that without 2019 not."""
    more = (*attempts(), *[case for case in attempts(2018) if case.outcome == "merged"] * 3)
    monkeypatch.setattr(past, "attempts", lambda: more)
    assert past.history_wave().observed.tolist() == [1, 1, 24, 2, 84, 2]
    monkeypatch.setattr(
        sim.evidence.proof.waves_left_out, "_run", lambda one, *_: one
    )  # draws alone
    _, other_2018, other_2019 = leave(finished_fit(fitted))
    _, without_2018, without_2019 = found
    assert np.array_equal(without_2018.standardised, other_2018.standardised)
    assert not np.array_equal(without_2019.standardised, other_2019.standardised)


@pytest.mark.slow
def test_each_is_run_up_to_its_day_at_its_own_draws(
    fitted: Path, found: tuple[FitWithoutWave, ...]
) -> None:
    seen, without_2018, without_2019 = found
    assert [one.wave for one in found] == [NOTHING, "in_2018", "in_2019"]
    assert np.array_equal(seen.standardised, np.load(fitted / "posterior" / "scores.npy"))
    assert not np.array_equal(without_2018.standardised, without_2019.standardised)
    for one, last in zip(found, (2019, 2018, 2019), strict=True):
        counts = pd.read_parquet(one.runs / "counts.parquet")
        assert counts["date"].max() == date(last, 4, 1)
        assert counts["replication"].nunique() == RUNS
        draws = pd.read_csv(one.runs.parent / "draws.csv")
        used = pd.read_parquet(one.runs / "parameters.parquet")
        mine = used.loc[used["parameter"] == "start_rate", "value"]
        assert mine.isin(draws["start_rate"]).all()


@pytest.mark.slow
def test_again_nothing_is_run_and_the_workers_do_not_matter(
    fitted: Path, found: tuple[FitWithoutWave, ...]
) -> None:
    steps: list[tuple[str, int, int]] = []
    again = leave_waves_out(
        finished_fit(fitted),
        ballots,
        FitSettings(fitted, RUNS, 1, workers=2, progress=lambda *what: steps.append(what)),
        waves=("in_2018", "in_2019"),
    )
    assert {done == total for _, done, total in steps} == {True}
    assert f"history with {NOTHING} left out" in {label for label, _, _ in steps}
    assert score_waves(again, 1).equals(score_waves(found, 1))


def test_how_far_draws_have_moved() -> None:
    rng = np.random.default_rng(8)
    points = rng.standard_normal((20_000, 3)) * np.array([1.0, 2.0, 0.5])
    assert distance(points, points) == pytest.approx(0.0)
    assert distance(points + np.array([0.0, 6.0, 0.0]), points) == pytest.approx(3.0, abs=0.05)
    name, shift = furthest(("a", "b", "c"), points - np.array([1.0, 0.5, 1.5]), points)
    assert (name, shift) == ("c", pytest.approx(-3.0, abs=0.05))


@pytest.mark.slow
def test_only_a_finished_fit_to_both_waves_will_do(fitted: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no finished fit$"):
        finished_fit(tmp_path)
    about = (fitted / "posterior" / "about.toml").read_text("utf-8")
    for folder in ("posterior", f"first_posterior_{FITTED}"):
        (tmp_path / folder).mkdir()
        standardised = np.load(fitted / folder / "scores.npy")
        np.save(tmp_path / folder / "scores.npy", standardised)
    alone = about.replace('"wave_2020", ', "")
    (tmp_path / "posterior" / "about.toml").write_text(alone, "utf-8")
    with pytest.raises(InputError, match=r"holds a fit to \['history'\]"):
        finished_fit(tmp_path)
    (tmp_path / "posterior" / "about.toml").write_text(about, "utf-8")
    assert finished_fit(tmp_path).seed == SEED
    np.save(tmp_path / "posterior" / "scores.npy", standardised[:, :-1])
    with pytest.raises(InputError, match="not of today's"):
        finished_fit(tmp_path)
    with pytest.raises(InputError, match=r"^seed is"):
        leave_waves_out(finished_fit(fitted), None, FitSettings(fitted, RUNS, -1))


# -- scores --------------------------------------------------------------------------------------


def test_what_was_recorded_of_each_wave() -> None:
    told = {wave: tuple(recorded(wave).values()) for wave in past.WAVES}
    assert told == {
        "to_2016": (209, 2, 1),
        "in_2017": (207, 2, 1),
        "in_2018": (195, 12, 6),
        "in_2019": (191, 4, 2),
    }
    assert [years(wave) for wave in past.WAVES] == ["2014 to 2016", "2017", "2018", "2019"]


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """A batch of five replications that fall by 0, 2, 4, 6 and 13 in 2018, one merger each."""
    falls = (0, 2, 4, 6, 13)
    counts = []
    for number, fall in enumerate(falls):
        level = {2013: 211, 2014: 210, 2015: 209, 2016: 208, 2017: 205, 2018: 205 - fall}
        counts += [(number, date(year, 4, 1), ccgs) for year, ccgs in level.items()]
    frame = pd.DataFrame(counts, columns=["replication", "date", "ccgs"])
    frame.sample(frac=1.0, random_state=1).to_parquet(tmp_path / "counts.parquet")
    merged = [
        (number, "+".join("A" * (fall + 1)), date(2017, 9, 1), "effective", date(2018, 4, 1))
        for number, fall in enumerate(falls)
        if fall
    ]
    columns = ["replication", "footprint", "drafted", "exit", "exit_on"]
    pd.DataFrame(merged, columns=columns).to_parquet(tmp_path / "proposals.parquet")
    pd.DataFrame({"replication": range(5)}).to_parquet(tmp_path / "replications.parquet")
    return tmp_path


def test_a_wave_is_seen_from_the_end_of_the_one_before(made_up: Path) -> None:
    told = simulated(made_up, "in_2018")
    assert told["fall"].tolist() == [0, 2, 4, 6, 13]
    assert told["count"].tolist() == [205, 203, 201, 199, 192]
    assert told["mergers"].tolist() == [0, 1, 1, 1, 1]
    assert simulated(made_up, "in_2017")["fall"].tolist() == [3] * 5
    assert simulated(made_up, "to_2016")["fall"].tolist() == [3] * 5  # from 2013 to 2016


def test_scores_are_those_of_the_members(made_up: Path) -> None:
    other = FitWithoutWave("in_2018", np.zeros((1, 1)), 1.0, 1.0, 0.1, ("start_rate", 0.5), made_up)
    table = score_waves([replace(other, wave=NOTHING), other], seed=3)
    assert table["wave"].unique().tolist() == ["in_2018"]
    rows = table.set_index(["quantity", "forecast"])
    fall = rows.loc[("fall", "left_out")]
    members, truth = np.array([0.0, 2.0, 4.0, 6.0, 13.0]), 12
    apart = np.abs(members[:, None] - members).sum() / (2 * 5 * 4)
    assert fall["crps"] == pytest.approx(np.abs(members - truth).mean() - apart)
    assert fall["log_score"] == pytest.approx(-np.log(count_probabilities(members, 0, 169)[truth]))
    assert 4 / 6 <= fall["pit"] <= 5 / 6  # four of five lie below
    assert (fall["median"], fall["observed"], fall["covered_90"]) == (4.0, 12, False)
    assert fall.equals(rows.loc[("fall", "seen")])  # the same batch, the same random numbers
    count = rows.loc[("count", "left_out")]
    assert count["crps"] == pytest.approx(np.abs(205 - members - 195).mean() - apart)
    stays = {name: rows.loc[(name, "nobody_merges"), "median"] for name in recorded("in_2018")}
    assert stays == {"count": 207.0, "fall": 0.0, "mergers": 0.0}
    assert rows.loc[("count", "nobody_merges"), "crps"] == 12.0
    assert rows.loc[("mergers", "nobody_merges"), "crps"] == 6.0
    page = waves_left_out_page(table, [other])
    assert "| 2018 | fall | 12 | 4 (0 to 12) | " in page
    assert "| 2018 | 1.000 | 100% | 0.10 | `start_rate` +0.50 |" in page


# -- the command ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_writes_a_table_and_a_page(fitted: Path) -> None:
    arguments = ("calibrate", "--waves-left-out", "--replications", RUNS, "--workers", 1)
    done = command(*arguments, "--out", fitted)
    assert done.code == 0, done.err
    table = pd.read_csv(fitted / "waves_left_out.csv")
    assert table["wave"].unique().tolist() == list(past.WAVES)
    assert table["date"].unique().tolist() == [f"{year}-04-01" for year in range(2016, 2020)]
    assert len(table) == len(past.WAVES) * 3 * len(FORECASTS)
    assert table.drop(columns="pit").notna().all(axis=None)
    by_fit = table[table["forecast"] != "nobody_merges"]
    assert by_fit["pit"].between(0, 1).all()
    assert table.loc[table["forecast"] == "nobody_merges", "pit"].isna().all()
    page = (fitted / "waves_left_out.md").read_text("utf-8")
    assert page.strip() == done.out.strip()
    assert "How to read:" in page and "| 2014 to 2016 | count | 209 |" in page
    assert "replications of history with in_2017 left out" in done.err
    before = (fitted / "waves_left_out.csv").read_bytes()
    again = command(*arguments, "--out", fitted, "--quiet")
    assert (again.code, again.out, again.err) == (0, "", "")
    assert (fitted / "waves_left_out.csv").read_bytes() == before
