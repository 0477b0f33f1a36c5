"""Shards survive cuts, overlaps and damage; the manifest says what differs."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from sim.records.folds import fold
from sim.records.manifest import differences, identity, read_manifest, write_manifest
from sim.records.schema import TABLES
from sim.records.shards import (
    ShardName,
    pack,
    read_shard,
    series_key,
    squeeze,
    unsqueeze,
    write_shard,
)
from sim.records.store import blocks, find_shards, held, missing_ranges
from sim.records.tables import arrow_schema, arrow_table, to_columns
from sim.world import InputError, load_world
from tests.records.fake_engine import FakeScenario, replicate

KEY = series_key("runs", "a scenario", "a world", "1")


def _packed(count: int) -> list[dict[str, list[list[object]]]]:
    world, scenario = load_world(), FakeScenario()
    logs = [replicate(world, scenario, 1, r) for r in range(count)]
    return [
        pack(fold(log.events, log.parameters, world, scenario.start, scenario.end)) for log in logs
    ]


def test_missing_ranges_stay_within_blocks() -> None:
    assert missing_ranges(bytearray(60)) == [range(25), range(25, 50), range(50, 60)]
    marks = bytearray(int(number in {0, 1, 30}) for number in range(40))
    assert missing_ranges(marks) == [range(2, 25), range(25, 30), range(31, 40)]
    assert missing_ranges(b"\x01" * 10) == []
    assert missing_ranges(bytearray(7), longest=3) == [range(3), range(3, 6), range(6, 7)]


def test_blocks_do_not_depend_on_how_shards_were_cut(tmp_path: Path) -> None:
    packed = _packed(30)
    cuts = {"one": [(0, 25), (25, 30)], "two": [(0, 3), (2, 11), (11, 25), (25, 26), (26, 30)]}
    found = []
    for name, parts in cuts.items():
        folder = tmp_path / name
        folder.mkdir()
        for first, stop in parts:
            write_shard(folder, KEY, first, squeeze(packed[first:stop]))
        found.append(list(blocks(find_shards(folder, KEY), 28)))
    assert found[0] == found[1]
    assert [len(block.replications["replications"]) for block in found[0]] == [25, 3]
    assert found[0][1].replications["counts"][:5] == [25] * 5


def test_broken_shards_count_as_absent(tmp_path: Path) -> None:
    whole = write_shard(tmp_path, KEY, 0, [1, 2, 3])
    cut = write_shard(tmp_path, KEY, 3, [4, 5])
    cut.write_bytes(cut.read_bytes()[:-4])
    changed = write_shard(tmp_path, KEY, 5, [6])
    data = bytearray(changed.read_bytes())
    data[-3] ^= 1
    changed.write_bytes(data)
    (tmp_path / f"{KEY}.0000006-0002.shard").write_bytes(b"")
    (tmp_path / f"{KEY}.junk.shard").write_bytes(b"x")
    write_shard(tmp_path, series_key("runs", "another"), 8, [9])
    (found,) = find_shards(tmp_path, KEY)
    assert found.path == whole
    assert read_shard(found) == [1, 2, 3]
    assert held([found], 5) == b"\x01\x01\x01\x00\x00"
    assert not list(tmp_path.glob("*.partial"))
    with pytest.raises(LookupError, match="replication 3"):
        list(blocks(_renamed(tmp_path), 4))


def test_squeezing_keeps_everything_and_saves_room() -> None:
    packed = _packed(5)
    squeezed = squeeze(packed)
    assert unsqueeze(json.loads(json.dumps(squeezed))) == packed
    assert len(json.dumps(squeezed)) < 0.8 * len(json.dumps(packed))
    assert squeeze([]) == unsqueeze([]) == []


def _renamed(folder: Path) -> list[ShardName]:
    """Return the shards of three sound replications of which a fourth is asked."""
    other = folder / "other"
    other.mkdir()
    write_shard(other, KEY, 0, squeeze(_packed(3)))
    return find_shards(other, KEY)


def test_rows_become_arrow_tables_of_the_contract() -> None:
    world, scenario = load_world(), FakeScenario()
    log = replicate(world, scenario, 1, 0)
    rows = fold(log.events, log.parameters, world, scenario.start, scenario.end)
    for table in TABLES:
        columns = to_columns(table, rows[table.name])
        made = arrow_table(table, "x", [0] * len(rows[table.name]), columns)
        assert made.schema.names[:2] == ["scenario", "replication"]
        assert made.schema == arrow_schema(table)
        plain = [tuple(row.values())[2:] for row in made.to_pylist()]
        assert plain == rows[table.name]
    schema = arrow_schema(TABLES[4])
    assert schema.field("mooted").type == pa.date32()
    assert schema.field("parent").nullable
    assert not schema.field("system").nullable


def test_an_empty_table_has_its_columns() -> None:
    for table in TABLES:
        made = arrow_table(table, "x", [], to_columns(table, []))
        assert made.num_rows == 0
        assert made.schema == arrow_schema(table)


def test_identity_and_differences_name_what_changed() -> None:
    first, second = FakeScenario(), FakeScenario(rate=0.7)
    assert identity([first], ["w"], 1) == identity([FakeScenario()], ["w"], 1)
    others = [
        identity([second], ["w"], 1),
        identity([first], ["v"], 1),
        identity([first], ["w"], 2),
        identity([first, FakeScenario(name="b")], ["w", "w"], 1),
    ]
    assert len({identity([first], ["w"], 1), *others}) == 5

    def claim(
        scenario: FakeScenario, world: str, seed: int, version: str = "1"
    ) -> dict[str, object]:
        entry = {"name": scenario.name, "sha256": scenario.digest, "world_sha256": world}
        return {"results_version": version, "seed": seed, "scenarios": [entry]}

    ours = claim(first, "w", 1)
    assert differences(claim(first, "w", 2), ours) == "seed 2, not 1"
    assert differences(claim(second, "w", 1), ours) == "scenario fake has changed since"
    assert differences(claim(first, "v", 1), ours) == "the world of fake has changed since"
    assert "results version '9'" in differences(claim(first, "w", 1, "9"), ours)
    named = claim(FakeScenario(name="b"), "w", 1)
    assert differences(named, ours) == "scenarios b, not fake"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"seed": 1}', "[" * 100_000, "\udcff", '{"identity": NaN}']
)
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(InputError, match=r"manifest\.json: not a manifest"):
        read_manifest(tmp_path)


def test_manifest_bytes_do_not_depend_on_the_order_of_keys(tmp_path: Path) -> None:
    write_manifest(tmp_path, {"b": 1, "a": {"d": "é", "c": 2}})
    first = (tmp_path / "manifest.json").read_bytes()
    write_manifest(tmp_path, {"a": {"c": 2, "d": "é"}, "b": 1})
    assert (tmp_path / "manifest.json").read_bytes() == first
    assert json.loads(first) == {"a": {"c": 2, "d": "é"}, "b": 1}
