"""Faults of the file system made on purpose: the n-th call of ``sim.records.files`` fails.

Everything that the program keeps is written through that module, so a stand-in for its ``os`` meets
every opening for writing, every write, every flush to the disk and every renaming.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sim.records.files as files_module

Fault = Callable[[str, "Disk"], None]
"""Told the kind of the call that is to fail; raises, or ends the process, or does nothing."""


@dataclass
class Disk:
    """Stands in for ``os``: counts the calls that change the disk and spoils the n-th.

    Attributes:
        spoilt: number of the call to spoil, from 1; 0 for none.
        fault: what happens then.
        longest: most bytes that one write takes (a short write is allowed to take fewer).
        calls: the kinds of the calls so far, in order.
    """

    spoilt: int = 0
    fault: Fault = lambda kind, disk: None
    longest: int | None = None
    calls: list[str] = field(default_factory=list)
    _half: tuple[int, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def _meet(self, kind: str) -> None:
        self.calls.append(kind)
        if len(self.calls) == self.spoilt:
            self.fault(kind, self)

    def spill(self) -> None:
        """Write half of what was to be written: a full disk takes what it can."""
        if self._half is not None:
            os.write(*self._half)
            self._half = None

    def open(self, path: Any, flags: int, *rest: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            self._meet("open")
        return os.open(path, flags, *rest)

    def write(self, descriptor: int, data: Any) -> int:
        self._half = descriptor, data[: len(data) // 2]
        self._meet("write")
        self._half = None
        return os.write(descriptor, data if self.longest is None else data[: self.longest])

    def fsync(self, descriptor: int) -> None:
        self._meet("fsync")  # and no flush itself: a test survives no power cut

    def replace(self, source: Any, target: Any) -> None:
        self._meet("replace")
        os.replace(source, target)


def no_room(kind: str, disk: Disk) -> None:
    disk.spill()
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def broken(kind: str, disk: Disk) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def not_allowed(kind: str, disk: Disk) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def no_room_from_now(kind: str, disk: Disk) -> None:
    """From this call on nothing can be written any more."""
    disk.spoilt += 1
    no_room(kind, disk)


def dies(kind: str, disk: Disk) -> None:
    disk.spill()
    os._exit(77)


@contextmanager
def disk(**options: Any) -> Iterator[Disk]:
    """Put a ``Disk`` in place of ``os`` in the module that writes files."""
    spoiling = Disk(**options)
    files_module.os = spoiling  # type: ignore[assignment]
    try:
        yield spoiling
    finally:
        files_module.os = os  # type: ignore[assignment]
