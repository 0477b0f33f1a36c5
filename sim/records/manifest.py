"""The manifest of a results folder: what was run, from what, with which checksums.

It holds no time stamp, no machine name and no path, so that the same command gives the same
bytes again.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Protocol

from sim.errors import InputError
from sim.records.files import write_whole

RESULTS_VERSION: Final = "3"
"""Raised whenever the same scenario, world and seed give other results or other columns."""

MANIFEST: Final = "manifest.json"
LIBRARIES: Final = ("numpy", "scipy", "simpy", "pydantic", "pandas", "pyarrow")
MAXIMUM_BYTES: Final = 50 * 2**20


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What a manifest says of one file: its rows, and the SHA-256 of its bytes."""

    rows: int
    sha256: str


class ScenarioLike(Protocol):
    """What records need of a scenario: its name, digest and full resolved text."""

    @property
    def name(self) -> str:
        """Name of the scenario."""

    @property
    def digest(self) -> str:
        """SHA-256 of its resolved content."""

    @property
    def resolved(self) -> dict[str, Any]:
        """Its whole content as plain tables."""

    @property
    def resolved_toml(self) -> str:
        """Its whole content as TOML."""


def identity(scenarios: Sequence[ScenarioLike], worlds: Sequence[str], seed: int) -> str:
    """Return the hash that says whether two batches are the same experiment.

    Scenarios (in order), their worlds' digests, the seed and the results version count; the
    number of replications does not.
    """
    content = {
        "results_version": RESULTS_VERSION,
        "scenarios": [
            [scenario.name, scenario.digest, world]
            for scenario, world in zip(scenarios, worlds, strict=True)
        ],
        "seed": seed,
    }
    return hashlib.sha256(_json(content).encode()).hexdigest()


def build_manifest(
    *,
    command: str,
    scenarios: Sequence[ScenarioLike],
    worlds: Sequence[str],
    seed: int,
    replications: int,
    files: Mapping[str, FileEntry],
    failed: Mapping[str, Sequence[int]],
) -> dict[str, Any]:
    """Return the manifest of a finished batch.

    Args:
        command: the command line as typed, kept for the reader.
        scenarios: the scenarios in the batch's order.
        worlds: digest of each scenario's world.
        seed: the master seed.
        replications: replications of each scenario.
        files: rows and checksum of each file.
        failed: the replications that failed, by scenario; no scenario without any.
    """
    made = {
        "results_version": RESULTS_VERSION,
        "identity": identity(scenarios, worlds, seed),
        "command": command,
        "seed": seed,
        "replications": replications,
        "package": {"name": "ccg-consolidation", "version": _version("ccg-consolidation")},
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "scenarios": [
            {
                "name": scenario.name,
                "sha256": scenario.digest,
                "world_sha256": world,
                "resolved": scenario.resolved,
                "resolved_toml": scenario.resolved_toml,
            }
            for scenario, world in zip(scenarios, worlds, strict=True)
        ],
        "tables": {name: {"rows": e.rows, "sha256": e.sha256} for name, e in files.items()},
    }
    if failed:
        made["failed"] = {name: sorted(numbers) for name, numbers in failed.items()}
    return made


def write_manifest(folder: Path, manifest: dict[str, Any], name: str = MANIFEST) -> Path:
    """Write a manifest atomically and return its path."""
    return write_whole(folder / name, _json(manifest, indent=2) + "\n")


def read_manifest(folder: Path, name: str = MANIFEST) -> dict[str, Any] | None:
    """Return the manifest of a folder, or None where there is none.

    Raises:
        InputError: the file is not a manifest of this program.
    """
    path = folder / name
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise InputError(f"{path}: larger than {MAXIMUM_BYTES} bytes, so not a manifest")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not a manifest of this program (not readable JSON)") from error
    keys = {"results_version", "identity", "seed"}
    if not isinstance(found, dict) or not keys <= found.keys():
        raise InputError(f"{path}: not a manifest of this program (needs {sorted(keys)})")
    return found


def continues(found: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    """Tell whether a batch of ours goes on from one that was found.

    Results version and seed are the same, and every scenario found is among ours, unchanged and on
    the same world: a batch may gain scenarios, never lose or change one.
    """
    if any(found.get(key) != ours[key] for key in ("results_version", "seed")):
        return False
    before, now = _scenario_keys(dict(found)), _scenario_keys(dict(ours))
    return bool(before) and set(before) <= set(now)


def differences(found: dict[str, Any], ours: dict[str, Any]) -> str:
    """Return in words why two manifests are of different experiments.

    Both need ``results_version``, ``seed`` and ``scenarios`` (a list of tables with ``name``,
    ``sha256`` and ``world_sha256``).
    """
    if found.get("results_version") != ours["results_version"]:
        theirs = found.get("results_version")
        return f"results version {theirs!r}, this program writes {ours['results_version']!r}"
    reasons = []
    if found.get("seed") != ours["seed"]:
        reasons.append(f"seed {found.get('seed')}, not {ours['seed']}")
    before, now = _scenario_keys(found), _scenario_keys(ours)
    names = [name for name, _, _ in before], [name for name, _, _ in now]
    if names[0] != names[1]:
        reasons.append(f"scenarios {', '.join(names[0])}, not {', '.join(names[1])}")
    else:
        pairs = list(zip(before, now, strict=True))
        changed = [new[0] for old, new in pairs if old[1] != new[1]]
        moved = [new[0] for old, new in pairs if old[2] != new[2]]
        if changed:
            reasons.append(f"scenario {', '.join(changed)} has changed since")
        if moved:
            reasons.append(f"the world of {', '.join(moved)} has changed since")
    return "; ".join(reasons) or "another identity"


def _scenario_keys(manifest: dict[str, Any]) -> list[tuple[str, str, str]]:
    listed = manifest.get("scenarios")
    if not isinstance(listed, list):
        return []
    return [
        tuple(str(item.get(key)) for key in ("name", "sha256", "world_sha256"))  # type: ignore[misc]
        for item in listed
        if isinstance(item, dict)
    ]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json(content: object, indent: int | None = None) -> str:
    separators = (",", ": ") if indent else (",", ":")
    return json.dumps(
        content, sort_keys=True, indent=indent, separators=separators, ensure_ascii=False
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
