"""Tables that only later commands read are checked with the world: hexes and earlier counts.

So is every number of a table: no world loads whose sums or products no machine can hold.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment.history import former_counts
from sim.views.plots.geography import load_geography
from sim.world import InputError, load_world
from tests.small_worlds import write_world

HEXES = "ccg,q,r\nS1C1,0,0\nS1C2,1,0\n"
HISTORY = "body,tier,year_from,year_to,count\nPCT,commissioning,2006,2013,152\n"


@pytest.fixture
def world(tmp_path: Path) -> Path:
    return write_world(tmp_path / "w", [[{}, {}]])


def test_both_tables_are_let_pass_when_right(world: Path) -> None:
    (world / "hex_layout.csv").write_text("\ufeff" + HEXES, encoding="utf-8")
    (world / "history_counts.csv").write_text(HISTORY, encoding="utf-8")
    load_world(world)
    assert former_counts(world, 191) == {152}
    assert former_counts(world, 152) == former_counts(world, 191, before=2006) == frozenset()
    geography = load_geography(str(world))
    assert geography is not None
    assert geography.hexes == {"S1C1": (0, 0), "S1C2": (1, 0)}
    assert geography.ccg_system == {"S1C1": "S1", "S1C2": "S1"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0,0", "abc,0", "row 2, column 'q': 'abc' is not a number"),
        ("0,0", "0.0,0", "row 2, column 'q': '0.0' is not a whole number"),
        ("0,0", "0,", "row 2, column 'r'"),
        ("0,0", "nan,0", "column 'q': 'nan' is not a finite number"),
        ("0,0", "0,1e308", "column 'r'"),
        ("0,0", "1001,0", "at most 1,000"),
        ("0,0", "0,-1001", "at least -1,000"),
        ("C2,1,0", "C2,0,0", "row 3, column 'q': (0, 0) is already the hex of S1C1"),
        ("S1C2", "S1C1", "appears more than once"),
        ("S1C2", "S1C3", "unknown CCG 'S1C3'"),
        ("S1C2,1,0\n", "", "CCG S1C2 has no hex"),
        ("ccg,q,r", "ccg,q", "row 1, column 'r': this column is missing"),
        ("ccg,q,r", "ccg,q,s", "unknown column"),
        (HEXES, "", "row 1: no header"),
    ],
)
def test_a_wrong_layout_is_refused_when_the_world_is_loaded(
    world: Path, old: str, new: str, said: str
) -> None:
    (world / "hex_layout.csv").write_text(HEXES.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_world(world)
    assert "hex_layout.csv" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2006,", "n/a,", "row 2, column 'year_from': 'n/a' is not a number"),
        ("2006,", "2006.0,", "column 'year_from': '2006.0' is not a whole number"),
        ("2006,", ",", "column 'year_from'"),
        ("2006,", "1800,", "at least 1,900"),
        ("2013,", "2005,", "column 'year_to': 2005 is before year_from, 2006"),
        ("2013,", "9999,", "at most 2,100"),
        ("152", "-1", "column 'count': -1 is too low"),
        ("152", "0", "too low"),
        ("152", "999999", "at most 100,000"),
        ("152", "inf", "'inf' is not a finite number"),
        ("152", "", "column 'count'"),
        ("commissioning", "commisioning", "did you mean 'commissioning'?"),
        ("PCT", "", "column 'body': is empty"),
        (HISTORY, HISTORY + "PCT,commissioning,2006,2013,152\n", "from 2006 on twice"),
        ("tier,", "teir,", "did you mean 'tier'?"),
        ("PCT", "P\x00T", "NUL byte"),
    ],
)
def test_a_wrong_history_is_refused_when_the_world_is_loaded(
    world: Path, old: str, new: str, said: str
) -> None:
    (world / "history_counts.csv").write_text(HISTORY.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_world(world)
    assert "history_counts.csv" in str(caught.value)
    assert said in str(caught.value)


def test_another_encoding_is_refused_too(world: Path) -> None:
    (world / "history_counts.csv").write_bytes(HISTORY.replace("PCT", "PÇT").encode("latin-1"))
    with pytest.raises(InputError, match=r"history_counts.csv, row 2: byte 0xc7 is not UTF-8"):
        load_world(world)


@pytest.mark.parametrize(
    ("table", "old", "new", "column"),
    [
        ("practices.csv", "6000", "10000001", "patients"),
        ("practices.csv", "6000", "1" * 400, "patients"),
        ("practices.csv", "6000", "1e308", "patients"),
        ("ccgs.csv", "12000", "1000000001", "residents"),
        ("borders.csv", "10", "1e308", "km"),
        ("borders.csv", "10", "5e-324", "km"),
    ],
)
def test_numbers_beyond_a_stated_limit_are_refused(
    tmp_path: Path, table: str, old: str, new: str, column: str
) -> None:
    ccg = {"practices": [6000], "residents": 12000}
    folder = write_world(tmp_path / "w", [[ccg, ccg]])
    text = (folder / table).read_text(encoding="utf-8")
    assert old in text or table == "borders.csv"
    if table == "borders.csv":
        text = f"ccg_a,ccg_b,km,kind\nS1C1,S1C2,{old},border\n"
    (folder / table).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=f"{table}, row 2, column '{column}'"):
        load_world(folder)


@pytest.mark.parametrize("leaning", [1001.0, -1e308, 1e-300])
def test_a_leaning_that_no_sum_can_bear_is_refused(tmp_path: Path, leaning: float) -> None:
    folder = write_world(tmp_path / "w", [[{"practices": [6000], "leanings": leaning}, {}]])
    with pytest.raises(InputError, match=r"practices.csv, row 2, column 'leaning'"):
        load_world(folder)
