"""Rules of information and force: who must agree, who becomes an ICS, and what bears on decisions.

Numbers are bounds by themselves; the influences are checked on facts made by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sim.rules import engagement, footprints, starting
from sim.rules.effect import BodyFacts, FootprintFacts, SystemFacts
from sim.rules.mechanisms import force as force_rules
from sim.rules.mechanisms.registry import in_force
from sim.scenario import parse_scenario
from sim.scenario.levers import Levers
from sim.scenario.parameters import PARAMETER_TABLE, Parameters

SYSTEM = SystemFacts(
    ccgs=3, free=3, patients=900, officer_share=0.0, distress_share=0.0, match_share=0.0,
    leader_type="ccg", leader_dedicated=False, leader_in_post=True, ics_status="stp",
    letters=0.0, refusals=0, alienation=0.0, day=0.0,
)  # fmt: skip
BODY = BodyFacts(
    own_patients=300, all_patients=900, parts=3, own_distress=0.0, partner_distress=0.0,
    sharing=0.0, perceived_centre=0.0, opposed_councils=0.0, matches_council=False, refusals=4,
    alienation=0.0, day=0.0,
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
    [effect] = [i for i in in_force(chosen, decision) if i.name == name]
    return effect.size(chosen, parameters(**values), facts)


@pytest.mark.parametrize("asked", range(1, 8))
def test_passes_rise_from_unanimity_over_majority_to_the_leader(asked: int) -> None:
    for willing in range(asked + 1):
        found = [force_rules.agreed(r, willing, asked) for r in ("unanimity", "majority", "leader")]
        assert found == sorted(found)
        assert found == [willing == asked, willing > asked / 2, True]


def test_an_ics_by_its_day_or_with_one_ccg_or_an_exemption() -> None:
    assert force_rules.becomes_ics("by_deadline", 5, exempt=False)
    assert force_rules.becomes_ics("conditional", 1, exempt=False)
    assert force_rules.becomes_ics("conditional", 5, exempt=True)
    assert not force_rules.becomes_ics("conditional", 2, exempt=False)


def test_none_of_these_influences_is_in_force_by_default() -> None:
    ours = {i.name for i in force_rules.EFFECTS}
    assert ours == {"ics_status", "visible_refusals", "presumption_against"}
    decisions: Any = ("start", "support", "approval")
    assert not {i.name for d in decisions for i in in_force(Levers(), d)} & ours


def test_only_a_system_that_is_no_ics_yet_hurries_for_the_status() -> None:
    chosen = levers("information", ics_rule="conditional")
    values = {"start_ics_status": 0.5}
    assert size(chosen, "start", "ics_status", SYSTEM, **values) == 0.5
    for status in ("ics", "ics_wave1", "devolved"):
        facts = replace(SYSTEM, ics_status=status)
        assert size(chosen, "start", "ics_status", facts, **values) == 0.0
    by_deadline = levers("information", ics_rule="by_deadline")
    assert not [i for i in in_force(by_deadline, "start") if i.name == "ics_status"]


def test_each_visible_refusal_lowers_support_by_its_part() -> None:
    half, whole = levers("information", salience=0.5), levers("information", salience=1.0)
    values = {"support_salience": -0.05}
    name = "visible_refusals"
    assert size(whole, "support", name, BODY, **values) == pytest.approx(-0.2)
    assert size(half, "support", name, BODY, **values) == pytest.approx(-0.1)
    assert size(whole, "support", name, replace(BODY, refusals=0), **values) == 0.0


def test_a_presumption_counts_against_every_application() -> None:
    chosen = levers("approval", presumption_against=True)
    found = size(chosen, "approval", "presumption_against", FOOTPRINT, approval_presumption=-3.0)
    assert found == -3.0


def test_cajoling_alone_makes_the_centre_seen() -> None:
    """Row 5: of the three levers it is the only one in the rule of perception; row 3 has the rest.

    The three have their own parts of the centre's activity (tests/rules/test_starting.py).
    """
    seen = [engagement.perceived_centre_probability("local", 0.8, 0.3, c, 0.5) for c in (0, 1, 4)]
    assert seen == sorted(seen)
    assert seen[1] == pytest.approx(0.3)
    assert seen[2] > 0.6


def test_support_falls_as_advice_moves_from_support_to_oppose() -> None:
    shifts = [engagement.advice_effect(s, 0.5, -1.2, 0.3) for s in ("support", "neutral", "oppose")]
    assert shifts == sorted(shifts, reverse=True)
    assert shifts == pytest.approx([0.15, 0.0, -0.6])


def test_systems_with_more_ccgs_start_sooner() -> None:
    """Row 16, at the median of the prior: the gain from one body grows with their number."""
    crowding = next(row for row in PARAMETER_TABLE if row.name == "start_crowding")
    common: dict[str, Any] = dict.fromkeys(
        ("officer_share", "shortfall", "distress_share", "place", "cooling", "start_officer",
         "start_shortfall", "start_distress", "start_after_lost", "leader_dedicated"), 0.0,
    )  # fmt: skip

    def term(free: int) -> float:
        terms = starting.common_terms(
            free=free,
            dedicated_leader=False,
            start_crowding=crowding.prior.quantile(0.5),
            **common,
        )
        return dict(terms)["free_ccgs"]

    assert term(2) < term(4) < term(8)


def test_taking_the_hint_grows_with_belief_and_push_and_falls_with_autonomy() -> None:
    """Row 13: the pull of the whole system, less what reluctant bodies take from it."""

    def pull(level: float, push: float = 0.0) -> footprints.Pulls:
        return footprints.pulls(
            belief_level=level,
            push_strength=push,
            footprint_whole=1.0,
            footprint_expectation=0.5,
            footprint_council=0.3,
            footprint_officer=1.5,
            footprint_push=1.0,
        )

    pulls = [pull(level).whole_system for level in (0.0, 1.0, 2.0, 3.0)]
    assert pulls == [0.0, 1.0, 1.5, 2.0]
    assert pull(1.0, push=1.0).whole_system > pull(1.0).whole_system
    willing, reluctant = (
        footprints.utility(pull(1.0), True, False, False, c) for c in (-0.1, -2.0)
    )
    assert willing > reluctant
