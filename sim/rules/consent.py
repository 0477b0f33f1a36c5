"""Whether a governing body takes part in a proposal, and how long the work may be squeezed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rules.logistic import Terms

if TYPE_CHECKING:
    from sim.scenario.parameters import Parameters


def consent_terms(
    p: Parameters,
    *,
    autonomy: float,
    matches_council: bool,
    pushed: bool,
    shares_officer: float,
    incentive: float,
) -> Terms:
    """Return the log-odds that a CCG's governing body takes part in a proposal, as named terms.

    The terms are ``consent_base``; less the body's taste for ``autonomy`` (log-odds, positive =
    reluctant); ``consent_council_match`` where the CCG matches one council and its region does
    not push for whole systems; ``consent_officer`` times the share of the partners' patients
    under the CCG's own accountable officer, who then has agreed on both sides of the table; and
    ``consent_incentive`` per unit of the lever ``incentive`` above its 2019 level of 1.
    Source: base_rates.md for the council match and for shared officers (23 of 28 attempts with
    one officer merged, 3 of 5 with some, 0 of 1 without); the rest assumed (see consent_base).
    """
    match = p.consent_council_match if matches_council and not pushed else 0.0
    return (
        ("base", p.consent_base),
        ("autonomy", -autonomy),
        ("council_match", match),
        ("shared_officer", p.consent_officer * shares_officer),
        ("incentive", p.consent_incentive * (incentive - 1.0)),
    )


def squeeze(work: float, available: float, shortest: float) -> float:
    """Return the factor by which CCGs shorten planned work to make a deadline.

    Work that fits the time ``available`` is left alone (1); work that would be late is shortened
    to fit (``available`` / ``work``) if there is at least the time ``shortest``; otherwise it is
    not hurried (1) and aims at the next round. All in one unit.
    Source: shortest times seen (approval_criteria.md, priors.md section 3).
    """
    if work <= available or work <= 0.0:
        return 1.0
    if available >= shortest and available > 0.0:
        return available / work
    return 1.0
