"""The page of mechanisms, written from the registry: ``python -m tools.docs.mechanisms_page PAGE``.

``docs/mechanisms.md`` is its output, and a test fails while the two differ.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, get_args

from sim.errors import InputError
from sim.records.files import write_whole
from sim.records.markdown import row as _line
from sim.scenario.load import shipped_files, shipped_folder
from sim.views.exit_codes import print_plain
from sim.views.wording import count_of, listing
from tools.docs.mechanisms import Group, Mechanism, check_registry, registry

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
            f"`python -m tools.docs.mechanisms_page {PAGE}`. A test fails when the page and the "
            "registry differ, and when a row names a module, data file, lever, parameter, outcome, "
            "scenario or test that does not exist."
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
            "[places.md](places.md). What the levers and parameters mean stands in "
            "[model.md](model.md); what is not represented, or hardly, in [limits.md](limits.md)."
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


def main(arguments: Sequence[str]) -> int:
    """Write the page named; returns 0, 1 where a row points at nothing, 2 on wrong input."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tools.docs.mechanisms_page PAGE\n")
        return 2
    try:
        faults = check_registry()
        write_whole(Path(arguments[0]), mechanisms_page(registry()))
    except (InputError, OSError) as error:
        print_plain(str(error), error=True)
        return 2
    for fault in faults:
        print_plain(str(fault), error=True)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
