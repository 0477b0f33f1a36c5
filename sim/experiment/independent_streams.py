"""Replications that share their parameters with others of the same number, and no luck.

Luck is addressed: under one seed, replication 7 of two scenarios draws the same parameters and the
same number for the leaning of system 3. That is what comparisons of scenarios want. Two waves as
records of one truth must share the parameters alone, as the fit assumes that what scatters about
the emulator in one wave says nothing of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.experiment.tasks import FRESH_STREAMS, Log
from sim.streams.purposes import GROUPS

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.world.model import World


@dataclass(frozen=True, slots=True)
class IndependentStreams:
    """The engine with luck of its own: that of replications ``number`` thousand millions on."""

    number: int

    def __call__(
        self,
        world: World,
        scenario: Scenario,
        seed: int,
        replication: int,
        swaps: Mapping[str, int] | None = None,
    ) -> Log:
        """Run one replication with its own parameters and all else from fresh luck."""
        from sim.agents import replicate_log

        fresh = replication + self.number * FRESH_STREAMS
        own = {group: fresh for group in GROUPS if group != "parameters"}
        return replicate_log(world, scenario, seed, replication, own | dict(swaps or {}))
