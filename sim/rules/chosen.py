"""Rules that vary: which function or table holds, chosen by the levers in one place.

Where a lever changes how a rule that several agents ask decides or counts, its values are the keys
of a table beside the rule's functions, and a field here holds the entry in force, which agents find
in ``replication.rules``. A lever that only says whether, when or where an agent does something is
read by that agent, which compares its value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.rules.agreement import DECISION_RULES, DecisionRule
from sim.rules.footprints import CROSSING_RULES, CrossingRule
from sim.rules.ladder import RUNG_RULES, RungRule

if TYPE_CHECKING:
    from sim.scenario.levers import Levers


class ChosenRules(NamedTuple):
    """The rules that hold under some levers, where there are several to choose from."""

    decision: DecisionRule
    service_decision: DecisionRule
    rungs: RungRule
    crossing: CrossingRule


def chosen_rules(levers: Levers) -> ChosenRules:
    """Return the rules that levers choose."""
    return ChosenRules(
        decision=DECISION_RULES[levers.force.decision_rule],
        service_decision=DECISION_RULES[levers.service.decision_rule],
        rungs=RUNG_RULES[levers.joint.rungs],
        crossing=CROSSING_RULES[levers.boundaries.cross_system],
    )
