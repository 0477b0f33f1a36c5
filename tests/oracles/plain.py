"""Writes the worlds and scenario files of the exact-answer cases.

Every scenario extends ``plain.toml``, in which nothing varies and nothing holds a merger back, and
states only what its case changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from sim.scenario.model import to_toml
from tests.small_worlds import write_world

START: Final = date(2019, 6, 1)
INSTANT: Final = date(2019, 6, 2)  # the end date of cases in which everything happens at once


def logit(probability: float) -> float:
    """Return the leaning of a practice that says yes with a probability."""
    return math.log(probability / (1.0 - probability))


def scenario(
    folder: Path,
    name: str,
    question: str,
    *,
    start: date = START,
    end: date = INSTANT,
    levers: Mapping[str, Mapping[str, Any]] | None = None,
    parameters: Mapping[str, Any] | None = None,
    durations: Mapping[str, Any] | None = None,
    calendar: Mapping[str, Any] | None = None,
) -> None:
    """Write the scenario file of a case beside its folder: what the case changes of the plain one.

    ``folder`` is the case's own, which holds its world.
    """
    tables: dict[str, Any] = {
        "question": question,
        "extends": "plain",
        **({} if start == START else {"start": start}),
        **({} if end == INSTANT else {"end": end}),
        "world": f"{folder.name}/world",
        "levers": levers or {},
        "calendar": calendar or {},
        "parameters": parameters or {},
        "durations": durations or {},
    }
    stated = {
        key: {inner: part for inner, part in value.items() if part != {}}
        if isinstance(value, Mapping)
        else value
        for key, value in tables.items()
    }
    text = to_toml({key: value for key, value in stated.items() if value != {}})
    path = folder.parent / f"{folder.name}_{name}.toml"
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def world(
    folder: Path,
    systems: Sequence[Any],
    *,
    stage: str | None = "engaged",
    day: date = START,
) -> None:
    """Write a world; with a stage, every system of several CCGs has a live proposal of all."""
    live = []
    for number, system in enumerate(systems, start=1):
        ccgs = system["ccgs"] if isinstance(system, Mapping) else system
        if stage and len(ccgs) > 1:
            codes = [f"S{number}C{n}" for n in range(1, len(ccgs) + 1)]
            live.append({"ccgs": codes, "stage": stage, "known_since": f"{day:%Y-%m}"})
    write_world(
        folder / "world", systems, live_proposals=live, name=folder.name, date=day.isoformat()
    )


def single(p: float = 0.5, **more: Any) -> dict[str, Any]:
    """Return a CCG of one practice, whose ballot therefore carries with that practice's chance."""
    return {"practices": 1, "leanings": logit(p), **more}
