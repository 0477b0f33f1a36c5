"""The rules of a results folder: reuse what is ours and the same, refuse what is not."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.experiment.made_by import IDENTITY, codes_of, note_of, refuse_other_code
from sim.records.manifest import (
    MANIFEST,
    differences,
    read_manifest,
    write_manifest,
)
from sim.records.schema import TABLES
from sim.records.shards import SHARD_FOLDER
from sim.world.errors import InputError

DERIVED: Final = (
    "summary.csv",
    "places.csv",
    "variance.csv",
    "compare.csv",
    "compare_places.csv",
    "scores.csv",
    "patterns.csv",
    "reliability.csv",
    "pit.csv",
    "pit_histogram.csv",
    "count_forecasts.csv",
    "items.csv",
    "hindcast.md",
    "sweep.csv",
)


def our_files() -> tuple[str, ...]:
    """Return the names of all files that a batch may write into its folder."""
    names = [MANIFEST, *DERIVED]
    for table in TABLES:
        names += [table.file, f"{table.name}.csv", f"{table.file}.partial"]
    return (*names, f"{MANIFEST}.partial")


def remove_derived(folder: Path) -> None:
    """Remove what was made from a batch's tables, before the tables themselves are written anew.

    Comparisons, shares of variance, CSV copies and plots of other replications would else stand
    beside a manifest that they do not belong to. Files of other names are left alone.
    """
    for name in (*DERIVED, *(f"{table.name}.csv" for table in TABLES)):
        (folder / name).unlink(missing_ok=True)
    for kind in ("*.png", "*.svg"):
        for plot in (folder / "plots").glob(kind):
            plot.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class ResultsFolder:
    """A folder ready to be written: where it is, the manifest of a finished batch in it, its code.

    ``codes`` are the hashes of the code that has made the replications in it so far.
    """

    path: Path
    finished: dict[str, Any] | None
    codes: tuple[str, ...] = ()

    @property
    def shards(self) -> Path:
        """Where the shards lie."""
        return self.path / SHARD_FOLDER


def check_folder(
    out: str | Path, ours: dict[str, Any], *, overwrite: bool, one_code: bool = False
) -> None:
    """Refuse a folder that must not be written to, without touching anything.

    Args:
        out: the folder.
        ours: ``results_version``, ``identity``, ``seed`` and ``scenarios`` of this batch.
        overwrite: accept a folder that holds something else.
        one_code: refuse replications of the same batch that other code has made.

    Raises:
        InputError: it is not a folder, or is not empty and holds another batch or other files, or
            replications of other code where ``one_code`` forbids them.
    """
    path = Path(out)
    try:
        if not path.exists():
            return
        if not path.is_dir():
            raise InputError(f"--out {path}: is a file; give a folder")
        names = sorted(entry.name for entry in path.iterdir())
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"--out {str(path)!r}: cannot be read ({_why(error)})") from None
    if overwrite or not names:
        return
    advice = "use --overwrite, or another --out"
    found = _claim(path)
    if found is None:
        if names == [SHARD_FOLDER] and not any((path / SHARD_FOLDER).iterdir()):
            return
        raise InputError(
            f"--out {path}: is not empty and holds no batch of this program "
            f"(found {', '.join(names[:3])}{', ...' if len(names) > 3 else ''}); {advice}"
        )
    if found["identity"] != ours["identity"]:
        raise InputError(
            f"--out {path}: holds another batch ({differences(found, ours)}); {advice}"
        )
    if one_code:
        refuse_other_code([path])


def _claim(path: Path) -> dict[str, Any] | None:
    """Return what a folder says it holds: its manifest, or the note beside unfinished shards."""
    return read_manifest(path) or read_manifest(path / SHARD_FOLDER, IDENTITY)


def open_folder(
    out: str | Path, ours: dict[str, Any], *, overwrite: bool, one_code: bool = False
) -> ResultsFolder:
    """Make a checked folder ready and say whether it holds a finished batch.

    With ``overwrite`` everything that this program may have written there is removed first, by
    name; other files are left alone, in a foreign folder as well.

    Raises:
        InputError: see ``check_folder``; or the folder cannot be written to.
    """
    check_folder(out, ours, overwrite=overwrite, one_code=one_code)
    path = Path(out)
    made: list[Path] = []
    try:
        made = _make(path)
        with tempfile.TemporaryFile(dir=path):
            pass
        if overwrite:
            _remove_ours(path)
        shards = path / SHARD_FOLDER
        shards.mkdir(exist_ok=True)
        for leftover in shards.glob("partial-*.tmp"):
            leftover.unlink(missing_ok=True)
        codes = codes_of(path)
        write_manifest(shards, note_of(ours, codes), IDENTITY)
    except (OSError, ValueError) as error:
        for folder in reversed(made):
            folder.rmdir()
        raise InputError(f"--out {str(path)!r}: cannot be written to ({_why(error)})") from None
    return ResultsFolder(path, read_manifest(path), codes)


def _make(path: Path) -> list[Path]:
    """Make a folder with its parents and return those made, outermost first."""
    absent = [folder for folder in (path, *path.parents) if not folder.exists()]
    made: list[Path] = []
    try:
        for folder in reversed(absent):
            folder.mkdir()
            made.append(folder)
    except OSError:
        for folder in reversed(made):
            folder.rmdir()
        raise
    return made


def _remove_ours(path: Path) -> None:
    for name in our_files():
        (path / name).unlink(missing_ok=True)
    shards = path / SHARD_FOLDER
    if shards.is_dir():
        for shard in [*shards.glob("*.shard"), *shards.glob("partial-*.tmp")]:
            shard.unlink(missing_ok=True)
        (shards / IDENTITY).unlink(missing_ok=True)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def claim(
    identity: str, seed: int, version: str, scenarios: Sequence[Any], worlds: Sequence[str]
) -> dict[str, Any]:
    """Return what this batch says of itself beside its shards, enough to tell it from others."""
    return {
        "results_version": version,
        "identity": identity,
        "seed": seed,
        "scenarios": [
            {"name": scenario.name, "sha256": scenario.digest, "world_sha256": world}
            for scenario, world in zip(scenarios, worlds, strict=True)
        ],
    }
