"""The documentation says what the code says: generated parts, links, and no stray names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.levers import lever_table
from sim.scenario.load import shipped_names
from sim.scenario.parameters import PARAMETER_TABLE
from tools.docs import model_page
from tools.docs.events_page import events_page

ROOT = Path(__file__).parents[1]
GENERATED = ("docs/model.md", "docs/limits.md")
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "scenarios" / "README.md",
        ROOT / "results" / "README.md",
        ROOT / "sim" / "evidence" / "data" / "README.md",
    ]
)


@pytest.mark.parametrize("page", GENERATED)
def test_generated_parts_are_those_of_the_code(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert model_page.refresh(text, page) == text, (
        f"refresh it with: python -m tools.docs.model_page {page}"
    )


def test_every_parameter_lever_and_stage_is_on_the_page() -> None:
    text = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    names = [row.name for row in PARAMETER_TABLE] + [row.name for row in lever_table()]
    missing = [name for name in names if f"| `{name}` |" not in text]
    assert missing == []
    for name in ("parameters", "levers", "durations"):
        assert f"<!-- generated:{name} -->" in text


def test_held_parameters_are_named_with_the_reason() -> None:
    text = (ROOT / "docs/limits.md").read_text(encoding="utf-8")
    told = re.search(r"\*\*Held parameters\.\*\* (\d+) .*? states them: (.*?)\. Their", text)
    assert told is not None
    held = [row.name for row in PARAMETER_TABLE if row.held]
    assert re.findall(r"`(\w+)`", told[2]) == held
    assert int(told[1]) == len(held)


def test_the_page_on_the_event_log_is_that_of_the_code() -> None:
    assert (ROOT / "docs" / "event-log.md").read_text(encoding="utf-8") == events_page()


def test_the_index_of_the_documentation_names_every_page() -> None:
    text = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert [page for page in sorted(pages) if page not in text] == []


def test_the_rules_on_the_page_speak_of_every_lever_and_parameter() -> None:
    text = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([\w.*]+)`", text[: text.index("## 8. Parameters")]))
    levers = [row.name for row in lever_table()]
    assert [name for name in levers if not {name, name.partition(".")[2]} & told] == []
    assert [row.name for row in PARAMETER_TABLE if row.name not in told] == []


def test_a_changed_cell_is_noticed_and_mended() -> None:
    text = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    spoilt = text.replace("lognormal median 0.01,", "lognormal median 0.02,", 1)
    assert spoilt != text
    assert model_page.refresh(spoilt) == text


def test_an_unknown_marker_is_refused() -> None:
    with pytest.raises(InputError, match="not one of parameters"):
        model_page.refresh("<!-- generated:nothing -->\n<!-- /generated -->")
    with pytest.raises(InputError, match="no part is marked"):
        model_page.refresh("a page without a part")


def test_origins_are_counted_from_the_table() -> None:
    counts = model_page.origin_counts()
    assert set(counts) == {"evidence", "computed", "assumed"}
    assert sum(counts.values()) == len(PARAMETER_TABLE)


def test_the_command_refreshes_a_page_in_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- generated:levers -->\nstale words\n<!-- /generated -->\nb\n", "utf-8")
    assert model_page.main([str(page)]) == 0
    text = page.read_text("utf-8")
    assert "stale words" not in text and "`force.hard_rule`" in text
    assert text.startswith("a\n") and text.endswith("b\n")
    assert model_page.main([str(tmp_path / "absent.md")]) == 2


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_shipped_scenario_is_explained() -> None:
    text = (ROOT / "scenarios/README.md").read_text(encoding="utf-8")
    assert [name for name in shipped_names() if f"`{name}`" not in text] == []
