"""The dated policy events of a scenario: letters, pushes, statements, guidance, pauses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sim.errors import InputError, nearest
from sim.scenario.distributions import finite_number
from sim.scenario.levers import Wording

EventKind = Literal[
    "letter", "push", "statement", "guidance", "wording", "rates", "pause", "satisfaction"
]

# Keys of each kind: required first, then optional.
_KEYS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "letter": (("strength",), ("region", "system", "wording", "deadline")),
    "push": (("strength",), ("region", "system", "deadline")),
    "statement": ((), ()),
    "guidance": ((), ()),
    "wording": (("wording",), ()),
    "rates": ((), ("local", "centre")),
    "pause": (("months",), ()),
    "satisfaction": (("strength",), ("region", "system")),
}
FIRST_YEAR: Final = 1948
LAST_YEAR: Final = 2100
MOST_EVENTS: Final = 2_000
_WORDINGS: Final = ("none", "typically", "expected", "required")


@dataclass(frozen=True, slots=True)
class PolicyEvent:
    """One dated act of the centre or a region.

    ``letter``: a region writes to its CCGs with a strength (1 = as the one of September
    2019), a wording and a deadline. ``push``: a region asks for one CCG per system, so that
    matching one's own council no longer holds CCGs back. ``statement``: the centre restores
    "typically" in every belief. ``guidance``: the centre repeats the rule, which is relayed anew.
    ``wording``: the rule itself changes and is relayed. ``rates``: the rates of starting are
    multiplied from that day on (policy regimes such as a presumption against mergers). ``pause``:
    local merger work stops for some months. ``satisfaction``: systems become known to work well
    as they are, with a strength, so that they would rather avoid upheaval. ``region`` is a name,
    or "all"; ``system``, instead, is a code or name.
    """

    name: str
    date: dt.date
    kind: EventKind
    region: str = ""
    system: str = ""
    strength: float = 0.0
    wording: Wording | None = None
    deadline: dt.date | None = None
    local: float = 1.0
    centre: float = 1.0
    months: float = 0.0
    source: str = ""

    def table(self) -> dict[str, Any]:
        """Return the event as it would stand in a scenario file."""
        required, optional = _KEYS[self.kind]
        table: dict[str, Any] = {"date": self.date, "kind": self.kind}
        for key in (*required, *optional, "source"):
            value = getattr(self, key)
            if value not in (None, ""):
                table[key] = value
        return table


def in_the_age(day: dt.date, where: str) -> dt.date:
    """Return a day of the age of the NHS; raises InputError for one before or long after it."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError(f"{where} = {day} must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def parse_calendar(raw: Mapping[str, Any], where: str) -> tuple[PolicyEvent, ...]:
    """Read a scenario's calendar, ordered by date then name; raises InputError naming the key."""
    if len(raw) > MOST_EVENTS:
        raise InputError(f"{where}: {len(raw):,} dated events; at most {MOST_EVENTS:,} are allowed")
    events = [_parse_event(name, value, f"{where}.{name}") for name, value in raw.items()]
    return tuple(sorted(events, key=lambda event: (event.date, event.name)))


def _parse_event(name: str, raw: object, where: str) -> PolicyEvent:
    if not isinstance(raw, dict):
        raise InputError(f"{where} must be a table with date and kind")
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in _KEYS:
        raise InputError(
            f"{where}.kind = {kind!r} must be one of {', '.join(_KEYS)}{nearest(str(kind), _KEYS)}"
        )
    required, optional = _KEYS[kind]
    known = ("date", "kind", "source", *required, *optional)
    for key in raw:
        if key not in known:
            raise InputError(
                f"{where}.{key} is not a key of a {kind} ({', '.join(known)}){nearest(key, known)}"
            )
    for key in ("date", *required):
        if key not in raw:
            raise InputError(f"{where}.{key} is missing (a {kind} needs {', '.join(required)})")
    values: dict[str, Any] = {"name": name, "kind": kind}
    for key, value in raw.items():
        if key in ("date", "deadline"):
            if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
                raise InputError(f"{where}.{key} = {value!r} must be a date such as 2019-09-01")
            values[key] = in_the_age(value, f"{where}.{key}")
        elif key in ("strength", "local", "centre", "months"):
            number = finite_number(value, f"{where}.{key}")
            if not 0 <= number <= 100:
                raise InputError(f"{where}.{key} = {number:g} must be between 0 and 100")
            values[key] = number
        elif key == "wording":
            if value not in _WORDINGS:
                raise InputError(
                    f"{where}.wording = {value!r} must be one of {', '.join(_WORDINGS)}"
                    f"{nearest(str(value), _WORDINGS)}"
                )
            values[key] = value
        elif key != "kind":
            if not isinstance(value, str):
                raise InputError(f"{where}.{key} = {value!r} must be text")
            values[key] = value
    if kind in ("letter", "push", "satisfaction") and ("region" in raw) == ("system" in raw):
        raise InputError(f'{where} must name either a region (or "all") or a system')
    if kind == "rates" and not ("local" in raw or "centre" in raw):
        raise InputError(f"{where} must set local or centre (multipliers of the rates of starting)")
    if "deadline" in values and values["deadline"] <= values["date"]:
        raise InputError(
            f"{where}.deadline = {values['deadline']} must come after date = {values['date']}"
        )
    return PolicyEvent(**values)
