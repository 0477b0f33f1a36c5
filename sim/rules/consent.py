"""Whether a governing body takes part in a proposal, and how long the work may be squeezed."""

from __future__ import annotations

from sim.rules.logistic import Terms


def consent_terms(
    *,
    autonomy: float,
    matches_council: bool,
    pushed: bool,
    shares_officer: float,
    incentive: float,
    consent_base: float,
    consent_council_match: float,
    consent_officer: float,
    consent_incentive: float,
) -> Terms:
    """Return the log-odds terms of a governing body's consent.

    ``autonomy`` is the CCG's own taste (log-odds, positive = reluctant); ``shares_officer`` the
    share of the partners' patients that are under the CCG's own accountable officer, who then
    has agreed to the plan on both sides of the table; ``incentive`` is the lever, 1 as in 2019.
    Source: base_rates.md for the council match and for shared officers (23 of 28 attempts with
    one officer merged, 3 of 5 with some, 0 of 1 without); the rest assumed (see consent_base).
    """
    return (
        ("base", consent_base),
        ("autonomy", -autonomy),
        ("council_match", consent_council_match if matches_council and not pushed else 0.0),
        ("shared_officer", consent_officer * shares_officer),
        ("incentive", consent_incentive * (incentive - 1.0)),
    )


def squeeze(work: float, available: float, shortest: float) -> float:
    """Return the factor by which planned work is shortened to make a deadline.

    Work that fits is left alone; work that would be late is shortened to fit if the time there
    is at least ``shortest``; else it is not hurried and aims at the next round. All in one unit.
    Source: shortest times seen (approval_criteria.md, priors.md section 3).
    """
    if work <= available or work <= 0.0:
        return 1.0
    if available >= shortest and available > 0.0:
        return available / work
    return 1.0
