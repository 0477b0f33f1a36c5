"""The register of all rounds gives the counts that were recorded, round by round."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.evidence.record import (
    attempts,
    cases,
    homes,
    observed_counts,
    observed_partition,
    observed_systems,
    register,
)
from sim.evidence.record.register import public_plans, together
from sim.world import World, load_world

APRIL_2020 = date(2020, 4, 1)


@pytest.fixture(scope="module")
def of_2013() -> World:
    return load_world("england_2013")


@pytest.fixture(scope="module")
def of_2019() -> World:
    return load_world("england_2019")


@pytest.mark.parametrize(
    ("year", "proposals", "mergers", "merged_ccgs", "decided"),
    [(2015, 2, 1, 3, 1), (2017, 1, 1, 3, 1), (2018, 7, 6, 18, 6), (2019, 2, 2, 6, 2),
     (2020, 25, 18, 74, 19)],
)  # fmt: skip
def test_rounds(year: int, proposals: int, mergers: int, merged_ccgs: int, decided: int) -> None:
    found = attempts(year)
    merged = [case for case in found if case.outcome == "merged"]
    assert len(found) == proposals
    assert len(merged) == mergers
    assert sum(len(case.ccgs) for case in merged) == merged_ccgs
    assert sum(case.applied for case in found) == decided
    approved = [case for case in found if case.decision.startswith("approved")]
    assert approved == merged


def test_all_rounds_together() -> None:
    assert len(attempts()) == 37
    assert Counter(case.outcome for case in attempts()) == {
        "merged": 28,
        "dropped": 5,
        "refused": 1,
        "postponed": 3,
    }
    assert Counter(case.kind for case in cases()) == {
        "attempt": 37,
        "open": 8,
        "joint_working": 2,
        "position": 2,
        "boundary": 2,
    }
    assert len({case.case for case in cases()}) == 51
    shared = Counter(
        (case.shared_officer, case.outcome == "merged")
        for case in attempts()
        if case.round in (2018, 2019, 2020) and case.shared_officer != "unknown"
    )
    assert shared["yes", True] == 23
    assert shared["partial", True] == 3


def test_sizes_of_merging_groups() -> None:
    sizes = Counter(len(case.ccgs) for case in attempts() if case.outcome == "merged")
    assert sizes == {2: 4, 3: 12, 4: 6, 5: 2, 6: 3, 8: 1}


def test_nothing_is_later_than_the_cut_off() -> None:
    for case in cases():
        assert max(case.first_public, case.decision_month, case.outcome_month) <= "2020-04"
        assert case.source.startswith("http")
    assert all(case.outcome == "open" for case in cases() if case.kind == "open")


def test_counts_by_date() -> None:
    assert observed_counts() == {
        date(2013, 4, 1): 211,
        date(2015, 4, 1): 209,
        date(2017, 4, 1): 207,
        date(2018, 4, 1): 195,
        date(2019, 4, 1): 191,
        APRIL_2020: 135,
    }


def test_partitions_are_the_worlds_of_their_day(of_2013: World, of_2019: World) -> None:
    of_2020 = load_world("england_2020")
    later = observed_partition(date(2019, 6, 1), of_2013)
    assert sorted(later) == [ccg.code for ccg in of_2019.ccgs]
    for world, size in ((of_2013, 211), (of_2019, 191)):
        found = observed_partition(APRIL_2020, world)
        assert sorted(found) == [ccg.code for ccg in of_2020.ccgs]
        parts = sorted(code for codes in found.values() for code in codes)
        assert parts == [ccg.code for ccg in world.ccgs]
        assert len(parts) == size
    assert observed_partition(date(2015, 3, 31), of_2013)["00F"] == ("00F",)
    assert observed_partition(date(2015, 4, 1), of_2013)["13T"] == ("00F", "00G", "00H")
    for day, count in observed_counts().items():
        assert len(observed_partition(day, of_2013)) == count


def test_mergers_of_the_map_are_those_of_the_cases(of_2013: World, of_2019: World) -> None:
    merged = {case.ccgs for case in attempts(2020) if case.outcome == "merged"}
    found = observed_partition(APRIL_2020, of_2019).values()
    assert {parts for parts in found if len(parts) > 1} == {tuple(sorted(c)) for c in merged}
    codes = {ccg.code for ccg in of_2013.ccgs}
    for case in attempts():
        if case.round != 2020:
            assert set(case.ccgs) <= codes, case.case


def test_systems(of_2013: World, of_2019: World) -> None:
    june, april = (Counter(homes(day, of_2019).values()) for day in (date(2019, 6, 1), APRIL_2020))
    assert Counter(june.values())[1] == 9
    assert Counter(april.values())[1] == 20
    assert Counter(homes(date(2019, 6, 1), of_2013).values()) == june
    held = Counter(homes(APRIL_2020, of_2019).values())
    assert {one.code: one.ccgs_after for one in observed_systems()} == held
    assert homes(APRIL_2020, of_2013) == homes(APRIL_2020, of_2019)
    placed = homes(APRIL_2020, of_2019)
    region = {s.code: of_2019.regions[s.region].name for s in of_2019.systems}
    assert Counter(region[system] for system in placed.values()) == {
        "North East and Yorkshire": 25,
        "North West": 27,
        "Midlands": 24,
        "East of England": 16,
        "London": 18,
        "South East": 18,
        "South West": 7,
    }


def test_pairs(of_2019: World) -> None:
    pairs = together(observed_partition(APRIL_2020, of_2019))
    sizes = [len(case.ccgs) for case in attempts(2020) if case.outcome == "merged"]
    assert len(pairs) == sum(n * (n - 1) // 2 for n in sizes)
    assert ("05F", "05J") in pairs
    assert ("05J", "05F") not in pairs
    assert together({"x": ("b", "a")}) == {("a", "b")}
    assert together(observed_partition(date(2019, 6, 1), of_2019)) == frozenset()


def test_plans_public_in_july_2019(of_2019: World) -> None:
    plans = public_plans()
    ccgs = [code for plan in plans for code in plan.ccgs]
    assert (len(plans), len(ccgs), len(set(ccgs))) == (23, 94, 94)
    assert len(of_2019.ccgs) - len(ccgs) + len(plans) == 120  # 126 was counted at the time
    late = {case.case for case in attempts(2020)} - {plan.case for plan in plans}
    assert late == {"2020-NorfolkWaveney", "2020-NorthCentralLondon"}
    assert len(public_plans("2020-04")) == 25
    live = {tuple(sorted(of_2019.ccgs[i].code for i in p.ccgs)) for p in of_2019.live_proposals}
    in_june = {tuple(sorted(plan.ccgs)) for plan in public_plans("2019-05")}
    assert in_june == live - {("03W", "04C", "04V")}  # talks without a date: open, no attempt


def test_wrong_input_is_refused(tmp_path: Path, of_2019: World) -> None:
    with pytest.raises(InputError, match=r"round 2016: .* 2015, 2017, 2018, 2019, 2020"):
        attempts(2016)
    with pytest.raises(InputError, match="the register ends on 2020-04-01"):
        observed_partition(date(2020, 4, 2), of_2019)
    with pytest.raises(InputError, match=r"cases\.csv: cannot be read"):
        cases(tmp_path)
    text = (register.FOLDER / "cases.csv").read_text(encoding="utf-8")
    broken = text.replace(",merged,", ",megred,", 1)
    (tmp_path / "cases.csv").write_text(broken, encoding="utf-8")
    with pytest.raises(InputError, match=r"row 3, column outcome: 'megred'.*'merged'"):
        cases(tmp_path)
    (tmp_path / "successors.csv").write_text("ccg,successor,effective_on\na,b,c\n", "utf-8")
    with pytest.raises(InputError, match=r"row 2, column effective_on: 'c' is not a date"):
        register.successions(tmp_path)
