"""The shipped world is the England of 1 June 2019, whole and frozen."""

from __future__ import annotations

import csv
import dataclasses
import math
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from sim.experiment.history import former_counts
from sim.views.plots.geography import load_geography
from sim.world import World, load_world
from sim.world.check import pieces
from sim.world.load import read_table, world_folder
from sim.world.neighbouring_tables import read_history

FOLDER = world_folder("england_2019")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(world: World, indexes: tuple[int, ...]) -> str:
    return "+".join(sorted(world.ccgs[i].code for i in indexes))


def test_counts(england: World) -> None:
    assert len(england.ccgs) == 191
    assert len(england.systems) == 42
    assert len(england.regions) == 7
    assert len(england.councils) == 151
    assert len(england.lmcs) == 98
    assert len(england.practice_ccg) == 6886
    assert sum(england.practice_votes) == 6838
    assert sum(england.practice_patients) == 60_316_388
    assert sum(c.residents for c in england.ccgs) == 56_286_961
    assert len(england.live_proposals) == 19
    assert sum(map(len, england.neighbours)) == 2 * (475 + 15)
    assert england.practice_leaning is None


def test_practices_and_patients_are_conserved(england: World) -> None:
    listed = sorted(i for c in england.ccgs for i in c.practices)
    assert listed == list(range(6886))
    for c in england.ccgs:
        assert c.patients == sum(england.practice_patients[i] for i in c.practices)
        assert all(england.practice_ccg[i] == c.index for i in c.practices)
        assert c.voters == tuple(i for i in c.practices if england.practice_votes[i])


@pytest.mark.parametrize(
    ("code", "electorate"), [("11E", 24), ("12D", 23), ("99N", 47), ("05N", 41), ("05X", 13)]
)
def test_electorates_that_ballots_recorded(england: World, code: str, electorate: int) -> None:
    (ccg,) = (c for c in england.ccgs if c.code == code)
    assert len(ccg.voters) == electorate


def test_every_ccg_is_in_one_system_and_every_system_in_one_region(england: World) -> None:
    assert sorted(i for s in england.systems for i in s.ccgs) == list(range(191))
    assert all(england.ccgs[i].system == s.index for s in england.systems for i in s.ccgs)
    assert sorted(i for r in england.regions for i in r.systems) == list(range(42))
    assert all(england.systems[i].region == r.index for r in england.regions for i in r.systems)
    assert [c.index for c in england.ccgs] == list(range(191))
    assert [c.code for c in england.ccgs] == sorted(c.code for c in england.ccgs)


def test_neighbours_are_mutual_and_everything_hangs_together(england: World) -> None:
    for i, near in enumerate(england.neighbours):
        assert list(near) == sorted(set(near) - {i})
        assert all(i in england.neighbours[j] for j in near)
    assert len(pieces(range(191), england.neighbours)) == 1
    assert all(len(pieces(s.ccgs, england.neighbours)) == 1 for s in england.systems)


def test_shares_sum_to_one(england: World) -> None:
    for c in england.ccgs:
        assert math.isclose(sum(s for _, s in c.council_shares), 1.0, abs_tol=1e-3)
        assert math.isclose(sum(s.share for s in c.lmcs), 1.0, abs_tol=1e-3)
    assert sum(c.matched_council >= 0 for c in england.ccgs) == 88


def test_officers_distress_leaders_and_stances_as_coded(england: World) -> None:
    assert sum(not c.officer_known for c in england.ccgs) == 31
    assert all(c.officer_known for c in england.ccgs if c.officer_group)
    rungs = Counter(c.rung for c in england.ccgs)
    assert rungs == {
        "joint_team": 94,
        "shared_officer": 24,
        "committees_in_common": 5,
        "separate": 68,
    }
    assert all(
        bool(c.officer_group) == (c.rung in ("shared_officer", "joint_team")) for c in england.ccgs
    )
    distress = Counter(c.distress for c in england.ccgs)
    assert distress == {
        "none_known": 166,
        "inadequate": 12,
        "directions": 8,
        "special_measures": 5,
    }
    leaders = Counter(s.leader_type for s in england.systems)
    assert leaders == {"unknown": 27, "ccg": 8, "independent": 5, "provider": 2}
    assert all(s.leader_dedicated == (s.leader_type == "independent") for s in england.systems)
    stances = Counter(c.stance for c in england.councils)
    assert stances == {"unknown": 146, "support": 3, "oppose": 2}


def test_nothing_learnt_after_the_start_is_in_the_start_state() -> None:
    for row in rows("ccgs.csv"):
        assert bool(row["distress_known_from"]) == (row["distress"] != "none_known")
        assert row["distress_known_from"] < "2019-06"
        assert row["distress_source"].startswith("covariates.csv") == bool(
            row["distress_known_from"]
        )
    for row in rows("councils.csv"):
        assert bool(row["known_from"]) == (row["stance"] != "unknown") == bool(row["source"])
        assert row["known_from"] < "2019-06"
    assert all(row["known_since"] < "2019-06" for row in rows("live_proposals.csv"))
    assert all(int(row["year_from"]) < 2020 for row in rows("history_counts.csv"))


def test_ballot_rules(england: World) -> None:
    rule = {c.code: c.rule for c in england.ccgs}
    assert rule["99H"].quorum == 0.75
    assert rule["99H"].documented
    assert rule["00C"] == dataclasses.replace(rule["99H"], quorum=0.0, documented=False)
    # stated only in words: the default stands, and of this CCG it is documented to bind
    assert (rule["05A"].threshold, rule["05A"].weighting) == (0.5, "equal")
    assert not rule["09C"].documented  # only the unit of voting is on record
    assert sum(r.documented for r in rule.values()) == 25


def test_live_proposals(england: World) -> None:
    live = {p.id: p for p in england.live_proposals}
    assert Counter(p.stage for p in england.live_proposals) == {
        "drafted": 8,
        "engaged": 6,
        "mooted": 5,
    }
    assert sum(len(p.ccgs) for p in england.live_proposals) == 78
    yorkshire = live["LP-NorthYorkshire"]
    assert codes(england, yorkshire.ccgs) == "03D+03E+03M"
    assert len({england.ccgs[i].system for i in yorkshire.ccgs}) == 3
    assert yorkshire.known_since == date(2019, 5, 1)
    assert yorkshire.target == date(2020, 4, 1)
    assert live["LP-Leicestershire"].target is None
    assert live["LP-Leicestershire"].origin_hint == "centre"


def test_frozen(england: World) -> None:
    for thing in (england, england.ccgs[0], england.systems[0], england.footprints[0][0]):
        field = dataclasses.fields(thing)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, field, 1)
    for field in dataclasses.fields(england):
        assert not isinstance(getattr(england, field.name), list | dict | set)


def test_the_digest_is_of_the_bytes_and_loading_is_repeatable(england: World) -> None:
    assert load_world(FOLDER) == england
    assert load_world(str(FOLDER)).digest == england.digest
    assert len(england.digest) == 64


def test_tables_are_plain_lf_utf8_sorted_and_small() -> None:
    for path in FOLDER.iterdir():
        raw = path.read_bytes()
        raw.decode("utf-8")
        assert b"\r" not in raw, path.name
        assert raw.endswith(b"\n"), path.name
        assert len(raw) < 2_000_000
    for name, key in (("ccgs.csv", "code"), ("systems.csv", "code"), ("councils.csv", "code")):
        found = [row[key] for row in rows(name)]
        assert found == sorted(found)
    found = [row["ccg"] for row in rows("practices.csv")]
    assert found == sorted(found)
    assert rows("ballot_rules.csv")[0]["ccg"] == "default"


def test_every_table_and_column_is_in_the_provenance() -> None:
    text = (FOLDER.parent / "PROVENANCE.md").read_text(encoding="utf-8")
    for path in FOLDER.glob("*.csv"):
        assert f"`{path.name}`" in text
        with path.open(encoding="utf-8", newline="") as file:
            for column in next(csv.reader(file)):
                assert f"`{column}`" in text, (path.name, column)


def test_hex_layout_and_history() -> None:
    geography = load_geography()
    assert geography is not None
    hexes = geography.hexes
    assert len(hexes) == len(set(hexes.values())) == 191
    history = read_history(read_table(FOLDER, "history_counts.csv"))
    assert all(row.year_from < 2020 for row in history)
    before = former_counts(FOLDER, 0)
    assert 191 not in before  # the start count began in 2019
    assert {90, 95, 195, 207, 209, 211, 303} <= before
    assert 42 not in before


def test_loading_is_quick_and_light() -> None:
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        load_world()
        took.append(time.perf_counter() - begin)
    assert min(took) < 0.3
    code = "import sys, sim.world.load; print([m for m in ('pandas','numpy') if m in sys.modules])"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout.strip() == "[]", done.stderr
