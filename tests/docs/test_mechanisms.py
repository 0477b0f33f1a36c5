"""The registry of mechanisms: complete, and pointing at things that exist."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sim.errors import InputError
from tools.docs import mechanisms
from tools.docs.mechanisms import TABLE, check_registry, registry

Row = dict[str, str]


def rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def written(folder: Path, table: list[Row]) -> Path:
    path = folder / "mechanisms.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    return path


def sound() -> Row:
    """A row that points at things that exist, whatever the registry says."""
    return {
        "kind": "rule",
        "where": "sim.rules.support.outweighed;sim/world/data/england_2019/systems.csv",
        "levers": "ballot.threshold",
        "parameters": "ballot_outweighed",
        "outcomes": "final_ccgs;p_60_70;ccgs_2020_04_01;p_lost_ballot;proposals.origin",
        "scenario": "as_written",
        "test": "tests/docs/test_mechanisms.py::test_every_row_points_at_something",
        "state": "done",
        "note": "",
    }


def test_every_row_points_at_something() -> None:
    assert check_registry() == []


def test_all_rows_are_there_in_our_own_words() -> None:
    found = registry()
    assert [row.id for row in found] == list(range(1, 109))
    assert len({row.mechanism for row in found}) == 108
    assert all(5 < len(row.mechanism) < 120 for row in found)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("where", "sim.rules.support.no_such_rule", "sim.rules.support.no_such_rule is neither"),
        ("where", "sim.rules.nowhere", "sim.rules.nowhere is neither"),
        ("where", "os.path", "os.path is neither"),
        ("where", "sim/world/data/none.csv", "none.csv is neither"),
        ("where", "", "needs kind, where and test"),
        ("levers", "ballot.treshold", "ballot.treshold does not exist"),
        ("parameters", "ballot_outwayed", "ballot_outwayed does not exist"),
        ("outcomes", "final_ccg", "final_ccg does not exist"),
        ("scenario", "as_wished", "as_wished does not exist"),
        ("test", "tests/docs/test_mechanisms.py::test_nothing", "test_nothing does not exist"),
        ("test", "tests/none.py::test_nothing", "tests/none.py::test_nothing does not exist"),
        ("test", "", "needs kind, where and test"),
        ("state", "open", "still open"),
        ("state", "left out", "left out without a reason"),
    ],
)
def test_a_row_that_points_at_nothing_is_found(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    table = [row | sound() for row in rows()]
    assert check_registry(written(tmp_path, table)) == []
    table[16][column] = value
    [fault] = check_registry(written(tmp_path, table))
    assert fault.startswith("row 17: ") and said in fault


@pytest.mark.parametrize(
    ("kind", "column"),
    [("lever", "levers"), ("parameter", "parameters"), ("outcome", "outcomes")],
)
def test_a_kind_without_its_name_is_found(tmp_path: Path, kind: str, column: str) -> None:
    table = [row | sound() for row in rows()]
    table[0] |= {"kind": kind, column: ""}
    assert check_registry(written(tmp_path, table)) == [
        f"row 1: {'an' if kind == 'outcome' else 'a'} {kind} is its kind, but none is named"
    ]


def test_rows_that_are_missing_twice_there_or_left_out_too_often_are_found(tmp_path: Path) -> None:
    table = [row | sound() for row in rows()]
    assert "ids must be 1 to 108" in check_registry(written(tmp_path, table[:-1]))[0]
    assert "ids must be 1 to 108" in check_registry(written(tmp_path, [*table, table[-1]]))[0]
    for row in table[: mechanisms.MOST_LEFT_OUT + 1]:
        row |= {"state": "left out", "note": "a reason that an expert would accept"}
    [fault] = check_registry(written(tmp_path, table))
    assert "13 rows are left out" in fault


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("id", "one", "row 2, column id: 'one' is not a whole number"),
        ("group", "chains", r"column group: 'chains' is not allowed; .*chain"),
        ("kind", "levers", "column kind: 'levers' is not allowed"),
        ("state", "finished", "column state: 'finished' is not allowed"),
        ("mechanism", " ", "mechanism and source must be stated"),
    ],
)
def test_a_table_of_another_form_is_refused(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    table = rows()
    table[0][column] = value
    with pytest.raises(InputError, match=said):
        registry(written(tmp_path, table))


def test_a_table_that_is_missing_or_lacks_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        registry(tmp_path / "none.csv")
    short = [{key: value for key, value in row.items() if key != "note"} for row in rows()]
    with pytest.raises(InputError, match="the columns must be id, source"):
        registry(written(tmp_path, short))
