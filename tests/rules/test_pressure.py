"""Rules of information and force: who must agree, who becomes an ICS, and what bears on decisions.

Numbers are bounds by themselves; the influences are checked on facts made by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import pytest

from sim.rules import agreement, engagement, footprints, ladder, starting
from sim.rules.chosen import chosen_rules
from sim.rules.effect import BodyFacts, FootprintFacts, SystemFacts
from sim.rules.mechanisms import force as force_rules
from sim.rules.mechanisms.registry import effects_on
from sim.scenario import parse_scenario
from sim.scenario.levers import Levers
from sim.scenario.parameters import PARAMETER_TABLE, Parameters
from tests.rules.numbers import numbers

SYSTEM = SystemFacts(
    ccgs=3, free=3, patients=900, officer_share=0.0, distress_share=0.0, match_share=0.0,
    leader_type="ccg", leader_dedicated=False, leader_in_post=True, ics_status="stp",
    letters=0.0, proposals_lost=0, alienation=0.0, day=0.0,
)  # fmt: skip
BODY = BodyFacts(
    own_patients=300, all_patients=900, parts=3, own_distress=0.0, partner_distress=0.0,
    sharing=0.0, perceived_centre=0.0, opposed_councils=0.0, matches_council=False,
    proposals_lost=4, alienation=0.0, day=0.0,
)  # fmt: skip
FOOTPRINT = FootprintFacts(
    parts=3, patients=900, whole_system=True, one_council=False, ready=1.0, distress_share=0.0,
    day=0.0,
)  # fmt: skip


def levers(group: str, **values: Any) -> Levers:
    return parse_scenario({"levers": {group: values}}).levers


def parameters(**values: float) -> Parameters:
    return Parameters(**({row.name: 0.0 for row in PARAMETER_TABLE} | values))


def size(chosen: Levers, decision: Any, name: str, facts: Any, **values: float) -> float:
    [effect] = [i for i in effects_on(chosen, decision) if i.name == name]
    return effect.size(chosen, parameters(**values), facts)


@pytest.mark.parametrize("asked", range(1, 8))
def test_passes_rise_from_unanimity_over_majority_to_the_leader(asked: int) -> None:
    for willing in range(asked + 1):
        rules = [agreement.DECISION_RULES[r] for r in ("unanimity", "majority", "leader")]
        found = [rule.agreed(willing, asked) for rule in rules]
        assert found == sorted(found)
        assert found == [willing == asked, willing > asked / 2, True]


@pytest.mark.parametrize(
    ("group", "lever", "table"),
    [
        ("force", "decision_rule", agreement.DECISION_RULES),
        ("joint", "rungs", ladder.RUNG_RULES),
        ("boundaries", "cross_system", footprints.CROSSING_RULES),
    ],
)
def test_a_rule_stands_for_every_value_of_its_lever(
    group: str, lever: str, table: Mapping[str, object]
) -> None:
    fields = type(getattr(Levers(), group)).model_fields
    assert set(get_args(fields[lever].annotation)) == set(table)
    for value, rule in table.items():
        assert rule in chosen_rules(levers(group, **{lever: value}))


def test_only_the_leader_decides_alone_and_only_unanimity_overrules_nobody() -> None:
    rules = agreement.DECISION_RULES
    assert [name for name, rule in rules.items() if rule.leader_alone] == ["leader"]
    assert [name for name, rule in rules.items() if not rule.overrules] == ["unanimity"]


def test_an_ics_by_its_day_or_with_one_ccg_or_an_exemption() -> None:
    assert force_rules.becomes_ics("by_deadline", 5, exempt=False)
    assert force_rules.becomes_ics("conditional", 1, exempt=False)
    assert force_rules.becomes_ics("conditional", 5, exempt=True)
    assert not force_rules.becomes_ics("conditional", 2, exempt=False)


def test_none_of_these_effects_is_in_force_by_default() -> None:
    assert len(force_rules.EFFECTS) >= 3
    assert [one.name for one in force_rules.EFFECTS if one.in_force(Levers())] == []


def test_only_a_system_that_is_no_ics_yet_hurries_for_the_status() -> None:
    chosen = levers("information", ics_rule="conditional")
    values = {"start_ics_status": 0.5}
    assert size(chosen, "start", "ics_status", SYSTEM, **values) == 0.5
    for status in ("ics", "ics_wave1", "devolved"):
        facts = replace(SYSTEM, ics_status=status)
        assert size(chosen, "start", "ics_status", facts, **values) == 0.0
    by_deadline = levers("information", ics_rule="by_deadline")
    assert not [i for i in effects_on(by_deadline, "start") if i.name == "ics_status"]


def test_each_visible_refusal_lowers_support_by_its_part() -> None:
    half, whole = levers("information", salience=0.5), levers("information", salience=1.0)
    values = {"support_salience": -0.05}
    name = "visible_refusals"
    assert size(whole, "support", name, BODY, **values) == pytest.approx(-0.2)
    assert size(half, "support", name, BODY, **values) == pytest.approx(-0.1)
    assert size(whole, "support", name, replace(BODY, proposals_lost=0), **values) == 0.0


def test_a_presumption_counts_against_every_application() -> None:
    chosen = levers("approval", presumption_against=True)
    found = size(chosen, "approval", "presumption_against", FOOTPRINT, approval_presumption=-3.0)
    assert found == -3.0


def test_cajoling_alone_makes_the_centre_seen() -> None:
    """Row 5: of the three levers it is the only one in the rule of perception; row 3 has the rest.

    The three have their own parts of the centre's activity (tests/rules/test_starting.py).
    """
    p = numbers(perceived_if_centre=0.8, perceived_if_local=0.3, perceived_cajoling=0.5)
    seen = [engagement.perceived_centre_probability(p, "local", c) for c in (0, 1, 4)]
    assert seen == sorted(seen)
    assert seen[1] == pytest.approx(0.3)
    assert seen[2] > 0.6


def test_support_falls_as_advice_moves_from_support_to_oppose() -> None:
    p = numbers(lmc_causal_share=0.5, lmc_oppose_effect=-1.2, lmc_support_effect=0.3)
    shifts = [engagement.advice_effect(p, s) for s in ("support", "neutral", "oppose")]
    assert shifts == sorted(shifts, reverse=True)
    assert shifts == pytest.approx([0.15, 0.0, -0.6])


def test_systems_with_more_ccgs_start_sooner() -> None:
    """Row 16, at the median of the prior: the gain from one body grows with their number."""
    crowding = next(row for row in PARAMETER_TABLE if row.name == "start_crowding")
    p = numbers(start_crowding=crowding.prior.quantile(0.5))

    def term(free: int) -> float:
        facts = starting.StartFacts(
            free=free,
            officer_share=0.0,
            shortfall=0.0,
            distress_share=0.0,
            place=0.0,
            cooling=False,
            dedicated_leader=False,
        )
        return dict(starting.common_terms(p, facts))["free_ccgs"]

    assert term(2) < term(4) < term(8)


def test_taking_the_hint_grows_with_belief_and_push_and_falls_with_autonomy() -> None:
    """Row 13: the pull of the whole system, less what reluctant bodies take from it."""
    p = numbers(
        footprint_whole=1.0,
        footprint_expectation=0.5,
        footprint_council=0.3,
        footprint_officer=1.5,
        footprint_push=1.0,
    )

    def pull(level: float, push: float = 0.0) -> footprints.Pulls:
        return footprints.pulls(p, belief_level=level, push_strength=push)

    pulls = [pull(level).whole_system for level in (0.0, 1.0, 2.0, 3.0)]
    assert pulls == [0.0, 1.0, 1.5, 2.0]
    assert pull(1.0, push=1.0).whole_system > pull(1.0).whole_system
    willing, reluctant = (
        footprints.utility(pull(1.0), True, False, False, c) for c in (-0.1, -2.0)
    )
    assert willing > reluctant
