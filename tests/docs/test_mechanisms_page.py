"""The page of mechanisms is what the registry gives."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tools.docs.mechanisms import registry
from tools.docs.mechanisms_page import mechanisms_page

ROOT = Path(__file__).parents[2]


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
