"""The statistics that patterns compare: one number per replication, or for the record.

Each takes the tables of a round and returns an array with one value per replication; NaN where a
replication has nothing to measure (such as the size of mergers where none took effect).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.evidence.record import LONDON, RoundTables
from sim.evidence.score.forecast import Floats

if TYPE_CHECKING:
    import pandas as pd

Statistic = Callable[[RoundTables], Floats]

LISTED: Final = date(2019, 7, 31).toordinal()
"""End of the month of the public list of plans."""
WINDOW_CLOSES: Final = date(2019, 9, 30).toordinal()
AUTUMN_ENDS: Final = date(2019, 11, 30).toordinal()
PROPOSALS_WITH_RESULTS: Final = 14
PROPOSALS_WITH_COUNTS: Final = 6
BALLOTS_WITH_COUNTS: Final = 14
MATCHED_SHARE: Final = 2 / 3 - 1e-9
SMALL: Final = 3
LOW_YES: Final = 0.4


def _count(tables: RoundTables, chosen: pd.DataFrame) -> Floats:
    return np.bincount(chosen["replication"], minlength=tables.replications).astype(float)


def _each(tables: RoundTables, values: pd.Series | Any) -> Floats:
    """Return a series by replication as an array, NaN where a replication is missing."""
    return np.asarray(values.reindex(range(tables.replications)).to_numpy(dtype=float))


def _share(tables: RoundTables, chosen: pd.DataFrame, column: str) -> Floats:
    return _each(tables, chosen.groupby("replication")[column].mean())


def _merged(tables: RoundTables) -> pd.DataFrame:
    return tables.proposals[tables.proposals["exit"] == "effective"]


def _public(tables: RoundTables, by: int) -> pd.DataFrame:
    known = tables.proposals["public_on"]
    return tables.proposals[(known > 0) & (known <= by)]


def mergers(tables: RoundTables) -> Floats:
    """Mergers that had taken effect."""
    return _count(tables, _merged(tables))


def group_median(tables: RoundTables) -> Floats:
    """Median number of CCGs in a merging group."""
    return _each(tables, _merged(tables).groupby("replication")["size"].median())


def group_largest(tables: RoundTables) -> Floats:
    """CCGs in the largest merging group."""
    return _each(tables, _merged(tables).groupby("replication")["size"].max())


def group_small_share(tables: RoundTables) -> Floats:
    """Share of merging groups of two or three CCGs."""
    done = _merged(tables)
    return _share(tables, done.assign(small=done["size"] <= SMALL), "small")


def first_april_share(tables: RoundTables) -> Floats:
    """Share of mergers that took effect on a 1 April."""
    done = _merged(tables)
    on_day = [(day.month, day.day) == (4, 1) for day in map(date.fromordinal, done["exit_on"])]
    return _share(tables, done.assign(on_day=on_day), "on_day")


def ccgs_in_plans_july(tables: RoundTables) -> Floats:
    """CCGs in public proposals alive at the end of July 2019."""
    known = _public(tables, LISTED)
    alive = known[(known["exit_on"] == 0) | (known["exit_on"] > LISTED)]
    return _each(tables, alive.groupby("replication")["size"].sum().astype(float))


def public_by_deadline(tables: RoundTables) -> Floats:
    """Proposals that had become public by the close of the window of 2019."""
    return _count(tables, _public(tables, WINDOW_CLOSES))


def merged_share_of_public(tables: RoundTables) -> Floats:
    """Share of those that had merged by the day."""
    known = _public(tables, WINDOW_CLOSES)
    return _share(tables, known.assign(done=known["exit"] == "effective"), "done")


def proposals_lost(tables: RoundTables) -> Floats:
    """Proposals that ended with a lost ballot."""
    return _count(tables, tables.proposals[tables.proposals["exit"] == "lost"])


def _as_many_as_recorded(tables: RoundTables, votes: pd.DataFrame, proposals: int) -> pd.DataFrame:
    """Return the ballots of at most so many proposals a replication.

    A share over more ballots than were recorded would vary less than the recorded share can.
    Which they are is settled by a fixed shuffle, so that no system is left out for its name.
    """
    asked = votes[["replication", "proposal"]].drop_duplicates()
    asked = asked.iloc[np.random.default_rng(14).permutation(len(asked))]
    kept = asked.groupby("replication").head(proposals)
    return kept.merge(votes, on=["replication", "proposal"])


def ballots_carried_share(tables: RoundTables) -> Floats:
    """Share of ballots carried, among those of 14 proposals."""
    votes = _as_many_as_recorded(tables, tables.ballots, PROPOSALS_WITH_RESULTS)
    return _share(tables, votes, "carried")


def refusals_cluster(tables: RoundTables) -> Floats:
    """Share of ballots lost among those of proposals with a lost ballot, of 14 proposals."""
    votes = _as_many_as_recorded(tables, tables.ballots, PROPOSALS_WITH_RESULTS)
    votes = votes.assign(lost=~votes["carried"].astype(bool))
    hit = votes.groupby(["replication", "proposal"])["lost"].transform("any")
    return _share(tables, votes[hit.astype(bool)], "lost")


def _counted(tables: RoundTables) -> pd.DataFrame:
    """Return up to 14 ballots of six proposals: as many as have their votes on record."""
    votes = tables.ballots.dropna(subset=["yes_share"])
    chosen = _as_many_as_recorded(tables, votes, PROPOSALS_WITH_COUNTS)
    return chosen.groupby("replication").head(BALLOTS_WITH_COUNTS)


def yes_median(tables: RoundTables) -> Floats:
    """Median share of yes over up to 14 ballots of six proposals."""
    return _each(tables, _counted(tables).groupby("replication")["yes_share"].median())


def yes_low_share(tables: RoundTables) -> Floats:
    """Share of the same ballots with less than two fifths of yes."""
    votes = _counted(tables)
    return _share(tables, votes.assign(low=votes["yes_share"] < LOW_YES), "low")


def refused(tables: RoundTables) -> Floats:
    """Applications refused by the centre."""
    return _count(tables, tables.proposals[tables.proposals["exit"] == "refused"])


def refused_unready_share(tables: RoundTables) -> Floats:
    """Share of refusals that met a group without one shared officer at the start."""
    chosen = tables.proposals[tables.proposals["exit"] == "refused"]
    return _share(tables, chosen.assign(unready=~chosen["one_officer"].astype(bool)), "unready")


def decided_in_autumn_share(tables: RoundTables) -> Floats:
    """Share of decisions of the round that fell by the end of November 2019."""
    chosen = tables.proposals[tables.proposals["decided_on"] > 0]
    return _share(tables, chosen.assign(soon=chosen["decided_on"] <= AUTUMN_ENDS), "soon")


def officer_share(tables: RoundTables) -> Floats:
    """Share of mergers whose CCGs were all under one officer at the start."""
    return _share(tables, _merged(tables), "one_officer")


def part_share(tables: RoundTables) -> Floats:
    """Share of mergers smaller than a system."""
    done = _merged(tables)
    return _share(tables, done.assign(part=~done["whole"].astype(bool)), "part")


def crossing(tables: RoundTables) -> Floats:
    """Mergers of CCGs of more than one system."""
    done = _merged(tables)
    return _count(tables, done[done["crosses"].astype(bool)])


def _with_public(tables: RoundTables, systems: list[str], *, whole: bool = False) -> Floats:
    """Return how many of these systems are home to a public proposal."""
    known = _public(tables, tables.facts.on.toordinal())
    known = known[known["system"].isin(systems)]
    if whole:
        known = known[known["whole"].astype(bool)]
    return _count(tables, known.drop_duplicates(["replication", "system"]))


def _open(tables: RoundTables) -> list[str]:
    return [tables.facts.systems[i] for i in tables.facts.open_systems]


def boroughs_that_ask(tables: RoundTables) -> Floats:
    """Systems outside London, most of whose CCGs match a council, with any public proposal."""
    facts = tables.facts
    share = np.bincount(facts.system_of, facts.matched.astype(float)) / facts.ccgs_before
    chosen = [
        facts.systems[i]
        for i in facts.open_systems
        if facts.regions[i] != LONDON and share[i] >= MATCHED_SHARE
    ]
    return _with_public(tables, chosen)


def london_whole(tables: RoundTables) -> Floats:
    """London systems with a public proposal for the whole system."""
    facts = tables.facts
    chosen = [s for s, r in zip(facts.systems, facts.regions, strict=True) if r == LONDON]
    return _with_public(tables, chosen, whole=True)


def silent_systems(tables: RoundTables) -> Floats:
    """Open systems without any public proposal by the day."""
    chosen = _open(tables)
    return np.asarray(len(chosen) - _with_public(tables, chosen))


def merged_from_register(tables: RoundTables) -> Floats:
    """Proposals public on the start date that merged."""
    done = _merged(tables)
    return _count(tables, done[done["live"].astype(bool)])


def merged_born_later(tables: RoundTables) -> Floats:
    """Mergers of proposals that were not public on the start date."""
    done = _merged(tables)
    return _count(tables, done[~done["live"].astype(bool)])


def alive_at_end(tables: RoundTables) -> Floats:
    """Public proposals still undecided on the day."""
    known = _public(tables, tables.facts.on.toordinal())
    return _count(tables, known[known["exit"] == "open"])


STATISTICS: Final[dict[str, Statistic]] = {
    one.__name__: one
    for one in (
        mergers, group_median, group_largest, group_small_share, first_april_share,
        ccgs_in_plans_july, public_by_deadline, merged_share_of_public, proposals_lost,
        ballots_carried_share, refusals_cluster, yes_median, yes_low_share, refused,
        refused_unready_share, decided_in_autumn_share, officer_share, part_share, crossing,
        boroughs_that_ask, london_whole, silent_systems, merged_from_register, merged_born_later,
        alive_at_end,
    )
}  # fmt: skip
"""By the name that ``patterns.csv`` uses."""
