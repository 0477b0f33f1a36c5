"""The simulated round of 1 April 2020 beside the recorded one, system by system.

Prints what 40 replications of ``as_happened`` give (run with ``-s`` to see it). Parameters come
from the shipped posterior, which has been fitted to this round, so this is no test of foresight;
two things are asserted: the median count lies in 110 to 160, and the recorded 135 lies within the
simulated range. Seed 1.
"""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from sim.agents.engine import replicate_log
from sim.evidence.record import ObservedSystem, observed_systems
from sim.records.folds import final_count
from sim.scenario.load import parse_scenario
from sim.world.load import load_world

REPLICATIONS = 40
SEED = 1


@dataclass
class Simulated:
    """Sums over the replications by system: what started, was voted on, and merged."""

    proposals: Counter[str] = field(default_factory=Counter)
    ballots: Counter[str] = field(default_factory=Counter)
    carried: Counter[str] = field(default_factory=Counter)
    mergers: Counter[str] = field(default_factory=Counter)
    finals: list[int] = field(default_factory=list)


def simulate() -> Simulated:
    world = load_world()
    scenario = parse_scenario({"extends": "as_happened", "end": date(2020, 4, 1)})
    found = Simulated()
    for replication in range(REPLICATIONS):
        events = replicate_log(world, scenario, SEED, replication).events
        for event in events:
            home = event.proposal.rpartition("-")[0]
            if event.kind == "mooted":
                found.proposals[home] += 1
            elif event.kind == "ballot" and event.data["attempt"] == 1:
                found.ballots[home] += 1
                found.carried[home] += event.data["carried"]
            elif event.kind == "merged":
                found.mergers[home] += 1
        found.finals.append(final_count(events, world))
    return found


def lines(found: Simulated, recorded: tuple[ObservedSystem, ...]) -> list[str]:
    """Return the printed comparison: simulated means and recorded counts of each system."""
    n = REPLICATIONS
    text = [
        "",
        f"as_happened to 1 April 2020, {n} replications, seed {SEED}: mean simulated (recorded)",
        f"{'system':<44}{'proposals':>14}{'ballots':>14}{'carried':>14}{'mergers':>14}",
    ]

    def cell(simulated: float, observed: int) -> str:
        return f"{simulated:8.1f} ({observed:>2})".rjust(14)

    for one in recorded:
        code = one.code
        text.append(
            f"{one.name[:43]:<44}"
            + cell(found.proposals[code] / n, one.proposals)
            + cell(found.ballots[code] / n, one.ballots_held)
            + cell(found.carried[code] / n, one.ballots_carried)
            + cell(found.mergers[code] / n, one.mergers)
        )
    text.append(
        f"{'England':<44}"
        + cell(found.proposals.total() / n, sum(one.proposals for one in recorded))
        + cell(found.ballots.total() / n, sum(one.ballots_held for one in recorded))
        + cell(found.carried.total() / n, sum(one.ballots_carried for one in recorded))
        + cell(found.mergers.total() / n, sum(one.mergers for one in recorded))
    )
    text.append(
        f"CCGs on 1 April 2020: simulated {min(found.finals)} to {max(found.finals)}, median "
        f"{statistics.median(found.finals):g}; recorded {sum(o.ccgs_after for o in recorded)}. "
        "Simulated proposals count talks that the press would not have seen; recorded ballots "
        "are those with a known result by CCG."
    )
    return text


def test_as_happened_beside_the_recorded_round() -> None:
    recorded = observed_systems()
    found = simulate()
    for line in lines(found, recorded):
        print(line)
    assert 110 <= statistics.median(found.finals) <= 160
    assert min(found.finals) <= sum(one.ccgs_after for one in recorded) <= max(found.finals)
    known = {one.code for one in recorded}
    assert set(found.proposals) <= known
    assert sum(found.mergers.values()) > 0
