"""The recorded round: tables that add up, resolve in the world, and support every origin."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.evidence.record import figures, observed_cases, observed_systems
from sim.scenario.durations import DURATION_NAMES, Durations
from sim.scenario.levers import lever_table
from sim.scenario.parameters import PARAMETER_NAMES, PARAMETER_TABLE
from sim.world.load import load_world
from tools.docs.mechanisms import registry

WORKING_FILE = re.compile(r"[a-z_]+\.(?:md|csv)")


def test_the_round_adds_up_to_the_recorded_counts() -> None:
    systems = observed_systems()
    assert len(systems) == 42
    assert sum(one.ccgs_before for one in systems) == 191
    assert sum(one.ccgs_after for one in systems) == 135
    assert sum(one.proposals for one in systems) == 25
    assert sum(one.applications for one in systems) == 19
    assert sum(one.mergers for one in systems) == 18
    assert (sum(s.ballots_held for s in systems), sum(s.ballots_carried for s in systems)) == (
        58,
        50,
    )
    merged = [case for case in observed_cases() if case.outcome == "merged"]
    assert 191 - sum(len(case.ccgs) - 1 for case in merged) == 135


def test_cases_are_those_counted_by_system_and_lie_in_the_world() -> None:
    world = load_world()
    codes = {ccg.code: ccg for ccg in world.ccgs}
    cases = {case.case: case for case in observed_cases()}
    systems = observed_systems()
    assert [one.code for one in systems] == sorted(s.code for s in world.systems)
    listed = [case for one in systems for case in one.cases]
    assert sorted(listed) == sorted(cases)
    names = {system.code: system.name for system in world.systems}
    for one in systems:
        own = [cases[case] for case in one.cases]
        assert one.name == names[one.code]
        assert all(case.system == one.code for case in own)
        assert one.proposals == sum(case.kind == "attempt" for case in own)
        assert one.mergers == sum(case.outcome == "merged" for case in own)
        assert one.ballots_held == sum(case.ballots_held or 0 for case in own)
    crossing = set()
    for case in cases.values():
        assert len(set(case.ccgs)) == len(case.ccgs) >= 2
        assert set(case.ccgs) <= set(codes)
        assert case.source.startswith("http")
        homes = {world.systems[codes[code].system].code for code in case.ccgs}
        if len(homes) > 1:
            crossing.add(case.case)
    assert crossing == {"2020-NorthYorkshire", "2020-SurreyHeartlands"}


def test_nothing_is_later_than_the_cut_off() -> None:
    assert all(case.outcome_month <= "2020-04" for case in observed_cases())
    assert {case.outcome for case in observed_cases() if case.kind == "open"} == {"open"}


def test_every_working_file_that_an_origin_names_has_a_figure_here() -> None:
    held = {(row.file, name) for row in figures() for name in row.used_by}
    origins = [(row.name, row.origin) for row in PARAMETER_TABLE]
    origins += [(f.name, str(f.metadata["origin"])) for f in dataclasses.fields(Durations)]
    missing = [
        (name, file)
        for name, origin in origins
        for file in WORKING_FILE.findall(origin)
        if (file, name) not in held
    ]
    assert missing == []


def test_figures_are_used_by_something_that_exists() -> None:
    known = {*PARAMETER_NAMES, *DURATION_NAMES}
    for row in figures():
        assert row.used_by and set(row.used_by) <= known, row
        assert row.basis in ("seen", "computed", "assumed"), row
        assert row.quantity and row.value and row.source, row


def test_every_mechanism_that_is_served_is_explained() -> None:
    served = {one for row in PARAMETER_TABLE for one in row.mechanisms}
    served |= {one for lever in lever_table() for one in lever.mechanisms}
    assert served <= {row.id for row in registry()} == set(range(1, 109))


def test_broken_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cases\.csv: cannot be read"):
        observed_cases(tmp_path)
    header = "system,system_name,proposals,cases\n"
    (tmp_path / "observed_2020.csv").write_text(header + "E54000005,Somewhere,two,\n", "utf-8")
    with pytest.raises(InputError, match=r"row 2, column proposals: 'two'"):
        observed_systems(tmp_path)
