"""Rules of mechanisms: leaders, councils and place leaders.

The evidence sizes nothing here; every effect is neutral until its lever is moved, and its prior is
a stated guess (``sim.scenario.mechanisms.leaders``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from sim.rules.effect import BodyFacts, Effect, SystemFacts
from sim.rules.logistic import exp, expit, logit

if TYPE_CHECKING:
    from sim.scenario.levers import Levers
    from sim.scenario.parameters import Parameters

DEVOLVED: Final = "devolved"
PROVIDERS: Final = ("acute", "mental_health", "community")
# Who leads a place, in shares. Computed: six place leaders named in HSJ, June 2019 (four chiefs of
# acute trusts, one of a mental-health trust, a council's chief executive), Jeffreys.
PLACE_LEADERS: Final[tuple[tuple[str, float], ...]] = (
    ("acute", 4.5 / 8.0),
    ("mental_health", 1.5 / 8.0),
    ("council", 1.5 / 8.0),
    ("community", 0.5 / 8.0),
)
CONFIDENCE_SPREAD: Final = 1.0  # log-odds between leaders, assumed
HALF_BLOCKED: Final = 0.5  # a system less cooperative than this counts as blocked


# -- System leaders ------------------------------------------------------------------------------


def confidence(mean: float, z: float, backing: float) -> float:
    """Return the national confidence in one leader of a system, from 0 to 1.

    Its log-odds are those of the ``mean`` + the leader's own standard normal draw ``z`` + the
    strength of a statement of ``backing``. Assumed: "national confidence" is named by the sources,
    not measured.
    """
    return expit(logit(mean) + CONFIDENCE_SPREAD * z + backing)


def exit_reason(u: float, *, dedicated: bool, confidence: float, losses: int) -> str:
    """Return why a system's leader leaves: back to the day job, moved on, or had enough.

    The weights are 1 for the day job (0 for a dedicated leader, who has none to return to), 2 x (1
    - ``confidence``) for being moved on by the centre, and 1 + ``losses`` (lost ballots and
    refusals wear leaders out) for having had enough; one draw decides. The fourth fate, staying on,
    is no exit. Source: HSJ, late 2016 (the fates); the weights are assumed.
    """
    weights = (
        ("day_job", 0.0 if dedicated else 1.0),
        ("moved_on", 2.0 * (1.0 - confidence)),
        ("had_enough", 1.0 + losses),
    )
    target = u * math.fsum(weight for _, weight in weights)
    for reason, weight in weights:
        target -= weight
        if target < 0.0:
            return reason
    return weights[-1][0]


def favour_probability(p: Parameters, leaders: float) -> float:
    """Return the chance that a senior leader favours merging.

    Its log-odds are those of ``sponsor_share`` plus ``sponsor_strength`` x ``leaders``: how strong
    local leadership is, in standard deviations (the quality of the system's leader in post, and
    one more where a strong provider leads).
    Source: HSJ, June 2019 and mid 2016 (strong leaders and strong providers); size assumed.
    """
    return expit(logit(p.sponsor_share) + p.sponsor_strength * leaders)


def pace(p: Parameters, *, chair: bool, rival: bool) -> float:
    """Return the factor by which talks and drafting take longer for their leaders' sake.

    It is exp(``rivalry``) where trusts are rivals, times exp(-``outside_chair``) where an outside
    chair leads. Source: rows 72 and 101 (signs); sizes assumed.
    """
    return exp((p.rivalry if rival else 0.0) - (p.outside_chair if chair else 0.0))


# -- Place leaders -------------------------------------------------------------------------------


def place_leader_type(u: float) -> str:
    """Return which kind of body the leader of a place comes from.

    It is the first kind of ``PLACE_LEADERS`` at which the shares so far add up to more than ``u``.
    Computed from the place leaders named in HSJ, June
    2019.
    """
    for kind, share in PLACE_LEADERS:
        if u < share:
            return kind
        u -= share
    return PLACE_LEADERS[-1][0]


def place_leader_rate(p: Parameters, *, keenness: float, merged: bool) -> float:
    """Return the rate per month at which somebody takes the lead of a place.

    It is ``place_leader_rate`` x the ``keenness`` of trusts and councils, times
    exp(``place_leader_merged``) once the place's CCG has merged. Source: HSJ, June 2019 (leaders
    of places are partly a consequence of mergers).
    """
    return p.place_leader_rate * keenness * exp(p.place_leader_merged if merged else 0.0)


# -- Cooperation ---------------------------------------------------------------------------------


def cooperation_after(before: float, per_month: float, joint_share: float, months: float) -> float:
    """Return how well a system cooperates after some months, from 0 (blocked) to 1.

    The gap to 1 falls as exp(-``per_month`` x ``joint_share`` x ``months``), where ``joint_share``
    is the share of CCGs that work under a shared officer. What providers perform
    does not enter: cooperation held in places in trouble. Source: HSJ, June 2019 (direction).
    """
    return before - (1.0 - before) * math.expm1(-per_month * joint_share * months)


# -- Councils ------------------------------------------------------------------------------------


def after_compromise(opposed_share: float, gain: float) -> float:
    """Return the share of residents whose council is still opposed once a compromise is struck.

    It is the share before x (1 - ``gain``). Source: HSJ, June 2019 (row 54); the size is assumed.
    """
    return opposed_share * (1.0 - gain)


# -- Effects -------------------------------------------------------------------------------------


def _sponsors(_levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return how senior local leaders in favour, or none, speed up or hold back starting.

    Source: rows 6 and 41 (signs); sizes assumed.
    """
    leaders = facts.leaders
    if leaders.in_favour == 0:
        return p.start_unsponsored
    return p.start_local_leader * (leaders.in_favour / leaders.seniors - p.sponsor_share)


def _backing(_levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return what a national statement of backing is worth where the centre trusts the leader.

    Source: row 96 (leaders act if they are told that they will be backed); size assumed.
    """
    return p.start_backing * facts.leaders.backing * facts.leaders.confidence


def _chair(_levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return how an outside chair speeds up starting.

    Source: row 72 (outside leadership worked in two places); size assumed.
    """
    return p.outside_chair if facts.leaders.outside_chair else 0.0


def _place_leaders(_levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return how leaders of places speed up starting.

    Source: row 41 (strong local leaders bring mergers); size assumed.
    """
    return p.start_local_leader * facts.leaders.places_led


def _devolved(_levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return the further need of merging in a system with a devolution deal.

    Source: row 74 (where powers are devolved, mergers are needed less); size assumed.
    """
    return p.devolved_need if facts.ics_status == DEVOLVED else 0.0


def _rivalry(_levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return how rivalry between trusts holds back starting.

    Source: row 101 (sign); size assumed.
    """
    return -p.rivalry if facts.leaders.rival else 0.0


def _firm_hand(_levers: Levers, p: Parameters, facts: SystemFacts | BodyFacts) -> float:
    """Return what a firm hand wins where partners are blocked and loses elsewhere.

    Source: row 71; form and size assumed.
    """
    leaders = facts.leaders
    return p.firm_hand * leaders.firm * (1.0 - 2.0 * leaders.cooperation)


def _impartial(_levers: Levers, p: Parameters, facts: BodyFacts) -> float:
    """Return what members make of an outside chair.

    Source: row 72 (sign); size assumed.
    """
    return p.ballot_outside_chair if facts.leaders.outside_chair else 0.0


def _takeover(levers: Levers, p: Parameters, facts: BodyFacts) -> float:
    """Return what talk of a takeover by providers does to members' support.

    Source: row 51 (sign); size assumed.
    """
    return p.ballot_takeover * levers.leaders.takeover_fear * facts.leaders.provider_led


def _held_together(_levers: Levers, p: Parameters, facts: BodyFacts) -> float:
    """Return how far cooperation holds partners together in spite of their debts.

    Full cooperation takes the argument of the partners' distress away.
    """
    worse = max(0.0, facts.partner_distress - facts.own_distress)
    return -p.ballot_partner_distress * worse * facts.leaders.cooperation


EFFECTS: Final[tuple[Effect, ...]] = (
    Effect("sponsors", "start", lambda v: v.leaders.sponsor == "required", _sponsors),
    Effect("backing", "start", lambda v: v.leaders.backing > 0.0, _backing),
    Effect("outside_chair", "start", lambda v: v.leaders.outside_chair != "none", _chair),
    Effect("place_leaders", "start", lambda v: v.leaders.place_leaders > 0.0, _place_leaders),
    Effect("devolved", "start", lambda v: v.leaders.devolved, _devolved),
    Effect("rivalry", "start", lambda v: bool(v.leaders.rival_systems), _rivalry),
    Effect("firm_hand", "start", lambda v: v.leaders.firm_hand > 0.0, _firm_hand),
    Effect("firm_hand", "consent", lambda v: v.leaders.firm_hand > 0.0, _firm_hand),
    Effect("outside_chair", "support", lambda v: v.leaders.outside_chair != "none", _impartial),
    Effect("takeover", "support", lambda v: v.leaders.takeover_fear > 0.0, _takeover),
    Effect("held_together", "support", lambda v: v.leaders.cooperation, _held_together),
)
