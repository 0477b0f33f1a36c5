"""All plots of a hindcast's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sim.views.results import open_results

HINDCAST_PLOTS: Final = ("count_forecasts", "reliability", "pit")
"""The plots of a hindcast, in its folder's ``plots``."""


def make_hindcast_plots(
    folder: str | Path, *, out: str | Path | None = None, svg: bool = False
) -> list[Path]:
    """Draw the plots of a hindcast from its CSV files and return what was written.

    ``count_forecasts`` (the record and what forecasts said), ``reliability`` and ``pit`` go to
    ``out``, by default ``folder/plots``.

    Raises:
        InputError: the folder is no finished results folder or holds no hindcast.
    """
    from sim.views.plots.calibration import pit_figure, reliability_figure
    from sim.views.plots.figure import save
    from sim.views.plots.forecast_marks import count_forecast_figure

    results = open_results(folder)
    target = Path(out) if out is not None else results.folder / "plots"
    model = results.scenarios[0]
    everything = results.footer(results.scenarios)
    own = results.footer([model])
    bars = results.csv("pit_histogram")
    number = int(bars["items"].sum())
    written = save(
        count_forecast_figure(results.csv("count_forecasts"), model=model, footer=everything),
        target / "count_forecasts",
        svg=svg,
    )
    written += save(
        reliability_figure(results.csv("reliability"), footer=own), target / "reliability", svg=svg
    )
    written += save(
        pit_figure(bars, items=f"{number} open systems", footer=own), target / "pit", svg=svg
    )
    return written
