"""Proposals and ballots of a round in one shape, simulated or recorded, for counting patterns.

The record sees less than a log: a proposal is in it from the day it was public. In a replication
that is the day it was drafted (it had gone to governing bodies), or for the proposals of the start
date's register, the day since when it was known; earlier talks are private.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.evidence.record.facts import Facts

if TYPE_CHECKING:
    import pandas as pd

    from sim.world.model import World

LONDON: Final = "London"
NEVER: Final = date(9999, 1, 1)


@dataclass(frozen=True)
class Footprints:
    """What the world at the start says of a footprint, looked up by its text."""

    facts: Facts
    live: frozenset[str]

    @cached_property
    def _members(self) -> tuple[frozenset[str], ...]:
        own: list[set[str]] = [set() for _ in self.facts.systems]
        for code, system in zip(self.facts.ccgs, self.facts.system_of, strict=True):
            own[system].add(code)
        return tuple(frozenset(one) for one in own)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.facts.ccgs)}

    def whole(self, footprint: str) -> bool:
        """Return whether it holds all CCGs of a system."""
        codes = frozenset(footprint.split("+"))
        home = {int(self.facts.system_of[self._index[code]]) for code in codes}
        return any(self._members[system] <= codes for system in home)

    def crosses(self, footprint: str) -> bool:
        """Return whether its CCGs lie in more than one system."""
        return len({int(self.facts.system_of[self._index[c]]) for c in footprint.split("+")}) > 1

    def one_officer(self, footprint: str) -> bool:
        """Return whether all its CCGs were under one accountable officer at the start."""
        groups = {self.facts.officer_of[self._index[code]] for code in footprint.split("+")}
        return len(groups) == 1 and "" not in groups


@dataclass(frozen=True)
class RoundTables:
    """Proposals and ballots of a round, by replication (the record is one replication).

    ``proposals``: replication, proposal, system (home, code), footprint, size, public_on, live (in
    the register of the start date), whole, crosses, one_officer, exit, exit_on, decided_on; dates
    are ordinals, 0 for none. ``ballots``: replication, proposal, ccg, carried, yes_share (of votes
    for and against; NaN where unknown), the last one held by each CCG on each proposal.
    ``replications``: how many there are, numbered from 0.
    """

    proposals: pd.DataFrame
    ballots: pd.DataFrame
    replications: int
    facts: Facts


def live_register(world: World) -> frozenset[str]:
    """Return the footprints that were publicly proposed on the start date."""
    return frozenset(
        "+".join(sorted(world.ccgs[i].code for i in live.ccgs)) for live in world.live_proposals
    )


def simulated_round(
    proposals: pd.DataFrame, ballots: pd.DataFrame, scenario: str, facts: Facts, world: World
) -> RoundTables:
    """Return a scenario's replications as the press would have seen them by the facts' day.

    Args:
        proposals: the table ``proposals`` of a batch.
        ballots: its table ``ballots``.
        scenario: which scenario of the batch.
        facts: the round.
        world: the world of the facts.
    """
    import pandas as pd

    mine = proposals[proposals["scenario"] == scenario]
    numbers = np.sort(mine["replication"].unique())
    row_of = {int(number): row for row, number in enumerate(numbers)}
    look = Footprints(facts, live_register(world))
    start, on = facts.start.toordinal(), facts.on.toordinal()
    mooted, drafted = _ordinals(mine["mooted"]), _ordinals(mine["drafted"])
    live = mine["footprint"].isin(look.live).to_numpy() & (mooted < start)
    live &= mine["parent"].isna().to_numpy()
    exit_on = _ordinals(mine["exit_on"])
    ended = (exit_on > 0) & (exit_on <= on)
    frame = pd.DataFrame(
        {
            "replication": mine["replication"].map(row_of).to_numpy(),
            "proposal": mine["proposal"].to_numpy(),
            "system": mine["system"].to_numpy(),
            "footprint": mine["footprint"].to_numpy(),
            "public_on": np.where(live, mooted, drafted),
            "live": live,
            "exit": np.where(ended, mine["exit"].to_numpy(dtype=object), "open"),
            "exit_on": np.where(ended, exit_on, 0),
            "decided_on": _ordinals(mine["decided"]),
        }
    )
    votes = ballots[(ballots["scenario"] == scenario) & (ballots["date"] <= facts.on)]
    votes = votes.sort_values("attempt", kind="stable").drop_duplicates(
        ["replication", "proposal", "ccg"], keep="last"
    )
    cast = (votes["votes_for"] + votes["votes_against"]).to_numpy(dtype=float)
    held = pd.DataFrame(
        {
            "replication": votes["replication"].map(row_of).to_numpy(),
            "proposal": votes["proposal"].to_numpy(),
            "ccg": votes["ccg"].to_numpy(),
            "carried": votes["carried"].to_numpy(dtype=bool),
            "yes_share": votes["votes_for"].to_numpy(dtype=float) / np.where(cast, cast, np.nan),
        }
    )
    return RoundTables(described(frame, look), held, len(numbers), facts)


def described(frame: pd.DataFrame, look: Footprints) -> pd.DataFrame:
    """Return proposals with what is known of their footprints, each looked up once."""
    for name, of in (
        ("size", lambda text: text.count("+") + 1),
        ("whole", look.whole),
        ("crosses", look.crosses),
        ("one_officer", look.one_officer),
    ):
        known = {text: of(text) for text in frame["footprint"].unique()}
        frame[name] = frame["footprint"].map(known)
    return frame


def _ordinals(days: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return dates as ordinals, 0 for none; each date is turned once."""
    known = {day: day.toordinal() for day in days.dropna().unique()}
    return days.map(known).fillna(0).to_numpy(dtype=np.int64)
