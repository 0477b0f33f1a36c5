"""Speed as a ratio within one run, so that the machine cancels out; no limit is asserted.

``pytest -m benchmark -s`` prints it. The aim (docs/using.md): one England replication with ballots
by practice takes at most four times 191 SimPy processes that make ten timeouts each.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Generator

import pytest
import simpy

from sim.agents import replicate_log
from sim.scenario import load_scenario
from sim.world import load_world

ROUNDS = 15


def yardstick() -> None:
    """Run 191 processes of ten timeouts each."""
    env = simpy.Environment()

    def ten() -> Generator[simpy.Event, object, None]:
        for _ in range(10):
            yield env.timeout(1.0)

    for _ in range(191):
        env.process(ten())
    env.run()


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@pytest.mark.benchmark
def test_one_replication_against_plain_simpy() -> None:
    world, scenario = load_world(), load_scenario("as_written")
    events: list[int] = []

    def replicate(number: int) -> None:
        events.append(len(replicate_log(world, scenario, 1, number).events))

    replicate(0)  # loads what is loaded lazily
    yardstick()
    pairs = []
    for number in range(1, ROUNDS + 1):  # alternately, so that a slow spell hits both
        bare = seconds(yardstick)
        pairs.append((seconds(lambda number=number: replicate(number)), bare))  # type: ignore[misc]
    ratio = statistics.median(own / bare for own, bare in pairs)
    own, bare = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(
        f"\none England replication {own:.1f} ms; 191 processes of ten timeouts {bare:.1f} ms; "
        f"median ratio {ratio:.2f}; {statistics.median(events):.0f} events"
    )
    assert ratio > 0.0
    assert min(events) > 0
