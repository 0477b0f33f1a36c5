"""Boundary levers on England: each moves what it should, under the same luck.

Seed 1. A difference counts where its 95 % interval lies wholly on the expected side of zero
(false-alarm rate .025 a test at a random seed; the seed is fixed, so a test passes or fails for
good). Caps, order and the absence of splits are exact. Spread is compared by counts that no luck
but that of boundaries moves, so the arms share every draw.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from typing import Any

import pytest

from sim.agents import replicate_log
from sim.records.folds import fold
from sim.records.schema import SCALARS
from sim.scenario import load_scenario, parse_scenario
from tests.agents.arms import PRIOR
from tests.england_batch import england
from tests.replay import check_log

pytestmark = pytest.mark.slow

REPLICATIONS = 40
Row = dict[str, Any]


def exempting(threshold: int) -> dict[str, Any]:
    request = {"exemption_request": 0.2}  # asked for early, so that forty replications can tell
    boundaries = {"exemption_patients": threshold, "exemption_cap": 42}
    return {"extends": "hard_rule", "levers": {"boundaries": boundaries}, "parameters": request}


def visible(times: float) -> dict[str, Any]:
    numbers = {"split_visibility": 0.1 * times, "split_grant": 0.6, "split_request": 0.03}
    return {"extends": "splits_allowed", "parameters": numbers}


WANTING = {"ballot_identity": 0.0, "consent_council_match": 0.0, "footprint_council": 0.0}
LOCAL = {"ballot_identity": -2.0, "consent_council_match": -2.0, "footprint_council": 2.0}
ARMS: dict[str, dict[str, Any]] = {
    "hard_rule": {"extends": "hard_rule"},
    **{f"exempt_{t}": exempting(t) for t in (2_000_000, 1_500_000, 1_000_000)},
    "capped": {"extends": "exemption_1_0m", "parameters": {"exemption_request": 0.2}},
    "unseen": visible(0.0),
    "seen": visible(1.0),
    "plain_to_see": visible(3.0),
    "all_open": {"extends": "boundaries_open"},
    "as_written": {"extends": "as_written"},
    "divided": {"extends": "divided_counties"},
    "indifferent": {"extends": "as_written", "parameters": WANTING},
    "local_units": {"extends": "as_written", "parameters": LOCAL},
}


def row(tables: Mapping[str, Any], replication: int) -> Row:
    """Run, check every identity of the log, and return the scalar outcomes."""
    scenario = parse_scenario({**tables, **PRIOR})
    log = replicate_log(england(), scenario, 1, replication)
    check_log(log.events, england(), scenario.start)
    rows = fold(log.events, log.parameters, england(), scenario.start, scenario.end)
    return dict(zip((c.name for c in SCALARS), rows["replications"][0], strict=True))


@pytest.fixture(scope="module")
def results() -> dict[str, list[Row]]:
    arms = [tables for tables in ARMS.values() for _ in range(REPLICATIONS)]
    numbers = list(range(REPLICATIONS)) * len(ARMS)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(row, arms, numbers, chunksize=30))
    cuts = zip(ARMS, range(0, len(found), REPLICATIONS), strict=True)
    return {name: found[at : at + REPLICATIONS] for name, at in cuts}


def low_high(
    results: Mapping[str, list[Row]], base: str, other: str, of: str | Callable[[Row], float]
) -> tuple[float, float]:
    """Return the 95 % interval of the paired difference of means, other minus base."""
    take = (lambda r: r[of]) if isinstance(of, str) else of
    each = [take(b) - take(a) for a, b in zip(results[base], results[other], strict=True)]
    mean = statistics.fmean(each)
    half = 1.96 * statistics.stdev(each) / REPLICATIONS**0.5
    print(f"\n{of}: {other} less {base}: {mean:+.2f} ({mean - half:+.2f} to {mean + half:+.2f})")
    return mean - half, mean + half


def values(results: Mapping[str, list[Row]], arm: str, of: str) -> list[int]:
    return [int(r[of]) for r in results[arm]]


def test_more_ccgs_stay_the_lower_the_threshold(results: dict[str, list[Row]]) -> None:
    """Row 25: the mean end count rises as the threshold falls, from no exemption to 1.0m."""
    arms = ["hard_rule", "exempt_2000000", "exempt_1500000", "exempt_1000000"]
    means = [statistics.fmean(values(results, arm, "final_ccgs")) for arm in arms]
    exempt = [statistics.fmean(values(results, arm, "exempt_systems")) for arm in arms]
    print(means, exempt)
    assert means == sorted(means)
    assert exempt == sorted(exempt)
    assert low_high(results, "hard_rule", "exempt_1000000", "final_ccgs")[0] > 0.0


def test_no_more_are_exempt_than_the_cap(results: dict[str, list[Row]]) -> None:
    """Row 25: "a handful": five at most however many ask, and mostly all five."""
    exempt = values(results, "capped", "exempt_systems")
    assert max(exempt) == load_scenario("exemption_1_0m").levers.boundaries.exemption_cap == 5
    assert min(values(results, "capped", "exemptions_asked")) > 5


def test_nothing_moves_a_border_as_written(results: dict[str, list[Row]]) -> None:
    """Rows 17 and 21: 42 systems and no split as written; around 42 where all is open."""
    for arm in ("as_written", "hard_rule"):
        assert set(values(results, arm, "systems_at_end")) == {42}
        assert set(values(results, arm, "splits_asked")) == {0}
    systems = values(results, "all_open", "systems_at_end")
    assert len(set(systems)) >= 4
    assert min(systems) < 42 <= max(systems)


def test_splits_are_rarer_than_exemptions(results: dict[str, list[Row]]) -> None:
    """Row 26, where both are open: in the mean by more than three systems."""
    exempt = values(results, "all_open", "exempt_systems")
    split = values(results, "all_open", "splits_granted")
    assert sum(split) > 0
    assert sum(exempt) - sum(split) > 3 * REPLICATIONS


def test_splits_are_over_dispersed_and_more_so_the_more_they_are_seen(
    results: dict[str, list[Row]],
) -> None:
    """Row 24. Unseen, at most the named one asks, as a coin would; seen, counts are contagious.

    Under a Poisson count the ratio of variance to mean is 1, with a standard error of
    (2/39)^.5 = .23 in forty replications; over 2 is more than four of them above.
    """
    asked = {
        arm: values(results, arm, "splits_asked") for arm in ("unseen", "seen", "plain_to_see")
    }
    spread = {arm: statistics.variance(found) for arm, found in asked.items()}
    print({arm: (statistics.fmean(found), spread[arm]) for arm, found in asked.items()})
    assert set(asked["unseen"]) == {0, 1}
    assert spread["unseen"] < spread["seen"] < spread["plain_to_see"]
    assert spread["plain_to_see"] > 2.0 * statistics.fmean(asked["plain_to_see"])
    for few, more in zip(asked["unseen"], asked["plain_to_see"], strict=True):
        assert few <= more  # under the same luck nobody asks less for having seen more


def test_divided_counties_start_more(results: dict[str, list[Row]]) -> None:
    """Row 103."""
    assert low_high(results, "as_written", "divided", "proposals")[0] > 0.0


def test_where_local_units_are_wanted_mergers_across_councils_are_rarer(
    results: dict[str, list[Row]],
) -> None:
    """Row 80: the spine's preferences for one's own council, none against strong."""
    assert low_high(results, "indifferent", "local_units", "council_crossing_mergers")[1] < 0.0


def test_after_a_statement_more_of_the_proposals_are_for_part_of_a_system() -> None:
    """Row 14: the word dropped everywhere, and restored by the statement of October 2019.

    The pull of whole systems is set at the upper end of its prior, so that 40 replications can
    tell; the interval is that of a difference of two ratios under the same luck.
    """
    dropped = {"extends": "typically_dropped", "parameters": {"footprint_expectation": 1.0}}
    said = load_scenario("splits_allowed").calendar[0]
    restored = dropped | {"calendar": {said.name: said.table()}}
    restored["levers"] = {"boundaries": {"splits": True}}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        without, after = (
            list(pool.map(part_share, repeat(arm), range(REPLICATIONS), chunksize=15))
            for arm in (dropped, restored)
        )
    residuals, ratios = [0.0] * REPLICATIONS, []
    for sign, found in ((-1.0, without), (1.0, after)):
        part, opened = (sum(column) for column in zip(*found, strict=True))
        ratios.append(part / opened)
        for i, (p, n) in enumerate(found):
            residuals[i] += sign * (p - n * part / opened) / opened
    half = 1.96 * sum(r * r for r in residuals) ** 0.5
    print(f"\nfor part of a system: {ratios} (difference with half-width {half:.3f})")
    assert ratios[1] - ratios[0] > half


def part_share(tables: Mapping[str, Any], replication: int) -> tuple[int, int]:
    """Return how many proposals were begun after October 2019 for part of a system, and in all."""
    scenario = parse_scenario({**tables, **PRIOR})
    begun = [
        dict(event.terms)["footprint_whole_system"] == 0.0
        for event in replicate_log(england(), scenario, 1, replication).events
        if event.kind == "mooted" and event.time > 122.0 and not event.data["parent"]
    ]
    return sum(begun), len(begun)


@pytest.mark.parametrize(
    ("name", "value", "kinds"),
    [
        ("exemption_request", 0.0, ("exemption_asked",)),
        ("split_request", 0.5, ("split_asked",)),
        ("split_before_statement", 1.0, ("split_asked",)),
        ("split_visibility", 5.0, ("split_asked",)),
        ("split_grant", 1.0, ("split_decided",)),
        ("boundary_months", 1.0, ("joining_decided",)),
        ("system_approach", 0.0, ("joining_asked",)),
        ("merger_persuasion", 1.0, ("joining_decided", "systems_merged")),
    ],
)
def test_every_number_of_boundaries_moves_what_it_should(
    name: str, value: float, kinds: tuple[str, ...]
) -> None:
    """Exact: six replications under the same luck; leaders' terms of the start stay."""
    plain = ARMS["all_open"]
    parted = 0
    for replication in range(6):
        one, other = (
            replicate_log(england(), parse_scenario({**tables, **PRIOR}), 1, replication).events
            for tables in (plain, plain | {"parameters": {name: value}})
        )
        parted += [e for e in one if e.kind in kinds] != [e for e in other if e.kind in kinds]
        assert [e for e in one if e.time == 0.0] == [e for e in other if e.time == 0.0]
    assert parted >= 1
