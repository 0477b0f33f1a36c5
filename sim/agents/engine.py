"""One replication: set the stage, let the agents act, hand back the log."""

from __future__ import annotations

import gc
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import simpy

from sim.agents import ccg as ccgs
from sim.agents.calendar import Calendar
from sim.agents.clock import Clock
from sim.agents.hazard import Profile
from sim.agents.log import Event, EventLog
from sim.agents.national import NationalBody
from sim.agents.region import Region
from sim.agents.state import Situation
from sim.agents.system import System
from sim.chance import Luck
from sim.chance.purposes import BodyKind
from sim.rules.money import variable_cost_per_head
from sim.rules.starting import deadline_ramp
from sim.scenario.model import Scenario
from sim.scenario.parameters import (
    PARAMETER_COLUMNS,
    PARAMETER_NAMES,
    Parameters,
    draw_parameters,
)
from sim.scenario.priors import Prior, fixed
from sim.world.footprints import Body, Neighbours, starting_bodies, starting_neighbours
from sim.world.model import World

LAST_CALL_MONTHS = 3.0  # shortest time seen from first talk to application (priors.md section 3)
DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Log:
    """What one replication leaves: its events, oldest first, and the parameters it drew."""

    events: tuple[Event, ...]
    parameters: dict[str, float]


def replicate_log(
    world: World,
    scenario: Scenario,
    seed: int,
    replication: int,
    swaps: Mapping[str, int] | None = None,
) -> Log:
    """Run one replication of a scenario on a world and return its log.

    ``swaps`` maps a group of luck to another replication whose luck stands in for it. Raises
    InputError where the scenario names a region or system that the world does not have.
    """
    luck = Luck(seed, replication, luck_sizes(world), swaps)
    parameters = draw_parameters(priors_in_force(scenario), luck)
    situation = _situation(world, scenario, parameters, luck)
    collecting = gc.isenabled()
    gc.disable()  # a replication's objects die together; collecting meanwhile costs a fifth
    try:
        _set_stage(situation)
        situation.env.run(until=situation.clock.horizon)
        situation.calendar.end()
        events = situation.log.events()
        situation.dismantle()
    finally:
        if collecting:
            gc.enable()
    return Log(events, {name: getattr(parameters, name) for name in PARAMETER_NAMES})


def priors_in_force(scenario: Scenario) -> Mapping[str, Prior]:
    """Return the scenario's distributions, or their medians where it holds parameters fixed."""
    if scenario.form.parameters == "median":
        return {name: fixed(prior.draw(0.5)) for name, prior in scenario.priors.items()}
    return scenario.priors


def luck_sizes(world: World) -> dict[BodyKind, int]:
    """Return the number of bodies of each kind that own luck."""
    return {
        "parameter": PARAMETER_COLUMNS,
        "national": 1,
        "region": len(world.regions),
        "system": len(world.systems),
        "ccg": len(world.ccgs),
        "practice": len(world.practice_ccg),
        "lmc": max(1, len(world.lmcs)),
        "council": max(1, len(world.councils)),
    }


def _situation(world: World, scenario: Scenario, parameters: Parameters, luck: Luck) -> Situation:
    clock = Clock(scenario.start, scenario.end)
    bodies, neighbours = _starting_map(world)
    situation = Situation(
        world=world,
        scenario=scenario,
        levers=scenario.levers,
        parameters=parameters,
        luck=luck,
        log=EventLog(),
        env=simpy.Environment(),
        clock=clock,
        bodies=dict(bodies),
        neighbours=dict(neighbours),
        pauses=_pauses(scenario, clock),
    )
    situation.variable_per_head = variable_cost_per_head(
        scenario.levers.money.allowance_per_head,
        sum(ccg.patients for ccg in world.ccgs),
        len(world.ccgs),
        parameters.fixed_cost * 1e6,
    )
    situation.calendar = Calendar(situation)
    return situation


def _pauses(scenario: Scenario, clock: Clock) -> tuple[tuple[float, float], ...]:
    """Return the times without merger work, in order; pauses that overlap are one."""
    found: list[tuple[float, float]] = []
    for event in scenario.calendar:  # in order of date
        if event.kind == "pause":
            begins = clock.moment(event.date)
            ends = begins + event.months * DAYS_PER_MONTH
            if found and begins <= found[-1][1]:
                begins, before = found.pop()
                ends = max(ends, before)
            found.append((begins, ends))
    return tuple(found)


_maps: list[tuple[World, dict[int, Body], Neighbours]] = []  # the last world's map, kept


def _starting_map(world: World) -> tuple[dict[int, Body], Neighbours]:
    """Return the map of the first day; frozen bodies, so that replications can share it."""
    if not _maps or _maps[0][0] is not world:
        _maps[:] = [(world, starting_bodies(world.ccgs), starting_neighbours(world.neighbours))]
    return _maps[0][1], _maps[0][2]


def _set_stage(situation: Situation) -> None:
    world, env = situation.world, situation.env
    situation.log.write(0.0, "start", "England", data={"ccgs": len(world.ccgs)})
    for ccg in world.ccgs:
        living = ccgs.starting_ccg(situation, ccg)
        ccgs.set_shortfall(situation, living)
        situation.ccgs[ccg.index] = living
    local, centre = (_profile(situation, origin) for origin in ("local", "centre"))
    situation.regions = [Region(situation, region.index) for region in world.regions]
    situation.systems = [System(situation, s.index, local, centre) for s in world.systems]
    situation.national = NationalBody(situation)
    situation.national.enter_calendar()
    situation.national.announce("rule in force at the start")
    _find_alive(situation)
    situation.staged = True
    for system in situation.systems:
        system.reconsider()
        system.find_unseen()
    if situation.levers.joint.ladder:
        for living in situation.ccgs.values():
            situation.ladders[living.id] = ccgs.Ladder(situation, living)
    if situation.levers.joint.leader_turnover:
        for system in situation.systems:
            if len(world.systems[system.index].ccgs) > 1:
                env.process(system.lead())
    env.process(situation.calendar.run())


def _find_alive(situation: Situation) -> None:
    """Open the proposals that were alive on the start date."""
    for live in situation.world.live_proposals:
        members = [situation.ccgs[index] for index in live.ccgs]
        proposal = situation.systems[live.system].open_proposal(
            members,
            "centre" if live.origin_hint == "centre" else "local",
            stage=live.stage,
            known_since=live.known_since.isoformat(),
        )
        crosses = len({ccg.system for ccg in members}) > 1
        if crosses and situation.levers.boundaries.cross_system == "never":
            proposal.lapse("crosses a system border, which this scenario does not allow")


def _profile(situation: Situation, origin: str) -> Profile:
    """Return how the rates of one origin change over time for reasons known in advance."""
    scenario, clock = situation.scenario, situation.clock
    steps = {0.0}
    day = clock.start.replace(day=1)
    while day <= clock.end:
        day = (day + timedelta(days=32)).replace(day=1)
        steps.add(clock.moment(day))
    for event in scenario.calendar:
        if event.kind in ("rates", "pause"):
            steps.add(max(0.0, clock.moment(event.date)))
    for pause_from, pause_to in situation.pauses:
        steps.update((max(0.0, pause_from), max(0.0, pause_to)))
    times = sorted(step for step in steps if step >= 0.0)
    return Profile(times, [_multiplier(situation, origin, time) for time in times])


def _multiplier(situation: Situation, origin: str, time: float) -> float:
    if any(pause_from <= time < pause_to for pause_from, pause_to in situation.pauses):
        return 0.0
    clock = situation.clock
    value = 1.0
    for event in situation.scenario.calendar:
        if event.kind == "rates" and clock.moment(event.date) <= time:
            value = event.local if origin == "local" else event.centre
    deadline = situation.calendar.round_deadline(time)
    if deadline is not None:
        last_call = deadline - LAST_CALL_MONTHS * DAYS_PER_MONTH
        if last_call < time:
            following = situation.calendar.round_deadline(deadline + 1.0)
            assert following is not None  # noqa: S101
            last_call = following - LAST_CALL_MONTHS * DAYS_PER_MONTH
        ramp = deadline_ramp((last_call - time) / DAYS_PER_MONTH)
        value *= math.exp(situation.parameters.start_deadline * ramp)
    return value
