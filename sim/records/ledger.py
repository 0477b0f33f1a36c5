"""Which files in a results folder are this program's own: the only ones it replaces or removes.

Every folder that the program writes to holds a list of what it has written there, beside the
manifest that lists the tables. A name is put on the list before its file is written, so that a
crash never leaves a file that nobody owns. Whatever is not listed is somebody else's: it is never
touched, and a file that would have to take its place is refused by name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

from sim.errors import InputError
from sim.records.files import PARTIAL, write_whole
from sim.records.manifest import MANIFEST, read_manifest
from sim.records.shards import SHARD_FOLDER

LEDGER: Final = ".files.json"
MAXIMUM_BYTES: Final = 4 * 2**20
SHOWN: Final = 3
"""Names that a message gives before "..."."""


def owned(folder: Path) -> frozenset[str]:
    """Return the names, relative to the folder and with '/', of the files listed as ours."""
    names: set[str] = set()
    with suppress(OSError, ValueError, RecursionError):
        path = folder / LEDGER
        if path.is_file() and path.stat().st_size <= MAXIMUM_BYTES:
            listed = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(listed, dict) and isinstance(listed.get("files"), list):
                names |= {LEDGER, *filter(_inside, listed["files"])}
    with suppress(InputError):
        manifest = read_manifest(folder)
        if manifest is not None:
            tables = manifest.get("tables")
            names |= {MANIFEST, *filter(_inside, tables if isinstance(tables, dict) else ())}
    with suppress(OSError):
        # what a power cut can make of a manifest
        if (folder / SHARD_FOLDER).is_dir() and (folder / MANIFEST).stat().st_size == 0:
            names.add(MANIFEST)
    return frozenset(names)


def _inside(name: object) -> bool:
    """Tell whether a listed name is of a file in the folder, and not somewhere else."""
    if not isinstance(name, str) or not name or "\\" in name or "\0" in name or ":" in name:
        return False
    parts = PurePosixPath(name).parts
    return not name.startswith("/") and ".." not in parts and parts[0] != SHARD_FOLDER


def strangers(folder: Path) -> list[str]:
    """Return the names of files in a folder, and below it, that are not ours, in order.

    A folder below it that holds none of ours is given once, with '/' at the end.
    """
    ours = owned(folder)
    folders = {parent.as_posix() for name in ours for parent in PurePosixPath(name).parents}
    found: list[str] = []
    for root, below, files in os.walk(folder):
        here = Path(root).relative_to(folder)
        if here == Path():
            below[:] = [
                name for name in below if name != SHARD_FOLDER or (folder / name).is_symlink()
            ]
        below.sort()
        for name in sorted(files):
            path = (here / name).as_posix()
            begun = PARTIAL.fullmatch(name)
            whole = path if begun is None else (here / begun["name"]).as_posix()
            if whole not in ours:
                found.append(path)
        for name in list(below):
            path = (here / name).as_posix()
            if path not in folders or (folder / path).is_symlink():
                found.append(path + "/")
                below.remove(name)
    return found


def names_shown(names: Iterable[str]) -> str:
    """Return the first few names for a message."""
    listed = list(names)
    return ", ".join(listed[:SHOWN]) + (", ..." if len(listed) > SHOWN else "")


def refuse_foreign(folder: Path, names: Iterable[str]) -> None:
    """Refuse to write files whose names somebody else's files have, before anything is run.

    Args:
        folder: where they would be written.
        names: their names relative to it, with '/'.

    Raises:
        InputError: names them.
    """
    ours = owned(folder)
    listed = list(names)
    for name in listed:
        if _is_link_on_the_way(folder, name):
            where = PurePosixPath(name).parent
            raise InputError(f"{folder}: {where} is a link to somewhere else; move it away")
        if (folder / name).is_dir():
            raise InputError(f"{folder}: {name} is a folder, not a file; move it away")
    foreign = [name for name in listed if name not in ours and os.path.lexists(folder / name)]
    if foreign:
        raise InputError(
            f"{folder}: {names_shown(foreign)} would be replaced, and this program did not write "
            f"{'it' if len(foreign) == 1 else 'them'}; move {'it' if len(foreign) == 1 else 'them'}"
            " away, or give another folder"
        )


def refuse_file(path: Path, argument: str, *, overwrite: bool) -> None:
    """Refuse to write a single file that a user has named, before anything is run.

    Args:
        path: the file.
        argument: the argument that named it, for the message.
        overwrite: replace the file if it exists.

    Raises:
        InputError: it is not a file in a folder that exists, is one that a results folder needs, or
            already exists.
    """
    if not path.parent.is_dir() or path.is_dir():
        raise InputError(f"'{path}': give a file in a folder that exists", argument=argument)
    if SHARD_FOLDER in path.parts or path.name == LEDGER or _is_kept(path):
        message = f"'{path}': is one of the files of a results folder"
        raise InputError(message, argument=argument)
    if not os.path.lexists(path):
        return
    if not path.is_file() or path.is_symlink():
        message = f"'{path}': already exists and is not an ordinary file"
        raise InputError(message, argument=argument)
    if not overwrite:
        raise InputError(
            f"'{path}': already exists",
            argument=argument,
            remedy="use {overwrite=True}, or another name",
        )


def refuse_no_folder(path: Path, argument: str) -> None:
    """Refuse a folder that cannot be made because a file stands in its way.

    Raises:
        InputError: names the file.
    """
    for place in (path, *path.parents):
        if os.path.lexists(place):
            if not place.is_dir():
                message = f"{path}: {place} is a file, not a folder"
                raise InputError(message, argument=argument)
            return


def _is_kept(path: Path) -> bool:
    """Tell whether a file is the manifest of a results folder, or a table that it lists."""
    with suppress(InputError):
        manifest = read_manifest(path.parent)
        if manifest is not None:
            tables = manifest.get("tables")
            return path.name == MANIFEST or (isinstance(tables, dict) and path.name in tables)
    return False


def enlist(folder: Path, names: Iterable[str], *, adopted: Iterable[str] = ()) -> None:
    """Put names on the folder's list of our own files, before they are written.

    Args:
        folder: the folder, which need not be there yet.
        names: names relative to it, with '/'.
        adopted: those of them that may be somebody else's so far, since the user has said so.

    Raises:
        InputError: one of them is somebody else's file.
        OSError: the list could not be written.
    """
    wanted = set(names)
    refuse_foreign(folder, sorted(wanted - set(adopted)))
    folder.mkdir(parents=True, exist_ok=True)
    before = {name for name in owned(folder) if name != LEDGER}
    if not wanted <= before or not (folder / LEDGER).is_file():
        text = json.dumps({"files": sorted(before | wanted)}, indent=1, ensure_ascii=False)
        write_whole(folder / LEDGER, text + "\n")


def clear_begun(folder: Path) -> None:
    """Remove files of ours that were begun and never finished; whoever calls holds the folder."""
    ours = owned(folder) | {LEDGER}
    for below in {(folder / name).parent for name in ours}:
        for path in below.iterdir() if below.is_dir() else ():
            begun = PARTIAL.fullmatch(path.name)
            if begun is None:
                continue
            name = path.with_name(begun["name"]).relative_to(folder).as_posix()
            if name in ours and not _is_link_on_the_way(folder, name):
                with suppress(OSError):
                    path.unlink()


def remove_own(folder: Path, names: Iterable[str] | None = None) -> None:
    """Remove listed files (all of them, or those of these names) and folders left empty.

    Names that are not on the list are left alone.
    """
    ours = owned(folder)
    chosen = ours if names is None else ours & set(names)
    for name in sorted(chosen - {LEDGER}) + ([LEDGER] if names is None else []):
        path = folder / name
        if _is_link_on_the_way(folder, name):
            continue
        with suppress(FileNotFoundError, IsADirectoryError, NotADirectoryError):
            path.unlink()
    for parent in sorted({p for n in chosen for p in PurePosixPath(n).parents}, reverse=True):
        if parent.parts:
            with suppress(OSError):
                (folder / parent).rmdir()


def _is_link_on_the_way(folder: Path, name: str) -> bool:
    """Tell whether a name leads out of the folder through a link in between."""
    between = (parent for parent in PurePosixPath(name).parents if parent.parts)
    return any((folder / parent).is_symlink() for parent in between)
