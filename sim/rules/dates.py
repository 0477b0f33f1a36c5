"""Windows and effective dates: when an application counts and when a merger takes effect.

Dates are real dates; moments are days since the scenario's start, with fractions of a day.
"""

from __future__ import annotations

from datetime import date, timedelta


def next_april(on_or_after: date) -> date:
    """Return the first 1 April on or after a day."""
    april = date(on_or_after.year, 4, 1)
    return april if april >= on_or_after else date(on_or_after.year + 1, 4, 1)


def window_of(day: date, opens: tuple[int, int], closes: tuple[int, int]) -> tuple[date, date]:
    """Return the opening and closing day of the window that an application of that day is for.

    Within the window it is this one; before it opens or after it has closed, the next.
    Source: approval_criteria.md (30 September since 2019; that a round opens on 1 April, when the
    last one has taken effect, is assumed).
    """
    year = day.year if (day.month, day.day) <= closes else day.year + 1
    return date(year, *opens), date(year, *closes)


def add_days(start: date, days: float) -> date:
    """Return the calendar day that a moment falls on."""
    return start + timedelta(days=int(days))


def stretch_over_pauses(
    begin: float, work: float, pauses: tuple[tuple[float, float], ...]
) -> float:
    """Return the moment at which work begun at ``begin`` is done if none is done in the pauses.

    ``pauses`` are (from, to) moments in order, not overlapping.
    """
    end = begin + work
    for pause_from, pause_to in pauses:
        if end <= pause_from:
            break
        if begin < pause_to:
            end += pause_to - max(begin, pause_from)
    return end
