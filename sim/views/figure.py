"""The common look of all plots: style, colours, footer, saving."""

from __future__ import annotations

import textwrap
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

INK: Final = "#222222"
FAINT: Final = "#777777"
DPI: Final = 130


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of this size in inches, in the house style, without a display.

    It is not registered with pyplot, so nothing needs closing and no window can open.
    """
    import matplotlib as mpl
    import seaborn as sns
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    mpl.use("Agg")
    sns.set_theme(
        style="white",
        palette="colorblind",
        rc={
            "font.size": 10,
            "axes.titlesize": 11,
            "axes.labelsize": 10,
            "xtick.labelsize": 9,
            "ytick.labelsize": 9,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.edgecolor": "#BBBBBB",
            "xtick.color": INK,
            "ytick.color": INK,
            "svg.hashsalt": "ccg-consolidation",
        },
    )
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


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
    top = 1 - 0.12 / inches[1]
    figure.text(left, top, title, fontsize=14, fontweight="bold", va="top", ha="left")
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


def save(figure: Figure, path: Path, *, svg: bool = False) -> list[Path]:
    """Write the figure as PNG, and as SVG too where asked; the same figure gives the same bytes."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    png = path.with_suffix(".png")
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=DPI, pil_kwargs={"compress_level": 1})
    with Image.open(drawn) as picture:
        # 256 colours are enough for these plots and keep each file well below 400 kB
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(png, optimize=True, dpi=(DPI, DPI))
    if not svg:
        return [png]
    vector = path.with_suffix(".svg")
    figure.savefig(vector, metadata={"Date": None, "Creator": None})
    return [png, vector]
