"""How long each stage takes: one duration family a stage, in months of 365.25/12 days."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.errors import InputError, nearest
from sim.scenario.distributions import FAMILIES, Distribution, Family, parse_family, refuse_wide
from sim.units import DAYS_PER_MONTH

DURATION_FAMILIES: Final[dict[Family, tuple[str, ...]]] = {
    "fixed": ("months",),
    "exponential": FAMILIES["exponential"],
    "gamma": FAMILIES["gamma"],
    "lognormal": FAMILIES["lognormal"],
    "uniform": FAMILIES["uniform"],
    "triangular": FAMILIES["triangular"],
}
"""The families that a stage may have, with the names of their numbers."""
MOST_MONTHS: Final = 1200


@dataclass(frozen=True, slots=True)
class Duration(Distribution):
    """The distribution of one stage's length; ``numbers`` are in months (sigma has no unit)."""

    def days(self, u: float) -> float:
        """Return the length in days at quantile u."""
        return self.quantile(u) * DAYS_PER_MONTH

    def names(self) -> tuple[str, ...]:
        """Return the names of its numbers in a scenario file."""
        return DURATION_FAMILIES[self.family]


def _stage(default: Duration, meaning: str, origin: str) -> Any:
    return dataclasses.field(
        default=default, metadata={"meaning": meaning, "origin": origin, "unit": "months"}
    )


# The time from first talk to ballot is gamma with mean 5.5 and sd 3 months; three parts with one
# scale (sd squared over mean) add up to it exactly: means 1.8, 1.1 and 2.6.
_SCALE: Final = 3.0**2 / 5.5


def _part(mean: float) -> Duration:
    return Duration("gamma", (mean, (mean * _SCALE) ** 0.5))


@dataclass(frozen=True, slots=True)
class Durations:
    """The length of every stage; each field's metadata hold meaning and origin."""

    explore: Duration = _stage(
        _part(1.8),
        "first talk to a proposal agreed by governing bodies",
        "computed: a third of gamma mean 5.5, sd 3 (priors.md section 3); the split is assumed",
    )
    draft: Duration = _stage(
        _part(1.1),
        "agreed proposal to opening of engagement",
        "computed: a fifth of the same gamma; the split is assumed",
    )
    engage: Duration = _stage(
        _part(2.6),
        "engagement with members, councils and the public, to the decision to call the ballot",
        "computed: the rest of the same gamma; 4 to 12 weeks in priors.md section 1",
    )
    ballot: Duration = _stage(
        Duration("triangular", (0.3, 0.5, 1.5)),
        "call to close of a CCG's ballot",
        "evidence: priors.md section 3, 0.5 (0.3 to 1.5)",
    )
    postpone: Duration = _stage(
        Duration("gamma", (6.0, 3.0)),
        "a ballot put off to the next look at expected support",
        "assumed: one group asked its members again five months after a deadline it had missed",
    )
    reballot: Duration = _stage(
        Duration("triangular", (0.5, 1.0, 3.0)),
        "a failed ballot to the second one",
        "evidence: voting_rules.md section 3, about a month",
    )
    panel: Duration = _stage(
        Duration("triangular", (0.2, 0.3, 0.5)),
        "one review by the regional panel, without queueing",
        "computed: half of triangular 0.4, 0.6, 1 from application to decision "
        "(priors.md section 3)",
    )
    national: Duration = _stage(
        Duration("triangular", (0.2, 0.3, 0.5)),
        "panel's advice to the national decision",
        "computed: the other half",
    )
    conditions: Duration = _stage(
        Duration("gamma", (2.5, 1.0)),
        "approval with conditions to their being met",
        "assumed: constitutions took October to February, final confirmation came in March "
        "(approval_criteria.md)",
    )
    vacancy: Duration = _stage(
        Duration("gamma", (4.0, 2.0)),
        "a system leader's leaving to the next one's start",
        "assumed: usual time to appoint a chief officer",
    )
    cooling: Duration = _stage(
        Duration("fixed", (12.0,)),
        "how long a lost ballot or refusal holds back new proposals in a system",
        "evidence: priors.md section 3, refusal to next possible effect 12",
    )
    deadlock: Duration = _stage(
        Duration("lognormal", (44.0, 0.7)),
        "a blocked service change to its end where nobody has the last word and half of a "
        "hospital is at stake",
        "computed: maximum likelihood from service_change_vetoes.md, two deadlocks that ended "
        "after 25 and 30 months and three still open (or ended by threat) at 1.5, 7 and 77",
    )
    final_say: Duration = _stage(
        Duration("gamma", (9.0, 6.0)),
        "a deadlock to the decision of whoever has the last word",
        "assumed: between weeks under threat of directions and 25 months with an outside chair "
        "(service_change_vetoes.md)",
    )


DURATION_NAMES: Final = tuple(field.name for field in dataclasses.fields(Durations))


def parse_durations(raw: Mapping[str, Any], where: str) -> Durations:
    """Read a scenario's durations over the defaults; raises InputError naming the key."""
    values: dict[str, Duration] = {}
    for name, value in raw.items():
        if name not in DURATION_NAMES:
            raise InputError(
                f"{where}.{name} is not a stage; stages are {', '.join(DURATION_NAMES)}"
                f"{nearest(name, DURATION_NAMES)}"
            )
        values[name] = _parse_duration(value, f"{where}.{name}")
    return Durations(**values)


def _parse_duration(raw: object, where: str) -> Duration:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = {"family": "fixed", "months": raw}
    if not isinstance(raw, dict):
        raise InputError(f"{where} = {raw!r} must be a number of months or a table with a family")
    found = Duration(*parse_family(raw, where, DURATION_FAMILIES))
    names, numbers = found.names(), found.numbers
    for name, number in zip(names, numbers, strict=True):
        mean = name in ("mean", "median")
        if number < 0 or (number == 0 and mean):
            raise InputError(f"{where}.{name} = {number:g} must not be negative or, a mean, zero")
        refuse_wide(name, number, where)
        if number > MOST_MONTHS:
            raise InputError(f"{where}.{name} = {number:g} must be at most {MOST_MONTHS} months")
    if found.family in ("uniform", "triangular") and list(numbers) != sorted(numbers):
        raise InputError(f"{where}: {', '.join(names)} must not decrease, not {list(numbers)}")
    return found
