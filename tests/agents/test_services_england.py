"""Service change, functions and providers on England, arm against arm under the same luck.

Seed 1 throughout, so a test passes or fails for good. Where nothing may move the check is exact.
Where something must move, the paired difference over replications must lie 1.96 standard errors
to the stated side: a lever without effect would pass at one seed in forty (alarm rate .025).
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.scenario import load_scenario, parse_scenario
from sim.world import World, load_world
from tests.agents.arms import PRIOR, merged_tables

pytestmark = pytest.mark.slow

SEED = 1
REPLICATIONS = 20
NEW = ("reconfiguration", "veto", "service_agreed", "deadlock", "deadlock_ends")
NEW += ("final_say_failed", "alienated", "functions", "alternative")
Log = tuple[Event, ...]


@cache
def england() -> World:
    return load_world()


def logs(tables: dict[str, Any], replications: int = REPLICATIONS) -> list[Log]:
    scenario = parse_scenario(merged_tables({"extends": "as_written"} | PRIOR, tables))
    return [replicate_log(england(), scenario, SEED, r).events for r in range(replications)]


def often(**service: Any) -> dict[str, Any]:
    """Reconfigurations once a year and system, so that few replications show the difference."""
    return {"levers": {"service": {"arrivals": 1.0, **service}}}


@pytest.fixture(scope="module")
def arms() -> dict[str, list[Log]]:
    makers = {
        "written": {},
        "blocked": often(),
        "leader": often(final_say="leader"),
        "combined": often(final_say="combined"),
        "centre": often(final_say="centre"),
        "majority": often(decision_rule="majority"),
        "led": often(decision_rule="leader"),
        "half": often(autonomy=0.5),
    }
    return {name: logs(tables) for name, tables in makers.items()}


def number(kind: str, **data: Any) -> Callable[[Log], float]:
    """Return a count of a log's events of a kind with some data."""
    return lambda log: sum(
        e.kind == kind and all(e.data[key] == value for key, value in data.items()) for e in log
    )


def rises(ones: Sequence[Log], others: Sequence[Log], of: Callable[[Log], float]) -> None:
    """Check that a number is larger in the second arm."""
    differences = [of(b) - of(a) for a, b in zip(ones, others, strict=True)]
    mean = statistics.fmean(differences)
    error = statistics.stdev(differences) / len(differences) ** 0.5
    print(f"\nmean difference {mean:.3f}, standard error {error:.3f}")
    assert mean > 1.96 * error > 0.0


def chain(log: Log, until: float = math.inf) -> list[tuple[float, str, str, Any]]:
    """Return what happened in the chain of proposals before a moment, without the reasons."""
    return [
        (e.time, e.kind, e.subject, e.data) for e in log if e.kind not in NEW and e.time < until
    ]


def first_of(log: Log, kind: str) -> float:
    """Return when something happened first, or infinity if it never did."""
    return next((e.time for e in log if e.kind == kind), math.inf)


def months(log: Log) -> float:
    """Return the months of deadlock of a log, cut off at its end."""
    ends = {e.data["case"]: e.time for e in log if e.kind == "deadlock_ends"}
    begun = [(e.data["case"], e.time) for e in log if e.kind == "deadlock"]
    return sum(ends.get(case, log[-1].time) - since for case, since in begun)


def test_blocks_alone_move_no_merger(arms: dict[str, list[Log]]) -> None:
    """Where nobody is overruled the chain is the same to the last event."""
    assert sum(map(number("deadlock"), arms["blocked"])) > 300
    assert not sum(map(number("alienated"), arms["blocked"]))
    for one, other in zip(arms["written"], arms["blocked"], strict=True):
        assert chain(one) == chain(other)


@pytest.mark.parametrize("arm", ["leader", "combined", "centre"])
def test_the_last_word_shortens_deadlocks_and_overrules_ccgs(
    arms: dict[str, list[Log]], arm: str
) -> None:
    rises(arms[arm], arms["blocked"], months)
    rises(arms["blocked"], arms[arm], number("alienated"))
    # Up to the first CCG that is overruled nothing else has changed.
    for one, other in zip(arms["blocked"], arms[arm], strict=True):
        first = first_of(other, "alienated")
        assert chain(one, first) == chain(other, first)


def test_few_vetoes_survive_the_centre(arms: dict[str, list[Log]]) -> None:
    failed = sum(map(number("final_say_failed"), arms["centre"]))
    held = sum(map(number("deadlock_ends", how="centre"), arms["centre"]))
    assert 0.0 < failed / (failed + held) < 0.2
    weak = sum(map(number("final_say_failed"), arms["leader"]))
    led = sum(map(number("deadlock_ends", how="leader"), arms["leader"]))
    assert weak / (weak + led) > failed / (failed + held)


def test_force_aims_at_blocked_patches_in_distress(arms: dict[str, list[Log]]) -> None:
    """Mean recorded distress of systems by how their deadlocks were settled."""
    world = england()
    distress = {
        s.code: statistics.fmean(world.ccgs[i].distress != "none_known" for i in s.ccgs)
        for s in world.systems
    }
    found: dict[str, list[float]] = {"imposed": [], "voluntary": []}
    for log in arms["combined"]:
        for event in log:
            if event.kind == "deadlock_ends" and event.data["how"] in found:
                found[event.data["how"]].append(distress[event.subject])
    assert min(map(len, found.values())) > 50
    assert statistics.fmean(found["imposed"]) > 1.2 * statistics.fmean(found["voluntary"])


def test_more_is_decided_by_majority_and_more_still_by_a_leader(
    arms: dict[str, list[Log]],
) -> None:
    rises(arms["blocked"], arms["majority"], number("service_agreed"))
    rises(arms["majority"], arms["led"], number("service_agreed"))


def test_fewer_vetoes_with_less_autonomy(arms: dict[str, list[Log]]) -> None:
    rises(arms["half"], arms["blocked"], number("veto"))


def test_alienation_costs_support_later() -> None:
    """The same overrulings, with and without an effect on consent and votes.

    Proposals that governing bodies agree to, and ballots carried, fall; the first years of a
    replication, before anybody is overruled, stay as they are.
    """

    def arm(effect: float) -> list[Log]:
        tables = often(final_say="centre") | {"parameters": {"alienation_effect": effect}}
        return logs(tables)

    deaf, hurt = arm(0.0), arm(-2.0)
    rises(hurt, deaf, number("drafted"))
    rises(hurt, deaf, number("ballot", carried=True))
    for one, other in zip(deaf, hurt, strict=True):
        first = first_of(other, "alienated")
        assert chain(one, first) == chain(other, first)


@cache
def standing() -> tuple[Log, ...]:
    """Nobody merges, nobody fails to share an officer or not: ten reconfigurations a system."""
    still = {
        "parameters": {"start_rate": 0.0, "unseen_months": 0.0, "consent_base": -60.0},
        "model": {"parameters": "median"},
        "levers": {"service": {"arrivals": 5.0}, "joint": {"ladder": False}},
    }
    still = merged_tables(still, {"end": load_scenario("as_written").end})
    return tuple(logs(still, 12))


def blocked_share(codes: set[str], losses: tuple[float, float] = (0.0, 1.0)) -> float:
    """Return which share of the reconfigurations of some systems was blocked, by loss at stake."""
    asked: Counter[bool] = Counter()
    for number_, log in enumerate(standing()):
        blocked = {(number_, e.data["case"]) for e in log if e.kind == "deadlock"}
        for e in log:
            if e.kind != "reconfiguration" or e.subject not in codes:
                continue
            if losses[0] <= e.data["loss"] < losses[1]:
                asked[(number_, e.data["case"]) in blocked] += 1
    assert asked.total() > 50
    return asked[True] / asked.total()


def systems(parts: range, *, shared: bool | None = None) -> dict[str, set[str]]:
    """Return systems of so many CCGs by name, perhaps only those with or without one officer."""
    world = england()
    found = {}
    for system in world.systems:
        groups = {world.ccgs[i].officer_group for i in system.ccgs}
        one = len(groups) == 1 and groups != {""}
        if len(system.ccgs) in parts and shared in (None, one):
            found[system.name] = {system.code}
    return found


def test_pairs_of_ccgs_block_each_other_with_one_officer_or_without() -> None:
    """The place of the record against pairs like it: as likely as theirs, and never nothing.

    At the medians a share of blocks stands on some 180 reconfigurations: .12 is more than three
    standard errors of a difference.
    """
    pairs, apart = systems(range(2, 3)), systems(range(2, 4), shared=False)
    here = blocked_share(next(code for name, code in pairs.items() if "Shropshire" in name))
    others = blocked_share(set().union(*apart.values()))
    assert 0.1 < here < others + 0.12
    one_officer = blocked_share(set().union(*systems(range(2, 4), shared=True).values()))
    assert 0.1 < one_officer < others


def test_unequal_losses_are_blocked_more_here_as_in_places_like_it() -> None:
    """Three CCGs, each with its hospital: twice as often blocked where much is at stake."""
    threes = systems(range(3, 4))
    here = next(code for name, code in threes.items() if "Milton Keynes" in name)
    for codes in (here, set().union(*threes.values())):
        assert blocked_share(codes, (0.6, 1.0)) > 1.5 * blocked_share(codes, (0.0, 0.4))


# -- Functions and providers ----------------------------------------------------------------------


def test_support_units_with_room_stand_in_for_mergers(arms: dict[str, list[Log]]) -> None:
    roomy = logs({"levers": {"functions": {"csu_capacity": 1.0}}}, 20)
    rises(roomy, arms["written"][:20], number("mooted"))


def test_other_shapes_stand_in_for_mergers(arms: dict[str, list[Log]]) -> None:
    reviewed = logs({"levers": {"providers": {"alternatives": 2.0}}}, 20)
    rises(reviewed, arms["written"][:20], number("mooted"))
    for one, other in zip(arms["written"], reviewed, strict=False):
        first = first_of(other, "alternative")
        assert chain(one, first) == chain(other, first)


def test_the_two_priors_on_small_size(arms: dict[str, list[Log]]) -> None:
    """Under the counter-view systems of small CCGs start more proposals, those of large fewer."""
    world = england()
    mean = {s.code: statistics.fmean(world.ccgs[i].patients for i in s.ccgs) for s in world.systems}
    small = {code for code, size in mean.items() if size < 250_000}

    def started(small_ones: bool) -> Callable[[Log], float]:
        return lambda log: sum(
            e.kind == "mooted" and e.time > 0.0 and (e.subject in small) is small_ones for e in log
        )

    tables = {"levers": {"providers": {"small_first": True}}}
    view = logs(tables | {"parameters": {"small_size_start": 1.0}})
    rises(arms["written"], view, started(True))
    rises(view, arms["written"], started(False))
    neutral = logs(tables | {"parameters": {"small_size_start": 0.0}}, 3)
    assert [chain(log) for log in neutral] == [chain(log) for log in arms["written"][:3]]
