"""The rules of a results folder: reuse what is ours and the same, refuse what is not."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sim.errors import InputError, RunFailed
from sim.experiment.owner import HOLDER, LOCK, owning
from sim.experiment.provenance import IDENTITY, codes_of, note_of, refuse_other_code
from sim.records.code import replication_code
from sim.records.failures import FAILURES
from sim.records.ledger import (
    LEDGER,
    clear_begun,
    enlist,
    names_shown,
    owned,
    remove_own,
    strangers,
)
from sim.records.manifest import (
    MANIFEST,
    continues,
    differences,
    read_manifest,
    write_manifest,
)
from sim.records.schema import TABLES
from sim.records.shards import SHARD_FOLDER
from sim.records.store import all_shards, clear_leftovers, is_ours, remove_shards

SUMMARIES: Final = ("summary.csv", "places.csv")
TABLE_FILES: Final = (*(table.file for table in TABLES), *SUMMARIES)
"""The files that a manifest gives a checksum of, besides the table of failures."""
BATCH_FILES: Final = (MANIFEST, *TABLE_FILES, FAILURES.file)
"""All files that a batch itself writes into its folder."""
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
OVERWRITE: Final = "use {overwrite=True}, or another {out}"
ANOTHER: Final = "give another {out}"
"""What to do about a folder, in the terms of ``Explained.remedy``."""


@dataclass(frozen=True, slots=True)
class ResultsFolder:
    """A folder held for writing: where it is, the manifest of a batch in it that goes on, its code.

    ``codes`` are the hashes of the code that has made the replications in it so far.
    """

    path: Path
    found: dict[str, Any] | None
    codes: tuple[str, ...] = ()

    @property
    def shards(self) -> Path:
        """Where the shards lie."""
        return self.path / SHARD_FOLDER


def remove_derived(folder: Path) -> list[str]:
    """Remove what was made from a batch's tables, before the tables themselves are written anew.

    Comparisons, shares of variance, CSV copies and plots of other replications would else stand
    beside a manifest that they do not belong to. Only files that this program has listed as its
    own are removed. Returns their names.
    """
    derived = owned(folder) - {*BATCH_FILES, LEDGER}
    there = sorted(name for name in derived if (folder / name).is_file())
    remove_own(folder, derived)
    return [name for name in there if not (folder / name).exists()]


def check_folder(
    out: str | Path,
    ours: dict[str, Any],
    keys: Iterable[str],
    *,
    overwrite: bool,
    one_code: bool = False,
) -> None:
    """Refuse a folder that must not be written to, without touching anything.

    Args:
        out: the folder.
        ours: ``results_version``, ``identity``, ``seed`` and ``scenarios`` of this batch.
        keys: the series of this batch's shards.
        overwrite: accept a folder that holds another batch, if it holds nothing else.
        one_code: refuse replications of the same batch that other code has made.

    Raises:
        InputError: it is not a folder; or is not empty and holds another batch or other files; or
            replications of other code where ``one_code`` forbids them.
    """
    path = Path(out)
    try:
        if not path.exists():
            return
        if not path.is_dir():
            raise InputError(f"{path}: is a file; give a folder", argument="out")
        _refuse_odd_places(path)
        if not any(path.iterdir()):
            return
        if overwrite:
            _refuse_strangers(path)
            return
        found = _claim(path)
        if found is None:
            _refuse_unclaimed(path, keys)
        elif not continues(found, ours):
            raise InputError(
                f"{path}: holds another batch ({differences(found, ours)})",
                argument="out",
                remedy=OVERWRITE,
            )
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{str(path)!r}: cannot be read ({_why(error)})", argument="out") from None
    if one_code:
        refuse_other_code([path])


def _refuse_odd_places(path: Path) -> None:
    """Refuse a folder in which something other than a file stands where a file of ours must."""
    shards = path / SHARD_FOLDER
    if os.path.lexists(shards) and (shards.is_symlink() or not shards.is_dir()):
        message = f"{path}: {SHARD_FOLDER} is no folder of its own; move it away"
        raise InputError(message, argument="out")
    inside = shards.iterdir() if shards.is_dir() else ()
    places = [
        *(path / name for name in (*BATCH_FILES, LEDGER)),
        *(shards / name for name in (IDENTITY, LOCK, HOLDER)),
        *(found for found in inside if is_ours(found)),
    ]
    for place in places:
        if place.is_dir():
            name = place.relative_to(path)
            message = f"{path}: {name} is a folder, not a file; move it away"
            raise InputError(message, argument="out")


def _refuse_strangers(path: Path) -> None:
    """Refuse to overwrite where something would be in the way of it that is not ours."""
    foreign = strangers(path)
    if foreign:
        raise InputError(
            f"{path}: holds files that this program did not write ({names_shown(foreign)}), so "
            "nothing is overwritten",
            argument="out",
            remedy="move them away, or give another {out}",
        )


def _refuse_unclaimed(path: Path, keys: Iterable[str]) -> None:
    """Refuse a folder that does not say whose it is, unless its shards are this batch's.

    A power cut can take the manifest or the note beside the shards; shards name their own batch.
    """
    held = set(all_shards(path / SHARD_FOLDER))
    if held & set(keys):
        return
    if held:
        message = f"{path}: holds replications of another batch"
        raise InputError(message, argument="out", remedy=OVERWRITE)
    foreign = strangers(path)
    if MANIFEST in foreign:
        try:
            read_manifest(path)
        except InputError as error:
            raise InputError(f"{path}: {error}", argument="out", remedy=ANOTHER) from None
    if foreign:
        raise InputError(
            f"{path}: is not empty and holds no batch of this program "
            f"(found {names_shown(foreign)})",
            argument="out",
            remedy=ANOTHER,
        )


def _claim(path: Path) -> dict[str, Any] | None:
    """Return what a folder says it holds: its manifest, or the note beside unfinished shards.

    One that cannot be read counts as absent: other means show whether the folder is ours.
    """
    for folder, name in ((path, MANIFEST), (path / SHARD_FOLDER, IDENTITY)):
        with suppress(InputError):
            found = read_manifest(folder, name)
            if found is not None:
                return found
    return None


@contextmanager
def opened(
    out: str | Path,
    ours: dict[str, Any],
    keys: Sequence[str],
    *,
    overwrite: bool,
    one_code: bool = False,
) -> Iterator[ResultsFolder]:
    """Hold a checked folder, made ready for a batch; nobody else writes in it meanwhile.

    With ``overwrite`` everything of ours in it is removed first. A folder that holds anything
    else is refused.

    Raises:
        InputError: see ``check_folder``; another program is writing there; or it cannot be
            written to.
        RunFailed: the disk is full.
    """
    check_folder(out, ours, keys, overwrite=overwrite, one_code=one_code)
    path = Path(out)
    with ExitStack() as stack, cannot_be_written(path):
        new = [folder for folder in (path, *path.parents) if not folder.exists()]
        stack.callback(_remove_empty, path, new)
        stack.enter_context(owning(path))
        # once more, now that nobody else can change it
        check_folder(out, ours, keys, overwrite=overwrite, one_code=one_code)
        folder = _made_ready(path, ours, overwrite)
        held = stack.pop_all()
    with held:
        try:
            yield folder
        finally:
            clear_leftovers(folder.shards)  # of workers that died while they wrote
            clear_begun(path)


def _made_ready(path: Path, ours: dict[str, Any], overwrite: bool) -> ResultsFolder:
    clear_begun(path)  # before the list of our own files goes
    if overwrite:
        remove_own(path)
        remove_shards(path / SHARD_FOLDER)
        (path / SHARD_FOLDER / IDENTITY).unlink(missing_ok=True)
    clear_leftovers(path / SHARD_FOLDER)
    enlist(path, BATCH_FILES)
    codes = codes_of(path)
    write_manifest(path / SHARD_FOLDER, note_of(ours, codes), IDENTITY)
    found = None
    with suppress(InputError):
        found = read_manifest(path)
    return ResultsFolder(path, found, codes)


def _remove_empty(path: Path, made: Iterable[Path]) -> None:
    """Remove folders that were made for nothing, deepest first, as far as they are empty."""
    for folder in (path / SHARD_FOLDER, *made):
        with suppress(OSError, ValueError):
            folder.rmdir()


@contextmanager
def cannot_be_written(path: Path) -> Iterator[None]:
    """Turn what a file system says into a message that names the folder.

    Raises:
        RunFailed: the disk is full or broken.
        InputError: the folder does not allow it.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise RunFailed(f"{path}: {_why(error)}; make room and give the same command") from None
        message = f"{str(path)!r}: cannot be written to ({_why(error)})"
        raise InputError(message, argument="out") from None


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


def sign(folder: ResultsFolder, claim: dict[str, Any]) -> ResultsFolder:
    """Note that this program's code makes replications in a folder from now on."""
    codes = tuple(dict.fromkeys((*folder.codes, replication_code())))
    write_manifest(folder.shards, note_of(claim, codes), IDENTITY)
    return replace(folder, codes=codes)
