"""Parameters of information and force beyond the default.

See ``sim.scenario.parameters`` for how to read the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.distributions import beta, normal, uniform
from sim.scenario.parameter_field import parameter


@dataclass(frozen=True)
class ForceParameters:
    """Numbers of information and force beyond the default."""

    encouragement_share: float = parameter(
        80,
        beta(2, 4),
        "share",
        "part of the centre's activity in starting proposals that is encouragement; without "
        "effect while the three levers are equal",
        "assumed: the sources name encouraging, incentivising and cajoling in one breath (row 5); "
        "a third each on average",
        (5,),
        low=0.0,
        high=1.0,
        acts="where levers of force differ from one another",
    )
    cajoling_share: float = parameter(
        81,
        beta(2, 2),
        "share",
        "part of the rest of it that is cajoling; what is left are incentives",
        "assumed: as for encouragement_share",
        (5,),
        low=0.0,
        high=1.0,
        acts="where levers of force differ from one another",
    )
    support_salience: float = parameter(
        82,
        uniform(-0.1, 0.0),
        "log-odds per lost proposal",
        "how each proposal lost elsewhere lowers support, where refusals are visible",
        "evidence: priors.md section 4, spill-over -0.1 to 0 per visible refusal",
        (36,),
        acts="where refusals are salient",
    )
    start_ics_status: float = parameter(
        83,
        normal(0.5, 0.25),
        "log-rate",
        "how much faster a system not yet an ICS starts proposals, where the status asks for one "
        "CCG",
        "assumed: the lower end of +0.5 to +1.5 for an explicit expectation (priors.md section 6); "
        "a status without money of its own",
        (8, 12),
        acts="where the status of an ICS asks for one CCG",
    )
    approval_presumption: float = parameter(
        84,
        normal(-3.0, 1.0),
        "log-odds",
        "effect of a presumption against mergers on approval",
        "assumed: one merger took effect in the three years of the presumption; turns a chance of "
        "0.98 into 0.71, the rest being proposals not made (priors.md section 3)",
        (64,),
        acts="under a presumption against mergers",
    )
