"""The register of purposes: what a random number is for, and whose it is.

A purpose's number is part of the address of its draws and is permanent: never renumber, never
reuse a retired number, add new purposes at the end with the next free number. The kind of body
says who owns the draws (one column per body of that kind in the world).

``group`` sorts the purposes into the sources of spread that are reported: what nobody measured
about a place, a proposal, a CCG or a practice, the parameters, and all other draws.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

BodyKind = Literal["parameter", "national", "region", "system", "ccg", "practice", "lmc", "council"]
Group = Literal["parameters", "place", "proposal", "ccg", "practice", "other"]

GROUPS: Final[tuple[Group, ...]] = (
    "parameters",
    "place",
    "proposal",
    "ccg",
    "practice",
    "other",
)


# Attempts to a page of draws, by kind of body. Part of every address: never change.
ATTEMPTS: Final[dict[BodyKind, int]] = {
    "parameter": 1,
    "national": 1,
    "region": 2,
    "system": 8,
    "ccg": 2,
    "practice": 1,
    "lmc": 4,
    "council": 1,
}


class Purpose(NamedTuple):
    """What a draw is for: its permanent number, the kind of body that owns it, its group."""

    number: int
    name: str
    body: BodyKind
    group: Group


# Parameters of a replication, one column per parameter's permanent number.
PARAMETERS: Final = Purpose(1, "parameters", "parameter", "parameters")

# What nobody measured about a place.
PLACE_START: Final = Purpose(2, "place_start", "system", "place")
PLACE_SUPPORT: Final = Purpose(3, "place_support", "system", "place")
AUTONOMY: Final = Purpose(4, "autonomy", "ccg", "ccg")

# Beliefs: one attempt per national message.
RELAY_REGION: Final = Purpose(5, "relay_region", "region", "other")
RELAY_SYSTEM: Final = Purpose(6, "relay_system", "system", "other")
RELAY_CCG: Final = Purpose(7, "relay_ccg", "ccg", "other")

# Starting: unit-exponential budgets, one attempt per proposal started by that origin.
MOOT_LOCAL: Final = Purpose(11, "moot_local", "system", "other")
MOOT_CENTRE: Final = Purpose(12, "moot_centre", "system", "other")
FOOTPRINT: Final = Purpose(13, "footprint", "system", "proposal")

# A proposal's own course, addressed by (home system, ordinal).
EXPLORE_TIME: Final = Purpose(14, "explore_time", "system", "proposal")
DRAFT_TIME: Final = Purpose(15, "draft_time", "system", "proposal")
ENGAGE_TIME: Final = Purpose(16, "engage_time", "system", "proposal")
PERCEIVED_ORIGIN: Final = Purpose(17, "perceived_origin", "system", "proposal")
PROPOSAL_SUPPORT: Final = Purpose(18, "proposal_support", "system", "proposal")
PROPOSAL_MODE: Final = Purpose(19, "proposal_mode", "system", "proposal")
NARROWER: Final = Purpose(20, "narrower", "system", "proposal")
HONOUR_VOTE: Final = Purpose(21, "honour_vote", "system", "proposal")
PANEL_TIME: Final = Purpose(22, "panel_time", "system", "proposal")
NATIONAL_TIME: Final = Purpose(23, "national_time", "system", "proposal")
DECISION: Final = Purpose(24, "decision", "system", "proposal")
CONDITIONS: Final = Purpose(25, "conditions", "system", "proposal")
CONDITIONS_TIME: Final = Purpose(26, "conditions_time", "system", "proposal")

# The leaders' look at expected support: one attempt per look, counted by system.
EXPECTED_SUPPORT: Final = Purpose(27, "expected_support", "system", "proposal")
CALL_BALLOT: Final = Purpose(28, "call_ballot", "system", "proposal")
POSTPONE: Final = Purpose(29, "postpone", "system", "proposal")
POSTPONE_TIME: Final = Purpose(30, "postpone_time", "system", "proposal")

# A CCG's own course: one attempt per proposal it consented to or ballot it held.
CONSENT: Final = Purpose(31, "consent", "ccg", "ccg")
CCG_SUPPORT: Final = Purpose(32, "ccg_support", "ccg", "ccg")
REBALLOT: Final = Purpose(33, "reballot", "ccg", "ccg")
REBALLOT_SHIFT: Final = Purpose(34, "reballot_shift", "ccg", "ccg")
REBALLOT_TIME: Final = Purpose(35, "reballot_time", "ccg", "ccg")
BALLOT_TIME: Final = Purpose(36, "ballot_time", "ccg", "ccg")
TURNOUT: Final = Purpose(37, "turnout", "ccg", "ccg")

# Practices: a lasting leaning, and one attempt per ballot for voting at all and for how.
PRACTICE_LEANING: Final = Purpose(38, "practice_leaning", "practice", "practice")
PRACTICE_TURNOUT: Final = Purpose(39, "practice_turnout", "practice", "practice")
PRACTICE_VOTE: Final = Purpose(40, "practice_vote", "practice", "practice")

# Bodies that advise: one attempt per proposal they are asked about.
LMC_MOOD: Final = Purpose(41, "lmc_mood", "lmc", "other")
COUNCIL_STANCE: Final = Purpose(42, "council_stance", "council", "place")

# Leaders who come and go, and the ladder of joint working.
LEADER_TENURE: Final = Purpose(43, "leader_tenure", "system", "other")
VACANCY_TIME: Final = Purpose(44, "vacancy_time", "system", "other")
LADDER_TIME: Final = Purpose(45, "ladder_time", "ccg", "other")

# A deferred application where applications are looked at all year; a system that cools off after a
# loss; who began a proposal that was alive at the start.
REAPPLY_TIME: Final = Purpose(46, "reapply_time", "system", "proposal")
COOLING_TIME: Final = Purpose(47, "cooling_time", "system", "other")
LIVE_ORIGIN: Final = Purpose(48, "live_origin", "system", "proposal")

# Designation as an integrated care system.
ICS_DAY: Final = Purpose(50, "ics_day", "system", "place")

# The published tests of an application: one attempt per application and test.
APPROVAL_TEST: Final = Purpose(55, "approval_test", "system", "proposal")

# How far size itself pays in a place; read where its worth is weighed, not by the agents.
SCALE_EFFECT: Final = Purpose(56, "scale_effect", "system", "place")

# Leaders, councils and place leaders: drawn only where a lever asks for them.
LEADER_CONFIDENCE: Final = Purpose(60, "leader_confidence", "system", "other")
LEADER_EXIT: Final = Purpose(61, "leader_exit", "system", "other")
LEADER_QUALITY: Final = Purpose(62, "leader_quality", "system", "other")
SENIOR_FAVOUR: Final = Purpose(63, "senior_favour", "ccg", "other")
SYSTEM_FAVOUR: Final = Purpose(64, "system_favour", "system", "other")
PLACE_LEADER: Final = Purpose(65, "place_leader", "ccg", "other")
DUAL_ROLE: Final = Purpose(66, "dual_role", "ccg", "other")
COUNCIL_OFFER: Final = Purpose(67, "council_offer", "council", "other")
COOPERATION: Final = Purpose(68, "cooperation", "system", "place")
FINANCE_DIRECTOR: Final = Purpose(69, "finance_director", "system", "other")

# Boundaries: budgets of asking, and what the centre and partners answer.
EXEMPTION_TIME: Final = Purpose(70, "exemption_time", "system", "other")
SPLIT_TIME: Final = Purpose(71, "split_time", "system", "other")
SPLIT_DECISION: Final = Purpose(72, "split_decision", "system", "other")
APPROACH_TIME: Final = Purpose(73, "approach_time", "system", "other")
PERSUASION: Final = Purpose(74, "persuasion", "system", "other")

# Service change: attempts are a system's reconfigurations, or those that a CCG was party to.
SERVICE_ARRIVAL: Final = Purpose(80, "service_arrival", "system", "other")
SERVICE_LOSS: Final = Purpose(81, "service_loss", "system", "other")
SERVICE_VETO: Final = Purpose(82, "service_veto", "ccg", "ccg")
DEADLOCK_TIME: Final = Purpose(83, "deadlock_time", "system", "other")
FINAL_SAY_TIME: Final = Purpose(84, "final_say_time", "system", "other")
FINAL_SAY: Final = Purpose(85, "final_say", "system", "other")

# Providers and functions: how strong a system's provider is; who leads a place; other shapes.
PROVIDER_STRENGTH: Final = Purpose(86, "provider_strength", "system", "place")
PLACE_TAKEN: Final = Purpose(87, "place_taken", "ccg", "other")
ALTERNATIVE_TIME: Final = Purpose(88, "alternative_time", "system", "other")
ALTERNATIVE: Final = Purpose(89, "alternative", "system", "other")

PURPOSES: Final[tuple[Purpose, ...]] = tuple(
    sorted(value for value in globals().values() if isinstance(value, Purpose))
)
