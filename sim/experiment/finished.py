"""Tables that a folder holds already: whether they are all that is wanted, or may be built upon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.experiment.plan import Plan
from sim.records.manifest import continues
from sim.records.sound import wrong_files, wrong_manifest
from sim.records.tables import GROUP


@dataclass(frozen=True, slots=True)
class FinishedTables:
    """Sound tables of the same batch, perhaps of another number of replications or fewer scenarios.

    ``scenarios`` gives each one's position in today's batch.
    """

    folder: Path
    manifest: dict[str, Any]
    scenarios: dict[str, int]

    def complete(self, plan: Plan, replications: int) -> bool:
        """Tell whether they are all that is wanted: these scenarios in this order, none failed."""
        return (
            self.manifest["identity"] == plan.claim["identity"]
            and self.manifest["replications"] == replications
            and not self.manifest.get("failed")
        )

    def whole_replications(self, scenario: str, replications: int) -> int:
        """Return how many leading replications of a scenario stand in complete row groups."""
        if scenario not in self.scenarios:
            return 0
        first_failed = min(self.manifest.get("failed", {}).get(scenario, ()), default=None)
        ends = [replications, self.manifest["replications"]]
        if first_failed is not None:
            ends.append(first_failed)
        return min(ends) // GROUP * GROUP


def finished_tables(
    folder: Path, manifest: dict[str, Any] | None, plan: Plan, seed: int
) -> FinishedTables | None:
    """Return the tables in a folder if they are sound and of this batch, else None."""
    if manifest is None or not continues(manifest, plan.claim):
        return None
    if wrong_manifest(manifest) or wrong_files(folder, manifest):
        return None
    positions = {entry["name"]: i for i, entry in enumerate(plan.claim["scenarios"])}
    return FinishedTables(
        folder,
        manifest,
        {entry["name"]: positions[entry["name"]] for entry in manifest["scenarios"]},
    )


def tables_of(
    found: FinishedTables | None, plan: Plan, replications: int
) -> tuple[int, ...]:
    """Return how many leading replications of each scenario need not be read from shards."""
    names: Sequence[str] = [entry["name"] for entry in plan.claim["scenarios"]]
    return tuple(
        0 if found is None else found.whole_replications(name, replications) for name in names
    )
