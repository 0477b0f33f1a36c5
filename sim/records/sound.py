"""Whether a results folder holds together: manifest, checksums, columns and rows.

A folder may come from somebody else, or have been changed by hand. What is read from it is checked
first, so that a message names the file instead of a picture failing half-way.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError, RunFailed
from sim.records.failures import FAILURES
from sim.records.manifest import MANIFEST, RESULTS_VERSION, file_digest, read_manifest
from sim.records.schema import TABLES

if TYPE_CHECKING:
    import pandas as pd

SHA256: Final = re.compile(r"[0-9a-f]{64}")
PER_REPLICATION: Final = ("replications", "counts", "systems", "ccgs")
"""Tables that hold something of every replication."""


def sound_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a finished batch whose files all fit it.

    Raises:
        InputError: names the file and what is wrong with it.
    """
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise InputError(f"{folder}: holds no finished batch (no {MANIFEST})")
    if manifest["results_version"] != RESULTS_VERSION:
        raise InputError(
            f"{folder}: results version {manifest['results_version']!r}, "
            f"this program reads {RESULTS_VERSION!r}"
        )
    wrong = wrong_manifest(manifest)
    if wrong:
        raise InputError(f"{folder / MANIFEST}: {wrong}")
    wrong = wrong_files(folder, manifest)
    if wrong:
        raise InputError(f"{folder}: {wrong}")
    return manifest


def _whole(value: object, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def wrong_manifest(manifest: Mapping[str, Any]) -> str:
    """Return in words what is wrong with a manifest's entries, or nothing."""
    if not _whole(manifest.get("seed"), 0, 2**63 - 1):
        return f"seed is {manifest.get('seed')!r}; must be a whole number from 0"
    number = manifest.get("replications")
    if not _whole(number, 1, 1_000_000):
        return f"replications is {number!r}; must be a whole number from 1 to 1,000,000"
    scenarios = manifest.get("scenarios")
    if not isinstance(scenarios, list) or not scenarios:
        return f"scenarios is {str(scenarios)[:60]!r}; must be a list of scenarios"
    for entry in scenarios:
        if not isinstance(entry, dict) or not all(
            isinstance(entry.get(key), str) for key in ("name", "sha256", "world_sha256")
        ):
            return "scenarios: each must have a name, sha256 and world_sha256"
        if not isinstance(entry.get("resolved"), dict):
            return f"scenarios: {entry['name']!r} has no resolved content"
    names = [entry["name"] for entry in scenarios]
    if len(set(names)) < len(names):
        return "scenarios: two have the same name"
    return _wrong_failed(manifest, names) or _wrong_tables(manifest)


def _wrong_failed(manifest: Mapping[str, Any], names: list[str]) -> str:
    failed = manifest.get("failed", {})
    if not isinstance(failed, dict):
        return "failed: must be a table of scenarios"
    for name, numbers in failed.items():
        if name not in names or not isinstance(numbers, list) or not numbers:
            return f"failed: {name!r} must be one of the scenarios, with a list of numbers"
        if not all(_whole(n, 0, manifest["replications"] - 1) for n in numbers):
            return f"failed: {name!r} names a replication that is not in the batch"
    return ""


def _wrong_tables(manifest: Mapping[str, Any]) -> str:
    tables = manifest.get("tables")
    if not isinstance(tables, dict):
        return "tables: must list the files of the batch"
    wanted = [*(table.file for table in TABLES), "summary.csv", "places.csv"]
    if manifest.get("failed"):
        wanted.append(FAILURES.file)
    for name in wanted:
        entry = tables.get(name)
        if not isinstance(entry, dict):
            return f"tables: {name} is missing"
        if not isinstance(entry.get("sha256"), str) or not SHA256.fullmatch(entry["sha256"]):
            return f"tables: {name} has no checksum"
        if not _whole(entry.get("rows"), 0, 2**62):
            return f"tables: {name} does not say how many rows it has"
    for name in tables:
        if Path(name).name != name:
            return f"tables: {name!r} is not the name of a file in the folder"
    return ""


def wrong_files(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Return in words which file does not fit a sound manifest, or nothing."""
    return wrong_checksums(folder, manifest) or _wrong_columns(folder, manifest)


def wrong_checksums(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Return in words which file is missing or has other bytes than it had, or nothing."""
    for name, entry in manifest["tables"].items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if file_digest(path) != entry["sha256"]:
            return f"{name} does not fit its checksum in {MANIFEST}"
    return ""


def read_listed(folder: Path, manifest: Mapping[str, Any], name: str) -> pd.DataFrame:
    """Return a table exactly as a manifest lists it, Parquet or CSV by the ending of its name.

    Raises:
        RunFailed: it is another one by now: a run has replaced it since the manifest was read.
    """
    import pyarrow.parquet as pq

    from sim.records.csv_text import read_csv

    frame: pd.DataFrame | None = None
    listed = manifest["tables"][name]["sha256"]
    try:
        with (folder / name).open("rb") as file:  # one file from here on, whatever replaces it
            if (
                hashlib.file_digest(file, "sha256").hexdigest()
                == manifest["tables"][name]["sha256"]
            ):
                file.seek(0)
                if name.endswith(".parquet"):
                    frame = pq.read_table(file).to_pandas()
                else:
                    frame = read_csv(folder / name)
                    if file_digest(folder / name) != listed:
                        frame = None
    except FileNotFoundError:
        frame = None
    if frame is None:
        raise RunFailed(f"{folder}: another run has replaced {name} since the batch was opened")
    return frame


def _wrong_columns(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Check columns and rows of the Parquet tables, and that they are of the same replications."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from sim.records.tables import arrow_schema

    failed = manifest.get("failed", {})
    number = manifest["replications"]
    wanted = {
        entry["name"]: number - len(set(failed.get(entry["name"], ())))
        for entry in manifest["scenarios"]
    }
    for table in (*TABLES, *([FAILURES] if failed else [])):
        try:
            with pq.ParquetFile(folder / table.file) as file:
                if file.schema_arrow != arrow_schema(table):
                    return f"{table.file} has other columns than this program writes"
                if file.metadata.num_rows != manifest["tables"][table.file]["rows"]:
                    return f"{table.file} has another number of rows than {MANIFEST} says"
                if table.name not in PER_REPLICATION:
                    continue
                found = _replications_of(file)
        except (OSError, pa.ArrowException, ValueError) as error:
            return f"{table.file} cannot be read ({error})"
        if {name: count for name, count in found.items() if count} != {
            name: count for name, count in wanted.items() if count
        }:
            return f"{table.file} holds other replications than {MANIFEST} says"
    return ""


def _replications_of(file: Any) -> dict[str, int]:
    """Return how many replications of each scenario a table holds, a row group at a time."""
    import pyarrow.compute as pc

    found: dict[str, set[int]] = {}
    counts: dict[str, int] = {}
    for group in range(file.num_row_groups):
        part = file.read_row_group(group, columns=["scenario", "replication"])
        if not part.num_rows:  # all of its replications failed
            continue
        names = pc.unique(part["scenario"]).to_pylist()
        if len(names) != 1:
            return {}
        own = set(pc.unique(part["replication"]).to_pylist())
        seen = found.setdefault(names[0], set())
        counts[names[0]] = counts.get(names[0], 0) + len(own - seen)
        found[names[0]] = own  # groups are in order: only neighbours could share a replication
    return counts
