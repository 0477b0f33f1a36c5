"""Runs ranges of replications: here, in worker processes of our own, or in an executor given.

Workers are loky's, which need no main guard and say at once when one has died. What they have to
know lies in a file that they read for themselves: handed over through a pipe, a worker killed
before it has read it would leave us writing for ever. The file is also the sign to go on: while it
is there workers work, and when it has gone they stop after the replication in hand.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import secrets
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import connection, parent_process
from pathlib import Path
from types import FrameType
from typing import Any, Final

from sim.errors import RunFailed
from sim.experiment.suspects import Line
from sim.experiment.tasks import Job, Outcome, Task, run_task
from sim.records.files import write_whole

TINY: Final = 8
"""Up to so many replications are run in this process: starting workers would take longer."""
MOST_YOUNG: Final = 100_000
"""Young objects before a worker looks for circles: replications leave next to none behind."""
GRACE: Final = 1.0
"""Seconds that workers get to finish the replication in hand when the run is stopped."""
LOOK: Final = 0.25
"""Seconds between two looks at whether Ctrl-C was pressed or the parent has died."""
MOST_STARTS: Final = 3
"""Times in a row that workers may die before they have said that they are there."""
SLOWEST_START: Final = 120.0
"""Seconds within which a worker must have said that it is there."""
METHODS: Final = ("loky", "spawn", "fork", "forkserver")

log: Final = logging.getLogger("sim")


class Interrupted(Exception):  # noqa: N818 - what happened, not an error
    """The user stopped the run; what was finished is on disk."""


class WorkersDied(RunFailed):
    """Worker processes die again and again; what was finished is kept."""


Finished = Callable[[Outcome], None]


def run_tasks(
    job: Job,
    tasks: Iterable[Task],
    *,
    workers: int,
    here: bool = False,
    start_method: str = METHODS[0],
    executor: Executor | None = None,
    finished: Finished = lambda outcome: None,
) -> None:
    """Run tasks on so many workers, or in this process.

    A worker that dies is replaced, and what it had in hand is run again; a replication that
    takes its worker along twice when run alone is reported as failed.

    Args:
        job: worlds, scenarios, seed and where shards go.
        tasks: what to run.
        workers: number of worker processes.
        here: run them in this process instead.
        start_method: how processes start: ``loky``, ``spawn``, ``fork`` or ``forkserver``.
        executor: runs the tasks instead; anything that works like ``concurrent.futures``. Its
            workers must see the job's folder. It is left open.
        finished: called with the result of each task.

    Raises:
        Interrupted: the user stopped the run (Ctrl-C); no process is left behind.
        WorkersDied: workers die again and again, or the executor given has broken.
        OSError: a shard could not be written.
    """
    try:
        if executor is not None:
            _run_in(executor, job, Line(tasks), workers, finished)
        elif here:
            for task in tasks:
                finished(run_task(job, task))
        else:
            _run_in_pool(job, Line(tasks), workers, start_method, finished)
    except KeyboardInterrupt:
        raise Interrupted from None


# -- What happens in a worker --------------------------------------------------------------------

_jobs: Final[dict[str, Job]] = {}
"""In a worker process: the job that it was started for, by the file that it was read from."""


def _start_worker(path: str, parent: int, *, direct: bool) -> None:
    """Prepare a worker: leave Ctrl-C to the parent, never outlive the parent, read the job.

    ``direct`` says that the parent has started it itself, and not through a helper (forkserver).
    """
    with suppress(ValueError):  # an executor's thread is not allowed to
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent, path, direct), daemon=True).start()
    with suppress(Exception):  # the first task reports what is wrong with it
        _job_of(path)
    gc.freeze()  # the world and the libraries live as long as the worker: no need to look at them
    gc.set_threshold(MOST_YOUNG)


def _leave_with(parent: int, path: str, direct: bool) -> None:
    """Wait until the parent process is no more, leave nothing of ours behind, and go."""
    if os.name != "nt" and direct:  # the parent may have died before we came to look
        while os.getppid() == parent:
            time.sleep(LOOK)
    else:  # a child of the parent's helper, or a system where the parent's number stays
        known = parent_process()
        if known is None or known.sentinel is None:
            return
        connection.wait([known.sentinel])
    own = Path(path)
    for left in [own, *own.parent.glob(f"*.{os.getpid()}.partial")]:
        with suppress(OSError):
            left.unlink(missing_ok=True)
    os._exit(1)


def _job_of(path: str) -> Job | None:
    if path not in _jobs:
        try:
            with open(path, "rb") as file:
                _jobs[path] = pickle.load(file)  # noqa: S301 - our parent has just written it
        except FileNotFoundError:  # the run has been stopped already
            return None
    return _jobs[path]


def _here() -> int:
    """Say that a worker is there."""
    return os.getpid()


def _work(path: str, task: Task) -> Outcome:
    job = _job_of(path)
    if job is None:
        return Outcome(task, 0)
    return run_task(job, task, lambda: not os.path.exists(path), interruptible=False)


# -- What happens in the parent ------------------------------------------------------------------


@contextmanager
def _job_file(job: Job) -> Iterator[Path]:
    """Write what workers have to know; while the file is there, they work."""
    import cloudpickle

    path = Path(job.folder) / f"job-{os.getpid()}-{secrets.token_hex(8)}.pickle"
    # by cloudpickle, since an engine may be defined in a script or a notebook
    write_whole(path, cloudpickle.dumps(job))
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while processes start, so that none is met by it half-made.

    The handler waits, since a library's thread may take the signal for us; and it is blocked, since
    children inherit that, which spares them the signal that a terminal sends to all.
    """
    before = signal.getsignal(signal.SIGINT)
    met: list[tuple[int, FrameType | None]] = []
    ours = callable(before) and threading.current_thread() is threading.main_thread()
    if ours:
        signal.signal(signal.SIGINT, lambda number, frame: met.append((number, frame)))
    try:
        with _interrupts_blocked():
            yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
        if met and callable(before):
            before(*met[0])


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(path: Path, workers: int, start_method: str) -> Executor:
    """Return a pool of workers, one of which has said that it is there."""
    from multiprocessing import resource_tracker

    from loky import ProcessPoolExecutor, process_executor
    from loky.backend import get_context
    from loky.backend import resource_tracker as loky_tracker

    # It would ask pgrep for a worker's own children, and where there is none (as in slim
    # containers) fail half-way through a worker's death, and leave us waiting for ever.
    if hasattr(process_executor, "kill_process_tree"):
        process_executor.kill_process_tree = _end_process

    # They shield themselves from Ctrl-C, and end our own shield when they do: so they go first.
    resource_tracker.ensure_running()
    loky_tracker.ensure_running()

    with warnings.catch_warnings(), _interrupts_held():
        warnings.simplefilter("ignore")  # that fork is not loved; it is asked for by name
        pool: Executor = ProcessPoolExecutor(
            workers,
            context=get_context(start_method),
            initializer=partial(_start_worker, direct=start_method != "forkserver"),
            initargs=(str(path), os.getpid()),
        )
    try:
        with _interrupts_held():
            hello = pool.submit(_here)
        until = time.monotonic() + SLOWEST_START
        while not wait([hello], LOOK).done:
            if time.monotonic() > until:
                raise BrokenExecutor(f"no worker was there within {SLOWEST_START:.0f} seconds")
        hello.result()
    except BaseException:
        _end(pool)
        raise
    return pool


def _kill(process: Any) -> None:
    with suppress(OSError, ValueError):
        if os.name == "nt":
            process.terminate()
        else:
            os.kill(process.pid, signal.SIGKILL)


def _end_process(process: Any, use_psutil: bool = False) -> None:
    """Stand in for the library's way of ending a worker."""
    _kill(process)
    process.join()


def _end(pool: Executor) -> None:
    """End a pool's processes at once."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        _kill(process)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # loky regrets that it cannot look for grandchildren
        pool.shutdown(wait=False)


def _run_in_pool(job: Job, line: Line, workers: int, start_method: str, finished: Finished) -> None:
    unborn = deaths = 0
    with _job_file(job) as path:
        while line.left:
            try:
                pool = _start(path, workers, start_method)
            except BrokenExecutor as error:
                unborn += 1
                if unborn == MOST_STARTS:
                    raise _never_there(start_method) from error
                continue
            unborn = 0
            try:
                _drain(pool, path, line, workers, finished)
            except BrokenExecutor:
                _end(pool)
                for outcome in line.blame():
                    finished(outcome)
                if line.hopeless:
                    raise WorkersDied(
                        "worker processes die again and again (killed, or out of memory)",
                        remedy="fewer {workers} need less memory",
                    ) from None
                deaths += 1
                if deaths == 1:
                    log.warning(
                        "a worker process died (killed, or out of memory); what it had in hand is "
                        "run again in another"
                    )
            except BaseException:
                path.unlink(missing_ok=True)
                _stop(line)
                _end(pool)
                raise
            else:
                pool.shutdown()
        if deaths > 1:
            log.warning("worker processes died %d times in all", deaths)


def _never_there(start_method: str) -> WorkersDied:
    remedy = "is the machine out of memory or processes? {workers=1} needs no worker process"
    if start_method != "loky":
        remedy = (
            "a script that runs a batch in worker processes started in this way needs a main "
            "guard: put the call under if __name__ == '__main__': (the default, "
            "start_method='loky', needs none)"
        )
    message = f"{MOST_STARTS} times a worker process died while it started"
    return WorkersDied(message, remedy=remedy)


def _run_in(executor: Executor, job: Job, line: Line, workers: int, finished: Finished) -> None:
    """Run tasks in somebody else's executor, which is neither replaced nor ended."""
    with _job_file(job) as path:
        try:
            _drain(executor, path, line, workers, finished)
        except (BrokenExecutor, CancelledError) as error:
            raise WorkersDied(f"the executor given has broken ({error})") from error
        except BaseException:
            path.unlink(missing_ok=True)
            _stop(line)
            raise


def _drain(executor: Executor, path: Path, line: Line, workers: int, finished: Finished) -> None:
    """Keep an executor busy until nothing is left."""
    while line.left:
        # A short queue keeps memory flat however many tasks there are.
        while (task := line.take(workers)) is not None:
            try:
                with _interrupts_held():
                    line.flying[executor.submit(_work, str(path), task)] = task
            except BaseException as refused:
                line.back(task)
                if type(refused) is RuntimeError:  # it has been shut down
                    raise BrokenExecutor(str(refused)) from refused
                raise
        # Waiting in short steps lets Ctrl-C through on every system.
        broken: BaseException | None = None
        for future in wait(line.flying, LOOK, FIRST_COMPLETED).done:
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                broken = error
                continue
            outcome = future.result()
            line.landed(future, outcome)
            finished(outcome)
        if broken is not None:
            raise broken


def _stop(line: Line) -> None:
    """Give running ranges a moment to keep what they have; a second Ctrl-C gives none."""
    running: set[Future[Outcome]] = {future for future in line.flying if not future.cancel()}
    with suppress(KeyboardInterrupt):
        wait(running, GRACE)
