"""One style on every page and in every text of the code: numbers and words as on gov.uk."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.records.schema import TABLES
from sim.scenario.durations import Durations
from sim.scenario.levers import lever_table
from sim.scenario.parameters import PARAMETER_TABLE

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")]
    if page.name != "CHANGELOG.md"
)
SOURCES = sorted(path for folder in ("sim", "tools") for path in (ROOT / folder).rglob("*.py"))

NUMBERS = re.compile(r"\d %|(?<![\w.)\]}:/…])\.\d|\d per cent\b")
"""Numbers as nobody should read them: 20 %, .98, 20 per cent."""

UNITS = re.compile(r"\ba \w+ (?:and|or) (?:month|year)\b|\b(?:pounds|rate|mergers) a [a-z]+")
"""Units written without "per": a system and year, pounds a patient."""

WORDS = re.compile(
    r"\b(luck|lucky|unlucky|on stage|set(?:s|ting)? the stage|stage is (?:being )?set|recuts?"
    r"|owed to|hangs? on|learnt of|put(?:s|ting)? in force)\b(?!-)",
    re.IGNORECASE,
)
"""Words of the house that plain English or the field's terms have replaced."""


def prose(text: str) -> str:
    """Return Markdown or a docstring without its code, where names may stand as they are."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return re.sub(r"``[^`]+``|`[^`]+`", "`code`", text)


def texts(source: str) -> Iterator[str]:
    """Yield the comments and strings of a Python source, except single names such as a column's."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        name = re.fullmatch(r'"\w*"', token.string)
        if token.type in (tokenize.COMMENT, tokenize.STRING) and not name:
            yield token.string


def found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [text[max(0, m.start() - 30) : m.end() + 30] for m in pattern.finditer(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pages_have_one_style_of_numbers_and_plain_words(page: Path) -> None:
    text = prose(page.read_text(encoding="utf-8"))
    assert found(NUMBERS, text) + found(WORDS, text) == []


def test_tables_of_the_command_line_have_one_style_of_numbers() -> None:
    cells = [cell for row in PARAMETER_TABLE for cell in (row.unit, row.meaning, row.origin)]
    cells += [cell for lever in lever_table() for cell in (lever.unit, lever.meaning)]
    for field in Durations.__dataclass_fields__.values():
        cells += [str(field.metadata["meaning"]), str(field.metadata["origin"])]
    cells += [column.meaning for table in TABLES for column in table.columns]
    assert [cell for cell in cells if found(NUMBERS, cell)] == []
    assert [cell for cell in cells if found(UNITS, cell)] == []


@pytest.mark.parametrize("floor", sorted({path.parent for path in SOURCES}), ids=lambda p: p.name)
def test_the_code_is_told_in_plain_words(floor: Path) -> None:
    hits = {
        path.relative_to(ROOT).as_posix(): words
        for path in SOURCES
        if path.parent == floor
        for text in texts(path.read_text(encoding="utf-8"))
        if (words := found(WORDS, prose(text)))
    }
    assert hits == {}


@pytest.mark.parametrize("text", ["a 20 % cut", "into .5", "about -.3", "(.3 to 1)", "20 per cent"])
def test_the_check_sees_numbers_in_another_style(text: str) -> None:
    assert found(NUMBERS, text)


@pytest.mark.parametrize("text", ["a system and year", "pounds a patient"])
def test_the_check_sees_units_without_per(text: str) -> None:
    assert found(UNITS, text)


@pytest.mark.parametrize("text", ["20% of 0.5", "rows 1 to 3. 5 more", "file.py", "-0.3 to +1.5"])
def test_the_check_lets_plain_numbers_pass(text: str) -> None:
    assert not found(NUMBERS, text)


def test_the_check_sees_words_in_comments_and_strings_but_not_in_names() -> None:
    source = 'NAME = "luck"  # its luck\nTEXT = "what luck owed to ``luck``"\n'
    assert [len(found(WORDS, prose(text))) for text in texts(source)] == [1, 2]
