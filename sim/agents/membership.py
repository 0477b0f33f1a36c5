"""Memberships: the practices of a CCG vote under its constitution.

Threshold, quorum and weighting are the constitution's (by default 0.5, 0 and equal) unless the
lever ``ballot.threshold``, ``ballot.quorum`` or ``ballot.weighting`` is set. A vote weighs 1, or
the practice's list size. The turnout of a ballot is one Beta draw with mean ``turnout_mean`` and
variance ``turnout_spread`` x mean x (1 - mean): Beta(mean x w, (1 - mean) x w) with w = (1 -
``turnout_spread``) / ``turnout_spread``; with a spread of 0 it is the mean. A practice's leaning is
N(0,1), kept for the replication; whether it votes and how are drawn anew for each ballot.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.agents.log import Terms
from sim.agents.replication import LivingCCG, Replication
from sim.rules import ballot
from sim.streams import purposes
from sim.streams.quantiles import beta


class Result(NamedTuple):
    """What one ballot gave; ``ahead`` says whether it had the votes, quorum apart.

    ``cast`` and ``against`` count practices.
    """

    carried: bool
    ahead: bool
    cast: int
    against: int


def hold_ballot(
    replication: Replication,
    ccg: LivingCCG,
    proposal_id: str,
    attempt: int,
    support: float,
    advice: str,
    terms: Terms,
) -> Result:
    """Let the members vote now on a proposal, count, and write the ballot to the log.

    ``support`` is the CCG's log-odds of a yes; the practices' leanings and draws are their own.
    """
    levers, streams = replication.levers.ballot, replication.streams
    number = ccg.ballots
    ccg.ballots += 1
    rows, world = ccg.voters, replication.world
    weighting = levers.weighting or ccg.rule.weighting
    threshold = ccg.rule.threshold if levers.threshold is None else levers.threshold
    quorum = ccg.rule.quorum if levers.quorum is None else levers.quorum
    stated = world.practice_leaning
    electorate = ballot.Electorate(
        leanings=streams.normals(purposes.PRACTICE_LEANING, rows),
        u_turnout=streams.uniforms(purposes.PRACTICE_TURNOUT, rows, number),
        u_vote=streams.uniforms(purposes.PRACTICE_VOTE, rows, number),
        weights=(
            None if weighting == "equal" else [float(world.practice_patients[row]) for row in rows]
        ),
        shifts=None if stated is None else [stated[row] for row in rows],
    )
    turnout = _turnout(replication, ccg, number)
    tally = ballot.count_votes(replication.parameters, electorate, support=support, turnout=turnout)
    quorate = ballot.quorate(tally, quorum)
    carried = ballot.carries(tally, threshold, quorum)
    replication.write(
        "ballot",
        ccg.name,
        proposal_id,
        terms=terms,
        attempt=attempt,
        practices=tally.practices,
        votes_for=tally.votes_for,
        votes_against=tally.votes_against,
        abstained=tally.abstained,
        weight_for=tally.weight_for,
        weight_against=tally.weight_against,
        quorate=quorate,
        carried=carried,
        lmc_advice=advice,
    )
    cast = tally.votes_for + tally.votes_against
    ahead = carried or ballot.carries(tally, threshold, 0.0)
    return Result(carried, ahead, cast, tally.votes_against)


def _turnout(replication: Replication, ccg: LivingCCG, number: int) -> float:
    mean, spread = replication.parameters.turnout_mean, replication.parameters.turnout_spread
    if spread <= 0.0 or not 0.0 < mean < 1.0:
        return mean
    weight = (1.0 - spread) / spread
    u = replication.streams.uniform(purposes.TURNOUT, ccg.id, number)
    return beta(u, mean * weight, (1.0 - mean) * weight)
