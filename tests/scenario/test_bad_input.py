"""Bad scenarios: one message each, naming file, key, value and what is allowed."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.scenario import load_scenario, parse_scenario

NAN, INF = float("nan"), float("inf")


def event(**over: Any) -> dict[str, Any]:
    table = {"date": date(2020, 1, 1), "kind": "letter", "region": "all", "strength": 1.0}
    return {"calendar": {"a": {k: v for k, v in (table | over).items() if v is not None}}}


# tables of a scenario, and what the message must hold
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "section": ({"leavers": {}}, r"leavers is not a key .*levers"),
    "section type": ({"levers": 3}, r"levers = 3 must be a table"),
    "name": ({"name": "two words"}, r"name = 'two words' must be"),
    "name type": ({"name": 7}, r"name"),
    "start type": ({"start": "2019-06-01"}, r"start = .* must be a date"),
    "end before start": ({"end": date(2019, 5, 31)}, r"end = 2019-05-31 must not be before"),
    "end far away": ({"end": date(2090, 1, 1)}, r"end = 2090-01-01 must be at most"),
    "start absurd": ({"start": date(1066, 10, 14)}, r"start = 1066-10-14 must lie between"),
    "lever": (
        {"levers": {"force": {"cajolling": 1.0}}},
        r"levers\.force\.cajolling .*allowed.*cajoling",
    ),
    "lever group": ({"levers": {"farce": {}}}, r"levers\.farce .*force"),
    "lever type": (
        {"levers": {"force": {"cajoling": "much"}}},
        r"levers\.force\.cajoling = 'much'",
    ),
    "lever range": ({"levers": {"force": {"cajoling": 11.0}}}, r"levers\.force\.cajoling = '11"),
    "lever nan": ({"levers": {"money": {"running_cost_cut": NAN}}}, r"running_cost_cut = 'nan'"),
    "lever infinite": ({"levers": {"force": {"incentive": INF}}}, r"incentive = 'inf'"),
    "lever choice": (
        {"levers": {"information": {"wording": "typicaly"}}},
        r"wording = 'typicaly'.*typically",
    ),
    "lever yes/no": ({"levers": {"force": {"hard_rule": 1}}}, r"hard_rule"),
    "lever whole": ({"levers": {"approval": {"panel_capacity": 1.5}}}, r"panel_capacity"),
    "no panel": ({"levers": {"approval": {"panel_capacity": 0}}}, r"panel_capacity"),
    "window day": (
        {"levers": {"approval": {"window_closes": "02-30"}}},
        r"window_closes = '02-30' must be a day",
    ),
    "window order": (
        {"levers": {"approval": {"window_opens": "10-01"}}},
        r"window_closes = '09-30' must not come before",
    ),
    "form": ({"model": {"support_form": "three_mode"}}, r"support_form = 'three_mode'"),
    "parameter": ({"parameters": {"suport_mean": 1.0}}, r"suport_mean.*support_mean"),
    "parameter type": ({"parameters": {"support_mean": "1"}}, r"support_mean = '1' must be"),
    "parameter bool": ({"parameters": {"support_mean": True}}, r"support_mean = True must be"),
    "parameter nan": ({"parameters": {"support_mean": NAN}}, r"support_mean.*finite"),
    "parameter range": (
        {"parameters": {"turnout_mean": 1.5}},
        r"turnout_mean = 1\.5 must be between 0 and 1",
    ),
    "family": (
        {"parameters": {"support_mean": {"family": "norml", "mean": 1.0, "sd": 1.0}}},
        r"family = 'norml' must be one of.*normal",
    ),
    "family key": (
        {"parameters": {"support_mean": {"family": "normal", "mean": 1.0, "sigma": 1.0}}},
        r"support_mean\.sigma is not a key of family normal",
    ),
    "family missing": (
        {"parameters": {"support_mean": {"family": "normal", "mean": 1.0}}},
        r"support_mean\.sd is missing",
    ),
    "negative sd": (
        {"parameters": {"support_mean": {"family": "normal", "mean": 1.0, "sd": -1.0}}},
        r"support_mean\.sd = -1 must not be negative",
    ),
    "uniform turned round": (
        {"parameters": {"support_mean": {"family": "uniform", "low": 2.0, "high": 1.0}}},
        r"low = 2 must not exceed high = 1",
    ),
    "beta of zero": (
        {"parameters": {"turnout_mean": {"family": "beta", "a": 0.0, "b": 1.0}}},
        r"turnout_mean\.a = 0 must be above 0",
    ),
    "stage": ({"durations": {"panl": 1.0}}, r"panl is not a stage.*panel"),
    "duration type": ({"durations": {"panel": "1"}}, r"durations\.panel = '1' must be a number"),
    "duration negative": ({"durations": {"panel": -1.0}}, r"panel\.months = -1"),
    "duration absurd": ({"durations": {"panel": 5000.0}}, r"at most 1200 months"),
    "duration infinite": ({"durations": {"panel": INF}}, r"finite"),
    "duration order": (
        {"durations": {"panel": {"family": "triangular", "low": 2.0, "mode": 1.0, "high": 3.0}}},
        r"low, mode, high must not decrease",
    ),
    "duration key": (
        {"durations": {"panel": {"family": "fixed", "month": 1.0}}},
        r"month is not a key of family fixed.*months",
    ),
    "event type": ({"calendar": {"a": 1}}, r"calendar\.a must be a table"),
    "event kind": (event(kind="leter"), r"kind = 'leter' must be one of.*letter"),
    "event key": (event(strenght=1.0), r"strenght is not a key of a letter.*strength"),
    "event missing": (event(strength=None), r"calendar\.a\.strength is missing"),
    "event date": (event(date="2020-01-01"), r"date = '2020-01-01' must be a date"),
    "event no date": (event(date=None), r"calendar\.a\.date is missing"),
    "event strength": (event(strength=-1.0), r"strength = -1 must be between 0 and 100"),
    "event wording": (event(wording="expcted"), r"wording = 'expcted' .*expected"),
    "event both": (event(system="S1"), r"either a region .* or a system"),
    "event neither": (event(region=None), r"either a region .* or a system"),
    "event deadline before": (
        event(deadline=date(2019, 12, 31)),
        r"calendar\.a\.deadline = 2019-12-31 must come after date = 2020-01-01",
    ),
    "event deadline the same day": (
        event(deadline=date(2020, 1, 1)),
        r"calendar\.a\.deadline = 2020-01-01 must come after date = 2020-01-01",
    ),
    "push deadline the same day": (
        event(kind="push", deadline=date(2020, 1, 1)),
        r"calendar\.a\.deadline = 2020-01-01 must come after",
    ),
    "guidance with a wording": (
        {"calendar": {"a": {"date": date(2020, 1, 1), "kind": "guidance", "wording": "none"}}},
        r"calendar\.a\.wording is not a key of a guidance",
    ),
    "event region type": (event(region=3), r"region = 3 must be text"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_named_with_what_is_allowed(case: str) -> None:
    tables, message = WRONG[case]
    with pytest.raises(InputError) as caught:
        parse_scenario({"name": "x"} | tables, "mine.toml")
    text = str(caught.value)
    assert re.search(message, text), text
    assert text.startswith("mine.toml"), text
    assert "\n" not in text
    assert len(text) < 1500


def test_the_untouched_tables_are_accepted() -> None:
    """What the cases above change one key of is itself right."""
    assert parse_scenario({"name": "x"} | event()).calendar[0].strength == 1.0
    for kind in ("letter", "push"):
        found = parse_scenario({"name": "x"} | event(kind=kind, deadline=date(2020, 1, 2)))
        assert found.calendar[0].deadline == date(2020, 1, 2)
    guidance = {"a": {"date": date(2020, 1, 1), "kind": "guidance"}}
    assert parse_scenario({"calendar": guidance}).calendar[0].wording is None


# -- Files ---------------------------------------------------------------------------------------


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


FILES: dict[str, tuple[str | bytes, str]] = {
    "not TOML": ("name = ", r"not valid TOML"),
    "twice": ("start = 2019-06-01\nstart = 2019-06-01\n", r"not valid TOML"),
    "UTF-16": ('name = "x"\n'.encode("utf-16"), r"not UTF-8"),
    "Latin-1": ('question = "é"\n'.encode("latin-1"), r"not UTF-8"),
    "NUL": (b'name = "a\0b"\n', r"not valid TOML|must be"),
    "long number": ("end = " + "9" * 5000, r"not valid TOML|beyond"),
    "deep list": ("a = " + "[" * 5000 + "]" * 5000, r"nested too deeply|not valid TOML"),
    "deep key": (".".join("a" * 3000) + " = 1", r"nested too deeply"),
    "circle": ('extends = "bad"\n', r"circle"),
    "missing base": ('extends = "as_writen"\n', r"as_writen.*as_written"),
    "base of wrong type": ("extends = 3\n", r"extends = 3 must be"),
    "base outside": ('extends = "../outside"\n', r"outside"),
    "base absolute": ('extends = "/etc/hostname"\n', r"outside|neither"),
    "large": (b"#" * 300_000, r"at most"),
    "long text": (f'question = "{"x" * 3000}"\n', r"at most 2000"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_refused_in_good_time(case: str, tmp_path: Path) -> None:
    content, message = FILES[case]
    put(tmp_path / "outside.toml", 'name = "outside"\n')
    path = put(tmp_path / "inner" / "bad.toml", content)
    begun = time.perf_counter()
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    assert time.perf_counter() - begun < 2.0
    assert re.search(message, str(caught.value)), str(caught.value)[:300]
    assert "bad" in str(caught.value)
    assert len(str(caught.value)) < 1500


def test_a_larger_circle_is_named(tmp_path: Path) -> None:
    put(tmp_path / "one.toml", 'extends = "two"\n')
    put(tmp_path / "two.toml", 'extends = "three"\n')
    path = put(tmp_path / "three.toml", 'extends = "one"\n')
    with pytest.raises(InputError, match=r"three\.toml -> one\.toml -> two\.toml -> three\.toml"):
        load_scenario(path)


def test_a_link_out_of_the_folder_is_outside(tmp_path: Path) -> None:
    put(tmp_path / "secret.toml", 'name = "secret"\n')
    folder = tmp_path / "inner"
    folder.mkdir()
    (folder / "base.toml").symlink_to(tmp_path / "secret.toml")
    with pytest.raises(InputError, match="outside"):
        load_scenario(put(folder / "bad.toml", 'extends = "base"\n'))


@pytest.mark.parametrize("name", ["", "nowhere", "a" * 5000, "nul\0", "."])
def test_a_scenario_that_is_not_there_is_said_so(name: str) -> None:
    with pytest.raises(InputError):
        load_scenario(name)


def test_the_nearest_shipped_name_is_offered() -> None:
    with pytest.raises(InputError, match="as_happened"):
        load_scenario("as_hapened")
