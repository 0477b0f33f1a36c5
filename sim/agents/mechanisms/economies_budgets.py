"""Budgets: a cut in the running-cost allowance that arrives year by year.

With ``money.cut_years`` above 0 and a cut above 0 the cut begins at nothing and grows by
``cut_share`` on each 1 April after the start. Shortfalls and all systems' rates are set anew on
each of those days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, TypedDict

from sim.agents import ccg as ccgs
from sim.agents.calendar import POLICY
from sim.agents.events import ENGLAND, EventKind
from sim.rules.money import cut_share

if TYPE_CHECKING:
    from sim.agents.replication import Replication


class Allowance(TypedDict):
    """A part of the cut in running costs takes effect, where it arrives by years."""

    per_head: Annotated[float, "pounds a patient and year"]
    cut_share: Annotated[float, "share of the whole cut in effect by now"]


EVENTS: Final[Mapping[str, EventKind]] = {
    "allowance": EventKind(Allowance, ENGLAND),
}


def activate(replication: Replication) -> None:
    """Let the cut begin at nothing and grow each 1 April, where a lever spreads it over years."""
    money, clock = replication.levers.money, replication.clock
    if money.cut_years == 0 or money.running_cost_cut == 0.0:
        return

    springs = [
        day
        for year in range(clock.start.year, clock.end.year + 1)
        if clock.start < (day := date(year, 4, 1)) <= clock.end
    ]
    for passed, day in enumerate(springs[: money.cut_years], start=1):
        replication.calendar.add(day, POLICY, "allowance", partial(_arrive, replication, passed))
    _set(replication, 0)


def _arrive(replication: Replication, springs: int) -> None:
    """Let the next part of the cut bear, and every system think again."""
    _set(replication, springs)
    for system in replication.systems:
        system.reconsider()


def _set(replication: Replication, springs: int) -> None:
    money = replication.levers.money
    replication.cut_share = cut_share(springs, money.cut_years)
    for living in replication.ccgs.values():
        ccgs.set_shortfall(replication, living)
    per_head = money.allowance_per_head * (1.0 - money.running_cost_cut * replication.cut_share)
    replication.write("allowance", "England", per_head=per_head, cut_share=replication.cut_share)
