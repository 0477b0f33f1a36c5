"""Every fault in a world folder is refused with one message naming file, row and column."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim.world import InputError, load_world
from sim.world.load import world_folder
from sim.world.tables import MAX_BYTES
from tests.small_worlds import write_world


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_world(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def cells(path: Path) -> list[list[str]]:
    return [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]


def save(path: Path, rows: list[list[str]]) -> None:
    path.write_text("".join(",".join(r) + "\n" for r in rows), encoding="utf-8", newline="\n")


def put(folder: Path, file: str, row: int, column: str, value: str) -> None:
    """Change one cell; row 1 is the header."""
    rows = cells(folder / file)
    rows[row - 1][rows[0].index(column)] = value
    save(folder / file, rows)


def test_the_tiny_world_itself_is_sound(tiny: Path) -> None:
    world = load_world(tiny)
    assert (world.name, len(world.ccgs), len(world.practice_ccg)) == ("small", 5, 25)
    assert world.practice_leaning is not None
    assert world.practice_leaning[:6] == (0.1,) * 5 + (0.0,)
    assert [c.stance for c in world.councils] == ["oppose", "unknown"]
    assert world.ccgs[4].rule.quorum == 0.75
    assert world.ccgs[4].rule.threshold == 0.5
    assert [s.share for s in world.ccgs[2].lmcs] == [0.5, 0.5]


CELLS = [
    # file, row, column, value, what the message says
    ("ccgs.csv", 3, "code", "S1C1", "more than once"),
    ("ccgs.csv", 3, "code", "", "is empty"),
    ("ccgs.csv", 3, "code", "A+B", "not a code"),
    ("ccgs.csv", 3, "code", "default", "standard ballot rule"),
    ("ccgs.csv", 3, "name", "", "is empty"),
    ("ccgs.csv", 3, "system", "S3", "unknown system 'S3'; did you mean 'S"),
    ("ccgs.csv", 3, "patients", "30001", "differs from the sum over its practices, 30000"),
    ("ccgs.csv", 3, "patients", "many", "not a number"),
    ("ccgs.csv", 3, "patients", "", "not a number"),
    ("ccgs.csv", 3, "patients", "n/a", "not a number"),
    ("ccgs.csv", 3, "patients", "NaN", "not a finite number"),
    ("ccgs.csv", 3, "patients", "-inf", "not a finite number"),
    ("ccgs.csv", 3, "patients", "30000.5", "not a whole number"),
    ("ccgs.csv", 3, "patients", "9" * 5000, "not a finite number"),
    ("ccgs.csv", 3, "patients", "٣٠٠٠٠", "not a number"),
    ("ccgs.csv", 3, "residents", "-30000", "too low"),
    ("ccgs.csv", 3, "residents", "0", "too low"),
    ("ccgs.csv", 3, "rung", "joint_teem", "did you mean 'joint_team'"),
    ("ccgs.csv", 4, "officer_group", "H", "needs two or more"),
    ("ccgs.csv", 3, "officer_certainty", "perhaps", "allowed: documented"),
    ("ccgs.csv", 3, "distress", "bankrupt", "allowed: none_known"),
    ("practices.csv", 5, "ccg", "S1C9", "unknown CCG 'S1C9'; did you mean"),
    ("practices.csv", 5, "patients", "0", "too low"),
    ("practices.csv", 5, "votes", "yes", "allowed: 0, 1"),
    ("practices.csv", 5, "leaning", "", "not a number"),
    ("practices.csv", 5, "leaning", "inf", "not a finite number"),
    ("practices.csv", 5, "leaning", "1e999", "not a finite number"),
    ("systems.csv", 3, "code", "S1", "more than once"),
    ("systems.csv", 3, "name", "System S1", "more than once"),
    ("systems.csv", 3, "region", "Regoin 2", "did you mean 'Region 2'"),
    ("systems.csv", 3, "leader_type", "gp", "allowed: unknown, ccg"),
    ("systems.csv", 3, "leader_dedicated", "2", "allowed: 0, 1"),
    ("systems.csv", 3, "ics_status", "", "is empty"),
    ("regions.csv", 3, "name", "Region 1", "more than once"),
    ("borders.csv", 3, "ccg_a", "S1C7", "unknown CCG"),
    ("borders.csv", 3, "ccg_b", "S1C2", "borders itself"),
    ("borders.csv", 3, "ccg_b", "S1C1", "more than once"),
    ("borders.csv", 3, "km", "-2", "out of range"),
    ("borders.csv", 3, "kind", "canal", "allowed: border, bridge"),
    ("councils.csv", 3, "code", "K1", "more than once"),
    ("councils.csv", 3, "stance", "against", "allowed: unknown, support"),
    ("council_overlaps.csv", 2, "ccg", "S1", "unknown CCG"),
    ("council_overlaps.csv", 2, "council", "K3", "unknown council"),
    ("council_overlaps.csv", 2, "share_of_ccg", "0.99", "sum to 0.9900"),
    ("council_overlaps.csv", 2, "share_of_ccg", "1.2", "between 0 and 1"),
    ("council_overlaps.csv", 5, "council", "K1", "more than once"),
    ("lmcs.csv", 3, "name", "North LMC", "more than once"),
    ("lmc_areas.csv", 2, "lmc", "Nroth LMC", "did you mean 'North LMC'"),
    ("ballot_rules.csv", 3, "ccg", "S2C9", "unknown CCG"),
    ("ballot_rules.csv", 3, "ccg", "default", "more than once"),
    ("ballot_rules.csv", 3, "quorum", "75", "between 0 and 1"),
    ("ballot_rules.csv", 3, "threshold", "most", "not a number"),
    ("ballot_rules.csv", 3, "weighting", "size", "allowed: equal, list_size"),
    ("ballot_rules.csv", 3, "binding", "yes", "allowed: 0, 1"),
    ("live_proposals.csv", 2, "system", "S9", "unknown system"),
    ("live_proposals.csv", 2, "ccgs", "S1C3", "one CCG"),
    ("live_proposals.csv", 2, "ccgs", "S1C3+S1C3", "is already in"),
    ("live_proposals.csv", 2, "ccgs", "S1C3+S2C8", "unknown CCG 'S2C8'"),
    ("live_proposals.csv", 2, "ccgs", "S1C1+S2C1", "not connected"),
    ("live_proposals.csv", 2, "stage", "applied", "allowed: mooted, drafted, engaged, balloted"),
    ("live_proposals.csv", 2, "known_since", "", "is empty"),
    ("live_proposals.csv", 2, "known_since", "2019-13", "not a date"),
    ("live_proposals.csv", 2, "known_since", "May 2019", "not a date"),
    ("live_proposals.csv", 2, "known_since", "2019-07", "after the world's date"),
    ("live_proposals.csv", 2, "target", "2019-04", "not after the world's date"),
    ("live_proposals.csv", 2, "origin_hint", "both", "allowed: unknown, local, centre"),
]


@pytest.mark.parametrize(("file", "row", "column", "value", "says"), CELLS)
def test_a_wrong_cell(tiny: Path, file: str, row: int, column: str, value: str, says: str) -> None:
    put(tiny, file, row, column, value)
    message = refused(tiny)
    assert f"{tiny / file}, " in message
    assert f"row {row}, column '{column}': " in message
    assert says in message
    assert len(message) < 400


CONFLICTS = [
    # the changed cell contradicts another one, and the message names the place of the conflict
    ("ccgs.csv", 2, "officer_certainty", "unknown", "row 2, column 'officer_group': must be empty"),
    ("council_overlaps.csv", 2, "share_of_council", "0.99", "row 3, column 'share_of_council'"),
    (
        "lmc_areas.csv",
        4,
        "share",
        "0.4",
        "row 5, column 'share': the shares of CCG S1C3 sum to 0.9",
    ),
    ("lmc_areas.csv", 5, "lmc", "North LMC", "row 5, column 'ccg': North LMC and S1C3"),
    ("live_proposals.csv", 2, "ccgs", "S2C1+S2C2", "row 2, column 'system': none of its CCGs"),
]


@pytest.mark.parametrize(("file", "row", "column", "value", "says"), CONFLICTS)
def test_cells_that_contradict(
    tiny: Path, file: str, row: int, column: str, value: str, says: str
) -> None:
    put(tiny, file, row, column, value)
    assert f"{tiny / file}, {says}" in refused(tiny)


@pytest.mark.parametrize("file", ["lmc_areas.csv", "council_overlaps.csv"])
def test_a_ccg_without_shares(tiny: Path, file: str) -> None:
    rows = cells(tiny / file)
    save(tiny / file, rows[:-1])
    message = refused(tiny)
    assert file in message
    assert "CCG S2C2 sum to 0.0000" in message


@pytest.mark.parametrize("share", ["0.9995", "1.0"])
def test_shares_within_the_tolerance_pass(tiny: Path, share: str) -> None:
    put(tiny, "council_overlaps.csv", 2, "share_of_ccg", share)
    assert load_world(tiny).ccgs[0].council_shares == ((0, float(share)),)


def test_a_ccg_that_nobody_votes_in(tiny: Path) -> None:
    for row in range(7, 12):  # the five practices of S1C2
        put(tiny, "practices.csv", row, "votes", "0")
    message = refused(tiny)
    assert "ccgs.csv, row 3, column 'code': CCG S1C2 has no practice that votes" in message


def test_a_ccg_in_two_live_proposals(tiny: Path) -> None:
    path = tiny / "live_proposals.csv"
    save(path, [*cells(path), ["LP-2", "S1", "S1C2+S1C3", "mooted", "2019-05", "", "unknown"]])
    message = refused(tiny)
    assert "row 3, column 'ccgs': CCG S1C3 is already in LP-1" in message


def test_a_system_in_pieces(tiny: Path) -> None:
    put(tiny, "borders.csv", 3, "ccg_b", "S2C2")
    message = refused(tiny)
    assert "borders.csv" in message
    assert "system S1 (System S1) is not connected" in message
    assert "S1C1, S1C2 / S1C3" in message


def test_a_crossing_connects_as_a_border_does(tmp_path: Path) -> None:
    folder = write_world(tmp_path / "w", [[{}, {}]], borders=[("S1C1", "S1C2", "ferry")])
    assert load_world(folder).neighbours == ((1,), (0,))
    put(folder, "world.toml", 1, 'name = "small"', 'name = "isles"')
    assert load_world(folder).name == "isles"


def test_region_without_system_and_system_without_ccg(tiny: Path) -> None:
    path = tiny / "regions.csv"
    save(path, [*cells(path), ["Region 3"]])
    assert "regions.csv, row 4, column 'name': region 'Region 3' has no system" in refused(tiny)
    save(path, cells(path)[:-1])
    path = tiny / "systems.csv"
    save(path, [*cells(path), ["S3", "Third", "Region 1", "stp", "unknown", "0"]])
    assert "systems.csv, row 4, column 'code': system S3 has no CCG" in refused(tiny)


@pytest.mark.parametrize(
    "file", ["ccgs.csv", "practices.csv", "systems.csv", "regions.csv", "borders.csv", "world.toml"]
)
def test_a_missing_file(tiny: Path, file: str) -> None:
    (tiny / file).unlink()
    assert refused(tiny) == f"{tiny / file}: this file is missing from the world folder"


def test_optional_tables_may_be_absent(tiny: Path) -> None:
    for file in ("councils", "council_overlaps", "lmcs", "lmc_areas", "ballot_rules"):
        (tiny / f"{file}.csv").unlink()
    (tiny / "live_proposals.csv").unlink()
    world = load_world(tiny)
    assert world.councils == world.lmcs == world.live_proposals == ()
    for ccg in world.ccgs:
        assert (ccg.council_shares, ccg.lmcs, ccg.matched_council) == ((), (), -1)
        rule = ccg.rule
        assert (rule.threshold, rule.quorum, rule.weighting) == (0.5, 0.0, "equal")
        assert rule.binding
        assert not rule.documented


@pytest.mark.parametrize("file", ["ccgs.csv", "live_proposals.csv", "lmcs.csv"])
def test_columns(tiny: Path, file: str) -> None:
    path = tiny / file
    rows = cells(path)
    first = rows[0][0]
    save(path, [[*rows[0], "extra"], *([*r, ""] for r in rows[1:])])
    assert f"{path}, row 1, column 'extra': unknown column" in refused(tiny)
    save(path, [[*rows[0], first], *([*r, ""] for r in rows[1:])])
    assert f"{path}, row 1, column '{first}': appears more than once" in refused(tiny)
    save(path, [[first.upper() + "S", *rows[0][1:]], *rows[1:]])
    assert f"{path}, row 1, column '{first.upper()}S': unknown column" in refused(tiny)
    if len(rows[0]) > 1:
        save(path, [r[:-1] for r in rows])
        assert f"{path}, row 1, column '{rows[0][-1]}': this column is missing" in refused(tiny)
        save(path, [rows[0], rows[1][:-1], *rows[2:]])
        assert f"{path}, row 2, column '{rows[0][-1]}': " in refused(tiny)
    save(path, [rows[0], [*rows[1], "more"], *rows[2:]])
    assert f"{path}, row 2, column '{rows[0][-1]}': " in refused(tiny)
    path.write_bytes(b"")
    assert f"{path}, row 1: no header" in refused(tiny)


def test_columns_may_stand_in_any_order(tiny: Path) -> None:
    before = load_world(tiny)
    for file in tiny.glob("*.csv"):
        save(file, [r[::-1] for r in cells(file)])
    after = load_world(tiny)
    assert after.ccgs == before.ccgs
    assert after.footprints == before.footprints
    assert after.digest != before.digest


def test_encodings(tiny: Path) -> None:
    path = tiny / "regions.csv"
    good = path.read_bytes()
    before = load_world(tiny)
    path.write_bytes(b"\xef\xbb\xbf" + good.replace(b"\n", b"\r\n") + b"\r\n\r\n")
    assert load_world(tiny).regions == before.regions
    path.write_bytes(good.replace(b"Region 2", b"R\xe9gion 2"))
    assert f"{path}, row 3: byte 0xe9 is not UTF-8" in refused(tiny)
    path.write_bytes(good.decode().encode("utf-16"))
    assert str(path) in refused(tiny)
    path.write_bytes(good.replace(b"Region 2", b"Region\x002"))
    assert f"{path}, row 3: holds a NUL byte" in refused(tiny)
    path.write_bytes(good.replace(b"Region 2", b'"Region 2'))
    assert f"{path}, row 3: not a proper CSV row" in refused(tiny)
    path.write_bytes(b"name\n" + b"x" * 200_000 + b"\n")
    assert f"{path}, row 2: not a proper CSV row" in refused(tiny)


def test_a_file_too_large_is_refused_unread(tiny: Path) -> None:
    path = tiny / "practices.csv"
    os.truncate(path, MAX_BYTES + 1)
    message = refused(tiny)
    assert str(path) in message
    assert "at most 50,000,000" in message


def test_an_empty_world(tiny: Path) -> None:
    save(tiny / "ccgs.csv", cells(tiny / "ccgs.csv")[:1])
    assert "ccgs.csv, column 'code': the world has no CCG" in refused(tiny)


def test_a_misspelt_optional_table_is_not_passed_over(tiny: Path) -> None:
    (tiny / "lmc_areas.csv").rename(tiny / "lmc_area.csv")
    message = refused(tiny)
    assert "lmc_area.csv: unknown table" in message
    assert "did you mean 'lmc_areas.csv'" in message
    (tiny / "lmc_area.csv").unlink()
    (tiny / "README.md").write_text("notes are welcome")
    load_world(tiny)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = [", "not proper TOML"),
        ("x = " + "[" * 20_000, "not proper TOML"),
        ("#" * 200_000, "at most 100,000"),
        ('name = "n"\ndate = 2019-06-01\n', "key 'title' is missing"),
        ('name = "n"\ntitle = "t"\ndate = "2019-06-01"\n', "key 'date' must be a date"),
        ('name = "n"\ntitle = "t"\ndate = 2019-06-01T00:00:00\n', "key 'date' must be a date"),
        ('name = 3\ntitle = "t"\ndate = 2019-06-01\n', "key 'name' must be text"),
        ('naem = "n"\n', "unknown key 'naem'"),
        ('name = "n"\ntitle = "t"\ndate = 2019-06-01\nchecks = 3\n', "must be a table"),
        ('name = "n"\ntitle = "t"\ndate = 2019-06-01\n[checks]\nccg = 5\n', "mean 'ccgs'"),
        ('name = "n"\ntitle = "t"\ndate = 2019-06-01\n[checks]\nccgs = 5.0\n', "not a whole"),
        ('name = "n"\ntitle = "t"\ndate = 2019-06-01\n[checks]\nccgs = true\n', "not a whole"),
    ],
)
def test_world_toml(tiny: Path, text: str, says: str) -> None:
    (tiny / "world.toml").write_text(text, encoding="utf-8")
    message = refused(tiny)
    assert str(tiny / "world.toml") in message
    assert says in message


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("ccgs", 5),
        ("practices", 25),
        ("systems", 2),
        ("regions", 2),
        ("councils", 2),
        ("patients", 150_000),
        ("borders", 4),
    ],
)
def test_counts_that_do_not_hold(tiny: Path, key: str, number: int) -> None:
    start = 'name = "n"\ntitle = "t"\ndate = 2019-06-01\n[checks]\n'
    (tiny / "world.toml").write_text(f"{start}{key} = {number}\n", encoding="utf-8")
    load_world(tiny)
    (tiny / "world.toml").write_text(f"{start}{key} = {number + 1}\n", encoding="utf-8")
    expected = f"[checks] key '{key}': {number + 1} stated but the tables hold {number}"
    assert expected in refused(tiny)


@pytest.mark.parametrize("column", ["distress_known_from", "known_from"])
def test_what_was_learnt_later_is_refused(tiny: Path, column: str) -> None:
    file = "ccgs.csv" if column == "distress_known_from" else "councils.csv"
    rows = cells(tiny / file)
    for month, fine in (("2019-05", True), ("2019-06", False)):
        save(tiny / file, [[*rows[0], column], [*rows[1], month], *([*r, ""] for r in rows[2:])])
        if fine:
            load_world(tiny)
        else:
            assert f"{file}, row 2, column '{column}': 2019-06-01 is not before" in refused(tiny)


def test_world_folder(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (world_folder("england_2019") / "ccgs.csv").is_file()
    assert world_folder(tiny) == tiny
    assert world_folder(str(tiny)) == tiny
    monkeypatch.chdir(tiny)
    for name, says in [
        ("england_2109", "did you mean 'england_2019'"),
        ("", "no such world"),
        ("../england_2019", "no such world"),
        (str(tiny / "ccgs.csv"), "is a file, not a folder"),
        ("a\0b", "not a path|no such world"),
        ("x" * 5000, "not a path|no such world"),
    ]:
        with pytest.raises(InputError) as caught:
            world_folder(name)
        assert any(part in str(caught.value) for part in says.split("|"))
        assert "england_2019" in str(caught.value)
        assert len(str(caught.value)) < 400


def test_the_digest_follows_every_byte(tiny: Path) -> None:
    before = load_world(tiny).digest
    put(tiny, "ccgs.csv", 2, "name", "Elsewhere")
    after = load_world(tiny).digest
    assert before != after
    (tiny / "notes.txt").write_text("not a table")
    assert load_world(tiny).digest == after


def test_the_order_of_rows_gives_the_indexes(tmp_path: Path) -> None:
    folder = write_world(tmp_path / "w", [[{"code": "Z"}, {"code": "A", "practices": [7, 8]}]])
    world = load_world(folder)
    assert [(c.index, c.code) for c in world.ccgs] == [(0, "Z"), (1, "A")]
    assert world.practice_patients[-2:] == (7, 8)
