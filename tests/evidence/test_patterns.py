"""Patterns: the file is sound, the record measures as it says, and a wrong model would fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.evidence.record import FOLDER, Facts, RoundTables, simulated_round
from sim.evidence.score import (
    Pattern,
    load_patterns,
    passes,
    pattern_statistics,
    patterns,
    patterns_report,
)
from sim.evidence.score.pattern_statistics import STATISTICS
from sim.world.model import World
from tests.evidence.recorded_round import recorded_round

NOT_IN_TABLES = {"typical_yes", "crushing_defeats", "decided_in_autumn"}


@pytest.fixture(scope="module")
def record(facts: Facts, world: World) -> RoundTables:
    return recorded_round(facts, world)


def copies(tables: RoundTables, number: int) -> RoundTables:
    """Return the same round as so many replications."""

    def stacked(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([frame.assign(replication=i) for i in range(number)], ignore_index=True)

    return replace(
        tables,
        proposals=stacked(tables.proposals),
        ballots=stacked(tables.ballots),
        replications=number,
    )


# -- the file and the record ----------------------------------------------------------------------


def test_the_file_is_whole() -> None:
    found = load_patterns()
    assert len(found) >= 12
    assert len({one.pattern for one in found}) == len(found)
    assert {one.statistic for one in found} == set(STATISTICS)
    for one in found:
        assert one.sentence and one.reason and one.source, one.pattern
        assert one.test != "band" or one.threshold == 0.9, one.pattern


@pytest.mark.parametrize("pattern", load_patterns(), ids=lambda one: one.pattern)
def test_what_is_observed_is_what_the_record_measures(
    pattern: Pattern, record: RoundTables
) -> None:
    measured = float(STATISTICS[pattern.statistic](record)[0])
    if pattern.pattern in NOT_IN_TABLES:  # votes and days of decision are not in these tables
        assert np.isnan(measured)
    else:
        assert pattern.observed == pytest.approx(measured, abs=5e-5)


def test_the_record_would_pass_as_a_model_of_itself(record: RoundTables) -> None:
    report = patterns_report({"record": copies(record, 3)})
    failed = set(report.loc[~report["passed"], "pattern"])
    assert failed == NOT_IN_TABLES  # these it cannot show
    assert passes(report).to_dict("records") == [
        {"arm": "record", "passed": len(report) - len(failed), "of": len(report)}
    ]


# -- wrong worlds fail ----------------------------------------------------------------------------


def spoilt(record: RoundTables, **changes: Callable[[pd.DataFrame], object]) -> RoundTables:
    frame = record.proposals.assign(**changes)  # type: ignore[arg-type]
    return copies(replace(record, proposals=frame), 2)


@pytest.mark.parametrize(
    ("pattern", "column", "change"),
    [
        ("first_april_only", "exit_on", lambda f: f["exit_on"].where(f["exit_on"] == 0, 737000)),
        ("typical_group", "size", lambda f: f["size"] * 0 + 2),
        ("largest_group", "size", lambda f: f["size"] + 3),
        ("merger_count", "exit", lambda f: f["exit"].replace("effective", "lost")),
        ("few_lost", "exit", lambda f: f["exit"].replace("effective", "lost")),
        ("officer_first", "one_officer", lambda f: False),
        ("whole_and_part", "whole", lambda f: True),
        ("across_borders", "crosses", lambda f: False),
        ("london_asks", "system", lambda f: "E54000007"),
        ("silent_systems", "public_on", lambda f: 0),
        ("refused_unready", "one_officer", lambda f: True),
        ("register_merged", "live", lambda f: False),
        ("born_later", "live", lambda f: True),
        ("left_open", "exit", lambda f: f["exit"].replace("open", "withdrawn")),
    ],
)
def test_a_wrong_round_fails_its_pattern(
    record: RoundTables, pattern: str, column: str, change: Callable[[pd.DataFrame], object]
) -> None:
    report = patterns_report({"wrong": spoilt(record, **{column: change})})
    assert not report.set_index("pattern").loc[pattern, "passed"]


def test_refusals_that_do_not_cluster_fail(record: RoundTables) -> None:
    """One no in every proposal: the share of noes where there is one falls to one by size."""
    first = ~record.ballots.duplicated(["replication", "proposal"])
    alone = copies(replace(record, ballots=record.ballots.assign(carried=~first)), 2)
    share = STATISTICS["refusals_cluster"](alone)
    assert share == pytest.approx(np.full(2, 14 / 58))
    report = patterns_report({"alone": alone}).set_index("pattern")
    assert not report.loc["refusals_cluster", "passed"]
    assert not report.loc["most_ballots_carried", "passed"]


def test_as_many_ballots_are_counted_as_were_recorded(record: RoundTables) -> None:
    votes = pd.DataFrame(
        [(0, f"p{i}", f"c{k}", True, 0.1 * i) for i in range(40) for k in range(3)],
        columns=["replication", "proposal", "ccg", "carried", "yes_share"],
    )
    many = replace(record, ballots=votes)
    kept = pattern_statistics._as_many_as_recorded(many, votes, 14)
    assert kept["proposal"].nunique() == 14 and len(kept) == 42
    assert len(pattern_statistics._counted(many)) == 14
    assert pattern_statistics._counted(many)["proposal"].nunique() == 5


# -- judging --------------------------------------------------------------------------------------


def test_bands_hold_their_ends_and_conditions_their_mean() -> None:
    values = np.arange(101.0)
    one = load_patterns()[0]
    for observed, passed in ((5, True), (4, False), (95, True), (96, False)):
        judged = patterns._judged(replace(one, observed=observed), values)
        assert judged[-1] is passed, observed
    least = replace(one, test="at_least", threshold=0.5, observed=1.0)
    assert patterns._judged(least, np.array([0.0, 1.0, np.nan]))[-1] is True
    assert patterns._judged(least, np.array([0.0, 0.9, np.nan]))[-1] is False
    scarce = np.full(10, np.nan)
    assert patterns._judged(least, scarce)[-1] is False
    scarce[0] = 1.0
    assert patterns._judged(least, scarce)[-1] is False  # shown by one replication in ten
    scarce[1] = 1.0
    assert patterns._judged(least, scarce)[-1] is True


# -- what the press sees of a replication ---------------------------------------------------------


def test_a_replication_is_seen_as_the_press_would(facts: Facts, world: World) -> None:
    columns = ["scenario", "replication", "proposal", "system", "parent", "footprint", "mooted"]
    columns += ["drafted", "decided", "exit", "exit_on"]
    may, july = date(2019, 5, 1), date(2019, 7, 9)
    rows = [
        # in the register of the start date: public since then
        ("s", 4, "E54000011-1", "E54000011", None, "05N+05X", may, date(2019, 6, 1),
         date(2019, 10, 2), "refused", date(2019, 10, 2)),
        # private talks from before the start: public once drafted
        ("s", 4, "E54000023-1", "E54000023", None, "06L+06T", may, july, None, "open", None),
        # ends after the day it is read
        ("s", 7, "E54000023-1", "E54000023", None, "06L+06T", july, None, None, "withdrawn",
         date(2020, 5, 1)),
        ("t", 4, "E54000023-1", "E54000023", None, "06L+06T", may, july, None, "open", None),
    ]  # fmt: skip
    votes = pd.DataFrame(
        [
            ("s", 4, "E54000011-1", "05N", 1, date(2019, 9, 1), 3, 9, False),
            ("s", 4, "E54000011-1", "05N", 2, date(2019, 9, 20), 9, 3, True),
            ("s", 4, "E54000011-1", "05X", 1, date(2020, 4, 2), 9, 3, True),
        ],
        columns=[
            "scenario", "replication", "proposal", "ccg", "attempt", "date", "votes_for",
            "votes_against", "carried",
        ],
    )  # fmt: skip
    seen = simulated_round(pd.DataFrame(rows, columns=columns), votes, "s", facts, world)
    assert seen.replications == 2
    table = seen.proposals
    assert table["replication"].tolist() == [0, 0, 1]
    assert table["live"].tolist() == [True, False, False]
    assert table["public_on"].tolist() == [may.toordinal(), july.toordinal(), 0]
    assert table["exit"].tolist() == ["refused", "open", "open"]
    assert table["whole"].tolist() == [True, False, False]
    assert seen.ballots[["ccg", "carried", "yes_share"]].values.tolist() == [["05N", True, 0.75]]


# -- broken files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",mergers,", ",merger,", "'merger' is unknown; did you mean 'mergers'"),
        (",band,", ",bond,", "'bond' must be band or at_least"),
        (",18,band,0.9,", ",some,band,0.9,", "column observed: 'some' is not a number"),
        (",18,band,0.9,", ",18,band,90,", "threshold: 90 must be in 0 to 1"),
    ],
)
def test_broken_files_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (FOLDER / "patterns.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "patterns.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match="row 2") as error:
        load_patterns(tmp_path)
    assert said in str(error.value)


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"patterns\.csv: cannot be read"):
        load_patterns(tmp_path)
