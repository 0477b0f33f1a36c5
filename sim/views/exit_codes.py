"""How a command ends: exit codes, and one clear message for whatever went wrong.

0 done; 1 failed while running; 2 the user's input is wrong; 130 interrupted. A traceback is shown
only where the environment variable ``CCG_DEBUG`` is set.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Final

from sim.records.visible import visible
from sim.world.errors import InputError

DONE: Final = 0
FAILED: Final = 1
WRONG_INPUT: Final = 2
INTERRUPTED: Final = 130
LONGEST: Final = 1500
"""Letters of a message that are shown; a value as long as a file would drown what is wrong."""


def guarded(command: Callable[[], object]) -> int:
    """Run a command and return its exit code; print a message where it did not succeed."""
    try:
        result = command()
        sys.stdout.flush()
    except InputError as error:
        # several messages are several lines; a name within one does not begin a line
        several = [str(part) for part in error.args] if len(error.args) > 1 else [str(error)]
        return _end(WRONG_INPUT, "error: " + "\n".join(map(visible, several)))
    except KeyboardInterrupt:
        return _end(INTERRUPTED, INTERRUPTED_TEXT)
    except MemoryError:
        return _end(FAILED, "failed: not enough memory; try fewer --workers")
    except BrokenPipeError:
        # the reader has left (as `| head` does): nothing more to say, not even at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        return _unexpected(error)
    # the command library turns Ctrl-C into this code
    if result == INTERRUPTED:
        return _end(INTERRUPTED, INTERRUPTED_TEXT)
    return result if isinstance(result, int) else DONE


INTERRUPTED_TEXT: Final = "interrupted: finished replications are kept; the same command goes on"


def _unexpected(error: Exception) -> int:
    """Tell what the command library or the run itself raised."""
    # told by their shape, since the library's releases keep these classes in different places
    usage = getattr(error, "format_message", None)
    if callable(usage):
        context = getattr(error, "ctx", None)
        path = getattr(context, "command_path", "run_sim.py")
        said = visible(usage())
        return _end(WRONG_INPUT, f"error: {said}\n'{path} --help' shows what is allowed")
    if type(error).__name__ == "Abort":
        return _end(INTERRUPTED, INTERRUPTED_TEXT)
    if type(error).__name__ == "BatchInterrupted":
        return _end(INTERRUPTED, str(error))
    if os.environ.get("CCG_DEBUG"):
        traceback.print_exc()
    kind = type(error).__name__
    text = str(error) if kind == "ReplicationError" else f"{kind}: {error}"
    return _end(FAILED, f"failed: {text}\nset CCG_DEBUG=1 to see where")


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
