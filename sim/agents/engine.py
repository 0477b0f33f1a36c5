"""One replication: set the stage, let the agents act, hand back the log."""

from __future__ import annotations

import gc
import math
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, NamedTuple, get_args

import simpy

from sim.agents import ccg as ccgs
from sim.agents.calendar import Calendar
from sim.agents.clock import Clock
from sim.agents.effects import put_in_force
from sim.agents.log import Event, EventLog
from sim.agents.mechanisms import force_legislation, leaders
from sim.agents.mechanisms import registry as mechanisms
from sim.agents.national import NationalBody
from sim.agents.profiles import future, past, seasons_of
from sim.agents.region import Region
from sim.agents.replication import Climbing, Situation
from sim.agents.system import System
from sim.rules.engagement import follow_weight
from sim.rules.ladder import step_rates, total_rate
from sim.rules.logistic import happens
from sim.rules.money import variable_cost_per_head
from sim.rules.starting import centre_intensity
from sim.scenario.levers import Levers
from sim.scenario.mechanisms.boundaries import Boundaries, Crossing
from sim.scenario.model import Scenario
from sim.scenario.parameters import (
    PARAMETER_COLUMNS,
    PARAMETER_NAMES,
    Parameters,
    draw_parameters,
)
from sim.scenario.priors import Prior, fixed
from sim.streams import Luck, purposes
from sim.streams.purposes import PARAMETERS, BodyKind
from sim.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from sim.world.footprints import Body, Neighbours, starting_bodies, starting_neighbours
from sim.world.model import RUNGS, LiveProposal, World

POSTERIOR_ROW = 0  # the column of the page of parameters that picks a joint draw
LEVERS_OF_2019 = Levers()  # their defaults: what was in force before any scenario begins
BEFORE = {  # the same, by the scenario's rule on footprints that cross a border
    crossing: LEVERS_OF_2019.model_copy(update={"boundaries": Boundaries(cross_system=crossing)})
    for crossing in get_args(Crossing)
}
BUDGETS_OF_2019 = (LEVERS_OF_2019.money, LEVERS_OF_2019.joint)
UNFINISHED: Final = "events_until_then"
_parameter_values = attrgetter(*PARAMETER_NAMES)


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
    parameters = draw_parameters(priors_in_force(scenario), luck, fitted_values(scenario, luck))
    situation = _situation(world, scenario, parameters, luck)
    collecting = gc.isenabled()
    gc.disable()  # a replication's objects die together; collecting meanwhile costs a fifth
    try:
        _set_stage(situation)
        force_legislation.run(situation)
        situation.calendar.end()
        events = situation.log.events()
        situation.dismantle()
    except Exception as error:
        # what had happened until then tells more than where in the code it stopped
        setattr(error, UNFINISHED, situation.log.events())
        raise
    finally:
        if collecting:
            gc.enable()
    return Log(events, dict(zip(PARAMETER_NAMES, _parameter_values(parameters), strict=True)))


def unfinished(error: BaseException) -> tuple[Event, ...]:
    """Return the events of a replication up to the error that ended it; none if none are known."""
    found: tuple[Event, ...] = getattr(error, UNFINISHED, ())
    return found


def priors_in_force(scenario: Scenario) -> Mapping[str, Prior]:
    """Return the scenario's distributions, or their medians where it holds parameters fixed."""
    if scenario.form.parameters == "median":
        return {name: fixed(prior.draw(0.5)) for name, prior in scenario.priors.items()}
    return scenario.priors


def fitted_values(scenario: Scenario, luck: Luck) -> dict[str, float]:
    """Return this replication's joint draw from the scenario's posterior, or its medians."""
    posterior = scenario.posterior
    if posterior is None:
        return {}
    if scenario.form.parameters == "median":
        values = posterior.medians()
    else:
        values = posterior.row(luck.uniform(PARAMETERS, POSTERIOR_ROW))
    return {name: values[name] for name in posterior.names if name in scenario.fitted}


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
    shared = _starting_map(world)
    situation = Situation(
        world=world,
        scenario=scenario,
        levers=scenario.levers,
        parameters=parameters,
        luck=luck,
        log=EventLog(),
        env=simpy.Environment(),
        clock=clock,
        bodies=dict(shared.bodies),
        neighbours=dict(shared.neighbours),
        pauses=_pauses(scenario, clock),
        lmc_systems=shared.lmc_systems,
        lmc_shares=shared.lmc_shares,
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


class _Map(NamedTuple):
    """What replications on one world share: the map of the first day, and who advises where."""

    world: World
    bodies: dict[int, Body]
    neighbours: Neighbours
    lmc_systems: dict[int, tuple[int, ...]]
    lmc_shares: tuple[tuple[tuple[int, float], ...], ...]


_maps: list[_Map] = []  # the last world's map, kept


def _starting_map(world: World) -> _Map:
    """Return the map of the first day; its bodies are frozen, so that replications can share it."""
    if not _maps or _maps[0].world is not world:
        systems: dict[int, set[int]] = {}
        for ccg in world.ccgs:
            for share in ccg.lmcs:
                systems.setdefault(share.lmc, set()).add(ccg.system)
        _maps[:] = [
            _Map(
                world,
                starting_bodies(world.ccgs),
                starting_neighbours(world.neighbours),
                {lmc: tuple(sorted(found)) for lmc, found in systems.items()},
                tuple(tuple((s.lmc, s.share) for s in ccg.lmcs) for ccg in world.ccgs),
            )
        ]
    return _maps[0]


def _set_stage(situation: Situation) -> None:
    """Put everything where it stands on the first day.

    What began before the start happened under the policy of then, whatever the scenario: so the
    stage is set under the levers of 2019, and the scenario's take over before the first event.
    Whether footprints may cross a system border is the scenario's from the outset, for live
    proposals and unseen talks alike.
    """
    world, env, scenario = situation.world, situation.env, situation.scenario
    situation.log.write(0.0, "start", "England", data={"ccgs": len(world.ccgs)})
    for ccg in world.ccgs:
        situation.ccgs[ccg.index] = ccgs.starting_ccg(situation, ccg)
    _form_habits(situation)
    _put_in_force(situation, BEFORE[scenario.levers.boundaries.cross_system])
    _set_budgets(situation)
    year = seasons_of(situation)
    local, centre = (future(situation, origin, year) for origin in ("local", "centre"))
    situation.regions = [Region(situation, region.index) for region in world.regions]
    situation.systems = [System(situation, s.index, local, centre) for s in world.systems]
    situation.names = [system.name for system in world.systems]
    _find_alive(situation)
    for place, system in zip(world.systems, situation.systems, strict=True):
        if place.last_loss is not None:
            system.cool(ago=-situation.clock.moment(place.last_loss))
    months = situation.parameters.unseen_months
    before = past(situation, months)
    for system in situation.systems:
        system.find_unseen(before, months)
    _put_in_force(situation, scenario.levers)
    if (scenario.levers.money, scenario.levers.joint) != BUDGETS_OF_2019:
        _set_budgets(situation)
    situation.national = NationalBody(situation)
    situation.national.enter_calendar()
    situation.national.announce("rule in force at the start")
    mechanisms.enter(situation)
    situation.staged = True
    for system in situation.systems:
        system.reconsider()
    if situation.levers.joint.ladder:
        for living in situation.ccgs.values():
            situation.ladders[living.id] = ccgs.Ladder(situation, living)
    if situation.levers.joint.leader_turnover:
        for system in situation.systems:
            if len(world.systems[system.index].ccgs) > 1:
                env.process(leaders.lead(system))
    env.process(situation.calendar.run())


def _put_in_force(situation: Situation, levers: Levers) -> None:
    """Let levers hold from now on, and work out anew what hangs on them."""
    situation.levers = levers
    situation.influences = put_in_force(levers)
    situation.centre_intensity = centre_intensity(
        levers.force.encouragement,
        levers.force.incentive,
        levers.force.cajoling,
        encouragement_share=situation.parameters.encouragement_share,
        cajoling_share=situation.parameters.cajoling_share,
    )
    for living in situation.ccgs.values():
        living.log_consent = None


def _set_budgets(situation: Situation) -> None:
    """Work out every CCG's running-cost gap under the levers in force."""
    situation.variable_per_head = variable_cost_per_head(
        situation.levers.money.allowance_per_head,
        sum(ccg.patients for ccg in situation.world.ccgs),
        len(situation.world.ccgs),
        situation.parameters.fixed_cost * 1e6,
    )
    for living in situation.ccgs.values():
        ccgs.set_shortfall(situation, living)


def _form_habits(situation: Situation) -> None:
    """Work out what hangs on a replication's parameters alone."""
    p = situation.parameters
    situation.follow_weight = follow_weight(
        p.lmc_causal_share,
        p.lmc_oppose_effect,
        p.support_sd * math.sqrt(p.support_shared),
        p.lmc_oppose_share,
    )
    rates = (p.ladder_committee_rate, p.ladder_officer_rate, p.ladder_team_rate)
    situation.climbing = {
        rung: Climbing(step_rates(rung, *rates), total_rate(rung, *rates) * 12.0 / DAYS_PER_YEAR)
        for rung in RUNGS
    }


def _find_alive(situation: Situation) -> None:
    """Open the proposals that were alive on the start date."""
    for live in situation.world.live_proposals:
        members = [situation.ccgs[index] for index in live.ccgs]
        proposal = situation.systems[live.system].open_proposal(
            members,
            _origin(situation, live),
            stage=live.stage,
            known_since=live.known_since.isoformat(),
            talked=_talked(situation, live),
        )
        crosses = len({ccg.system for ccg in members}) > 1
        if crosses and situation.scenario.levers.boundaries.cross_system == "never":
            proposal.lapse("crosses a system border, which this scenario does not allow")


def _talked(situation: Situation, live: LiveProposal) -> float:
    """Return for how many days a proposal still mooted has been talked about.

    In public since it was known, and in private before that for as long as talks stay private.
    """
    if live.stage != "mooted":
        return 0.0
    public = (situation.scenario.start - live.known_since).days
    return max(0.0, public + situation.parameters.unseen_months * DAYS_PER_MONTH)


def _origin(situation: Situation, live: LiveProposal) -> str:
    """Return who started a live proposal: as the record hints, else drawn at the centre's share."""
    if live.origin_hint != "unknown":
        return live.origin_hint
    ordinal = situation.systems[live.system].proposals
    u = situation.luck.uniform(purposes.LIVE_ORIGIN, live.system, ordinal)
    return "centre" if happens(u, situation.parameters.start_centre_share) else "local"
