"""Running an exact-answer case through the shipped simulator."""

from __future__ import annotations

import time
from typing import NamedTuple

from sim.agents import replicate_log
from sim.scenario import load_scenario
from sim.world.load import load_world
from tests.oracles.cases import Case
from tests.oracles.estimate import Check, Estimate, collected

SEED = 20190601


class Result(NamedTuple):
    """What a case gave: an estimate for each of its checks, its replications and seconds."""

    case: Case
    estimates: tuple[tuple[Check, Estimate], ...]
    replications: int
    seconds: float

    @property
    def failures(self) -> list[str]:
        """The checks that lie outside their band, in words."""
        return [
            f"{self.case.name}, {check.what}: exact {check.exact:.10g}, simulated "
            f"{estimate.value:.10g} (standard error {estimate.error:.3g}, "
            f"{check.distance(estimate):.2f} apart, {estimate.samples} samples)"
            for check, estimate in self.estimates
            if not check.passes(estimate)
        ]


def run_case(case: Case, replications: int, seed: int = SEED) -> Result:
    """Run a case's scenarios on its world and judge them."""
    begun = time.perf_counter()
    scenarios = [load_scenario(path) for path in case.files()]
    world = load_world(scenarios[0].world)
    parts = [
        case.observe(world, [replicate_log(world, s, seed, number) for s in scenarios])
        for number in range(replications)
    ]
    samples = collected(parts)
    if case.finish is not None:
        samples = case.finish(samples)
    estimates = tuple((check, check.estimate(samples)) for check in case.checks)
    return Result(case, estimates, replications, time.perf_counter() - begun)
