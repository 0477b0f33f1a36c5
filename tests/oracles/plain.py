"""The plain setting of the exact-answer cases: no spread, no effect, no delay, every gate open.

Each case's world and scenario files are this setting and what the case changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from sim.scenario.model import to_toml
from tests.small_worlds import write_world

START: Final = date(2019, 6, 1)
INSTANT: Final = date(2019, 6, 2)  # the end date of cases in which everything happens at once

LEVERS: Final[dict[str, dict[str, Any]]] = {
    "information": {"wording": "none", "region_relays": "as_drawn", "local_relays": "as_drawn"},
    "money": {"running_cost_cut": 0.2},
    "force": {"encouragement": 1.0, "incentive": 1.0, "cajoling": 1.0, "hard_rule": False},
    "ballot": {
        "threshold": 0.5,
        "quorum": 0.0,
        "weighting": "equal",
        "all_must_carry": True,
        "binding": True,
        "tries": 1,
        "lmc_advice": "silent",
        "council_view": "silent",
        "leaders_gate": False,
    },
    "approval": {
        "window": "all_year",
        "window_opens": "04-01",
        "window_closes": "09-30",
        "panel_capacity": 1000,
        "minimum_lead_months": 0.0,
        "effective_dates": "any_day",
    },
    "boundaries": {"cross_system": "never", "splits": False, "system_mergers": False},
    "joint": {"leader_turnover": False, "ladder": False},
}

# Everything not named here is 0: no rate, no effect, no spread.
PARAMETERS: Final[dict[str, float]] = {
    "start_vacancy": 1.0,
    "plan_floor": 1.0,
    "council_delay": 1.0,
    "consent_base": 50.0,
    "turnout_mean": 1.0,
    "honour_probability": 1.0,
    "approval_probability": 1.0,
    "fixed_cost": 0.5,
    "leader_confidence": 0.5,
    "alienation_half_life": 36.0,
    "encouragement_share": 1.0 / 3.0,
    "cajoling_share": 0.5,
    "cooperation_months": 1.0,
    "scrutiny_informal": 1.0,
    "regime_factor": 1.0,
}
ZERO: Final = (
    "start_rate", "start_centre_share", "start_expectation", "start_deadline", "start_letter",
    "start_shortfall", "start_officer", "start_distress", "start_council_match",
    "start_crowding", "start_place_sd", "start_after_lost", "start_hard_rule",
    "unseen_months", "footprint_whole", "footprint_expectation", "footprint_council",
    "footprint_officer", "footprint_push", "consent_autonomy_sd", "consent_council_match",
    "consent_incentive", "consent_officer",
    "perceived_if_centre", "perceived_if_local", "perceived_cajoling", "lmc_oppose_share",
    "lmc_support_share", "lmc_oppose_effect", "lmc_support_effect", "lmc_causal_share",
    "council_oppose_share", "support_mean", "support_sd", "support_shared",
    "support_place_share", "support_practice_sd", "ballot_outweighed",
    "ballot_partner_distress", "ballot_own_posts", "ballot_identity", "ballot_one_council",
    "ballot_officer", "ballot_perceived_centre", "ballot_council_opposed",
    "support_opposed_share", "call_steepness", "call_noise_sd", "call_optimism", "call_postpone",
    "turnout_spread", "reballot_probability", "reballot_shift", "reballot_shift_sd",
    "reballot_inquorate", "narrower_probability", "approval_unready", "approval_defer",
    "approval_part_hard", "conditions_share", "relay_drop_region", "relay_drop_local",
    "relay_restore", "sharing_saving", "leader_turnover", "leader_dedicated",
    "ladder_officer_rate", "ladder_team_rate", "ladder_committee_rate",
    "officer_unknown_share", "exemption_request", "split_request", "split_before_statement",
    "split_visibility", "split_grant", "boundary_months", "system_approach", "merger_persuasion",
    "start_divided_county",
    "sponsor_share", "sponsor_strength", "start_unsponsored",
    "start_local_leader", "start_backing", "outside_chair", "ballot_outside_chair",
    "place_leader_rate", "place_leader_merged", "dual_role_wish", "workaround_probability",
    "ballot_takeover", "council_won_over", "compromise_gain", "devolved_need",
    "cooperation_growth", "cooperation_spread", "firm_hand", "rivalry",
    "veto_base", "veto_loss", "veto_shared", "veto_loyalty",
    "deadlock_salience", "leader_prevails", "force_prevails", "voluntary_share",
    "voluntary_prevails", "impose_distress", "alienation_mild", "alienation_effect",
    "function_up", "function_csu", "place_taken", "provider_appetite", "csu_substitute",
    "alternative_pull", "small_size_start",
    "support_salience", "start_ics_status", "approval_presumption",
    "transition_cost", "committee_saving", "officer_saving",
    "scale_effect", "scale_place_sd", "size_benefit", "size_localness", "ballot_pooling",
    "start_satisfied", "start_committee", "start_team", "ballot_cooperation",
    "fail_coterminosity", "fail_footprint", "fail_members", "fail_leadership", "fail_finance",
    "fail_savings", "fail_durability",
)  # fmt: skip
STAGES: Final = (
    "explore", "draft", "engage", "ballot", "postpone", "reballot", "panel", "national",
    "conditions", "vacancy", "cooling", "deadlock", "final_say",
)  # fmt: skip


def logit(probability: float) -> float:
    """Return the leaning of a practice that says yes with a probability."""
    return math.log(probability / (1.0 - probability))


def scenario(
    folder: Path,
    name: str,
    question: str,
    *,
    start: date = START,
    end: date = INSTANT,
    levers: Mapping[str, Mapping[str, Any]] | None = None,
    parameters: Mapping[str, Any] | None = None,
    durations: Mapping[str, Any] | None = None,
    calendar: Mapping[str, Any] | None = None,
) -> None:
    """Write one scenario file: the plain setting and what this case changes."""
    tables: dict[str, Any] = {
        "name": f"{folder.name}_{name}",
        "question": question,
        "start": start,
        "end": end,
        "world": "world",
        "model": {"support_form": "one_mode", "parameters": "drawn"},
        "levers": {
            group: {**plain, **(levers or {}).get(group, {})} for group, plain in LEVERS.items()
        },
        "calendar": dict(calendar or {}),
        "parameters": {**dict.fromkeys(ZERO, 0.0), **PARAMETERS, **(parameters or {})},
        "durations": {**dict.fromkeys(STAGES, 0.0), **(durations or {})},
    }
    path = folder / f"{name}.toml"
    path.write_text(to_toml(tables) + "\n", encoding="utf-8", newline="\n")


def world(
    folder: Path,
    systems: Sequence[Any],
    *,
    stage: str | None = "engaged",
    day: date = START,
) -> None:
    """Write a world; with a stage, every system of several CCGs has a live proposal of all."""
    live = []
    for number, system in enumerate(systems, start=1):
        ccgs = system["ccgs"] if isinstance(system, Mapping) else system
        if stage and len(ccgs) > 1:
            codes = [f"S{number}C{n}" for n in range(1, len(ccgs) + 1)]
            live.append({"ccgs": codes, "stage": stage, "known_since": f"{day:%Y-%m}"})
    write_world(
        folder / "world", systems, live_proposals=live, name=folder.name, date=day.isoformat()
    )


def single(p: float = 0.5, **more: Any) -> dict[str, Any]:
    """Return a CCG of one practice, whose ballot therefore carries with that practice's chance."""
    return {"practices": 1, "leanings": logit(p), **more}
