"""The ballot: practices vote, the constitution counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.rules.logistic import GRID, rounded

if TYPE_CHECKING:
    from sim.scenario.parameters import Parameters

# Shares such as 0.56 are not exact in binary: 14 of 25 votes must meet a quorum of 0.56, and 29 of
# 50 must not exceed a threshold of 0.58.
SLACK: Final = 1e-9

CLOSE: Final = 1e-9  # only nearer than this can rounding a chance to its grid decide a vote


class Tally(NamedTuple):
    """One membership's votes, counted and by weight.

    ``votes_for`` and ``votes_against`` count practices, ``weight_for`` and ``weight_against`` add
    up their votes' weights; ``abstained`` are the other ``practices``, which cast no vote.
    """

    practices: int
    votes_for: int
    votes_against: int
    abstained: int
    weight_for: float
    weight_against: float


class Electorate(NamedTuple):
    """The practices of one CCG when they vote, each list in their order.

    ``leanings`` are their lasting differences (standard normal); ``u_turnout`` and ``u_vote`` the
    uniforms that decide whether and how each votes; ``weights`` of their votes, None where every
    vote counts the same; ``shifts`` their leanings stated by the world (log-odds), None without.
    """

    leanings: Sequence[float]
    u_turnout: Sequence[float]
    u_vote: Sequence[float]
    weights: Sequence[float] | None
    shifts: Sequence[float] | None


def count_votes(p: Parameters, electorate: Electorate, *, support: float, turnout: float) -> Tally:
    """Let every practice of a CCG vote or stay away, and yes or no, and count.

    A practice votes with chance ``turnout``; the log-odds of its yes are the CCG's ``support``
    + ``support_practice_sd`` x its lasting leaning + any leaning that the world states. A
    practice with the same uniforms and higher support never turns to no.
    Source: voting_rules.md (one practice, one vote as a rule).
    """
    leanings, u_turnout, u_vote, weights, shifts = electorate
    votes_for = votes_against = 0
    weight_for = weight_against = 0.0
    spread, casts = p.support_practice_sd, rounded(turnout)
    exp, floor = math.exp, math.floor
    for index, u in enumerate(u_turnout):
        if u >= casts:
            continue
        log_odds = support + spread * leanings[index]
        if shifts is not None:
            log_odds += shifts[index]
        # happens(u_vote, expit(log_odds)), written out: the innermost loop of a replication.
        if log_odds >= 0.0:
            chance = 1.0 / (1.0 + exp(-log_odds))
        else:
            odds = exp(log_odds)
            chance = odds / (1.0 + odds)
        margin = chance - u_vote[index]
        if -CLOSE < margin < CLOSE:
            margin = floor(chance * GRID + 0.5) / GRID - u_vote[index]
        if margin > 0.0:
            votes_for += 1
            if weights is not None:
                weight_for += weights[index]
        else:
            votes_against += 1
            if weights is not None:
                weight_against += weights[index]
    if weights is None:
        weight_for, weight_against = float(votes_for), float(votes_against)
    practices = len(u_turnout)
    abstained = practices - votes_for - votes_against
    return Tally(practices, votes_for, votes_against, abstained, weight_for, weight_against)


def quorate(tally: Tally, quorum: float) -> bool:
    """Return whether enough practices cast a vote: votes cast >= quorum x practices.

    Source: the one documented quorum, 75% of practices (ballot_rules.csv, voting_rules.md).
    """
    return tally.votes_for + tally.votes_against >= quorum * tally.practices - SLACK


def carries(tally: Tally, threshold: float, quorum: float) -> bool:
    """Return whether a CCG's members carry a proposal.

    The ballot must be quorate, and the weight of yes votes must exceed ``threshold`` x the weight
    of all votes cast; a tie fails. Source: ballot_rules.csv (majority of votes cast).
    """
    cast = tally.weight_for + tally.weight_against
    needed = threshold * cast * (1.0 + SLACK)
    return quorate(tally, quorum) and cast > 0.0 and tally.weight_for > needed


def proposal_carries(carried: int, ballots: int, all_must_carry: bool) -> bool:
    """Return whether a proposal stands after all its CCGs have voted.

    Every CCG must have carried it or, where the lever ``all_must_carry`` is off, more than half of
    them. Assumed: no proposal on record went on against one CCG's vote.
    """
    return carried == ballots if all_must_carry else 2 * carried > ballots
