"""All plots of a results folder: final counts, fan chart, hex maps, chances of systems."""

from __future__ import annotations

from pathlib import Path

from sim.records.file_names import file_names
from sim.views.results import open_results
from sim.world.errors import InputError


def make_plots(
    folder: str | Path,
    *,
    out: str | Path | None = None,
    svg: bool = False,
    note: str | None = None,
) -> list[Path]:
    """Draw every plot of a batch and return the files written, in a fixed order.

    ``final_counts`` and ``fan`` hold all scenarios; ``hexmap_<scenario>`` (only where the world
    has a hex layout) and ``systems_<scenario>`` one each. They go to ``out``, by default
    ``folder/plots``, as PNG and with ``svg`` as SVG too. ``note`` replaces the footer's note on
    what ``as_written`` leaves out.

    Raises:
        InputError: the folder is no finished results folder, or ``out`` cannot be written.
    """
    from sim.views.fan import fan_figure
    from sim.views.figure import save
    from sim.views.final_counts import final_count_figure
    from sim.views.geography import load_geography
    from sim.views.hexmap import hexmap_figure
    from sim.views.system_chances import system_figure

    results = open_results(folder)
    target = Path(out) if out is not None else results.folder / "plots"
    counts = results.table("counts")
    finals = results.table("replications", ["scenario", "final_ccgs"])
    places = results.csv("places")
    merged = results.merged_by()
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{target}: plots cannot be written there ({error.strerror})") from None
    everything = results.footer(results.scenarios, note)
    start = int(counts.loc[counts["date"] == counts["date"].min(), "ccgs"].iloc[0])
    written = save(
        final_count_figure(finals, results.scenarios, start=start, footer=everything),
        target / "final_counts",
        svg=svg,
    )
    written += save(
        fan_figure(counts, results.scenarios, footer=everything), target / "fan", svg=svg
    )
    names = file_names(results.scenarios)
    for scenario in results.scenarios:
        geography = load_geography(results.worlds[scenario])
        footer = results.footer([scenario], note)
        name = names[scenario]
        if geography is not None and geography.hexes and scenario in merged:
            figure = hexmap_figure(merged[scenario], geography, scenario=scenario, footer=footer)
            written += save(figure, target / f"hexmap_{name}", svg=svg)
        if (places["scenario"] == scenario).any():
            regions = geography.system_region if geography is not None else {}
            figure = system_figure(places, regions, scenario=scenario, footer=footer)
            written += save(figure, target / f"systems_{name}", svg=svg)
    return written
