"""The table of named splits, and the split that a rule finds where none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.world import InputError, load_world
from sim.world.footprints import Body
from sim.world.splits import divide
from tests.small_worlds import write_world

CHAIN = {i: frozenset(j for j in (i - 1, i + 1) if 0 <= j < 4) for i in range(4)}


def body(index: int, patients: int, council: int = -1, officer: str = "") -> Body:
    shares = ((council, 1.0),) if council >= 0 else ()
    return Body(index, 0, patients, patients, shares, officer)


def inside(*bodies: Body) -> dict[int, Body]:
    return {one.id: one for one in bodies}


def test_england_names_one_split_in_two_parts() -> None:
    world = load_world()
    [split] = world.splits
    assert world.systems[split.system].code == "E54000029"
    assert split.names == ("inner", "outer")
    codes = [{world.ccgs[i].code for i in part} for part in split.parts]
    assert codes == [{"07T", "08M", "08V", "08W"}, {"07L", "08F", "08N"}]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((("S9", "x", "A"),), "S9"),
        ((("S1", "x", "A+Z"),), "'Z'"),
        ((("S1", "x", "A+E"),), "E does not lie in S1"),
        ((("S1", "x", "A+B"), ("S1", "y", "B+C+D")), "B appears more than once"),
        ((("S1", "x", "A+C"), ("S1", "y", "B+D")), "A+C is not connected"),
        ((("S1", "x", "A+B"),), "S1 has 1 parts; two are due"),
        ((("S1", "x", "A"), ("S1", "y", "B"), ("S1", "z", "C+D")), "S1 has 3 parts"),
        ((("S1", "x", "A+B"), ("S1", "y", "C")), "the parts leave out CCGs of S1"),
        ((("S1", "x", "A+B"), ("S1", "x", "C+D")), "'x' appears more than once"),
        ((("S1", "", "A+B"),), "is empty"),
    ],
)
def test_a_wrong_table_is_refused(
    tmp_path: Path, rows: tuple[tuple[str, str, str], ...], message: str
) -> None:
    first, second = [{"code": code} for code in "ABCD"], [{"code": "E"}]
    folder = write_world(tmp_path / "w", [first, second], splits=rows)
    with pytest.raises(InputError) as caught:
        load_world(folder)
    assert message in str(caught.value)
    assert str(folder / "splits.csv") in str(caught.value)


def test_a_system_falls_where_its_councils_or_officers_divide_it_most_evenly() -> None:
    by_council = inside(body(0, 10, 1), body(1, 10, 1), body(2, 10, 2), body(3, 15, 3))
    assert divide(by_council, CHAIN) == ((0, 1), (2, 3))
    by_officer = inside(
        body(0, 10, 1, "one"), body(1, 10, 2, "one"), body(2, 10, 3), body(3, 10, 4)
    )
    assert divide(by_officer, CHAIN) == ((0, 1), (2, 3))


def test_a_part_must_hang_together_and_so_must_the_rest() -> None:
    apart = inside(body(0, 10, 1), body(1, 10, 2), body(2, 10, 2), body(3, 10, 1))
    assert divide(apart, CHAIN) is None  # the ends are one council's, the middle another's
    middle = inside(body(0, 10), body(1, 10, 1), body(2, 10), body(3, 10))
    assert divide(middle, CHAIN) is None


def test_what_is_of_one_council_or_alone_is_not_divided() -> None:
    assert divide(inside(*(body(i, 10, 1) for i in range(4))), CHAIN) is None
    assert divide(inside(body(0, 10, 1)), CHAIN) is None
