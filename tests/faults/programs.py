"""Starting the small batch as a program, and looking after its processes (Linux)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.small import ROOT

HANG = 60.0
"""Seconds after which something hangs; nothing here takes a tenth of them on a quiet machine."""


def with_ctrl_c(*, ignored: bool = False) -> Callable[[], None]:
    """Return what a child does before it starts so that Ctrl-C reaches it.

    A suite that was started in the background ignores the signal, and its children would too.
    """
    wanted = signal.SIG_IGN if ignored else signal.SIG_DFL

    def before() -> None:
        signal.signal(signal.SIGINT, wanted)

    return before


_started: list[int] = []
"""The process groups of all programs started since ``end_all`` was last called."""


def end_all() -> None:
    """End what a failed test has left running."""
    while _started:
        group = _started.pop()
        if any(_group_of(pid) == group for pid in _processes()):  # and no number used anew
            with suppress(OSError):
                os.killpg(group, signal.SIGKILL)


@dataclass
class Program:
    """A program that has been started in a process group of its own, with what it has said."""

    process: subprocess.Popen[str]
    begun: float = field(default_factory=time.monotonic)
    said: list[str] = field(default_factory=list)
    _errors: list[str] = field(default_factory=list)
    _readers: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        _started.append(self.process.pid)
        streams = ((self.process.stdout, self.said), (self.process.stderr, self._errors))
        for stream, into in streams:
            reader = threading.Thread(target=_read, args=(stream, into), daemon=True)
            reader.start()
            self._readers.append(reader)

    @property
    def done(self) -> int:
        """How many replications it has reported."""
        numbers = [line for line in list(self.said) if line.strip().isdigit()]
        return int(numbers[-1]) if numbers else 0

    @property
    def errors(self) -> str:
        """What it has written to standard error; whole once it has ended."""
        return "".join(self._errors)

    def until(self, what: Callable[[], object]) -> bool:
        """Wait until something is so; False where the program has ended before."""
        end = time.monotonic() + HANG
        while not what():
            if self.process.poll() is not None:
                return False
            assert time.monotonic() < end, "it hangs"
            time.sleep(0.002)
        return True

    def ended(self) -> int:
        """Wait for its end, and that of every process of its group, and return its exit code."""
        try:
            code = self.process.wait(HANG)
            for reader in self._readers:  # a stream ends when its last holder has gone
                reader.join(HANG)
                assert not reader.is_alive(), "a process of its has stayed behind"
        finally:
            with suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        return code

    def all_gone(self) -> None:
        """Wait until no process of its group is left."""
        end = time.monotonic() + HANG
        while left := self.group():
            assert time.monotonic() < end, f"{left} outlive their parent"
            time.sleep(0.01)

    def children(self) -> list[int]:
        """Return its child processes."""
        found: list[int] = []
        for thread in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, thread.read_text().split())
        return found

    def workers(self) -> list[int]:
        """Return those of its children that are workers, and not helpers of the libraries."""
        return [pid for pid in self.children() if b"loky.backend.popen" in _command(pid)]

    def group(self) -> list[int]:
        """Return all live processes of its group."""
        return [pid for pid in _processes() if _group_of(pid) == self.process.pid]


def _read(stream: Any, into: list[str]) -> None:
    into.extend(iter(stream.readline, ""))


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""  # gone


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _group_of(pid: int) -> int:
    try:
        state, _, group = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:3]
    except OSError:
        return 0
    return 0 if state == "Z" else int(group)


def kill(pids: Sequence[int]) -> None:
    """Kill processes, of which some may have ended."""
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def start(arguments: Sequence[str], cwd: Path, **options: Any) -> Program:
    """Start Python with these arguments; it can import the program and its tests."""
    settings: dict[str, Any] = {"preexec_fn": with_ctrl_c(), "stdin": subprocess.DEVNULL} | options
    return Program(
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
            **settings,
        )
    )


def start_batch(out: Path, world: Path, **told: Any) -> Program:
    """Start the small batch as a program; see ``tests.faults.program``."""
    told = {"workers": 2} | told
    return start(["-m", "tests.faults.program", str(out), str(world), json.dumps(told)], out.parent)
