"""Made-up ballots on the CCGs of England, and values of the parameters, for the tests."""

from __future__ import annotations

import functools

from sim.evidence.ballots import BALLOT_PARAMETERS, BallotData, ballot_data
from sim.evidence.record import BallotRecord
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
