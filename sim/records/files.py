"""Files that are either whole or not there: written beside, flushed to the disk, then renamed.

Everything that this program keeps is written here. A crash, a full disk or a power cut leaves the
file as it was before or as it should be, never half of it, and at most a ``.partial`` file beside,
which the next run in that folder removes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

PARTIAL: Final = re.compile(r"(?P<name>.+)\.[0-9]+\.partial")
"""The name of a file that has been begun and not finished, by whichever process."""


class Begun:
    """A file that is being written beside the one whose place it will take."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        self._descriptor: int | None = None
        self._size = 0

    def begin(self) -> None:
        """Begin the file; whoever calls sees to it that it is discarded."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(self.partial, flags, 0o666)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write all of ``data`` and return its length."""
        if self._descriptor is None:
            raise ValueError(f"{self.path}: is not open")
        left = memoryview(data).cast("B")
        length = len(left)
        while left:
            left = left[os.write(self._descriptor, left) :]
        self._size += length
        return length

    def tell(self) -> int:
        """Return how many bytes have been written."""
        return self._size

    def flush_to_disk(self) -> None:
        """Have the content on the disk itself, so that a power cut cannot take it away."""
        if self._descriptor is not None:
            os.fsync(self._descriptor)
            self._close()

    def take_place(self) -> None:
        """Take the place of the file that was there before; the content must be on the disk."""
        os.replace(self.partial, self.path)

    def discard(self) -> None:
        """Leave nothing behind; does nothing where the place has been taken."""
        with suppress(OSError):
            self._close()
        with suppress(OSError):
            self.partial.unlink(missing_ok=True)

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


@contextmanager
def whole_files(paths: Sequence[Path]) -> Iterator[list[Begun]]:
    """Write several files of one folder side by side; all take their places at the end, or none.

    Left by an exception, the files that were there before are still there. (Between the first and
    the last renaming a crash leaves some new and some old: a manifest tells them apart.)

    Raises:
        OSError: a file could not be written.
    """
    with ExitStack() as stack:
        begun: list[Begun] = []
        for path in paths:
            file = Begun(path)
            stack.callback(file.discard)  # first, since Ctrl-C may come at any moment
            file.begin()
            begun.append(file)
        yield begun
        for file in begun:
            file.flush_to_disk()
        for file in begun:
            file.take_place()
        for folder in {path.parent for path in paths}:
            _flush_folder(folder)


def write_whole(path: Path, content: bytes | str) -> Path:
    """Write one file at once, text as UTF-8 with the line ends that it has, and return its path.

    Raises:
        OSError: it could not be written; what was there before still is.
    """
    # half of a pair, as a name may hold, is no text to a reader: it is shown by its number
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    with whole_files([path]) as [file]:
        file.write(data)
    return path


def _flush_folder(folder: Path) -> None:
    """Have the renaming itself on the disk, where the system can do that for a folder."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
