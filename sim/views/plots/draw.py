"""All plots of a results folder: final counts, fan chart, hex maps, probabilities by system."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sim.errors import RunFailed
from sim.experiment.folder import cannot_be_written
from sim.experiment.owner import owning
from sim.records.file_names import file_names
from sim.records.ledger import clear_begun, enlist, owned, remove_own
from sim.views.results import open_results

PLOTS: Final = "plots"
"""The folder of a batch's plots, within its results folder."""
OURS: Final = r"final_counts|fan|hexmap_.+|systems_.+"
"""Names of the plots drawn here; others (of a sweep, of a hindcast) lie beside them."""


def draw(folder: str | Path, *, svg: bool = False) -> dict[str, bytes]:
    """Draw every plot of a batch and return the files' contents by name; nothing is written.

    ``final_counts`` and ``fan`` hold all scenarios; ``hexmap_<scenario>`` (only where the world
    has a hex layout) and ``systems_<scenario>`` one each, as PNG and with ``svg`` as SVG too.

    Raises:
        InputError: the folder is no finished results folder.
    """
    from sim.views.plots.fan import fan_figure
    from sim.views.plots.figure import pictures
    from sim.views.plots.final_counts import final_count_figure
    from sim.views.plots.geography import load_geography
    from sim.views.plots.hexmap import hexmap_figure
    from sim.views.plots.system_chances import system_figure

    results = open_results(folder)
    counts = results.labelled(results.table("counts"))
    finals = results.table("replications", ["scenario", "final_ccgs"])
    places = results.labelled(results.csv("places"))
    merged = results.merged_by()
    there = set(finals["scenario"])
    scenarios = tuple(name for name in results.scenarios if name in there)
    if not scenarios:
        raise RunFailed(f"{folder}: no replication has succeeded, so there is nothing to draw")
    everything = results.footer(scenarios)
    start = int(counts.loc[counts["date"] == counts["date"].min(), "ccgs"].iloc[0])
    shown = [results.labels[name] for name in scenarios]
    drawn = pictures(
        final_count_figure(results.labelled(finals), shown, start=start, footer=everything),
        "final_counts",
        svg=svg,
    )
    drawn |= pictures(fan_figure(counts, shown, footer=everything), "fan", svg=svg)
    names = file_names(results.scenarios)
    for scenario in scenarios:
        geography = load_geography(results.worlds[scenario])
        footer = results.footer([scenario])
        name, label = names[scenario], results.labels[scenario]
        if geography is not None and geography.hexes and scenario in merged:
            figure = hexmap_figure(merged[scenario], geography, scenario=label, footer=footer)
            drawn |= pictures(figure, f"hexmap_{name}", svg=svg)
        if (places["scenario"] == label).any():
            regions = geography.system_region if geography is not None else {}
            figure = system_figure(places, regions, scenario=label, footer=footer)
            drawn |= pictures(figure, f"systems_{name}", svg=svg)
    return drawn


def redraw(folder: Path, *, svg: bool = False) -> list[Path]:
    """Draw every plot into a results folder's own ``plots`` and return the files.

    Plots of this program that no longer belong to the batch are removed afterwards; files that it
    did not write are left alone, or refused by name where one stands in the way.

    Raises:
        InputError: as ``draw``; or another run is writing there.
        RunFailed: the disk is full; what was there before still is.
    """
    from sim.views.plots.figure import put

    with owning(folder):
        drawn = draw(folder, svg=svg)
        names = [f"{PLOTS}/{name}" for name in drawn]
        before = {n for n in owned(folder) if re.fullmatch(rf"{PLOTS}/({OURS})\.(png|svg)", n)}
        with cannot_be_written(folder / PLOTS):
            clear_begun(folder)
            enlist(folder, names)
            written = put(folder / PLOTS, drawn)
        remove_own(folder, before - set(names))
    return written
