"""The frozen bodies of a world: CCGs, practices, systems, regions, councils, LMCs.

Bodies refer to each other by index (their position in the world's tuples); the index is also
the permanent address of a body's draws, so the order of rows in a world folder is part of the
world. Nothing here changes during a run: the state of a replication lives in ``sim.agents``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Rung = Literal["separate", "committees_in_common", "shared_officer", "joint_team"]
Distress = Literal["none_known", "inadequate", "special_measures", "directions"]
LeaderType = Literal["unknown", "ccg", "provider", "council", "independent"]
CouncilStance = Literal["unknown", "support", "neutral", "oppose"]
LiveStage = Literal["mooted", "drafted", "engaged", "balloted"]

RUNGS: Final[tuple[Rung, ...]] = (
    "separate",
    "committees_in_common",
    "shared_officer",
    "joint_team",
)


@dataclass(frozen=True, slots=True)
class BallotRule:
    """How one CCG's constitution counts its members' vote on a merger.

    ``threshold`` is the share of votes cast that must be exceeded; ``quorum`` the share of member
    practices that must cast a vote; ``weighting`` is ``equal`` (one practice, one vote) or
    ``list_size``. ``documented`` is false where the assumed default stands.
    """

    threshold: float
    quorum: float
    weighting: Literal["equal", "list_size"]
    binding: bool
    documented: bool


@dataclass(frozen=True, slots=True)
class LMCShare:
    """One local medical committee and the share of the CCG's residents in its area."""

    lmc: int
    share: float


@dataclass(frozen=True, slots=True)
class CCG:
    """A clinical commissioning group at the start: place, practices, officer, finances, rules.

    ``practices`` are the rows (permanent ids) of its practices, ``voters`` those that may vote.
    ``officer_group`` is the id shared by CCGs under one accountable officer ("" = none known);
    ``officer_known`` is false where the record is silent, which is not the same as "not shared".
    ``matched_council`` is the index of the council that holds at least 95% of this CCG's
    residents and has at least 95% of its own residents in it, or -1.
    ``council_shares`` are (council index, share of the CCG's residents).
    """

    index: int
    code: str
    name: str
    system: int
    patients: int
    residents: int
    practices: tuple[int, ...]
    voters: tuple[int, ...]
    rung: Rung
    officer_group: str
    officer_known: bool
    distress: Distress
    matched_council: int
    council_shares: tuple[tuple[int, float], ...]
    lmcs: tuple[LMCShare, ...]
    rule: BallotRule


@dataclass(frozen=True, slots=True)
class System:
    """A sustainability and transformation partnership or integrated care system (STP/ICS).

    ``last_loss`` is the day of its last lost ballot or refusal before the start, if one is known.
    """

    index: int
    code: str
    name: str
    region: int
    ccgs: tuple[int, ...]
    ics_status: str
    leader_type: LeaderType
    leader_dedicated: bool
    last_loss: date | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """One of the seven regions of NHS England/Improvement."""

    index: int
    name: str
    systems: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Council:
    """An upper-tier or unitary council and its publicly known stance on merging its CCGs."""

    index: int
    code: str
    name: str
    stance: CouncilStance


@dataclass(frozen=True, slots=True)
class LMC:
    """A local medical committee: the statutory voice of GPs in its area."""

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class LiveProposal:
    """A merger proposal known to be alive on the start date, with the stage it had reached.

    ``known_since`` is the first day of the earliest month in which it was public; ``target`` the
    1 April aimed at, or None where none was stated. ``balloted``: members have carried it, and the
    application is next.
    """

    id: str
    system: int
    ccgs: tuple[int, ...]
    stage: LiveStage
    known_since: date
    target: date | None
    origin_hint: Literal["unknown", "local", "centre"]


@dataclass(frozen=True, slots=True)
class Footprint:
    """A candidate set of CCGs that could merge, listed when the world is loaded.

    ``whole_system``: all CCGs of the home system (one that crosses its border may hold more).
    ``council``: index of the council whose CCGs (those with at least half of their residents in
    it) these are, or -1. ``officer_group``: the group whose members these are, or "". ``crosses``:
    members lie in more than one system. ``system``: the home system, the one holding most of its
    patients.
    """

    ccgs: tuple[int, ...]
    system: int
    whole_system: bool
    council: int
    officer_group: str
    crosses: bool


@dataclass(frozen=True, slots=True)
class Split:
    """A way of splitting a system in two that people had named before the start.

    ``parts`` hold the CCGs (indexes, rising) of its two parts, ``names`` what they are called.
    """

    system: int
    names: tuple[str, ...]
    parts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class World:
    """Everything that exists on the start date; the same for all replications of a scenario.

    Practices are rows of parallel tuples: ``practice_ccg`` (CCG index), ``practice_patients``,
    ``practice_votes`` and ``practice_leaning`` (log-odds of a yes, or None for the whole tuple
    where the world states no leanings). ``neighbours[i]`` are the CCGs that share a border or a
    crossing with CCG i. ``footprints[s]`` are the candidates whose home is system s (at most 30
    inside the system; those that cross are flagged). ``digest`` is the SHA-256 of its files;
    ``splits`` are the splits of systems that had been named; ``day`` is the day of its map.
    """

    name: str
    ccgs: tuple[CCG, ...]
    systems: tuple[System, ...]
    regions: tuple[Region, ...]
    councils: tuple[Council, ...]
    lmcs: tuple[LMC, ...]
    neighbours: tuple[tuple[int, ...], ...]
    live_proposals: tuple[LiveProposal, ...]
    footprints: tuple[tuple[Footprint, ...], ...]
    practice_ccg: tuple[int, ...]
    practice_patients: tuple[int, ...]
    practice_votes: tuple[bool, ...]
    practice_leaning: tuple[float, ...] | None
    digest: str
    day: date
    splits: tuple[Split, ...] = ()
