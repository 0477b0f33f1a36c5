"""From days of a replication to dates of the calendar, and the dates on which CCGs are counted."""

from __future__ import annotations

import math
from datetime import date, timedelta

EPOCH = date(1970, 1, 1).toordinal()
"""Ordinal of day 0 of Arrow's date32."""


def day_of(start: date, time: float) -> date:
    """Return the calendar day on which something ``time`` days after ``start`` happens."""
    return start + timedelta(days=math.floor(time))


def april_firsts(start: date, end: date) -> tuple[date, ...]:
    """Return every 1 April from ``start`` to ``end``, both inclusive."""
    days = (date(year, 4, 1) for year in range(start.year, end.year + 1))
    return tuple(day for day in days if start <= day <= end)


def count_dates(start: date, end: date) -> tuple[date, ...]:
    """Return the days on which CCGs are counted: start, each 1 April, end; each once."""
    return tuple(sorted({start, *april_firsts(start, end), end}))


def to_number(day: date) -> int:
    """Return a date as days since 1 January 1970, the way Arrow's date32 stores it."""
    return day.toordinal() - EPOCH


def april_outcome(day: date) -> str:
    """Return the name of the outcome "CCGs on that 1 April", such as ``ccgs_2020_04_01``."""
    return f"ccgs_{day:%Y_%m_%d}"
