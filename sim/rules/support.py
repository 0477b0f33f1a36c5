"""What members of a CCG think of a proposal, and whether leaders dare to ask them."""

from __future__ import annotations

import math
from statistics import NormalDist

from sim.rules.logistic import Terms, expit, happens

MODES_APART = 3.26  # log-odds of .86 less those of .19
MODE_SPREAD = 0.74 / 1.4  # of each mode, against that of the single one
_NORMAL = NormalDist()


def outweighed(own_patients: int, all_patients: int, parts: int) -> float:
    """Return how far a CCG would be outweighed: 0 for an equal share or more, near 1 for none.

    Source: priors.md section 7 (Strebel): support is lower where partners are larger.
    """
    return max(0.0, 1.0 - parts * own_patients / all_patients)


def argument_terms(
    *,
    outweighed_by: float,
    partner_distress: float,
    shares_officer: float,
    matches_council: bool,
    makes_one_council: bool,
    perceived_centre: bool,
    opposed_councils: float,
    advice: float,
    ballot_outweighed: float,
    ballot_partner_distress: float,
    ballot_own_posts: float,
    ballot_identity: float,
    ballot_one_council: float,
    ballot_officer: float,
    ballot_perceived_centre: float,
    ballot_council_opposed: float,
) -> Terms:
    """Return the arguments that move the members of one CCG, in log-odds of a yes.

    ``partner_distress`` is the patient share of partners in distress where one's own CCG is not;
    ``shares_officer`` from 0 (own posts at stake) to 1; ``opposed_councils`` the share of own
    residents; ``advice`` the effect of the LMCs' advice. Source: priors.md sections 4 and 6.
    """
    return (
        ("outweighed", ballot_outweighed * outweighed_by),
        ("partner_distress", ballot_partner_distress * partner_distress),
        ("own_posts", ballot_own_posts * (1.0 - shares_officer)),
        ("identity", ballot_identity if matches_council else 0.0),
        ("one_council", ballot_one_council if makes_one_council else 0.0),
        ("shared_officer", ballot_officer * shares_officer),
        ("perceived_centre", ballot_perceived_centre if perceived_centre else 0.0),
        ("opposed_councils", ballot_council_opposed * opposed_councils),
        ("lmc_advice", advice),
    )


def common_support(
    form: str,
    place: float,
    proposal: float,
    u_mode: float,
    mean: float,
    sd: float,
    place_share: float,
    opposed_share: float,
) -> tuple[float, float]:
    """Return a proposal's common support in log-odds, and the members' mood as a standard normal.

    ``place`` and ``proposal`` are standard normal; their variances add up to sd squared. In the
    two-mode form an opposed mode replaces part of that spread: the modes lie 3.26 apart (log-odds
    of .86 and .19) and each has a spread of .74/1.4 of the single mode's; the mean stays that of
    the supportive mode. Source: priors.md section 2.
    """
    mood = math.sqrt(place_share) * place + math.sqrt(1.0 - place_share) * proposal
    if form == "two_mode":
        opposed = happens(u_mode, opposed_chance(place, place_share, opposed_share))
        return mean - (MODES_APART if opposed else 0.0) + sd * MODE_SPREAD * mood, mood
    return mean + sd * mood, mood


def opposed_chance(place: float, place_share: float, opposed_share: float) -> float:
    """Return the chance that members of a place take up the opposed mode towards a proposal.

    Over all places it is ``opposed_share``; it stays with the place as far as mood does, for a
    place (standard normal, negative = cool) that is cool towards one proposal is likelier to
    oppose the next. Assumed: that mode and mood share what stays with the place.
    """
    if not 0.0 < opposed_share < 1.0:
        return min(1.0, max(0.0, opposed_share))
    left = _NORMAL.inv_cdf(opposed_share) - math.sqrt(place_share) * place
    if place_share >= 1.0:
        return float(left > 0.0)
    return _NORMAL.cdf(left / math.sqrt(1.0 - place_share))


def call_probability(expected: float, steepness: float) -> float:
    """Return the chance that leaders call the ballot at their expected log-odds of a yes.

    ``expected`` is the mean over the proposal's CCGs as leaders read it. Source: priors.md
    section 4 (leaders withdraw before a losing vote); the logistic form, and that they judge by
    the mean and not by the least willing CCG, are assumed: a gate on the least willing one would
    hold back a third of the public proposals, where 22 of 25 were put to members.
    """
    return expit(steepness * expected)
