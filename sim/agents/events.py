"""The kinds of event that the core chain writes, each with typed data.

A kind is a typed dictionary (what its ``data`` hold) and the body that is its subject. The page
on the event log and the checks of what is written read the register in
``sim.agents.event_register``; those of a mechanism stand in the modules of its agents.

Bodies are named by their codes: a CCG by its ODS code, a merged one by its starting members'
codes sorted and joined with ``+``. Dates are ISO texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple, NotRequired, TypedDict

ENGLAND: Final = "England"
Bodies = tuple[str, ...]
Wording = Literal["none", "typically", "expected", "required"]
Stance = Literal["support", "neutral", "oppose", "none"]
Origin = Literal["local", "centre"]


class EventKind(NamedTuple):
    """What the data of a kind of event hold, and which body is its subject."""

    data: type[Mapping[str, Any]]
    subject: str
    only: str = ""
    """What happens, where several kinds share one type of data."""

    @property
    def meaning(self) -> str:
        """What happens, in one sentence."""
        return self.only or (self.data.__doc__ or "").split("\n")[0]


class Nothing(TypedDict):
    """It happened; there is nothing more to say."""


class Count(TypedDict):
    """The number of CCGs at the start or the end."""

    ccgs: Annotated[int, "how many CCGs there are"]


class NationalRule(TypedDict):
    """The national rule on the number of CCGs in a system is in force or changes."""

    wording: Annotated[Wording, "none, typically, expected or required"]
    why: Annotated[str, "the dated event that brought it"]


class Letter(TypedDict):
    """A region urges CCGs to merge: by a letter, or by a push without one."""

    strength: Annotated[float, "how strongly it asks; 1 is as strong as the letter of 2019"]
    deadline: Annotated[str, "date by which it expects the merger, or empty"]
    wording: Annotated[
        Literal["", "none", "typically", "expected", "required"],
        "the wording of the rule that it gives, or empty",
    ]


class Statement(TypedDict):
    """The centre makes a national statement."""

    why: Annotated[str, "name of the dated event"]


class Belief(TypedDict):
    """A region, system or CCG comes to believe a wording of the rule."""

    wording: Annotated[Wording, "none, typically, expected or required"]


class WindowOpens(TypedDict):
    """The yearly window for applications opens."""

    deadline: Annotated[str, "date on which it closes"]


class WindowCloses(TypedDict):
    """The window for applications closes."""

    applications: Annotated[int, "how many have been made"]


class Rung(TypedDict):
    """A CCG moves to another rung of the ladder of joint working."""

    rung: Annotated[
        Literal["separate", "committees_in_common", "shared_officer", "joint_team"],
        "separate, committees_in_common, shared_officer or joint_team",
    ]
    officer_group: Annotated[str, "name of the group that shares its officer, or empty"]


class LeaderLeft(TypedDict):
    """The leader of a system leaves the post."""

    reason: NotRequired[
        Annotated[
            Literal["day_job", "moved_on", "had_enough"],
            "day_job, moved_on or had_enough; only where a lever has reasons drawn",
        ]
    ]


class Satisfaction(TypedDict):
    """A system is known to work well as it is."""

    strength: Annotated[float, "how well, as the calendar of the scenario states it"]


class Mooted(TypedDict):
    """Leaders begin to talk of a merger."""

    footprint: Annotated[Bodies, "the CCGs that it would merge"]
    origin: Annotated[Origin, "who really started it: local or centre"]
    parent: Annotated[str, "the larger proposal that it was made from, or empty"]
    known_since: Annotated[str, "date since which it was public, where it was alive at the start"]


class Advised(TypedDict):
    """A local medical committee advises its practices."""

    stance: Annotated[Stance, "support, neutral, oppose or none"]


class CouncilView(TypedDict):
    """A council makes its view of a proposal known."""

    stance: Annotated[
        Literal["support", "neutral", "oppose", "unknown"],
        "support, neutral, oppose or unknown",
    ]


class Engaged(TypedDict):
    """The public engagement opens, and members form a view of who is behind the proposal."""

    perceived_origin: Annotated[Origin, "local or centre"]


class BallotCalled(TypedDict):
    """Leaders call the ballot."""

    expected: NotRequired[
        Annotated[float, "their reading of the CCGs' mean log-odds of a yes, where they judge it"]
    ]


class Postponed(TypedDict):
    """Leaders put the ballot off."""

    expected: Annotated[float, "their reading of the CCGs' mean log-odds of a yes"]


class BallotCounted(TypedDict):
    """The members of one CCG vote on a proposal."""

    attempt: Annotated[int, "1, and more for re-ballots (at most `ballot.tries`)"]
    practices: Annotated[int, "member practices"]
    votes_for: Annotated[int, "practices for"]
    votes_against: Annotated[int, "practices against"]
    abstained: Annotated[int, "practices that abstained or did not vote"]
    weight_for: Annotated[float, "weight of the votes for"]
    weight_against: Annotated[float, "weight of the votes against"]
    quorate: Annotated[bool, "whether enough practices voted"]
    carried: Annotated[bool, "whether the CCG's rule was met"]
    lmc_advice: Annotated[Stance, "support, neutral, oppose or none"]


class Balloted(TypedDict):
    """All ballots of a round are counted."""

    carried: Annotated[bool, "whether the proposal goes on"]
    attempt: Annotated[int, "1, and more for re-ballots (at most `ballot.tries`)"]


class Applied(TypedDict):
    """The CCGs apply for the merger."""

    window: Annotated[str, "date of the close that the application is for, or empty"]


class Assessed(TypedDict):
    """A regional panel assesses the application."""

    waited: Annotated[float, "days that it waited for the panel"]


class Decided(TypedDict):
    """NHS England (or a system that may decide itself) decides on the application."""

    decision: Annotated[
        Literal["approved", "approved_with_conditions", "deferred", "refused"],
        "approved, approved_with_conditions, deferred or refused",
    ]
    failed: NotRequired[
        Annotated[tuple[str, ...], "the published tests failed, where they are applied one by one"]
    ]


class Merged(TypedDict):
    """CCGs become one body."""

    parts: Annotated[Bodies, "the CCGs that it is made of"]
    system: Annotated[str, "code of the system that it belongs to"]


class Effective(TypedDict):
    """A proposal takes effect."""

    body: Annotated[str, "name of the merged body"]


class EndedUnmerged(TypedDict):
    """A proposal ends without a merger."""

    reason: Annotated[str, "why, in words"]


class Overruled(TypedDict):
    """A proposal goes on although one CCG does not agree."""

    who: Annotated[Literal["governing body", "members"], "governing body or members"]
    rule: Annotated[Literal["majority", "leader"], "majority or leader"]


CORE_EVENTS: Final[dict[str, EventKind]] = {
    "start": EventKind(Count, ENGLAND, "The replication starts."),
    "rule": EventKind(NationalRule, ENGLAND),
    "letter": EventKind(Letter, "region"),
    "statement": EventKind(Statement, ENGLAND),
    "belief": EventKind(Belief, "region, system or CCG"),
    "window_opens": EventKind(WindowOpens, ENGLAND),
    "window_closes": EventKind(WindowCloses, ENGLAND),
    "pause_begins": EventKind(Nothing, ENGLAND, "A national pause of merger work begins."),
    "pause_ends": EventKind(Nothing, ENGLAND, "The pause ends."),
    "rung": EventKind(Rung, "CCG"),
    "leader_left": EventKind(LeaderLeft, "system"),
    "leader_joined": EventKind(Nothing, "system", "A new leader joins a system."),
    "satisfaction": EventKind(Satisfaction, "system"),
    "mooted": EventKind(Mooted, "system"),
    "drafted": EventKind(
        Nothing,
        "system",
        "Enough governing bodies take part, and the proposal is drafted.",
    ),
    "advice": EventKind(Advised, "LMC"),
    "council_view": EventKind(CouncilView, "council"),
    "engaged": EventKind(Engaged, "system"),
    "ballot_called": EventKind(BallotCalled, "system"),
    "postponed": EventKind(Postponed, "system"),
    "ballot": EventKind(BallotCounted, "CCG"),
    "balloted": EventKind(Balloted, "system"),
    "applied": EventKind(Applied, "system"),
    "assessed": EventKind(Assessed, "region"),
    "decided": EventKind(Decided, "NHS England, or a system that decides itself"),
    "conditions_met": EventKind(Nothing, "system", "The CCGs meet the conditions of the approval."),
    "merged": EventKind(Merged, "the new body"),
    "effective": EventKind(Effective, "system"),
    "withdrawn": EventKind(EndedUnmerged, "system", "Leaders withdraw a proposal."),
    "lost": EventKind(EndedUnmerged, "system", "Members vote a proposal down and it ends."),
    "refused": EventKind(EndedUnmerged, "system", "NHS England refuses the application."),
    "lapsed": EventKind(
        EndedUnmerged,
        "system",
        "A proposal ends without a decision of its own: a border runs through it, a mandate or "
        "a law overtakes it, or NHS England has put it off too often.",
    ),
    "overruled": EventKind(Overruled, "CCG"),
    "end": EventKind(
        Count, ENGLAND, "The replication ends, after everything else on the last day."
    ),
}
