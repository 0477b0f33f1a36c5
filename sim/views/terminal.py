"""How tables reach a terminal, a pipe or a text file: the same words at any width."""

from __future__ import annotations

import sys
from io import StringIO
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

NARROWEST = 60


def render_text(renderable: RenderableType, width: int = 100) -> str:
    """Return a table or group of tables as plain text, without colour codes.

    ``width`` is in characters (at least 60 are used); lines carry no trailing spaces, so that
    the text can be kept in a document or compared by a test.
    """
    from rich.console import Console

    sink = StringIO()
    console = Console(
        file=sink,
        width=max(width, NARROWEST),
        force_terminal=False,
        color_system=None,
        legacy_windows=False,
        emoji=False,
        highlight=False,
    )
    console.print(renderable)
    return "\n".join(line.rstrip() for line in sink.getvalue().splitlines()) + "\n"


def show(
    renderable: RenderableType, *, stream: IO[str] | None = None, width: int | None = None
) -> None:
    """Print to a terminal in its width, or to a pipe or file as plain text of 100 columns.

    ``stream`` defaults to standard output, ``width`` (characters) to what the terminal has. A
    stream whose encoding lacks a character gets a question mark there, never an exception.
    """
    from rich.console import Console

    target = sys.stdout if stream is None else stream
    if target.isatty():
        Console(file=target, width=width, emoji=False, highlight=False).print(renderable)
        return
    text = render_text(renderable, width or 100)
    encoding = getattr(target, "encoding", None) or "utf-8"
    target.write(text.encode(encoding, errors="replace").decode(encoding))


def plain_table(title: str, reading: str, **options: Any) -> Table:
    """Return an empty table in the house style: a title above, how to read it below."""
    from rich import box
    from rich.table import Table

    return Table(
        title=title,
        caption=reading,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
        caption_style="italic",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        **options,
    )
