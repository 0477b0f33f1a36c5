"""Footers of Parquet files are passed over exactly, and their numbers found and replaced."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.records.compact import (
    BINARY,
    BYTE,
    DOUBLE,
    HERE,
    LISTS,
    STRUCT,
    TRUE,
    Found,
    read_integer,
    replaced,
    walk,
    write_integer,
    write_list,
    write_unsigned,
)
from sim.records.parquet_groups import read_footer
from tests.properties import steady

whole = st.integers(min_value=-(2**63), max_value=2**63 - 1)
leaves = st.one_of(
    st.tuples(st.sampled_from((4, 5, 6)), whole),
    st.tuples(st.just(BINARY), st.binary(max_size=200)),
    st.tuples(st.just(BYTE), st.integers(0, 255)),
    st.tuples(st.just(DOUBLE), st.binary(min_size=8, max_size=8)),
    st.tuples(st.just(TRUE), st.none()),
)


def _structs(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = st.dictionaries(st.integers(1, 300), inner, max_size=6)
    return st.tuples(st.just(STRUCT), fields.map(lambda found: sorted(found.items())))


def _lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(
        st.sampled_from(LISTS),
        st.tuples(inner, st.integers(0, 40)).map(lambda found: [found[0]] * found[1]),
    )


values = st.recursive(leaves, lambda inner: _structs(inner) | _lists(inner), max_leaves=12)


def written(value: tuple[int, Any], *, alone: bool = False) -> bytes:
    """Write a value by the words of the protocol."""
    kind, content = value
    if kind in (4, 5, 6):
        return write_integer(content)
    if kind == BINARY:
        return write_unsigned(len(content)) + content
    if kind == BYTE:
        return bytes([content])
    if kind == DOUBLE:
        return bytes(content)
    if kind == TRUE:
        return b"\1" if alone else b""
    if kind in LISTS:
        inner = content[0][0] if content else BYTE
        each = b"".join(written(one, alone=True) for one in content)
        return write_list(len(content), inner) + each
    text, before = b"", 0
    for number, one in content:
        step = number - before
        text += (
            bytes([step << 4 | one[0]]) if step < 16 else bytes([one[0]]) + write_integer(number)
        )
        text += written(one)
        before = number
    return text + b"\0"


@given(value=values, around=st.binary(max_size=5))
@steady
def test_a_walk_ends_where_the_value_ends(value: tuple[int, Any], around: bytes) -> None:
    data = written(value, alone=True)
    if value[0] == TRUE:
        return  # stands alone in lists only
    assert walk(around + data + around, len(around), value[0], {}, []) == len(around) + len(data)


@given(fields=_structs(values))
@steady
def test_every_field_is_found_and_can_be_put_back(fields: tuple[int, Any]) -> None:
    data = written(fields)
    found: list[Found] = []
    walk(data, 0, STRUCT, {number: HERE for number, _ in fields[1]}, found)
    assert [(one.field, one.kind) for one in found] == [(n, value[0]) for n, value in fields[1]]
    same = [(one, data[one.start : one.stop]) for one in found]
    assert [text for _, text in same] == [written(value) for _, value in fields[1]]
    assert replaced(data, same) == data


@given(value=_structs(values), share=st.floats(0, 0.999))
@steady
def test_what_is_cut_short_is_refused(value: tuple[int, Any], share: float) -> None:
    data = written(value)
    with pytest.raises(ValueError, match="cut short"):
        walk(data[: int(len(data) * share)], 0, STRUCT, {}, [])


@given(number=whole)
@steady
def test_numbers_come_back(number: int) -> None:
    assert read_integer(write_integer(number), 0) == (number, len(write_integer(number)))
    if abs(number) < 64:
        assert len(write_integer(number)) == 1


@given(
    rows=st.lists(st.integers(0, 300), max_size=20),
    columns=st.integers(1, 6),
    statistics=st.booleans(),
    compression=st.sampled_from(("zstd", "none", "snappy")),
)
@steady
def test_arrows_own_footers_come_back_byte_for_byte(
    rows: list[int], columns: int, statistics: bool, compression: str
) -> None:
    names = [f"column {place}" for place in range(columns)]
    schema = pa.schema([pa.field(name, pa.int64(), nullable=False) for name in names])
    file = io.BytesIO()
    with pq.ParquetWriter(
        file, schema, compression=compression, write_statistics=statistics, write_page_index=False
    ) as writer:
        for number in rows:
            numbers = pa.array(range(number), pa.int64())
            writer.write_table(
                pa.table([numbers] * columns, schema=schema), row_group_size=max(1, number)
            )
    data = file.getvalue()
    end = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    frame, groups = read_footer(data[end:-8], end)
    assert b"".join(frame.around(groups)) == data[end:-8]
    assert [group.rows for group in groups] == rows
    assert sum(group.length for group in groups) == end - 4
