"""Scenarios: the shipped ones, what extends means, digests, and round trips through TOML."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import Scenario, load_scenario, parse_scenario, shipped_names
from sim.scenario.distributions import fixed
from sim.scenario.levers import Levers, lever_table
from sim.scenario.parameters import (
    DEFAULT_PRIORS,
    PARAMETER_COLUMNS,
    PARAMETER_TABLE,
    draw_parameters,
)
from sim.streams import Streams

SIX = {
    "as_written",
    "as_happened",
    "typically_dropped",
    "hard_rule",
    "locally_led",
    "no_cost_cut",
}
# Scenarios that begin elsewhere: world, first day, last day.
ELSEWHERE = {
    "as_happened_2020": ("england_2020", date(2020, 4, 1), date(2022, 7, 1)),
    "history_2013": ("england_2013", date(2013, 4, 1), date(2019, 4, 2)),
}


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def base_and(
    folder: Path, over: str, base: str = "[levers.force]\ncajoling = 2.0\nincentive = 3.0\n"
) -> Scenario:
    write(folder, "base", base)
    return load_scenario(write(folder, "over", f'extends = "base"\n{over}'))


# -- Shipped -------------------------------------------------------------------------------------


def test_the_six_scenarios_are_shipped() -> None:
    assert set(shipped_names()) >= SIX


@pytest.mark.parametrize("name", sorted(shipped_names()))
def test_a_shipped_scenario_loads_and_says_what_it_asks(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.question.endswith("?")
    expected = ELSEWHERE.get(name, ("england_2019", date(2019, 6, 1), date(2022, 7, 1)))
    assert (scenario.world, scenario.start, scenario.end) == expected
    assert scenario.world_text == scenario.world
    assert set(scenario.priors) == {row.name for row in PARAMETER_TABLE}


def test_shipped_scenarios_differ_in_content_and_not_only_in_name() -> None:
    anonymous = [
        dataclasses.replace(load_scenario(name), name="x", question="") for name in sorted(SIX)
    ]
    assert len({scenario.digest for scenario in anonymous}) == len(SIX)


def test_as_written_is_the_policy_of_2019_and_nothing_else() -> None:
    scenario = load_scenario("as_written")
    assert scenario.levers == Levers()
    assert scenario.calendar == ()
    assert dict(scenario.priors) == dict(DEFAULT_PRIORS)


def test_as_happened_holds_no_fact_after_the_cut_off() -> None:
    scenario = load_scenario("as_happened")
    assert [event.date for event in scenario.calendar] == sorted(e.date for e in scenario.calendar)
    assert all(event.date <= date(2020, 4, 1) for event in scenario.calendar)
    assert all(event.source for event in scenario.calendar)
    assert {event.kind for event in scenario.calendar} >= {"push", "letter", "pause", "guidance"}
    assert scenario.levers.boundaries.cross_system == "county"


def test_the_second_forecast_knows_what_the_first_knows_of_the_policy() -> None:
    first, second = load_scenario("as_happened"), load_scenario("as_happened_2020")
    acts = {event.name: event for event in first.calendar}
    for event in second.calendar:
        assert event.date <= second.start, event.name
        if event.name == "london_push":
            assert event.deadline == date(2021, 4, 1)  # by the first, it ends on the first day
        else:
            assert event == acts[event.name]
    assert len(second.calendar) == len(acts)
    assert second.levers == first.levers


def test_the_regimes_of_2013_to_2019_are_those_of_the_register() -> None:
    """Whole effects of .05, .4 and 1 of a rate that holds under "typically" and the cut."""
    scenario = load_scenario("history_2013")
    assert scenario.levers.information.wording == "none"
    assert scenario.levers.money.running_cost_cut == 0.0
    rates = [event for event in scenario.calendar if event.kind == "rates"]
    assert all(event.local == event.centre and event.source for event in rates)
    held_down = 0.326  # by wording and running costs, at medians
    whole = [event.local * held_down for event in rates[:3]]
    assert whole == pytest.approx([0.05, 0.4, 1.0], rel=0.03)
    assert rates[3].local == pytest.approx(1.0 / 0.537, rel=0.03)


def test_the_levers_of_the_other_arms() -> None:
    assert load_scenario("typically_dropped").levers.information.region_relays == "always_drop"
    assert load_scenario("hard_rule").levers.force.hard_rule
    assert load_scenario("no_cost_cut").levers.money.running_cost_cut == 0.0
    force = load_scenario("locally_led").levers.force
    assert force.encouragement == force.incentive == force.cajoling == 0.0


def test_levers_stand_at_the_policy_as_written() -> None:
    defaults = {row.name: row.default for row in lever_table()}
    assert defaults["information.wording"] == "typically"
    assert defaults["money.running_cost_cut"] == "0.2"
    assert defaults["force.hard_rule"] == "false"
    assert defaults["boundaries.cross_system"] == "never"
    assert {defaults[f"force.{n}"] for n in ("encouragement", "incentive", "cajoling")} == {"1.0"}
    assert {defaults[f"ballot.{n}"] for n in ("lmc_advice", "council_view")} == {"as_formed"}
    # Where a constitution decides, no lever does.
    assert {defaults[f"ballot.{n}"] for n in ("threshold", "quorum", "weighting")} == {
        "constitution"
    }


# -- Digest --------------------------------------------------------------------------------------

LONG = """
name = "same"
start = 2019-06-01
[levers.force]
cajoling = 2.0
[parameters.support_mean]
family = "normal"
mean = 1.0
sd = 0.5
[calendar.b]
date = 2020-01-01
kind = "statement"
[calendar.a]
date = 2020-02-01
kind = "statement"
"""
SHORT = """# another layout: order, inline tables, defaults written out, a comment
calendar.a = { kind = "statement", date = 2020-02-01 }
calendar.b = { kind = "statement", date = 2020-01-01 }
parameters.support_mean = { sd = 0.5, mean = 1.0, family = "normal" }
levers = { force = { cajoling = 2.0, incentive = 1.0 }, money = { running_cost_cut = 0.2 } }
end = 2022-07-01
name = "same"
"""


def test_equal_content_has_an_equal_digest_whatever_the_layout(tmp_path: Path) -> None:
    long = load_scenario(write(tmp_path / "x", "same", LONG))
    short = load_scenario(write(tmp_path / "y", "other_file", SHORT))
    assert long.digest == short.digest
    assert long.resolved == short.resolved
    assert LONG.encode() != SHORT.encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cajoling = 2.0", "cajoling = 2.1"),
        ("mean = 1.0", "mean = 1.1"),
        ("2020-02-01", "2020-02-02"),
        ('name = "same"', 'name = "not_the_same"'),
        ("start = 2019-06-01", "start = 2019-06-02"),
        ('kind = "statement"', 'kind = "wording"\nwording = "none"'),
    ],
)
def test_any_change_of_content_changes_the_digest(tmp_path: Path, old: str, new: str) -> None:
    changed = LONG.replace(old, new, 1)
    assert changed != LONG
    a = load_scenario(write(tmp_path / "a", "same", LONG))
    b = load_scenario(write(tmp_path / "b", "same", changed))
    assert a.digest != b.digest


@pytest.mark.parametrize("name", sorted(SIX))
def test_a_resolved_scenario_can_be_loaded_again(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    assert "extends" not in scenario.resolved_toml
    again = load_scenario(write(tmp_path, "again", scenario.resolved_toml))
    assert again.digest == scenario.digest
    assert again.calendar == scenario.calendar
    assert again.levers == scenario.levers
    assert again.priors == scenario.priors
    assert again.durations == scenario.durations


def test_awkward_texts_survive_the_round_trip(tmp_path: Path) -> None:
    question = 'He said "typically"\n\\ and a tab\t, é, \u2028, \x7f?'
    scenario = parse_scenario({"question": question, "calendar": {"a b.c": _letter()}})
    again = load_scenario(write(tmp_path, "again", scenario.resolved_toml))
    assert again.question == question
    assert again.digest == scenario.digest
    assert again.calendar[0].name == "a b.c"


def _letter() -> dict[str, Any]:
    return {"date": date(2020, 1, 1), "kind": "letter", "region": "all", "strength": 0.5}


# -- Extends -------------------------------------------------------------------------------------


def test_tables_merge_key_by_key_and_the_later_file_wins(tmp_path: Path) -> None:
    force = base_and(tmp_path, "[levers.force]\ncajoling = 5.0\n").levers.force
    assert (force.cajoling, force.incentive, force.encouragement) == (5.0, 3.0, 1.0)


def test_a_distribution_or_an_event_replaces_the_old_one_whole(tmp_path: Path) -> None:
    base = (
        '[parameters.support_mean]\nfamily = "normal"\nmean = 1.0\nsd = 0.5\n'
        '[durations.explore]\nfamily = "gamma"\nmean = 1.0\nsd = 0.5\n'
        '[calendar.a]\ndate = 2020-01-01\nkind = "letter"\nregion = "all"\nstrength = 1.0\n'
    )
    over = (
        '[parameters.support_mean]\nfamily = "uniform"\nlow = 0.0\nhigh = 1.0\n'
        '[durations]\nexplore = { family = "fixed", months = 2.0 }\n'
        '[calendar.a]\ndate = 2020-02-01\nkind = "pause"\nmonths = 1.0\n'
    )
    scenario = base_and(tmp_path, over, base)
    assert scenario.priors["support_mean"].text() == "uniform low 0, high 1"
    assert scenario.durations.explore.days(0.3) == 2.0 * 365.25 / 12
    assert [(e.kind, e.date) for e in scenario.calendar] == [("pause", date(2020, 2, 1))]


def test_events_of_both_files_are_kept(tmp_path: Path) -> None:
    event = '[calendar.{0}]\ndate = 2020-0{1}-01\nkind = "statement"\n'
    scenario = base_and(tmp_path, event.format("late", 2), event.format("early", 1))
    assert [e.name for e in scenario.calendar] == ["early", "late"]


def test_a_name_is_the_files_own_and_extends_may_be_a_chain(tmp_path: Path) -> None:
    write(tmp_path, "first", 'name = "first_name"\nquestion = "Why?"\nend = 2021-01-01\n')
    write(tmp_path, "second", 'extends = "first"\n[levers.force]\nincentive = 4.0\n')
    third = load_scenario(write(tmp_path, "third", 'extends = "second.toml"\n'))
    assert third.name == "third"
    assert third.question == "Why?"
    assert third.end == date(2021, 1, 1)
    assert third.levers.force.incentive == 4.0


def test_extending_with_nothing_changes_nothing_but_the_name(tmp_path: Path) -> None:
    same = load_scenario(write(tmp_path, "mine", 'extends = "hard_rule"\n'))
    shipped = load_scenario("hard_rule")
    assert same.name == "mine"
    assert dataclasses.replace(same, name="hard_rule").digest == shipped.digest


def test_a_scenario_made_in_code_equals_the_file(tmp_path: Path) -> None:
    tables = {"extends": "as_written", "name": "x", "levers": {"force": {"hard_rule": True}}}
    text = 'extends = "as_written"\nname = "x"\n[levers.force]\nhard_rule = true\n'
    assert parse_scenario(tables).digest == load_scenario(write(tmp_path, "x", text)).digest


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf" + b'name = "bom"\r\nquestion = "Why?"\r\n')
    assert load_scenario(path).question == "Why?"


# -- Parameters and durations --------------------------------------------------------------------


def test_a_number_holds_a_parameter_and_leaves_the_others_drawn() -> None:
    streams = Streams(1, 0, {"parameter": PARAMETER_COLUMNS})
    free = draw_parameters(DEFAULT_PRIORS, streams)
    held = draw_parameters({**DEFAULT_PRIORS, "support_mean": fixed(-1.0)}, streams)
    assert held == dataclasses.replace(free, support_mean=-1.0)


def test_draws_beyond_a_parameters_range_are_put_on_its_edge() -> None:
    streams = Streams(1, 0, {"parameter": PARAMETER_COLUMNS})
    scenario = parse_scenario(
        {"parameters": {"turnout_mean": {"family": "normal", "mean": 5.0, "sd": 0.1}}}
    )
    assert draw_parameters(scenario.priors, streams).turnout_mean == 1.0


@pytest.mark.parametrize(
    ("table", "u", "months"),
    [
        (3, 0.9, 3.0),
        (0, 0.9, 0.0),
        ({"family": "fixed", "months": 1.5}, 0.1, 1.5),
        ({"family": "exponential", "mean": 2.0}, 1 - 1 / 2.718281828459045, 2.0),
        ({"family": "uniform", "low": 1.0, "high": 3.0}, 0.5, 2.0),
        ({"family": "triangular", "low": 0.0, "mode": 1.0, "high": 2.0}, 0.5, 1.0),
        ({"family": "lognormal", "median": 4.0, "sigma": 1.0}, 0.5, 4.0),
        ({"family": "gamma", "mean": 4.0, "sd": 0.0}, 0.7, 4.0),
    ],
)
def test_every_family_of_durations_can_be_stated(table: Any, u: float, months: float) -> None:
    duration = parse_scenario({"durations": {"panel": table}}).durations.panel
    assert duration.days(u) == pytest.approx(months * 365.25 / 12)
