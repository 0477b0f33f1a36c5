"""The frozen scenario: everything assumed in one experiment arm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.scenario.calendar import PolicyEvent
from sim.scenario.distributions import Distribution
from sim.scenario.durations import Durations
from sim.scenario.levers import Levers
from sim.scenario.posterior import Posterior

SupportForm = Literal["one_mode", "two_mode"]
DEFAULT_FORM: Final[SupportForm] = "two_mode"


class ModelForm(BaseModel):
    """Choices between stories that the evidence cannot tell apart, and how parameters are used."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    support_form: SupportForm = Field(
        DEFAULT_FORM,
        description="support of proposals spread around one mode, or around a supportive and an "
        "opposed one (the ballots of April 2020 speak for two modes, not beyond doubt: decision "
        "0018)",
    )
    knowledge: str = Field(
        "fitted",
        description="where parameters come from: 'fitted' (to all that happened up to 1 April "
        "2020), 'prior' (before any fitting), or another posterior by name or folder; a parameter "
        "that the scenario states itself is taken from there",
        max_length=1000,
    )
    leanings: Literal["learnt", "unlearnt"] = Field(
        "learnt",
        description="whether systems keep what the fit has learnt about each from its own course "
        "up to April 2020; unlearnt where that very course is scored or compared",
    )
    parameters: Literal["drawn", "median"] = Field(
        "drawn",
        description="each replication draws its parameters, or all hold them at their medians",
    )


@dataclass(frozen=True)
class Scenario:
    """One resolved scenario; equal content has an equal ``digest`` whatever its file's layout.

    ``title`` names it in plain words, and is empty where the file gives none; tables and plots
    show ``label``. It is no assumption, so it is no part of the digest.
    ``world`` is the name of a shipped world or the path of a folder; ``world_text`` is what the
    file says of it (kept in the manifest, free of this machine's paths). ``priors`` hold one
    distribution for each parameter; of those that ``posterior`` holds it is used only where the
    file states it (``stated``). ``start`` and ``end`` are the first and last day of the run.
    ``world_date`` is the day that the file says the world's map is of, where the run is meant to
    start on another day than that.
    """

    name: str
    question: str
    start: date
    end: date
    world: str
    world_text: str
    levers: Levers
    calendar: tuple[PolicyEvent, ...]
    priors: Mapping[str, Distribution]
    durations: Durations
    form: ModelForm
    source: str
    stated: frozenset[str] = frozenset()
    posterior: Posterior | None = None
    world_date: date | None = None
    title: str = ""

    @property
    def label(self) -> str:
        """What people are shown: the title, or the name where the file gives none."""
        return self.title or self.name

    @property
    def fitted(self) -> frozenset[str]:
        """The parameters that are drawn from the posterior."""
        return frozenset(self.posterior.names) - self.stated if self.posterior else frozenset()

    @property
    def resolved(self) -> dict[str, Any]:
        """The whole content as plain tables, defaults included, as JSON can hold it."""
        content: dict[str, Any] = json.loads(json.dumps(self.tables(), default=str))
        return content

    def tables(self) -> dict[str, Any]:
        """The whole content as a scenario file without ``extends`` would state it."""
        return {
            "name": self.name,
            **({"title": self.title} if self.title else {}),
            "question": self.question,
            "start": self.start,
            "end": self.end,
            "world": self.world_text,
            **({} if self.world_date is None else {"world_date": self.world_date}),
            "model": self.form.model_dump(),
            "levers": self.levers.model_dump(exclude_none=True),
            "calendar": {event.name: event.table() for event in self.calendar},
            "parameters": {
                name: prior.table()
                for name, prior in self.priors.items()
                if name not in self.fitted
            },
            "durations": {
                field.name: getattr(self.durations, field.name).table()
                for field in fields(self.durations)
            },
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the resolved content without the title.

        A shipped question that has been reworded counts as it read before, so that the change of
        words leaves results folders and published hashes valid.
        """
        asked = _former_questions().get(self.question, self.question)
        content = self.resolved | {"question": asked}
        content.pop("title", None)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        if self.posterior:
            text += self.posterior.digest
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def resolved_toml(self) -> str:
        """The whole content as TOML that can be run again."""
        return to_toml(self.tables())


@cache
def _former_questions() -> Mapping[str, str]:
    """Return what a shipped question read before it was reworded, by its present text."""
    found: dict[str, str] = json.loads(
        Path(__file__).with_name("former_questions.json").read_text(encoding="utf-8")
    )
    return found


def to_toml(tables: Mapping[str, Any], prefix: str = "") -> str:
    """Write nested tables of text, numbers, booleans, dates and lists of them as TOML."""
    scalars = [f"{key} = {_value(value)}" for key, value in tables.items() if not _is_table(value)]
    parts = ["\n".join(scalars)] if scalars else []
    for key, value in tables.items():
        if _is_table(value):
            name = f"{prefix}{_key(key)}"
            body = to_toml(value, prefix=f"{name}.")
            leaf = any(not _is_table(inner) for inner in value.values())
            parts.append(f"[{name}]\n{body}" if leaf else body)
    return "\n\n".join(part for part in parts if part)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _value(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    return repr(value)
