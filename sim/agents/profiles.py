"""How the rates of starting rise and fall over time for reasons known in advance.

The profile of an origin is constant on steps. Its *seasons* begin at the start; at each first of a
month after the start, up to and including the first one after the end date; and at the next round
deadline that follows each of these firsts (or falls on it) and at its *last call*,
``LAST_CALL_MONTHS`` before the deadline. What lies before the start counts as the start. Each
season has the *deadline factor* of its middle t; the last season, which never ends, that of half of
``LONGEST_STEP`` after its beginning.

The deadline factor of t is exp(``start_deadline`` x ``deadline_ramp``(m)), m the months from t to
the last call of the first round deadline at or after t + ``LAST_CALL_MONTHS``. So it is highest in
the last month in which work can still be begun in time, and falls back once the last call has
passed. Without round deadlines it is 1.

The profile is 0 within a pause. Elsewhere it is the season's factor times the multiplier that the
latest ``rates`` event dated at or before the moment states for this origin, times ``regime_factor``
(1 without such an event, and where its multiplier is 1). Pauses and ``rates`` events act from their
own day on and leave the seasons as they are.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sim.agents.clock import LAST_MOMENT
from sim.agents.hazard import Profile
from sim.agents.replication import Replication
from sim.rules.logistic import exp
from sim.rules.starting import deadline_ramp
from sim.scenario.levers import Approval
from sim.units import DAYS_PER_MONTH

LAST_CALL_MONTHS: Final = 3.0  # shortest time seen from first talk to ballot (priors.md section 3)
LONGEST_STEP: Final = 31.0  # days; the longest step of the profile of the months before the start


Seasons = tuple[list[float], list[float]]
"""The steps of the year's deadline, in days since the start, and its factor on each."""


def seasons_of(replication: Replication) -> Seasons:
    """Return how the year's deadline moves the rates, for proposals of every origin."""
    clock = replication.clock
    steps = {0.0}
    day = clock.start.replace(day=1)
    while day <= clock.end:
        day = (day + timedelta(days=32)).replace(day=1)
        steps.add(clock.moment(day))
        deadline = replication.calendar.round_deadline(clock.moment(day))
        if deadline is not None:
            steps.update((deadline, deadline - LAST_CALL_MONTHS * DAYS_PER_MONTH))
    seasons = sorted({max(0.0, step) for step in steps})
    # Middles are those of the seasons alone: a dated act must not move rates before its day.
    factors = [
        _deadline_factor(replication, (a + b) / 2)
        for a, b in zip(seasons, [*seasons[1:], seasons[-1] + LONGEST_STEP], strict=True)
    ]
    return seasons, factors


def future(replication: Replication, origin: str, year: Seasons | None = None) -> Profile:
    """Return the profile from the start on, for proposals of one origin.

    ``year`` is what ``seasons_of`` gives, if it has been asked already.
    """
    seasons, factors = year or seasons_of(replication)
    steps = set(seasons)
    regimes = _Regimes(replication, origin)
    steps.update(regimes.begins)
    for pause in replication.pauses:
        steps.update(pause)
    times = sorted({max(0.0, step) for step in steps})
    return Profile(
        times,
        [regimes.factor(time) * factors[bisect_right(seasons, time) - 1] for time in times],
    )


def past(replication: Replication, months: float) -> Profile:
    """Return the profile of the months before the start; its time 0 lies that long before it.

    Only the yearly deadline of 2019 counts: the history is the same in every scenario.
    """
    days = months * DAYS_PER_MONTH
    count = max(1, math.ceil(days / LONGEST_STEP))
    width = days / count
    times = [index * width for index in range(count)]
    clock = replication.clock
    month, day = (int(part) for part in Approval().window_closes.split("-"))
    closes = [
        clock.moment(date(year, month, day)) + LAST_MOMENT
        for year in range(clock.start.year - math.ceil(months / 12) - 1, clock.start.year + 2)
    ]
    return Profile(
        times, [_deadline_factor(replication, time + width / 2 - days, closes) for time in times]
    )


class _Regimes:
    """Dated policy regimes and pauses: what each makes of the rates of one origin, and when."""

    def __init__(self, replication: Replication, origin: str) -> None:
        stated = {
            replication.clock.moment(event.date): event.local if origin == "local" else event.centre
            for event in replication.scenario.calendar  # in order of date and name: the last holds
            if event.kind == "rates"
        }
        regime_factor = replication.parameters.regime_factor
        self.begins = list(stated)
        # A multiplier of 1 states no regime, so there is nothing to be off by.
        self._factors = [1.0 if one == 1.0 else one * regime_factor for one in stated.values()]
        self._pauses = replication.pauses  # in order, none of them overlapping another
        self._paused_from = [begins for begins, _ in replication.pauses]

    def factor(self, time: float) -> float:
        """Return the multiplier at a moment: 0 in a pause, else that of the last regime."""
        pause = bisect_right(self._paused_from, time) - 1
        if pause >= 0 and time < self._pauses[pause][1]:
            return 0.0
        regime = bisect_right(self.begins, time) - 1
        return self._factors[regime] if regime >= 0 else 1.0


def _deadline_factor(
    replication: Replication, time: float, closes: Sequence[float] | None = None
) -> float:
    """Return what the next last call for proposals makes of the rates.

    ``closes`` are the deadlines, in order; by default the calendar's.
    """
    lead = LAST_CALL_MONTHS * DAYS_PER_MONTH
    if closes is None:
        deadline = replication.calendar.round_deadline(time + lead)
    else:
        deadline = next(close for close in closes if close >= time + lead)
    if deadline is None:
        return 1.0
    ramp = deadline_ramp((deadline - lead - time) / DAYS_PER_MONTH)
    return exp(replication.parameters.start_deadline * ramp)
