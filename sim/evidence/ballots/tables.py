"""What the likelihood of the ballots works out once for given data, before any parameter value."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sim.adding import add_up
from sim.errors import InputError
from sim.evidence.ballots import possible_counts
from sim.evidence.ballots.data import ALL_STANCES, BallotData, BallotProposal
from sim.evidence.ballots.possible_counts import Floats

Indexes = NDArray[np.int_]
ORIGINS: Final = ("local", "centre", "unknown")


class PooledPart(NamedTuple):
    """One CCG of a pooled count: its votes cast and the numbers it may add to the rarer answer."""

    cast: int
    counts: Indexes
    log_ways: Floats


@dataclass(frozen=True, eq=False)
class Pooled:
    """A pooled record: ``total`` of the rarer answer (yes if ``rarer_yes``) over its parts."""

    total: int
    rarer_yes: bool
    parts: tuple[PooledPart, ...]


@dataclass(frozen=True, eq=False)
class ProposalTable:
    """One proposal: its CCGs' rows, and the combinations of advice its committees may have given.

    ``rows`` are its CCGs among all. ``states`` gives, by combination and CCG, the row of that
    CCG under that advice; ``kinds`` the kind of each combination. Of each kind ``mean_advice``
    holds the CCGs' mean exposure to advice against and in favour, ``stances`` the numbers of
    committees by stance, and ``times`` how many combinations it has.
    """

    rows: Indexes
    states: Indexes
    kinds: Indexes
    mean_advice: Floats
    stances: Indexes
    times: Floats
    origin: int
    pooled: Pooled | None


@dataclass(frozen=True, eq=False)
class BallotTables:
    """All proposals laid out as arrays.

    By CCG: ``terms`` (arguments) and ``council_unknown``. By state, a CCG under one advice: its
    CCG (``state_ccg``) and how far it is advised against and in favour (``state_advice``).
    Of its proposal, where the other committees are as neutral as the record lets them be:
    ``state_proposal`` and the CCGs' mean exposure to advice (``state_mean_advice``).
    ``single_states`` are the states of CCGs with a record of their own, which is ``state_record``.
    """

    terms: Floats
    council_unknown: Floats
    state_ccg: Indexes
    state_advice: Floats
    state_proposal: Indexes
    state_mean_advice: Floats
    single_states: Indexes
    state_record: Indexes
    points: tuple[NDArray[np.bool_], ...]
    proposals: tuple[ProposalTable, ...]
    places: tuple[tuple[int, ...], ...]


@functools.lru_cache(maxsize=64)
def ballot_tables(data: BallotData) -> BallotTables:
    """Return the tables of some data; kept, since every evaluation needs them.

    Raises:
        InputError: a record agrees with no possible vote.
    """
    ccgs = [ccg for proposal in data.proposals for ccg in proposal.ccgs]
    states: dict[tuple[int, float, float], int] = {}
    points: list[NDArray[np.bool_]] = []
    record_of: dict[int, int] = {}
    proposals = []
    first = 0
    for proposal in data.proposals:
        rows = {ccg.code: first + i for i, ccg in enumerate(proposal.ccgs)}
        first += len(rows)
        for record, ccg in possible_counts.single_records(proposal):
            record_of[rows[ccg.code]] = len(points)
            points.append(possible_counts.recorded_points(record, ccg))
        proposals.append(_proposal_table(proposal, list(rows.values()), states))
    keys = list(states)
    single = [i for i, key in enumerate(keys) if key[0] in record_of]
    state_proposal = np.zeros(len(keys), dtype=np.int_)
    state_mean_advice = np.zeros((len(keys), 2))
    for index, table in enumerate(proposals):
        # the kinds with most neutral committees come last, and stand
        for combination in np.argsort(table.stances[table.kinds, 1], kind="stable"):
            state_proposal[table.states[combination]] = index
            state_mean_advice[table.states[combination]] = table.mean_advice[
                table.kinds[combination]
            ]
    return BallotTables(
        terms=np.array([ccg.terms for ccg in ccgs]),
        council_unknown=np.array([ccg.council_unknown for ccg in ccgs]),
        state_ccg=np.array([key[0] for key in keys]),
        state_advice=np.array([key[1:] for key in keys]),
        state_proposal=state_proposal,
        state_mean_advice=state_mean_advice,
        single_states=np.array(single, dtype=np.int_),
        state_record=np.array([record_of[keys[i][0]] for i in single], dtype=np.int_),
        points=tuple(points),
        proposals=tuple(proposals),
        places=data.places,
    )


@functools.lru_cache(maxsize=64)
def record_tables(tables: BallotTables, turnout_mean: float, turnout_spread: float) -> Floats:
    """Return the log chance of each single record at each of ``ballot_counts.LOG_ODDS``."""
    return np.array(
        [possible_counts.log_chance(p, turnout_mean, turnout_spread) for p in tables.points]
    ).reshape(len(tables.points), len(possible_counts.LOG_ODDS))


def _proposal_table(
    proposal: BallotProposal, rows: Sequence[int], states: dict[tuple[int, float, float], int]
) -> ProposalTable:
    chosen: list[list[int]] = []
    kinds: dict[tuple[tuple[int, ...], float, float], int] = {}
    kind_of: list[int] = []
    for advice in proposal.advice():
        exposure = [
            (
                add_up(share for lmc, share in ccg.lmcs if advice[lmc] == "oppose"),
                add_up(share for lmc, share in ccg.lmcs if advice[lmc] == "support"),
            )
            for ccg in proposal.ccgs
        ]
        chosen.append(
            [
                states.setdefault((row, against, favour), len(states))
                for row, (against, favour) in zip(rows, exposure, strict=True)
            ]
        )
        stances = tuple(list(advice.values()).count(stance) for stance in ALL_STANCES)
        means = [round(add_up(side) / len(rows), 12) for side in zip(*exposure, strict=True)]
        kind_of.append(kinds.setdefault((stances, means[0], means[1]), len(kinds)))
    pooled = possible_counts.pooled_records(proposal)
    if pooled and (len(pooled) > 1 or len(pooled[0][1]) != len(rows)):
        raise InputError(
            f"votes.csv, case {proposal.case}: a pooled row that is used must be the only one"
        )
    return ProposalTable(
        rows=np.array(rows),
        states=np.array(chosen),
        kinds=np.array(kind_of),
        mean_advice=np.array([key[1:] for key in kinds]),
        stances=np.array([key[0] for key in kinds]),
        times=np.bincount(kind_of).astype(float),
        origin=ORIGINS.index(proposal.origin),
        pooled=_pooled(proposal) if pooled else None,
    )


def _pooled(proposal: BallotProposal) -> Pooled:
    (record, ccgs), *_ = possible_counts.pooled_records(proposal)
    casts = possible_counts.allotted_casts(record, ccgs)
    votes_for = possible_counts.pooled_votes_for(record, casts)
    rarer_yes = 2 * votes_for <= sum(casts)
    total = votes_for if rarer_yes else sum(casts) - votes_for
    parts = []
    for ccg, cast, outcome in zip(ccgs, casts, record.outcomes, strict=True):
        allowed = possible_counts.allowed_votes_for(outcome, ccg, cast)
        counts = np.flatnonzero(allowed if rarer_yes else allowed[::-1])
        counts = counts[counts <= total]
        if not len(counts):
            raise InputError(
                f"votes.csv, case {proposal.case}, CCG {ccg.code}: no vote of {cast} agrees with "
                "the row"
            )
        log_ways = (
            special.gammaln(cast + 1)
            - special.gammaln(counts + 1)
            - special.gammaln(cast - counts + 1)
        )
        parts.append(PooledPart(cast, counts, np.asarray(log_ways)))
    return Pooled(total, rarer_yes, tuple(parts))
