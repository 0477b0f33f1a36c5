"""What a plot reads from a results folder: manifest, tables and the source line under each plot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

AS_WRITTEN: Final = "as_written"


@dataclass(frozen=True, slots=True)
class Results:
    """A finished batch on disk, as far as plots need it.

    ``worlds`` gives the world (name or folder) of each scenario, in the batch's order; ``labels``
    what people are shown of each: its title, or its name.
    """

    folder: Path
    scenarios: tuple[str, ...]
    worlds: Mapping[str, str]
    replications: int
    seed: int
    version: str
    labels: Mapping[str, str]

    def labelled(self, frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
        """Return a table with labels in place of the names of scenarios, for people to read.

        ``columns`` are those that hold names, by default ``scenario``.
        """
        shown = {
            column: [self.labels.get(str(name), str(name)) for name in frame[column]]
            for column in columns or ("scenario",)
        }
        return frame.assign(**shown)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a Parquet table of the batch, or only some of its columns."""
        import pandas as pd

        return pd.read_parquet(self._path(f"{name}.parquet"), columns=list(columns or []) or None)

    def csv(self, name: str) -> pd.DataFrame:
        """Return a CSV table of the batch."""
        from sim.records.csv_text import read_csv

        return read_csv(self._path(f"{name}.csv"))

    def merged_by(self) -> dict[str, dict[date, dict[str, float]]]:
        """Return the share of replications in which a CCG had merged: scenario, 1 April, CCG.

        The 1 Aprils are those of ``counts`` after the start. The table is read in batches, so
        that memory does not grow with the replications.
        """
        import pyarrow.parquet as pq

        found: dict[tuple[str, str], dict[date | None, int]] = {}
        parquet = pq.ParquetFile(self._path("ccgs.parquet"))
        for batch in parquet.iter_batches(columns=["scenario", "ccg", "merged_on"]):
            tallies = batch.to_pandas().value_counts(dropna=False)
            for (scenario, ccg, when), number in tallies.items():
                day = when if isinstance(when, date) and when == when else None
                mine = found.setdefault((str(scenario), str(ccg)), {})
                mine[day] = mine.get(day, 0) + int(number)
        days = self.effective_dates()
        shares: dict[str, dict[date, dict[str, float]]] = {}
        for (scenario, ccg), tally in found.items():
            total = sum(tally.values())
            for day in days:
                merged = sum(n for when, n in tally.items() if when is not None and when <= day)
                shares.setdefault(scenario, {}).setdefault(day, {})[ccg] = merged / total
        return shares

    def effective_dates(self) -> tuple[date, ...]:
        """Return the 1 Aprils inside the horizon, on which a merger can take effect.

        The first day is one of them only where there is no other.
        """
        days = sorted(self.table("counts", ["date"])["date"].drop_duplicates().tolist())
        aprils = [day for day in days if (day.month, day.day) == (4, 1)]
        return tuple([day for day in aprils if day > days[0]] or aprils)

    def footer(self, scenarios: Sequence[str]) -> str:
        """Return the line under a plot: scenarios, replications, seed, version and a note.

        A scenario is shown by its title, with the name to type in brackets. The note says what
        ``as_written`` leaves out, where that is among the scenarios.
        """
        note = ""
        if AS_WRITTEN in scenarios:
            note = f"Neither Covid nor later law is in {AS_WRITTEN}."
        one = len(scenarios) == 1
        line = (
            f"Scenario{'' if one else 's'}: {'; '.join(map(self._in_full, scenarios))}. "
            f"{self.replications:,} replications{'' if one else ' each'}, "
            f"seed {self.seed}, results version {self.version}. {note}"
        )
        return line.strip()

    def _in_full(self, scenario: str) -> str:
        """Return a scenario's title with the name to type, or the name where it has no title."""
        label = self.labels.get(scenario, scenario)
        return scenario if label == scenario else f"{label} ({scenario})"

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise InputError(f"{self.folder}: has no {name}; is this a finished results folder?")
        return path


def open_results(folder: str | Path) -> Results:
    """Return the batch in a folder, from its ``manifest.json``.

    Raises:
        InputError: there is no folder, no manifest in it, or one that cannot be read.
    """
    from sim.records.manifest import MANIFEST, read_manifest

    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such results folder")
    manifest = read_manifest(folder)
    if manifest is None:
        raise InputError(f"{folder}: has no {MANIFEST}, so it is not a results folder")
    try:
        entries = list(manifest["scenarios"])
        return Results(
            folder=folder,
            scenarios=tuple(str(entry["name"]) for entry in entries),
            worlds={str(entry["name"]): _world_of(entry) for entry in entries},
            replications=int(manifest["replications"]),
            seed=int(manifest["seed"]),
            version=str(manifest["results_version"]),
            labels=labels_of({str(entry["name"]): _title_of(entry) for entry in entries}),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{folder / MANIFEST}: lacks what plots need ({error!r})") from None


def labels_of(titles: Mapping[str, str]) -> dict[str, str]:
    """Return what people are shown of each scenario, from titles by name; no two are the same.

    A scenario without a title, or with one that could be taken for another scenario, goes by its
    name.
    """
    shown = {name: title or name for name, title in titles.items()}
    taken = Counter([*shown.values(), *(name for name in shown if shown[name] != name)])
    return {name: label if taken[label] == 1 else name for name, label in shown.items()}


def _title_of(entry: Mapping[str, Any]) -> str:
    """Return the title of a scenario of the manifest; folders made without titles have none."""
    return str(entry.get("resolved", {}).get("title") or "")


def _world_of(entry: Mapping[str, Any]) -> str:
    """Return the world that a scenario of the manifest ran on."""
    return str(entry.get("resolved", {}).get("world") or "england_2019")
