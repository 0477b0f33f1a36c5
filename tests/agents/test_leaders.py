"""Leaders on England: sponsors, backing, vacancies, chairs, a firm hand, rivalry, reasons.

A few replications under the same luck, seed 1. Most checks are exact. Those on counts compare
sums over fixed replications and cannot change from run to run; where luck could have made them
fail, the margin is far wider than chance gives (stated in each test).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.errors import InputError
from sim.scenario import load_scenario, parse_scenario
from sim.world import World, load_world
from tests.agents.arms import MONTH, PRIOR, merged_tables, of_kind

REPLICATIONS = range(8)
SEED = 1
Log = tuple[Event, ...]
KINDS = {
    "backing", "firm_hand", "cooperation", "sponsors", "finance_director", "place_leader",
    "dual_role", "council_offer", "compromise",
}  # fmt: skip


@cache
def england() -> World:
    return load_world()


def logs(
    leaders: dict[str, Any] | None = None,
    parameters: dict[str, float] | None = None,
    replications: range = REPLICATIONS,
    **more: Any,
) -> list[Log]:
    tables = {"extends": "as_written", "parameters": parameters or {}, **PRIOR}
    tables["levers"] = {"leaders": leaders or {}}
    scenario = parse_scenario(merged_tables(tables, more))
    return [replicate_log(england(), scenario, SEED, r).events for r in replications]


@pytest.fixture(scope="module")
def written() -> list[Log]:
    return logs()


def begun(log: Log) -> list[Event]:
    """Return the proposals begun in the run, without narrower ones."""
    return [e for e in of_kind(log, "mooted") if e.time > 0.0 and not e.data["parent"]]


def stories(arm: list[Log]) -> list[list[tuple[float, str, str, str]]]:
    """Return what happened in each log, without the kinds that only levers bring about."""
    return [[e[:4] for e in log if e.kind not in KINDS] for log in arm]


def terms(arm: list[Log], name: str) -> list[tuple[str, float]]:
    """Return the values of a term of starting, by system, in the order of the logs."""
    return [(e.subject, dict(e.terms)[name]) for log in arm for e in begun(log)]


def test_at_rest_nothing_of_leaders_is_in_the_log(written: list[Log]) -> None:
    assert not KINDS & {event.kind for log in written for event in log}
    assert not any(event.data for log in written for event in of_kind(log, "leader_left"))


# -- Sponsors ------------------------------------------------------------------------------------

PRESSED = {"levers": {"force": {"encouragement": 6.0, "incentive": 6.0, "cajoling": 6.0}}}


def test_without_a_sponsor_hardly_a_proposal_even_under_pressure() -> None:
    """e^-6 of the starts are left: below one in fifty of hundreds (chance of more: below .001)."""
    free = logs(**PRESSED)
    bound = logs(
        {"sponsor": "required"}, {"sponsor_share": 0.0, "sponsor_strength": 0.0}, **PRESSED
    )
    counts = [sum(len(begun(log)) for log in arm) for arm in (free, bound)]
    assert counts[0] > 300
    assert counts[1] <= counts[0] / 50
    assert all(not e.data["in_favour"] for log in bound for e in of_kind(log, "sponsors"))


def test_with_all_leaders_in_favour_the_story_is_as_without_the_rule(written: list[Log]) -> None:
    all_in_favour = logs({"sponsor": "required"}, {"sponsor_share": 1.0})
    assert stories(all_in_favour) == stories(written)


def test_a_system_with_sponsors_starts_and_one_without_does_not() -> None:
    """Every start had a sponsor or the term of none, as the last count before it says."""
    bound = logs({"sponsor": "required"}, {"start_unsponsored": -3.0})
    seen = set()
    for log in bound:
        counted: dict[str, int] = {}
        for event in log:
            if event.kind == "sponsors":
                counted[event.subject] = event.data["in_favour"]
            elif event in begun(log):
                lonely = counted[event.subject] == 0
                assert (dict(event.terms)["sponsors"] == -3.0) is lonely
                seen.add(lonely)
    assert seen == {True, False}


@pytest.mark.parametrize("leader", ["provider", "quality"])
def test_strong_leaders_and_strong_providers_bring_sponsors(leader: str) -> None:
    """Rows 50 and 100: the first count at strength 2 against none, by who leads."""
    shares: dict[bool, list[float]] = {True: [], False: []}
    strong = {s.code for s in england().systems if s.leader_type == "provider"}
    for log in logs({"sponsor": "required"}, {"sponsor_strength": 4.0, "sponsor_share": 0.3}):
        at_start = [e for e in of_kind(log, "sponsors") if e.time == 0.0]
        for event in at_start:
            shares[event.subject in strong].append(event.data["in_favour"] / event.data["leaders"])
    if leader == "provider":
        means = {key: sum(found) / len(found) for key, found in shares.items()}
        assert means[True] > means[False] + 0.15  # standard error about .08
    else:  # leaders' quality carries the others: nearly all or nearly none, where chance gives few
        extreme = sum(share in (0.0, 1.0) for share in shares[False]) / len(shares[False])
        assert extreme > 0.4


# -- Backing and confidence ----------------------------------------------------------------------


def test_proposals_rise_after_the_statement_of_backing_and_not_before(written: list[Log]) -> None:
    backed = logs({"backing": 2.0, "backing_after": 6.0})
    day = 183.0  # 1 December 2019
    more = 0
    for one, other in zip(written, backed, strict=True):
        [said] = of_kind(other, "backing")
        assert abs(said.time - day) <= 1.0
        before = [[e for e in story if e[0] < said.time] for story in stories([one, other])]
        assert before[0] == before[1]
        after = [sum(e.time >= said.time for e in begun(log)) for log in (one, other)]
        assert after[1] >= after[0]
        more += after[1] - after[0]
    assert more > 40  # of some 300


def test_resolve_follows_the_confidence_in_the_leader() -> None:
    found = [value for _, value in terms(logs({"backing": 1.0}, {"start_backing": 1.0}), "backing")]
    assert all(0.0 < value < 1.0 for value in found)
    assert max(found) - min(found) > 0.4


def test_reasons_leave_comings_and_goings_as_they_were(written: list[Log]) -> None:
    named = logs({"reasons": True})
    assert stories(named) == stories(written)
    part_timers = {s.code for s in england().systems if not s.leader_dedicated}
    reasons = {
        (e.data["reason"], e.subject in part_timers)
        for log in named
        for e in of_kind(log, "leader_left")
    }
    assert {reason for reason, _ in reasons} == {"day_job", "moved_on", "had_enough"}
    assert ("day_job", False) not in reasons  # a dedicated leader has none to return to


def test_the_centre_chooses_whom_it_trusts() -> None:
    """Backing weighs more after a leader was moved on, for the next one is in the upper half."""
    choose = {"backing": 1.0, "reasons": True}
    fixed = {"start_backing": 1.0, "leader_confidence": 0.5, "leader_turnover": 0.1}
    upper = 1.0 / (1.0 + 2.718281828459045**-1.0)  # the median leader, backed
    after: dict[str, list[float]] = {"moved_on": [], "other": []}
    for log in logs(choose, fixed):
        last: dict[str, str] = {}
        for event in log:
            if event.kind == "leader_left":
                last[event.subject] = event.data["reason"]
            elif event.kind == "mooted" and event.subject in last and event.terms:
                which = "moved_on" if last[event.subject] == "moved_on" else "other"
                after[which].append(dict(event.terms).get("backing", upper))
    # In a vacancy the last leader's confidence still stands, hence not quite all.
    high = {k: sum(v >= upper - 1e-9 for v in found) / len(found) for k, found in after.items()}
    assert high["moved_on"] > 0.75
    assert high["other"] < 0.75


# -- Vacancies -----------------------------------------------------------------------------------


def test_no_proposal_starts_in_a_vacancy_that_stops_all(written: list[Log]) -> None:
    def in_vacancies(arm: list[Log]) -> int:
        found = 0
        for log in arm:
            vacant: set[str] = set()
            for event in log:
                if event.kind == "leader_left":
                    vacant.add(event.subject)
                elif event.kind == "leader_joined":
                    vacant.remove(event.subject)
                elif event.kind == "mooted" and not event.data["parent"]:
                    found += event.subject in vacant
        return found

    stopped = logs(parameters={"start_vacancy": 0.0})
    unmoved = logs(parameters={"start_vacancy": 1.0})
    assert in_vacancies(stopped) == 0
    assert in_vacancies(written) < in_vacancies(unmoved)
    assert in_vacancies(unmoved) > 15


# -- Outside chairs ------------------------------------------------------------------------------


def test_an_outside_chair_starts_more_and_none_where_nobody_counts(written: list[Log]) -> None:
    chaired = logs({"outside_chair": "everywhere"}, {"outside_chair": 0.6})
    assert sum(len(begun(log)) for log in chaired) > 1.2 * sum(len(begun(log)) for log in written)
    some = logs({"outside_chair": "independent"}, {"outside_chair": 0.6})
    outside = {s.code for s in england().systems if s.leader_type == "independent"}
    found = terms(some, "outside_chair")
    assert {code in outside for code, value in found if value} == {True}
    assert {value for code, value in found if code not in outside} == {0.0}


# -- A firm hand ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_firm_hand_helps_where_all_is_blocked_and_backfires_where_partners_cooperate() -> None:
    """Row 71, by thirds of cooperation at the start: starts and mergers, 24 replications.

    With an effect of 2.5 on the log-rate at the ends, starts differ by a factor; mergers of 24
    replications are hundreds, and a difference of no effect would have an even chance of its sign
    in each group, but of a tenth either way below .05.
    """
    fixed = {"firm_hand": 2.5, "cooperation_spread": 1.5}
    firm = logs({"firm_hand": 1.0}, fixed, range(24))
    light = logs(parameters=fixed, replications=range(24))
    tally = {(where, kind): [0, 0] for where in ("blocked", "close") for kind in ("start", "merge")}
    for one, other in zip(light, firm, strict=True):
        level = {e.subject: e.data["cooperation"] for e in of_kind(other, "firm_hand")}
        assert len(level) == len(england().systems)
        for side, log in enumerate((one, other)):
            for event in (*begun(log), *of_kind(log, "effective")):
                where = level[event.subject]
                if 0.35 < where < 0.65:
                    continue
                key = "blocked" if where < 0.5 else "close"
                kind = "merge" if event.kind == "effective" else "start"
                tally[key, kind][side] += 1
    print(tally)
    assert tally["blocked", "start"][1] > 1.2 * tally["blocked", "start"][0]
    assert tally["blocked", "merge"][1] > 1.05 * tally["blocked", "merge"][0]
    assert tally["close", "start"][1] < 0.8 * tally["close", "start"][0]
    assert tally["close", "merge"][1] < 0.95 * tally["close", "merge"][0]


def test_horses_for_courses_picks_the_blocked() -> None:
    for log in logs({"firm_hand": 1.0, "firm_hand_where": "blocked"}):
        picked = {e.subject: e.data["cooperation"] for e in of_kind(log, "firm_hand")}
        assert 0 < len(picked) < len(england().systems)
        assert max(picked.values()) < 0.5
        for event in begun(log):
            value = dict(event.terms)["firm_hand"]
            assert (value != 0.0) <= (event.subject in picked)


# -- Rivalry -------------------------------------------------------------------------------------

TORN = "North London Partners in Health and Care"


def test_rivalry_slows_its_own_patch_and_no_other(written: list[Log]) -> None:
    torn = logs({"rival_systems": [TORN]}, {"rivalry": 8.0})
    [home] = [s for s in england().systems if s.name == TORN]
    code, near = home.code, {s.code for s in england().systems if s.region == home.region}
    assert any(e.subject == code for log in written for e in begun(log))
    assert not any(e.subject == code for log in torn for e in begun(log))

    def elsewhere(arm: list[Log]) -> list[list[tuple[float, str]]]:
        """Not in its region, whose panel it shares."""
        kinds = {"mooted", "drafted", "leader_left"}
        return [
            [(e.time, e.subject) for e in log if e.kind in kinds and e.subject not in near]
            for log in arm
        ]

    assert elsewhere(torn) == elsewhere(written)


def test_a_rival_system_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match=r"rival_systems.*not a system.*North London Partners"):
        logs({"rival_systems": ["North London Partner"]})


def test_the_shipped_scenario_names_its_system() -> None:
    scenario = load_scenario("trusts_at_odds")
    assert scenario.levers.leaders.rival_systems == [TORN]
    assert parse_scenario(scenario.tables()).digest == scenario.digest


# -- Devolution ----------------------------------------------------------------------------------


def test_devolved_systems_need_mergers_less_and_decide_sooner(written: list[Log]) -> None:
    devolved = {s.code for s in england().systems if s.ics_status == "devolved"}
    bare = logs({"devolved": True}, {"devolved_need": 0.0})
    less = logs({"devolved": True}, {"devolved_need": -8.0})
    assert not any(e.subject in devolved for log in less for e in begun(log))
    assert any(e.subject in devolved for log in bare for e in begun(log))
    quick, slow = [], []
    for log in bare:
        applied: dict[str, float] = {}
        for event in log:
            if event.kind == "applied":
                applied[event.proposal] = event.time
            elif event.kind == "decided":
                local = event.proposal.rpartition("-")[0] in devolved
                assert (event.subject == "NHS England") is not local
                (quick if local else slow).append(event.time - applied[event.proposal])
    assert quick
    assert max(quick) <= 0.5 * MONTH + 1.0 < min(slow) + MONTH
    assert sum(quick) / len(quick) < 0.3 * sum(slow) / len(slow)
