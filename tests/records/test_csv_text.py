"""Texts come through CSV as they were, no spreadsheet runs them, and nothing is guessed."""

from __future__ import annotations

import csv
import math
from datetime import date
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.records.csv_text import (
    _guard_table,
    guarded,
    read_csv,
    unguarded,
    write_frame,
    write_rows,
)
from tests.hostile_names import NAMES

TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from("=+-@\t\r\n '\",|;\u200b\u3000\ufeff＝0.e"),
    ),
    max_size=12,
)
RUN_BY_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
QUICK = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(TEXT)
def test_a_guard_is_taken_off_again(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell.startswith(RUN_BY_A_SPREADSHEET)
    assert not cell.lstrip(" \n\u3000\ufeff").startswith(RUN_BY_A_SPREADSHEET)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("'=1", "''=1"),
        ("''quoted", "''quoted"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("North-East", "North-East"),
        ("02N+02R", "02N+02R"),
        ("", ""),
    ],
)
def test_only_what_could_be_run_is_marked(text: str, cell: str) -> None:
    assert guarded(text) == cell


@pytest.mark.slow
@QUICK
@given(st.lists(st.tuples(TEXT, TEXT, st.floats(allow_nan=False), st.integers(-9, 9)), min_size=1))
def test_texts_and_numbers_come_back_exactly(
    tmp_path: Path, rows: list[tuple[str, str, float, int]]
) -> None:
    path = tmp_path / "summary.csv"
    assert write_rows(path, ("scenario", "outcome", "mean", "n"), rows) == len(rows)
    frame = read_csv(path)
    assert [*zip(*(frame[c].tolist() for c in frame.columns), strict=True)] == rows
    assert frame["mean"].dtype == "float64" and frame["n"].dtype == "int64"


@QUICK
@given(st.lists(TEXT, min_size=1))
def test_copies_of_parquet_tables_hold_the_same_texts(tmp_path: Path, texts: list[str]) -> None:
    columns = {"scenario": texts, "replication": [0] * len(texts)}
    columns |= {"parameter": texts, "value": [-0.5] * len(texts)}
    path = tmp_path / "parameters.csv"
    table = _guard_table(pa.table(columns))
    pyarrow.csv.write_csv(table, path)
    frame = read_csv(path)
    assert frame["parameter"].tolist() == texts == frame["scenario"].tolist()
    assert frame["value"].tolist() == [-0.5] * len(texts)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            assert not row[0].startswith(RUN_BY_A_SPREADSHEET)


def test_a_table_of_ordinary_names_is_not_even_copied() -> None:
    table = pa.table({"name": ["Leeds", "Bath and North East", None], "n": [-1, 2, 3]})
    assert _guard_table(table) is table


def test_numbers_are_never_marked(tmp_path: Path) -> None:
    write_rows(tmp_path / "x.csv", ("n", "scenario"), [(-1.5, "-1.5"), (-2, "2"), (None, "")])
    assert (tmp_path / "x.csv").read_bytes() == b"n,scenario\n-1.5,'-1.5\n-2,2\n,\n"


@pytest.mark.parametrize("name", ["2020", "007", "1e5", "nan", "NA", "none", "true", "inf", "N/A"])
def test_names_that_look_like_values_stay_text(name: str, tmp_path: Path) -> None:
    row = (name, name, name, "2020-04-01", 0.5, None)
    path = tmp_path / "places.csv"
    write_rows(path, ("scenario", "system", "system_name", "date", "p", "q"), [row, row])
    frame = read_csv(path)
    for column in ("scenario", "system", "system_name"):
        assert frame[column].tolist() == [name, name]
        assert len(frame.query(f"{column} == '{name}'")) == 2
    assert frame["date"].tolist() == [date(2020, 4, 1)] * 2
    assert frame["p"].tolist() == [0.5, 0.5]
    assert frame["q"].isna().all() and frame["q"].dtype == "float64"


def test_what_is_not_text_is_read_by_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    columns = ("setting", "value", "also", "at", "outcome", "mean")
    write_rows(
        path, columns, [("a.b", "none", "", None, "x", math.inf), ("a.b", "=1", "", 2, "x", 3)]
    )
    frame = read_csv(path)
    assert frame["value"].tolist() == ["none", "=1"]
    assert frame["also"].tolist() == ["", ""]
    assert math.isnan(frame["at"][0]) and frame["at"][1] == 2.0
    assert frame["mean"].tolist() == [math.inf, 3.0]
    (tmp_path / "b.csv").write_text("passed\nTrue\nFalse\n")
    assert read_csv(tmp_path / "b.csv")["passed"].tolist() == [True, False]


def test_a_scenario_may_be_called_as_a_column_of_text_elsewhere(tmp_path: Path) -> None:
    """In items.csv each forecast has a column of its own, named as its scenario."""
    write_rows(
        tmp_path / "items.csv", ("quantity", "item", "system", "base"), [("q", "1", "2", 0.5)]
    )
    frame = read_csv(tmp_path / "items.csv")
    assert frame.loc[0].tolist() == ["q", "1", "2", 0.5]


def test_ordinary_frames_are_written_as_pandas_writes_them(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "name": ["Leeds", "Bath, and", 'a "b"', None],
            "mixed": [1, 0.25, "x", None],
            "x": [0.1, math.nan, -1e-9, 123456.789],
            "n": np.arange(4),
            "yes": [True, False, True, False],
            "on": pd.to_datetime(["2020-04-01"] * 4),
        }
    )
    for decimals in ("", ".4f", ".6g"):
        kept = frame if not decimals else frame.drop(columns="mixed")
        write_frame(tmp_path / "f.csv", kept, decimals=decimals)
        expected = StringIO()
        kept.to_csv(
            expected,
            index=False,
            lineterminator="\n",
            float_format=f"%{decimals}" if decimals else None,
        )
        assert (tmp_path / "f.csv").read_bytes() == expected.getvalue().encode()


def test_hostile_names_survive_in_frames_and_headers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": list(NAMES), "=1+1": range(len(NAMES))})
    write_frame(tmp_path / "leans_on.csv", frame)
    found = read_csv(tmp_path / "leans_on.csv")
    assert found["name"].tolist() == list(NAMES)
    assert list(found.columns) == ["name", "=1+1"]


def test_an_empty_text_alone_in_its_row_is_a_row(tmp_path: Path) -> None:
    write_rows(tmp_path / "x.csv", ("scenario",), [("",), ("a",)])
    assert read_csv(tmp_path / "x.csv")["scenario"].tolist() == ["", "a"]


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    write_rows(tmp_path / "x.csv", ("scenario", "mean"), [])
    frame = read_csv(tmp_path / "x.csv")
    assert list(frame.columns) == ["scenario", "mean"] and frame.empty


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"a,b\n1\n", "row 2"), (b'a\n"x', "CSV"), (b"a\n\xff\n", "CSV")],
)
def test_a_damaged_file_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_csv(tmp_path / "x.csv")
