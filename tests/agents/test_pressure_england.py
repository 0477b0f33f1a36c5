"""Information and force in England: each shipped scenario moves what its rows say it moves.

Replications 0 to 19 of each scenario with seed 1, paired under the same luck. Directions are read
from means over the pairs; the seed is fixed, so a test passes or fails for good. Chosen so that a
paired 95 % interval excludes zero, which a lever without effect does in one case of twenty.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.records.folds import fold
from sim.records.schema import SCALARS
from sim.scenario import parse_scenario
from sim.world import World, load_world
from tests.agents.arms import PRIOR
from tests.replay import check_log

pytestmark = pytest.mark.slow

REPLICATIONS = 20
SEED = 1
START = date(2019, 6, 1)
Row = dict[str, Any]

LETTER = {"date": date(2019, 6, 1), "kind": "letter", "region": "all", "strength": 1.0}
EXTRA: dict[str, dict[str, Any]] = {
    "more_encouragement": {"levers": {"force": {"encouragement": 4.0}}},
    "more_incentive": {"levers": {"force": {"incentive": 4.0}}},
    "more_cajoling": {"levers": {"force": {"cajoling": 4.0}}},
    "letter": {
        "calendar": {"a": LETTER | {"wording": "expected", "deadline": date(2021, 4, 1)}},
        "parameters": {"ballot_perceived_centre": -0.6},
    },
    "no_letter": {"parameters": {"ballot_perceived_centre": -0.6}},
    "push": {"calendar": {"a": LETTER | {"kind": "push"}}},
    "no_word": {"levers": {"information": {"wording": "none"}}},
    "salient": {"levers": {"information": {"salience": 1.0}}},
    "by_deadline": {"levers": {"information": {"ics_rule": "by_deadline"}}},
    "leader_rule": {"levers": {"force": {"decision_rule": "leader"}}},
}


@cache
def england() -> World:
    return load_world()


@cache
def arm(name: str) -> list[tuple[Row, tuple[Event, ...]]]:
    """Return scalars and log of each replication of a shipped scenario or of one of ``EXTRA``."""
    if name in EXTRA:
        scenario = parse_scenario({"extends": "as_written", "name": name} | PRIOR | EXTRA[name])
    else:
        scenario = parse_scenario({"extends": name} | PRIOR)
    found = []
    names = [column.name for column in SCALARS]
    for replication in range(REPLICATIONS):
        log = replicate_log(england(), scenario, SEED, replication)
        (row,) = fold(log.events, log.parameters, england(), scenario.start, scenario.end)[
            "replications"
        ]
        found.append((dict(zip(names, row, strict=True)), log.events))
    return found


def day(*when: int) -> float:
    return float((date(*when) - START).days)


def month(event: Event) -> int:
    return date.fromordinal(START.toordinal() + int(event.time)).month


def mean(name: str, outcome: str) -> float:
    values = [row[outcome] for row, _ in arm(name) if row[outcome] is not None]
    return math.fsum(values) / len(values)


def moved(base: str, other: str, outcome: str | Callable[[Row, tuple[Event, ...]], float]) -> int:
    """Return 1 or -1 where the paired 95 % interval of other - base lies beyond 0, else 0."""

    def value(row: Row, events: tuple[Event, ...]) -> float:
        return float(row[outcome]) if isinstance(outcome, str) else outcome(row, events)

    differences = [value(*b) - value(*a) for a, b in zip(arm(base), arm(other), strict=True)]
    n = len(differences)
    average = math.fsum(differences) / n
    sd = math.sqrt(math.fsum((d - average) ** 2 for d in differences) / (n - 1))
    half = 1.96 * sd / math.sqrt(n)
    print(f"\n{base} -> {other}, {outcome}: {average:+.3f} +- {half:.3f}")
    return int(average > half) - int(average < -half)


def carried_share(row: Row, _events: tuple[Event, ...]) -> float:
    held = row["ballots_held"]
    return (held - row["ballots_lost"]) / held if held else 0.0


def mooted(after: float, before: float = math.inf) -> Callable[[Row, tuple[Event, ...]], float]:
    return lambda _row, events: sum(e.kind == "mooted" and after < e.time < before for e in events)


# -- Information -----------------------------------------------------------------------------------


def test_dropping_the_word_lowers_the_end_count_and_belief_in_one_ccg_grows_by_relay() -> None:
    """Row 9: the further from the centre, the more believe one CCG to be expected."""
    assert moved("as_written", "typically_dropped", "final_ccgs") == -1
    regions, ccgs = {r.name for r in england().regions}, {c.code for c in england().ccgs}
    found = [0, 0]
    for _, events in arm("as_written"):
        first = [e for e in events if e.kind == "belief" and e.time == 0.0]
        found[0] += sum(e.subject in regions for e in first)
        found[1] += sum(e.subject in ccgs for e in first)
    share = [n / REPLICATIONS / size for n, size in zip(found, (7, 191), strict=True)]
    assert 0.1 < share[0] < share[1]


def test_a_statement_that_restores_the_word_turns_proposals_to_smaller_footprints() -> None:
    """Row 14: after it fewer proposals are of whole systems; nothing moves before it."""
    said = day(2019, 10, 1)

    def whole(_row: Row, events: tuple[Event, ...]) -> float:
        return sum(
            dict(e.terms).get("footprint_whole_system", 0.0) != 0.0
            for e in events
            if e.kind == "mooted" and e.time > said
        )

    assert moved("typically_dropped", "typically_restored", whole) == -1
    for (_, one), (_, other) in zip(
        arm("typically_dropped"), arm("typically_restored"), strict=True
    ):
        assert [e for e in one if e.time < said] == [e for e in other if e.time < said]


def test_letters_bring_earlier_proposals_and_more_refusals() -> None:
    """Row 10, with a strong backlash: more begin within half a year, and more ballots are lost."""
    assert moved("no_letter", "letter", mooted(0.0, day(2019, 12, 1))) == 1
    assert moved("no_letter", "letter", "ballots_lost") == 1


def test_a_push_makes_more_proposals_take_the_hint() -> None:
    """Row 13: the share of proposals whose footprint is the system's, with no word and a push."""
    shares = [mean(name, "hint_share") for name in ("no_word", "as_written", "push")]
    print(f"\nfootprint is the system's: {[round(share, 3) for share in shares]}")
    assert shares == sorted(shares)
    assert moved("no_word", "push", "hint_share") == 1


def test_visible_refusals_lower_support_elsewhere_and_are_few_beside_passes() -> None:
    """Row 36: fewer ballots are carried; in the baseline refusals are the smaller part."""
    assert moved("as_written", "salient", carried_share) == -1
    assert mean("as_written", "ballots_lost") < 0.3 * mean("as_written", "ballots_held")


def test_who_is_behind_a_proposal_is_often_got_wrong() -> None:
    """Row 4: shares by true and by perceived origin, and the rate of misattribution."""
    true, seen = mean("as_written", "centre_share"), mean("as_written", "perceived_centre_share")
    assert 0.1 < true < 0.9
    assert 0.1 < seen < 0.9
    assert 0.05 < mean("as_written", "misattribution_rate") < 0.6
    assert moved("as_written", "more_cajoling", "perceived_centre_share") == 1


def test_leaders_who_call_a_ballot_have_overrated_their_members() -> None:
    """Row 63: belief less truth is above 0 on average, since the hopeful call more ballots."""
    assert mean("as_written", "belief_gap") > 0.0
    assert mean("as_written", "yes_expected") > mean("as_written", "yes_share")


def test_status_for_one_ccg_only_leaves_systems_without_it_and_starts_proposals() -> None:
    """Rows 8 and 12: all become ICSs by April 2021, or those with one CCG; the count falls."""
    assert {row["ics_share_april_2021"] for row, _ in arm("by_deadline")} == {1.0}
    assert 0.4 < mean("ics_conditional", "ics_share_april_2021") < 0.95
    assert moved("by_deadline", "ics_conditional", mooted(0.0)) == 1
    assert moved("by_deadline", "ics_conditional", "final_ccgs") == -1
    assert moved("as_written", "by_deadline", "final_ccgs") == 0


# -- Members ---------------------------------------------------------------------------------------


def test_a_lost_ballot_leads_to_no_application() -> None:
    """Row 1: never while ballots bind, sometimes where they only advise."""

    def applied(name: str) -> tuple[int, int]:
        lost = went_on = 0
        for _, events in arm(name):
            last = {e.proposal: e.data["carried"] for e in events if e.kind == "balloted"}
            filed = {e.proposal for e in events if e.kind == "applied"}
            refused = {proposal for proposal, carried in last.items() if not carried}
            lost += len(refused)
            went_on += len(refused & filed)
        return lost, went_on

    lost, went_on = applied("as_written")
    assert lost > 50
    assert went_on == 0
    lost, went_on = applied("advisory_ballots")
    assert 0 < went_on < lost


def test_fewer_ballots_are_carried_the_more_committees_are_against() -> None:
    """Row 2: silent or balanced, as formed, opposed."""
    assert moved("lmc_silent", "lmc_balanced", carried_share) == 0
    assert moved("lmc_balanced", "as_written", carried_share) == -1
    assert moved("as_written", "lmc_opposed", carried_share) == -1


def test_two_thirds_and_a_quorum_carry_fewer_ballots() -> None:
    assert moved("as_written", "two_thirds_rule", carried_share) == -1
    assert moved("as_written", "two_thirds_rule", "final_ccgs") == 1
    assert moved("as_written", "two_thirds_rule", "ballots_inquorate") == 1


# -- Force -----------------------------------------------------------------------------------------


def test_encouragement_incentives_and_cajoling_are_three_levers() -> None:
    """Row 5: each starts proposals; only incentives win governing bodies, only cajoling is seen."""

    def asked(events: tuple[Event, ...]) -> list[Event]:
        """Return the decisions of governing bodies (proposals found drafted had none)."""
        return [
            e for e in events if e.kind in ("drafted", "withdrawn") and "incentive" in dict(e.terms)
        ]

    def unwilling(_row: Row, events: tuple[Event, ...]) -> float:
        return sum(e.kind == "withdrawn" for e in asked(events)) / max(1, len(asked(events)))

    def paid(name: str) -> set[bool]:
        return {dict(e.terms)["incentive"] > 0.0 for _, events in arm(name) for e in asked(events)}

    more = [f"more_{name}" for name in ("encouragement", "incentive", "cajoling")]
    assert [moved("as_written", name, "proposals_centre") for name in more] == [1, 1, 1]
    assert moved("as_written", "more_incentive", unwilling) == -1
    assert [True in paid(name) for name in more] == [False, True, False]
    seen = [mean(name, "misattribution_rate") for name in more]
    assert seen[2] == max(seen)
    ends = {name: tuple(row["final_ccgs"] for row, _ in arm(name)) for name in more}
    changes = [mean(name, "final_ccgs") - mean("as_written", "final_ccgs") for name in more]
    print(f"\nfour times as much, CCGs at the end: {[round(c, 2) for c in changes]}")
    assert len(set(ends.values())) == 3
    assert max(changes) < 0.0


def test_modes_of_the_centre_differ_in_count_refusals_and_alienation() -> None:
    """Rows 82 and 83: a mandate leaves one CCG a system and alienates; a referee does so less."""
    assert {row["final_ccgs"] for row, _ in arm("mandate")} == {42}
    assert moved("as_written", "referee", "final_ccgs") == -1
    assert moved("referee", "mandate", "final_ccgs") == -1
    assert moved("as_written", "referee", "alienation") == 1
    assert moved("referee", "mandate", "alienation") == 1
    assert mean("as_written", "alienation") == mean("enable", "alienation") == 0.0
    assert moved("enable", "cajoling_only", "perceived_centre_share") == 1
    for name in ("mandate", "referee"):
        for _, events in arm(name)[:10]:
            check_log(events, england(), START)


def test_passes_rise_from_unanimity_over_majority_to_the_leader() -> None:
    """Row 98."""

    def stood(_row: Row, events: tuple[Event, ...]) -> float:
        last = {e.proposal: e.data["carried"] for e in events if e.kind == "balloted"}
        return sum(last.values()) / max(1, len(last))

    assert moved("as_written", "majority_rule", stood) == 1
    assert moved("majority_rule", "leader_rule", stood) == 1
    assert moved("majority_rule", "leader_rule", "final_ccgs") == -1
    assert mean("leader_rule", "overruled") > mean("majority_rule", "overruled") > 0.0


def test_a_new_law_is_one_step_without_ballots() -> None:
    """Row 104: the count before it is that of as_written, one body a system takes over."""
    for (row, events), (plain, _) in zip(arm("legislation_2022"), arm("as_written"), strict=True):
        assert row["final_ccgs"] == plain["final_ccgs"] == row["abolished_ccgs"]
        assert row["successor_bodies"] == 42
        assert row["open_at_end"] == 0
        check_log(events, england(), START)


def test_a_dated_step_in_pressure_starts_more_from_its_day_on() -> None:
    """Rows 66, 90 and 105: nothing moves before it, more is begun after it."""
    step = day(2020, 6, 1)
    for (_, one), (_, other) in zip(arm("as_written"), arm("pressure_step"), strict=True):
        assert [e for e in one if e.time < step] == [e for e in other if e.time < step]
    assert moved("as_written", "pressure_step", mooted(step)) == 1


def test_the_rules_of_2016_leave_more_ccgs() -> None:
    """Fewer start and more are refused of those that apply."""

    def refused(row: Row, _events: tuple[Event, ...]) -> float:
        return row["refused"] / max(1, row["refused"] + row["approved"])

    assert moved("as_written", "rules_of_2016", mooted(0.0)) == -1
    assert moved("as_written", "rules_of_2016", refused) == 1
    assert moved("as_written", "rules_of_2016", "final_ccgs") == 1


# -- Windows, panels, times ------------------------------------------------------------------------


def test_half_the_panel_means_longer_queues() -> None:
    """Row 15; in the yearly round every case is decided between the close and 1 April."""
    assert moved("as_written", "panel_halved", "panel_wait_days") == 1
    assert moved("as_written", "panel_halved", "panel_wait_longest") == 1
    for _, events in arm("as_written"):
        assert {month(e) for e in events if e.kind == "decided"} <= {10, 11, 12, 1, 2, 3}


def test_windows_all_year_spread_decisions_over_it() -> None:
    decided = [e for _, log in arm("all_year_window") for e in log if e.kind == "decided"]
    assert {month(e) for e in decided} == set(range(1, 13))


def test_mergers_take_effect_on_the_first_of_april_after_the_least_lead() -> None:
    """Rows 11 and 38: never within four months of the decision, nor sooner after first talk."""
    for row, events in arm("as_written"):
        check_log(events, england(), START, minimum_lead=4 * 365.25 / 12 - 0.001)
        least = row["months_to_effect_least"]
        assert least is None or least > 4.0
    assert 10.0 < mean("as_written", "months_to_effect") < 24.0


def test_most_systems_are_already_talking_on_the_first_day() -> None:
    """Row 37: plans are nearly everywhere in mid-2019."""
    assert 0.5 < mean("as_written", "live_at_start") < 0.95


@pytest.mark.parametrize("name", ["lmc_silent", "panel_halved", "mandate", "legislation_2022"])
def test_no_scenario_of_these_reaches_back_before_the_start(name: str) -> None:
    for (_, one), (_, other) in zip(arm("as_written"), arm(name), strict=True):
        begun = [
            [e for e in events if e.kind == "mooted" and e.time == 0.0] for events in (one, other)
        ]
        assert begun[0] == begun[1]
