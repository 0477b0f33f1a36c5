"""What is still to be run, and who is to blame when a worker process has died.

A dead worker does not say which replication it had in hand. What was in flight is therefore run
again one replication at a time; if a worker dies again, each of those in flight then is run alone.
A replication with which a worker dies twice while it is alone has failed; one that was merely near
costs a second run, whose result is the same.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import Final

from sim.experiment.tasks import Failure, Outcome, Task

WORKER_DIED: Final = "WorkerDied"
"""Begins the error of a replication that takes its worker along."""
TWICE: Final = 2
"""Deaths while alone after which a replication is to blame: one may be an accident."""
MOST_DEATHS: Final = 12
"""Deaths of workers in a row, with no replication finished between, that end the run."""
MOST_GUILTY: Final = 10
"""Replications to blame in a row that end the run: then it is the machine, not the replication."""
MOST_GUILTY_AT_FIRST: Final = 3
"""The same while nothing has ever been finished."""
QUEUE: Final = 3
"""Tasks in flight for each worker while all is well."""


class Line:
    """The tasks of a run: fresh ones, those lost with a worker, those run alone, those in flight.

    ``hopeless`` says that workers die whatever they are given.
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._fresh: Iterator[Task] = iter(tasks)
        self._next: Task | None = next(self._fresh, None)
        self._lost: deque[Task] = deque()
        self._alone: deque[Task] = deque()
        self._solo = False
        self._died_alone: Counter[Task] = Counter()
        self._deaths = 0
        self._guilty = 0
        self._any_landed = False
        self.flying: dict[Future[Outcome], Task] = {}

    @property
    def left(self) -> bool:
        """Whether anything is still to be run or in flight."""
        return bool(self.flying or self._alone or self._lost or self._next)

    @property
    def hopeless(self) -> bool:
        """Whether workers die again and again with nothing finished between."""
        guilty = MOST_GUILTY if self._any_landed else MOST_GUILTY_AT_FIRST
        return self._deaths >= MOST_DEATHS or self._guilty >= guilty

    def take(self, workers: int) -> Task | None:
        """Return the next task to put in flight, or None while enough are."""
        if self._alone or self._solo:
            if self.flying:
                return None
            self._solo = True
            return self._alone.popleft()
        if self._lost:
            return None if len(self.flying) >= workers else self._lost.popleft()
        if self._next is None or len(self.flying) >= QUEUE * workers:
            return None
        task, self._next = self._next, next(self._fresh, None)
        return task

    def back(self, task: Task) -> None:
        """Take back a task that could not be put in flight."""
        (self._alone if self._solo else self._lost).appendleft(task)

    def landed(self, future: Future[Outcome], outcome: Outcome) -> None:
        """Note that a task has come back."""
        self._died_alone.pop(self.flying.pop(future), None)
        self._solo = False
        if outcome.tried:
            self._deaths = self._guilty = 0
            self._any_landed = True

    def blame(self) -> list[Outcome]:
        """Say what becomes of the tasks in flight when a worker has died.

        Returns the outcomes of those that have failed by it; the others are run again.
        """
        lost = list(self.flying.values())
        self.flying.clear()
        self._solo = False
        self._deaths += 1
        if len(lost) == 1 and lost[0].count == 1:
            [task] = lost
            self._died_alone[task] += 1
            if self._died_alone[task] < TWICE:
                self._alone.appendleft(task)
                return []
            del self._died_alone[task]
            self._guilty += 1
            self._deaths = 0
            return [Outcome(task, 1, (_death(task),))]
        singles = [
            Task(task.scenario, number, 1, task.series)
            for task in lost
            for number in range(task.first, task.first + task.count)
        ]
        suspects = self._alone if all(task.count == 1 for task in lost) else self._lost
        suspects.extendleft(reversed(singles))
        return []


def _death(task: Task) -> Failure:
    return Failure(
        task.scenario,
        task.series,
        task.first,
        f"{WORKER_DIED}: the worker process died while it ran this replication alone, twice",
        "",
    )
