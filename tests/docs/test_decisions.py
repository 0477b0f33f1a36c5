"""The index of decisions follows from the pages, and a page that is changed says by what."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from tools.docs.decisions_page import FOLDER, PAGE, decision_rows, refresh

FIRST = "# 0001 One way\n\n**Decision.** This way.\n"


def write(folder: Path, pages: dict[str, str]) -> Path:
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def test_the_index_is_that_of_the_pages() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert refresh(text) == text, "write the pages with: python -m tools.docs"
    numbers = [int(number) for number, _, _ in decision_rows()]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 21
    assert all(page.name in text for page in FOLDER.glob("0*.md"))


def test_a_status_comes_from_the_page(tmp_path: Path) -> None:
    first = FIRST + "\n**Changed by [decision 0002](0002-two.md).** A little.\n"
    second = "# 0002 Two ways\n\n**Superseded by [decision 0003](0003-three.md):** all of it.\n"
    pages = {"0001-one": first, "0002-two": second, "0003-three": "# 0003 Three ways\n"}
    assert decision_rows(write(tmp_path, pages)) == [
        ("0001", "[One way](0001-one.md)", "changed by [0002](0002-two.md)"),
        ("0002", "[Two ways](0002-two.md)", "superseded by [0003](0003-three.md)"),
        ("0003", "[Three ways](0003-three.md)", "in force"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# One way\n", "first line"),
        (FIRST + "\n**Changed by [decision 0002](0002-gone.md).**\n", "0002-gone.md"),
        (FIRST + "\n**Changed by [decision 0002](0001-one.md).**\n", "0001-one.md"),
        (FIRST + "\n**Superseded by a later page.**\n", "a later page"),
    ],
)
def test_a_page_that_points_at_nothing_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        decision_rows(write(tmp_path, {"0001-one": text}))


def test_a_page_without_the_marked_part_is_refused() -> None:
    with pytest.raises(InputError, match="generated:decisions"):
        refresh("# Decisions\n")
