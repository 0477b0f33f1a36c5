"""The glossary explains every word that the project gives a meaning of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
TEXT = (DOCS / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ")
]
WORDS = (
    "world",
    "scenario",
    "lever",
    "parameter",
    "replication",
    "batch",
    "footprint",
    "proposal",
    "ballot",
    "ladder",
    "belief",
    "origin",
    "pressure",
    "mechanism",
    "effect",
    "core chain",
    "random streams",
    "common random numbers",
)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_project_has_its_meaning_and_the_fields_term(word: str) -> None:
    found = [row for row in ROWS if row[0] == word]
    assert len(found) == 1
    assert len(found[0]) == 3
    assert all(found[0])


def test_words_stand_once_and_in_order() -> None:
    for section in re.split(r"^## .*$", TEXT, flags=re.MULTILINE)[1:]:
        words = re.findall(r"^\| (?!word \|)([^|]+) \|", section, flags=re.MULTILINE)
        assert words == sorted(words, key=str.casefold)
    words = [row[0] for row in ROWS if row[0] != "word"]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("page", ["../README.md", "README.md"])
def test_readers_find_the_glossary(page: str) -> None:
    assert "glossary.md)" in (DOCS / page).read_text(encoding="utf-8")


def test_readme_can_be_read_in_one_go() -> None:
    assert len((DOCS / "../README.md").read_text(encoding="utf-8").splitlines()) <= 120
