"""The page of mechanisms, ``docs/mechanisms.md``, written from the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from sim.records.markdown import row as _line
from sim.scenario.load import shipped_files, shipped_folder
from sim.views.wording import count_of, listing
from tools.docs.mechanisms import Group, Mechanism

PAGE: Final = "docs/mechanisms.md"
KINDS: Final = {
    "lever": "a lever",
    "rule": "a rule",
    "parameter": "a parameter",
    "outcome": "an outcome",
    "fact": "a fact of the world",
    "scenario": "a scenario",
    "": "nothing",
}
_HEAD: Final = (
    "row",
    "mechanism",
    "represented by",
    "levers and parameters",
    "outcomes",
    "scenario that shows it",
    "test that checks it",
    "state",
)


def mechanisms_page(rows: Sequence[Mechanism]) -> str:
    """Return the whole page in Markdown."""
    done = [row for row in rows if row.state == "done"]
    out = [row for row in rows if row.state == "left out"]
    still = [row for row in rows if row.state == "open"]
    lines = [
        "# The mechanisms of the sources",
        "",
        (
            "What the five source articles describe, row by row, and what stands for it in the "
            "simulation. This page is written from one registry "
            "(`tools/docs/mechanisms.csv`, `tools.docs.mechanisms`) by "
            "`python -m tools.docs`. A test fails when the page and the registry differ, and when "
            "a row names a module, data file, lever, parameter, outcome, scenario or test that "
            "does not exist."
        ),
        "",
        f"**{len(rows)} rows: {len(done)} represented, {len(out)} left out"
        + (f", {len(still)} still open" if still else "")
        + f".** {_kinds(done)}".rstrip(),
        "",
        (
            "A mechanism that the evidence cannot size is neutral in `as_written`, changes no "
            "byte there, and is switched on by the scenario named. A row about a place is no rule: "
            "it is a fact of the world's tables, or a probability set against comparable places in "
            "[places.md](places.md). [levers.md](levers.md) and "
            "[parameters.md](parameters.md) say what the levers and parameters mean, "
            "[limits.md](limits.md) what is not represented, or hardly."
        ),
    ]
    for group in get_args(Group):
        mine = [row for row in rows if row.group == group]
        lines += ["", f"## {group.capitalize()}", "", _line(_HEAD), _line(["---"] * len(_HEAD))]
        lines += [_line(_cells(row)) for row in mine]
    lines += ["", "## Left out", ""]
    lines += [f"- Row {row.id}, {row.mechanism}: {row.note}." for row in out] or ["Nothing."]
    if still:
        lines += ["", "## Still open", ""]
        lines += [f"- Row {row.id}, {row.mechanism}" for row in still]
    notes = [row for row in done if row.note]
    if notes:
        lines += ["", "## How far it goes", ""]
        lines += [f"- Row {row.id}, {row.mechanism}: {row.note.rstrip('.')}." for row in notes]
    lines += ["", "## Sources", ""]
    lines += [
        f"- {source}: {count_of(sum(row.source == source for row in rows), 'row')}"
        for source in dict.fromkeys(row.source for row in rows)
    ]
    return "\n".join(lines) + "\n"


def _kinds(done: Sequence[Mechanism]) -> str:
    counted = []
    for kind, words in KINDS.items():
        number = sum(row.kind == kind for row in done)
        if number:
            counted.append(f"{number} by {words}")
    return f"Represented first of all {listing(counted)}." if counted else ""


def _cells(row: Mechanism) -> list[str]:
    numbers = [f"`{name}`" for name in (*row.levers, *row.parameters)]
    return [
        str(row.id),
        row.mechanism,
        ", ".join([KINDS[row.kind] + ":" if row.where else "", *(_place(p) for p in row.where)])
        .replace(":, ", ": ", 1)
        .lstrip(", "),
        ", ".join(numbers),
        ", ".join(f"`{name}`" for name in row.outcomes),
        ", ".join(_scenario(name) for name in row.scenario),
        ", ".join(_test(test) for test in row.test),
        row.state,
    ]


def _place(place: str) -> str:
    return f"[`{place}`](../{place})" if "/" in place else f"`{place}`"


def _scenario(name: str) -> str:
    path = shipped_files()[name].relative_to(shipped_folder()).as_posix()
    return f"[`{name}`](../scenarios/{path})"


def _test(test: str) -> str:
    file, _, name = test.partition("::")
    return f"[`{name}`](../{file})"
