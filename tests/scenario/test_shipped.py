"""Every shipped scenario asks one question, stands in the table, and runs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiment.api import HEADLINE, check_scenarios
from sim.experiment.replicate import run_replication
from sim.scenario import load_scenario
from sim.scenario.load import shipped_files, shipped_folder, shipped_names
from sim.world import World
from tools.docs import scenarios_page
from tools.docs.scenarios_page import END_MARKER, MARKER, PAGE, refresh, shipped_scenarios

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {}


def stated(name: str) -> dict[str, object]:
    return tomllib.loads(shipped_files()[name].read_text("utf-8"))


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


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_has_a_short_title(name: str) -> None:
    title = load_scenario(name).title
    assert title == stated(name)["title"]
    assert 3 <= len(title) <= 45 and title.isascii() and "_" not in title
    assert not title.endswith(".") and title.lstrip("'")[0].isupper()


@pytest.mark.parametrize("key", ["title", "question"])
def test_no_two_say_the_same(key: str) -> None:
    told = [str(stated(name)[key]).casefold() for name in shipped_names()]
    assert len(set(told)) == len(told)


def test_a_name_is_used_once_in_all_folders() -> None:
    files = [path for path in shipped_folder().rglob("*") if path.suffix == ".toml"]
    assert len(files) == len(shipped_names())
    assert all(stated(path.stem)["name"] == path.stem for path in files)


def test_the_scenarios_of_the_main_job_are_at_the_top_and_the_others_in_folders() -> None:
    folder = shipped_folder()
    assert {path.stem for path in folder.glob("*.toml")} == set(HEADLINE)
    others = [path for path in shipped_files().values() if path.parent != folder]
    assert {path.parent.parent for path in others} == {folder}
    assert {path.parent.name for path in others} == set(scenarios_page.HEADINGS) - {""}


def test_a_scenario_is_found_by_its_name_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_scenario("exemption_1_5m").levers.force.hard_rule  # extends one at the top
    assert load_scenario("boundaries_open").levers.boundaries.splits  # and one in its folder
    (tmp_path / "mine.toml").write_text('extends = "cut_30"\n', "utf-8")
    assert load_scenario("mine.toml").levers.money.running_cost_cut == 0.3
    with pytest.raises(InputError, match=r"did you mean.*cut_30"):
        load_scenario("cut_3O")
    with pytest.raises(InputError, match="neither a file nor a shipped scenario"):
        load_scenario("money/cut_30")


def test_the_page_has_every_scenario_with_the_question_of_its_file() -> None:
    text = (ROOT / PAGE).read_text("utf-8")
    assert refresh(text, PAGE) == text, "write the pages with: python -m tools.docs"
    for name in shipped_names():
        assert f"| {stated(name)['title']} | {stated(name)['question']} | " in text


def test_the_page_lists_the_main_job_first_then_folders() -> None:
    found = {one.name: one for one in shipped_scenarios()}
    assert tuple(found)[: len(HEADLINE)] == HEADLINE
    assert found["cut_10"].path == "money/cut_10.toml" and found["hard_rule"].folder == ""
    assert found["typically_dropped"].changes == '`information.region_relays = "always_drop"`'
    assert "[`cut_10`](money/cut_10.toml)" in scenarios_page.scenario_tables()


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(InputError, match="no part is marked"):
        refresh("a page", "page.md")
    fresh = refresh(f"a\n{MARKER}\nstale\n{END_MARKER}\nb\n", "page.md")
    assert "stale" not in fresh and "`hard_rule`" in fresh
