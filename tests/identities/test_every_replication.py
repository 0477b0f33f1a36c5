"""I1 to I6 in every replication, over random small worlds and random valid scenarios.

Two readings of one log are compared with what must hold: the replay (``check_log``), which walks
through the events, and the output tables, which were folded without it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents import replicate_log
from sim.agents.clock import on_grid
from sim.experiment.api import replicate
from sim.experiment.replicate import FinishedReplication
from sim.records.schema import STATES
from sim.scenario.durations import DAYS_PER_MONTH
from sim.scenario.load import parse_scenario
from sim.scenario.model import Scenario
from sim.streams import Purpose, Streams
from sim.world.load import load_world
from sim.world.model import World
from tests.identities.strategies import make_world, scenarios, seeds, steady, worlds
from tests.replay import FinalState, LogError, check_log
from tests.small_worlds import write_world


def replayed(made: FinishedReplication) -> FinalState:
    """Replay one replication's log under the rules of its scenario."""
    approval = made.scenario.levers.approval
    return check_log(
        made.log,
        made.world,
        made.scenario.start,
        april_only=approval.effective_dates == "1_april",
        crossing=made.scenario.levers.boundaries.cross_system == "county",
        minimum_lead=on_grid(approval.minimum_lead_months * DAYS_PER_MONTH),
    )


def check_tables(made: FinishedReplication) -> None:
    """Require I1 to I6 of the output tables of one replication."""
    tables = made.tables()
    counts, ccgs, proposals = tables["counts"], tables["ccgs"], tables["proposals"]
    ballots, scalars = tables["ballots"], tables["replications"].iloc[0]
    world, scenario = made.world, made.scenario

    # I1: each merger of n parts ends n - 1 CCGs, and nothing else does
    mergers = [event for event in made.log if event.kind == "merged"]
    ended = sum(len(event.data["parts"]) - 1 for event in mergers)
    assert counts["ccgs"].iloc[0] == len(world.ccgs) - _on_first_day(mergers)
    assert counts["ccgs"].iloc[-1] == len(world.ccgs) - ended == scalars["final_ccgs"]
    assert counts["ccgs"].is_monotonic_decreasing
    assert list(counts["date"])[-1] == scenario.end

    # I2: every starting CCG, hence each of its practices, lies in exactly one living body
    codes = {ccg.code for ccg in world.ccgs}
    assert set(ccgs["ccg"]) == codes
    assert ccgs["successor"].nunique() == scalars["final_ccgs"]
    for code, successor in zip(ccgs["ccg"], ccgs["successor"], strict=True):
        assert code in successor.split("+")
    living = [code for body in ccgs["successor"].unique() for code in body.split("+")]
    assert Counter(living) == Counter(codes)
    by_date = tables["systems"].groupby("date")["ccgs"].sum()
    assert list(by_date) == list(counts["ccgs"])

    # I4: effect on 1 April only, no sooner than decided
    effective = proposals[proposals["exit"] == "effective"]
    if scenario.levers.approval.effective_dates == "1_april":
        assert all((day.month, day.day) == (4, 1) for day in effective["effective"])
    for row in effective.itertuples():
        lead = scenario.levers.approval.minimum_lead_months * DAYS_PER_MONTH
        assert (row.effective - row.decided).days >= lead - 1.0

    # I5: votes add up to the practices that may vote
    voters = {ccg.code: len(ccg.voters) for ccg in world.ccgs}
    for row in ballots.itertuples():
        assert row.votes_for + row.votes_against + row.abstained == row.practices
        assert row.practices == sum(voters[code] for code in row.ccg.split("+"))
        assert not row.carried or row.quorate
        assert row.carried <= (row.weight_for > 0)
        assert row.attempt <= scenario.levers.ballot.tries

    # I6: what was opened has left or is open; the same for applications and decisions
    exits = Counter(proposals["exit"])
    assert exits.total() == scalars["proposals"]
    agreed = scalars["mergers"] - scalars["mandated_systems"]
    assert exits["effective"] == agreed == len(mergers) - scalars["mandated_systems"]
    assert exits["open"] == scalars["open_at_end"]
    decided = scalars["approved"] + scalars["deferred"] + scalars["refused"]
    assert decided <= scalars["applications"]
    assert scalars["refused"] == exits["refused"]
    overtaken = proposals["reason"].isin(["overtaken by a mandate", "CCGs abolished by law"])
    going_on = proposals["exit"].isin(["open", "effective"]) | overtaken
    waiting = proposals["decided"].notna() & going_on
    assert scalars["approved"] <= waiting.sum() + 0 <= scalars["approved"] + scalars["deferred"]
    _in_order(proposals, STATES if not scalars["deferred"] else STATES[:4])


def _on_first_day(mergers: list[object]) -> int:
    return sum(
        len(event.data["parts"]) - 1  # type: ignore[attr-defined]
        for event in mergers
        if event.time < 1.0  # type: ignore[attr-defined]
    )


def _in_order(proposals: pd.DataFrame, states: tuple[str, ...]) -> None:
    """Require rising dates; a deferred proposal applies again after its last decision."""
    for row in proposals.to_dict("records"):
        days: list[date] = [row[state] for state in states if isinstance(row[state], date)]
        assert days == sorted(days), row
        if days and isinstance(row["exit_on"], date):
            assert row["exit_on"] >= days[-1], row


@pytest.mark.slow
@steady(150)
@given(worlds, scenarios, seeds, st.integers(0, 999_999))
def test_identities_hold_in_every_replication(
    world: World, scenario: Scenario, seed: int, number: int
) -> None:
    made = replicate(world, scenario, seed, number)
    final = replayed(made)
    check_tables(made)
    # the replay's state is that of the tables: bodies and how each proposal stands
    tables = made.tables()
    assert set(final.bodies) == set(tables["ccgs"]["successor"])
    ended = {"effective", "withdrawn", "lost", "refused", "lapsed"}
    stands = dict(zip(tables["proposals"]["proposal"], tables["proposals"]["exit"], strict=True))
    assert {p: s if s in ended else "open" for p, s in final.proposals.items()} == stands


@steady(50)
@given(worlds, scenarios, seeds)
def test_nothing_happens_after_the_end_or_off_the_grid(
    world: World, scenario: Scenario, seed: int
) -> None:
    log = replicate_log(world, scenario, seed, 0).events
    horizon = (scenario.end - scenario.start).days + 1
    for event in log:
        assert 0.0 <= event.time < horizon
        assert event.time * 2**20 == int(event.time * 2**20)
    assert [event.kind for event in log].count("end") == 1


@pytest.mark.parametrize("closes", ["09-30", "12-31"])
def test_work_done_on_the_last_moment_is_before_the_end(closes: str) -> None:
    """The window closes on the last day and all that follows takes no time at all."""
    world = make_world(
        {
            "systems": [[{}, {}]],
            "live_proposals": [{"ccgs": ["S1C1", "S1C2"], "stage": "engaged"}],
        }
    )
    month, day = closes.split("-")
    instant = dict.fromkeys(("engage", "ballot", "panel", "national", "conditions"), 0.0)
    scenario = parse_scenario(
        {
            "world": "small",
            "end": date(2019, int(month), int(day)),
            "levers": {
                "approval": {
                    "window_closes": closes,
                    "effective_dates": "any_day",
                    "minimum_lead_months": 0.0,
                },
                "ballot": {"leaders_gate": False, "threshold": 0.0},
            },
            "durations": instant,
            "parameters": {
                "start_rate": 0.0,
                "support_mean": 30.0,
                "approval_probability": 1.0,
                "approval_unready": 0.0,
                "approval_defer": 0.0,
            },
        }
    )
    made = replicate(world, scenario)
    replayed(made)
    check_tables(made)
    assert made.final_ccgs == 1


def test_the_replay_refuses_a_log_that_was_tampered_with() -> None:
    """The identities can fail: drop, move or change one event and the replay says so."""
    world = make_world(
        {
            "systems": [[{}, {}, {}], [{}, {}]],
            "live_proposals": [{"ccgs": ["S1C1", "S1C2"], "stage": "engaged"}],
        }
    )
    scenario = parse_scenario(
        {
            "world": "small",
            "parameters": {"support_mean": 30.0, "approval_unready": 0.0, "start_rate": 0.0},
            "levers": {"ballot": {"leaders_gate": False}},
        }
    )
    log = replicate_log(world, scenario, 1, 0).events
    assert sum(event.kind == "merged" for event in log) == 1
    check_log(log, world, scenario.start)
    merged = next(i for i, event in enumerate(log) if event.kind == "merged")
    ballot = next(i for i, event in enumerate(log) if event.kind == "ballot")
    decided = next(i for i, event in enumerate(log) if event.kind == "decided")
    late = log[merged]._replace(time=log[merged].time + 1.0)
    votes = log[ballot]._replace(data={**log[ballot].data, "votes_for": 99})
    outside = log[merged]._replace(data={**log[merged].data, "parts": ("S1C1", "S2C1")})
    broken = {
        "I1": (*log[:-1], log[-1]._replace(data={"ccgs": 5})),
        "I2": (*log[:merged], outside._replace(subject="S1C1+S1C2"), *log[merged + 1 :]),
        "I3": (*log[:merged], log[-1], *log[merged:]),
        "I4": (
            *log[:merged],
            late,
            *(e._replace(time=max(e.time, late.time)) for e in log[merged + 1 :]),
        ),
        "I5": (*log[:ballot], votes, *log[ballot + 1 :]),
        "I6": (*log[:decided], *log[decided + 1 :]),
    }
    for identity, events in broken.items():
        with pytest.raises(LogError, match=identity):
            check_log(events, world, scenario.start)


def test_members_of_a_merged_ccg_keep_their_own_luck(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Practices may stand in any order in their table; a merged body asks for rising rows.

    ``Streams.uniforms`` takes a run of rows where last and first are as far apart as rows are many,
    so rows that do not rise could hand a CCG the luck of another's practice.
    """
    folder = write_world(
        tmp_path / "w",
        [[{"practices": 1}, {"practices": 2}, {"practices": 2}]],
        live_proposals=[{"ccgs": ["S1C1", "S1C2"], "stage": "engaged"}],
    )
    path = folder / "practices.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    order = [1, 3, 0, 4, 2]  # S1C1 in row 2, S1C2 in rows 0 and 4, S1C3 between them
    path.write_text("\n".join([head, *(rows[i] for i in order), ""]), encoding="utf-8")
    world = load_world(folder)
    assert world.ccgs[0].voters == (2,)
    assert world.ccgs[1].voters == (0, 4)
    asked: set[tuple[int, ...]] = set()
    drawn = Streams.uniforms

    def uniforms(
        streams: Streams, purpose: Purpose, bodies: tuple[int, ...], attempt: int = 0
    ) -> list[float]:
        asked.add(bodies)
        return drawn(streams, purpose, bodies, attempt)

    monkeypatch.setattr(Streams, "uniforms", uniforms)
    scenario = parse_scenario(
        {
            "world": "small",
            "parameters": {"start_rate": 0.5, "support_mean": 30.0, "approval_unready": 0.0},
            "levers": {"ballot": {"leaders_gate": False}},
        }
    )
    for number in range(4):
        replicate_log(world, scenario, 1, number)
    assert (0, 2, 4) in asked
    assert all(list(rows) == sorted(rows) for rows in asked)
