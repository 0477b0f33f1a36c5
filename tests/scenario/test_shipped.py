"""Every shipped scenario asks one question, stands in the table, and runs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiment.api import check_scenarios
from sim.experiment.replicate import run_replication
from sim.scenario.load import shipped_folder, shipped_names
from sim.world import World
from tools.docs import scenarios_page
from tools.docs.scenarios_page import END_MARKER, MARKER, PAGE, refresh, shipped_scenarios

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {}


def stated(name: str) -> dict[str, object]:
    return tomllib.loads((shipped_folder() / f"{name}.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_is_valid_and_runs_to_its_end(
    name: str, worlds: dict[str, World]
) -> None:
    checked = check_scenarios([name], worlds)
    worlds.update(checked.worlds)
    [scenario] = checked.scenarios
    done = run_replication(checked.world_of(scenario), scenario, seed=1, replication=0)
    assert done.log[-1].kind == "end"
    assert 0 <= done.final_ccgs <= len(done.world.ccgs)
    assert done.log[-1].data["ccgs"] == done.final_ccgs


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_asks_one_question_in_one_sentence(name: str) -> None:
    question = stated(name)["question"]
    assert isinstance(question, str)
    assert question.endswith("?") and question.count("?") == 1
    assert ". " not in question and "\n" not in question and len(question) <= 140
    assert question[0].isupper()


def test_no_two_ask_the_same() -> None:
    questions = [stated(name)["question"] for name in shipped_names()]
    assert len(set(questions)) == len(questions)


def test_the_page_has_every_scenario_with_the_question_of_its_file() -> None:
    text = (ROOT / PAGE).read_text("utf-8")
    assert refresh(text, PAGE) == text, "write the pages with: python -m tools.docs"
    for name in shipped_names():
        assert f"| [`{name}`]({name}.toml) | {stated(name)['question']} | " in text


def test_scenarios_stand_with_the_levers_they_set() -> None:
    found = {one.name: one for one in shipped_scenarios()}
    assert found["hard_rule"].heading == "Force"
    assert found["no_cost_cut"].heading == "Money"
    assert found["typically_dropped"].changes == '`information.region_relays = "always_drop"`'
    assert found["as_happened"].heading == found["as_written"].heading == scenarios_page.POLICY
    assert shipped_scenarios()[0].name == "as_written"


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(InputError, match="no part is marked"):
        refresh("a page", "page.md")
    fresh = refresh(f"a\n{MARKER}\nstale\n{END_MARKER}\nb\n", "page.md")
    assert "stale" not in fresh and "`hard_rule`" in fresh
