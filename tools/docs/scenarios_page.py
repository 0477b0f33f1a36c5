"""The tables of shipped scenarios in ``scenarios/README.md``.

It is written between the markers of the page from the files themselves, so that a question on the
page is the one in the file; a test fails while the two differ.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.errors import InputError
from sim.records.markdown import row
from sim.scenario.levers import Levers
from sim.scenario.load import load_scenario, shipped_folder, shipped_names

PAGE: Final = "scenarios/README.md"
MARKER: Final = "<!-- generated:scenarios -->"
END_MARKER: Final = "<!-- /generated -->"
FIRST: Final = "as_written"
POLICY: Final = "The policy as it was, or from another day"
HEADINGS: Final = {
    "information": "Information",
    "money": "Money",
    "force": "Force",
    "ballot": "Ballots and advice",
    "approval": "Approval",
    "boundaries": "Boundaries",
    "joint": "Joint working",
    "leaders": "Leaders",
    "councils": "Councils",
    "service": "Service change",
    "functions": "Functions",
    "providers": "Providers",
}
_PART: Final = re.compile(re.escape(MARKER) + r"\n.*?" + re.escape(END_MARKER), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shipped:
    """One shipped file: its name, its question, the group it stands in, and what it changes."""

    name: str
    question: str
    heading: str
    changes: str


def shipped_scenarios() -> tuple[Shipped, ...]:
    """Return every shipped scenario, ``as_written`` first, then by group and name.

    A scenario stands with the group of levers of which it sets most (the first of equals);
    one that sets no lever, starts on another day or has a calendar of its own beside several
    things stands first.

    Raises:
        InputError: a shipped file is wrong.
    """
    order = [POLICY, *(HEADINGS[group] for group in Levers.model_fields)]
    found = [_shipped(name) for name in shipped_names()]
    return tuple(
        sorted(found, key=lambda one: (order.index(one.heading), one.name != FIRST, one.name))
    )


def _shipped(name: str) -> Shipped:
    with (shipped_folder() / f"{name}.toml").open("rb") as file:
        text = tomllib.load(file)
    levers: Mapping[str, Mapping[str, Any]] = text.get("levers", {})
    groups = [group for group in Levers.model_fields if group in levers]
    policy = name == FIRST or not groups or "start" in text or len(text.get("calendar", {})) > 1
    most = max(groups, key=lambda group: len(levers[group]), default="")
    return Shipped(
        name=name,
        question=load_scenario(name).question,
        heading=POLICY if policy else HEADINGS[most],
        changes="; ".join(_changes(text)) or "nothing but its name",
    )


def _changes(text: Mapping[str, Any]) -> list[str]:
    """Return what a file itself states, besides name and question."""
    found = [f"extends `{text['extends']}`"] if text.get("extends", FIRST) != FIRST else []
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
    """Return the Markdown tables of all shipped scenarios, by group.

    Raises:
        InputError: a shipped file is wrong.
    """
    lines: list[str] = []
    heading = ""
    for one in shipped_scenarios():
        if one.heading != heading:
            heading = one.heading
            lines += ["", f"### {heading}", "", "| scenario | question | what it states |"]
            lines.append("| --- | --- | --- |")
        cells = (f"[`{one.name}`]({one.name}.toml)", one.question, one.changes)
        lines.append(row(cells))
    count = f"{len(shipped_names())} scenarios come with the project."
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
