"""The index of decisions.

``docs/decisions/README.md`` holds it between markers. Title and status of each decision come from
its own page: a page is in force as written unless it names, in a paragraph that begins so, what
it was "Changed by" or "Superseded by". A test fails while the index and the pages differ.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sim.errors import InputError
from sim.records.markdown import row

FOLDER: Final = Path(__file__).parents[2] / "docs" / "decisions"
PAGE: Final = FOLDER / "README.md"
_PART: Final = re.compile(r"(<!-- generated:decisions -->\n).*?(<!-- /generated -->)", re.DOTALL)
_LATER: Final = re.compile(r"\*\*(Changed|Superseded) by (.+?)[.:]?\*\*")
_LINK: Final = re.compile(r"\[decision (\d{4})\]\(([\w-]+\.md)\)")


def decision_rows(folder: Path = FOLDER) -> list[tuple[str, str, str]]:
    """Return number, title with its link, and status of each decision, by number.

    Raises:
        InputError: a page's first line is not its number and title, or it names a later decision
            that has no page.
    """
    rows = []
    for page in sorted(folder.glob("[0-9]*.md")):
        text = page.read_text(encoding="utf-8")
        number = page.name[:4]
        title = re.match(rf"# {number} (\S.*)\n", text)
        if title is None:
            raise InputError(f"{page}: the first line must be '# {number} ' and the title")
        rows.append((number, f"[{title[1]}]({page.name})", _status(page, text)))
    return rows


def _status(page: Path, text: str) -> str:
    found = []
    for kind, named in _LATER.findall(text):
        links = _LINK.findall(named)
        wrong = [name for number, name in links if not name.startswith(number)]
        wrong += [name for _, name in links if not (page.parent / name).is_file()]
        if wrong or not links:
            raise InputError(f"{page}: '{kind} by' must link decisions that have a page: {named}")
        numbers = ", ".join(f"[{number}]({name})" for number, name in links)
        found.append(f"{kind.lower()} by {numbers}")
    return "; ".join(found) or "in force"


def refresh(text: str, folder: Path = FOLDER) -> str:
    """Return the index with its table written anew.

    Raises:
        InputError: the page has no marked part, or as ``decision_rows``.
    """
    lines = [row(("no.", "decision", "status")), row(("---",) * 3)]
    table = "\n".join([*lines, *map(row, decision_rows(folder))]) + "\n"
    if not _PART.search(text):
        raise InputError("the index of decisions has no part marked generated:decisions")
    return _PART.sub(lambda found: found[1] + table + found[2], text)
