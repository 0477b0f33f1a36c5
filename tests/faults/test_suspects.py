"""Who is to blame when workers die: whatever dies when, the innocent are finished."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiment.suspects import MOST_DEATHS, MOST_GUILTY, Line
from sim.experiment.tasks import Outcome, Task


class Course:
    """A run in which guilty replications always take their worker along, and accidents happen."""

    def __init__(
        self, sizes: list[int], guilty: set[int], workers: int, choices: list[int], accidents: int
    ) -> None:
        self.tasks, first = [], 0
        for size in sizes:
            self.tasks.append(Task(0, first, size))
            first += size
        self.all = set(range(first))
        self.guilty = guilty & self.all
        self.finished: Counter[int] = Counter()
        self.blamed: Counter[int] = Counter()
        self.died_alone: Counter[int] = Counter()
        self.deaths = 0
        self._choices, self._turn, self._accidents = choices, 0, accidents
        self.line = Line(self.tasks)
        while self.line.left and not self.line.hopeless:
            self._step(workers)

    def _choose(self, below: int) -> int:
        self._turn += 1
        return self._choices[self._turn % len(self._choices)] % below

    def _step(self, workers: int) -> None:
        line = self.line
        while (task := line.take(workers)) is not None:
            line.flying[Future()] = task
        assert line.flying, "something is left and nothing is put in flight"
        future, task = list(line.flying.items())[self._choose(len(line.flying))]
        accident = self._accidents > 0 and self._choose(3) == 0
        self._accidents -= accident
        held = set(range(task.first, task.first + task.count))
        if not accident and not held & self.guilty:
            line.landed(future, Outcome(task, task.count))
            self.finished.update(held)
            return
        if len(line.flying) == 1 and task.count == 1:
            self.died_alone[task.first] += 1
        self.deaths += 1
        for outcome in line.blame():
            assert outcome.tried == len(outcome.failures) == 1
            self.blamed[outcome.failures[0].replication] += 1


RUNS = {
    "sizes": st.lists(st.integers(1, 25), max_size=8),
    "guilty": st.sets(st.integers(0, 120), max_size=MOST_GUILTY - 1),
    "workers": st.integers(1, 4),
    "choices": st.lists(st.integers(0, 11), min_size=1, max_size=40),
}


@given(**RUNS)
@settings(max_examples=200, deadline=None)
def test_only_the_guilty_fail_and_all_others_are_finished(
    sizes: list[int], guilty: set[int], workers: int, choices: list[int]
) -> None:
    course = Course(sizes, guilty, workers, choices, accidents=0)
    assert not course.line.hopeless
    assert set(course.blamed) == course.guilty
    assert set(course.finished) == course.all - course.guilty
    assert set(course.blamed.values()) <= {1}


@given(**RUNS, accidents=st.integers(0, MOST_DEATHS - 4))
@settings(max_examples=200, deadline=None)
def test_accidents_blame_only_what_died_alone_twice(
    sizes: list[int], guilty: set[int], workers: int, choices: list[int], accidents: int
) -> None:
    course = Course(sizes, guilty, workers, choices, accidents)
    assert all(course.died_alone[number] >= 2 for number in course.blamed)
    if not course.line.hopeless:
        assert set(course.finished) | set(course.blamed) == course.all
        assert not set(course.finished) & course.guilty


def test_when_everything_dies_the_run_ends_soon() -> None:
    course = Course([25] * 8, set(range(200)), 2, [0], 0)
    assert course.line.hopeless
    assert course.deaths <= 4 * MOST_GUILTY
    assert len(course.blamed) <= MOST_GUILTY


def test_a_task_that_could_not_be_put_in_flight_comes_next() -> None:
    line = Line([Task(0, 0, 5), Task(0, 5, 5)])
    task = line.take(1)
    assert task is not None
    line.back(task)
    assert line.blame() == []
    assert line.take(1) == task
