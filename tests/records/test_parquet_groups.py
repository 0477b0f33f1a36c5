"""Files put together from groups are those that one Arrow writer makes, however they came about."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.records.files import whole_files
from sim.records.parquet_groups import GroupWriter, Written, moved, open_groups, read_footer
from sim.records.schema import PROPOSALS
from sim.records.tables import arrow_schema, arrow_table
from tests.properties import steady
from tests.records.made_up_rows import blocks_of

SCHEMA = arrow_schema(PROPOSALS)


def table_of(first: int, count: int) -> pa.Table:
    """Return made-up proposals of some replications."""
    made = [
        arrow_table(PROPOSALS, "a", block.replications["proposals"], block.columns["proposals"])
        for block in blocks_of("a", first + count, first)
    ]
    return pa.concat_tables([SCHEMA.empty_table(), *made]).combine_chunks()


TABLES = [table_of(0, 25), table_of(25, 40), table_of(0, 0), table_of(65, 3), table_of(70, 60)]


def by_arrow(tables: Sequence[pa.Table]) -> bytes:
    file = io.BytesIO()
    with pq.ParquetWriter(file, SCHEMA, compression="zstd", write_statistics=False) as writer:
        for table in tables:
            writer.write_table(table, row_group_size=max(1, table.num_rows))
    return file.getvalue()


def by_us(path: Path, tables: Sequence[pa.Table]) -> Written:
    with whole_files([path]) as [file]:
        writer = GroupWriter(file, SCHEMA)
        for table in tables:
            writer.add(table)
        return writer.finish()


PAGES_ALONE = pq.read_metadata(io.BytesIO(by_arrow(TABLES))).row_group(0).column(0).file_offset == 0
"""Whether this Arrow writes nothing but pages between its groups; older ones wrote offsets too."""


@pytest.mark.skipif(not PAGES_ALONE, reason="an older Arrow writes offsets among the pages too")
@pytest.mark.parametrize("places", [(), (0,), (2,), (0, 1, 2, 3, 4), (2, 2, 4), (3, 1) * 20])
def test_the_file_is_arrows_own(tmp_path: Path, places: tuple[int, ...]) -> None:
    path, tables = tmp_path / "t.parquet", [TABLES[place] for place in places]
    written = by_us(path, tables)
    data = path.read_bytes()
    assert data == by_arrow(tables)
    whole = pa.concat_tables([SCHEMA.empty_table(), *tables])
    assert written == Written(whole.num_rows, hashlib.sha256(data).hexdigest())
    assert pq.read_table(path).equals(whole)
    assert pd.read_parquet(path).equals(whole.to_pandas())
    assert ds.dataset(path).to_table().equals(whole)


@given(
    old=st.lists(st.sampled_from(range(5)), max_size=8),
    plan=st.lists(st.tuples(st.booleans(), st.integers(0, 7)), max_size=12),
)
@steady
def test_groups_copied_to_any_place_are_groups_written_there(
    tmp_path_factory: pytest.TempPathFactory, old: list[int], plan: list[tuple[bool, int]]
) -> None:
    folder = tmp_path_factory.mktemp("groups")
    by_us(folder / "old", [TABLES[place] for place in old])
    expected = []
    with open_groups(folder / "old") as source, whole_files([folder / "new"]) as [file]:
        writer = GroupWriter(file, SCHEMA)
        assert writer.fits(source)
        for copied, number in plan:
            place = old[number % len(old)] if copied and old else number % 5
            expected.append(TABLES[place])
            if copied and old:
                writer.copy(source, source.groups[number % len(old)])
            else:
                writer.add(TABLES[place])
        written = writer.finish()
    data = (folder / "new").read_bytes()
    if PAGES_ALONE:
        assert data == by_arrow(expected)
    assert by_us(folder / "anew", expected) == written
    assert written.sha256 == hashlib.sha256(data).hexdigest()


@given(by=st.integers(1, 2**40))
@steady
def test_an_entry_moved_there_and_back_is_the_same(by: int) -> None:
    data = by_arrow(TABLES)
    end = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    for place, group in enumerate(read_footer(data[end:-8], end)[1]):
        there = moved(group.entry, by, place)
        assert there != group.entry
        assert moved(there, -by, place) == group.entry


def test_some_columns_of_some_groups_are_read(tmp_path: Path) -> None:
    by_us(tmp_path / "t", TABLES)
    with open_groups(tmp_path / "t") as source:
        found = source.read([source.groups[3], source.groups[1]], ["exit", "mooted"])
    wanted = pa.concat_tables([TABLES[3], TABLES[1]]).select(["exit", "mooted"])
    assert found.to_pylist() == [
        {"exit": row["exit"], "mooted": row["mooted"]} for row in wanted.to_pylist()
    ]


def test_a_file_of_another_schema_or_another_arrow_does_not_fit(tmp_path: Path) -> None:
    by_us(tmp_path / "t", TABLES)
    data = (tmp_path / "t").read_bytes()
    name = f"version {pa.__version__}".encode()
    assert data.count(name) == 1
    (tmp_path / "t").write_bytes(data.replace(name, b"v" + name[1:-1] + b"?"))
    pq.write_table(pa.table({"a": [1]}), tmp_path / "u")
    with whole_files([tmp_path / "new"]) as [file]:
        writer = GroupWriter(file, SCHEMA)
        for old in ("t", "u"):
            with open_groups(tmp_path / old) as source:
                assert not writer.fits(source)
        with pytest.raises(ValueError, match="another schema"):
            writer.add(pa.table({"a": [1]}))


@given(data=st.data())
@steady
def test_damaged_footers_are_refused_or_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever stands in a file, it is either refused as such or taken apart without loss."""
    path = tmp_path_factory.mktemp("damaged") / "t"
    whole = by_arrow(TABLES)
    end = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    at = data.draw(st.integers(end, len(whole) - 1))
    kind = data.draw(st.sampled_from(("cut", "changed", "without")))
    new = bytes([data.draw(st.integers(0, 255))])
    path.write_bytes(
        {"cut": whole[:at], "changed": whole[:at] + new + whole[at + 1 :], "without": whole[at:]}[
            kind
        ]
    )
    try:
        with open_groups(path) as source:
            footer = b"".join(source.frame.around(source.groups))
    except ValueError:
        return
    assert footer in path.read_bytes()


def test_what_cannot_be_a_table_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"PAR1", b"\xff\xff\xff\xffPAR1", b"PAR1" + bytes(4) + b"PAR1"):
        (tmp_path / "t").write_bytes(content)
        with pytest.raises(ValueError, match=r".+"), open_groups(tmp_path / "t"):
            pass
    with pytest.raises(FileNotFoundError), open_groups(tmp_path / "none"):
        pass
