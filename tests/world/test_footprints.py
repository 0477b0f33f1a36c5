"""Candidate footprints: which sets are listed, in what order, and again after a merger."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.world import World, load_world
from sim.world.footprints import (
    MAX_CANDIDATES,
    Body,
    connected,
    home_system,
    list_footprints,
    merge_bodies,
    merge_on_map,
    starting_bodies,
    starting_neighbours,
    systems_touched,
)
from tests.small_worlds import write_world


def codes(world: World, indexes: Sequence[int]) -> str:
    return "+".join(sorted(world.ccgs[i].code for i in indexes))


def chain(n: int) -> dict[int, frozenset[int]]:
    return {i: frozenset({i - 1, i + 1} & set(range(n))) for i in range(n)}


def test_england_every_candidate_is_connected_unique_and_flagged_right(england: World) -> None:
    near = starting_neighbours(england.neighbours)
    seen: set[tuple[int, ...]] = set()
    for system, listed in zip(england.systems, england.footprints, strict=True):
        inside = [f for f in listed if not f.crosses]
        assert len(inside) <= MAX_CANDIDATES
        assert len(listed) - len(inside) <= MAX_CANDIDATES
        assert bool(inside) == (len(system.ccgs) > 1)
        for f in listed:
            assert f.ccgs == tuple(sorted(set(f.ccgs)))
            assert len(f.ccgs) > 1
            assert f.ccgs not in seen
            seen.add(f.ccgs)
            assert connected(f.ccgs, near)
            assert f.system == system.index
            systems = {england.ccgs[i].system for i in f.ccgs}
            assert f.crosses == (len(systems) > 1)
            assert f.system in systems
            assert f.whole_system == (set(f.ccgs) >= set(system.ccgs))
            if f.council >= 0:
                assert all(
                    dict(england.ccgs[i].council_shares).get(f.council, 0) >= 0.5 for i in f.ccgs
                )
            if f.officer_group:
                assert {england.ccgs[i].officer_group for i in f.ccgs} == {f.officer_group}
        if inside:
            assert inside[0].whole_system


@pytest.mark.parametrize(
    ("members", "council"),
    [("03D+03E+03M", "North Yorkshire"), ("09L+09N+09Y+99H", "Surrey")],
)
def test_the_two_county_groups_across_systems_are_candidates(
    england: World, members: str, council: str
) -> None:
    (found,) = (f for fs in england.footprints for f in fs if codes(england, f.ccgs) == members)
    assert found.crosses
    assert england.councils[found.council].name == council


def test_every_live_proposal_is_a_candidate(england: World) -> None:
    listed = {f.ccgs: f for fs in england.footprints for f in fs}
    for proposal in england.live_proposals:
        assert proposal.ccgs in listed, proposal.id
    elsewhere = [p.id for p in england.live_proposals if listed[p.ccgs].system != p.system]
    # the register keeps it under the system it was placed in; most of its patients are in another
    assert elsewhere == ["LP-NorthYorkshire"]


def test_no_county_group_is_forgotten(england: World) -> None:
    listed = {f.ccgs for fs in england.footprints for f in fs}
    near = starting_neighbours(england.neighbours)
    for council in england.councils:
        whole = tuple(
            c.index for c in england.ccgs if dict(c.council_shares).get(council.index, 0) >= 0.5
        )
        if len(whole) > 1 and connected(whole, near):
            assert whole in listed, council.name


def test_kinds_and_their_order() -> None:
    # a chain 0-1-2-3-4; councils: 0,1 in 7 and 2,3 in 8; officer shared by 1,2
    groups = {1: "G", 2: "G"}
    council = {0: 7, 1: 7, 2: 8, 3: 8}
    bodies = {
        i: Body(i, 0, 10 + i, 10, ((council[i], 1.0),) if i in council else (), groups.get(i, ""))
        for i in range(5)
    }
    listed = list_footprints(0, bodies, chain(5))
    sets = [f.ccgs for f in listed]
    assert sets == [
        (0, 1, 2, 3, 4),
        (0, 1),
        (2, 3),
        (1, 2),
        (0, 1, 2),
        (1, 2, 3),
        (0, 1, 2, 3),
        (1, 2, 3, 4),
        (3, 4),
    ]
    assert [f.council for f in listed[:4]] == [-1, 7, 8, -1]
    assert [f.officer_group for f in listed[:4]] == ["", "", "", "G"]
    assert [f.whole_system for f in listed] == [True] + [False] * 8


def test_flags_merge_when_two_kinds_give_one_set() -> None:
    bodies = {i: Body(i, 0, 10, 10, ((3, 0.5), (9, 0.3)), "G") for i in range(3)}
    first, *rest = list_footprints(0, bodies, chain(3))
    assert (first.ccgs, first.whole_system, first.council, first.officer_group) == (
        (0, 1, 2),
        True,
        3,
        "G",
    )
    assert [f.ccgs for f in rest] == [(0, 1), (1, 2)]


def test_half_of_the_residents_is_enough_and_less_is_not() -> None:
    assert Body(0, 0, 1, 1, ((4, 0.5), (5, 0.5))).council == 4
    assert Body(0, 0, 1, 1, ((4, 0.49), (5, 0.51))).council == 5
    assert Body(0, 0, 1, 1, ((4, 0.49), (5, 0.41))).council == -1


def test_crossing_unions_and_their_home() -> None:
    # one county over three systems: bodies 0 | 1, 2 | 3 in a chain
    sizes, system = [50, 10, 10, 30], [0, 1, 1, 2]
    bodies = {i: Body(i, system[i], sizes[i], 1, ((0, 1.0),)) for i in range(4)}
    got = {s: [f.ccgs for f in list_footprints(s, bodies, chain(4)) if f.crosses] for s in range(3)}
    # 0 and 3 do not touch without 1 and 2
    assert got == {0: [(0, 1, 2, 3), (0, 1, 2)], 1: [], 2: [(1, 2, 3)]}
    (inside,) = (f for f in list_footprints(1, bodies, chain(4)) if not f.crosses)
    assert (inside.ccgs, inside.council, inside.whole_system) == ((1, 2), 0, True)


def test_a_disconnected_set_is_no_candidate() -> None:
    bodies = {i: Body(i, 0, 10, 10, ((0, 1.0),) if i != 1 else ()) for i in range(3)}
    assert (0, 2) not in [f.ccgs for f in list_footprints(0, bodies, chain(3))]


def test_at_most_thirty_of_a_large_system(tmp_path: Path) -> None:
    world = load_world(write_world(tmp_path / "w", [[{"practices": 1}] * 40]))
    (listed,) = world.footprints
    assert len(listed) == MAX_CANDIDATES
    assert listed[0].whole_system
    assert len(list_footprints(0, starting_bodies(world.ccgs), chain(40), limit=5)) == 5


def test_a_county_over_many_systems_stays_bounded(tmp_path: Path) -> None:
    systems = [[{"councils": {"K": 1.0}, "practices": 1}] for _ in range(25)]
    world = load_world(write_world(tmp_path / "w", systems))
    crossing = [f for fs in world.footprints for f in fs]
    assert all(f.crosses and f.council == 0 for f in crossing)
    assert len(crossing) == 1 + 24  # the county, and each pair of neighbouring parts


def test_relabelling_the_ccgs_relabels_the_list() -> None:
    rng = random.Random(5)
    sizes = rng.sample(range(1000, 9000), 8)
    edges = {(i, i + 1) for i in range(7)} | {(0, 4), (2, 6)}
    council = [0, 0, 0, 1, 1, 2, 2, -1]

    def listed(order: Sequence[int]) -> list[tuple[int, ...]]:
        """List with CCG i called order[i], and translate back."""
        back = {new: old for old, new in enumerate(order)}
        bodies = {
            order[i]: Body(order[i], 0, sizes[i], sizes[i], ((council[i], 1.0),)) for i in range(8)
        }
        near = {
            order[i]: frozenset(order[b if a == i else a] for a, b in edges if i in (a, b))
            for i in range(8)
        }
        return [tuple(sorted(back[j] for j in f.ccgs)) for f in list_footprints(0, bodies, near)]

    straight = listed(range(8))
    assert len(straight) > 15
    for _ in range(5):
        order = list(range(8))
        rng.shuffle(order)
        assert listed(order) == straight


def test_merging_bodies_keeps_patients_and_weights_the_councils() -> None:
    a = Body(2, 0, 100, 90, ((0, 1.0),), "G")
    b = Body(5, 1, 300, 30, ((0, 0.2), (1, 0.8)), "G")
    merged = merge_bodies([b, a])
    assert (merged.id, merged.system, merged.patients, merged.residents) == (2, 1, 400, 120)
    assert merged.officer_group == "G"
    assert dict(merged.council_shares) == pytest.approx({0: 0.8, 1: 0.2})
    assert merged.council == 0
    assert home_system([Body(0, 4, 5, 1), Body(1, 3, 5, 1)]) == 3


def test_after_a_merger_the_list_is_of_living_bodies(england: World) -> None:
    bodies, near = starting_bodies(england.ccgs), starting_neighbours(england.neighbours)
    index = {c.code: c.index for c in england.ccgs}
    parts = [index[c] for c in ("03D", "03E", "03M")]
    touched = systems_touched(bodies, parts)
    assert {england.systems[s].code for s in touched} >= {"E54000005", "E54000006", "E54000049"}
    after, near_after = merge_on_map(bodies, near, parts)
    assert (len(bodies), len(near)) == (191, 191)  # the inputs are untouched
    assert sum(b.patients for b in after.values()) == 60_316_388
    new = after[index["03D"]]
    assert england.systems[new.system].code == "E54000005"
    assert set(after) == set(near_after) == set(range(191)) - {index["03E"], index["03M"]}
    for i, around in near_after.items():
        assert i not in around
        assert around <= set(after)
        assert all(i in near_after[j] for j in around)
    for system in range(42):
        listed = list_footprints(system, after, near_after)
        for f in listed:
            assert set(f.ccgs) <= set(after)
            assert connected(f.ccgs, near_after)
        if system not in touched:
            assert listed == england.footprints[system]
    west_yorkshire = list_footprints(new.system, after, near_after)[0]
    assert west_yorkshire.whole_system
    assert index["03D"] in west_yorkshire.ccgs


def test_random_mergers_touch_only_the_systems_named(england: World) -> None:
    rng = random.Random(11)
    bodies, near = starting_bodies(england.ccgs), starting_neighbours(england.neighbours)
    current = {s: list_footprints(s, bodies, near) for s in range(42)}
    for _ in range(25):
        system = rng.choice([s for s, listed in current.items() if listed])
        parts = rng.choice(current[system]).ccgs
        touched = systems_touched(bodies, parts)
        bodies, near = merge_on_map(bodies, near, parts)
        fresh = {s: list_footprints(s, bodies, near) for s in range(42)}
        assert {s for s in fresh if fresh[s] != current[s]} <= set(touched)
        current = fresh
        assert sum(b.patients for b in bodies.values()) == 60_316_388
        assert sum(b.residents for b in bodies.values()) == 56_286_961


def test_an_officer_group_of_one_is_dropped_after_a_merger() -> None:
    bodies = {i: Body(i, 0, 10, 10, (), "G" if i < 2 else "") for i in range(4)}
    after, _ = merge_on_map(bodies, chain(4), [1, 2])
    assert [after[i].officer_group for i in (0, 1, 3)] == ["", "", ""]


def test_one_system_is_listed_within_a_millisecond(england: World) -> None:
    bodies, near = starting_bodies(england.ccgs), starting_neighbours(england.neighbours)
    took = []
    for _ in range(7):
        begin = time.perf_counter()
        for system in range(42):
            list_footprints(system, bodies, near)
        took.append((time.perf_counter() - begin) / 42)
    assert min(took) < 1e-3
