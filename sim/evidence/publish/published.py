"""A forecast as it is published: run, tabulated, dated, and never changed afterwards.

Two forecasts are made: from England on 1 June 2019 and from the map of 1 April 2020. Beside them
the second is made again with one input taken away at a time, so that a reader sees what it leans
on. A folder that exists is refused: a better forecast is added with its own date.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import InputError
from sim.evidence.publish.counterfactual_inputs import INPUTS
from sim.evidence.publish.forecast_tables import (
    DATES,
    ccg_table,
    count_summary,
    count_table,
    lean_table,
    pair_table,
    system_table,
)
from sim.experiment.api import run_batch
from sim.experiment.provenance import refuse_other_code
from sim.records.code import package_code
from sim.records.csv_text import write_frame
from sim.records.files import write_whole
from sim.records.ledger import enlist
from sim.records.manifest import RESULTS_VERSION
from sim.records.markdown import plain
from sim.scenario.load import load_scenario
from sim.scenario.model import Scenario
from sim.world.load import load_world
from sim.world.model import World

if TYPE_CHECKING:
    import pandas as pd

FROM: Final = {"from_2019_06": "as_happened", "from_2020_04": "as_happened_2020"}
PAGE: Final = "forecast.md"
"""The page that a forecast is added to, beside the folder of tables."""
LATER: Final = "from_2020_04"
LEANS_ON: Final = "p_one_ccg_2021_04_01"
REPLICATIONS: Final = "code of the replications"
"""The hash of the code noted beside every batch; ``code`` is that of the whole package."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Published:
    """A forecast's tables by start and name, what it depends on, and the hashes of its inputs."""

    made_on: date
    tables: dict[str, dict[str, pd.DataFrame]]
    leans: pd.DataFrame
    hashes: dict[str, str]
    replications: int
    seed: int


def make_forecast(
    folder: Path,
    *,
    made_on: date,
    replications: int,
    seed: int,
    workers: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Published:
    """Run both forecasts and the counterfactuals of the second, and return their tables.

    Args:
        folder: where the batches are kept and reused.
        made_on: the day it is made.
        replications: of each forecast; counterfactuals have half as many.
        seed: master seed.
        workers: worker processes.
        overwrite: discard the batches in the folder and run them from the beginning.
        progress: called with what runs and how far it is.

    Raises:
        InputError: a batch in the folder is another one, or was made by other code.
    """
    batches = [folder / name for name in (*FROM, *(f"without_{name}" for name in INPUTS))]
    if not overwrite:
        refuse_other_code(batches)

    def run(batch: Path, scenario: Scenario, world: World, number: int) -> None:
        run_batch(
            scenario,
            replications=number,
            seed=seed,
            workers=workers,
            worlds={scenario.world: world},
            out=batch,
            overwrite=overwrite,
            one_code=True,
            progress=None if progress is None else lambda a, b: progress(batch.name, a, b),
        )

    tables: dict[str, dict[str, pd.DataFrame]] = {}
    hashes = {"code": package_code(), "results_version": RESULTS_VERSION}
    for start, name in FROM.items():
        scenario = load_scenario(name)
        world = load_world(scenario.world)
        run(folder / start, scenario, world, replications)
        tables[start] = _tables(folder / start, world)
        hashes[f"scenario {name}"] = scenario.digest
        hashes[f"world {world.name}"] = world.digest
        if scenario.posterior:
            hashes[f"posterior {scenario.posterior.name}"] = scenario.posterior.digest
    scenario = load_scenario(FROM[LATER])
    world = load_world(scenario.world)
    without = {}
    for name, take in INPUTS.items():
        less, changed = take(world, scenario)
        batch = folder / f"without_{name}"
        run(batch, changed, less, max(1, replications // 2))
        without[name] = system_table(batch, less)
    paired = system_table(folder / LATER, world, below=max(1, replications // 2))
    leans = lean_table(paired, without, LEANS_ON)
    hashes[REPLICATIONS] = refuse_other_code(batches)  # and if it was changed while they ran
    return Published(made_on, tables, leans, hashes, replications, seed)


def _tables(folder: Path, world: World) -> dict[str, pd.DataFrame]:
    return {
        "counts": count_table(folder),
        "count_summary": count_summary(folder),
        "systems": system_table(folder, world),
        "ccgs": ccg_table(folder, world),
        "pairs": pair_table(folder, world),
    }


def write_forecast(published: Published, docs: Path) -> Path:
    """Write the tables under ``docs/forecast/<date>`` and add the forecast to ``forecast.md``.

    Returns the folder of tables.

    Raises:
        InputError: a forecast of that date exists; published ones are not changed.
    """
    folder = docs / "forecast" / published.made_on.isoformat()
    if folder.exists():
        raise InputError(
            f"{folder}: a forecast of that day is published already and must not change",
            remedy="give another day as {made_on}",
        )
    final = folder
    final.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    try:
        _write_tables(published, folder)
        names = [f"{final.relative_to(docs).as_posix()}/{p.name}" for p in folder.iterdir()]
        enlist(docs, [PAGE, *names], adopted=[PAGE])
        folder.chmod(0o755)  # a temporary folder is its maker's alone
        folder.rename(final)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    page = docs / PAGE
    before = page.read_text(encoding="utf-8") if page.exists() else HEAD
    write_whole(page, before.rstrip() + "\n\n" + forecast_section(published))
    return final


def _write_tables(published: Published, folder: Path) -> None:
    for start, tables in published.tables.items():
        for name, table in tables.items():
            write_frame(folder / f"{start}_{name}.csv", table, decimals=".4f")
    write_frame(folder / "leans_on.csv", published.leans, decimals=".4f")
    about = {
        "made_on": published.made_on.isoformat(),
        "replications": published.replications,
        "seed": published.seed,
        "hashes": published.hashes,
    }
    write_whole(folder / "about.json", json.dumps(about, indent=1) + "\n")


HEAD: Final = """# Published forecasts

Each forecast below was made on its date by `python run_sim.py forecast`, from evidence that stops
at 1 April 2020, and is not changed afterwards; a better one is added with its own date. The tables
next to this page (`forecast/<date>/`) hold the whole distributions: `counts` (probability of each
number of CCGs), `systems` (probability of one CCG), `ccgs` (probability of having merged), `pairs`
(who with whom, where at least 2%) and `leans_on`. Parameters are uncertain, drawn anew for each
replication from the posterior; the hashes say from which files.

A probability is not a recommendation. It says what the model expects of a place, from facts about
it and similar places; it does not say what would be right for the place.
"""


def forecast_section(published: Published) -> str:
    """Return the forecast as markdown."""
    lines = [f"## {published.made_on.isoformat()}", ""]
    lines += [
        (
            f"{published.replications:,} replications each, seed {published.seed}; runs without "
            f"one input: {max(1, published.replications // 2):,} each, compared with as many runs "
            "with all inputs."
        ),
        "",
        "| from | on | mean | median | 50% | 90% |",
        "|---|---|---|---|---|---|",
    ]
    starts = {"from_2019_06": "1 June 2019", LATER: "1 April 2020"}
    for start, tables in published.tables.items():
        for count in tables["count_summary"].to_dict("records"):
            lines.append(
                f"| {starts[start]} | {count['date']} | {count['mean']:.1f} | {count['q50']:.0f} | "
                f"{count['q25']:.0f} to {count['q75']:.0f} | {count['q05']:.0f} to "
                f"{count['q95']:.0f} |"
            )
    lines += ["", "Probability of one CCG on 1 April 2021 (from 1 April 2020), and how it changes"]
    lines += ["when an input is taken away; systems with one CCG already are left out.", ""]
    inputs = [column for column in published.leans.columns if column.startswith("without_")]
    heads = " | ".join(column.replace("_", " ") for column in inputs)
    lines += [
        f"| system | CCGs | p 2021 | p July 2022 | {heads} |",
        "|---|---|---|---|" + "---|" * len(inputs),
    ]
    later = published.tables[LATER]["systems"].set_index("system")
    several = published.leans[published.leans["ccgs_at_start"] > 1]
    chance = several["system"].map(later[LEANS_ON])
    for row in several.loc[chance.sort_values(ascending=False).index].to_dict("records"):
        end = later.loc[row["system"], f"p_one_ccg_{DATES[1]:%Y_%m_%d}"]
        changes = " | ".join(f"{row[column]:+.2f}" for column in inputs)
        lines.append(
            f"| {plain(row['name'])} | {row['ccgs_at_start']} | "
            f"{later.loc[row['system'], LEANS_ON]:.2f} | {end:.2f} | "
            f"{changes} |"
        )
    lines += ["", "Hashes (SHA-256):", ""]
    lines += [f"* {name}: `{value}`" for name, value in published.hashes.items()]
    return "\n".join(lines) + "\n"
