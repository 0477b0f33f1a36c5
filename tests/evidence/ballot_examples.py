"""Made-up ballots on the CCGs of England, and values of the parameters, for the tests."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sim.evidence.ballots import (
    BALLOT_PARAMETERS,
    BallotData,
    ballot_data,
    ballot_log_likelihoods,
)
from sim.evidence.ballots.data import BallotProposal
from sim.evidence.ballots.possible_counts import outcome_of
from sim.evidence.ballots.simulation import simulate_votes
from sim.evidence.record import BallotRecord
from sim.scenario.model import DEFAULT_FORM
from sim.scenario.parameters import DEFAULT_PRIORS
from sim.world import World, load_world

PAIR = ("01F", "02E")  # two CCGs with one committee, 14 and 26 practices
OTHER = ("01C", "01R")  # their system, another committee
AWAY = ("11E", "12D")


@functools.cache
def england() -> World:
    return load_world()


def record(case: str, ccgs: tuple[str, ...], kind: str, **facts: object) -> BallotRecord:
    row: dict[str, object] = {
        "date": "2019-09",
        "practices": None,
        "votes_for": None,
        "votes_against": None,
        "share_for": None,
        "turnout": (),
        "outcomes": (),
        "advice": (),
        "opposed_councils": (),
        "used": True,
        "source": "made up",
        "note": "",
    }
    return BallotRecord(case=case, ccgs=ccgs, kind=kind, **{**row, **facts})  # type: ignore[arg-type]


def outcomes(case: str, ccgs: tuple[str, ...], *found: str, **facts: object) -> list[BallotRecord]:
    return [
        record(case, (ccg,), "outcome", outcomes=(one,), **facts)
        for ccg, one in zip(ccgs, found, strict=True)
    ]


def counts(case: str, ccg: str, votes_for: int, votes_against: int) -> BallotRecord:
    outcome = "carried" if votes_for > votes_against else "failed"
    return record(
        case,
        (ccg,),
        "counts",
        votes_for=votes_for,
        votes_against=votes_against,
        outcomes=(outcome,),
    )


def data_of(*records: BallotRecord) -> BallotData:
    return ballot_data(england(), records)


def values(**changed: float) -> dict[str, float]:
    """Return prior medians, moved so that ballots are often lost, then changed."""
    medians = {name: DEFAULT_PRIORS[name].quantile(0.5) for name in BALLOT_PARAMETERS}
    close = {"support_mean": 1.2, "support_shared": 0.7, "lmc_oppose_share": 0.3}
    return medians | close | changed


def ballot_log_likelihood(
    values: Mapping[str, float], data: BallotData, form: str = DEFAULT_FORM, selection: bool = True
) -> float:
    """Return the log-likelihood of the recorded ballots at one value of each parameter."""
    arrays = {name: np.array([float(value)]) for name, value in values.items()}
    return float(ballot_log_likelihoods(arrays, data, form, selection)[0])


def simulate_data(
    values: Mapping[str, float],
    data: BallotData,
    random: np.random.Generator,
    form: str = DEFAULT_FORM,
    selection: bool = True,
) -> BallotData:
    """Return the same proposals with simulated counts by CCG in the place of the recorded ones.

    Each proposal draws a place of its own, so only proposals of different places are independent
    as the likelihood takes them to be.
    """
    arrays = {name: np.array([float(value)]) for name, value in values.items()}
    proposals = []
    for proposal in data.proposals:
        votes = simulate_votes(arrays, proposal, random, form, selection)
        records = tuple(
            _counted(proposal, position, int(cast), int(votes_for))
            for position, (cast, votes_for) in enumerate(
                zip(votes.cast[0], votes.votes_for[0], strict=True)
            )
        )
        proposals.append(replace(proposal, records=records))
    return BallotData(tuple(proposals), data.places)


def _counted(proposal: BallotProposal, position: int, cast: int, votes_for: int) -> BallotRecord:
    ccg = proposal.ccgs[position]
    return replace(
        proposal.records[0],
        ccgs=(ccg.code,),
        kind="counts",
        practices=ccg.practices,
        votes_for=votes_for,
        votes_against=cast - votes_for,
        share_for=None,
        turnout=(),
        outcomes=(outcome_of(ccg, cast, votes_for),),
    )
