"""One replication: set up the start, let the agents act, return the log.

Live proposals are opened; talks begun in the ``unseen_months`` before the start are found; the
scenario's levers take over; the rule is announced; mechanisms are set up; hazards, ladders
(``joint.ladder``) and leaders' tenures (``joint.leader_turnover``) begin.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, NamedTuple, get_args

import simpy

from sim.agents import ccg as ccgs
from sim.agents.calendar import Calendar
from sim.agents.clock import Clock
from sim.agents.effects import active_effects
from sim.agents.endless import run_until
from sim.agents.ladder import Ladder
from sim.agents.log import Event, EventLog
from sim.agents.mechanisms import registry as mechanisms
from sim.agents.national import NationalBody
from sim.agents.profiles import future, past, seasons_of
from sim.agents.region import Region
from sim.agents.replication import Climbing, Replication
from sim.agents.system import System
from sim.agents.turnover import lead
from sim.rules.chosen import chosen_rules
from sim.rules.engagement import follow_weight
from sim.rules.ladder import step_rates, total_rate
from sim.rules.logistic import happens
from sim.rules.money import variable_cost_per_head
from sim.rules.starting import centre_intensity
from sim.scenario.distributions import Distribution, fixed
from sim.scenario.levers import Levers
from sim.scenario.mechanisms.boundaries import Boundaries, Crossing
from sim.scenario.model import Scenario
from sim.scenario.parameters import (
    PARAMETER_COLUMNS,
    PARAMETER_NAMES,
    POSTERIOR_ROW,
    Parameters,
    draw_parameters,
)
from sim.streams import Streams, purposes
from sim.streams.purposes import PARAMETERS, BodyKind
from sim.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from sim.world.footprints import Body, Neighbours, starting_bodies, starting_neighbours
from sim.world.model import RUNGS, LiveProposal, World

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

    ``swaps`` maps a group of random streams to another replication whose streams replace
    them. Raises InputError where the scenario names a region or system that the world does not
    have.
    """
    streams = Streams(seed, replication, stream_sizes(world), swaps)
    parameters = draw_parameters(
        priors_in_force(scenario), streams, fitted_values(scenario, streams)
    )
    state = _new_replication(world, scenario, parameters, streams)
    collecting = gc.isenabled()
    gc.disable()  # a replication's objects die together; collecting meanwhile costs a fifth
    try:
        _set_stage(state)
        _run(state)
        state.calendar.end()
        events = state.log.events()
        state.dismantle()
    except Exception as error:
        # what had happened until then tells more than where in the code it stopped
        setattr(error, UNFINISHED, state.log.events())
        raise
    finally:
        if collecting:
            gc.enable()
    return Log(events, dict(zip(PARAMETER_NAMES, _parameter_values(parameters), strict=True)))


def unfinished(error: BaseException) -> tuple[Event, ...]:
    """Return the events of a replication up to the error that ended it; none if none are known."""
    found: tuple[Event, ...] = getattr(error, UNFINISHED, ())
    return found


def priors_in_force(scenario: Scenario) -> Mapping[str, Distribution]:
    """Return the scenario's distributions, or their medians where it holds parameters fixed."""
    if scenario.form.parameters == "median":
        return {name: fixed(prior.quantile(0.5)) for name, prior in scenario.priors.items()}
    return scenario.priors


def fitted_values(scenario: Scenario, streams: Streams) -> dict[str, float]:
    """Return this replication's joint draw from the scenario's posterior, or its medians."""
    posterior = scenario.posterior
    if posterior is None:
        return {}
    if scenario.form.parameters == "median":
        values = posterior.medians()
    else:
        values = posterior.row(streams.uniform(PARAMETERS, POSTERIOR_ROW))
    return {name: values[name] for name in posterior.names if name in scenario.fitted}


def stream_sizes(world: World) -> dict[BodyKind, int]:
    """Return the number of bodies of each kind that random streams belong to."""
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


def _new_replication(
    world: World, scenario: Scenario, parameters: Parameters, streams: Streams
) -> Replication:
    clock = Clock(scenario.start, scenario.end)
    shared = _starting_map(world)
    replication = Replication(
        world=world,
        scenario=scenario,
        levers=scenario.levers,
        parameters=parameters,
        streams=streams,
        log=EventLog(),
        env=simpy.Environment(),
        clock=clock,
        bodies=dict(shared.bodies),
        neighbours=dict(shared.neighbours),
        pauses=_pauses(scenario, clock),
        lmc_systems=shared.lmc_systems,
        lmc_shares=shared.lmc_shares,
    )
    replication.calendar = Calendar(replication)
    replication.ends = clock.horizon
    replication.rules = chosen_rules(scenario.levers)
    return replication


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


def _set_stage(replication: Replication) -> None:
    """Put everything where it stands on the first day.

    What began before the start happened under the policy of then, whatever the scenario: so the
    start is set up under the levers of 2019, and the scenario's take over before the first event.
    Whether footprints may cross a system border is the scenario's from the outset, for live
    proposals and unseen talks alike.
    """
    world, env, scenario = replication.world, replication.env, replication.scenario
    replication.write("start", "England", ccgs=len(world.ccgs))
    for ccg in world.ccgs:
        replication.ccgs[ccg.index] = ccgs.starting_ccg(replication, ccg)
    _form_habits(replication)
    _put_in_force(replication, BEFORE[scenario.levers.boundaries.cross_system])
    _set_budgets(replication)
    year = seasons_of(replication)
    local, centre = (future(replication, origin, year) for origin in ("local", "centre"))
    replication.regions = [Region(replication, region.index) for region in world.regions]
    replication.systems = [System(replication, s.index, local, centre) for s in world.systems]
    replication.names = [system.name for system in world.systems]
    _find_alive(replication)
    for place, system in zip(world.systems, replication.systems, strict=True):
        if place.last_loss is not None:
            system.cool(ago=-replication.clock.moment(place.last_loss))
    months = replication.parameters.unseen_months
    before = past(replication, months)
    for system in replication.systems:
        system.find_unseen(before, months)
    _put_in_force(replication, scenario.levers)
    if (scenario.levers.money, scenario.levers.joint) != BUDGETS_OF_2019:
        _set_budgets(replication)
    replication.national = NationalBody(replication)
    replication.national.enter_calendar()
    replication.national.announce("rule in force at the start")
    mechanisms.activate(replication)
    replication.staged = True
    for system in replication.systems:
        system.reconsider()
    if replication.levers.joint.ladder:
        for living in replication.ccgs.values():
            replication.ladders[living.id] = Ladder(replication, living)
    if replication.levers.joint.leader_turnover:
        for system in replication.systems:
            if len(world.systems[system.index].ccgs) > 1:
                env.process(lead(system))
    env.process(replication.calendar.run())


def _run(replication: Replication) -> None:
    """Let the agents act up to the end of the run."""
    if replication.ends > replication.now:
        run_until(replication, replication.ends)
    for notify in replication.listeners.cut_short:
        notify()


def _put_in_force(replication: Replication, levers: Levers) -> None:
    """Let levers hold from now on: choose rules and effects by them, forget what they replace."""
    replication.levers = levers
    replication.rules = chosen_rules(levers)
    replication.effects = active_effects(levers)
    replication.centre_intensity = centre_intensity(
        replication.parameters,
        encouragement=levers.force.encouragement,
        incentive=levers.force.incentive,
        cajoling=levers.force.cajoling,
    )
    for living in replication.ccgs.values():
        living.log_consent = None


def _set_budgets(replication: Replication) -> None:
    """Work out every CCG's running-cost gap under the levers in force."""
    replication.variable_per_head = variable_cost_per_head(
        replication.levers.money.allowance_per_head,
        sum(ccg.patients for ccg in replication.world.ccgs),
        len(replication.world.ccgs),
        replication.parameters.fixed_cost * 1e6,
    )
    for living in replication.ccgs.values():
        ccgs.set_shortfall(replication, living)


def _form_habits(replication: Replication) -> None:
    """Work out what depends on a replication's parameters alone."""
    p = replication.parameters
    replication.follow_weight = follow_weight(p)
    replication.climbing = {
        rung: Climbing(step_rates(p, rung), total_rate(p, rung) * 12.0 / DAYS_PER_YEAR)
        for rung in RUNGS
    }


def _find_alive(replication: Replication) -> None:
    """Open the proposals that were alive on the start date."""
    for live in replication.world.live_proposals:
        members = [replication.ccgs[index] for index in live.ccgs]
        proposal = replication.systems[live.system].open_proposal(
            members,
            _origin(replication, live),
            stage=live.stage,
            known_since=live.known_since.isoformat(),
            talked=_talked(replication, live),
        )
        crosses = len({ccg.system for ccg in members}) > 1
        if crosses and not replication.rules.crossing.possible:
            proposal.lapse("crosses a system border, which this scenario does not allow")


def _talked(replication: Replication, live: LiveProposal) -> float:
    """Return for how many days a proposal still mooted has been talked about.

    In public since it was known, and in private before that for as long as talks stay private.
    """
    if live.stage != "mooted":
        return 0.0
    public = (replication.scenario.start - live.known_since).days
    return max(0.0, public + replication.parameters.unseen_months * DAYS_PER_MONTH)


def _origin(replication: Replication, live: LiveProposal) -> str:
    """Return who started a live proposal: as the record hints, else drawn at the centre's share."""
    if live.origin_hint != "unknown":
        return live.origin_hint
    ordinal = replication.systems[live.system].proposals
    u = replication.streams.uniform(purposes.LIVE_ORIGIN, live.system, ordinal)
    return "centre" if happens(u, replication.parameters.start_centre_share) else "local"
