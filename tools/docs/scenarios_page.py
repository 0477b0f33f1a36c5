"""The tables of shipped scenarios in ``scenarios/README.md``.

It is written between the markers of the page from the files themselves, so that a question on the
page is the one in the file; a test fails while the two differ.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.errors import InputError
from sim.experiment.api import HEADLINE
from sim.records.markdown import row
from sim.scenario.load import load_scenario, shipped_files, shipped_folder

PAGE: Final = "scenarios/README.md"
MARKER: Final = "<!-- generated:scenarios -->"
END_MARKER: Final = "<!-- /generated -->"
BASE: Final = "as_written"
HEADINGS: Final = {
    "": "Headline scenarios",
    "rule_and_wording": "The rule and its wording",
    "national_pressure": "Pressure from the centre",
    "money": "Money",
    "ballots_and_advice": "Ballots and advice",
    "approval": "Approval",
    "boundaries_and_size": "Boundaries and size",
    "leaders_and_councils": "Leaders and councils",
    "alternatives_to_merger": "Alternatives to merger",
    "services_and_functions": "Services and functions",
    "history": "Other starting days and fits",
}
"""Heading of each folder below ``scenarios``; the headline scenarios lie at the top."""
MAIN_JOB: Final = "`python run_sim.py` without a command runs these, in this order."
COLUMNS: Final = ("scenario", "title", "question", "what it changes")
_PART: Final = re.compile(re.escape(MARKER) + r"\n.*?" + re.escape(END_MARKER), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shipped:
    """One shipped file: its name, title and question, the folder it is in, and what it changes."""

    name: str
    title: str
    question: str
    folder: str
    changes: str

    @property
    def path(self) -> str:
        """The file, relative to the folder of scenarios."""
        return "/".join(filter(None, (self.folder, f"{self.name}.toml")))


def shipped_scenarios() -> tuple[Shipped, ...]:
    """Return every shipped scenario: those of the main job in its order, then by folder and name.

    Raises:
        InputError: a shipped file is wrong.
    """
    folders = list(HEADINGS)
    main = dict(zip(HEADLINE, range(len(HEADLINE)), strict=True))
    return tuple(
        sorted(
            (_shipped(name, path) for name, path in shipped_files().items()),
            key=lambda one: (folders.index(one.folder), main.get(one.name, len(main)), one.name),
        )
    )


def _shipped(name: str, path: Path) -> Shipped:
    with path.open("rb") as file:
        text = tomllib.load(file)
    folder = path.parent.relative_to(shipped_folder()).as_posix()
    scenario = load_scenario(name)
    return Shipped(
        name=name,
        title=scenario.title,
        question=scenario.question,
        folder="" if folder == "." else folder,
        changes="; ".join(_changes(text)),
    )


def _changes(text: Mapping[str, Any]) -> list[str]:
    """Return what a file itself states, besides name, title and question."""
    found = [f"extends `{text['extends']}`"] if text.get("extends", BASE) != BASE else []
    if "start" in text or "end" in text:
        dates = [str(text[key]) for key in ("start", "end") if key in text]
        found.append(" to ".join(dates))
    if "world" in text:
        found.append(f"world `{text['world']}`")
    for group, levers in text.get("levers", {}).items():
        found += [f"`{group}.{lever} = {_toml(value)}`" for lever, value in levers.items()]
    for table, noun in (("model", "model"), ("parameters", ""), ("durations", "duration")):
        for key, value in text.get(table, {}).items():
            shown = _toml(value) if not isinstance(value, dict) else "a distribution of its own"
            found.append(f"{noun} `{key} = {shown}`".strip())
    for key, event in text.get("calendar", {}).items():
        found.append(f"{event.get('kind', 'event')} of {event.get('date')} (`{key}`)")
    return found


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def scenario_tables() -> str:
    """Return the Markdown tables of all shipped scenarios, by folder.

    Raises:
        InputError: a shipped file is wrong.
    """
    lines: list[str] = []
    folder = None
    scenarios = shipped_scenarios()
    for one in scenarios:
        if one.folder != folder:
            folder = one.folder
            place = f"In [`{folder}/`]({folder})." if folder else MAIN_JOB
            lines += ["", f"### {HEADINGS[folder]}", "", place, ""]
            lines += [row(COLUMNS), row(["---"] * len(COLUMNS))]
        lines.append(row((f"[`{one.name}`]({one.path})", one.title, one.question, one.changes)))
    count = f"{len(scenarios)} scenarios come with the project."
    return "\n".join([count, *lines])


def refresh(text: str, source: str) -> str:
    """Return a page with its tables of scenarios written anew.

    Raises:
        InputError: the page has no markers.
    """
    tables = scenario_tables()
    fresh, found = _PART.subn(lambda _: f"{MARKER}\n{tables}\n{END_MARKER}", text)
    if not found:
        raise InputError(f"{source}: no part is marked {MARKER} ... {END_MARKER}")
    return fresh
