"""What is on record up to 1 April 2020: ballots, proposals, mergers, plans and places?"""

from sim.evidence.record.compositions import MergerTables, bodies_on, read_merger_tables
from sim.evidence.record.facts import Facts, facts_2020, facts_of
from sim.evidence.record.observed import (
    FOLDER,
    ObservedCase,
    ObservedSystem,
    figures,
    observed_cases,
    observed_systems,
)
from sim.evidence.record.places import (
    NamedPlace,
    comparable,
    mean_chances,
    named_places,
    place_chances,
    systems_of,
)
from sim.evidence.record.public_proposals import PublicProposal, round_of_2020
from sim.evidence.record.register import (
    LAST_DAY,
    Case,
    attempts,
    cases,
    homes,
    observed_counts,
    observed_partition,
)
from sim.evidence.record.round_tables import RoundTables, recorded_round, simulated_round
from sim.evidence.record.votes import BallotRecord, ballot_records, by_case, used_records

__all__ = [
    "FOLDER",
    "LAST_DAY",
    "BallotRecord",
    "Case",
    "Facts",
    "MergerTables",
    "NamedPlace",
    "ObservedCase",
    "ObservedSystem",
    "PublicProposal",
    "RoundTables",
    "attempts",
    "ballot_records",
    "bodies_on",
    "by_case",
    "cases",
    "comparable",
    "facts_2020",
    "facts_of",
    "figures",
    "homes",
    "mean_chances",
    "named_places",
    "observed_cases",
    "observed_counts",
    "observed_partition",
    "observed_systems",
    "place_chances",
    "read_merger_tables",
    "recorded_round",
    "round_of_2020",
    "simulated_round",
    "systems_of",
    "used_records",
]
