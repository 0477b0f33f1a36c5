"""Runs replications with the same parameters as another batch but independent random streams.

Random streams are addressed: under one seed, replication 7 of two scenarios draws the same
parameters and the same number for the leaning of system 3. Comparisons of scenarios need that. Two
simulated waves that stand for records of one truth must share the parameters alone, because the fit
assumes that the residuals of the emulators are independent between waves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.experiment.tasks import FRESH_STREAMS, LogLike
from sim.streams.purposes import GROUPS

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.world.model import World


@dataclass(frozen=True, slots=True)
class IndependentStreams:
    """The engine with its random streams offset by ``number`` x 1e9 replications."""

    number: int

    def __call__(
        self,
        world: World,
        scenario: Scenario,
        seed: int,
        replication: int,
        swaps: Mapping[str, int] | None = None,
    ) -> LogLike:
        """Run one replication with its own parameters; all other streams are offset."""
        from sim.agents import replicate_log

        fresh = replication + self.number * FRESH_STREAMS
        own = {group: fresh for group in GROUPS if group != "parameters"}
        return replicate_log(world, scenario, seed, replication, own | dict(swaps or {}))
