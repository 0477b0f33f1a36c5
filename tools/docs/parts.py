"""The generated parts of pages, written from the code so that they cannot drift.

A page holds them between markers: the rules in ``docs/rules.md``, the tables of parameters, levers
and durations in their own pages, counts and names in ``docs/limits.md``.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from sim.errors import InputError
from sim.records.markdown import row as _line
from sim.scenario.durations import Duration, Durations
from sim.scenario.levers import lever_table
from sim.scenario.parameters import PARAMETER_TABLE
from tools.docs.rules_page import rules_text

END_MARKER: Final = "<!-- /generated -->"
_PART: Final = re.compile(
    r"<!-- generated:(?P<name>[a-z]+) -->\n.*?" + re.escape(END_MARKER), re.DOTALL
)
DEFAULT_WORDS: Final = {"constitution": "the constitution's", "never": "never"}
"""What a lever that is not set means, in words."""


def parameter_reference() -> str:
    """Return the Markdown table of all parameters: unit, prior, range, meaning, origin.

    The number is the permanent one that addresses the parameter's draw; mechanisms are rows of
    the project's list of 108.
    """
    return _table(
        ("no.", "parameter", "prior", "unit", "range", "meaning", "origin", "mechanisms"),
        (
            (
                str(row.number),
                f"`{row.name}`",
                row.prior.text(),
                row.unit,
                _range(row.low, row.high),
                row.meaning,
                row.origin,
                _ids(row.mechanisms),
            )
            for row in PARAMETER_TABLE
        ),
    )


def lever_reference() -> str:
    """Return the Markdown table of all levers: default, what is allowed, unit, meaning."""
    return _table(
        ("lever", "default", "allowed", "unit", "meaning", "mechanisms"),
        (
            (
                f"`{row.name}`",
                DEFAULT_WORDS.get(row.default, f"`{row.default}`"),
                ", ".join(f"`{part}`" for part in row.allowed.split(" | "))
                if " | " in row.allowed
                else row.allowed,
                row.unit,
                row.meaning,
                _ids(row.mechanisms),
            )
            for row in lever_table()
        ),
    )


def duration_reference() -> str:
    """Return the Markdown table of the stages' durations, in months of 365.25/12 days."""
    rows = []
    for field in dataclasses.fields(Durations):
        default = field.default
        assert isinstance(default, Duration)  # noqa: S101
        rows.append(
            (
                f"`{field.name}`",
                _duration_text(default),
                str(field.metadata["meaning"]),
                str(field.metadata["origin"]),
            )
        )
    return _table(("stage", "default, months", "meaning", "origin"), rows)


def origin_counts() -> dict[str, int]:
    """Return how many parameters rest on evidence, on a computation from it, or on assumption."""
    counts: dict[str, int] = {}
    for row in PARAMETER_TABLE:
        kind = row.origin.split(":")[0]
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def origins_sentence() -> str:
    """Return how many parameters there are and where they come from, in words."""
    counts = origin_counts()
    return (
        f"Of the model's {len(PARAMETER_TABLE)} parameters {counts['evidence']} take their prior "
        f"straight from the evidence, {counts['computed']} are computed from it by the stated sum, "
        f"and **{counts['assumed']} are assumed**."
    )


def assumed_names() -> str:
    """Return the names of the assumed parameters as a list in words."""
    return ", ".join(f"`{row.name}`" for row in PARAMETER_TABLE if row.origin.startswith("assumed"))


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "rules": rules_text,
    "parameters": parameter_reference,
    "levers": lever_reference,
    "durations": duration_reference,
    "origins": origins_sentence,
    "assumed": assumed_names,
}
"""The generated parts of a page, by the name in their markers."""


def refresh(text: str, source: str = "page") -> str:
    """Return a page with every generated part written anew.

    Raises InputError where a marker names no known part, with the nearest that exists, and where
    the page has none at all.
    """

    def anew(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in PARTS:
            raise InputError(
                f"{source}: marker 'generated:{name}' is not one of {', '.join(PARTS)}"
            )
        return f"<!-- generated:{name} -->\n{PARTS[name]()}\n{END_MARKER}"

    fresh, found = _PART.subn(anew, text)
    if not found:
        raise InputError(f"{source}: no part is marked <!-- generated:... --> ... {END_MARKER}")
    return fresh


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(header), _line(["---"] * len(header))]
    lines += [_line(row) for row in rows]
    return "\n".join(lines)


def _ids(mechanisms: Sequence[int]) -> str:
    return ", ".join(str(one) for one in mechanisms)


def _range(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return "any"
    if math.isinf(high):
        return f"{low:g} or more"
    return f"{low:g} to {high:g}"


def _duration_text(duration: Duration) -> str:
    table = duration.table()
    numbers = ", ".join(f"{name} {value:.4g}" for name, value in table.items() if name != "family")
    return f"{duration.family} {numbers}"
