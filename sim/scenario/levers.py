"""Levers: the settings that a policy maker could change, each with unit, range and default.

One field is one lever. Its default is the policy as written in 2019. A lever added here needs one
rule that reads it and one test; nothing else.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Wording = Literal["none", "typically", "expected", "required"]
Relays = Literal["as_drawn", "never_drop", "always_drop"]
Advice = Literal["as_formed", "silent", "neutral", "support", "oppose"]


def _lever(
    default: Any,
    meaning: str,
    unit: str = "",
    mechanisms: tuple[int, ...] = (),
    **limits: Any,
) -> Any:
    return Field(
        default,
        description=meaning,
        json_schema_extra={"unit": unit, "mechanisms": list(mechanisms)},
        **limits,
    )


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Information(_Group):
    """What bodies are told about the rule."""

    wording: Wording = _lever(
        "typically",
        "national rule on the number of CCGs in a system, in the words of the centre",
        "word",
        (7, 8, 104),
    )
    region_relays: Relays = _lever(
        "as_drawn",
        "whether regions pass the rule on without 'typically': drawn, never, or always",
        "choice",
        (9, 10),
    )
    local_relays: Relays = _lever(
        "as_drawn",
        "the same for systems and CCGs when they hear the rule",
        "choice",
        (9,),
    )


class Money(_Group):
    """Running costs."""

    running_cost_cut: float = _lever(
        0.2, "cut in the running-cost allowance", "share", (19, 67), ge=0.0, le=0.9
    )
    allowance_per_head: float = _lever(
        20.07,
        "running-cost allowance before the cut (1.21 billion pounds over 60.3 million patients)",
        "pounds a patient and year",
        (19,),
        gt=0.0,
        le=1000.0,
    )


class Force(_Group):
    """What regions and the centre do to make CCGs merge."""

    encouragement: float = _lever(
        1.0, "how much regions encourage mergers, 1 as in 2019", "index", (5,), ge=0.0, le=10.0
    )
    incentive: float = _lever(
        1.0, "how much regions pay for mergers, 1 as in 2019", "index", (5,), ge=0.0, le=10.0
    )
    cajoling: float = _lever(
        1.0, "how much regions cajole CCGs, 1 as in 2019", "index", (3, 5), ge=0.0, le=10.0
    )
    hard_rule: bool = _lever(False, "a system is a good ICS only with one CCG", "yes/no", (8, 12))


class Ballot(_Group):
    """How members are asked."""

    threshold: float | None = _lever(
        None,
        "share of votes cast that must be exceeded, in place of the constitutions'",
        "share",
        (1,),
        ge=0.0,
        lt=1.0,
    )
    quorum: float | None = _lever(
        None,
        "share of practices that must vote, in place of the constitutions'",
        "share",
        (1,),
        ge=0.0,
        le=1.0,
    )
    weighting: Literal["equal", "list_size"] | None = _lever(
        None, "how votes count, in place of the constitutions'", "choice", (1,)
    )
    all_must_carry: bool = _lever(
        True, "every CCG must carry it; if not, more than half of them", "yes/no", (1, 98)
    )
    binding: bool = _lever(
        True,
        "a lost ballot ends the proposal where a constitution binds; if not, leaders may go on",
        "yes/no",
        (1, 104),
    )
    tries: int = _lever(
        2, "how often a CCG may be asked about one proposal", "ballots", (1,), ge=1, le=10
    )
    lmc_advice: Advice = _lever(
        "as_formed",
        "advice of local medical committees: as formed, or the same everywhere",
        "choice",
        (2, 3),
    )
    council_view: Advice = _lever(
        "as_formed", "views of councils: as formed, or the same everywhere", "choice", (52,)
    )
    leaders_gate: bool = _lever(
        True, "leaders hold back ballots they expect to lose", "yes/no", (1, 13)
    )


class Approval(_Group):
    """Windows, panel and the national decision."""

    window: Literal["yearly", "all_year"] = _lever(
        "yearly", "when applications are looked at", "choice", (11, 15)
    )
    window_opens: str = _lever(
        "04-01", "first day of the yearly window", "MM-DD", (15,), pattern=r"^\d\d-\d\d$"
    )
    window_closes: str = _lever(
        "09-30", "last day of the yearly window", "MM-DD", (11, 15), pattern=r"^\d\d-\d\d$"
    )
    panel_capacity: int = _lever(
        2,
        "applications that a regional panel reviews at once",
        "applications",
        (15,),
        ge=1,
        le=1000,
    )
    minimum_lead_months: float = _lever(
        4.0,
        "least time from decision to effect (November decisions took effect on 1 April)",
        "months",
        (38,),
        ge=0.0,
        le=60.0,
    )
    effective_dates: Literal["1_april", "any_day"] = _lever(
        "1_april", "days on which a merger can take effect", "choice", (11,)
    )


class Boundaries(_Group):
    """Footprints and system borders."""

    cross_system: Literal["never", "county"] = _lever(
        "never",
        "whether a footprint may cross a system border: never, or where it matches a county",
        "choice",
        (17, 80),
    )


class Joint(_Group):
    """Leaders and joint working."""

    leader_turnover: bool = _lever(
        True, "system leaders leave and posts stay vacant for a time", "yes/no", (45, 70)
    )
    ladder: bool = _lever(True, "CCGs move up the ladder of joint working", "yes/no", (20, 73, 87))


class Levers(_Group):
    """All levers of a scenario, by group."""

    information: Information = Information()
    money: Money = Money()
    force: Force = Force()
    ballot: Ballot = Ballot()
    approval: Approval = Approval()
    boundaries: Boundaries = Boundaries()
    joint: Joint = Joint()


@dataclass(frozen=True, slots=True)
class LeverInfo:
    """A row of the table of levers, for people."""

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
                default="constitution" if field.default is None else _toml(field.default),
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
    if annotation is bool:
        return "true | false"
    limits = {
        name: getattr(limit, name)
        for limit in metadata
        for name in ("ge", "gt", "le", "lt", "pattern")
        if getattr(limit, name, None) is not None
    }
    if "pattern" in limits or annotation is str:
        return "MM-DD"
    low = f"{limits['ge']:g}" if "ge" in limits else f"above {limits['gt']:g}"
    high = f"{limits['le']:g}" if "le" in limits else f"below {limits['lt']:g}"
    return f"{low} to {high}"
