"""Every page that is written from the code, wholly or between markers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tools.docs import decisions_page, events_page, mechanisms_page, parts, scenarios_page
from tools.docs.mechanisms import registry
from tools.docs.reading import ROOT

PAGES: Final[Mapping[str, Callable[[str, str], str]]] = {
    "docs/rules.md": parts.refresh,
    "docs/parameters.md": parts.refresh,
    "docs/levers.md": parts.refresh,
    "docs/limits.md": parts.refresh,
    events_page.PAGE: lambda _text, _page: events_page.events_page(),
    mechanisms_page.PAGE: lambda _text, _page: mechanisms_page.mechanisms_page(registry()),
    scenarios_page.PAGE: scenarios_page.refresh,
    "docs/decisions/README.md": lambda text, _page: decisions_page.refresh(text),
}
"""Pages, each with what makes its text anew from the text as it stands and its name."""


def fresh_pages(root: Path = ROOT) -> dict[Path, str]:
    """Return what each page should be, by its path.

    Raises:
        InputError: a page has no markers or an unknown one, or a table it is written from is wrong.
        OSError: a page cannot be read.
    """
    paths = {name: root / name for name in PAGES}
    return {
        paths[name]: make(paths[name].read_text(encoding="utf-8"), name)
        for name, make in PAGES.items()
    }
