"""How two runs with the same random numbers compare: what must not fall, or not come sooner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from tests.metamorphic import arms
from tests.metamorphic.arms import Log

K = TypeVar("K")


def falls(one: float, two: float) -> bool:
    return two <= one


def rises(one: float, two: float) -> bool:
    return two >= one


def never_less(read: Callable[[Log], Mapping[K, float]]) -> Callable[[Log, Log], bool]:
    """The same keys in both runs, and no value lower in the second."""

    def holds(one: Log, two: Log) -> bool:
        before, after = read(one), read(two)
        return before.keys() == after.keys() and all(after[k] >= before[k] for k in before)

    return holds


def never_more(read: Callable[[Log], Mapping[K, float]]) -> Callable[[Log, Log], bool]:
    def holds(one: Log, two: Log) -> bool:
        return never_less(read)(two, one)

    return holds


def never_later(kind: str) -> Callable[[Log, Log], bool]:
    """What happens to a proposal in the first run happens in the second, no later."""

    def holds(one: Log, two: Log) -> bool:
        before, after = arms.times(one, kind), arms.times(two, kind)
        return all(p in after and after[p] <= before[p] for p in before)

    return holds


def never_sooner(kind: str) -> Callable[[Log, Log], bool]:
    return lambda one, two: never_later(kind)(two, one)


def superset(kind: str, **data: Any) -> Callable[[Log, Log], bool]:
    def holds(one: Log, two: Log) -> bool:
        return arms.proposals_with(one, kind, **data) <= arms.proposals_with(two, kind, **data)

    return holds


def carried(log: Log) -> Mapping[tuple[str, str], float]:
    return arms.first_ballots(log, "carried")


def votes_for(log: Log) -> Mapping[tuple[str, str], float]:
    return arms.first_ballots(log, "votes_for")


def cast(log: Log) -> Mapping[tuple[str, str], float]:
    against = arms.first_ballots(log, "votes_against")
    return {key: value + against[key] for key, value in votes_for(log).items()}


def crossings(log: Log) -> float:
    world = arms.england()
    home = {ccg.code: ccg.system for ccg in world.ccgs}
    found = [e.subject.split("+") for e in log if e.kind == "merged"]
    return float(sum(len({home[code] for code in codes}) > 1 for codes in found))


def same(one: Log, two: Log) -> bool:
    return one == two


def same_but_names(one: Log, two: Log) -> bool:
    text = repr(two)
    for system in arms.england().systems:
        text = text.replace(f"Z{system.code}", system.code)
    return text == repr(one)


def same_but_weights(one: Log, two: Log) -> bool:
    def halved(log: Log) -> list[Any]:
        return [
            e._replace(data={k: v for k, v in e.data.items() if not k.startswith("weight_")})
            for e in log
        ]

    return halved(one) == halved(two)


DAY = date(2019, 11, 1)
BEFORE = float((DAY - date(2019, 6, 1)).days)


def same_before(one: Log, two: Log) -> bool:
    return [e for e in one if e.time < BEFORE] == [e for e in two if e.time < BEFORE]


def begins(one: Log, two: Log) -> bool:
    return one[:-1] == two[: len(one) - 1]


def voting_never_sooner(one: Log, two: Log) -> bool:
    """No ballot held in both runs is sooner in the second (which may not come to all of them)."""
    before, after = arms.ballot_times(one), arms.ballot_times(two)
    return all(after[key] >= before[key] for key in before.keys() & after.keys())
