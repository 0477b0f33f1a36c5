"""The table of recorded votes: what it holds, agrees with, and refuses."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.evidence.ballots import ballot_data, possible_counts
from sim.evidence.ballots.tables import ballot_tables
from sim.evidence.record import (
    FOLDER,
    BallotRecord,
    ballot_records,
    by_case,
    observed_cases,
    used_records,
)
from tests.evidence.ballot_examples import PAIR, counts, data_of, england, outcomes, record


def test_outcomes_by_ccg_are_those_of_the_recorded_cases() -> None:
    cases = {case.case: case for case in observed_cases()}
    held: Counter[str] = Counter()
    carried: Counter[str] = Counter()
    ccgs: dict[str, set[str]] = {}
    used = used_records(ballot_records())
    for row in (row for row in used if row.kind != "inferred"):
        held[row.case] += len(row.ccgs)
        carried[row.case] += sum(outcome != "failed" for outcome in row.outcomes)
        ccgs.setdefault(row.case, set()).update(row.ccgs)
    recorded = {case: one for case, one in cases.items() if one.ballots_held}
    assert dict(held) == {case: one.ballots_held for case, one in recorded.items()}
    assert {c: carried[c] for c in held} == {c: o.ballots_carried for c, o in recorded.items()}
    assert ccgs == {case: set(one.ccgs) for case, one in recorded.items()}
    assert (held.total(), carried.total(), len(held)) == (58, 50, 14)


def test_inferred_rows_are_of_all_mergers_without_a_recorded_vote_and_of_no_others() -> None:
    cases = {case.case: case for case in observed_cases()}
    inferred: dict[str, set[str]] = {}
    for row in used_records(ballot_records()):
        if row.kind == "inferred":
            assert row.outcomes == ("carried",) and row.yes_share is None and row.note
            inferred.setdefault(row.case, set()).update(row.ccgs)
    silent = {
        case: set(one.ccgs)
        for case, one in cases.items()
        if one.outcome == "merged" and not one.ballots_held
    }
    assert inferred == silent
    assert (len(inferred), sum(map(len, inferred.values()))) == (9, 31)
    proposals = ballot_data(england()).proposals
    assert sum(bool(proposal.recorded) for proposal in proposals) == 14


def test_every_used_row_agrees_with_some_vote_of_the_electorate() -> None:
    data = ballot_data(england())
    tables = ballot_tables(data)
    assert len(tables.proposals) == 23
    assert sum(len(table.rows) for table in tables.proposals) == 58 + 31
    # four systems have two proposals each: Cheshire's and Warrington's lie in one, and so do
    # those of Sussex, of the north east and of two parts of Yorkshire
    assert sorted(len(place) for place in data.places) == [1] * 15 + [2] * 4


def test_what_is_no_merger_ballot_is_not_used() -> None:
    unused = [row for row in ballot_records() if not row.used]
    assert {row.case for row in unused} >= {"service-change", "2019-SandwellSplit"}
    assert all(row.note and row.source for row in unused)


def test_a_share_stands_for_all_counts_that_round_to_it() -> None:
    eastern = by_case(ballot_records())["2020-Cheshire"][0]
    (ccg,) = (c for p in ballot_data(england()).proposals for c in p.ccgs if c.code == "01C")
    points = possible_counts.recorded_points(eastern, ccg)
    assert [tuple(point) for point in points.nonzero()[0:2]] == [(19, 20), (18, 19)]


def test_a_share_that_no_count_rounds_to_is_refused() -> None:
    other = counts("2020-A", "02E", 20, 5)
    row = record("2020-A", ("01F",), "share", share_for=0.99, outcomes=("carried",))
    with pytest.raises(InputError, match="2020-A, CCG 01F: no vote of 14 practices agrees"):
        ballot_tables(data_of(row, other))
    with pytest.raises(InputError, match="no vote of 14 practices agrees"):
        ballot_tables(data_of(counts("2020-A", "01F", 10, 5), other))
    with pytest.raises(InputError, match="2020-A: a merger is of two CCGs at least"):
        data_of(other)


def test_pooled_votes_are_allotted_by_practices_and_quorum() -> None:
    found = {
        proposal.case: (pooled[0][0], pooled[0][1])
        for proposal in ballot_data(england()).proposals
        if (pooled := possible_counts.pooled_records(proposal))
    }
    staffordshire = possible_counts.allotted_casts(*found["2020-Staffordshire"])
    assert sum(staffordshire) == 131
    sizes = [ccg.practices for ccg in found["2020-Staffordshire"][1]]
    assert all(abs(n - 131 * s / sum(sizes)) < 1 for n, s in zip(staffordshire, sizes, strict=True))
    surrey, ccgs = found["2020-SurreyHeartlands"]
    casts = possible_counts.allotted_casts(surrey, ccgs)
    assert casts == [14, 17, 32, 22]
    assert casts[3] < 0.75 * ccgs[3].practices
    assert possible_counts.pooled_votes_for(surrey, casts) == 68


def test_a_pooled_row_beside_another_of_its_case_is_refused() -> None:
    pooled = record(
        "2020-A",
        PAIR,
        "pooled_counts",
        votes_for=20,
        votes_against=10,
        outcomes=("carried", "carried"),
    )
    with pytest.raises(InputError, match="CCG 01F is in two rows"):
        data_of(pooled, *outcomes("2020-A", PAIR, "carried", "carried"))


def test_cases_and_rounds_can_be_left_out() -> None:
    rows = ballot_records()
    left = used_records(rows, ["2020-BSW"])
    assert {row.case for row in used_records(rows)} - {row.case for row in left} == {"2020-BSW"}
    assert used_records(rows, ["2020"]) == ()
    with pytest.raises(InputError, match=r"'2020-BWS', which is no case .*did you mean '2020-BSW'"):
        used_records(rows, ["2020-BWS"])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("kind", "count", "one of counts, share.*did you mean 'counts'"),
        ("votes_for", "sixteen", "column votes_for: 'sixteen' must be a whole number"),
        ("votes_for", "", "one whose votes for and against are given"),
        ("outcome", "passed", "carried, failed, inquorate"),
        ("outcome", "", "column outcome: '' must be given"),
        ("advice", "Wessex LMCs: oppose", "committee=stance"),
        ("turnout", "1.2", "shares from 0 to 1"),
        ("used", "maybe", "one of yes, no"),
        ("ccgs", "11E+12D", "one CCG, or for the pooled kinds"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, column: str, value: str, message: str) -> None:
    with (FOLDER / "votes.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    row = rows[0] | {column: value}
    if column == "ccgs":
        row["outcome"] = "carried+carried"
    with (tmp_path / "votes.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, list(row))
        writer.writeheader()
        writer.writerow(row)
    with pytest.raises(InputError, match=message):
        ballot_records(tmp_path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"votes\.csv: cannot be read"):
        ballot_records(tmp_path)


def test_unknown_bodies_are_named() -> None:
    row = counts("2020-A", "01F", 8, 2)
    with pytest.raises(InputError, match="has no CCG 99Z"):
        data_of(_changed(row, ccgs=("99Z",)))
    with pytest.raises(InputError, match="has no council E1"):
        data_of(*outcomes("2020-A", PAIR, "failed", "failed", opposed_councils=("E1",)))
    with pytest.raises(InputError, match="'Kent LMC' advises none of its CCGs"):
        data_of(*outcomes("2020-A", PAIR, "failed", "failed", advice=(("Kent LMC", "oppose"),)))


def _changed(row: BallotRecord, **facts: object) -> BallotRecord:
    import dataclasses

    return dataclasses.replace(row, **facts)  # type: ignore[arg-type]
