"""Pushes that end, pushes without strength, and how long a system holds back after a loss."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.agents.engine import stream_sizes
from sim.scenario import Scenario, parse_scenario
from sim.streams import Streams, purposes
from sim.world import World, load_world
from tests.agents.arms import MONTH, PRIOR, certain, of_kind, run
from tests.small_worlds import write_world

SEED = 1
START = date(2019, 6, 1)


def day(*when: int) -> float:
    return float((date(*when) - START).days)


def push(begins: date, ends: date | None, strength: float, **over: Any) -> dict[str, Any]:
    table = {"date": begins, "kind": "push", "region": "all", "strength": strength} | over
    return table if ends is None else table | {"deadline": ends}


# -- Pushes ----------------------------------------------------------------------------------------


def busy(**calendar: dict[str, Any]) -> Scenario:
    """Return as_written with many proposals, everybody believing "typically", and dated acts."""
    return parse_scenario(
        {
            "extends": "as_written",
            **PRIOR,
            "levers": {
                "information": {"region_relays": "never_drop", "local_relays": "never_drop"}
            },
            "parameters": {"start_rate": 0.06},
            "calendar": calendar,
        }
    )


@pytest.mark.parametrize("kind", ["push", "letter"])
def test_a_push_or_letter_without_strength_changes_nothing(england: World, kind: str) -> None:
    """It is written, at its day, and that is all; the same one with strength does change things."""
    plain = parse_scenario({"extends": "as_written", **PRIOR})

    def acted(strength: float) -> Scenario:
        act = push(date(2019, 7, 1), date(2020, 4, 1), strength, kind=kind)
        return parse_scenario({"extends": "as_written", "calendar": {"a": act}, **PRIOR})

    for replication in range(3):
        base, empty, strong = (
            replicate_log(england, scenario, SEED, replication).events
            for scenario in (plain, acted(0.0), acted(2.0))
        )
        letters = of_kind(empty, "letter")
        assert {e.time for e in letters} == {day(2019, 7, 1)}
        assert {e.data["strength"] for e in letters} == {0.0}
        assert tuple(e for e in empty if e.kind != "letter") == base
        assert tuple(e for e in strong if e.kind != "letter") != base


def test_a_push_pulls_and_no_longer_after_its_deadline(england: World) -> None:
    """Two that overlap: strengths add up, each ends on its own day. Read from what weighed.

    The first, of 1, from 1 September 2019 to 1 June 2020; the second, of 2, from 1 January 2020
    to 1 December 2020. Everybody believes "typically", so the pull is the whole system's own and
    the push's. While one is in force a council's own borders do not hold the centre back.
    """
    pushes = {
        "one": push(date(2019, 9, 1), date(2020, 6, 1), 1.0),
        "two": push(date(2020, 1, 1), date(2020, 12, 1), 2.0),
    }
    spans = [(day(2019, 9, 1), day(2020, 6, 1), 1.0), (day(2020, 1, 1), day(2020, 12, 1), 2.0)]
    scenario, seen = busy(**pushes), dict.fromkeys((0.0, 1.0, 2.0, 3.0), 0)
    unmatched = 0
    after = 0
    for replication in range(8):
        log = replicate_log(england, scenario, SEED, replication)
        p = log.parameters
        for event in of_kind(log.events, "mooted"):
            if event.time == 0.0 or event.data["parent"]:
                continue
            strength = sum(s for begins, ends, s in spans if begins <= event.time < ends)
            weighed = dict(event.terms)
            pull = p["footprint_whole"] + p["footprint_push"] * strength
            if weighed["footprint_whole_system"] != 0.0:
                assert weighed["footprint_whole_system"] == pytest.approx(pull)
                seen[strength] += 1
                after += event.time >= day(2020, 12, 1)
            if event.data["origin"] == "centre":
                assert weighed["letter"] == pytest.approx(p["start_letter"] * strength)
                if strength:
                    assert weighed["council_match"] == 0.0
                elif event.time >= day(2020, 12, 1):
                    unmatched += weighed["council_match"] < 0.0
    print(f"\nwhole-system proposals by strength of push: {seen}, {after} of them after the last")
    assert min(seen.values()) >= 5
    assert after >= 5
    assert unmatched >= 1


def test_a_push_is_alike_whatever_its_deadline_until_that_day(england: World) -> None:
    long = busy(a=push(date(2019, 8, 1), None, 2.0))
    short = busy(a=push(date(2019, 8, 1), date(2020, 2, 1), 2.0))
    for replication in range(3):
        one, other = (
            replicate_log(england, scenario, SEED, replication).events for scenario in (long, short)
        )
        parts = [
            [e for e in events if e.time < day(2020, 2, 1) and e.kind != "letter"]
            for events in (one, other)
        ]
        assert parts[0] == parts[1]
        assert [e for e in one if e.kind != "letter"] != [e for e in other if e.kind != "letter"]


# -- Holding back after a loss ---------------------------------------------------------------------

COOLING = {"family": "uniform", "low": 3.0, "high": 9.0}


def losing(cooling: Any) -> Scenario:
    """Members refuse; a system that may starts again within hours, one that cools never does."""
    return certain(
        parameters={
            "start_rate": 1e6,
            "start_after_lost": -60.0,
            "support_mean": -60.0,
            "honour_probability": 1.0,
        },
        durations={"cooling": cooling},
        levers={"ballot": {"leaders_gate": False}},
    )


@pytest.fixture
def two(tmp_path: Path) -> World:
    live = [{"ccgs": ["S1C1", "S1C2"]}]
    return load_world(write_world(tmp_path / "w", [[{}, {}]], live_proposals=live))


def held_back(events: tuple[Event, ...]) -> list[float]:
    """Return the times from each loss to the next proposal."""
    lost = [e.time for e in of_kind(events, "lost")]
    mooted = [e.time for e in of_kind(events, "mooted")]
    assert len(mooted) > 1
    return [after - before for before, after in zip(lost, mooted[1:], strict=False)]


def test_how_long_a_system_holds_back_is_drawn_anew_for_each_loss(two: World) -> None:
    """At the quantile of its own address: by system and number of losses so far."""
    scenario, waits = losing(COOLING), []
    for replication in range(12):
        streams = Streams(SEED, replication, stream_sizes(two))
        held = held_back(run(two, scenario, replication))
        assert len(held) >= 2
        for losses, wait in enumerate(held):
            u = streams.uniform(purposes.COOLING_TIME, 0, losses)
            assert wait == pytest.approx((3.0 + 6.0 * u) * MONTH, abs=0.5)
            waits.append(wait)
    assert len({round(wait, 3) for wait in waits}) == len(waits)
    assert min(waits) < 4.5 * MONTH < 7.5 * MONTH < max(waits)


def test_a_stated_time_of_holding_back_is_that(two: World) -> None:
    for months in (4.0, 12.0):
        for wait in held_back(run(two, losing(months))):
            assert wait == pytest.approx(months * MONTH, abs=0.5)
