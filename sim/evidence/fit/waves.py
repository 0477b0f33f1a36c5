"""The recorded waves that the model is fitted to: summaries of the record and of runs alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.evidence.arrays import Array
from sim.evidence.fit.summaries import NAMES, Covariates, recorded_summaries, simulated_summaries
from sim.evidence.record import PUSHED_REGIONS, newly_single_2020, round_of_2020
from sim.scenario.load import parse_scenario
from sim.world.load import load_world

if TYPE_CHECKING:
    from sim.scenario.model import Scenario

APRIL_2020: Final = date(2020, 4, 1)
LEFT_TO_BALLOTS: Final = ("lost",)
"""Summaries left to the ballots' likelihood, which holds the result of every proposal balloted.

Where the ballots do not count (the check on synthetic truths) only mergers inform them."""


@dataclass(frozen=True)
class Wave:
    """One wave: its name, scenario tables, observed summaries and how to compute them of a run.

    ``names`` are the summaries; ``signed`` those that may be negative, ``used`` those that the
    likelihood uses (the others are kept as checks), all as positions. ``of`` turns a finished
    batch folder into replication numbers and summaries.
    """

    name: str
    tables: dict[str, Any]
    names: tuple[str, ...]
    observed: Array
    signed: tuple[int, ...]
    used: tuple[int, ...]
    of: Callable[[Path], tuple[Array, Array]]

    def scenario(self, knowledge: str) -> Scenario:
        """Return the wave's scenario with its parameters from a posterior (or ``prior``)."""
        return parse_scenario({**self.tables, "model": {"knowledge": knowledge}}, self.name)


def wave_of_2020() -> Wave:
    """Return the round of 1 April 2020, seen from England on 1 June 2019."""
    covariates = Covariates(load_world("england_2019"), PUSHED_REGIONS)

    def summaries(folder: Path) -> tuple[Array, Array]:
        import pandas as pd

        columns = ["replication", "system", "footprint", "parent", "mooted", "drafted"]
        proposals = pd.read_parquet(
            folder / "proposals.parquet", columns=[*columns, "balloted", "exit", "exit_on"]
        )
        systems = pd.read_parquet(folder / "systems.parquet")
        return simulated_summaries(proposals, systems, APRIL_2020, covariates)

    world = covariates.world
    return Wave(
        name="wave_2020",
        tables={"name": "wave_2020", "extends": "as_happened", "end": APRIL_2020},
        names=NAMES,
        observed=recorded_summaries(round_of_2020(world), newly_single_2020(), covariates),
        signed=(NAMES.index("new_size"),),
        used=tuple(i for i, name in enumerate(NAMES) if name not in LEFT_TO_BALLOTS),
        of=summaries,
    )
