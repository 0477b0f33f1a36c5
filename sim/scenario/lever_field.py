"""One lever, written as a field of a frozen group: default, meaning, unit, mechanisms, limits."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def lever(
    default: Any,
    meaning: str,
    unit: str = "",
    mechanisms: tuple[int, ...] = (),
    *,
    unset: str = "constitution",
    **limits: Any,
) -> Any:
    """Declare a lever: its neutral or usual value, what it means, its unit, the rows it serves.

    ``unset`` is what a default of None means, for the table of levers. ``limits`` are pydantic's
    (ge, gt, le, lt, pattern). The default is the policy as written in 2019; a lever whose default
    is neutral must, at it, change no byte of any log.
    """
    return Field(
        default,
        description=meaning,
        json_schema_extra={"unit": unit, "mechanisms": list(mechanisms), "unset": unset},
        **limits,
    )


class Group(BaseModel):
    """A group of levers: frozen, strict, without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
