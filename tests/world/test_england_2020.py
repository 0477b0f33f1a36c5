"""England on 1 April 2020 is England of 2019 after its 18 mergers, as known that day."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

import pytest

from sim.evidence.record import observed_partition
from sim.views.plots.geography import load_geography
from sim.world import World, load_world
from sim.world.check import pieces
from sim.world.load import world_folder
from sim.world.model import CCG

FOLDER = world_folder("england_2020")
DAY = date(2020, 4, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return load_world("england_2020")


@pytest.fixture(scope="module")
def parts(world: World, england: World) -> list[tuple[CCG, list[CCG]]]:
    """Return each CCG of 2020 with those of 2019 that it was made of."""
    by_code = {ccg.code: ccg for ccg in england.ccgs}
    found = observed_partition(DAY, england)
    return [(ccg, [by_code[code] for code in found[ccg.code]]) for ccg in world.ccgs]


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_counts(world: World) -> None:
    assert len(world.ccgs) == 135
    assert [ccg.code for ccg in world.ccgs] == sorted(ccg.code for ccg in world.ccgs)
    assert sum(len(system.ccgs) == 1 for system in world.systems) == 20
    regions = Counter(world.regions[world.systems[ccg.system].region].name for ccg in world.ccgs)
    assert regions == {
        "North East and Yorkshire": 25,
        "North West": 27,
        "Midlands": 24,
        "East of England": 16,
        "London": 18,
        "South East": 18,
        "South West": 7,
    }


def test_what_is_carried_over(world: World, england: World) -> None:
    for mine, theirs in (
        (world.systems, england.systems),
        (world.councils, england.councils),
        (world.regions, england.regions),
    ):
        assert [one.name for one in mine] == [one.name for one in theirs]
    assert [s.code for s in world.systems] == [s.code for s in england.systems]
    assert world.lmcs == england.lmcs
    assert all(
        (a.leader_type, a.leader_dedicated, a.ics_status)
        == (b.leader_type, b.leader_dedicated, b.ics_status)
        for a, b in zip(world.systems, england.systems, strict=True)
    )


def test_practices_patients_and_residents_are_conserved(
    world: World, england: World, parts: list[tuple[CCG, list[CCG]]]
) -> None:
    assert sum(world.practice_patients) == sum(england.practice_patients) == 60_316_388
    assert sum(world.practice_votes) == sum(england.practice_votes) == 6838
    assert sum(ccg.residents for ccg in world.ccgs) == 56_286_961

    def lists(of: World, ccg: CCG) -> list[tuple[int, bool]]:
        return [(of.practice_patients[i], of.practice_votes[i]) for i in ccg.practices]

    for body, old in parts:
        # the same rows: by part, then as they stood
        assert lists(world, body) == [pair for part in old for pair in lists(england, part)]
        assert body.residents == sum(part.residents for part in old)


def test_shares_are_those_of_the_parts(parts: list[tuple[CCG, list[CCG]]]) -> None:
    for body, old in parts:
        for mine, each in (
            (dict(body.council_shares), [dict(part.council_shares) for part in old]),
            (
                {s.lmc: s.share for s in body.lmcs},
                [{s.lmc: s.share for s in part.lmcs} for part in old],
            ),
        ):
            for key in {key for shares in each for key in shares}:
                people = sum(
                    part.residents * shares.get(key, 0.0)
                    for part, shares in zip(old, each, strict=True)
                )
                assert mine[key] * body.residents == pytest.approx(people, abs=5.0)


def test_borders_are_those_of_the_parts(
    world: World, england: World, parts: list[tuple[CCG, list[CCG]]]
) -> None:
    body_of = {part.index: body.index for body, old in parts for part in old}
    expected = {
        (body_of[i], body_of[j])
        for i, near in enumerate(england.neighbours)
        for j in near
        if body_of[i] != body_of[j]
    }
    assert {(i, j) for i, near in enumerate(world.neighbours) for j in near} == expected
    assert len(pieces(range(135), world.neighbours)) == 1
    length = sum(float(row["km"]) for row in rows("borders.csv") if row["km"])
    with (world_folder("england_2019") / "borders.csv").open(encoding="utf-8") as file:
        outside = [
            float(row["km"])
            for row in csv.DictReader(file)
            if row["km"]
            and body_of[england_at(england, row["ccg_a"])]
            != body_of[england_at(england, row["ccg_b"])]
        ]
    assert length == pytest.approx(sum(outside), abs=0.01)


def england_at(england: World, code: str) -> int:
    return next(ccg.index for ccg in england.ccgs if ccg.code == code)


def test_officers_and_rungs(world: World, parts: list[tuple[CCG, list[CCG]]]) -> None:
    assert Counter(ccg.rung for ccg in world.ccgs) == {
        "separate": 74,
        "joint_team": 42,
        "shared_officer": 14,
        "committees_in_common": 5,
    }
    groups = Counter(ccg.officer_group for ccg in world.ccgs)
    new = {"SO-Shropshire": 2, "SO-Leicestershire": 3, "SO-Frimley": 3}
    assert {name: groups[name] for name in new} == new
    merged = [body for body, old in parts if len(old) > 1]
    assert len(merged) == 18
    assert all(body.officer_known for body in merged)
    sharing = {body.code for body in merged if body.officer_group}
    assert sharing == {"16C", "84H", "70F", "97R"}
    assert all(body.rung == "separate" for body in merged if body.code not in sharing)
    changed = {"SO-Shropshire", "SO-Leicestershire", "SO-Frimley"}
    for body, old in parts:
        if len(old) == 1 and body.officer_group not in changed:
            assert (body.rung, body.officer_group) == (old[0].rung, old[0].officer_group)
    assert sum(not ccg.officer_known for ccg in world.ccgs) == 25


def test_distress_is_what_the_greater_part_bears(parts: list[tuple[CCG, list[CCG]]]) -> None:
    found = {body.code: body.distress for body, old in parts if len(old) > 1}
    assert {code: level for code, level in found.items() if level != "none_known"} == {
        "70F": "directions",
        "97R": "directions",
        "27D": "inadequate",
        "91Q": "inadequate",
    }
    changed = {b.code for b, old in parts if len(old) == 1 and b.distress != old[0].distress}
    assert changed == {"05N", "10J"}


def test_a_merged_body_votes_under_the_rule_of_its_largest_part(
    parts: list[tuple[CCG, list[CCG]]],
) -> None:
    for body, old in parts:
        assert body.rule == max(old, key=lambda part: part.patients).rule


def test_live_proposals(world: World) -> None:
    live = {one.id.removeprefix("LP-"): one for one in world.live_proposals}
    assert Counter(one.stage for one in live.values()) == {
        "mooted": 5,
        "drafted": 2,
        "engaged": 1,
        "balloted": 2,
    }
    assert {name for name, one in live.items() if one.stage == "balloted"} == {
        "CoventryWarwickshire",
        "Shropshire",
    }
    members = [ccg for one in live.values() for ccg in one.ccgs]
    assert len(members) == len(set(members)) == 46
    # Knowsley is named in two and stays in the one that had reached a governing body
    named = {name: {world.ccgs[i].code for i in one.ccgs} for name, one in live.items()}
    assert named["NorthMersey"] == {"01J", "01T", "01V", "99A"}
    assert named["MidMersey"] == {"01F", "01X", "02E"}
    for name, one in live.items():
        assert one.target == (None if name == "Leicestershire" else date(2021, 4, 1))
        assert {world.ccgs[i].system for i in one.ccgs} == {one.system}


def test_losses_that_still_hold_a_system_back(world: World) -> None:
    found = {s.code: s.last_loss for s in world.systems if s.last_loss}
    assert found == {
        "E54000008": date(2019, 9, 1),
        "E54000010": date(2019, 9, 1),
        "E54000011": date(2019, 10, 1),
        "E54000048": date(2019, 7, 1),
    }


def test_nothing_learnt_after_the_day_is_in_it() -> None:
    for row in rows("ccgs.csv"):
        assert bool(row["distress_known_from"]) == (row["distress"] != "none_known")
        assert row["distress_known_from"] < "2020-04"
    stances = Counter(row["stance"] for row in rows("councils.csv"))
    assert stances == {"unknown": 133, "oppose": 12, "support": 3, "neutral": 3}
    assert all(row["known_from"] < "2020-04" for row in rows("councils.csv"))
    assert all(row["known_since"] < "2020-04" for row in rows("live_proposals.csv"))
    assert all(int(row["year_from"]) < 2020 for row in rows("history_counts.csv"))


def test_hex_layout(world: World) -> None:
    geography = load_geography("england_2020")
    assert geography is not None
    hexes = geography.hexes
    assert sorted(hexes) == [ccg.code for ccg in world.ccgs]
    assert len(set(hexes.values())) == 135
