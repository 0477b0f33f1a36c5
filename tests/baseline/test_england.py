"""A stored run of England is run again and compared exactly; a change must be in the changelog."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.baseline import england


def test_england_gives_the_stored_numbers() -> None:
    differing = england.changed(england.stored()["numbers"], england.measure())
    assert not differing, england.told(differing)


def test_the_baseline_was_renewed_by_its_command_with_a_line_in_the_changelog() -> None:
    """The file is sealed with the lines that it was renewed with, and those still stand there."""
    found = england.stored()
    assert len(found["numbers"]) == 12
    assert sealed(found), (
        f"{england.FILE.name} was changed by hand; renew it with: {england.COMMAND}"
    )
    gone = [line for line in found["because"] if line not in england.result_lines()]
    assert found["because"]
    assert not gone, (
        f"CHANGELOG.md no longer has the line that the baseline was renewed with:\n{gone[0]}\n"
        f"If it was reworded, renew the baseline with: {england.COMMAND}"
    )


def sealed(found: dict[str, Any]) -> bool:
    lines = [*found["because"], *found["known"]]
    return bool(found["seal"] == england.seal(found["numbers"], lines))


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A baseline of one number and its changelog, in a folder of their own."""
    monkeypatch.setattr(england, "FILE", tmp_path / "england.json")
    monkeypatch.setattr(england, "CHANGELOG", tmp_path / "CHANGELOG.md")
    numbers: dict[str, Any] = {"proposals": 7}
    monkeypatch.setattr(england, "measure", lambda: dict(numbers))
    england.CHANGELOG.write_text("- [results] First.\n", encoding="utf-8")
    assert england.renew() == "renewed: proposals"
    return numbers


def test_a_change_is_stored_only_with_a_new_line(small: dict[str, Any]) -> None:
    assert england.renew() == "nothing has changed"
    small["proposals"] = 8
    with pytest.raises(SystemExit, match=r"(?s)proposals: was 7, is 8\n.*no new line") as e:
        england.renew()
    assert england.COMMAND in str(e.value)
    assert england.stored()["numbers"] == {"proposals": 7}
    england.CHANGELOG.write_text("- [results] First.\n- A line.\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        england.renew()
    england.CHANGELOG.write_text("- [results] First.\n- [results] Eight.\n", encoding="utf-8")
    assert england.renew() == "renewed: proposals"
    assert england.stored()["numbers"] == {"proposals": 8}
    assert england.stored()["because"] == ["- [results] Eight."]
    england.CHANGELOG.write_text("- [results] First.\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"has gone:\n- \[results\] Eight"):
        england.renew()
    england.CHANGELOG.write_text("- [results] First.\n- [results] Now eight.\n", encoding="utf-8")
    assert england.renew() == "renewed: the line of the changelog"


def test_a_number_written_by_hand_is_noticed(small: dict[str, Any]) -> None:
    found = england.stored()
    assert sealed(found)
    found["numbers"]["proposals"] = 9
    england.FILE.write_text(json.dumps(found), encoding="utf-8")
    again = england.stored()
    assert not sealed(again)
