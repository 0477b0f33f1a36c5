"""The summaries of a round that the fit compares: fixed in advance, the same for run and record.

A round is seen at one date. Both a batch of replications and the recorded round are brought to
public proposals with their outcomes, so that a summary is defined once. Most summaries are counts
of proposals or systems, some weighted by a covariate of the home system: what a regression on
those covariates would need to know.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.evidence.record import PublicProposal
from sim.world.model import World

if TYPE_CHECKING:
    import pandas as pd

    Frame = pd.DataFrame


@dataclass(frozen=True, slots=True)
class Summary:
    """One summary: its name and what it counts."""

    name: str
    meaning: str


SUMMARIES: Final[tuple[Summary, ...]] = (
    Summary("merged_ccgs", "CCGs that merged by the date"),
    Summary("mergers", "mergers in effect by the date"),
    Summary("one_ccg", "systems with one CCG that had several"),
    Summary("live_mergers", "mergers of proposals that were public at the start"),
    Summary("live_open", "proposals public at the start that were neither merged nor ended"),
    Summary("part_mergers", "mergers that left their system with more than one CCG"),
    Summary("council_mergers", "mergers that make one CCG for one council"),
    Summary("crossing_mergers", "mergers across a system border"),
    Summary("officer_mergers", "mergers of CCGs that all shared one officer at the start"),
    Summary("match_mergers", "mergers, weighted by the system's share of CCGs matching a council"),
    Summary("lost", "proposals ended by a lost ballot"),
    Summary("withdrawn", "proposals public at the start that were withdrawn"),
    Summary("refused", "proposals ended by a refusal of the centre"),
    Summary("new", "proposals that became public after the start"),
    Summary("new_mergers", "mergers of those"),
    Summary("new_officer", "those, weighted by the system's share of CCGs sharing an officer"),
    Summary("new_match", "those, weighted by the system's share of CCGs matching a council"),
    Summary("new_distress", "those, weighted by the system's share of CCGs in distress"),
    Summary("new_size", "those, weighted by the log of the system's CCGs over four"),
    Summary("new_pushed", "those in regions that pushed for one CCG a system"),
    Summary("new_part", "those whose footprint is smaller than their system"),
    Summary("unballoted", "proposals public by July whose ballots were not over by the deadline"),
)
PUBLIC_BY: Final = (7, 31)  # month and day of the year before: two months before the deadline
DEADLINE: Final = (9, 30)  # for applications of the round (approval_criteria.md)
NAMES: Final[tuple[str, ...]] = tuple(summary.name for summary in SUMMARIES)


class Covariates:
    """What a summary needs to know of a world: its systems' covariates and its footprints."""

    def __init__(self, world: World, pushed: Sequence[str] = ()) -> None:
        self.world = world
        self.several: set[str] = set()
        self.officer: dict[str, float] = {}
        self.match: dict[str, float] = {}
        self.distress: dict[str, float] = {}
        self.size: dict[str, float] = {}
        self.pushed: dict[str, float] = {}
        self.members: dict[str, frozenset[str]] = {}
        names = {region.index: region.name for region in world.regions}
        for system in world.systems:
            ccgs = [world.ccgs[index] for index in system.ccgs]
            n = max(1, len(ccgs))
            if len(ccgs) > 1:
                self.several.add(system.code)
            self.members[system.code] = frozenset(ccg.code for ccg in ccgs)
            self.officer[system.code] = sum(ccg.officer_group != "" for ccg in ccgs) / n
            self.match[system.code] = sum(ccg.matched_council >= 0 for ccg in ccgs) / n
            self.distress[system.code] = sum(ccg.distress != "none_known" for ccg in ccgs) / n
            self.size[system.code] = math.log(n / 4.0)
            self.pushed[system.code] = float(names[system.region] in pushed)
        self._home = {ccg.code: world.systems[ccg.system].code for ccg in world.ccgs}
        self._group = {ccg.code: ccg.officer_group for ccg in world.ccgs}
        self._council = {ccg.code: _mostly_in(ccg.council_shares) for ccg in world.ccgs}
        self._of_council: dict[int, set[str]] = {}
        for code, council in self._council.items():
            self._of_council.setdefault(council, set()).add(code)
        live = {tuple(sorted(world.ccgs[i].code for i in p.ccgs)) for p in world.live_proposals}
        self.live: set[str] = {"+".join(codes) for codes in live}
        self._kept: dict[tuple[str, str], dict[str, float]] = {}

    def of(self, system: str, footprint: str) -> dict[str, float]:
        """Return the weights of one proposal by its home system and footprint (codes with +)."""
        key = (system, footprint)
        if key not in self._kept:
            codes = footprint.split("+")
            councils = {self._council[code] for code in codes}
            council = councils.pop() if len(councils) == 1 else -1
            groups = {self._group[code] for code in codes}
            self._kept[key] = {
                "ccgs": float(len(codes)),
                "whole": float(frozenset(codes) >= self.members.get(system, frozenset("?"))),
                "council": float(council >= 0 and self._of_council[council] == set(codes)),
                "crossing": float(len({self._home[code] for code in codes}) > 1),
                "one_officer": float(len(groups) == 1 and "" not in groups),
                "officer": self.officer.get(system, 0.0),
                "match": self.match.get(system, 0.0),
                "distress": self.distress.get(system, 0.0),
                "size": self.size.get(system, 0.0),
                "pushed": self.pushed.get(system, 0.0),
            }
        return self._kept[key]


def _mostly_in(shares: Sequence[tuple[int, float]]) -> int:
    best = max(shares, key=lambda pair: (pair[1], -pair[0]), default=(-1, 0.0))
    return best[0] if best[1] >= 0.5 else -1


def recorded_summaries(
    proposals: Sequence[PublicProposal], one_ccg: int, covariates: Covariates
) -> np.ndarray:
    """Return the summaries of a recorded round, in the order of ``NAMES``.

    Args:
        proposals: its public proposals.
        one_ccg: systems that had several CCGs and have one on the date.
        covariates: of the world at the start.
    """
    total = dict.fromkeys(NAMES, 0.0)
    for proposal in proposals:
        weights = covariates.of(proposal.system, "+".join(sorted(proposal.ccgs)))
        _add(total, weights, live=proposal.live, outcome=proposal.outcome)
        total["unballoted"] += proposal.unballoted
    total["one_ccg"] = float(one_ccg)
    return np.array([total[name] for name in NAMES])


def _add(total: dict[str, float], w: dict[str, float], *, live: bool, outcome: str) -> None:
    if outcome == "merged":
        total["merged_ccgs"] += w["ccgs"]
        total["mergers"] += 1
        total["live_mergers" if live else "new_mergers"] += 1
        total["part_mergers"] += 1.0 - w["whole"]
        total["council_mergers"] += w["council"]
        total["crossing_mergers"] += w["crossing"]
        total["officer_mergers"] += w["one_officer"]
        total["match_mergers"] += w["match"]
    elif outcome in ("lost", "refused") or (live and outcome == "withdrawn"):
        total[outcome] += 1  # the press would not report that a later one was given up quietly
    elif live and outcome == "open":
        total["live_open"] += 1
    if not live:
        total["new"] += 1
        total["new_part"] += 1.0 - w["whole"]
        for name in ("officer", "match", "distress", "size", "pushed"):
            total[f"new_{name}"] += w[name]


def simulated_summaries(
    proposals: Frame, systems: Frame, on: date, covariates: Covariates
) -> tuple[np.ndarray, np.ndarray]:
    """Return replication numbers and their summaries (one row each) from tables of a batch.

    Args:
        proposals: table ``proposals`` of one scenario.
        systems: table ``systems`` of one scenario.
        on: the date at which the round is seen.
        covariates: of the world at the start.

    A simulated proposal is public once drafted; those alive at the start are public throughout.
    One that a narrower footprint follows counts as ended.
    """
    numbers = np.unique(systems["replication"].to_numpy())
    place = {int(number): row for row, number in enumerate(numbers)}
    totals = [dict.fromkeys(NAMES, 0.0) for _ in numbers]
    columns = (
        "replication",
        "system",
        "footprint",
        "parent",
        "mooted",
        "drafted",
        "balloted",
        "exit",
        "exit_on",
    )
    outcome_of = {"effective": "merged"}
    start = systems["date"].min()
    public_by = date(on.year - 1, *PUBLIC_BY)
    deadline = date(on.year - 1, *DEADLINE)
    for number, system, footprint, parent, mooted, drafted, balloted, left, left_on in zip(
        *(proposals[column].tolist() for column in columns), strict=True
    ):
        live = footprint in covariates.live and mooted < start and not isinstance(parent, str)
        if not live and (not isinstance(drafted, date) or drafted > on):
            continue
        outcome = (
            outcome_of.get(left, left) if isinstance(left_on, date) and left_on <= on else "open"
        )
        _add(totals[place[number]], covariates.of(system, footprint), live=live, outcome=outcome)
        if live or drafted <= public_by:
            done = balloted if isinstance(balloted, date) else left_on
            waits = not isinstance(done, date) or done > deadline
            totals[place[number]]["unballoted"] += waits
    seen = systems[(systems["date"] == on) & systems["system"].isin(covariates.several)]
    for number in seen.loc[seen["ccgs"] == 1, "replication"].tolist():
        totals[place[number]]["one_ccg"] += 1.0
    return numbers, np.array([[total[name] for name in NAMES] for total in totals])
