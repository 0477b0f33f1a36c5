"""How a command ends: exit codes, and one clear message for whatever went wrong.

0 done; 1 failed while running; 2 the user's input is wrong; 130 interrupted. A traceback is shown
only where the environment variable ``CCG_DEBUG`` is set.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sim.errors import InputError, Naming, RunFailed, in_python
from sim.records.visible import visible

DONE: Final = 0
FAILED: Final = 1
WRONG_INPUT: Final = 2
INTERRUPTED: Final = 130
LONGEST: Final = 1500
"""Letters of a message that are shown; a value as long as a file would drown what is wrong."""


def guarded(command: Callable[[], object], naming: Naming = in_python) -> int:
    """Run a command and return its exit code; print a message where it did not succeed.

    ``naming`` writes the arguments that a message names as the reader would type them.
    """
    with _stopping_at_once() as stopping:
        try:
            result = command()
            sys.stdout.flush()
        except KeyboardInterrupt:
            return _end(INTERRUPTED, INTERRUPTED_TEXT)
        except MemoryError:
            return _end(FAILED, "failed: not enough memory; " + GOES_ON)
        except BrokenPipeError:
            # the reader has left (as `| head` does): nothing more to say, not even at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        except Exception as error:
            return _told(error, naming)
        finally:
            stopping.set()
    # the command library turns Ctrl-C into this code
    if result == INTERRUPTED:
        return _end(INTERRUPTED, INTERRUPTED_TEXT)
    return result if isinstance(result, int) else DONE


GOES_ON: Final = "finished replications, if any, are kept; the same command goes on"
INTERRUPTED_TEXT: Final = f"interrupted: {GOES_ON}"
STOPPING_TEXT: Final = "stopping"
PATIENCE: Final = 1.8
"""Seconds after Ctrl-C in which the run must have put its things in order."""


@contextmanager
def _stopping_at_once() -> Iterator[threading.Event]:
    """Say at once that Ctrl-C was heard, and leave within two seconds whatever happens.

    All that is kept is kept in whole files, so leaving abruptly loses nothing that was finished.
    Where Ctrl-C is not for us (another thread, or a run started in the background) nothing changes.
    Yields the event to be set when the command has ended.
    """
    ended = threading.Event()
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield ended
        return
    heard = False

    def leave() -> None:
        if not ended.wait(PATIENCE):
            _write_at_once(INTERRUPTED_TEXT)
            os._exit(INTERRUPTED)

    def stop(number: int, frame: object) -> None:
        nonlocal heard
        if not heard:
            heard = True
            _write_at_once(STOPPING_TEXT)
            threading.Thread(target=leave, daemon=True).start()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        yield ended
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _write_at_once(text: str) -> None:
    with suppress(OSError, ValueError):
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"\n{text}\n".encode())


def _told(error: Exception, naming: Naming) -> int:
    """Tell what was wrong with the input, or what failed."""
    if isinstance(error, InputError):
        # several messages are several lines; a name within one does not begin a line
        return _end(WRONG_INPUT, "error: " + "\n".join(map(visible, error.messages(naming))))
    if isinstance(error, RunFailed):
        _trace()
        return _end(FAILED, "failed: " + "\n".join(map(visible, error.messages(naming))))
    if type(error).__name__ == "BatchInterrupted":
        return _end(INTERRUPTED, visible(str(error)))
    # recognised by their shape: releases of the library keep these classes in different places
    usage = getattr(error, "format_message", None)
    if callable(usage):
        context = getattr(error, "ctx", None)
        path = getattr(context, "command_path", "run_sim.py")
        message = visible(usage())
        return _end(WRONG_INPUT, f"error: {message}\n'{path} --help' shows what is allowed")
    if type(error).__name__ == "Abort":
        return _end(INTERRUPTED, INTERRUPTED_TEXT)
    _trace()
    if isinstance(error, OSError) and error.strerror:
        named = f"{error.filename}: " if error.filename else ""
        return _end(FAILED, f"failed: {named}{error.strerror}; {GOES_ON}")
    return _end(FAILED, f"failed: {type(error).__name__}: {error}\nset CCG_DEBUG=1 to see where")


def _trace() -> None:
    if os.environ.get("CCG_DEBUG"):
        traceback.print_exc()


def _end(code: int, message: str) -> int:
    if len(message) > LONGEST:
        half = LONGEST // 2
        message = f"{message[:half]} [...] {message[-half:]}"
    print_page(message, error=True)
    return code


def print_plain(text: str, *, error: bool = False) -> None:
    """Print one line of text, to standard output or, with ``error``, to standard error.

    What nobody would see, line breaks in names included, is shown by its escape; what the
    stream's encoding lacks becomes a question mark.
    """
    print_page(visible(text), error=error)


def print_page(text: str, *, error: bool = False) -> None:
    """Print text of several lines in the same way; names in it must not hold line feeds."""
    stream = sys.stderr if error else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    shown = visible(text, page=True)
    stream.write(shown.encode(encoding, errors="replace").decode(encoding) + "\n")
    stream.flush()
