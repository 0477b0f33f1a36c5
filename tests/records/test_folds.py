"""A log written by hand, folded: every number of every table is known."""

from __future__ import annotations

from datetime import date

import pytest

from sim.agents.log import Event, EventLog
from sim.records.days import count_dates, day_of, to_number
from sim.records.folds import fold
from sim.records.mechanisms.registry import MECHANISM_COLUMNS
from sim.records.schema import SCALARS, TABLE_BY_NAME, TABLES
from sim.world import load_world
from sim.world.model import World
from tests.records.fake_engine import FakeScenario, replicate
from tests.replay import LogError, check_log
from tests.small_worlds import write_world

START, END = date(2019, 6, 1), date(2022, 4, 1)
APRIL = {year: float((date(year, 4, 1) - START).days) for year in (2020, 2021, 2022)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("w") / "small"
    return load_world(write_world(folder, [[{}, {}, {}], [{}, {}]]))


def _ballot(log: EventLog, when: float, ccg: str, proposal: str, *, carried: bool) -> None:
    log.write(
        when,
        "ballot",
        ccg,
        proposal,
        {
            "attempt": 1,
            "practices": 3,
            "votes_for": 2 if carried else 1,
            "votes_against": 0 if carried else 2,
            "abstained": 1 if carried else 0,
            "weight_for": 2.0,
            "weight_against": 0.0,
            "quorate": True,
            "carried": carried,
            "lmc_advice": "oppose",
        },
    )


def _passage(log: EventLog, proposal: str, parts: tuple[str, ...], year: int, system: str) -> None:
    """Take a proposal, already engaged, from its ballots to the 1 April of a year."""
    body = "+".join(sorted("+".join(parts).split("+")))
    begin = APRIL[year] - 100
    for part in parts:
        _ballot(log, begin, part, proposal, carried=True)
    log.write(begin + 1, "balloted", system, proposal, {"carried": True, "attempt": 1})
    log.write(begin + 2, "applied", system, proposal, {"window": ""})
    log.write(begin + 12, "assessed", "R1", proposal, {"waited": 10.0})
    log.write(begin + 13, "decided", "NHS England", proposal, {"decision": "deferred"})
    log.write(begin + 14, "applied", system, proposal, {"window": ""})
    log.write(begin + 34, "assessed", "R1", proposal, {"waited": 20.0})
    log.write(begin + 35.5, "decided", "NHS England", proposal, {"decision": "approved"})
    log.write(APRIL[year], "merged", body, proposal, {"parts": parts, "system": system})
    log.write(APRIL[year], "effective", system, proposal, {"body": body})


def _moot(log: EventLog, when: float, proposal: str, parts: tuple[str, ...], **data: str) -> None:
    system = proposal.split("-", maxsplit=1)[0]
    full = {"footprint": parts, "origin": "local", "parent": "", "known_since": ""} | data
    log.write(when, "mooted", system, proposal, full)


def _engage(log: EventLog, when: float, proposal: str, perceived: str) -> None:
    system = proposal.split("-", maxsplit=1)[0]
    log.write(when, "drafted", system, proposal)
    log.write(when, "engaged", system, proposal, {"perceived_origin": perceived, "support": 0.1})


def story() -> EventLog:
    """Two mergers in S1 (one of a merged body), a lost ballot and an open proposal in S2."""
    log = EventLog()
    log.write(0.0, "start", "England", data={"ccgs": 5})
    _moot(log, 0.0, "S1-1", ("S1C2", "S1C1"), known_since="2019-03-01")
    _engage(log, 0.0, "S1-1", "local")
    _moot(log, 10.25, "S2-1", ("S2C1", "S2C2"), origin="centre")
    _engage(log, 20.0, "S2-1", "centre")
    _ballot(log, 30.0, "S2C1", "S2-1", carried=False)
    log.write(31.0, "balloted", "S2", "S2-1", {"carried": False, "attempt": 1})
    log.write(32.75, "lost", "S2", "S2-1", {"reason": "one CCG said no"})
    _passage(log, "S1-1", ("S1C2", "S1C1"), 2020, "S1")
    log.write(APRIL[2020] + 1, "leader_left", "S1")
    _moot(log, APRIL[2020] + 2, "S1-2", ("S1C1+S1C2", "S1C3"))
    _engage(log, APRIL[2020] + 3, "S1-2", "local")
    _passage(log, "S1-2", ("S1C1+S1C2", "S1C3"), 2022, "S1")
    _moot(log, APRIL[2022], "S2-2", ("S2C1", "S2C2"), parent="S2-1")
    log.write(APRIL[2022], "end", "England", data={"ccgs": 3})
    return log


def test_dates_are_whole_days_after_the_start_and_counted_once() -> None:
    assert day_of(START, 0.0) == START
    assert day_of(START, 0.999) == START
    assert day_of(START, 305.0) == date(2020, 4, 1)
    assert count_dates(START, date(2021, 3, 31)) == (START, date(2020, 4, 1), date(2021, 3, 31))
    assert count_dates(date(2020, 4, 1), date(2021, 4, 1)) == (date(2020, 4, 1), date(2021, 4, 1))
    assert count_dates(START, START) == (START,)
    assert to_number(date(1970, 1, 2)) == 1


def test_every_table_of_a_known_story(world: World) -> None:
    rows = fold(story().events(), {"b": 2.0, "a": 1.0}, world, START, END)
    assert set(rows) == {table.name for table in TABLES}
    for table in TABLES:
        assert all(len(row) == len(table.columns) for row in rows[table.name])
    assert rows["counts"] == [
        (START, 5),
        (date(2020, 4, 1), 4),
        (date(2021, 4, 1), 4),
        (date(2022, 4, 1), 3),
    ]
    assert [(r[0], r[1], r[3]) for r in rows["systems"]] == [
        (START, "S1", 3),
        (START, "S2", 2),
        (date(2020, 4, 1), "S1", 2),
        (date(2020, 4, 1), "S2", 2),
        (date(2021, 4, 1), "S1", 2),
        (date(2021, 4, 1), "S2", 2),
        (date(2022, 4, 1), "S1", 1),
        (date(2022, 4, 1), "S2", 2),
    ]
    whole = "S1C1+S1C2+S1C3"
    assert rows["ccgs"] == [
        ("S1C1", date(2020, 4, 1), date(2022, 4, 1), whole),
        ("S1C2", date(2020, 4, 1), date(2022, 4, 1), whole),
        ("S1C3", date(2022, 4, 1), date(2022, 4, 1), whole),
        ("S2C1", None, None, "S2C1"),
        ("S2C2", None, None, "S2C2"),
    ]
    assert rows["parameters"] == [("a", 1.0), ("b", 2.0)]


def test_proposals_of_a_known_story(world: World) -> None:
    rows = fold(story().events(), {}, world, START, END)["proposals"]
    names = [column.name for column in TABLE_BY_NAME["proposals"].columns]
    first, second, lost, still_open = (dict(zip(names, row, strict=True)) for row in rows)
    assert first == {
        "proposal": "S1-1",
        "system": "S1",
        "parent": None,
        "footprint": "S1C1+S1C2",
        "origin": "local",
        "perceived_origin": "local",
        "mooted": date(2019, 3, 1),
        "drafted": START,
        "engaged": START,
        "balloted": day_of(START, APRIL[2020] - 99),
        "applied": day_of(START, APRIL[2020] - 86),
        "assessed": day_of(START, APRIL[2020] - 66),
        "decided": day_of(START, APRIL[2020] - 65),
        "effective": date(2020, 4, 1),
        "exit": "effective",
        "exit_on": date(2020, 4, 1),
        "reason": None,
    }
    assert second["footprint"] == "S1C1+S1C2+S1C3"
    assert (lost["exit"], lost["exit_on"]) == ("lost", date(2019, 7, 3))
    assert (lost["reason"], lost["applied"]) == ("one CCG said no", None)
    assert (still_open["exit"], still_open["exit_on"], still_open["parent"]) == (
        "open",
        None,
        "S2-1",
    )
    assert still_open["perceived_origin"] is None


def test_scalars_of_a_known_story(world: World) -> None:
    (row,) = fold(story().events(), {}, world, START, END)["replications"]
    beside = {column.name for column in MECHANISM_COLUMNS}
    found = dict(zip((column.name for column in SCALARS), row, strict=True))
    assert {name: value for name, value in found.items() if name not in beside} == {
        "final_ccgs": 3,
        "proposals": 4,
        "proposals_local": 3,
        "proposals_centre": 1,
        "perceived_centre": 1,
        "narrower": 1,
        "drafted": 3,
        "engaged": 3,
        "proposals_balloted": 3,
        "ballots_held": 5,
        "ballots_lost": 1,
        "ballots_inquorate": 0,
        "reballots": 0,
        "proposals_lost": 1,
        "applications": 4,
        "approved": 2,
        "deferred": 2,
        "refused": 0,
        "withdrawn": 0,
        "lapsed": 0,
        "open_at_end": 1,
        "mergers": 2,
        "merged_ccgs": 3,
        "crossing_mergers": 0,
        "repeat_mergers": 1,
        "systems_with_one_ccg": 1,
        "leaders_left": 1,
        "panel_wait_days": 15.0,
    }


def test_a_merger_across_systems_can_empty_one(world: World) -> None:
    log = EventLog()
    log.write(0.0, "start", "England", data={"ccgs": 5})
    parts = ("S1C3", "S2C1", "S2C2")
    log.write(APRIL[2020], "merged", "+".join(parts), "", {"parts": parts, "system": "S1"})
    log.write(APRIL[2022], "end", "England", data={"ccgs": 3})
    rows = fold(log.events(), {}, world, START, END)
    last = {row[1]: row[3] for row in rows["systems"] if row[0] == END}
    assert last == {"S1": 3, "S2": 0}
    crossing = [column.name for column in SCALARS].index("crossing_mergers")
    assert rows["replications"][0][crossing] == 1
    check_log(log.events(), world, START, crossing=True)
    with pytest.raises(LogError, match=r"I5.*\['S1', 'S2'\]"):
        check_log(log.events(), world, START)


def test_a_sound_log_replays_to_its_final_state(world: World) -> None:
    final = check_log(story().events(), world, START, minimum_lead=60.0)
    assert sorted(final.bodies) == ["S1C1+S1C2+S1C3", "S2C1", "S2C2"]
    assert final.home["S1C1+S1C2+S1C3"] == "S1"
    assert final.proposals == {
        "S1-1": "effective",
        "S1-2": "effective",
        "S2-1": "lost",
        "S2-2": "mooted",
    }


def _at(events: list[Event], kind: str, nth: int = 0) -> int:
    return [i for i, event in enumerate(events) if event.kind == kind][nth]


def _with(events: list[Event], number: int, **changes: object) -> None:
    data = dict(events[number].data) | {k: v for k, v in changes.items() if k != "time"}
    events[number] = events[number]._replace(
        data=data, time=changes.get("time", events[number].time)
    )


def _breaks() -> dict[str, tuple[str, object]]:
    """Return one way of breaking each identity: the identity, and what to do to the log."""
    return {
        "time goes back": ("I3", lambda e: _with(e, 5, time=-1.0)),
        "count at the end": ("I1", lambda e: _with(e, -1, ccgs=4)),
        "count at the start": ("I1", lambda e: _with(e, 0, ccgs=4)),
        "a vote too many": ("I5", lambda e: _with(e, _at(e, "ballot"), votes_for=9)),
        "a member lost": ("I2", lambda e: _with(e, _at(e, "merged"), parts=("S1C1", "S1C3"))),
        "merges a dissolved body": (
            "I3",
            lambda e: _with(e, _at(e, "merged", 1), parts=("S1C1", "S1C3")),
        ),
        "merger not on 1 April": ("I4", lambda e: e.insert(-1, _shifted(e))),
        "decided without assessment": ("I6", lambda e: e.pop(_at(e, "assessed"))),
        "merged but never effective": ("I6", lambda e: e.pop(_at(e, "effective"))),
        "opened twice": ("I6", lambda e: e.insert(2, e[1])),
        "left twice": ("I6", lambda e: e.insert(_at(e, "lost"), e[_at(e, "lost")])),
        "a ballot of another CCG": (
            "I5",
            lambda e: e.__setitem__(_at(e, "ballot"), e[_at(e, "ballot")]._replace(subject="S1C1")),
        ),
        "a ballot of a dissolved CCG": (
            "I3",
            lambda e: e.insert(-1, e[_at(e, "ballot", 1)]._replace(time=APRIL[2022])),
        ),
        "two proposals at once": ("I6", _engage_twice),
    }


def _shifted(events: list[Event]) -> Event:
    merged = events[_at(events, "merged", 1)]
    return merged._replace(
        time=APRIL[2022] + 1, subject="S2C1+S2C2", data={"parts": ("S2C1", "S2C2"), "system": "S2"}
    )


def _engage_twice(events: list[Event]) -> None:
    log = EventLog()
    _moot(log, 0.0, "S1-9", ("S1C2", "S1C3"))
    _engage(log, 0.0, "S1-9", "local")
    events[4:4] = log.events()


@pytest.mark.parametrize("name", list(_breaks()))
def test_each_identity_can_be_broken(world: World, name: str) -> None:
    identity, damage = _breaks()[name]
    events = list(story().events())
    damage(events)  # type: ignore[operator]
    with pytest.raises(LogError, match=f"^{identity}: "):
        check_log(events, world, START)


def test_notice_before_effect_is_checked(world: World) -> None:
    with pytest.raises(LogError, match=r"^I4: only 64\.5 days"):
        check_log(story().events(), world, START, minimum_lead=65.0)


def test_the_stand_in_keeps_the_identities_on_england() -> None:
    world, scenario = load_world(), FakeScenario()
    kinds: set[str] = set()
    for replication in range(5):
        log = replicate(world, scenario, 1, replication)
        final = check_log(log.events, world, scenario.start)
        rows = fold(log.events, log.parameters, world, scenario.start, scenario.end)
        assert rows["counts"][-1][1] == len(final.bodies) == rows["replications"][0][0]
        assert {row[3] for row in rows["ccgs"]} == set(final.bodies)
        kinds |= {row[-3] for row in rows["proposals"]}
        for table in TABLES:
            keys = [table.position(key) for key in table.keys]
            values = [tuple(row[k] for k in keys) for row in rows[table.name]]
            assert values == sorted(set(values)), table.name
    assert {"effective", "lost", "withdrawn", "refused"} <= kinds
