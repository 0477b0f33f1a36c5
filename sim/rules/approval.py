"""The centre's decision on an application."""

from __future__ import annotations

from sim.rules.logistic import Terms, expit, happens, logit, total


def approval_terms(
    *,
    ready: float,
    whole_system: bool,
    hard_rule: bool,
    approval_probability: float,
    approval_unready: float,
    approval_part_hard: float,
) -> Terms:
    """Return the log-odds terms of approval.

    ``ready`` is the share of the footprint under one shared officer (a single body counts as 1):
    the one application refused by the cut-off had none. Under the hard rule a footprint smaller
    than its system counts against. Source: approval_criteria.md.
    """
    return (
        ("base", logit(approval_probability)),
        ("unready", approval_unready * (1.0 - ready)),
        ("part_of_system", approval_part_hard if hard_rule and not whole_system else 0.0),
    )


def decide(u: float, terms: Terms, defer: float) -> str:
    """Return approved, deferred or refused; one uniform decides, refusals lying at the top.

    The chance of approval among those not deferred is expit(sum of terms). Source: base_rates.md
    (28 of 29 approved); the published tests are summed up in readiness for now.
    """
    approve = (1.0 - defer) * expit(total(terms))
    if happens(u, approve):
        return "approved"
    return "deferred" if happens(u, approve + defer) else "refused"
