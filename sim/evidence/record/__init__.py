"""What is on record up to 1 April 2020: ballots, proposals, mergers, plans and places?"""

from sim.evidence.record.compositions import MergerTables, bodies_on, read_merger_tables
from sim.evidence.record.facts import ROUND_2020, Facts, Flags, Indices, Plan, facts_2020, facts_of
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
from sim.evidence.record.public_proposals import (
    PUSHED_REGIONS,
    PublicProposal,
    newly_single_2020,
    round_of_2020,
)
from sim.evidence.record.register import (
    AT_START,
    LAST_DAY,
    START,
    Case,
    attempts,
    cases,
    homes,
    observed_counts,
    observed_partition,
)
from sim.evidence.record.round_tables import LONDON, RoundTables, simulated_round
from sim.evidence.record.votes import BallotRecord, ballot_records, by_case, used_records

__all__ = [
    "AT_START",
    "FOLDER",
    "LAST_DAY",
    "LONDON",
    "PUSHED_REGIONS",
    "ROUND_2020",
    "START",
    "BallotRecord",
    "Case",
    "Facts",
    "Flags",
    "Indices",
    "MergerTables",
    "NamedPlace",
    "ObservedCase",
    "ObservedSystem",
    "Plan",
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
    "newly_single_2020",
    "observed_cases",
    "observed_counts",
    "observed_partition",
    "observed_systems",
    "place_chances",
    "read_merger_tables",
    "round_of_2020",
    "simulated_round",
    "systems_of",
    "used_records",
]
