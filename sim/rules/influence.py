"""Influences: what bears on a decision of the chain only where a scenario switches it on.

The spine of the model has its own rules; everything the evidence cannot size stands beside it as
an *influence*: a named term, in the unit of the decision it bears on, that exists only while its
lever is off its neutral value. An influence that is not in force is not computed and leaves no
trace in the log, so a neutral lever changes no byte.

A new lever that acts on facts already gathered here needs its schema entry, one influence in a
rule module and one test (docs/extending.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from sim.scenario.levers import Levers
    from sim.scenario.parameters import Parameters

Decision = Literal[
    "start", "start_local", "start_centre", "footprint", "consent", "support", "approval"
]
"""Decisions an influence can bear on.

``start`` (and its one-sided forms) in log-rate, with :class:`SystemFacts`; ``footprint`` in units
of the utility of a candidate, with :class:`CandidateFacts`; ``consent`` in log-odds,
with :class:`BodyFacts` (the footprint being its whole system, for none is chosen yet); ``support``
in log-odds of a yes, with :class:`BodyFacts`; ``approval`` in log-odds, with
:class:`FootprintFacts`.
"""


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """A system at the moment its leaders and region weigh a proposal.

    Shares are over its free CCGs; ``ccgs`` counts all its living CCGs, ``free`` those in no
    proposal; ``leader_type`` is that of the leader in post; ``refusals`` counts ballots lost in
    England so far in this run; ``day`` is days since the start; ``alienation`` is the mean over
    its CCGs; ``committee_share`` and ``team_share`` are the free CCGs on those rungs.
    """

    ccgs: int
    free: int
    patients: int
    officer_share: float
    distress_share: float
    match_share: float
    leader_type: str
    leader_dedicated: bool
    leader_in_post: bool
    ics_status: str
    letters: float
    refusals: int
    alienation: float
    day: float
    committee_share: float = 0.0
    team_share: float = 0.0


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """A footprint that a system's leaders could put forward."""

    parts: int
    patients: int
    whole_system: bool


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """One CCG within one proposal, when its governing body consents or its members vote.

    ``own_patients`` and ``all_patients`` of the footprint; distress as shares of patients;
    ``sharing`` the patient share of partners under the same officer; ``perceived_centre`` 1 where
    members see the centre behind it (0 before engagement); ``opposed_councils`` the share of own
    residents; ``refusals`` counts ballots lost in England so far; ``alienation`` is the CCG's own.
    ``cooperation`` is ``sharing`` times how far the CCG's years under a shared officer have come
    (0 to 1).
    """

    own_patients: int
    all_patients: int
    parts: int
    own_distress: float
    partner_distress: float
    sharing: float
    perceived_centre: float
    opposed_councils: float
    matches_council: bool
    refusals: int
    alienation: float
    day: float
    cooperation: float = 0.0


@dataclass(frozen=True, slots=True)
class FootprintFacts:
    """An application when the centre decides on it.

    The last three are told only where the published tests are applied one by one:
    ``share_of_system`` is the patient share of the home system that the footprint covers,
    ``votes_against`` the share of votes cast against it, ``saving`` the yearly saving in million
    pounds.
    """

    parts: int
    patients: int
    whole_system: bool
    one_council: bool
    ready: float
    distress_share: float
    day: float
    share_of_system: float = 1.0
    votes_against: float = 0.0
    saving: float = 0.0


class Influence(NamedTuple):
    """One term beside the spine: its name in the log, the decision, when it acts, and its size."""

    name: str
    decision: Decision
    in_force: Callable[[Levers], bool]
    size: Callable[[Levers, Parameters, Any], float]  # the facts are those of the decision
