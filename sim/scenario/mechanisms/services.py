"""Parameters of service change, alienation, functions and providers.

See ``sim.scenario.parameters`` for how to read the rows. "service_change_vetoes.md" is the evidence
on blocked service changes, five cases up to 1 April 2020. None of these numbers is read unless a
lever of ``service``, ``functions`` or ``providers`` (or one that forces mergers) is off its neutral
value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.scenario.distributions import beta, lognormal, normal
from sim.scenario.lever_field import Group, lever
from sim.scenario.parameter_field import parameter


class Service(Group):
    """Changes of services that a CCG can veto, and who has the last word."""

    arrivals: float = lever(
        0.0,
        "how often a reconfiguration of services comes up in a system of several CCGs",
        "per system and year",
        (94, 95, 97),
        ge=0.0,
        le=5.0,
    )
    decision_rule: Literal["unanimity", "majority", "leader"] = lever(
        "unanimity",
        "how CCGs of a system decide on a reconfiguration: each may block, more than half must "
        "want to, or the system's leader decides",
        "choice",
        (98,),
    )
    final_say: Literal[
        "none", "leader", "combined_voluntary", "combined_imposed", "combined", "centre"
    ] = lever(
        "none",
        "who may settle a deadlock: nobody, the leader, a combined authority (of its own accord, "
        "imposed, or either), the centre",
        "choice",
        (91, 92, 98, 99, 102),
    )
    autonomy: float = lever(
        1.0,
        "how much of its right to block a CCG keeps: 1 all of it, 0 none",
        "share",
        (93,),
        ge=0.0,
        le=1.0,
    )


@dataclass(frozen=True)
class ServiceParameters:
    """Numbers of service change, alienation, functions and providers."""

    # -- Vetoes ---------------------------------------------------------------------------------
    veto_base: float = parameter(
        140,
        normal(-2.5, 0.7),
        "log-odds",
        "a CCG's veto on a reconfiguration that costs it nothing, with average taste for autonomy",
        "assumed: about one in thirteen; together with the next row a reconfiguration in a system "
        "of five is blocked a little less than every second time (service_change_vetoes.md lists "
        "blocks, not "
        "what they were blocked among)",
        (93, 94, 95),
        acts="where service changes come up",
    )
    veto_loss: float = parameter(
        141,
        normal(3.0, 0.8),
        "log-odds per whole loss",
        "how much more a CCG blocks where its own hospital would lose its main services",
        "assumed: in all three hospital cases of service_change_vetoes.md the blocker was the "
        "side that would "
        "lose; size not given",
        (95,),
        acts="where service changes come up",
    )
    veto_shared: float = parameter(
        142,
        normal(-0.7, 0.4),
        "log-odds",
        "effect on a veto of sharing an officer with all other CCGs concerned",
        "assumed: sharing ought to help, yet did not prevent the one block on record between two "
        "CCGs with one officer (service_change_vetoes.md)",
        (94,),
        acts="where service changes come up",
    )
    veto_loyalty: float = parameter(
        143,
        normal(1.0, 0.5),
        "log-odds",
        "how far a CCG's wish to go its own way falls where all its patients are in bodies in "
        "distress, which must do as they are told from above",
        "assumed: sign from row 108; size not given",
        (108,),
        acts="where service changes come up",
    )
    deadlock_salience: float = parameter(
        144,
        normal(0.7, 0.3),
        "log-months per whole loss",
        "how much longer a deadlock lasts over a whole hospital than over none",
        "assumed: unpopular closures were put off for years (row 97); a whole loss lasts twice as "
        "long as none",
        (97,),
        acts="where service changes come up",
    )
    # -- Who has the last word ------------------------------------------------------------------
    leader_prevails: float = parameter(
        145,
        beta(3, 2),
        "probability",
        "chance that a system leader's final say holds, which is that the centre has confidence "
        "in the leader",
        "assumed: the rule is stated with that condition (row 91); how many enjoy it is not known",
        (91,),
        low=0.0,
        high=1.0,
        acts="where somebody has the last word on service changes",
    )
    force_prevails: float = parameter(
        146,
        beta(18, 2),
        "probability",
        "chance that the centre's force, once used, overcomes a local block",
        "assumed: many precedents of national force defeating local opposition (row 92), and one "
        "block that gave way within weeks under threat of directions (service_change_vetoes.md); "
        "high, below 1",
        (92, 102),
        low=0.0,
        high=1.0,
        acts="where somebody has the last word on service changes",
    )
    voluntary_share: float = parameter(
        147,
        beta(2, 6),
        "probability",
        "chance that a system with a provider of average strength forms a combined authority of "
        "its own accord",
        "assumed: three such patches are named among some 44 (row 99), all with a strong provider",
        (99, 100),
        low=0.0,
        high=1.0,
        acts="where somebody has the last word on service changes",
    )
    voluntary_prevails: float = parameter(
        148,
        beta(6, 2),
        "probability",
        "chance that a voluntary combined authority settles a deadlock",
        "assumed: between a leader's say and the centre's force",
        (99,),
        low=0.0,
        high=1.0,
        acts="where somebody has the last word on service changes",
    )
    impose_distress: float = parameter(
        149,
        normal(2.5, 0.8),
        "log-odds per share",
        "how the centre aims imposed authorities at distress: even odds in a blocked patch with "
        "half of its patients in bodies in distress",
        "assumed: the forced type is blocked and usually in financial or performance trouble "
        "(row 102); size not given",
        (99, 102),
        acts="where somebody has the last word on service changes",
    )
    # -- What force leaves behind -----------------------------------------------------------------
    alienation_mild: float = parameter(
        150,
        beta(3, 6),
        "share",
        "alienation left where one's own leader, a majority or a voluntary authority overrules, "
        "as a share of what the centre's force leaves",
        "assumed: no case is recorded",
        (79, 99),
        low=0.0,
        high=1.0,
        acts="where a CCG can be overruled",
    )
    alienation_effect: float = parameter(
        151,
        normal(-0.4, 0.3),
        "log-odds per forced move",
        "effect of one forced move, still fresh, on a CCG's consent and on its members' yes",
        "assumed: sign from row 79; about twice the prior of the backlash against a centre that "
        "is merely seen behind a proposal (priors.md section 4); one number for governing body "
        "and members, since nothing recorded parts them",
        (79, 83),
        acts="where a CCG can be overruled",
    )
    alienation_half_life: float = parameter(
        152,
        lognormal(36.0, 0.5),
        "months",
        "time in which alienation fades to half",
        "assumed: one CCG voted for a merger 6.4 years after its block "
        "(service_change_vetoes.md), so it lasts "
        "years and not for ever",
        (79, 83),
        low=1.0,
        acts="where a CCG can be overruled",
    )
