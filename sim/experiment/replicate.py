"""One replication by itself: its log, its parameters and the same tables as in a batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sim.agents import Event, replicate_log
from sim.errors import InputError
from sim.experiment.plan import MAXIMUM_REPLICATIONS, MAXIMUM_SEED
from sim.records.folds import Rows, final_count, fold
from sim.scenario.model import Scenario
from sim.scenario.places import addressees, rival_systems
from sim.world.model import World

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FinishedReplication:
    """One run of one scenario with one replication number.

    ``log`` holds its events, oldest first, and is the truth of the replication; ``parameters``
    are the values it drew.
    """

    world: World = field(repr=False)
    scenario: Scenario = field(repr=False)
    seed: int
    replication: int
    log: tuple[Event, ...] = field(repr=False)
    parameters: dict[str, float] = field(repr=False)

    @property
    def final_ccgs(self) -> int:
        """The number of CCGs on the end date."""
        return final_count(self.log, self.world)

    @cached_property
    def _rows(self) -> Rows:
        scenario = self.scenario
        return fold(self.log, self.parameters, self.world, scenario.start, scenario.end)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return its rows of every table of a batch, as DataFrames by table name."""
        from sim.records.schema import TABLES
        from sim.records.tables import arrow_table, to_columns

        found: dict[str, pd.DataFrame] = {}
        for table in TABLES:
            rows = self._rows[table.name]
            numbers = [self.replication] * len(rows)
            made = arrow_table(table, self.scenario.name, numbers, to_columns(table, rows))
            found[table.name] = made.to_pandas()
        return found


def run_replication(
    world: World, scenario: Scenario, seed: int = 1, replication: int = 0
) -> FinishedReplication:
    """Run one replication of a scenario on a world.

    Args:
        world: the bodies it starts from.
        scenario: everything assumed.
        seed: master seed, 0 to 2**63 - 1.
        replication: its number, 0 to 999,999; the same number in a batch gives the same log.

    Raises:
        InputError: a number is out of range, or the world lacks a place that the scenario names.
    """
    _in_range("seed", seed, MAXIMUM_SEED)
    _in_range("replication", replication, MAXIMUM_REPLICATIONS - 1)
    check_world(world, scenario)
    log = replicate_log(world, scenario, seed, replication)
    return FinishedReplication(world, scenario, seed, replication, log.events, log.parameters)


def check_world(world: World, scenario: Scenario) -> None:
    """Refuse a scenario that does not fit its world: its first day, or a place that it names.

    Raises:
        InputError: names the scenario's file, the key, and what is allowed.
    """
    check_day(world, scenario)
    check_places(world, scenario)


def check_day(world: World, scenario: Scenario) -> None:
    """Refuse a run that starts on another day than its world's map is of, unless it says so.

    Raises:
        InputError: names the scenario's file, both days and what to write.
    """
    start, stated, day = scenario.start, scenario.world_date, world.day
    if stated is not None and stated != day:
        raise InputError(
            f"{scenario.source}: world_date = {stated} is not the day of the map of world "
            f"{world.name}, which is {day}"
        )
    if stated is None and start != day:
        raise InputError(
            f"{scenario.source}: start = {start} is another day than that of the map of world "
            f"{world.name}, {day}; write start = {day}, or, if a run from {start} on is to begin "
            f"with the bodies of {day} all the same, world_date = {day}"
        )


def check_places(world: World, scenario: Scenario) -> None:
    """Refuse a scenario that names a region or system, in an event or a lever, its world lacks.

    Raises:
        InputError: names the scenario's file, the event or lever and the nearest valid name.
    """
    try:
        for event in scenario.calendar:
            addressees(world, event)
        rival_systems(world, scenario.levers.leaders.rival_systems)
    except InputError as error:
        raise InputError(f"{scenario.source}: {error}") from None


def _in_range(name: str, value: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
        message = f"is {value!r}; must be a whole number from 0 to {high:,}"
        raise InputError(message, argument=name)
