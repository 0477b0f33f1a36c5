"""Parameters of exemptions, splits and mergers of systems.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.scenario.distributions import beta, lognormal, normal
from sim.scenario.lever_field import Group, lever
from sim.scenario.parameter_field import parameter

Crossing = Literal["never", "county"]


class Boundaries(Group):
    """Footprints and system borders."""

    cross_system: Crossing = lever(
        "never",
        "whether a footprint may cross a system border: never, or where it matches a county",
        "choice",
        (17, 80),
    )
    exemption_patients: int | None = lever(
        None,
        "patients from which a system may ask to keep several CCGs; without it none may",
        "patients",
        (25, 27),
        unset="none",
        ge=0,
        le=100_000_000,
    )
    exemption_cap: int = lever(
        5, "most systems that the centre exempts", "systems", (25,), ge=0, le=1000
    )
    splits: bool = lever(
        False,
        "systems may ask to be split in two; hardly any does before a national statement",
        "yes/no",
        (14, 17, 21, 23, 24, 26),
    )
    system_mergers: bool = lever(
        False, "the centre persuades small systems to join a neighbour", "yes/no", (17, 22)
    )
    divided_counties: float = lever(
        0.0,
        "how much counties divided among several CCGs are sought out for merging",
        "index",
        (103,),
        ge=0.0,
        le=10.0,
    )


@dataclass(frozen=True)
class BoundaryParameters:
    """Numbers of exemptions, splits and mergers of systems."""

    exemption_request: float = parameter(
        120,
        lognormal(0.02, 0.5),
        "per system and month",
        "rate at which a system large enough, with CCGs of mean autonomy, asks for an exemption",
        "assumed: about a fifth of those large enough ask within a year, so that 'a handful' is "
        "both what is granted and what is asked (row 25; no system had asked by the cut-off)",
        (25, 27),
        low=0.0,
        acts="where exemptions may be asked for",
    )
    split_request: float = parameter(
        121,
        lognormal(0.025, 0.5),
        "per system and month",
        "rate at which a system of mean size whose split has been named asks for it",
        "assumed: about an even chance that one such system asks within the two and a half years "
        "from a statement (rows 21 and 23: 'one practical option')",
        (21, 23, 26),
        low=0.0,
        acts="where systems may be split",
    )
    split_before_statement: float = parameter(
        122,
        beta(0.5, 24.5),
        "factor",
        "what is left of the rate of asking for a split before a national statement",
        "evidence: none of 44 systems had been split from March 2016 to October 2019 (row 21); "
        "the mean of 0.02 is assumed",
        (14, 21),
        low=0.0,
        high=1.0,
        acts="where systems may be split",
    )
    split_visibility: float = parameter(
        123,
        lognormal(0.1, 0.7),
        "per split granted",
        "rate at which any system asks for a split for each one granted, against the named one's",
        "assumed: sized to some one request by others for each split granted; a journalist expects "
        "many to rush to it (row 24), which nobody could observe",
        (24,),
        low=0.0,
        acts="where systems may be split",
    )
    split_grant: float = parameter(
        124,
        beta(4, 6),
        "probability",
        "that the centre grants a split asked for",
        "assumed: below a half, since senior figures were cool and preferred large systems (21)",
        (21, 26),
        low=0.0,
        high=1.0,
        acts="where systems may be split",
    )
    boundary_months: float = parameter(
        125,
        lognormal(5.0, 0.3),
        "months",
        "from asking for a split to its decision, and length of one spell of talks on joining",
        "assumed: as long as the first talks of CCGs that merge (priors.md section 3)",
        (21, 22),
        low=0.0,
        acts="where systems may split or join",
    )
    system_approach: float = parameter(
        126,
        lognormal(0.002, 0.5),
        "per system and month",
        "rate at which the centre asks a system of mean size to join a neighbour",
        "computed: 44 systems of March 2016 were 42 in June 2019, 0.0012 mergers per system "
        "and month, divided by the chance of some 0.65 that one of three spells persuades",
        (17, 22),
        low=0.0,
        acts="where systems may join",
    )
    merger_persuasion: float = parameter(
        127,
        beta(2, 5),
        "probability",
        "that one spell of talks persuades a system to join its neighbour",
        "assumed: below a half: the precedent's system was 'only recently persuaded' (row 22)",
        (22,),
        low=0.0,
        high=1.0,
        acts="where systems may join",
    )
    start_divided_county: float = parameter(
        128,
        normal(0.5, 0.25),
        "log-rate per log of CCGs",
        "effect of the number of CCGs among which a system's counties are divided",
        "assumed: counties divided among several CCGs were called the likely candidates (row 103); "
        "rates grow with the root of their number at the mean",
        (103,),
        acts="where divided counties are sought out",
    )
