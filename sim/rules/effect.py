"""Effects: what a mechanism adds to a decision of the chain where a scenario switches it on.

The chain of a proposal has its own rules. What the evidence cannot size is added to them as an
*effect*: a named term, in the unit of the decision, that exists only while its lever is off its
neutral value. An effect that is not in force is not computed and leaves no trace in the log, so a
neutral lever changes no byte. The facts below are what effects are told: those on starting of a
system, those on footprints of a candidate, those on consent and support of a body, those on
approval of a footprint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from sim.scenario.levers import Levers
    from sim.scenario.parameters import Parameters

Decision = Literal[
    "start", "start_local", "start_centre", "footprint", "consent", "support", "approval"
]
"""Decisions that an effect can be added to.

``start`` (and its one-sided forms) in log-rate, with :class:`SystemFacts`; ``footprint`` in units
of the utility of a candidate, with :class:`CandidateFacts`; ``consent`` in log-odds,
with :class:`BodyFacts` (the footprint being its whole system, for none is chosen yet); ``support``
in log-odds of a yes, with :class:`BodyFacts`; ``approval`` in log-odds, with
:class:`FootprintFacts`.
"""


@dataclass(frozen=True, slots=True)
class LeaderFacts:
    """What effects are told of local leaders; all neutral while no lever of leaders is moved.

    ``seniors`` counts the senior leaders who could sponsor a merger (the system's and one of each
    place), ``in_favour`` those who do;
    ``confidence`` (0 to 1) is the centre's in the system's leader, ``backing`` the strength of its
    statement of backing; ``places_led`` the share of the system's places that have a leader;
    ``provider_led`` the same for leaders from providers (of one CCG, in a CCG's facts);
    ``cooperation`` the stock from 0 (blocked) to 1; ``firm`` the strength of a firm hand here.
    """

    in_favour: int = 0
    seniors: int = 0
    confidence: float = 0.0
    backing: float = 0.0
    outside_chair: bool = False
    places_led: float = 0.0
    provider_led: float = 0.0
    cooperation: float = 0.0
    firm: float = 0.0
    rival: bool = False


NO_LEADER_FACTS: Final = LeaderFacts()


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """A system at the moment its leaders and region weigh a proposal.

    Shares are over its free CCGs; ``ccgs`` counts all its living CCGs, ``free`` those in no
    proposal; ``leader_type`` is that of the leader in post; ``proposals_lost`` counts those voted
    down in England so far in this run; ``day`` is days since the start; ``alienation`` is the mean
    over its CCGs; ``log_divided`` the mean, over free CCGs, of the log of the number of CCGs that
    lie mostly in the same council (0 for one that lies mostly in none); ``alternative`` is the
    shape chosen instead of a merger at the last review, "" before any; ``committee_share`` and
    ``team_share`` are the free CCGs on those rungs.
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
    proposals_lost: int
    alienation: float
    day: float
    log_divided: float = 0.0
    leaders: LeaderFacts = NO_LEADER_FACTS
    alternative: str = ""
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
    residents; ``proposals_lost`` counts those voted down in England so far; ``alienation`` is the
    CCG's own.
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
    proposals_lost: int
    alienation: float
    day: float
    leaders: LeaderFacts = NO_LEADER_FACTS
    cooperation: float = 0.0


@dataclass(frozen=True, slots=True)
class FootprintFacts:
    """An application when the centre decides on it; ``exempt`` from the rule of one CCG or not.

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
    exempt: bool = False
    share_of_system: float = 1.0
    votes_against: float = 0.0
    saving: float = 0.0


class Effect(NamedTuple):
    """One term of a mechanism: its name in the log, the decision, when it acts, and its size."""

    name: str
    decision: Decision
    in_force: Callable[[Levers], bool]
    size: Callable[[Levers, Parameters, Any], float]  # the facts are those of the decision
