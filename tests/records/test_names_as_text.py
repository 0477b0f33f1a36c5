"""Names are shown as written: unseen characters escaped, no markup, file names any system takes."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.records.files import LONGEST, file_name, file_names, write_text
from sim.records.markdown import code, plain, row
from sim.records.visible import visible

RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
}


@given(st.text())
def test_nothing_unseen_is_left(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert visible(shown) == shown
    assert visible(text, page=True).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Leeds", "Leeds"),
        ("Ynys Môn — 10\xa0%", "Ynys Môn — 10\xa0%"),
        ("日本 😀", "日本 😀"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x7f\x9b\x85", "\\x7f\\x9b\\x85"),
        ("\u202e\u2066\u2069\u200e\u061c", "\\u202e\\u2066\\u2069\\u200e\\u061c"),
        ("\u200b\ufeff\xad\u2060\u115f\ufe0f", "\\u200b\\ufeff\\xad\\u2060\\u115f\\ufe0f"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\udc80", "\\udc80"),
    ],
)
def test_what_is_escaped_and_what_is_not(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bath & North East (B&NES)", "Bath & North East (B&NES)"),
        ("a|b", r"a\|b"),
        ("*x* _y_ `z` ~", r"\*x\* \_y\_ \`z\` \~"),
        ("<b>&lt;", "&lt;b&gt;&amp;lt;"),
        ("[l](http://x)", r"\[l\](http://x)"),
        ("$x$ \\", r"\$x\$ \\"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("1.5 million", "1.5 million"),
        ("two\nlines", r"two\\nlines"),
    ],
)
def test_a_name_in_markdown_is_no_markup(text: str, shown: str) -> None:
    # an escape of ours is text too, so its backslash is escaped for Markdown
    assert plain(text) == shown


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_span_of_code_ends_where_it_should(text: str) -> None:
    span = code(text)
    fence = re.match("`+", span)
    assert fence and span.endswith(fence[0])
    inside = span[len(fence[0]) : -len(fence[0])]
    assert fence[0] not in re.findall("`+", inside)
    assert "|" not in span and "\n" not in span


def test_a_row_keeps_its_cells() -> None:
    assert row(["a|b", "c\\|d", "e\nf", "`x`"]) == r"| a\|b | c\|d | e f | `x` |"


@given(st.text())
def test_a_file_name_is_one_on_any_system(text: str) -> None:
    name = file_name(text)
    assert name and len(name.encode()) <= LONGEST
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
    assert name[-1] not in ". "
    assert name.split(".")[0].rstrip(" ").casefold() not in RESERVED


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("as_written+hard_rule", "as_written+hard_rule"),
        ("2020", "2020"),
        ("CON", "CON_"),
        ("nul.x", "nul_.x"),
        ("console", "console"),
        ("end.", "end_"),
        ("aux.", "aux_"),
        ("..", "._"),
        ("a/b\\c:d", "a_b_c_d"),
        ("", "_"),
    ],
)
def test_ordinary_file_names_stay(text: str, name: str) -> None:
    assert file_name(text) == name


def test_a_name_too_long_is_cut_and_told_apart() -> None:
    one, other = file_name("é" * 200 + "1"), file_name("é" * 200 + "2")
    assert one != other and len(one.encode()) <= LONGEST


@given(st.lists(st.text("aAbB.-_ ß1", max_size=4), unique=True))
def test_no_two_texts_meet_in_one_file(texts: list[str]) -> None:
    names = file_names(texts)
    assert list(names) == texts
    assert len({name.casefold() for name in names.values()}) == len(texts)


def test_text_files_are_the_same_on_any_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    opened = Path.open

    def spy(path: Path, *more: Any, **options: Any) -> Any:
        asked.append((options.get("encoding"), options.get("newline")))
        return opened(path, *more, **options)

    monkeypatch.setattr(Path, "open", spy)
    write_text(tmp_path / "x.md", "é\nb\udc80\n")
    assert asked[:1] == [("utf-8", "\n")]  # what is left out would be the system's habit
    assert (tmp_path / "x.md").read_bytes() == "é\nb\\udc80\n".encode()
