"""Packing shards: whole thousands in one file, read as before; anything odd is absent."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

import sim.records.store as store
from sim.records.shards import read_counts, series_key, shard_name, write_shard
from sim.records.store import all_shards, compact, find_shards, held, remove_shards

KEY = series_key("luck", "a scenario", "a world", "1")
OTHER = series_key("luck", "another", "a world", "1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Shards of 0 to 129 of one series and 0 to 9 of another; packs hold fifty."""
    monkeypatch.setattr(store, "PACKED", 50)
    for first in range(0, 130, 10):
        write_shard(tmp_path, KEY, first, list(range(first, first + 10)))
    write_shard(tmp_path, OTHER, 0, list(range(10)))
    return tmp_path


def numbers(folder: Path, key: str, start: int = 0) -> list[int]:
    return [n for shard in find_shards(folder, key, start) for n in read_counts(shard) or ()]


def test_whole_packs_replace_their_shards_and_hold_the_same(folder: Path) -> None:
    before = numbers(folder, KEY)
    compact(folder, [KEY, OTHER], 130)
    names = sorted(os.listdir(folder))
    assert [name.partition(".")[2] for name in names if name.startswith(KEY)] == [
        "0000000-0050.pack",
        "0000050-0050.pack",
        *(f"{first:07d}-0010.shard" for first in (100, 110, 120)),
    ]
    assert numbers(folder, KEY) == before
    assert numbers(folder, OTHER) == list(range(10))
    assert numbers(folder, KEY, start=100) == list(range(100, 130))
    compact(folder, [KEY, OTHER], 130)
    assert sorted(os.listdir(folder)) == names


def test_a_pack_has_the_gaps_of_what_failed_and_takes_it_in_later(folder: Path) -> None:
    (folder / shard_name(KEY, 20, 10)).unlink()
    broken = folder / shard_name(KEY, 60, 10)
    broken.write_bytes(broken.read_bytes()[:-1])
    compact(folder, [KEY], 130)
    assert numbers(folder, KEY) == [n for n in range(130) if n // 10 not in (2, 6)]
    for first in (20, 60):
        write_shard(folder, KEY, first, list(range(first, first + 10)))
    compact(folder, [KEY], 130)
    assert numbers(folder, KEY) == list(range(130))
    assert len(list(folder.glob("*.shard"))) == 4


def test_what_has_not_been_run_to_the_end_stays_loose(folder: Path) -> None:
    compact(folder, [KEY], 60)
    assert [path.name for path in folder.glob("*.pack")] == [f"{KEY}.0000000-0050.pack"]


def test_a_pack_of_more_than_ours_hold_is_absent_at_once(folder: Path) -> None:
    compact(folder, [KEY], 130)
    pack = folder / f"{KEY}.0000000-0050.pack"
    with zipfile.ZipFile(pack, "a") as packed:
        for number in range(20_000):
            packed.writestr(shard_name(KEY, number, 1), b"x")
    assert held(find_shards(folder, KEY), 130) == bytearray(50) + b"\1" * 80


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "pipe", "folder", "member"])
def test_a_damaged_pack_is_absent(folder: Path, damage: str) -> None:
    compact(folder, [KEY], 130)
    pack = folder / f"{KEY}.0000000-0050.pack"
    data = pack.read_bytes()
    pack.unlink()
    if damage == "cut":
        pack.write_bytes(data[: len(data) // 2])
    elif damage == "empty":
        pack.write_bytes(b"")
    elif damage == "text":
        pack.write_text("no pack")
    elif damage == "pipe":
        os.mkfifo(pack)
    elif damage == "folder":
        pack.mkdir()
    else:
        with zipfile.ZipFile(pack, "w") as packed:
            packed.writestr("../../outside", b"x")
            packed.writestr(shard_name(KEY, 0, 10), b"no shard")
            packed.writestr(shard_name(KEY, 10, 10), b" " * (65 * 2**20))
    assert held(find_shards(folder, KEY), 130) == bytearray(50) + b"\1" * 80


@pytest.mark.parametrize("make", ["pipe", "folder", "device", "link to a device"])
def test_what_is_no_file_in_a_shards_place_is_absent(folder: Path, make: str) -> None:
    place = folder / shard_name(KEY, 10, 10)
    place.unlink()
    if make == "pipe":
        os.mkfifo(place)
    elif make == "folder":
        place.mkdir()
    else:
        place.symlink_to("/dev/zero" if make == "device" else "/dev/stdin")
    assert 10 not in numbers(folder, KEY)


def test_a_shard_of_another_series_under_our_name_is_absent(folder: Path) -> None:
    os.replace(folder / shard_name(OTHER, 0, 10), folder / shard_name(KEY, 0, 10))
    assert numbers(folder, KEY) == list(range(10, 130))


def test_only_shards_and_packs_are_removed(folder: Path) -> None:
    compact(folder, [KEY], 130)
    (folder / "mine.shard").write_text("mine")
    remove_shards(folder)
    assert os.listdir(folder) == ["mine.shard"]
    assert all_shards(folder) == {}
