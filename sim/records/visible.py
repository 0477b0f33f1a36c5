r"""Names are text: what a reader could not see in one is shown by its escape.

World tables may call a body anything. A terminal obeys some characters (control codes repaint
it, direction marks turn the line round), others take no room or break a line in two. They are
harmless once written out, as Python writes them: ``\x1b``, ``\u202e``, ``\n``.
"""

from __future__ import annotations

import re
from typing import Final

# Letters and marks that show nothing: joiners, fillers of Korean and Khmer, Mongolian and other
# variation selectors. Python calls them printable.
_UNSEEN: Final = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
)
_ODD: Final = re.compile(f"[{_UNSEEN}]")
_PLAIN: Final = re.compile(r"[\x20-\x7e]*")


_BREAKS: Final = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
"""Spaces to Python, but a terminal moves on to somewhere else."""


def visible(text: str, *, page: bool = False) -> str:
    r"""Return a text with every character that nobody sees written as its escape.

    Those are control characters, marks and isolates of direction, separators of lines and
    paragraphs, whatever has no width, lone surrogates, and characters that Unicode has not
    given a meaning. All others stay, so that an ordinary name is returned as it is.

    Args:
        text: a name, or a line that holds names.
        page: the text is a page of several lines, whose line feeds stay. Without it they are
            escaped too, so that a name cannot begin a line of its own.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "".join(
        letter if (page and letter == "\n") or _is_seen(letter) else ascii(letter)[1:-1]
        for letter in text
    )


def _is_seen(letter: str) -> bool:
    # isprintable() refuses the spaces of other widths too, which are harmless
    if letter.isspace():
        return letter not in _BREAKS
    return letter.isprintable() and not _ODD.match(letter)
