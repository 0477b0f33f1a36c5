"""How tables reach a terminal, a pipe or a text file: the same words at any width."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import StringIO
from typing import IO, TYPE_CHECKING, Any

from sim.records.visible import visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment
    from rich.table import Table
    from rich.text import Text

NARROWEST = 60


def render_text(renderable: RenderableType, width: int = 100) -> str:
    """Return a table or group of tables as plain text, without colour codes.

    ``width`` is in characters (at least 60 are used); lines carry no trailing spaces, so that
    the text can be kept in a document or compared by a test.
    """
    sink = StringIO()
    console = plain_console(
        sink,
        width=max(width, NARROWEST),
        force_terminal=False,
        color_system=None,
        legacy_windows=False,
    )
    console.print(_Harmless(renderable))
    return "\n".join(line.rstrip() for line in sink.getvalue().splitlines()) + "\n"


def show(
    renderable: RenderableType, *, stream: IO[str] | None = None, width: int | None = None
) -> None:
    """Print to a terminal in its width, or to a pipe or file as plain text of 100 columns.

    ``stream`` defaults to standard output, ``width`` (characters) to what the terminal has. A
    stream whose encoding lacks a character gets a question mark there, never an exception.
    """
    target = sys.stdout if stream is None else stream
    if target.isatty():
        plain_console(target, width=width).print(_Harmless(renderable))
        return
    text = render_text(renderable, width or 100)
    encoding = getattr(target, "encoding", None) or "utf-8"
    target.write(text.encode(encoding, errors="replace").decode(encoding))


def plain_console(stream: IO[str], **options: Any) -> Console:
    """Return a console that takes text as it is: without markup, emoji codes and highlighting."""
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False, **options)


class _Harmless:
    """Anything printable, of which no character reaches the terminal but those that are seen.

    The last line: cells of tables have been made visible before, so that columns stay straight.
    """

    def __init__(self, renderable: RenderableType) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for part in console.render(self._renderable, options):
            yield part if part.control else part._replace(text=visible(part.text, page=True))


def plain_text(text: str, style: str = "") -> Text:
    """Return a line that may hold names for a terminal: as written, on one line."""
    from rich.text import Text

    return Text(visible(text), style=style)


def plain_table(title: str, reading: str, **options: Any) -> Table:
    """Return an empty table in the house style: a title above, how to read it below.

    Its cells and headings are text: brackets are no markup, and what nobody would see in a name
    is shown by its escape; only headings may break into lines.
    """
    from rich import box
    from rich.table import Table

    class PlainTable(Table):
        def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
            super().add_row(
                *(plain_text(cell) if isinstance(cell, str) else cell for cell in cells), **options
            )

        def add_column(self, header: RenderableType = "", *more: Any, **options: Any) -> None:
            shown = visible(header, page=True) if isinstance(header, str) else header
            super().add_column(shown, *more, **options)

    return PlainTable(
        title=visible(title),
        caption=visible(reading),
        title_justify="left",
        caption_justify="left",
        title_style="bold",
        caption_style="italic",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        **options,
    )
