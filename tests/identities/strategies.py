"""Random small worlds and random valid scenarios for the property tests of identities.

A world has one to four systems of one to four CCGs in a chain, so every system hangs together;
any link of the chain may be a ferry, bridge or tunnel, which makes islands. A scenario is a table
in the shape of a scenario file. Both are built the way a user would: a world folder is written
and loaded, a scenario parsed, so only valid input can come out.
"""

from __future__ import annotations

import math
import os
import tempfile
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from sim.scenario.load import parse_scenario
from sim.scenario.model import Scenario
from sim.scenario.parameters import PARAMETER_TABLE, ParameterInfo
from sim.world.load import load_world
from sim.world.model import RUNGS, World
from sim.world.tables import LEAST
from tests.small_worlds import write_world

EXAMPLES = 60  # of each property that runs the engine
# Making a failing example smaller can take minutes, so it is done only where it is asked for.
SHRINK = (Phase.shrink,) if os.environ.get("SHRINK_EXAMPLES") else ()


def steady(examples: int = EXAMPLES) -> settings:
    """Return settings under which a test tries the same examples on every run, without limits."""
    return settings(
        deadline=None,
        derandomize=True,
        max_examples=examples,
        database=None,
        phases=(Phase.explicit, Phase.generate, *SHRINK),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


Table = dict[str, Any]
WORLD_DATE = date(2019, 6, 1)
LINKS = ("border", "border", "border", "ferry", "bridge", "tunnel")
WORDINGS = ("none", "typically", "expected", "required")
ADVICE = ("as_formed", "silent", "neutral", "support", "oppose")
REGIONS = ("Region 1", "Region 2")


# -- Worlds -----------------------------------------------------------------------------------


def bearable(value: Any) -> Any:
    """Return a value with its numbers as large as they must be: what any sum loses is refused."""
    if isinstance(value, dict):
        return {key: bearable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [bearable(part) for part in value]
    if isinstance(value, float) and 0.0 < abs(value) < LEAST:
        return math.copysign(LEAST, value)
    return value


@st.composite
def _ccg(draw: st.DrawFn, equal: bool, leaning: bool, bodies: tuple[bool, bool]) -> Table:
    number = draw(st.sampled_from((1, 1, 2, 3, 5, 8)))
    size = st.just(6000) if equal else st.integers(1, 40_000)
    sizes = draw(st.lists(size, min_size=number, max_size=number))
    votes = draw(st.lists(st.sampled_from((1, 1, 1, 0)), min_size=number, max_size=number))
    if not any(votes):
        votes[0] = 1
    ccg: Table = {
        "practices": sizes,
        "votes": votes,
        "rung": draw(st.sampled_from(RUNGS)),
        "officer_certainty": draw(st.sampled_from(("documented", "inferred", "unknown"))),
        "distress": draw(st.sampled_from(("none_known", "none_known", "special_measures"))),
    }
    if leaning:
        near = st.floats(-4, 4).map(bearable)
        ccg["leanings"] = draw(st.lists(near, min_size=number, max_size=number))
    councils, lmcs = bodies
    if councils:
        ccg["councils"] = draw(
            st.sampled_from(({"K1": 1.0}, {"K2": 1.0}, {"K1": 0.6, "K2": 0.4}, {"K3": 1.0}))
        )
    if lmcs:
        ccg["lmcs"] = draw(st.sampled_from(({"LMC 1": 1.0}, {"LMC 1": 0.5, "LMC 2": 0.5})))
    if draw(st.booleans()):
        ccg["rule"] = {
            "threshold": draw(st.sampled_from((0.0, 0.4, 0.5, 2 / 3, 0.75))),
            "quorum": draw(st.sampled_from((0.0, 0.5, 0.75, 1.0))),
            "weighting": draw(st.sampled_from(("equal", "list_size"))),
            "binding": draw(st.sampled_from((0, 1))),
        }
    return ccg


@st.composite
def world_plans(draw: st.DrawFn) -> Table:
    """Draw the arguments of ``write_world``."""
    equal = draw(st.booleans())
    leaning = draw(st.booleans())
    bodies = draw(st.tuples(st.booleans(), st.booleans()))
    systems: list[Table] = []
    for number in range(1, draw(st.sampled_from((2, 2, 1, 3, 4))) + 1):
        parts = draw(st.sampled_from((1, 2, 2, 3, 4)))
        systems.append(
            {
                "code": f"S{number}",
                "region": draw(st.sampled_from(REGIONS)),
                "leader_type": draw(st.sampled_from(("unknown", "ccg", "independent"))),
                "leader_dedicated": draw(st.booleans()),
                "ccgs": [
                    {"code": f"S{number}C{n}"} | draw(_ccg(equal, leaning, bodies))
                    for n in range(1, parts + 1)
                ],
            }
        )
    ccgs = [ccg for system in systems for ccg in system["ccgs"]]
    borders = []
    for one, two in pairwise(ccgs):
        same = one["code"][:2] == two["code"][:2]
        if same or draw(st.booleans()):
            borders.append((one["code"], two["code"], draw(st.sampled_from(LINKS))))
    _share_officers(draw, ccgs)
    live = _live(draw, [(a, b) for a, b, _ in borders])
    return {
        "systems": systems,
        "borders": borders,
        "live_proposals": live,
        "stances": {
            council: draw(st.sampled_from(("unknown", "support", "neutral", "oppose")))
            for council in ("K1", "K2", "K3")
        },
    }


def _share_officers(draw: st.DrawFn, ccgs: list[Table]) -> None:
    """Perhaps put one officer over some CCGs, of one system or of several."""
    if len(ccgs) < 2 or not draw(st.booleans()):
        return
    chosen = draw(st.sets(st.sampled_from(range(len(ccgs))), min_size=2, max_size=4))
    for index in chosen:
        ccgs[index] |= {
            "officer_group": "G",
            "officer_certainty": "documented",
            "rung": draw(st.sampled_from(("shared_officer", "joint_team"))),
        }


def _live(draw: st.DrawFn, links: list[tuple[str, str]]) -> list[Table]:
    """Perhaps let proposals be alive: runs of the chain, within a system or across."""
    taken: set[str] = set()
    live: list[Table] = []
    for one, two in links:
        if one in taken and live and live[-1]["ccgs"][-1] == one and draw(st.booleans()):
            live[-1]["ccgs"].append(two)
            taken.add(two)
        elif not {one, two} & taken and draw(st.booleans()):
            live.append(
                {
                    "ccgs": [one, two],
                    "stage": draw(st.sampled_from(("mooted", "drafted", "engaged"))),
                    "target": draw(st.sampled_from(("", "2020-04"))),
                    "origin_hint": draw(st.sampled_from(("unknown", "local", "centre"))),
                }
            )
            taken |= {one, two}
    return live


def make_world(plan: Table) -> World:
    """Write a world folder from a plan and load it."""
    with tempfile.TemporaryDirectory(prefix="ccg-world-") as folder:
        return load_world(write_world(Path(folder) / "w", **plan))


worlds = world_plans().map(make_world)


# -- Scenarios --------------------------------------------------------------------------------

_months = st.floats(0.0, 8.0)
_mean = st.floats(0.05, 8.0)


def _family(name: str, **numbers: st.SearchStrategy[float]) -> st.SearchStrategy[Table]:
    return st.fixed_dictionaries({"family": st.just(name), **numbers})


def _sorted(names: tuple[str, ...], family: str) -> st.SearchStrategy[Table]:
    return st.lists(_months, min_size=len(names), max_size=len(names)).map(
        lambda found: {"family": family} | dict(zip(names, sorted(found), strict=True))
    )


durations = st.one_of(
    st.just(0.0),
    _months,
    _family("exponential", mean=_mean),
    _family("gamma", mean=_mean, sd=st.floats(0.0, 4.0)),
    _family("lognormal", median=_mean, sigma=st.floats(0.0, 1.0)),
    _sorted(("low", "high"), "uniform"),
    _sorted(("low", "mode", "high"), "triangular"),
)
STAGES = ("explore", "draft", "engage", "ballot", "postpone", "reballot", "panel", "national",
          "conditions", "vacancy", "cooling")  # fmt: skip

# Rates large enough that something happens within months in a world of a few CCGs.
_RATES = {
    "start_rate": 1.0,
    "ladder_officer_rate": 0.5,
    "ladder_team_rate": 0.5,
    "ladder_committee_rate": 0.5,
    "leader_turnover": 0.5,
    "unseen_months": 12.0,
    "fixed_cost": 3.0,
}


def _value(row: ParameterInfo) -> st.SearchStrategy[float]:
    if row.name.startswith("start_") and row.low < 0.0:
        return st.floats(-1.0, 1.0)  # exponents of a rate: more would start thousands a month
    low = row.low if math.isfinite(row.low) else -3.0
    high = _RATES.get(row.name, row.high if math.isfinite(row.high) else 4.0)
    return st.floats(low, high)


def _prior(row: ParameterInfo) -> st.SearchStrategy[Any]:
    number = _value(row)
    if row.name.startswith("start_") or row.name in _RATES:
        return number
    positive = st.floats(0.05, 2.0)
    return st.one_of(
        number,
        number,
        _family("normal", mean=number, sd=st.floats(0.0, 1.0)),
        _family("lognormal", median=positive, sigma=st.floats(0.0, 1.0)),
        _family("logistic", mean=number, scale=st.floats(0.1, 1.0)),
        st.lists(number, min_size=2, max_size=2).map(
            lambda ends: {"family": "uniform", "low": min(ends), "high": max(ends)}
        ),
        _family("beta", a=st.floats(0.5, 9.0), b=st.floats(0.5, 9.0)),
        _family("gamma", mean=positive, sd=st.floats(0.0, 1.0)),
    )


_ROWS = {row.name: row for row in PARAMETER_TABLE}


@st.composite
def _parameters(draw: st.DrawFn) -> Table:
    names = draw(st.lists(st.sampled_from(sorted(_ROWS)), unique=True, max_size=12))
    values = {name: draw(_prior(_ROWS[name])) for name in names}
    if draw(st.sampled_from((True, True, False))):  # so that chains get to their ends
        values |= {"start_rate": draw(st.floats(0.05, 1.0)), "support_mean": 4.0}
    if "approval_defer" in values:  # 1 would put decisions off for ever
        values["approval_defer"] = draw(st.floats(0.0, 0.8))
    return values


@st.composite
def _event(draw: st.DrawFn, start: date, days: int) -> Table:
    kind = draw(
        st.sampled_from(("letter", "push", "statement", "guidance", "wording", "rates", "pause"))
    )
    day = start + timedelta(days=draw(st.integers(-100, days + 100)))
    event: Table = {"date": day, "kind": kind}
    if kind in ("letter", "push"):
        event["strength"] = draw(st.floats(0.0, 2.0))
        place = draw(st.sampled_from(("region", "system")))
        event[place] = "all" if place == "region" else "S1"
        if draw(st.booleans()):
            event["deadline"] = day + timedelta(days=draw(st.integers(1, 500)))
    if kind == "wording" or (kind == "letter" and draw(st.booleans())):
        event["wording"] = draw(st.sampled_from(WORDINGS))
    if kind == "rates":
        event |= {"local": draw(st.floats(0.0, 2.0)), "centre": draw(st.floats(0.0, 2.0))}
    if kind == "pause":
        event["months"] = draw(st.floats(0.0, 8.0))
    return event


def _optional(**levers: st.SearchStrategy[Any]) -> st.SearchStrategy[Table]:
    return st.fixed_dictionaries({}, optional=levers)


_index = st.floats(0.0, 3.0)
_policy_days = st.dates(WORLD_DATE, WORLD_DATE + timedelta(days=1500))
_months_days = st.sampled_from(("01-01", "04-01", "06-15", "09-30", "12-31"))


@st.composite
def _levers(draw: st.DrawFn) -> Table:
    relays = st.sampled_from(("as_drawn", "never_drop", "always_drop"))
    levers = {
        "information": _optional(
            wording=st.sampled_from(WORDINGS),
            region_relays=relays,
            local_relays=relays,
            ics_rule=st.sampled_from(("unlinked", "by_deadline", "conditional")),
            salience=_index,
        ),
        "money": _optional(
            running_cost_cut=st.floats(0.0, 0.9), allowance_per_head=st.floats(0.5, 60.0)
        ),
        "force": _optional(
            encouragement=_index,
            incentive=_index,
            cajoling=_index,
            hard_rule=st.booleans(),
            decision_rule=st.sampled_from(("unanimity", "majority", "leader")),
            mandate=_policy_days,
            mandate_reach=st.sampled_from(("all", "refusing")),
            legislation=_policy_days,
        ),
        "ballot": _optional(
            threshold=st.floats(0.0, 0.95),
            quorum=st.floats(0.0, 1.0),
            weighting=st.sampled_from(("equal", "list_size")),
            all_must_carry=st.booleans(),
            binding=st.booleans(),
            tries=st.integers(1, 4),
            lmc_advice=st.sampled_from(ADVICE),
            council_view=st.sampled_from(ADVICE),
            leaders_gate=st.booleans(),
        ),
        "approval": _optional(
            window=st.sampled_from(("yearly", "all_year")),
            panel_capacity=st.integers(1, 3),
            minimum_lead_months=st.floats(0.0, 14.0),
            effective_dates=st.sampled_from(("1_april", "any_day")),
            presumption_against=st.booleans(),
        ),
        "boundaries": _optional(cross_system=st.sampled_from(("never", "county"))),
        "joint": _optional(leader_turnover=st.booleans(), ladder=st.booleans()),
        "leaders": _optional(
            sponsor=st.sampled_from(("not_needed", "required")),
            reasons=st.booleans(),
            backing=_index,
            backing_after=st.floats(0.0, 30.0),
            outside_chair=st.sampled_from(("none", "independent", "everywhere")),
            place_leaders=_index,
            takeover_fear=_index,
            devolved=st.booleans(),
            firm_hand=_index,
            cooperation=st.booleans(),
            finance_directors=st.booleans(),
        ),
        "councils": _optional(leadership_offer=st.booleans(), compromise=st.booleans()),
    }
    found = {group: draw(strategy) for group, strategy in levers.items()}
    if draw(st.booleans()):
        opens, closes = sorted((draw(_months_days), draw(_months_days)))
        found["approval"] |= {"window_opens": opens, "window_closes": closes}
    return found


@st.composite
def scenario_tables(draw: st.DrawFn) -> Table:
    """Draw a scenario as tables in the shape of a scenario file."""
    start = WORLD_DATE + timedelta(days=draw(st.integers(0, 400)))
    days = draw(st.integers(0, 1100))
    if draw(st.booleans()):  # ends that coincide with a season's day
        ends = [date(start.year + 2, 4, 1), date(start.year + 2, 9, 30)]
        days = (draw(st.sampled_from(ends)) - start).days
    events = draw(st.lists(_event(start, days), max_size=3))
    return {
        "name": "random",
        "world": "small",
        "world_date": date(2019, 6, 1),  # that of small worlds, whenever the run starts
        "start": start,
        "end": start + timedelta(days=days),
        "model": {
            "support_form": draw(st.sampled_from(("one_mode", "two_mode"))),
            "parameters": draw(st.sampled_from(("drawn", "median"))),
        },
        "levers": draw(_levers()),
        "calendar": {f"event_{n}": event for n, event in enumerate(events)},
        "parameters": draw(_parameters()),
        "durations": draw(st.fixed_dictionaries({}, optional=dict.fromkeys(STAGES, durations))),
    }


def make_scenario(tables: Table) -> Scenario:
    """Parse a scenario's tables as the loader does a file."""
    return parse_scenario(bearable(tables))


scenarios = scenario_tables().map(make_scenario)
seeds = st.integers(0, 2**32)
