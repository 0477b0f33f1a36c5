"""Stand-ins for the engine that misbehave at one replication, and count how often they are asked.

They are asked in worker processes too, so counts and marks are kept in files.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sim.records.files as files_module
from tests.faults.injected import Disk, dies
from tests.records.fake_engine import FakeLog, FakeScenario, replicate


class Odd(BaseException):
    """No ``Exception``, as what ends a program is."""


class UnpicklableError(Exception):
    """Cannot be sent from one process to another."""

    def __init__(self) -> None:
        super().__init__("holds a lock")
        self.lock = threading.Lock()


class SpeechlessError(Exception):
    """Fails again when asked what went wrong."""

    def __str__(self) -> str:
        raise ValueError("no words")


@dataclass(frozen=True)
class Engine:
    """Runs the stand-in for the engine, and misbehaves at one replication.

    Attributes:
        folder: where calls are counted and marks are set.
        kind: how it misbehaves; "" for not at all.
        at: at which replication.
        once: only the first time.
        pause: seconds that each replication takes besides.
    """

    folder: str
    kind: str = ""
    at: int = 13
    once: bool = False
    pause: float = 0.0

    def __call__(
        self, world: Any, scenario: FakeScenario, seed: int, replication: int, swaps: Any = None
    ) -> Any:
        time.sleep(self.pause)
        with (Path(self.folder) / "calls").open("a") as file:
            file.write(f"{replication}\n")
        if replication == self.at and self.kind and self._may():
            return self._misbehave(replicate(world, scenario, seed, replication, swaps))
        return replicate(world, scenario, seed, replication, swaps)

    @property
    def calls(self) -> list[int]:
        """The replications that were asked for so far, in any process."""
        path = Path(self.folder) / "calls"
        return sorted(map(int, path.read_text().split())) if path.exists() else []

    def forget(self) -> None:
        """Count from nothing again."""
        (Path(self.folder) / "calls").unlink(missing_ok=True)

    def _may(self) -> bool:
        mark = Path(self.folder) / "mark"
        if self.once and mark.exists():
            return False
        mark.touch()
        return True

    def _misbehave(self, log: FakeLog) -> Any:
        match self.kind:
            case "exit":
                os._exit(3)
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "memory":
                raise MemoryError
            case "leave":
                raise SystemExit(5)
            case "odd":
                raise Odd("out of the ordinary")
            case "unpicklable":
                raise UnpicklableError
            case "speechless":
                raise SpeechlessError
            case "rubbish":
                return "rubbish"
            case "text for a number":
                return FakeLog(log.events, {"tone": "loud"})  # type: ignore[dict-item]
            case "no number":
                return FakeLog(log.events, {"tone": float("nan")})
            case "number for a text":
                return FakeLog(log.events, {5: 1.0})  # type: ignore[dict-item]
            case "writing":  # dies while its shard is being written
                files_module.os = Disk(spoilt=2, fault=dies)  # type: ignore[assignment]
        return log
