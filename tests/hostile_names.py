"""A small world in which every body is called something that some reader would obey or misread."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from tests.small_worlds import write_table, write_world

NAMES: Final = (
    "NHS [/bold] One",
    "$\\frac{a$ Hill",
    "\x1b[2J\x1b[31mRed",
    '=HYPERLINK("http://x","y")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\ttab",
    "cr\rcr",
    "line\n  1 April 2020  FORGED",
    "'=x",
    "''quoted",
    "rtl \u202egnp.exe",
    "\u2067iso\u2069",
    "zero\u200bwidth",
    "ls\u2028ps\u2029",
    "nan",
    "NA",
    "null",
    "true",
    "1e5",
    "007",
    "2020-01-01",
    "inf",
    "None",
    "_under_score_",
    "^pow%d%s{x}",
    "<script>alert(1)</script>",
    "a|b`c`*d*_e_ [l](http://x)",
    "&lt;x",
    "日本語の名前",
    "emoji \U0001f600 \u2764\ufe0f",
    "(all)",
    "x" * 300,
    "\\n literal \\x1b",
    "\x9b31m C1",
    "\u0627\u0644\u0639",
    "\x07bell\x08\x7f",
    "Bath & North East ",
    "  lead",
    "#N/A",
    "\ufeff=1+1",
    "＝1",
    "a,b",
    '"',
)
"""None is an empty text, which no world may hold; NUL and lone surrogates are no UTF-8 files."""

SYSTEMS: Final = ("001", "1e5", "nan", "NA", "true", "2020-01-01", "None", "inf", "007", "1_000")
SCENARIOS: Final = ("2020", "007", "nan", "NA", "none", "true", "1e5", "2020-01-01", "inf", "CON",
                    "con.", "a.b", "a_b", "A_B")  # fmt: skip


def name_of(number: int) -> str:
    """Return one of the names, going round."""
    return NAMES[number % len(NAMES)]


def write_hostile_world(folder: Path, shift: int = 0) -> Path:
    """Write the world folder: ten systems of three CCGs, their names from ``NAMES`` on."""
    codes = iter(f"{number:03d}" for number in range(1, 100))
    systems = [
        {
            "code": code,
            "name": name_of(shift + i),
            "region": name_of(shift + 3 * i),
            "ccgs": [
                {
                    "code": next(codes),
                    "name": name_of(shift + 15 + 3 * i + j),
                    "lmcs": {name_of(shift + i + 5): 1.0},
                    "councils": {f"K{i}": 1.0},
                }
                for j in range(3)
            ],
        }
        for i, code in enumerate(SYSTEMS)
    ]
    world = write_world(folder, systems, name="hostile")
    with (world / "councils.csv").open(encoding="utf-8", newline="") as file:
        councils = list(csv.DictReader(file))
    write_table(
        world / "councils.csv",
        ["code", "name", "stance"],
        [(row["code"], name_of(shift - 1 - i), row["stance"]) for i, row in enumerate(councils)],
    )
    layout = [(f"{n + 1:03d}", n % 6, n // 6) for n in range(3 * len(SYSTEMS))]
    write_table(world / "hex_layout.csv", ["ccg", "q", "r"], layout)
    return world


def write_hostile_scenarios(folder: Path, world: str = "w") -> list[Path]:
    """Write a scenario file for each name that the loader allows; the second has a hard rule."""
    files = []
    for number, name in enumerate(SCENARIOS):
        file = folder / f"case{number}.toml"
        text = f'name = "{name}"\nworld = "{world}"\nquestion = "x"\n'
        text += "[levers.force]\nhard_rule = true\n" if number == 1 else ""
        file.write_text(text, encoding="utf-8", newline="\n")
        files.append(file)
    return files
