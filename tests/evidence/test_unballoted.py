"""Proposals that were public by July and not through their ballots by the deadline, by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from sim.evidence.fit import wave_of_2020
from sim.evidence.fit.summaries import NAMES, Covariates, simulated_summaries
from sim.evidence.record import round_of_2020
from sim.world import load_world

ON = date(2020, 4, 1)
JULY, AUGUST = date(2019, 7, 31), date(2019, 8, 1)
IN_TIME, LATE = date(2019, 9, 30), date(2019, 10, 1)


def counted(drafted: date | None, balloted: date | None, exit_on: date | None) -> float:
    """Return the summary of one replication with one proposal begun in June."""
    proposals = pd.DataFrame(
        {
            "replication": [0],
            "system": ["E54000022"],
            "footprint": ["06M+06V"],
            "parent": [None],
            "mooted": [date(2019, 6, 10)],
            "drafted": [drafted],
            "balloted": [balloted],
            "exit": ["withdrawn" if exit_on else None],
            "exit_on": [exit_on],
        }
    )
    systems = pd.DataFrame(
        {"replication": [0], "date": [date(2019, 6, 1)], "system": ["E54000022"], "ccgs": [5]}
    )
    _, found = simulated_summaries(proposals, systems, ON, Covariates(load_world("england_2019")))
    return float(found[0, NAMES.index("unballoted")])


@pytest.mark.parametrize(
    ("drafted", "balloted", "exit_on", "waits"),
    [
        (JULY, None, None, 1.0),
        (JULY, IN_TIME, None, 0.0),
        (JULY, LATE, None, 1.0),
        (JULY, None, IN_TIME, 0.0),
        (JULY, None, LATE, 1.0),
        (AUGUST, None, None, 0.0),
        (None, None, None, 0.0),
    ],
)
def test_a_proposal_waits_if_public_by_july_and_not_through_by_the_deadline(
    drafted: date | None, balloted: date | None, exit_on: date | None, waits: float
) -> None:
    assert counted(drafted, balloted, exit_on) == waits


def test_three_of_the_recorded_proposals_waited() -> None:
    """Those of north west London, of Coventry and Warwickshire and of Leicestershire."""
    found = [p for p in round_of_2020(load_world("england_2019")) if p.unballoted]
    assert {p.system for p in found} == {"E54000027", "E54000018", "E54000015"}
    wave = wave_of_2020()
    assert wave.observed[wave.names.index("unballoted")] == len(found) == 3
