"""Levers: the settings that a policy maker could change, each with unit, range and default.

One field is one lever; the groups of the core chain stand in ``levers_pressure`` and
``levers_decision``, those of mechanisms in ``mechanisms/``, listed in its registry. A lever's
default is the policy as written in 2019. A lever added to a group needs one rule that reads it and
one test; nothing else.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from sim.scenario.lever_field import Group
from sim.scenario.levers_decision import Advice, Approval, Ballot
from sim.scenario.levers_pressure import Force, Information, Money, Relays, Wording
from sim.scenario.mechanisms.registry import MechanismLevers

__all__ = [
    "Advice",
    "Approval",
    "Ballot",
    "LeverInfo",
    "Levers",
    "Relays",
    "Wording",
    "lever_table",
]


class _CoreLevers(Group):
    """The levers of the core chain, by group."""

    information: Information = Information()
    money: Money = Money()
    force: Force = Force()
    ballot: Ballot = Ballot()
    approval: Approval = Approval()


class Levers(MechanismLevers, _CoreLevers):  # fields come from the last base to the first
    """All levers of a scenario, by group: those of the chain, then those of mechanisms."""


@dataclass(frozen=True, slots=True)
class LeverInfo:
    """A row of the table of levers, for people.

    Attributes:
        name: key in a scenario file, with its section: ``money.running_cost_cut``.
        unit: unit, or "" for none.
        allowed: the allowed values, as text.
        default: value where a scenario says nothing, as a scenario file would have it.
        meaning: one line on what it means.
        mechanisms: numbers of the mechanisms that it serves, from the project's list.
    """

    name: str
    unit: str
    allowed: str
    default: str
    meaning: str
    mechanisms: tuple[int, ...]


def lever_table() -> Iterator[LeverInfo]:
    """List every lever with its unit, range, default, meaning and mechanisms."""
    for group_name, group_field in Levers.model_fields.items():
        group = group_field.annotation
        assert isinstance(group, type) and issubclass(group, BaseModel)  # noqa: S101
        for name, field in group.model_fields.items():
            extra = field.json_schema_extra
            assert isinstance(extra, dict)  # noqa: S101
            yield LeverInfo(
                name=f"{group_name}.{name}",
                unit=str(extra["unit"]),
                allowed=_allowed(field.annotation, field.metadata),
                default=str(extra["unset"]) if field.default is None else _toml(field.default),
                meaning=field.description or "",
                mechanisms=tuple(typing.cast(list[int], extra["mechanisms"])),
            )


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _allowed(annotation: Any, metadata: list[Any]) -> str:
    if isinstance(annotation, types.UnionType):
        annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
    if typing.get_origin(annotation) is typing.Union:
        annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
    if typing.get_origin(annotation) is Literal:
        return " | ".join(typing.get_args(annotation))
    if annotation is date:
        return "YYYY-MM-DD"
    if annotation is bool:
        return "true | false"
    if typing.get_origin(annotation) is list:
        return "a list"
    limits = {
        name: getattr(limit, name)
        for limit in metadata
        for name in ("ge", "gt", "le", "lt", "pattern")
        if getattr(limit, name, None) is not None
    }
    if "pattern" in limits or annotation is str:
        return "MM-DD"
    low = _number(limits["ge"]) if "ge" in limits else f"above {_number(limits['gt'])}"
    high = _number(limits["le"]) if "le" in limits else f"below {_number(limits['lt'])}"
    return f"{low} to {high}"


def _number(limit: float) -> str:
    return f"{limit:,.0f}" if abs(limit) >= 1_000_000 else f"{limit:g}"
