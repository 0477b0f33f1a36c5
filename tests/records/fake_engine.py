"""A stand-in for the engine: writes plausible logs quickly, for tests of what keeps them.

Luck is addressed by (seed, replication, group, body), as in the real one, so that exchanging a
group's luck or changing a scenario leaves every other draw alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sim.agents.log import Event, EventLog
from sim.records.lineage import join_members
from sim.world.model import World


@dataclass(frozen=True)
class FakeScenario:
    """A scenario of the stand-in: how often systems propose and how often ballots carry."""

    name: str = "fake"
    start: date = date(2019, 6, 1)
    end: date = date(2022, 7, 1)
    world: str = "england_2019"
    rate: float = 0.5
    carry: float = 0.8
    fail_at: int = -1
    interrupt_at: int = -1
    pause: float = 0.0

    @property
    def resolved(self) -> dict[str, Any]:
        return json.loads(json.dumps(asdict(self), default=str))

    @property
    def resolved_toml(self) -> str:
        return f'name = "{self.name}"\n'

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.resolved, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class FakeLog:
    events: tuple[Event, ...]
    parameters: dict[str, float]


class _Streams:
    def __init__(self, seed: int, replication: int, swaps: Mapping[str, int]) -> None:
        self._seed, self._replication, self._swaps = seed, replication, swaps

    def __call__(self, group: str, *address: object) -> float:
        number = self._swaps.get(group, self._replication)
        text = repr((self._seed, number, group, address))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big") / 2**48


def replicate(
    world: World,
    scenario: FakeScenario,
    seed: int,
    replication: int,
    swaps: Mapping[str, int] | None = None,
) -> FakeLog:
    """Run one replication of the stand-in."""
    if replication == scenario.fail_at:
        raise ZeroDivisionError("made to fail")
    if replication == scenario.interrupt_at:
        os.kill(os.getpid(), signal.SIGINT)
    time.sleep(scenario.pause)
    streams = _Streams(seed, replication, swaps or {})
    tone = 0.6 + 0.8 * streams("parameters", "tone")
    found: list[Event] = []
    bodies = {s.code: [world.ccgs[i].code for i in s.ccgs] for s in world.systems}
    for system in world.systems:
        _one_system(found, world, scenario, streams, tone, system.code, bodies[system.code])
    found.sort(key=lambda event: event.time)
    last = float((scenario.end - scenario.start).days)
    log = EventLog()
    log.write(0.0, "start", "England", data={"ccgs": len(world.ccgs)})
    for event in found:
        if event.time <= last:
            log.write(*event)
    gone = sum(len(e.data["parts"]) - 1 for e in log.events() if e.kind == "merged")
    log.write(last, "end", "England", data={"ccgs": len(world.ccgs) - gone})
    return FakeLog(log.events(), {"tone": tone, "carry": scenario.carry})


def _one_system(
    found: list[Event],
    world: World,
    scenario: FakeScenario,
    streams: _Streams,
    tone: float,
    system: str,
    living: list[str],
) -> None:
    """Write one attempt a year for a system: its first two bodies, then all that are left."""
    ordinal = 0
    parent = ""
    for year in (2020, 2021, 2022):
        april = float((date(year, 4, 1) - scenario.start).days)
        if april < 0 or len(living) < 2:
            continue
        if streams("place", system, year) >= scenario.rate * tone and not parent:
            continue
        ordinal += 1
        proposal = f"{system}-{ordinal}"
        parts = tuple(living if streams("proposal", system, year) < 0.5 else living[:2])
        step = april / 10 if year == 2020 else 30.0
        begin = april - 9 * step

        def put(when: float, kind: str, subject: str = system, **data: Any) -> None:
            found.append(Event(when, kind, subject, proposal, data, ()))  # noqa: B023

        alive_at_start = year == 2020 and streams("other", system, "alive") < 0.2
        put(
            0.0 if alive_at_start else begin,
            "mooted",
            footprint=parts,
            origin="local" if streams("other", system, year, "origin") < 0.6 else "centre",
            parent=parent,
            known_since="2019-02-01" if alive_at_start else "",
        )
        parent = ""
        put(begin + step, "drafted")
        if streams("ccg", system, year) < 0.1:
            put(begin + 1.5 * step, "withdrawn", reason="leaders expect to lose")
            continue
        put(begin + 2 * step, "engaged", perceived_origin="centre", support=0.4)
        carried = True
        for number, part in enumerate(parts):
            yes = streams("practice", system, year, part) < scenario.carry
            votes = (7, 2, 1) if yes else (2, 7, 1)
            put(
                begin + (3 + 0.5 * number / len(parts)) * step,
                "ballot",
                part,
                attempt=1,
                practices=10,
                votes_for=votes[0],
                votes_against=votes[1],
                abstained=votes[2],
                weight_for=float(votes[0]),
                weight_against=float(votes[1]),
                quorate=True,
                carried=yes,
                lmc_advice="neutral",
            )
            carried = carried and yes
        put(begin + 3.6 * step, "balloted", carried=carried, attempt=1)
        if not carried:
            put(begin + 3.8 * step, "lost", reason="a ballot was lost")
            parent = proposal if len(parts) > 2 else ""
            continue
        put(begin + 4 * step, "applied", window="")
        put(begin + 5 * step, "assessed", "a region", waited=step)
        refused = streams("other", system, year, "decision") < 0.05
        put(
            begin + 6 * step,
            "decided",
            "NHS England",
            decision="refused" if refused else "approved",
        )
        if refused:
            put(begin + 6 * step, "refused", reason="criteria")
            continue
        body = join_members(parts)
        put(april, "merged", body, parts=parts, system=system)
        put(april, "effective", body=body)
        living[:] = [body, *(other for other in living if other not in parts)]


def day(scenario: FakeScenario, time_: float) -> date:
    """Return the date of a time of the stand-in."""
    return scenario.start + timedelta(days=int(time_))
