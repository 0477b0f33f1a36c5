"""The ballot: practices vote, the constitution counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from sim.rules.logistic import GRID, rounded

# Shares such as .56 are not exact in binary: 14 of 25 votes must meet a quorum of .56, and 29 of
# 50 must not exceed a threshold of .58.
SLACK: Final = 1e-9

CLOSE: Final = 1e-9  # only nearer than this can rounding a chance to its grid decide a vote


class Tally(NamedTuple):
    """One membership's votes; ``abstained`` includes practices that cast no vote."""

    practices: int
    votes_for: int
    votes_against: int
    abstained: int
    weight_for: float
    weight_against: float


def count_votes(
    *,
    support: float,
    spread: float,
    turnout: float,
    leanings: Sequence[float],
    u_turnout: Sequence[float],
    u_vote: Sequence[float],
    weights: Sequence[float] | None,
    shifts: Sequence[float] | None,
) -> Tally:
    """Let every practice vote or stay away, and yes or no, and count.

    ``support`` is the CCG's log-odds of a yes, ``leanings`` the practices' lasting differences
    (standard normal, times ``spread``), ``shifts`` leanings stated by the world (log-odds). The
    uniforms decide; ``weights`` are None where every vote counts the same. A practice with the
    same uniforms and higher support never turns to no.
    Source: voting_rules.md (one practice, one vote as a rule).
    """
    votes_for = votes_against = 0
    weight_for = weight_against = 0.0
    casts = rounded(turnout)
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
    """Return whether enough practices cast a vote: cast >= share x practices.

    Source: the one documented quorum, 75 % of practices (ballot_rules.csv, voting_rules.md).
    """
    return tally.votes_for + tally.votes_against >= quorum * tally.practices - SLACK


def carries(tally: Tally, threshold: float, quorum: float) -> bool:
    """Return whether a ballot is carried: quorate, and weight for exceeds threshold x weight cast.

    A tie fails. Source: ballot_rules.csv (majority of votes cast).
    """
    cast = tally.weight_for + tally.weight_against
    needed = threshold * cast * (1.0 + SLACK)
    return quorate(tally, quorum) and cast > 0.0 and tally.weight_for > needed


def proposal_carries(carried: int, ballots: int, all_must_carry: bool) -> bool:
    """Return whether a proposal stands after all its CCGs have voted."""
    return carried == ballots if all_must_carry else 2 * carried > ballots
