"""The progress of a batch: a bar with the time left, or plain lines where there is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import IO, TYPE_CHECKING

from sim.records.visible import visible
from sim.views.terminal import plain_console

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


class ProgressReport:
    """Shows how many of a batch's replications are done; a context manager.

    On a terminal a bar with the time left; into a pipe or file a plain line at every tenth; with
    ``quiet`` nothing. It writes to ``stream`` (standard error by default), so that standard
    output holds results only. Call it with (done, total) whenever replications have finished:
    ``done`` counts from the batch's first replication and may start above 0 when a batch goes on.
    """

    def __init__(
        self, label: str = "replications", *, quiet: bool = False, stream: IO[str] | None = None
    ) -> None:
        self._label = visible(label)
        self._quiet = quiet
        self._stream = sys.stderr if stream is None else stream
        self._bar: RichProgress | None = None
        self._tenth = 0

    def __enter__(self) -> ProgressReport:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __call__(self, done: int, total: int) -> None:
        """Report that ``done`` of ``total`` replications have finished."""
        if self._quiet or total <= 0:
            return
        if self._stream.isatty():
            self._show_bar(done, total)
            return
        tenth = min(10 * done // total, 10)
        if tenth > self._tenth:
            self._tenth = tenth
            self._stream.write(f"{10 * tenth}% ({done:,} of {total:,} {self._label})\n")
            self._stream.flush()

    def close(self) -> None:
        """End the bar and leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _show_bar(self, done: int, total: int) -> None:
        if self._bar is None:
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeElapsedColumn,
                TimeRemainingColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                console=plain_console(self._stream),
                transient=True,
            )
            self._bar.add_task(self._label, total=total)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)


class SeveralBatches:
    """Shows the progress of one batch after another, each under its own label; a context manager.

    Entering it gives the function to call with (label, done, total).
    """

    def __init__(self, *, quiet: bool = False, stream: IO[str] | None = None) -> None:
        self._quiet = quiet
        self._stream = stream
        self._label = ""
        self._bar: ProgressReport | None = None

    def __enter__(self) -> Callable[[str, int, int], None]:
        return self._report

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def _report(self, label: str, done: int, total: int) -> None:
        if label != self._label or self._bar is None:
            if self._bar is not None:
                self._bar.close()
            self._label = label
            self._bar = ProgressReport(
                f"replications of {label}", quiet=self._quiet, stream=self._stream
            )
        self._bar(done, total)
