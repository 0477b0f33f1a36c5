"""How the cases read a replication's log: each function turns logs into samples by name."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from sim.agents import Event, Log
from sim.records.folds import final_count
from sim.world.model import World

MONTH: Final = 365.25 / 12

Observed = Mapping[str, Sequence[float]]
Observe = Callable[[World, Sequence[Log]], Observed]


def _of(logs: Sequence[Log], kind: str) -> list[Event]:
    return [event for event in logs[0].events if event.kind == kind]


def _by_proposal(events: Sequence[Event]) -> dict[str, list[Event]]:
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        found[event.proposal].append(event)
    return dict(found)


def ballots(_world: World, logs: Sequence[Log]) -> Observed:
    """Look at each ballot: carried, tied, votes, and the advice before it."""
    data = [event.data for event in _of(logs, "ballot")]
    found: dict[str, list[float]] = {
        "carried": [float(d["carried"]) for d in data],
        "tied": [float(d["votes_for"] == d["votes_against"]) for d in data],
        "yes": [float(d["votes_for"]) for d in data],
        "cast": [float(d["votes_for"] + d["votes_against"]) for d in data],
    }
    for advice in sorted({d["lmc_advice"] for d in data} - {"none"}):
        heard = [d for d in data if d["lmc_advice"] == advice]
        found[f"carried_{advice}"] = [float(d["carried"]) for d in heard]
        found[f"yes_{advice}"] = [float(d["votes_for"]) for d in heard]
        found[f"is_{advice}"] = [float(d["lmc_advice"] == advice) for d in data]
    return found


def joint(_world: World, logs: Sequence[Log]) -> Observed:
    """Look at each proposal: whether it stands, and how many of its CCGs carried."""
    stands = {e.proposal: float(e.data["carried"]) for e in _of(logs, "balloted")}
    votes = _by_proposal(_of(logs, "ballot"))
    carried = [sum(e.data["carried"] for e in votes[p]) for p in stands]
    sizes = [len(votes[p]) for p in stands]
    return {
        "all": list(stands.values()),
        "refusals": [float(n - c) for n, c in zip(sizes, carried, strict=True)],
        "share": [c / n for n, c in zip(sizes, carried, strict=True)],
    }


def in_the_end(_world: World, logs: Sequence[Log]) -> Observed:
    """Look at each CCG: whether any of its tries was carried."""
    carried: dict[str, bool] = {}
    for event in _of(logs, "ballot"):
        carried[event.subject] = carried.get(event.subject, False) or event.data["carried"]
    return {"carried": [float(c) for c in carried.values()]}


def months_to_effect(world: World, logs: Sequence[Log]) -> Observed:
    """Look at when each merger takes effect."""
    times = [event.time / MONTH for event in _of(logs, "effective")]
    missing = len(world.systems) - len(times)  # none, but once in a million
    return {"months": [*times, *[math.inf] * missing]}


def starts(world: World, logs: Sequence[Log]) -> Observed:
    """Look at each system: whether and when a proposal starts, and by whom."""
    events = _of(logs, "mooted")
    waits = [e.time / MONTH * 3.0 / 16.0 for e in events]  # in the oracle's months, see o10
    quiet = len(world.systems) - len(events)
    return {
        "centre": [float(e.data["origin"] == "centre") for e in events],
        "started": [*[1.0] * len(events), *[0.0] * quiet],
        "months": [*waits, *[27.0] * quiet],
    }


def count(world: World, logs: Sequence[Log]) -> Observed:
    """Look at the number of CCGs left."""
    return {"ccgs": [float(final_count(logs[0].events, world))]}


def pairs(world: World, logs: Sequence[Log]) -> Observed:
    """Look at the pairs still unmerged, in a world of pairs."""
    return {"ccgs": [float(final_count(logs[0].events, world) - len(world.systems))]}


def queue(_world: World, logs: Sequence[Log]) -> Observed:
    """Look at when the panel is done with each application, from the close of the window."""
    close = next(e.time for e in _of(logs, "window_closes"))
    done = sorted((e.time - close) / MONTH for e in _of(logs, "assessed"))
    return {"months": done}


def ballot_dates(_world: World, logs: Sequence[Log]) -> Observed:
    """Look at each proposal's first and last ballot, from their call."""
    called = {e.proposal: e.time for e in _of(logs, "ballot_called")}
    dates = {
        proposal: [(e.time - called[proposal]) / MONTH for e in events]
        for proposal, events in _by_proposal(_of(logs, "ballot")).items()
    }
    return {
        "first": [min(times) for times in dates.values()],
        "last": [(e.time - called[e.proposal]) / MONTH for e in _of(logs, "balloted")],
    }


def years(world: World, logs: Sequence[Log]) -> Observed:
    """Look at the 1 April on which each merger takes effect."""
    days = [event.time for event in _of(logs, "effective")]
    return {
        "year": [float(round(day / 365.25)) for day in days],
        "later": [float(round(day / 365.25) > 2) for day in days],
    }


def heard(world: World, logs: Sequence[Log]) -> Observed:
    """Look at each chain of relays: who believes one CCG to be expected, without "typically"."""
    believed = {e.subject: e.data["wording"] for e in _of(logs, "belief")}
    tiers = {
        "region": [region.name for region in world.regions],
        "system": [system.code for system in world.systems],
        "ccg": [ccg.code for ccg in world.ccgs],
    }
    return {
        tier: [float(believed.get(name) == "expected") for name in names]
        for tier, names in tiers.items()
    }


def pair_of_votes(_world: World, logs: Sequence[Log]) -> Observed:
    """Look at the same ballots in two scenarios."""
    high, low = ([float(e.data["votes_for"]) for e in _of([log], "ballot")] for log in logs)
    return {"high": high, "low": low}


PRACTICES: Final = 40  # a ballot, in o23


def differences(samples: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Pair the two scenarios with the same random numbers, and with another replication's.

    Votes are scaled so that the variance is that of the difference between two single votes.
    """
    high, low = samples["high"], samples["low"]
    scale = math.sqrt(PRACTICES)
    return {
        "difference": (high - low) / PRACTICES,
        "same": (high - low) / scale,
        "other": (high - np.roll(low, len(low) // 2)) / scale,
    }


def pair_of_decisions(_world: World, logs: Sequence[Log]) -> Observed:
    """Look at the same applications in two scenarios."""
    high, low = (
        {e.proposal: e.data["decision"] == "approved" for e in _of([log], "decided")}
        for log in logs
    )
    return {
        "gained": [float(high[p]) - float(low[p]) for p in high],
        "only_low": [float(low[p] and not high[p]) for p in high],
    }


def posterior(world: World, logs: Sequence[Log]) -> Observed:
    """Look at each replication: its support, and how many of its ballots gave 24 yes."""
    yes = [e.data["votes_for"] for e in _of(logs, "ballot")]
    chance = 1.0 / (1.0 + math.exp(-logs[0].parameters["support_mean"]))
    hits = sum(votes == 24 for votes in yes)
    return {
        "chance": [chance],
        "above": [float(chance > 0.2583432975)],
        "hits": [float(hits)],
        "accepted": [hits / len(yes)],
        "at_most": [sum(votes <= 65 for votes in yes) / len(yes)],
    }
