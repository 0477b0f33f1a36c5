"""One owner for a results folder: whoever writes in it holds its lock, and others are refused.

The lock is the operating system's, so it goes with the process that holds it, however that ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sim.errors import InputError
from sim.records.files import write_whole
from sim.records.shards import SHARD_FOLDER

LOCK: Final = "lock"
HOLDER: Final = "lock-holder"
"""Names the process that holds the lock, for the message to others."""


@contextmanager
def owning(folder: Path) -> Iterator[None]:
    """Hold a folder for writing; the same thread may hold it several times.

    The folder and the place of its lock (``.shards``) are made where they are missing.

    Raises:
        InputError: another program, or another thread, is writing there now.
        OSError: the folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    place = folder / SHARD_FOLDER
    if place.is_symlink():
        raise InputError(f"{folder}: {SHARD_FOLDER} is a link to somewhere else; move it away")
    new = [path for path in (place, folder, *folder.parents) if not path.exists()]
    place.mkdir(parents=True, exist_ok=True)
    lock = FileLock(place / LOCK, is_singleton=True)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise InputError(
            f"{folder}: another run{_holder(place)} is writing there now; wait until it has "
            "finished, or give another folder"
        ) from None
    try:
        if lock.lock_counter == 1:
            for begun in place.glob(f"{HOLDER}.*.partial"):  # of a process that died just then
                with suppress(OSError):
                    begun.unlink()
            with suppress(OSError):
                write_whole(place / HOLDER, f"{os.getpid()}\n")
        yield
    finally:
        if lock.lock_counter == 1:
            # both go while the lock is held: whoever waits on the old file looks again
            for name in (HOLDER, LOCK):
                with suppress(OSError):
                    (place / name).unlink(missing_ok=True)
        lock.release()
        for path in new:  # what was made for nothing goes again
            with suppress(OSError):
                path.rmdir()


def _holder(place: Path) -> str:
    try:
        number = (place / HOLDER).read_text(encoding="ascii")[:20].strip()
    except (OSError, ValueError):
        return ""
    return f" (process {number})" if number.isdigit() else ""
