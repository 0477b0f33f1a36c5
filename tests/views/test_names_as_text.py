"""Names reach terminal and plots as they are written, whatever they hold."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import pandas as pd
import pytest
from rich.text import Text

import sim.views
from sim.agents import replicate_log
from sim.agents.log import Event
from sim.errors import InputError
from sim.records.visible import visible
from sim.scenario import parse_scenario
from sim.views.exit_codes import guarded, print_plain
from sim.views.progress import ProgressReport
from sim.views.story.bundle import Bundle
from sim.views.story.names import Names, Proposals
from sim.views.story.sentences import sentence
from sim.views.story.story import story_lines
from sim.views.tables.comparison import comparison_tables
from sim.views.terminal import plain_table, render_text, show
from sim.views.wording import short_system_name, shortened
from sim.world import load_world
from tests.hostile_names import NAMES, SYSTEMS, write_hostile_world

START = pd.Timestamp("2019-06-01").date()


def unseen(text: str) -> list[str]:
    """Return the characters of a page that a terminal would obey or nobody would see."""
    return [c for c in text if c != "\n" and c != visible(c)]


def test_a_table_shows_names_as_written_on_one_line() -> None:
    table = plain_table("[b]title[/b]", "how to [read]")
    table.add_column("name [x]", overflow="fold")
    table.add_column("n", justify="right")
    for number, name in enumerate(NAMES):
        table.add_row(name, str(number))
    text = render_text(table, 400)
    lines = text.splitlines()
    assert not unseen(text)
    assert lines[0] == "[b]title[/b]" and "name [x]" in text and "how to [read]" in text
    for number, name in enumerate(NAMES):
        [line] = [line for line in lines if line.endswith(f" {number}")]
        assert line.strip().startswith(visible(name).strip())


def test_wide_and_escaped_names_leave_columns_straight() -> None:
    from rich.cells import cell_len

    table = plain_table("t", "r")
    table.add_column("name")
    table.add_column("n")
    for name in ("日本", "\x1b[2J", "\u202ex", "e\u0301", "plain"):
        table.add_row(name, "|")
    rows = [line for line in render_text(table).splitlines() if line.endswith("|")]
    assert len(rows) == 5
    assert len({cell_len(line) for line in rows}) == 1


def test_even_a_styled_text_is_harmless() -> None:
    assert "\x1b" not in render_text(Text("\x1b[31mred\u202e"))


def test_on_a_terminal_only_our_own_codes_are_sent() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    table = plain_table("t", "r")
    table.add_column("name")
    table.add_row("\x1b[2J[red]\u202e\x07")
    sink = Terminal()
    show(table, stream=sink, width=80)
    assert "\\x1b[2J[red]\\u202e\\x07" in sink.getvalue()
    assert "\x1b[2J" not in sink.getvalue() and "\u202e" not in sink.getvalue()


def test_systems_called_as_values_are_compared() -> None:
    rows = [
        {"base": "2020", "other": "nan", "system": "001", "system_name": name, "difference": 1.0}
        for name in ("NHS [/bold] One", "=1", "\x1b[31m")
    ]
    outcome = {"base": "2020", "other": "nan", "outcome": "final_ccgs", "mean_base": 1.0}
    outcome |= {"mean_other": 1.0, "difference": 0.0, "low": 0.0, "high": 0.0, "share_changed": 0.0}
    text = render_text(comparison_tables(pd.DataFrame([outcome]), pd.DataFrame(rows)))
    assert "2020 → nan" in text
    assert "NHS [/bold] One" in text and "=1" in text and "\\x1b[31m" in text


def test_messages_and_progress_stay_on_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    print_plain("a\nerror: forged\x1b[2J")

    def fails() -> None:
        raise InputError("name 'x\n  all is well\u202e'")

    assert guarded(fails) == 2
    out, err = capsys.readouterr()
    assert out == "a\\nerror: forged\\x1b[2J\n"
    assert err == "error: name 'x\\n  all is well\\u202e'\n"
    sink = io.StringIO()
    with ProgressReport("[b]x\n\x1b", stream=sink) as progress:
        progress(10, 10)
    assert sink.getvalue() == "100% (10 of 10 [b]x\\n\\x1b)\n"


def test_several_messages_are_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise InputError("first\nname", "second")

    assert guarded(fails) == 2
    assert capsys.readouterr().err == "error: first\\nname\nsecond\n"


@pytest.mark.parametrize("shift", [0, 10, 20, 30])
def test_a_story_holds_no_line_of_a_name_s_making(shift: int, tmp_path: Path) -> None:
    world = load_world(write_hostile_world(tmp_path / "w", shift))
    scenario = parse_scenario({"name": "2020"})
    log = replicate_log(world, scenario, 1, 0).events
    lines = list(story_lines(log, world, START))
    assert not unseen("".join(lines)) and not any("\n" in line for line in lines)
    assert not [line for line in lines if line.startswith("  1 April 2020  FORGED")]
    told = "\n".join(lines)
    shown = [name for name in NAMES if visible(name).strip() in told]
    assert len(shown) > 15
    for system in SYSTEMS:
        assert list(story_lines(log, world, START, system=system))


def test_a_sentence_keeps_the_name_it_begins_with(tmp_path: Path) -> None:
    world = load_world(write_hostile_world(tmp_path / "w", 2))
    names = Names(world)
    for body in (*world.ccgs, *world.regions):
        code = getattr(body, "code", body.name)
        assert names.written(code) == body.name
    for region in world.regions:
        assert names.body(region.name) == region.name  # "-2+3" is no merged CCG
    told = Names(load_world(write_hostile_world(tmp_path / "v")))
    for region, begins in (("null", "null now"), ("line", "Line now")):
        event = Event(0.0, "belief", region, "", {"wording": "expected"}, ())
        text = sentence(Bundle(START, START, [event]), told, Proposals([], told))
        assert text.startswith(begins)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("(all)", "(all)"),
        ("@SUM(A1)", "@SUM(A1)"),
        ("Kent (North)", "Kent (North)"),
        ("Kent (Health Partnership)", "Kent"),
        ("(Health and Care Partnership)", "(Health and Care Partnership)"),
        ("x" * 50, "x" * 43 + "…"),
        (" " + "x" * 50, " " + "x" * 42 + "…"),
        ("( " * 100_000, None),
        (" " * 100_000 + "x", None),
    ],
)
def test_shortening_leaves_a_name(name: str, short: str | None) -> None:
    found = short_system_name(name)
    assert found == short if short is not None else len(found) <= 44


def test_a_short_text_is_not_cut() -> None:
    assert shortened("a" * 60) == "a" * 60


def test_only_one_place_opens_a_console_or_writes_names() -> None:
    """The doors are few: nobody else may make a console, a CSV file or a text file."""
    allowed = {
        "Console": {"terminal.py"},
        "to_csv": set(),
        "read_csv": {"csv_text.py"},
        "writer": {"csv_text.py"},
        "set_theme": set(),
        "use": set(),
        "write_text": {"manifest.py"},
    }
    root = Path(sim.views.__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            call = node.func
            if isinstance(call, ast.Attribute) and call.attr in allowed:
                of = call.value.id if isinstance(call.value, ast.Name) else ""
                named = call.attr not in ("use", "writer", "read_csv") or of in ("mpl", "csv", "pd")
                assert not named or path.name in allowed[call.attr], (path, call.attr)
            elif isinstance(call, ast.Name) and call.id == "Console":
                assert path.name in allowed["Console"], path
