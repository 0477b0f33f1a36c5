"""The recorded round of April 2020 in the shape of a simulated one, to measure the patterns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from sim.evidence.record import FOLDER, Facts, RoundTables, observed_cases
from sim.evidence.record.facts import public_since
from sim.evidence.record.round_tables import Footprints, described, live_register
from sim.world.model import World


def recorded_round(facts: Facts, world: World, folder: Path = FOLDER) -> RoundTables:
    """Return the recorded round of April 2020 in the same shape, as one replication.

    A case put off and listed again as open with the same CCGs is one proposal, as in the model. A
    month stands for its first day where something begins and for its last where it ends. Who said
    no is known for 14 proposals by number only; the numbers are laid on their first CCGs.

    Raises:
        InputError: a table is missing or broken.
    """
    look = Footprints(facts, live_register(world))
    since = public_since(folder)
    cases = observed_cases(folder)
    put_off = {frozenset(case.ccgs) for case in cases if case.outcome == "postponed"}
    rows, votes = [], []
    for case in cases:
        footprint = "+".join(sorted(case.ccgs))
        again = case.kind == "open" and frozenset(case.ccgs) in put_off
        ends: Mapping[str, str] = {"merged": "effective", "dropped": "lost", "refused": "refused"}
        left = ends.get(case.outcome, "open")
        if not again:
            begun = date.fromisoformat(f"{since[case.case]}-01").toordinal()
            ended = 0
            if left == "effective":
                ended = facts.on.toordinal()
            elif left != "open":
                ended = _month_end(case.outcome_month).toordinal()
            live = footprint in look.live and begun < facts.start.toordinal()
            rows.append((0, case.case, case.system, footprint, begun, live, left, ended, 0))
        for number, code in enumerate(case.ccgs if case.ballots_held else ()):
            lost = (case.ballots_held or 0) - (case.ballots_carried or 0)
            votes.append((0, case.case, code, number >= lost, float("nan")))
    columns = "replication proposal system footprint public_on live exit exit_on decided_on"
    frame = pd.DataFrame(rows, columns=columns.split())
    held = pd.DataFrame(votes, columns=["replication", "proposal", "ccg", "carried", "yes_share"])
    return RoundTables(described(frame, look), held, 1, facts)


def _month_end(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
