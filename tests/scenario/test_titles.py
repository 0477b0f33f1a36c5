"""Titles: shown to people, limited, and no part of what a scenario assumes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

import sim.scenario.model
from sim.errors import InputError
from sim.records.manifest import identity
from sim.scenario import load_scenario, parse_scenario, shipped_names
from sim.scenario.load import MAX_TITLE


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scenario_without_a_title_goes_by_its_name() -> None:
    scenario = parse_scenario({"name": "mine"})
    assert (scenario.title, scenario.label) == ("", "mine")
    assert parse_scenario({"name": "mine", "title": "Mine, all mine"}).label == "Mine, all mine"


def test_another_title_is_the_same_experiment() -> None:
    scenario = load_scenario("as_happened")
    for title in ("", "Something else", scenario.question):
        other = dataclasses.replace(scenario, title=title)
        assert other.digest == scenario.digest
        assert identity([other], ["w"], 1) == identity([scenario], ["w"], 1)
    assert dataclasses.replace(scenario, name="x").digest != scenario.digest


def test_a_title_is_kept_with_the_content() -> None:
    scenario = load_scenario("hard_rule")
    assert scenario.resolved["title"] == scenario.title == "One CCG per system as a hard rule"
    again = parse_scenario(scenario.tables())
    assert (again.title, again.digest) == (scenario.title, scenario.digest)
    assert "title" not in parse_scenario({"name": "mine"}).resolved


def test_a_title_stays_with_its_name(tmp_path: Path) -> None:
    base = load_scenario("hard_rule")
    other = load_scenario(write(tmp_path / "other.toml", 'extends = "hard_rule"\n'))
    assert (other.title, other.question) == ("", base.question)
    assert parse_scenario({"extends": "hard_rule", "name": "hard_rule"}).title == base.title
    assert parse_scenario({"extends": "hard_rule", "name": "x"}).title == ""
    assert parse_scenario({"extends": "hard_rule", "name": "x", "title": "X"}).title == "X"


@pytest.mark.parametrize(
    "title",
    ["", "  ", "x" * (MAX_TITLE + 1), "two\nlines", "\x1b[2J", "a\tb", "rtl \u202egnp.exe",
     "zero\u200bwidth", "ls\u2028", 7, True, ["a"]],
)  # fmt: skip
def test_a_title_that_cannot_be_shown_on_one_line_is_refused(title: object) -> None:
    with pytest.raises(InputError) as error:
        parse_scenario({"title": title}, "mine.toml")
    assert str(error.value).startswith(f"mine.toml: title = {str(title)[:80]!r} must be text of 1")
    assert f"1 to {MAX_TITLE} letters on one line" in str(error.value)


@pytest.mark.parametrize("title", ["x" * MAX_TITLE, "日本語", "[b]$\\frac{a$ <b>|`", "=1+1"])
def test_any_visible_text_is_a_title(title: str, tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path / "a.toml", f"title = '{title}'\n")).title == title


def test_a_reworded_question_is_the_same_experiment() -> None:
    path = Path(sim.scenario.model.__file__).with_name("former_questions.json")
    former: dict[str, str] = json.loads(path.read_text("utf-8"))
    asked = {load_scenario(name).question: name for name in shipped_names()}
    assert former.keys() <= asked.keys()  # none is left that nobody asks
    assert not former.keys() & set(former.values())
    for now, before in former.items():
        scenario = load_scenario(asked[now])
        assert dataclasses.replace(scenario, question=before).digest == scenario.digest
        assert dataclasses.replace(scenario, question="Another?").digest != scenario.digest
