"""Rules of mechanisms: service change, who has the last word, and what force leaves behind."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from sim.rules.agreement import DECISION_RULES, DecisionRule, most_agree
from sim.rules.effect import BodyFacts, Effect
from sim.rules.logistic import Terms, exp, expit, logit, total

if TYPE_CHECKING:
    from sim.scenario.levers import Levers
    from sim.scenario.parameters import Parameters

FORCED: Final = frozenset({"centre", "imposed", "mandate"})
"""Ways of overruling a CCG that come from above; all others come from its own side."""

MIDDLE_LOSS: Final = 0.5  # the loss at which a deadlock lasts as the stage's duration says
EVEN_DISTRESS: Final = 0.5  # the share in distress at which the centre imposes at even odds


def veto_terms(
    p: Parameters, *, loss: float, sharing: float, distress: float, autonomy: float
) -> Terms:
    """Return the log-odds that a CCG vetoes a reconfiguration of services, as named terms.

    The terms are ``veto_base``; ``veto_loss`` x the part of its own hospital's services that it
    would lose (0 to 1); ``veto_shared`` x the patient share of the other CCGs concerned under its
    own officer; its taste for ``autonomy`` (log-odds); less ``veto_loyalty`` x the share of its
    patients in bodies in distress, which puts loyalty to the centre before that taste.
    Source: service_change_vetoes.md and rows 94, 95, 108.
    """
    return (
        ("base", p.veto_base),
        ("own_loss", p.veto_loss * loss),
        ("shared_officer", p.veto_shared * sharing),
        ("autonomy", autonomy),
        ("loyalty", -p.veto_loyalty * distress),
    )


def veto_probability(terms: Terms, autonomy_kept: float) -> float:
    """Return the chance that a CCG vetoes a reconfiguration, by a right to block that counts.

    It is expit(sum of the terms) x the part of that right that CCGs keep (``autonomy_kept``).
    Source: row 93 (autonomy ends if it is used to block change); that a part of the right counts
    in proportion is assumed.
    """
    return autonomy_kept * expit(total(terms))


def verdict(rule: DecisionRule, vetoes: int, parties: int, *, leader_in_post: bool) -> str:
    """Return what a system's CCGs decide on a reconfiguration: agreed, majority, leader, deadlock.

    ``rule`` is the entry of ``DECISION_RULES`` that the lever ``service.decision_rule`` names.
    Under majority less than half may be against; under leader the leader decides, and while the
    post is vacant a majority does. Source: row 98.
    """
    if vetoes == 0:
        return "agreed"
    if rule.leader_alone and leader_in_post:
        return "leader"
    if rule.overrules and most_agree(parties - vetoes, parties):
        return "majority"
    return "deadlock"


def voluntary_probability(voluntary_share: float, strength: float) -> float:
    """Return the chance that a system forms a combined authority of its own accord.

    Its log-odds are those of ``voluntary_share`` + the ``strength`` of its leading provider.
    Source: rows 99 and 100.
    """
    return expit(logit(voluntary_share) + strength)


def imposition_probability(distress_share: float, impose_distress: float) -> float:
    """Return the chance that the centre would impose an authority on a blocked patch.

    Its log-odds are ``impose_distress`` x (the patient share of its bodies in distress - one half):
    force is aimed where a block meets trouble. Source: row 102; the even odds at one half are
    assumed.
    """
    return expit(impose_distress * (distress_share - EVEN_DISTRESS))


def class_of_patch(u_voluntary: float, voluntary: float, u_imposed: float, imposed: float) -> str:
    """Return which kind of combined authority a blocked patch lends itself to.

    Voluntary around a strong provider; forced where a block meets distress; or neither. A
    mixture of two classes with their own chances of success and costs. Source: row 99.
    """
    if u_voluntary < voluntary:
        return "voluntary"
    return "forced" if u_imposed < imposed else "neither"


def final_word(final_say: str, patch: str) -> str:
    """Return who settles a deadlock in a patch of this class: "" where nobody can.

    ``leader``, ``voluntary``, ``imposed`` or ``centre``. Source: rows 91, 92 and 98 to 102.
    """
    if final_say in ("leader", "centre"):
        return final_say
    if patch == "voluntary" and final_say in ("combined", "combined_voluntary"):
        return "voluntary"
    if patch == "forced" and final_say in ("combined", "combined_imposed"):
        return "imposed"
    return ""


def prevails_probability(p: Parameters, who: str, *, leader_in_post: bool) -> float:
    """Return the chance that the last word on a reconfiguration holds.

    ``force_prevails`` for the centre or an imposed authority, ``voluntary_prevails`` for a
    voluntary authority, ``leader_prevails`` for the system's leader (0 while the post is vacant).
    Source: rows 91 (the leader's say holds with the centre's confidence) and 92.
    """
    if who in FORCED:
        return p.force_prevails
    if who == "leader":
        return p.leader_prevails if leader_in_post else 0.0
    return p.voluntary_prevails


def delay_factor(loss: float, deadlock_salience: float) -> float:
    """Return the factor by which a deadlock lasts longer for what is at stake.

    It is exp(``deadlock_salience`` x (the ``loss`` - one half)), so 1 at half a hospital. Source:
    row 97 (the political cost of unpopular closures delays them).
    """
    return exp(deadlock_salience * (loss - MIDDLE_LOSS))


# -- Alienation ---------------------------------------------------------------------------------


def alienation_after(how: str, alienation_mild: float) -> float:
    """Return the alienation that being overruled in this way leaves, in forced moves.

    1 where it came from above (``centre``, ``imposed``, or ``mandate`` for a merger without a
    vote), less where one's own leader, a majority or a voluntary authority overruled. Source:
    row 79; the order is assumed.
    """
    return 1.0 if how in FORCED else alienation_mild


def fading(months: float, half_life: float) -> float:
    """Return what is left of a CCG's alienation after a time: 1 at first, half after a half-life.

    It is 2 to the power of -``months`` / ``half_life``. Assumed.
    """
    return math.exp(-math.log(2.0) * months / half_life)


def can_alienate(levers: Levers) -> bool:
    """Return whether anything in a scenario can overrule a CCG, so that alienation may matter.

    A mandate can, a rule of decision by which CCGs are overruled (majority or leader), and
    reconfigurations of services. Every lever that forces a CCG belongs here, or the alienation
    it leaves weighs on nobody.
    """
    force = levers.force
    forced = force.mandate is not None or DECISION_RULES[force.decision_rule].overrules
    return forced or levers.service.arrivals > 0.0


def alienation_term(_levers: Levers, parameters: Parameters, facts: BodyFacts) -> float:
    """Return what alienation takes from a CCG's consent or from its members' support, in log-odds.

    ``alienation_effect`` x the CCG's alienation now, in forced moves still fresh. Source: row 79
    (alienating CCGs damages the chance of winning over their GPs).
    """
    return parameters.alienation_effect * facts.alienation


EFFECTS: Final[tuple[Effect, ...]] = (
    Effect("alienation", "consent", can_alienate, alienation_term),
    Effect("alienation", "support", can_alienate, alienation_term),
)
