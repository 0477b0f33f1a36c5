"""Hostile and careless input: exit 2, one clear message, no traceback, nothing written.

Each case names words that its message must hold: what is wrong and, mostly, what is allowed. Most
run in this process; those that might hang or exhaust memory run in one of their own, with a time
limit far above what they need (the measured times stand in the project's report).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, command, process, tree
from tests.small_worlds import write_world

LIMIT = 30.0  # seconds; a hang, not slowness, is what it finds

TEXTS: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "no TOML": ("levers = [", ("not valid TOML",)),
    "a key twice": ("end = 2021-01-01\nend = 2021-01-02\n", ("not valid TOML",)),
    "Latin-1": ('question = "caf\xe9"\n'.encode("latin-1"), ("UTF-8",)),
    "UTF-16": ('question = "x"\n'.encode("utf-16"), ("UTF-8",)),
    "NUL bytes": (b'name = "a\x00b"\n', ("not valid TOML",)),
    "binary": (bytes(range(256)) * 20, ("UTF-8",)),
    "unknown section": ("[lever]\n", ("lever is not a key", "did you mean 'levers'?")),
    "unknown lever": (
        "[levers.money]\nrunning_cost_cutt = 0.1\n",
        ("levers.money.running_cost_cutt", "did you mean 'running_cost_cut'?"),
    ),
    "unknown parameter": ("[parameters]\nsuport_sd = 1\n", ("did you mean 'support_sd'?",)),
    "unknown stage": ("[durations]\nbalot = 2\n", ("durations.balot", "did you mean 'ballot'?")),
    "unknown event key": (
        '[calendar.a]\ndate = 2019-09-01\nkind = "letter"\nstrenght = 1\n',
        ("calendar.a.strenght", "did you mean 'strength'?"),
    ),
    "wrong type": ('[levers.money]\nrunning_cost_cut = "a lot"\n', ("running_cost_cut", "'a lot'")),
    "a number for a table": ("levers = 3\n", ("levers = 3", "must be a table")),
    "a list for a family": ('[parameters.support_sd]\nfamily = ["beta"]\n', ("family", "normal")),
    "text for a date": ('end = "2021-01-01"\n', ("end = '2021-01-01'", "must be a date")),
    "a time of day": ("end = 2021-01-01T10:00:00\n", ("must be a date",)),
    "out of range": ("[levers.money]\nrunning_cost_cut = 1.5\n", ("running_cost_cut", "0.9")),
    "below range": ("[levers.approval]\npanel_capacity = 0\n", ("panel_capacity", "1")),
    "a share above 1": ("[parameters]\nturnout_mean = 1.2\n", ("turnout_mean", "between 0 and 1")),
    "a choice misspelt": (
        '[levers.information]\nwording = "tipically"\n',
        ("levers.information.wording", "did you mean 'typically'?"),
    ),
    "NaN lever": ("[levers.force]\nincentive = nan\n", ("incentive", "finite")),
    "infinite lever": ("[levers.force]\nincentive = inf\n", ("incentive", "finite")),
    "NaN parameter": ("[parameters]\nsupport_sd = nan\n", ("support_sd", "finite")),
    "infinite prior": (
        '[parameters.support_sd]\nfamily = "lognormal"\nmedian = inf\nsigma = 1\n',
        ("support_sd.median", "finite"),
    ),
    "infinite duration": ("[durations]\nballot = inf\n", ("durations.ballot", "finite")),
    "a huge whole number": ("[parameters]\nsupport_sd = 1" + "0" * 400 + "\n", ("support_sd",)),
    "digits beyond reading": ("[parameters]\nsupport_sd = " + "9" * 5000 + "\n", ("TOML",)),
    "a huge hexadecimal": ("[levers.ballot]\ntries = 0x" + "f" * 9000 + "\n", ("tries",)),
    "missing extends": ('extends = "as_writen"\n', ("extends", "did you mean 'as_written'?")),
    "extends of a wrong type": ("extends = 7\n", ("extends = 7",)),
    "extends too long": ('extends = "' + "x" * 1900 + '"\n', ("extends",)),
    "extends upward": ('extends = "../outside.toml"\n', ("outside", "own folder")),
    "extends absolute": ('extends = "/etc/hostname"\n', ("extends",)),
    "extends by a link": ('extends = "link.toml"\n', ("link.toml", "own folder")),
    "extends itself": ('extends = "case.toml"\n', ("circle", "case.toml -> case.toml")),
    "extends in a circle": ('extends = "round.toml"\n', ("circle", "round.toml")),
    "extends a folder": ('extends = "folder"\n', ("extends",)),
    "unknown region": (
        '[calendar.a]\ndate = 2019-09-01\nkind = "push"\nstrength = 1\nregion = "Londn"\n',
        ("case.toml", "calendar.a.region", "did you mean 'London'?"),
    ),
    "unknown system": (
        '[calendar.a]\ndate = 2019-09-01\nkind = "push"\nstrength = 1\nsystem = "E5400000"\n',
        ("case.toml", "calendar.a.system", "not a system"),
    ),
    "end before start": ("start = 2020-01-01\nend = 2019-12-31\n", ("must not be before",)),
    "a horizon of centuries": ("start = 1950-01-01\nend = 2099-01-01\n", ("at most 30 years",)),
    "a bad name": ('name = "../x"\n', ("name = '../x'", "letters")),
    "a name of spaces": ('name = "  "\n', ("name",)),
    "unknown world": ('world = "england_2091"\n', ("world", "did you mean 'england_2019'?")),
    "a broken world": ('world = "broken"\n', ("practices.csv", "row 3", "'patients'", "'many'")),
    "a world that is a file": ('world = "case.toml"\n', ("world", "folder")),
    "lists nested deeply": ("x = " + "[" * 5000 + "]" * 5000 + "\n", ("nested too deeply",)),
    "tables nested deeply": ("x = " + "{a=" * 3000 + "1" + "}" * 3000, ("nested too deeply",)),
    "a key nested deeply": (".".join(["a"] * 100_000) + " = 1\n", ("nested too deeply",)),
    "headers nested": ("[levers.money.a.b.c.d.e.f.g]\nx = 1\n", ("nested too deeply",)),
    "many nested headers": (
        "".join(
            f"[{'.'.join(['a'] * 29)}.k{i}]\n{'.'.join(['b'] * 29)} = 1\n" for i in range(1900)
        ),
        ("nested too deeply",),
    ),
    "a long text": ('question = "' + "x" * 5000 + '"\n', ("question", "at most 2000")),
    "a long key": ("x" * 5000 + " = 1\n", ("longer than 2000",)),
    "escape codes in a key": ('"\\u001b[2Jx" = 1\n', ("\\x1b[2Jx",)),
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder ``own`` with what the cases refer to, and one file outside it."""
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "outside.toml").write_text('question = "outside"\n')
    (own / "link.toml").symlink_to(tmp_path / "outside.toml")
    (own / "round.toml").write_text('extends = "case.toml"\n')
    (own / "folder").mkdir()
    world = write_world(own / "broken", [[{"practices": 3}]])
    table = (world / "practices.csv").read_text().splitlines()
    table[2] = table[2].replace("6000", "many")
    (world / "practices.csv").write_text("\n".join(table) + "\n")
    return own


def refused(done: Outcome, *words: str) -> None:
    """Check exit code and message: 2, one message that holds the words, and no traceback."""
    assert done.code == 2, (done.code, done.err[-2000:])
    assert done.out == ""
    assert done.err.startswith("error: "), done.err[:500]
    assert "Traceback" not in done.err
    assert len(done.err) < 1700
    assert len(done.err.strip().splitlines()) <= 2
    assert all(c == "\n" or c.isprintable() for c in done.err)
    for word in words:
        assert word in done.err, done.err


@pytest.mark.parametrize("case", TEXTS)
def test_a_hostile_scenario_is_refused(case: str, place: Path) -> None:
    text, words = TEXTS[case]
    file = place / "case.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = tree(place.parent)
    done = command("run", file, "--replications", 1, "--out", place / "out")
    refused(done, *words)
    assert tree(place.parent) == before


def test_empty_scenario_is_the_default_policy(place: Path) -> None:
    """An empty file is no mistake: everything stands at its default."""
    (place / "case.toml").write_bytes(b"")
    assert command("validate", place / "case.toml").code == 0


OPTIONS = {
    "no replications": (("--replications", "0"), ("--replications is 0", "1,000,000")),
    "negative replications": (("--replications", "-5"), ("--replications is -5",)),
    "absurd replications": (("--replications", "1" + "0" * 30), ("--replications is 1000",)),
    "replications that are no number": (("--replications", "many"), ("--replications", "many")),
    "half a replication": (("--replications", "1.5"), ("--replications", "1.5")),
    "NaN replications": (("--replications", "nan"), ("--replications", "nan")),
    "digits beyond reading": (("--replications", "9" * 5000), ("--replications",)),
    "negative seed": (("--seed", "-1"), ("--seed is -1", "from 0")),
    "seed too large": (("--seed", str(2**63)), ("--seed is", "from 0")),
    "no workers": (("--workers", "0"), ("--workers is 0", "from 1")),
    "too many workers": (("--workers", "100000"), ("--workers is 100000",)),
    "negative variance": (("--variance", "-1"), ("--variance is -1",)),
    "unknown option": (("--replicatons", "3"), ("--replicatons", "--replications")),
    "the same scenario twice": (("as_written",), ("'as_written' is given twice",)),
    "empty folder name": (("--out", ""), ("--out",)),
    "NUL in the folder": (("--out", "a\0b"), ("--out",)),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_a_hostile_option_is_refused(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options, words = OPTIONS[case]
    refused(command("run", "as_written", *options), *words)
    assert tree(tmp_path) == {}


LINES = {
    "a file that is not there": (("run", "nowhere.toml"), ("'nowhere.toml'", "as_written")),
    "a name misspelt": (("run", "as_writen"), ("did you mean 'as_written'?",)),
    "a folder": (("run", "."), ("is a folder",)),
    "NUL in the path": (("run", "a\0b"), ("NUL",)),
    "a path too long": (("run", "x" * 5000), ("neither a file nor",)),
    "a path too deep": (("validate", "x/" * 3000), ("neither a file nor",)),
    "no file": (("run",), ("FILE",)),
    "unknown command": (("rnu",), ("rnu", "run")),
    "a scenario for a command": (("as_written", "--seed", "3"), ("type 'run as_written'",)),
    "a file for a command": (("my.toml",), ("'my.toml' is a scenario", "type 'run my.toml'")),
    "an option before the command": (("--seed", "3", "run", "as_written"), ("--seed", "after")),
    "nothing to compare with": (("compare", "as_written"), ("OTHER",)),
    "compared with itself": (("compare", "as_written", "as_written"), ("given twice",)),
    "trace of no replication": (("trace", "as_written"), ("--replication",)),
    "trace of a negative one": (("trace", "as_written", "--replication", "-1"), ("is -1",)),
    "trace of a system that is not": (
        ("trace", "as_written", "--replication", "0", "--system", "Atlantis"),
        ("Atlantis",),
    ),
    "plot of no folder": (("plot", "nowhere"), ("nowhere",)),
    "plot of this folder": (("plot", "."), ("DIR",)),
}


@pytest.mark.parametrize("case", LINES)
def test_a_hostile_command_line_is_refused(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, words = LINES[case]
    refused(command(*arguments), *words)
    assert tree(tmp_path) == {}


def _foreign(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")


def _foreign_file(folder: Path) -> None:
    folder.write_text("not a folder")


def _other_version(folder: Path) -> None:
    folder.mkdir()
    manifest = {"results_version": "0", "identity": "x", "seed": 1, "scenarios": []}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _not_json(folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text("[" * 100_000)


def _huge_manifest(folder: Path) -> None:
    folder.mkdir()
    with (folder / "manifest.json").open("wb") as file:
        file.truncate(100_000_000)


FOLDERS: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "foreign": (_foreign, ("not empty", "thesis.txt", "another --out")),
    "a file": (_foreign_file, ("is a file",)),
    "another results version": (_other_version, ("results version '0'", "--overwrite")),
    "no JSON": (_not_json, ("not a manifest",)),
    "a manifest of 100 MB": (_huge_manifest, ("not a manifest",)),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_a_folder_that_is_not_ours_is_left_alone(case: str, tmp_path: Path) -> None:
    make, words = FOLDERS[case]
    make(tmp_path / "out")
    before = tree(tmp_path)
    for line in (("run",), ("compare", "hard_rule")):
        done = command(*line, "as_written", "--replications", 1, "--out", tmp_path / "out")
        refused(done, *words)
    if case == "a file":
        assert command("plot", tmp_path / "out").code == 2
    assert tree(tmp_path) == before


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Below a file, and in a file system that takes no folders; permissions do not stop root."""
    (tmp_path / "file").write_text("x")
    places = [tmp_path / "file" / "below" / "it"]
    if Path("/proc/self").is_dir():
        places.append(Path("/proc/nowhere/x"))
    before = tree(tmp_path)
    for place in places:
        done = command("run", "as_written", "--replications", 1, "--out", place)
        refused(done, str(place), "cannot be")
    assert tree(tmp_path) == before


def test_damaged_tables_are_not_plotted(england: Path, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    shutil.copytree(england, folder)
    (folder / "counts.parquet").write_bytes(b"PAR1")
    before = tree(folder)
    refused(command("plot", folder), "checksum")
    assert tree(folder) == before


def _hundred_megabytes(path: Path) -> None:
    path.write_bytes(b'question = "x"\n')
    with path.open("r+b") as file:
        file.truncate(100_000_000)


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _loop(path: Path) -> None:
    path.symlink_to(path)


SLOW: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "100 MB": (_hundred_megabytes, ("100,000,000 bytes", "at most")),
    "a device": (_endless, ("device or pipe",)),
    "a pipe": (os.mkfifo, ("device or pipe",)),
    "a link to itself": (_loop, ("neither a file",)),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW)
def test_a_file_that_could_hang_it_is_refused(case: str, tmp_path: Path) -> None:
    make, words = SLOW[case]
    make(tmp_path / "case.toml")
    names = set(os.listdir(tmp_path))
    refused(process("run", "case.toml", cwd=tmp_path, timeout=LIMIT), *words)
    (tmp_path / "base.toml").write_text('extends = "case.toml"\n')
    refused(process("validate", "base.toml", cwd=tmp_path, timeout=LIMIT), "case.toml")
    assert set(os.listdir(tmp_path)) == {*names, "base.toml"}


@pytest.mark.parametrize("case", ["a key nested deeply", "many nested headers", "Latin-1"])
def test_the_same_in_a_process_of_its_own(case: str, place: Path) -> None:
    text, words = TEXTS[case]
    file = place / "case.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = tree(place)
    refused(process("run", "case.toml", cwd=place, timeout=LIMIT), *words)
    assert tree(place) == before


def _drop(name: str) -> Callable[[Path], None]:
    return lambda world: (world / name).unlink()


def _fill(name: str, content: bytes) -> Callable[[Path], None]:
    def fill(world: Path) -> None:
        (world / name).write_bytes(content)

    return fill


def _pipe(name: str) -> Callable[[Path], None]:
    def replace(world: Path) -> None:
        (world / name).unlink()
        os.mkfifo(world / name)

    return replace


WORLDS = {
    "a table missing": (_drop("ccgs.csv"), ("ccgs.csv", "missing")),
    "a table that is a pipe": (_pipe("systems.csv"), ("systems.csv", "missing")),
    "an empty table": (_fill("practices.csv", b""), ("practices.csv", "header")),
    "a table in UTF-16": (_fill("practices.csv", "ccg".encode("utf-16")), ("practices.csv",)),
    "no world.toml": (_drop("world.toml"), ("world.toml",)),
    "a nested world.toml": (_fill("world.toml", b"x=" + b"[" * 9000), ("world.toml",)),
    "an unknown table": (_fill("ccg.csv", b"code\n"), ("ccg.csv", "did you mean 'ccgs.csv'?")),
}


@pytest.mark.parametrize("case", WORLDS)
def test_a_broken_world_is_refused(case: str, tmp_path: Path) -> None:
    spoil, words = WORLDS[case]
    spoil(write_world(tmp_path / "w", [[{}, {}]]))
    (tmp_path / "case.toml").write_text('world = "w"\n')
    before = tree(tmp_path)
    refused(command("run", tmp_path / "case.toml", "--out", tmp_path / "out"), *words)
    assert tree(tmp_path) == before
