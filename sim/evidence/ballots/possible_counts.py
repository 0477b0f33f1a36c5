"""The chance of what was recorded of a vote, given the practices' chance of a yes.

Practices vote independently given their CCG's support, so votes for are binomial among those
cast, and votes cast beta-binomial among the practices. A record fixes a set of (votes cast, votes
for): one point where both were counted, all points that round to the recorded share, or all that
carry under the CCG's rule. Pooled records are sums over CCGs whose votes cast are allotted.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sim.errors import InputError
from sim.evidence.ballots.data import BallotProposal, CCGInBallot
from sim.evidence.record import BallotRecord
from sim.rules import ballot

Floats = NDArray[np.float64]

ROUNDING: Final = 0.005 + 1e-9  # a recorded share is given in whole per cent
# Log-odds of a yes at which chances are worked out; in between they are read off straight lines
# (error below .003 in log chance at 100 votes).
LOG_ODDS: Final[Floats] = np.linspace(-12.0, 12.0, 961)


def log_turnout(practices: int, mean: float, spread: float) -> Floats:
    """Return the log chance of 0, 1, .. all practices casting a vote.

    Turnout differs between ballots by a beta distribution (``turnout_mean``, ``turnout_spread``).
    """
    n = np.arange(practices + 1)
    ways = _log_choose(practices, n)
    with np.errstate(divide="ignore"):
        if spread <= 0.0 or not 0.0 < mean < 1.0:
            chance = special.xlogy(n, mean) + special.xlogy(practices - n, 1.0 - mean)
        else:
            weight = (1.0 - spread) / spread
            a, b = mean * weight, (1.0 - mean) * weight
            chance = special.betaln(n + a, practices - n + b) - special.betaln(a, b)
    return np.asarray(ways + chance)


def recorded_points(record: BallotRecord, ccg: CCGInBallot) -> NDArray[np.bool_]:
    """Return which (votes cast, votes for) agree with the record of one CCG's vote.

    Shape (practices + 1, practices + 1).

    Raises:
        InputError: none does (more votes than practices, or a share that no count rounds to).
    """
    size = ccg.practices
    found = np.zeros((size + 1, size + 1), dtype=np.bool_)
    if record.kind == "counts":
        votes = sum(record.counted)
        casts, yes = range(votes, votes + 1), range(record.counted[0], record.counted[0] + 1)
    else:
        casts, yes = range(size + 1), range(size + 1)
    for cast in casts:
        for votes_for in yes:
            if votes_for <= cast <= size and _agrees(record, ccg, cast, votes_for):
                found[cast, votes_for] = True
    if not found.any():
        raise InputError(
            f"votes.csv, case {record.case}, CCG {ccg.code}: no vote of {size} practices agrees "
            "with the row"
        )
    return found


def log_chance(points: NDArray[np.bool_], mean: float, spread: float) -> Floats:
    """Return the log chance of the points at each of ``LOG_ODDS``."""
    size = len(points) - 1
    turnout = log_turnout(size, mean, spread)
    yes, no = log_yes(LOG_ODDS), log_yes(-LOG_ODDS)
    total = np.full(len(LOG_ODDS), -np.inf)
    for cast in np.flatnonzero(points.any(axis=1)):
        k = np.flatnonzero(points[cast])[:, None]
        each = _log_choose(int(cast), k) + k * yes + (cast - k) * no
        total = np.logaddexp(total, turnout[cast] + special.logsumexp(each, axis=0))
    return total


def log_yes(log_odds: Floats) -> Floats:
    """Return the log of the probability with these log-odds."""
    return -np.logaddexp(0.0, -log_odds)


def allotted_casts(record: BallotRecord, ccgs: tuple[CCGInBallot, ...]) -> list[int]:
    """Return the votes cast that each CCG of a pooled record is assumed to have had.

    Where the sum is recorded it is shared out in proportion to practices (largest remainders);
    else each CCG has its recorded turnout, in whole votes (below its quorum where it missed it).
    """
    sizes = [ccg.practices for ccg in ccgs]
    if record.kind == "pooled_share":
        casts = [round(t * size) for t, size in zip(record.turnout, sizes, strict=True)]
        for i, outcome in enumerate(record.outcomes):
            if outcome == "inquorate":
                casts[i] = min(casts[i], math.ceil(ccgs[i].quorum * sizes[i]) - 1)
        return casts
    cast, total = sum(record.counted), sum(sizes)
    if cast > total:
        raise InputError(f"votes.csv, case {record.case}: {cast} votes of {total} practices")
    shares = [cast * size / total for size in sizes]
    casts = [int(share) for share in shares]
    order = sorted(range(len(sizes)), key=lambda i: (casts[i] - shares[i], i))
    for i in order[: cast - sum(casts)]:
        casts[i] += 1
    return casts


def pooled_votes_for(record: BallotRecord, casts: list[int]) -> int:
    """Return the yes votes of a pooled record, from its share where they were not counted."""
    if record.share_for is None:
        return record.counted[0]
    return round(record.share_for * sum(casts))


def allowed_votes_for(outcome: str, ccg: CCGInBallot, cast: int) -> NDArray[np.bool_]:
    """Return which numbers of yes votes among those cast go with a CCG's outcome."""
    return np.array([outcome_of(ccg, cast, k) == outcome for k in range(cast + 1)])


def single_records(proposal: BallotProposal) -> list[tuple[BallotRecord, CCGInBallot]]:
    """Return the records of one CCG each, with their CCG."""
    by_code = {ccg.code: ccg for ccg in proposal.ccgs}
    return [(r, by_code[r.ccgs[0]]) for r in proposal.records if len(r.ccgs) == 1]


def pooled_records(
    proposal: BallotProposal,
) -> list[tuple[BallotRecord, tuple[CCGInBallot, ...]]]:
    """Return the records of several CCGs together, with their CCGs."""
    by_code = {ccg.code: ccg for ccg in proposal.ccgs}
    return [
        (r, tuple(by_code[code] for code in r.ccgs)) for r in proposal.records if len(r.ccgs) > 1
    ]


def _agrees(record: BallotRecord, ccg: CCGInBallot, cast: int, votes_for: int) -> bool:
    if record.votes_against is not None and cast - votes_for != record.votes_against:
        return False
    if record.share_for is not None and (
        cast == 0 or abs(votes_for / cast - record.share_for) > ROUNDING
    ):
        return False
    return outcome_of(ccg, cast, votes_for) == record.outcomes[0]


def outcome_of(ccg: CCGInBallot, cast: int, votes_for: int) -> str:
    """Return what the constitution makes of a count: carried, failed or inquorate."""
    against = cast - votes_for
    tally = ballot.Tally(
        ccg.practices, votes_for, against, ccg.practices - cast, float(votes_for), float(against)
    )
    if not ballot.carries(tally, ccg.threshold, 0.0):
        return "failed"
    return "carried" if ballot.quorate(tally, ccg.quorum) else "inquorate"


def _log_choose(n: int, k: NDArray[np.int_]) -> Floats:
    return np.asarray(
        special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - np.asarray(k) + 1)
    )
