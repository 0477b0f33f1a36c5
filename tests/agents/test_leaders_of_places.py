"""Place leaders, dual roles, cooperation and finance directors on England.

Few replications under the same luck, seed 1; checks are exact but where a margin is stated.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import fmean, pstdev

import pytest

from sim.agents import Event, replicate_log
from sim.records.folds import fold
from sim.records.schema import SCALARS
from sim.scenario import load_scenario, parse_scenario
from tests.agents.arms import MONTH, PRIOR, of_kind
from tests.agents.test_leaders import Log, begun, england, logs, stories, terms
from tests.replay import check_log

KEEN = {"place_leaders": 1.0}


@pytest.fixture(scope="module")
def led() -> list[Log]:
    return logs(KEEN)


def test_any_kind_of_provider_or_the_council_may_lead(led: list[Log]) -> None:
    """Row 55: shares of some 700 leaders near 4.5, 1.5, 1.5 and .5 of 8 (margin: 4 errors)."""
    kinds = Counter(e.data["type"] for log in led for e in of_kind(log, "place_leader"))
    expected = {"acute": 4.5, "mental_health": 1.5, "council": 1.5, "community": 0.5}
    assert kinds.total() > 400
    assert kinds.keys() == expected.keys()
    for kind, weight in expected.items():
        share = weight / 8.0
        error = (share * (1.0 - share) / kinds.total()) ** 0.5
        assert abs(kinds[kind] / kinds.total() - share) < 4.0 * error, kind


def test_a_place_lies_in_a_ccg_and_that_in_a_system(led: list[Log]) -> None:
    """Row 46; and nobody leads a place twice."""
    for log in led:
        home = {c.code: england().systems[c.system].code for c in england().ccgs}
        places = set()
        for event in log:
            if event.kind == "merged":
                home |= dict.fromkeys([event.subject], event.data["system"])
            elif event.kind == "place_leader":
                assert event.data["place"] in event.subject.split("+")
                assert home[event.subject] == event.data["system"]
                assert event.data["place"] not in places
                places.add(event.data["place"])
        check_log(log, england(), load_scenario("as_written").start)


def test_keener_trusts_lead_more_places(led: list[Log]) -> None:
    """Row 42: number of provider-led places by keenness; every place led stays led."""
    keener = logs({"place_leaders": 3.0})
    for one, other in zip(led, keener, strict=True):
        counts = [len(of_kind(log, "place_leader")) for log in (one, other)]
        assert counts[0] < counts[1]


@pytest.mark.slow
def test_strong_places_bring_mergers_and_mergers_bring_place_leaders(led: list[Log]) -> None:
    """Row 41, each arrow on and off."""
    neither = {"start_local_leader": 0.0, "place_leader_merged": 0.0}
    off = logs(KEEN, neither)
    assert stories(off) == stories(logs(parameters=neither))
    forth = logs(KEEN, neither | {"start_local_leader": 2.0})
    assert sum(len(begun(log)) for log in forth) > 1.1 * sum(len(begun(log)) for log in off)
    back = logs(KEEN, neither | {"place_leader_merged": 3.0})

    def in_merged(arm: list[Log]) -> int:
        return sum("+" in e.subject for log in arm for e in of_kind(log, "place_leader"))

    def in_single(arm: list[Log]) -> list[tuple[float, str]]:
        found = [e for log in arm for e in of_kind(log, "place_leader")]
        return [(e.time, e.data["place"]) for e in found if "+" not in e.subject]

    assert in_merged(back) > 1.5 * in_merged(off)
    assert in_single(back) == in_single(off)
    assert terms(led, "place_leaders")


@pytest.mark.slow
@pytest.mark.parametrize("rule", [True, False])
def test_dual_roles_only_by_a_workaround_where_the_law_bars_them(rule: bool) -> None:
    """Row 56: with the rule on some find a way round it, later; without it all at once."""
    arm = logs(KEEN | {"dual_role_rule": rule}, {"workaround_probability": 0.5})
    waits = []
    for log in arm:
        since = {e.data["place"]: (e.time, e.data["type"]) for e in of_kind(log, "place_leader")}
        for event in of_kind(log, "dual_role"):
            began, kind = since[event.data["place"]]
            assert event.data["form"] == ("workaround" if rule else "direct")
            assert kind != "council"
            waits.append(event.time - began)
    assert len(waits) > 10
    assert (min(waits) > 0.0) if rule else (max(waits) == 0.0)
    if rule:
        assert fmean(waits) > 2.0 * MONTH
        none = logs(KEEN, {"workaround_probability": 0.0})
        assert not any(of_kind(log, "dual_role") for log in none)


def test_fear_of_a_takeover_costs_votes_where_a_provider_leads() -> None:
    """Row 51: the term follows who leads the CCG's places; less fear, a higher share of yes."""
    bold, afraid = (logs(KEEN | {"takeover_fear": fear}) for fear in (0.0, 3.0))
    seen = set()
    for log in afraid:
        providers: set[str] = set()
        ever: set[str] = set()
        for event in log:
            if event.kind == "place_leader":
                ever.add(event.data["place"])
                if event.data["type"] != "council":
                    providers.add(event.data["place"])
            elif event.kind == "ballot":
                feared = dict(event.terms)["takeover"]
                seen.add(feared != 0.0)
                if feared:  # those who lead when leaders last looked still do
                    assert providers & set(event.subject.split("+"))
    assert seen == {True, False}

    def yes(arm: list[Log]) -> float:
        ballots = [e.data for log in arm for e in of_kind(log, "ballot") if e.data["attempt"] == 1]
        return fmean(b["votes_for"] / max(1, b["practices"] - b["abstained"]) for b in ballots)

    assert yes(afraid) < yes(bold)


# -- Cooperation ---------------------------------------------------------------------------------


def gains(arm: list[Log]) -> list[float]:
    found: list[float] = []
    for log in arm:
        levels: dict[str, list[float]] = {}
        for event in of_kind(log, "cooperation"):
            levels.setdefault(event.subject, []).append(event.data["level"])
        assert all(a <= b <= 1.0 for each in levels.values() for a, b in pairwise(each))
        found += [each[-1] - each[0] for each in levels.values()]
    return found


def test_cooperation_grows_with_joint_work_here_more_there_less() -> None:
    """Row 76: no growth without a rate; spread of growth with the spread of success."""
    still = gains(logs({"cooperation": True}, {"cooperation_growth": 0.0}))
    assert set(still) == {0.0}
    ladder = {"levers": {"joint": {"ladder": False}}}
    fixed = {"cooperation_growth": 0.05, "start_rate": 0.0, "unseen_months": 0.0}
    even, uneven = (
        gains(logs({"cooperation": True}, fixed | {"cooperation_spread": spread}, **ladder))
        for spread in (0.0, 1.0)
    )
    assert 0.0 < pstdev(even) < pstdev(uneven)
    assert min(even) == 0.0  # where no officer is shared nothing grows


def test_trouble_at_a_partner_costs_no_votes_where_cooperation_is_full() -> None:
    """Row 44: at full cooperation the two terms cancel; at the start level they do in part."""
    full = logs({"cooperation": True}, {"cooperation_growth": 400.0, "cooperation_spread": 0.0})
    part = logs({"cooperation": True}, {"cooperation_growth": 0.0, "cooperation_spread": 0.0})
    left = []
    for arm in (full, part):
        held = [dict(e.terms) for log in arm for e in of_kind(log, "ballot")]
        hurt = [t for t in held if t["partner_distress"] < 0.0]
        assert len(hurt) > 20
        left.append([1.0 + t["held_together"] / t["partner_distress"] for t in hurt])
    assert all(abs(share - 0.5) < 1e-9 for share in left[1])
    assert min(left[0]) < 1e-6
    assert sum(share < 1e-6 for share in left[0]) > len(left[0]) / 2


def test_finance_directors_come_after_shared_officers_and_before_the_last_step() -> None:
    """Row 60, the order of milestones: most CCGs share officers, then a director, never twice."""
    found: list[Event] = []
    for log in logs({"finance_directors": True}):
        group = {c.code: c.officer_group for c in england().ccgs}
        home = {c.code: england().systems[c.system].code for c in england().ccgs}
        for event in log:
            if event.kind == "rung":
                group[event.subject] = event.data["officer_group"]
            elif event.kind == "merged":
                for part in event.data["parts"]:
                    del home[part]
                home[event.subject] = event.data["system"]
                group[event.subject] = ""  # at most an under-count of those who share
            elif event.kind == "finance_director":
                members = [code for code, system in home.items() if system == event.subject]
                assert len(members) > 1
                merged = any("+" in code for code in members)
                sharing = sum(group[code] != "" for code in members) / len(members)
                assert merged or sharing >= 0.5
                found.append(event)
        appointed = [e.subject for e in of_kind(log, "finance_director")]
        assert len(set(appointed)) == len(appointed)
    assert len(found) > 50


# -- Outcomes ------------------------------------------------------------------------------------


def test_outcomes_count_what_the_log_holds() -> None:
    """All levers at once: each column of the subject against a count of its own."""
    leaders = {
        "sponsor": "required", "reasons": True, "backing": 1.0, "backing_after": 3.0,
        "place_leaders": 2.0, "devolved": True, "firm_hand": 1.0, "cooperation": True,
        "finance_directors": True,
    }  # fmt: skip
    levers = {
        "leaders": leaders,
        "councils": {"leadership_offer": True, "compromise": True},
    }
    scenario = parse_scenario({"extends": "as_written", "levers": levers, **PRIOR})
    log = replicate_log(england(), scenario, 1, 0)
    (row,) = fold(log.events, log.parameters, england(), scenario.start, scenario.end)[
        "replications"
    ]
    found = dict(zip((column.name for column in SCALARS), row, strict=True))
    kinds = Counter(event.kind for event in log.events)
    left = [e.data["reason"] for e in of_kind(log.events, "leader_left")]
    accepted = [e.data["accepted"] for e in of_kind(log.events, "council_offer")]
    forms = [e.data["form"] for e in of_kind(log.events, "dual_role")]
    types = Counter(e.data["type"] for e in of_kind(log.events, "place_leader"))
    first_left = {e.subject for e in of_kind(log.events, "leader_left")}
    assert (
        found["leaders_left"]
        == len(left)
        == sum(found[f"leaders_{why}"] for why in ("day_job", "moved_on", "had_enough"))
    )
    assert found["leaders_stayed"] == sum(
        len(s.ccgs) > 1 and s.code not in first_left for s in england().systems
    )
    assert found["leader_vacant_months"] > 0.0
    assert (
        found["council_offers"] == len(accepted) > found["councils_won_over"] == sum(accepted) > 0
    )
    assert found["compromises"] == kinds["compromise"] > 0
    assert found["dual_roles"] == found["dual_role_workarounds"] == len(forms)
    assert {k: found[f"places_led_{k}"] for k in types} == dict(types)
    assert found["firm_hand_systems"] == kinds["firm_hand"] == 42
    assert found["finance_directors"] == kinds["finance_director"] > 0
    assert found["finance_directors_first"] <= found["finance_directors"]
    assert 0.0 < found["cooperation_mean"] < 1.0
    assert found["cooperation_gain_sd"] > 0.0
    assert 0 < found["proposals_backed"] <= len(begun(log.events))
    assert found["proposals_unsponsored"] <= 1
    assert found["unsponsored_systems"] > 0
    assert found["talks_days"] > 0.0 < found["engagement_days"]
