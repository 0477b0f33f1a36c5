"""Tables that a folder holds already: whether they are all that is wanted, or may be built upon."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.experiment.plan import BatchPlan
from sim.records.manifest import ScenarioLike, continues, write_manifest
from sim.records.sound import wrong_checksums, wrong_manifest
from sim.records.tables import GROUP, OldTables


@dataclass(frozen=True, slots=True)
class FinishedTables:
    """Sound tables of the same batch, perhaps with other replications or fewer scenarios."""

    folder: Path
    manifest: dict[str, Any]

    def complete(self, plan: BatchPlan, replications: int) -> bool:
        """Tell whether they are all that is wanted: these scenarios in this order, none failed."""
        return (
            self.manifest["identity"] == plan.claim["identity"]
            and self.manifest["replications"] == replications
            and not self.manifest.get("failed")
        )

    def worded_as(self, scenarios: Sequence[ScenarioLike]) -> dict[str, Any]:
        """Return the manifest with titles and questions as the same scenarios read now.

        It is written anew where they read otherwise before, if the folder can be written.
        """
        entries = [
            entry | {"resolved": scenario.resolved, "resolved_toml": scenario.resolved_toml}
            for entry, scenario in zip(self.manifest["scenarios"], scenarios, strict=True)
        ]
        if entries == self.manifest["scenarios"]:
            return self.manifest
        manifest = self.manifest | {"scenarios": entries}
        with suppress(OSError):
            write_manifest(self.folder, manifest)
        return manifest

    def whole_replications(self, scenario: str, replications: int) -> int:
        """Return how many leading replications of a scenario stand in complete row groups."""
        if scenario not in {entry["name"] for entry in self.manifest["scenarios"]}:
            return 0
        first_failed = min(self.manifest.get("failed", {}).get(scenario, ()), default=None)
        ends: list[int] = [replications, self.manifest["replications"]]
        if first_failed is not None:
            ends.append(first_failed)
        return min(ends) // GROUP * GROUP


def finished_tables(
    folder: Path, manifest: dict[str, Any] | None, plan: BatchPlan
) -> FinishedTables | None:
    """Return the tables in a folder if they are sound and of this batch, else None."""
    if manifest is None or not continues(manifest, plan.claim):
        return None
    if wrong_manifest(manifest) or wrong_checksums(folder, manifest):
        return None
    return FinishedTables(folder, manifest)


def taken_over(
    found: FinishedTables | None, names: Sequence[str], replications: int
) -> tuple[OldTables | None, list[int]]:
    """Return the tables to build upon, and what they save.

    That is, for each scenario of ``names``, how many leading replications stand in them in complete
    groups, so that no shard of them is needed.
    """
    if found is None:
        return None, [0] * len(names)
    whole = [found.whole_replications(name, replications) for name in names]
    old = OldTables(
        found.folder,
        tuple(entry["name"] for entry in found.manifest["scenarios"]),
        found.manifest["replications"],
        dict(zip(names, whole, strict=True)),
    )
    return old, whole
