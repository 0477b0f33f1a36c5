"""How the rates of starting rise and fall over time for reasons known in advance.

A profile multiplies the rates: the year's deadline, dated policy regimes, pauses. It is constant
on steps of at most a month and takes each step's value at its middle.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sim.agents.clock import LAST_MOMENT
from sim.agents.hazard import Profile
from sim.agents.state import Situation
from sim.rules.starting import deadline_ramp
from sim.scenario.levers import Approval

DAYS_PER_MONTH: Final = 365.25 / 12
LAST_CALL_MONTHS: Final = 3.0  # shortest time seen from first talk to ballot (priors.md section 3)
LONGEST_STEP: Final = 31.0


Seasons = tuple[list[float], list[float]]
"""The steps of the year's deadline, in days since the start, and its factor on each."""


def seasons_of(situation: Situation) -> Seasons:
    """Return how the year's deadline moves the rates, for proposals of every origin."""
    clock = situation.clock
    steps = {0.0}
    day = clock.start.replace(day=1)
    while day <= clock.end:
        day = (day + timedelta(days=32)).replace(day=1)
        steps.add(clock.moment(day))
        deadline = situation.calendar.round_deadline(clock.moment(day))
        if deadline is not None:
            steps.update((deadline, deadline - LAST_CALL_MONTHS * DAYS_PER_MONTH))
    seasons = sorted({max(0.0, step) for step in steps})
    # Middles are those of the seasons alone: a dated act must not move rates before its day.
    factors = [
        _deadline_factor(situation, (a + b) / 2)
        for a, b in zip(seasons, [*seasons[1:], seasons[-1] + LONGEST_STEP], strict=True)
    ]
    return seasons, factors


def future(situation: Situation, origin: str, year: Seasons | None = None) -> Profile:
    """Return the profile from the start on, for proposals of one origin.

    ``year`` is what ``seasons_of`` gives, if it has been asked already.
    """
    seasons, factors = year or seasons_of(situation)
    steps = set(seasons)
    for event in situation.scenario.calendar:
        if event.kind == "rates":
            steps.add(situation.clock.moment(event.date))
    for pause in situation.pauses:
        steps.update(pause)
    times = sorted({max(0.0, step) for step in steps})
    return Profile(
        times,
        [
            _regime(situation, origin, time) * factors[bisect_right(seasons, time) - 1]
            for time in times
        ],
    )


def past(situation: Situation, months: float) -> Profile:
    """Return the profile of the months before the start; its time 0 lies that long before it.

    Only the yearly deadline of 2019 counts: the history is the same in every scenario.
    """
    days = months * DAYS_PER_MONTH
    count = max(1, math.ceil(days / LONGEST_STEP))
    width = days / count
    times = [index * width for index in range(count)]
    clock = situation.clock
    month, day = (int(part) for part in Approval().window_closes.split("-"))
    closes = [
        clock.moment(date(year, month, day)) + LAST_MOMENT
        for year in range(clock.start.year - math.ceil(months / 12) - 1, clock.start.year + 2)
    ]
    return Profile(
        times, [_deadline_factor(situation, time + width / 2 - days, closes) for time in times]
    )


def _regime(situation: Situation, origin: str, time: float) -> float:
    if any(pause_from <= time < pause_to for pause_from, pause_to in situation.pauses):
        return 0.0
    value = 1.0
    for event in situation.scenario.calendar:
        if event.kind == "rates" and situation.clock.moment(event.date) <= time:
            stated = event.local if origin == "local" else event.centre
            # A multiplier of 1 states no regime, so there is nothing to be off by.
            value = 1.0 if stated == 1.0 else stated * situation.parameters.regime_factor
    return value


def _deadline_factor(
    situation: Situation, time: float, closes: Sequence[float] | None = None
) -> float:
    """Return what the next last call for proposals makes of the rates.

    ``closes`` are the deadlines, in order; by default the calendar's.
    """
    lead = LAST_CALL_MONTHS * DAYS_PER_MONTH
    if closes is None:
        deadline = situation.calendar.round_deadline(time + lead)
    else:
        deadline = next(close for close in closes if close >= time + lead)
    if deadline is None:
        return 1.0
    ramp = deadline_ramp((deadline - lead - time) / DAYS_PER_MONTH)
    return math.exp(situation.parameters.start_deadline * ramp)
