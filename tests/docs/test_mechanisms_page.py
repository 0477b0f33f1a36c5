"""The page of mechanisms is what the registry gives."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tools.docs.mechanisms import check_registry, registry
from tools.docs.mechanisms_page import PAGE, main, mechanisms_page

ROOT = Path(__file__).parents[2]


def test_the_committed_page_is_that_of_the_registry() -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    assert text == mechanisms_page(registry()), (
        f"write it with: python -m tools.docs.mechanisms_page {PAGE}"
    )


def test_every_row_stands_once_in_its_group() -> None:
    rows = registry()
    text = mechanisms_page(rows)
    for row in rows:
        part = text.split(f"\n## {row.group.capitalize()}\n")[1].split("\n## ")[0]
        assert len(re.findall(rf"^\| {row.id} \|", part, re.MULTILINE)) == 1
        assert len(re.findall(rf"^\| {row.id} \|", text, re.MULTILINE)) == 1


def test_what_is_left_out_is_counted_and_given_its_reason() -> None:
    rows = [replace(row, state="done", note="") for row in registry()]
    rows[3] = replace(rows[3], state="left out", note="nobody counted it")
    text = mechanisms_page(rows)
    assert "**108 rows: 107 represented, 1 left out.**" in text
    assert f"- Row 4, {rows[3].mechanism}: nobody counted it." in text


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    assert main([str(page)]) == (1 if check_registry() else 0)
    assert page.read_text("utf-8").startswith("# The mechanisms of the sources\n")
    assert main([]) == 2 and main([str(tmp_path / "none" / "page.md")]) == 2
    capsys.readouterr()
