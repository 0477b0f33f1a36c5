"""The common look of all plots: style, colours, footer, saving.

A plot is made and saved within ``house_style``, which leaves the user's own settings of matplotlib
and the backend of a notebook as they were. Names are drawn as they are written: a dollar sign
begins no formula, and what has no glyph is shown by its escape.
"""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec

from sim.records.files import whole_files
from sim.records.visible import visible

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

P = ParamSpec("P")
INK: Final = "#222222"
FAINT: Final = "#777777"
DPI: Final = 130
SALT: Final = "ccg-consolidation"
"""Fixes the ids in SVG files; also tells whether the house style is in force."""

NOT_STYLE: Final = (
    "backend", "date.epoch", "interactive", "keymap", "macosx", "savefig.directory", "tk.",
    "toolbar", "webagg",
)  # fmt: skip
"""Settings of matplotlib that are about windows and not about plots; they are left alone."""


@contextmanager
def house_style() -> Iterator[None]:
    """Put the house style in force; the user's settings are back afterwards.

    It starts from matplotlib's own defaults, so that a plot does not depend on the user's. The
    backend is left alone: figures have a canvas of their own.
    """
    import matplotlib as mpl
    import seaborn as sns
    from cycler import cycler

    with mpl.rc_context(), warnings.catch_warnings():
        # drawn once by seaborn while a figure is made, before its names are made plain
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from", UserWarning)
        warnings.simplefilter("ignore", mpl.MatplotlibDeprecationWarning)
        mpl.rcParams.update(
            {k: v for k, v in mpl.rcParamsDefault.items() if not k.startswith(NOT_STYLE)}
        )
        mpl.rcParams.update(sns.plotting_context("notebook"))
        mpl.rcParams.update(sns.axes_style("white", rc={"font.family": "sans-serif"}))
        mpl.rcParams.update(
            {
                "axes.prop_cycle": cycler(color=sns.color_palette("colorblind")),
                "font.size": 10,
                "axes.titlesize": 11,
                "axes.labelsize": 10,
                "xtick.labelsize": 9,
                "ytick.labelsize": 9,
                "text.color": INK,
                "text.parse_math": False,
                "axes.labelcolor": INK,
                "axes.edgecolor": "#BBBBBB",
                "xtick.color": INK,
                "ytick.color": INK,
                "svg.hashsalt": SALT,
            }
        )
        yield


def drawn(make: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function make its figure in the house style, every text on it drawn as written."""

    @wraps(make)
    def made(*args: P.args, **options: P.kwargs) -> Figure:
        with house_style():
            figure = make(*args, **options)
            _write_plainly(figure)
            return figure

    return made


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of this size in inches, without a display.

    It is not registered with pyplot, so nothing needs closing and no window can open. To be
    called by a function that is ``drawn``.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if mpl.rcParams["svg.hashsalt"] != SALT:
        raise RuntimeError("a figure of ours is made by a function that is @drawn")
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def _write_plainly(figure: Figure) -> None:
    """Replace what has no glyph in any text of a figure, tick labels to come included."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text
    from matplotlib.ticker import FixedFormatter, FuncFormatter

    for text in figure.findobj(Text):
        assert isinstance(text, Text)  # noqa: S101
        if not text.get_text().isascii() or not text.get_text().isprintable():
            text.set_text(with_glyphs(text.get_text(), text.get_fontproperties()))
    usual = FontProperties()

    def plainly(label: Callable[..., str]) -> Callable[..., str]:
        return lambda *args: with_glyphs(label(*args), usual)

    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            formatter = axis.get_major_formatter()
            if isinstance(formatter, FixedFormatter):
                formatter.seq = [with_glyphs(str(label), usual) for label in formatter.seq]
            elif isinstance(formatter, FuncFormatter):
                formatter.func = plainly(formatter.func)


def with_glyphs(text: str, font: FontProperties) -> str:
    """Return a text of which every character can be drawn in this font; others are escaped."""
    from matplotlib.font_manager import findfont

    if text.isascii():
        return visible(text, page=True)
    has = _glyphs(str(findfont(font)))
    return "".join(
        letter if letter == "\n" or has(ord(letter)) else ascii(letter)[1:-1]
        for letter in visible(text, page=True)
    )


def wrapped(text: str, inches: float, *, size: float, most: int = 2, weight: str = "normal") -> str:
    """Return a text that may hold names in lines that fit a width, at most so many lines.

    What has no glyph is escaped before lines are cut, so that its escape has room too.

    Args:
        text: one line.
        inches: the width.
        size: size of the font in points.
        most: lines; what is left over becomes an ellipsis.
        weight: weight of the font.
    """
    from matplotlib.font_manager import FontProperties

    plain = with_glyphs(text, FontProperties(weight=weight))
    for letters in range(max(2, int(20 * inches)), 0, -1):
        lines = textwrap.wrap(plain, letters, max_lines=most, placeholder="…")
        if max((width_of(line, size, weight) for line in lines), default=0.0) <= inches:
            break
    return "\n".join(lines)


def width_of(line: str, size: float, weight: str = "normal") -> float:
    """Return how wide a line is in inches, in a font of so many points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(line, font, ismath=False)
    return float(width / 72)


@lru_cache(maxsize=8)
def _glyphs(path: str) -> Callable[[int], bool]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(path).get_charmap()).__contains__


def colours(number: int) -> list[Any]:
    """Return that many colours of seaborn's colour-blind safe palette."""
    import seaborn as sns

    return list(sns.color_palette("colorblind", number))


def probability_colours() -> Colormap:
    """Return the colour map for probabilities: 20 steps, from pale (never) to dark (certain).

    It is seaborn's mako, reversed and cut before black. Lightness falls evenly, so it works for
    colour-blind readers and in print; numbers and borders stay legible on every step.
    """
    import numpy as np
    import seaborn as sns
    from matplotlib.colors import ListedColormap

    mako = sns.color_palette("mako_r", as_cmap=True)
    return ListedColormap([tuple(mako(x)) for x in np.linspace(0.0, 0.86, 20)], "chance")


def put_title(figure: Figure, title: str, reading: str, *, left: float = 0.02) -> float:
    """Write the title and how to read the plot at the top; return the height left (0 to 1)."""
    inches = figure.get_size_inches()
    lines = textwrap.wrap(reading, int(inches[0] * 14.5))
    heading = wrapped(title, float(inches[0]) * (1 - 2 * left), size=14, most=3, weight="bold")
    top = 1 - 0.12 / inches[1]
    figure.text(left, top, heading, fontsize=14, fontweight="bold", va="top", ha="left")
    top -= 0.25 * heading.count("\n") / inches[1]
    figure.text(
        left, top - 0.3 / inches[1], "\n".join(lines), fontsize=9.5, va="top", linespacing=1.35
    )
    return float(top - (0.42 + 0.19 * len(lines)) / inches[1])


def put_footer(figure: Figure, text: str, *, left: float = 0.02) -> float:
    """Write the footer at the bottom; return the height (0 to 1) at which it ends."""
    inches = figure.get_size_inches()
    lines = textwrap.wrap(text, int(inches[0] * 16.5))
    figure.text(
        left,
        0.08 / inches[1],
        "\n".join(lines),
        fontsize=8,
        color=FAINT,
        va="bottom",
        linespacing=1.3,
    )
    return float((0.16 + 0.16 * len(lines)) / inches[1])


def pictures(figure: Figure, name: str, *, svg: bool = False) -> dict[str, bytes]:
    """Return the files of a figure by name: a PNG, and an SVG too where asked.

    The same figure gives the same bytes. ``name`` is without an ending.
    """
    from PIL import Image

    raw, png, vector = BytesIO(), BytesIO(), BytesIO()
    with house_style():
        figure.savefig(raw, format="png", dpi=DPI, pil_kwargs={"compress_level": 1})
    with Image.open(raw) as picture:
        # 256 colours are enough for these plots and keep each file well below 400 kB
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(png, format="png", optimize=True, dpi=(DPI, DPI))
    drawn = {f"{name}.png": png.getvalue()}
    if svg:
        with house_style():
            figure.savefig(vector, format="svg", metadata={"Date": None, "Creator": None})
        drawn[f"{name}.svg"] = vector.getvalue()
    return drawn


def put(folder: Path, drawn: Mapping[str, bytes]) -> list[Path]:
    """Write pictures into a folder, all of them or none, and return their files.

    What was there before stays until all are whole.

    Raises:
        OSError: they could not be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in drawn]
    with whole_files(paths) as files:
        for file, content in zip(files, drawn.values(), strict=True):
            file.write(content)
    return paths


def save(figure: Figure, path: Path, *, svg: bool = False) -> list[Path]:
    """Write one figure, ``path`` being without its ending, and return its files."""
    return put(path.parent, pictures(figure, path.name, svg=svg))
