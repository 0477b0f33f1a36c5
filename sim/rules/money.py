"""Running costs: allowance, cost and the gap that a cut leaves.

A body's fixed cost is ``fixed_cost`` (million pounds a year), less what joint working saves. The
variable cost per head takes the CCGs and patients of the start, and the
``money.allowance_per_head`` in force. The cut is ``money.running_cost_cut`` x the share of it that
has arrived. A body's shortfall is worked out under the levers of 2019 for what began before the
start, again when the scenario's levers take over, and anew after a change of rung, for a merged
body, and when a further part of the cut arrives.
"""

from __future__ import annotations


def variable_cost_per_head(
    allowance_per_head: float, patients: int, bodies: int, fixed_cost_pounds: float
) -> float:
    """Return the variable running cost in pounds a patient that balanced the books before a cut.

    CCGs as a whole spent about their allowance (NAO 2018: 1.21 billion pounds); what is left of it
    after the fixed cost of ``bodies`` CCGs (each ``fixed_cost_pounds`` a year) is spread over all
    patients.
    """
    return max(0.0, allowance_per_head - fixed_cost_pounds * bodies / patients)


def shortfall_share(
    patients: int,
    allowance_per_head: float,
    cut: float,
    fixed_cost_pounds: float,
    variable_per_head: float,
) -> float:
    """Return the running-cost gap after a cut as a share of the allowance before it, 0 to 1.

    Small CCGs fall short first, since their fixed cost is spread over fewer patients. A gap as
    large as the whole allowance is the most that counts: otherwise the share would grow without
    limit for a CCG with very few patients.
    Source: Long Term Plan and letter of 22 November 2018 (20% by 2020-21); King's Fund 2012.
    """
    allowance = allowance_per_head * patients
    cost = fixed_cost_pounds + variable_per_head * patients
    return min(1.0, max(0.0, cost - allowance * (1.0 - cut)) / allowance)


def cut_share(springs: int, years: int) -> float:
    """Return the part of a cut that bears once so many 1 Aprils have passed since the start.

    The cut arrives in ``years`` equal steps; with none it bears at once, as bodies that know of it
    plan for it. Source: letter of 22 November 2018 (20% by 2020-21).
    """
    return 1.0 if years == 0 else min(1.0, springs / years)
