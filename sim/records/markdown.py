"""Names and command lines in a Markdown page: shown as written, and no markup to any reader.

Pages are read on code hosts, by site generators and by people in an editor, so what HTML and
Markdown would obey is escaped, and nothing else: an ordinary name stands as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sim.records.visible import visible

_MARKUP: Final = re.compile(r"[\\`*_{}\[\]<>|~$]|&(?=#?\w+;)|!(?=\[)")
_FIRST: Final = re.compile(r"(?=[#+=:-])|(?<=\d)(?=[.)](?:\s|$))")
_BLOCK: Final = re.compile(r"[#+=:-]|\d+[.)](?:\s|$)")
_ENTITY: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def plain(text: str) -> str:
    """Return a name or sentence for a line or a cell of a table, with all markup escaped.

    It is kept on one line; angle brackets become entities, since HTML within Markdown is obeyed;
    what would make a heading or a list at the start of a line does not.
    """
    shown = visible(text)
    escaped = _MARKUP.sub(lambda found: _ENTITY.get(found[0], "\\" + found[0]), shown)
    if _BLOCK.match(escaped):
        escaped = _FIRST.sub("\\\\", escaped, count=1)
    return escaped


def code(text: str) -> str:
    r"""Return a text as a span of code, with as many backticks as it needs; on one line.

    In a table a bar would still end the cell there, so it stands as ``\x7c``.
    """
    shown = visible(text).replace("|", r"\x7c")
    runs = [len(run) for run in re.findall("`+", shown)]
    fence = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
    pad = " " if shown[:1] in ("`", " ") or shown[-1:] in ("`", " ") or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def row(cells: Iterable[str]) -> str:
    """Return a row of a table from cells that are Markdown already; bars and breaks are kept out.

    For the project's own sentences, whose markup is meant; names go through ``plain`` first.
    """
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", visible(text.replace("\n", " ")))
