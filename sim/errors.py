"""What can go wrong, as far as a user has to know: wrong input, and a run that failed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

Naming: TypeAlias = Callable[[str, str], str]
"""Writes an argument by its name and value ("" for none) as the reader would type it."""
_ARGUMENT: Final = re.compile(r"\{(\w+)(?:=(\w+))?\}")


def in_python(name: str, value: str = "") -> str:
    """Return an argument as Python code has it: ``out``, ``overwrite=True``."""
    return f"{name}={value}" if value else name


class Explained(Exception):  # noqa: N818 - what its subclasses share, never raised itself
    """A message for people who may have written Python or typed a command.

    The text names no option of a command. ``argument`` is the Python argument that is wrong and
    stands before the text; ``remedy`` says after it what to do, with arguments in braces: ``use
    {overwrite=True}, or another {out}``. ``str`` gives all of it for Python.
    """

    def __init__(self, *messages: str, argument: str = "", remedy: str = "") -> None:
        super().__init__(*messages)
        self.argument = argument
        self.remedy = remedy

    def messages(self, naming: Naming = in_python) -> list[str]:
        """Return the message, or each of several, with arguments written by ``naming``."""
        before = f"{naming(self.argument, '')} " if self.argument else ""
        remedy = _ARGUMENT.sub(lambda found: naming(found[1], found[2] or ""), self.remedy)
        after = f"; {remedy}" if remedy else ""
        return [f"{before}{text}{after}" for text in self.args]

    def __str__(self) -> str:
        return "\n".join(self.messages())


class InputError(Explained, ValueError):
    """The user's input is wrong; the message names file, key or row, value and what is allowed.

    Commands print the message alone and leave with exit code 2.
    """


class RunFailed(Explained, RuntimeError):  # noqa: N818 - what happened, in the words of the exit codes
    """Something failed while running; the message says what, what is kept and what to do.

    Commands print the message alone and leave with exit code 1.
    """


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the closest known name, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""
