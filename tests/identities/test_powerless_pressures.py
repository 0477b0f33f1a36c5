"""I8: switching a pressure whose coefficient is 0 changes no byte of any table.

Each case holds the coefficients at 0 and runs a batch with the pressure off and with it on, under
the same scenario name and seed; all files but the manifest must be the same bytes. A second
test shows that the same switch does move tables where its coefficients are not 0, so that no case
passes because its pressure never reached the world.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.experiment.api import run_batch
from sim.scenario.load import parse_scenario
from sim.world.model import World
from tests.identities.strategies import make_world
from tests.identities.test_england_and_batches import digests

Table = dict[str, Any]
REPLICATIONS = 8


@dataclass(frozen=True)
class Case:
    """One pressure: coefficients that make it powerless, and the tables that switch it on.

    ``felt`` are the coefficients under which the same switch must show.
    """

    name: str
    zero: Table
    on: Table
    felt: Table | None = None
    off: Table | None = None


def event(kind: str, **keys: Any) -> Table:
    return {"calendar": {"it": {"date": date(2019, 9, 1), "kind": kind, **keys}}}


NO_WORDS = {
    "start_expectation": 0.0,
    "footprint_expectation": 0.0,
    "footprint_whole": 0.0,
}
SURE = {"consent_base": 60.0, "consent_autonomy_sd": 0.0, "consent_council_match": 0.0}

CASES = (
    Case(
        "encouragement",
        {"start_centre_share": 0.0},
        {"levers": {"force": {"encouragement": 8.0}}},
        {"start_centre_share": 1.0},
    ),
    Case(
        "incentive",  # also moves consent, at .3 a unit: there is no parameter to switch that off
        {"start_centre_share": 0.0} | SURE,
        {"levers": {"force": {"incentive": 8.0}}},
        {"start_centre_share": 1.0},
    ),
    Case(
        "cajoling",
        {"start_centre_share": 0.0, "perceived_cajoling": 0.0},
        {"levers": {"force": {"cajoling": 8.0}}},
        {"start_centre_share": 1.0},
    ),
    Case(
        "letter",
        {"start_letter": 0.0},
        event("letter", strength=3.0, region="all", deadline=date(2021, 4, 1)),
        {"start_letter": 3.0, "start_centre_share": 1.0},
    ),
    Case(
        "letter to one system",
        {"start_letter": 0.0},
        event("letter", strength=3.0, system="S2"),
        {"start_letter": 3.0, "start_centre_share": 1.0},
    ),
    Case(
        "letter with a wording",
        {"start_letter": 0.0} | NO_WORDS,
        event("letter", strength=1.0, region="all", wording="required"),
        {"start_expectation": 2.0},
    ),
    Case(
        "push",
        {
            "start_letter": 0.0,
            "start_council_match": 0.0,
            "consent_council_match": 0.0,
            "footprint_push": 0.0,
        },
        event("push", strength=3.0, region="all"),
        {"start_letter": 3.0, "start_centre_share": 1.0},
    ),
    Case(
        "running-cost cut",
        {"start_shortfall": 0.0},
        {"levers": {"money": {"running_cost_cut": 0.6}}},
        {"start_shortfall": 2.0},
    ),
    Case(
        "allowance per head",
        {"start_shortfall": 0.0},
        {"levers": {"money": {"allowance_per_head": 5.0}}},
        {"start_shortfall": 2.0},
    ),
    Case(
        "hard rule",
        {"start_hard_rule": 0.0, "approval_part_hard": 0.0} | NO_WORDS,
        {"levers": {"force": {"hard_rule": True}}},
        {"start_hard_rule": 3.0, "start_centre_share": 1.0},
    ),
    Case(
        "wording required",
        NO_WORDS,
        {"levers": {"information": {"wording": "required"}}},
        {"start_expectation": 2.0},
    ),
    Case(
        "wording none",
        NO_WORDS,
        {"levers": {"information": {"wording": "none"}}},
        {"start_expectation": 2.0},
    ),
    Case(
        "regions drop the word",
        {"start_expectation": 0.0, "footprint_expectation": 0.0},
        {"levers": {"information": {"region_relays": "always_drop"}}},
        {"start_expectation": 3.0},
    ),
    Case(
        "systems and CCGs drop the word",
        {"start_expectation": 0.0, "footprint_expectation": 0.0},
        {"levers": {"information": {"local_relays": "always_drop"}}},
        {"start_expectation": 3.0},
    ),
    Case(
        "guidance",
        NO_WORDS,
        event("guidance"),
        {"start_expectation": 3.0, "relay_drop_region": 0.5, "relay_restore": 0.5},
        off=None,
    ),
    Case("a new wording", NO_WORDS, event("wording", wording="required"),
         {"start_expectation": 3.0}),
    Case("statement", NO_WORDS, event("statement"), {"start_expectation": 3.0}),
    Case("rates times 1", {}, event("rates", local=1.0, centre=1.0)),
    Case("pause of no length", {}, event("pause", months=0.0)),
    Case(
        "LMC advice",
        {"lmc_oppose_share": 0.0, "lmc_support_share": 0.0},
        {"levers": {"ballot": {"lmc_advice": "neutral"}}},
        {"lmc_oppose_share": 1.0},
    ),
    Case(
        "council view",
        {"council_delay": 1.0, "ballot_council_opposed": 0.0},
        {"levers": {"ballot": {"council_view": "oppose"}}},
        {"council_delay": 3.0},
    ),
    Case(
        "second tries",
        {"reballot_probability": 0.0, "reballot_inquorate": 0.0},
        {"levers": {"ballot": {"tries": 5}}},
        {"reballot_probability": 1.0, "support_mean": 0.0},
    ),
    Case(
        "advisory ballots that leaders honour",
        {"honour_probability": 1.0},
        {"levers": {"ballot": {"binding": False}}},
        {"honour_probability": 0.0, "support_mean": 0.0},
    ),
    Case(
        "ladder without rates",
        {"ladder_officer_rate": 0.0, "ladder_team_rate": 0.0, "ladder_committee_rate": 0.0},
        {"levers": {"joint": {"ladder": False}}},
        {"ladder_officer_rate": 0.3, "start_officer": 3.0},
    ),
    Case(
        "cross-system rule where no county spans a border",
        {},
        {"levers": {"boundaries": {"cross_system": "county"}}},
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    """Two regions, three systems; councils within systems, LMCs across, one live proposal."""
    one, two = {"councils": {"K1": 1.0}}, {"councils": {"K2": 1.0}}
    lmc = {"lmcs": {"LMC 1": 1.0}, "practices": [40_000, 50_000, 60_000]}
    return make_world(
        {
            "systems": [
                {"code": "S1", "ccgs": [one | lmc, one | lmc | {"practices": 9}, one | lmc]},
                {"code": "S2", "ccgs": [two | lmc, two | lmc], "region": "Region 2"},
                {"code": "S3", "ccgs": [{"councils": {"K3": 1.0}} | lmc], "region": "Region 2"},
            ],
            "live_proposals": [{"ccgs": ["S1C1", "S1C2"], "stage": "drafted"}],
        }
    )


def tables_of(world: World, parameters: Table, switched: Table, folder: Path) -> dict[str, str]:
    busy = {"start_rate": 0.1, "unseen_months": 0.0, "fixed_cost": 1.0, "leader_turnover": 0.1}
    scenario = parse_scenario(
        {"name": "arm", "world": "small", "parameters": busy | parameters, **switched}
    )
    run_batch(
        scenario, replications=REPLICATIONS, seed=5, workers=1, out=folder, worlds={"small": world}
    )
    return digests(folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_powerless_pressure_changes_no_byte(case: Case, world: World, tmp_path: Path) -> None:
    off = tables_of(world, case.zero, case.off or {}, tmp_path / "off")
    on = tables_of(world, case.zero, case.on, tmp_path / "on")
    assert on == off


@pytest.mark.parametrize("case", [c for c in CASES if c.felt], ids=lambda case: case.name)
def test_the_same_pressure_with_power_is_felt(case: Case, world: World, tmp_path: Path) -> None:
    felt = case.zero | (case.felt or {})
    off = tables_of(world, felt, case.off or {}, tmp_path / "off")
    on = tables_of(world, felt, case.on, tmp_path / "on")
    assert on["proposals.parquet"] != off["proposals.parquet"]
