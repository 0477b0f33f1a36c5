"""How numbers, dates and names of bodies are written for people."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from typing import Final

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

LONGEST_NAME: Final = 400
"""Letters of a name that are looked at to shorten it."""

_NUMBER_WORDS: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)


def long_date(day: date) -> str:
    """Return a date as a newspaper prints it: ``12 September 2019``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_year(day: date) -> str:
    """Return the month of a date: ``September 2019``."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def iso_to_long(text: str) -> str:
    """Return an ISO date as a long date, and any other text as it stands."""
    try:
        return long_date(date.fromisoformat(text))
    except ValueError:
        return text


def count_of(number: int, singular: str, plural: str | None = None) -> str:
    """Return a count with its noun, small numbers in words: ``six CCGs``, ``14 CCGs``."""
    word = _NUMBER_WORDS[number] if 0 <= number <= 10 else str(number)
    return f"{word} {singular if number == 1 else plural or singular + 's'}"


def listing(names: Sequence[str], most: int | None = None) -> str:
    """Return names joined as in prose; beyond ``most`` the rest is counted, not named.

    Names that hold a comma or an "and" themselves are set apart by semicolons.
    """
    if not names:
        return "none"
    shown = list(names)
    if most is not None and len(shown) > most:
        shown = [*shown[: most - 1], f"{len(names) - most + 1} others"]
    if len(shown) == 1:
        return shown[0]
    if any(" and " in name or "," in name for name in names):
        return "; ".join(shown[:-1]) + "; and " + shown[-1]
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def percent(share: float) -> str:
    """Return a share of 1 as whole per cent; ``<1`` and ``>99`` where rounding would lie."""
    if math.isnan(share):
        return "n/a"
    if 0 < share < 0.005:
        return "<1"
    if 0.995 <= share < 1:
        return ">99"
    return f"{100 * share:.0f}"


def percent_interval(share: float, low: float, high: float) -> str:
    """Return a share with its interval in whole per cent: ``35 (29–42)``."""
    if math.isnan(share):
        return "n/a"
    ends = (f"{100 * min(max(end, 0.0), 1.0):.0f}" for end in (low, high))
    shown = "<1" if 0.0 < share < 0.005 else percent(share)
    return f"{shown} ({'–'.join(ends)})"


def number(value: float, digits: int = 1) -> str:
    """Return a number with fixed digits, ``n/a`` where it is undefined, and never ``-0``."""
    if value is None or math.isnan(value):
        return "n/a"
    rounded = round(value, digits)
    return f"{rounded if rounded != 0 else 0.0:.{digits}f}"


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign: ``+1.4``, ``-0.8``, ``0.0``."""
    text = number(value, digits)
    return f"+{text}" if not text.startswith("-") and value > 0 and float(text) != 0 else text


def short_system_name(name: str, most: int = 44) -> str:
    """Return a system's name without its brand, cut to ``most`` characters at a word.

    ``West Yorkshire and Harrogate (Health and Care Partnership)`` becomes
    ``West Yorkshire and Harrogate``. A name that would be gone altogether is only cut.
    """
    name = name[:LONGEST_NAME]
    text = re.sub(r"\s*\([^()]*\b(Health|Care|Partnership)\b[^()]*\)", "", name)
    text = re.sub(
        r"\s+((Health and (Social )?Care( Partnership)?)|Partners in Health and Care)$", "", text
    )
    return shortened(text if text.strip() else name, most)


def shortened(text: str, most: int = 60) -> str:
    """Return a text cut to ``most`` characters, at a word if it has any."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0].rstrip(" ,") or cut) + "…"
