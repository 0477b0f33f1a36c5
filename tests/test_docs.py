"""The documentation says what the code says: generated parts, links, and no stray names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.durations import DURATION_NAMES
from sim.scenario.levers import lever_table
from sim.scenario.load import shipped_names
from sim.scenario.parameters import PARAMETER_TABLE
from tools.docs import __main__ as command
from tools.docs import parts
from tools.docs.pages import PAGES as GENERATED

ROOT = Path(__file__).parents[1]
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
def test_a_generated_page_is_that_of_the_code(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert GENERATED[page](text, page) == text, "write the pages with: python -m tools.docs"


def test_every_parameter_lever_and_stage_has_its_row() -> None:
    parameters = (ROOT / "docs/parameters.md").read_text(encoding="utf-8")
    assert [row.name for row in PARAMETER_TABLE if f"| `{row.name}` |" not in parameters] == []
    levers = (ROOT / "docs/levers.md").read_text(encoding="utf-8")
    names = [*(row.name for row in lever_table()), *DURATION_NAMES]
    assert [name for name in names if f"| `{name}` |" not in levers] == []


def test_held_parameters_are_named_with_the_reason() -> None:
    text = (ROOT / "docs/limits.md").read_text(encoding="utf-8")
    told = re.search(r"\*\*Held parameters\.\*\* (\d+) .*? states them: (.*?)\. Their", text)
    assert told is not None
    held = [row.name for row in PARAMETER_TABLE if row.held]
    assert re.findall(r"`(\w+)`", told[2]) == held
    assert int(told[1]) == len(held)


def test_the_index_of_the_documentation_names_every_page() -> None:
    text = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert [page for page in sorted(pages) if page not in text] == []


def test_every_parameter_and_lever_is_used_somewhere_on_the_page_of_rules() -> None:
    text = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    used = set(re.findall(r"`([^`\n]+)`", text))
    assert [row.name for row in lever_table() if row.name not in used] == []
    assert [row.name for row in PARAMETER_TABLE if row.name not in used] == []


def test_every_constant_in_a_formula_of_the_page_of_rules_is_explained() -> None:
    text = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    legend, _, rules = text.partition("<!-- generated:rules -->")
    explained = set(re.findall(r"(?m)^\| `(\w+)` \|", rules)) | set(re.findall(r"`(\w+)`", legend))
    code = re.findall(r"(?s)```text\n(.*?)```", rules) + re.findall(r"`([^`\n]+)`", rules)
    named = {name for part in code for name in re.findall(r'(?<!["\w])_?[A-Z][A-Z_]{2,}\b', part)}
    assert "REFERENCE_CUT" in named and "DAYS_PER_MONTH" in named
    assert sorted(named - explained) == []


def test_a_changed_cell_is_noticed_and_mended() -> None:
    text = (ROOT / "docs/parameters.md").read_text(encoding="utf-8")
    spoilt = text.replace("lognormal median 0.01,", "lognormal median 0.02,", 1)
    assert spoilt != text
    assert parts.refresh(spoilt) == text


def test_an_unknown_marker_is_refused() -> None:
    with pytest.raises(InputError, match="not one of rules, parameters"):
        parts.refresh("<!-- generated:nothing -->\n<!-- /generated -->")
    with pytest.raises(InputError, match="no part is marked"):
        parts.refresh("a page without a part")


def test_origins_are_counted_from_the_table() -> None:
    counts = parts.origin_counts()
    assert set(counts) == {"evidence", "computed", "assumed"}
    assert sum(counts.values()) == len(PARAMETER_TABLE)


def test_the_command_writes_what_differs_and_can_only_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    marked = "a\n<!-- generated:levers -->\nstale words\n<!-- /generated -->\nb\n"
    page.write_text(marked, encoding="utf-8")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "check_registry", list)
    fresh = {page: parts.refresh(marked)}
    monkeypatch.setattr(command, "fresh_pages", lambda: fresh)
    assert command.main(["--check"]) == 1
    assert "page.md differs from the code" in capsys.readouterr().err
    assert page.read_text("utf-8") == marked
    assert command.main([]) == 0
    text = page.read_text("utf-8")
    assert "stale words" not in text and "`force.hard_rule`" in text
    assert text.startswith("a\n") and text.endswith("b\n")
    assert command.main(["--check"]) == 0
    monkeypatch.setattr(command, "check_registry", lambda: ["row 1: points at nothing"])
    assert command.main([]) == 1
    assert "row 1: points at nothing" in capsys.readouterr().err


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_shipped_scenario_is_explained() -> None:
    text = (ROOT / "scenarios/README.md").read_text(encoding="utf-8")
    assert [name for name in shipped_names() if f"`{name}`" not in text] == []
