"""Tables that have grown are those written at once; their summaries are what they say."""

from __future__ import annotations

import csv
import hashlib
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiment.batch_tables import Part, write_tables
from sim.experiment.places import CHANCES
from sim.experiment.summary import SUMMARY_COLUMNS, quantile
from sim.records import parquet_groups
from sim.records.days import april_firsts
from sim.records.parquet_groups import Written
from sim.records.store import Block
from sim.records.tables import OldTables, read_table
from tests.properties import steady
from tests.records.made_up_rows import END, START, SYSTEMS, WORLD, blocks_of

FORMER = frozenset({1, 65})
Asked = list[tuple[str, int]]


def part(
    name: str, replications: int, absent: frozenset[int] = frozenset(), asked: Asked | None = None
) -> Part:
    """Return a made-up scenario; ``asked`` notes from where its blocks were asked for."""

    def blocks(first: int) -> Iterator[Block]:
        if asked is not None:
            asked.append((name, first))
        return blocks_of(name, replications, first, absent)

    return Part(name, WORLD, START, END, FORMER, blocks)


def parts(names: str, replications: int, asked: Asked | None = None) -> list[Part]:
    return [part(name, replications, asked=asked) for name in names]


def old(folder: Path, names: str, replications: int, sound: int | None = None) -> OldTables:
    number = replications if sound is None else sound
    return OldTables(folder, tuple(names), replications, dict.fromkeys(names, number))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, int], Any]:
    """Return the files of batches written at once, made when first asked for."""

    class Made(dict[tuple[str, int], dict[str, bytes]]):
        def __missing__(self, key: tuple[str, int]) -> dict[str, bytes]:
            folder = tmp_path_factory.mktemp("once")
            write_tables(parts(*key), key[1], folder)
            self[key] = content(folder)
            return self[key]

    return Made()


@pytest.mark.slow
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(("a", "ab", "ba", "cab")),
            st.sampled_from((1, 99, 100, 130, 200, 201)),
            st.sampled_from((None, 0, 99, 100, 150)),
        ),
        min_size=2,
        max_size=4,
    )
)
@settings(steady, max_examples=8)
def test_however_tables_came_about_they_are_the_same(
    at_once: Mapping[tuple[str, int], Any],
    tmp_path_factory: pytest.TempPathFactory,
    steps: Sequence[tuple[str, int, int | None]],
) -> None:
    """Grown, shrunk, with scenarios gained, lost or in another order, in the same folder."""
    folder = tmp_path_factory.mktemp("steps")
    before: tuple[str, int] | None = None
    for names, replications, sound in steps:
        asked: Asked = []
        taken = None if before is None else old(folder, *before, sound=sound)
        written = write_tables(parts(names, replications, asked), replications, folder, taken)
        assert content(folder) == at_once[names, replications]
        for name, data in content(folder).items():
            assert written[name].sha256 == hashlib.sha256(data).hexdigest()
        kept, had = ("", 0) if before is None else before
        most = min(had, replications, had if sound is None else sound) // 100 * 100
        assert asked == [(name, most if name in kept else 0) for name in names]
        before = names, replications


def test_rows_are_counted(tmp_path: Path) -> None:
    written = write_tables(parts("ab", 120), 120, tmp_path)
    assert set(written) == {path.name for path in tmp_path.iterdir()}
    for name, one in written.items():
        frame = pd.read_parquet if name.endswith("parquet") else pd.read_csv
        assert len(frame(tmp_path / name)) == one.rows  # type: ignore[operator]


def test_groups_lie_where_the_summaries_look_for_them(tmp_path: Path) -> None:
    """One for each hundred numbers of a scenario, in every table, with no rows if need be."""
    absent = frozenset(range(95, 205))
    write_tables([part("a", 230, absent), part("b", 230)], 230, tmp_path)
    for name in ("replications", "counts", "ballots"):
        file = pq.ParquetFile(tmp_path / f"{name}.parquet")
        assert file.num_row_groups == 6
        for group in range(6):
            found = file.read_row_group(group).to_pandas()
            assert set(found["scenario"]) <= {"ab"[group // 3]}
            assert set(found["replication"] // 100) <= {group % 3}
            assert (not len(found)) == (group == 1)
    frame = read_table(tmp_path, "replications")
    assert set(frame[frame["scenario"] == "a"]["replication"]) == set(range(230)) - absent


@pytest.mark.parametrize("damage", ["gone", "cut", "footer", "empty", "another table"])
@pytest.mark.parametrize("name", ["replications", "parameters"])
def test_a_damaged_old_table_is_not_taken_over(
    at_once: Mapping[tuple[str, int], Any], tmp_path: Path, damage: str, name: str
) -> None:
    write_tables(parts("ab", 130), 130, tmp_path)
    path = tmp_path / f"{name}.parquet"
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "another table":
        path.write_bytes((tmp_path / "counts.parquet").read_bytes())
    else:
        new = {"cut": data[:-100], "footer": data[:-50] + b"?" + data[-49:], "empty": b""}
        path.write_bytes(new[damage])
    asked: Asked = []
    write_tables(parts("ab", 201, asked), 201, tmp_path, old(tmp_path, "ab", 130))
    assert asked == [("a", 0), ("b", 0)]
    assert content(tmp_path) == at_once["ab", 201]


def test_older_tables_of_other_numbers_are_not_taken_over(
    at_once: Mapping[tuple[str, int], Any], tmp_path: Path
) -> None:
    """A manifest that says something else than the tables is not believed."""
    write_tables(parts("ab", 130), 130, tmp_path)
    asked: Asked = []
    write_tables(parts("ab", 230, asked), 230, tmp_path, old(tmp_path, "ab", 201))
    assert asked == [("a", 0), ("b", 0)]
    assert content(tmp_path) == at_once["ab", 230]


def test_complete_groups_are_copied_and_never_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tables(parts("ab", 210), 210, tmp_path)
    made: list[int] = []
    encode = parquet_groups.encode

    def noted(table: Any) -> Any:
        made.append(table.num_rows)
        return encode(table)

    monkeypatch.setattr(parquet_groups, "encode", noted)
    write_tables(parts("ab", 211), 211, tmp_path, old(tmp_path, "ab", 210))
    assert len(made) == 7 + 2 * 7  # each table's schema, and one group of each scenario


def test_a_full_disk_leaves_the_old_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tables(parts("a", 130), 130, tmp_path)
    before = content(tmp_path)
    real, left = os.write, 40_000

    def limited(descriptor: int, data: memoryview) -> int:
        nonlocal left
        left -= len(data)
        if left < 0:
            raise OSError(28, "No space left on device")
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", limited)
    with pytest.raises(OSError, match="No space"):
        write_tables(parts("a", 230), 230, tmp_path, old(tmp_path, "a", 130))
    monkeypatch.undo()
    assert content(tmp_path) == before


@pytest.mark.parametrize("numbers", [(30, 0), (0, 30, 0), (0, 0)])
def test_blocks_out_of_order_are_refused(tmp_path: Path, numbers: Sequence[int]) -> None:
    def blocks(first: int) -> Iterator[Block]:
        for begin in numbers:
            yield next(blocks_of("a", begin + 1, begin))

    wrong = Part("a", WORLD, START, END, FORMER, blocks)
    with pytest.raises(ValueError, match="out of place"):
        write_tables([wrong], 40, tmp_path)
    assert not content(tmp_path)


# -- Summaries -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gaps(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Written]]:
    """Return a batch in which replications are missing, and all of one scenario."""
    folder = tmp_path_factory.mktemp("gaps")
    three = [
        part("a", 330, frozenset({7, *range(100, 200)})),
        part("none", 330, frozenset(range(330))),
        part("c", 330),
    ]
    return folder, write_tables(three, 330, folder)


def rows_in(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_summary_is_what_the_tables_say(gaps: tuple[Path, dict[str, Written]]) -> None:
    """To the last digit, by plain Python over the whole columns."""
    folder, _ = gaps
    summary = rows_in(folder / "summary.csv")
    assert tuple(summary[0]) == SUMMARY_COLUMNS
    replications, counts = read_table(folder, "replications"), read_table(folder, "counts")
    for name in ("a", "c"):
        mine = replications[replications["scenario"] == name]
        outcomes = {column: mine[column].dropna().tolist() for column in mine.columns[2:]}
        for day in april_firsts(START, END):
            here = counts[(counts["scenario"] == name) & (counts["date"] == day)]
            outcomes[f"ccgs_{day:%Y_%m_%d}"] = here["ccgs"].tolist()
        final = outcomes["final_ccgs"]
        said = {row["outcome"]: row for row in summary if row["scenario"] == name}
        assert list(said)[:4] == [
            *sorted(o for o in outcomes if o[:5] == "ccgs_"),
            "final_ccgs",
        ]
        assert said.keys() - set(outcomes) == {
            "p_60_70", "p_more_than_42", "p_fewer_than_151", "p_former_count", "p_fall_over_150",
        }  # fmt: skip
        for outcome, values in outcomes.items():
            row, n = said[outcome], len(values)
            mean = math.fsum(values) / n
            sd = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
            quantiles = [quantile(sorted(values), q) for q in (0.05, 0.25, 0.5, 0.75, 0.95)]
            expected = [n, mean, sd, sd / math.sqrt(n), *quantiles]
            found = [float(row[column]) for column in SUMMARY_COLUMNS[2:11]]
            assert found == expected, outcome
        assert float(said["p_former_count"]["p"]) == sum(x in FORMER for x in final) / len(final)
        assert float(said["p_60_70"]["p"]) == sum(60 <= x <= 70 for x in final) / len(final)


def test_a_scenario_without_replications_is_said_to_have_none(
    gaps: tuple[Path, dict[str, Written]],
) -> None:
    folder, _ = gaps
    summary = pd.read_csv(folder / "summary.csv", keep_default_na=False)
    none = summary[summary["scenario"] == "none"]
    assert set(none["outcome"]) >= {"ccgs_2020_04_01", "final_ccgs", "p_60_70", "proposals"}
    assert set(none["replications"]) == {0}
    assert set(none[list(SUMMARY_COLUMNS[3:])].to_numpy().ravel()) == {""}
    places = pd.read_csv(folder / "places.csv", keep_default_na=False)
    assert set(places["scenario"]) == {"a", "c"}


def test_the_places_are_what_the_tables_say(gaps: tuple[Path, dict[str, Written]]) -> None:
    folder, _ = gaps
    places = rows_in(folder / "places.csv")
    tables = {n: read_table(folder, n) for n in ("proposals", "ballots", "ccgs", "systems")}
    ballots = tables["ballots"]
    sources = {
        "p_proposal": (tables["proposals"], "footprint", "mooted"),
        "p_lost_ballot": (ballots[~ballots["carried"].astype(bool)], "ccg", "date"),
        "p_any_merger": (tables["ccgs"], "ccg", "merged_on"),
    }
    rows = []
    for name, replications in (("a", 229), ("c", 330)):
        for system, codes in SYSTEMS.items():
            for day in april_firsts(START, END):
                said: dict[str, Any] = {}
                for chance, (frame, bodies, when) in sources.items():
                    mine = frame[(frame["scenario"] == name) & frame[when].notna()]
                    past = mine[mine[when] <= day]
                    touches = past[bodies].map(lambda text: bool(set(text.split("+")) & set(codes)))  # noqa: B023
                    said[chance] = past[touches]["replication"].nunique() / replications
                here = tables["systems"].query(
                    "scenario == @name and system == @system and date == @day and ccgs == 1"
                )
                said["p_one_ccg"] = len(here) / replications
                shares = [repr(said[chance]) for chance in CHANCES]
                rows.append([name, system, f"The {system}", day.isoformat(), *shares])
    assert [list(row.values()) for row in places] == rows
    assert len({row[chance] for row in places for chance in CHANCES}) > 20
