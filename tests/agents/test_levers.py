"""Levers on England: each moves the stage that it should and leaves others as they were.

80 replications a scenario, seed 1, under the same luck. A lever counts as having an effect where
the 95 % interval of the paired difference lies wholly on the expected side of zero; a lever
without effect would pass such a test at one seed in forty (false-alarm rate .025 a test). The
seed is fixed, so a test passes or fails for good. What must not move is compared exactly. Run
with -s to see the differences.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from sim.scenario import load_scenario, parse_scenario
from tests.agents.arms import PRIOR
from tests.england_batch import Difference, Outcome, outcomes, paired

pytestmark = pytest.mark.slow

SEED = 1
REPLICATIONS = 80

ARMS: dict[str, dict[str, Any]] = {
    "as_written": {"extends": "as_written"},
    "as_happened": {"extends": "as_happened", "end": date(2020, 4, 1)},
    "typically_dropped": {"extends": "typically_dropped"},
    "hard_rule": {"extends": "as_written", "levers": {"force": {"hard_rule": True}}},
    "locally_led": {"extends": "locally_led"},
    "no_cost_cut": {"extends": "no_cost_cut"},
    "advice_neutral": {"extends": "as_written", "levers": {"ballot": {"lmc_advice": "neutral"}}},
    "advice_opposed": {"extends": "as_written", "levers": {"ballot": {"lmc_advice": "oppose"}}},
}
Results = Mapping[str, list[Outcome]]


@pytest.fixture(scope="session")
def results() -> Results:
    return outcomes({name: arm | PRIOR for name, arm in ARMS.items()}, SEED, REPLICATIONS)


def counted(name: str) -> Callable[[Outcome], float]:
    return lambda outcome: outcome.count.get(name, 0)


def difference(results: Results, base: str, other: str, name: str) -> Difference:
    found = paired(results[base], results[other], counted(name))
    print(f"\n{name}: {other} against {base}: {found}")
    return found


def same(results: Results, base: str, other: str, of: Callable[[Outcome], str]) -> None:
    """Check that something did not move in any replication, and that it is not simply constant."""
    ones, others = [of(o) for o in results[base]], [of(o) for o in results[other]]
    assert ones == others
    assert len(set(ones)) > REPLICATIONS / 2


def leaders(outcome: Outcome) -> str:
    return outcome.leaders


def register(outcome: Outcome) -> str:
    return outcome.register


def ladder(outcome: Outcome) -> str:
    return outcome.ladder


def history(outcome: Outcome) -> str:
    return outcome.history


@pytest.mark.parametrize(
    "other", [name for name in ARMS if name not in ("as_written", "as_happened")]
)
def test_no_lever_reaches_back_before_the_start(results: Results, other: str) -> None:
    """What was being talked about on the first day, seen or unseen, is the same."""
    same(results, "as_written", other, history)


def test_dropping_typically_starts_more_proposals(results: Results) -> None:
    """Moves: proposals mooted. Stays: leaders' terms; the register's way to engagement."""
    assert difference(results, "as_written", "typically_dropped", "mooted").low > 0.0
    same(results, "as_written", "typically_dropped", leaders)
    same(results, "as_written", "typically_dropped", register)


def test_the_shipped_hard_rule_sets_that_lever_alone() -> None:
    shipped, alone = load_scenario("hard_rule"), parse_scenario(ARMS["hard_rule"])
    assert shipped.levers == alone.levers != load_scenario("as_written").levers
    for part in ("priors", "durations", "calendar", "form", "start", "end"):
        assert getattr(shipped, part) == getattr(alone, part), part


def test_a_hard_rule_ends_with_fewer_ccgs(results: Results) -> None:
    """One lever alone. Moves: CCGs at the end. Stays: leaders' terms; the register's way; ladder.

    It is heard as a requirement, so that proposals are more, and more of them whole systems.
    """
    assert difference(results, "as_written", "hard_rule", "ccgs").high < 0.0
    assert difference(results, "as_written", "hard_rule", "mooted").low > 0.0
    assert difference(results, "as_written", "hard_rule", "whole_systems").low > 0.0
    same(results, "as_written", "hard_rule", leaders)
    same(results, "as_written", "hard_rule", register)
    same(results, "as_written", "hard_rule", ladder)


def test_no_national_pressure_ends_with_more_ccgs(results: Results) -> None:
    """Moves: CCGs at the end. Stays: leaders' terms; the ladder up to the first mergers.

    The register's way to engagement may differ here: without incentives fewer bodies consent.
    """
    assert difference(results, "as_written", "locally_led", "ccgs").low > 0.0
    assert difference(results, "as_written", "locally_led", "mooted").high < 0.0
    same(results, "as_written", "locally_led", leaders)
    same(results, "as_written", "locally_led", ladder)


def test_without_a_cost_cut_fewer_proposals_start(results: Results) -> None:
    """Moves: proposals mooted. Stays: leaders' terms; the register's way to engagement."""
    assert difference(results, "as_written", "no_cost_cut", "mooted").high < 0.0
    same(results, "as_written", "no_cost_cut", leaders)
    same(results, "as_written", "no_cost_cut", register)


def test_opposing_advice_carries_fewer_ballots(results: Results) -> None:
    """Moves: ballots carried. Stays: all that comes before the first advice; leaders' terms."""
    found = difference(results, "advice_neutral", "advice_opposed", "ballots_carried")
    assert found.high < 0.0
    same(results, "advice_neutral", "advice_opposed", leaders)
    same(results, "advice_neutral", "advice_opposed", register)
    same(results, "advice_neutral", "advice_opposed", lambda outcome: outcome.before_advice)


def test_as_happened_comes_to_110_to_160_on_1_april_2020(results: Results) -> None:
    """Priors only, nothing fitted. The table by system stands in tests/evidence."""
    finals = sorted(o.count["ccgs_april_2020"] for o in results["as_happened"])
    median = statistics.median(finals)
    interval = f"90 % {finals[REPLICATIONS // 20 - 1]} to {finals[-REPLICATIONS // 20]}"
    print(f"\n1 April 2020, as_happened: median {median:g}, {interval}")
    for kind in ("mooted", "ballot", "ballots_carried", "lost", "applied", "merged"):
        mean = statistics.fmean(o.count.get(kind, 0) for o in results["as_happened"])
        print(f"  {kind} a replication: {mean:.1f}")
    assert 110 <= median <= 160
    assert finals[0] < finals[-1]


def test_some_replications_lose_a_big_proposal_at_the_ballot(results: Results) -> None:
    lost = [o.count.get("lost_parts", 0) >= 5 for o in results["as_happened"]]
    print(f"\nlose a proposal of five or more CCGs: {sum(lost)} of {len(lost)}")
    assert any(lost)
    assert not all(lost)
