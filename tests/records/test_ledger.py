"""Whose files: only what is listed as ours is replaced or removed, whatever a list says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sim.records.ledger import (
    LEDGER,
    enlist,
    owned,
    refuse_file,
    refuse_foreign,
    remove_own,
    strangers,
)
from sim.world import InputError


def put(folder: Path, name: str, text: str = "x") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_what_is_not_listed_is_a_stranger(tmp_path: Path) -> None:
    enlist(tmp_path, ["a.csv", "plots/b.png"])
    for name in ("a.csv", "plots/b.png", "a.csv.17.partial", "plots/mine.png", "thesis.md"):
        put(tmp_path, name)
    put(tmp_path, "world/ccgs.csv")
    put(tmp_path, ".shards/whatever")
    assert strangers(tmp_path) == ["thesis.md", "world/", "plots/mine.png"]


def test_our_files_are_removed_and_no_others(tmp_path: Path) -> None:
    enlist(tmp_path, ["a.csv", "plots/b.png", "gone.csv"])
    for name in ("a.csv", "plots/b.png", "thesis.md"):
        put(tmp_path, name)
    remove_own(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["thesis.md"]


@pytest.mark.parametrize(
    "name", ["../outside.md", "/etc/hostname", "a/../../outside.md", ".shards/lock", "", "c:x", 7]
)
def test_a_list_cannot_name_what_lies_elsewhere(tmp_path: Path, name: object) -> None:
    outside = put(tmp_path, "outside.md")
    folder = tmp_path / "results"
    put(folder, LEDGER, json.dumps({"files": [name, "a.csv"]}))
    put(folder, "a.csv")
    assert owned(folder) == {LEDGER, "a.csv"}
    remove_own(folder)
    assert outside.read_text() == "x"


def test_a_link_on_the_way_is_not_followed(tmp_path: Path) -> None:
    elsewhere = put(tmp_path / "elsewhere", "b.png", "mine")
    folder = tmp_path / "results"
    enlist(folder, ["plots/b.png"])
    (folder / "plots").symlink_to(tmp_path / "elsewhere")
    remove_own(folder)
    assert elsewhere.read_text() == "mine"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}', "[" * 100_000, "\0"])
def test_a_spoilt_list_lists_nothing(tmp_path: Path, text: str) -> None:
    put(tmp_path, LEDGER, text)
    put(tmp_path, "a.csv")
    assert "a.csv" not in owned(tmp_path)
    with pytest.raises(InputError, match=r"a\.csv would be replaced"):
        refuse_foreign(tmp_path, ["a.csv"])


def test_a_name_is_listed_before_its_file_is_there(tmp_path: Path) -> None:
    refuse_foreign(tmp_path / "none", ["a.csv"])
    enlist(tmp_path, ["a.csv"])
    put(tmp_path, "a.csv")
    enlist(tmp_path, ["a.csv"])
    put(tmp_path, "b.csv")
    with pytest.raises(InputError, match=r"b\.csv would be replaced"):
        enlist(tmp_path, ["b.csv"])


def test_a_file_that_the_user_names_needs_a_word_where_it_exists(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    refuse_file(page, "page", overwrite=False)
    put(tmp_path, "page.md")
    with pytest.raises(InputError, match=r"^page .* already exists; use overwrite=True"):
        refuse_file(page, "page", overwrite=False)
    refuse_file(page, "page", overwrite=True)


def test_a_file_that_the_user_names_is_an_ordinary_one_of_no_results_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    put(tmp_path, "manifest.json", '{"results_version": "3", "identity": "x", "seed": 1}')
    for name in ("pipe", "link", "manifest.json", LEDGER, ".shards/x", "none/x", "."):
        with pytest.raises(InputError, match=r"^page "):
            refuse_file(tmp_path / name, "page", overwrite=True)
