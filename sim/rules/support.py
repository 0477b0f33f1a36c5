"""What members of a CCG think of a proposal, and whether leaders dare to ask them."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from sim.rules.logistic import Terms, expit, happens

if TYPE_CHECKING:
    from sim.scenario.parameters import Parameters

MODES_APART = 3.26  # log-odds of 0.86 less those of 0.19
MODE_SPREAD = 0.74 / 1.4  # of each mode, against that of the single one
_NORMAL = NormalDist()


def outweighed(own_patients: int, all_patients: int, parts: int) -> float:
    """Return how far a CCG would be outweighed in a merger, from 0 to 1.

    It is 1 - the number of ``parts`` x the CCG's share of all patients, and 0 for an equal share
    or more. Source: priors.md section 7 (Strebel): support is lower where partners are larger.
    """
    return max(0.0, 1.0 - parts * own_patients / all_patients)


class ArgumentFacts(NamedTuple):
    """What members of one CCG argue about in one proposal.

    ``outweighed_by`` is how far the CCG would be outweighed (:func:`outweighed`);
    ``partner_distress`` the patient share of partners in distress where the CCG itself is not;
    ``shares_officer`` the patient share of partners under its own officer, from 0 (own posts at
    stake) to 1; ``matches_council`` says whether the CCG matches one council and
    ``makes_one_council`` whether the merged body would; ``perceived_centre`` whether members see
    the centre behind the proposal; ``opposed_councils`` is the share of its residents whose
    council is opposed.
    """

    outweighed_by: float
    partner_distress: float
    shares_officer: float
    matches_council: bool
    makes_one_council: bool
    perceived_centre: bool
    opposed_councils: float


def argument_terms(p: Parameters, facts: ArgumentFacts, advice: float) -> Terms:
    """Return the arguments that move the members of one CCG, in log-odds of a yes, as named terms.

    The terms are ``ballot_outweighed`` x how far the CCG would be outweighed;
    ``ballot_partner_distress`` x its partners' distress; ``ballot_own_posts`` x the share of
    partners without a shared officer and ``ballot_officer`` x the share with one;
    ``ballot_identity`` where the CCG matches one council; ``ballot_one_council`` where the merged
    CCG would; ``ballot_perceived_centre`` where members see the centre behind the proposal;
    ``ballot_council_opposed`` x the share of residents with an opposed council; and ``advice``,
    the effect of the local medical committees' advice. Source: priors.md sections 4 and 6.
    """
    return (
        ("outweighed", p.ballot_outweighed * facts.outweighed_by),
        ("partner_distress", p.ballot_partner_distress * facts.partner_distress),
        ("own_posts", p.ballot_own_posts * (1.0 - facts.shares_officer)),
        ("identity", p.ballot_identity if facts.matches_council else 0.0),
        ("one_council", p.ballot_one_council if facts.makes_one_council else 0.0),
        ("shared_officer", p.ballot_officer * facts.shares_officer),
        ("perceived_centre", p.ballot_perceived_centre if facts.perceived_centre else 0.0),
        ("opposed_councils", p.ballot_council_opposed * facts.opposed_councils),
        ("lmc_advice", advice),
    )


def common_support(
    p: Parameters, form: str, *, place: float, proposal: float, u_mode: float
) -> tuple[float, float]:
    """Return a proposal's common support in log-odds, and the members' mood as a standard normal.

    The mood is sqrt(``support_place_share``) x ``place`` + sqrt(1 - that share) x ``proposal``,
    both standard normal; the support is ``support_mean`` + sd x mood, where sd is ``support_sd``
    x sqrt(``support_shared``). In the ``form`` "two_mode" an opposed mode replaces part of that
    spread: the modes lie 3.26 apart (log-odds of 0.86 and 0.19), each has a spread of 0.74/1.4 of
    the single mode's, and the mean stays that of the supportive mode; ``u_mode`` decides which.
    Source: priors.md section 2.
    """
    mean, sd = p.support_mean, p.support_sd * math.sqrt(p.support_shared)
    place_share = p.support_place_share
    mood = math.sqrt(place_share) * place + math.sqrt(1.0 - place_share) * proposal
    if form == "two_mode":
        opposed = happens(u_mode, opposed_chance(p, place))
        return mean - (MODES_APART if opposed else 0.0) + sd * MODE_SPREAD * mood, mood
    return mean + sd * mood, mood


def opposed_chance(p: Parameters, place: float) -> float:
    """Return the chance that members of a place take up the opposed mode towards a proposal.

    Over all places it is ``support_opposed_share``; it stays with the place as far as mood does
    (``support_place_share``), for a place (standard normal, negative = cool) that is cool towards
    one proposal is likelier to oppose the next. Assumed: that mode and mood share what stays with
    the place.
    """
    place_share, opposed_share = p.support_place_share, p.support_opposed_share
    if not 0.0 < opposed_share < 1.0:
        return min(1.0, max(0.0, opposed_share))
    left = _NORMAL.inv_cdf(opposed_share) - math.sqrt(place_share) * place
    if place_share >= 1.0:
        return float(left > 0.0)
    return _NORMAL.cdf(left / math.sqrt(1.0 - place_share))


def call_probability(p: Parameters, expected: float) -> float:
    """Return the chance that leaders call the ballot at their expected log-odds of a yes.

    It is expit(``call_steepness`` x ``expected``), where ``expected`` is the mean over the
    proposal's CCGs as leaders read it. Source: priors.md
    section 4 (leaders withdraw before a losing vote); the logistic form, and that they judge by
    the mean and not by the least willing CCG, are assumed: a gate on the least willing one would
    hold back a third of the public proposals, where 22 of 25 were put to members.
    """
    return expit(p.call_steepness * expected)
