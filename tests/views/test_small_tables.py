"""Tables of a comparison and of levers, and the progress of a batch."""

from __future__ import annotations

import io
import subprocess
import sys

import pandas as pd
import pytest

from sim.scenario.levers import LeverInfo
from sim.views.progress import ProgressReport
from sim.views.tables.comparison import comparison_tables
from sim.views.tables.levers import lever_table
from sim.views.terminal import render_text
from sim.views.wording import (
    count_of,
    listing,
    number,
    percent,
    short_system_name,
    signed,
)

DIFFERENCES = pd.DataFrame(
    [
        ("as_written", "hard_rule", "final_ccgs", 128.0, 94.0, -34.0, -36.2, -31.8, 0.97),
        ("as_written", "hard_rule", "ccgs_2020_04_01", 166.0, 166.0, 0.0, 0.0, 0.0, 0.0),
        ("as_written", "locally_led", "final_ccgs", 128.0, 152.0, 24.0, 22.0, 26.0, 0.9),
    ],
    columns=[
        "base",
        "other",
        "outcome",
        "mean_base",
        "mean_other",
        "difference",
        "low",
        "high",
        "share_changed",
    ],
)


def test_comparison_shows_differences_with_their_intervals() -> None:
    text = render_text(comparison_tables(DIFFERENCES), 100)
    line = next(line for line in text.splitlines() if "CCGs at the end" in line)
    for cell in ("as_written → hard_rule", "128.0", "94.0", "-34.0", "-36.2 to -31.8", "97"):
        assert cell in line
    assert "CCGs on 1 April 2020" in text
    assert text.count("as_written → ") == 2
    assert "+24.0" in text
    narrow = render_text(comparison_tables(DIFFERENCES), 80)
    assert "…" not in narrow


def test_places_are_sorted_by_size_of_change() -> None:
    places = pd.DataFrame(
        {
            "base": "a",
            "other": "b",
            "system_name": ["Devon", "Kent and Medway", "Dorset"],
            "difference": [-0.1, -3.2, 0.5],
            "mean_ccgs_base": [1.0, 5.2, 1.0],
            "mean_ccgs_other": [0.9, 2.0, 1.5],
            "p_one_ccg_base": [1.0, 0.2, 1.0],
            "p_one_ccg_other": [1.0, 0.7, 1.0],
        }
    )
    text = render_text(comparison_tables(DIFFERENCES, places), 100)
    assert text.index("Kent and Medway") < text.index("Dorset") < text.index("Devon")
    line = next(line for line in text.splitlines() if "Kent and Medway" in line)
    assert line.split()[-5:] == ["5.20", "2.00", "-3.20", "20", "70"]


def test_levers_keep_brackets_and_say_their_mechanisms() -> None:
    rows = [
        LeverInfo("money.running_cost_cut", "share", "[0, 0.9]", "0.2", "the cut", (19, 67)),
        LeverInfo("force.hard_rule", "", "true | false", "false", "one CCG or no good ICS", ()),
        LeverInfo("ballot.quorum", "share", "0 to 1", "none", "share that must vote [red]", (1,)),
    ]
    text = render_text(lever_table(rows), 80)
    assert "[0, 0.9] share" in text
    assert "[19, 67]" in text
    assert "false" in text
    assert "none" in text
    assert "[red]" in text


def test_progress_into_a_pipe_is_a_line_every_tenth() -> None:
    sink = io.StringIO()
    with ProgressReport(stream=sink) as report:
        for done in range(0, 201, 5):
            report(done, 200)
    lines = sink.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[0] == "10% (20 of 200 replications)"
    assert lines[-1] == "100% (200 of 200 replications)"


def test_quiet_progress_writes_nothing() -> None:
    sink = io.StringIO()
    with ProgressReport(quiet=True, stream=sink) as report:
        report(1, 1)
    assert sink.getvalue() == ""


def test_progress_on_a_terminal_is_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    sink = Terminal()
    with ProgressReport(stream=sink) as report:
        report(50, 200)
        report(200, 200)
    assert "200/200" in sink.getvalue()
    assert "%" not in sink.getvalue().replace("100%", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (percent(0.001), "<1"),
        (percent(0.0), "0"),
        (percent(0.999), ">99"),
        (percent(1.0), "100"),
        (number(-0.04), "0.0"),
        (number(float("nan")), "n/a"),
        (signed(0.04), "0.0"),
        (signed(1.36), "+1.4"),
        (signed(-0.8), "-0.8"),
        (count_of(1, "CCG"), "one CCG"),
        (count_of(12, "CCG"), "12 CCGs"),
        (listing(["A", "B", "C"]), "A, B and C"),
        (listing(["A", "B and C"]), "A; and B and C"),
        (listing(list("ABCDEF"), 4), "A, B, C and 3 others"),
        (
            short_system_name("West Yorkshire and Harrogate (Health and Care Partnership)"),
            "West Yorkshire and Harrogate",
        ),
    ],
)
def test_numbers_and_names_are_written_honestly(text: str, expected: str) -> None:
    assert text == expected


def test_importing_views_loads_nothing_heavy() -> None:
    code = (
        "import sys, pkgutil, importlib, sim.views as v\n"
        "for m in pkgutil.iter_modules(v.__path__): importlib.import_module('sim.views.'+m.name)\n"
        "heavy = {'pandas', 'seaborn', 'matplotlib', 'pyarrow', 'scipy', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
