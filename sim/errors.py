"""What can go wrong, as far as a user has to know: wrong input, and a run that failed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """The user's input is wrong; the message names file, key or row, value and what is allowed.

    Commands print the message alone and leave with exit code 2.
    """


class RunFailed(RuntimeError):  # noqa: N818 - what happened, in the words of the exit codes
    """Something failed while running; the message says what, what is kept and what to do.

    Commands print the message alone and leave with exit code 1.
    """


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the closest known name, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""
