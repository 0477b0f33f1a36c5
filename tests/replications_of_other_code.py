"""Marks the replications of a finished batch as those of another version of the code."""

from __future__ import annotations

import json
from pathlib import Path

from sim.experiment.provenance import IDENTITY, KEY
from sim.records.shards import SHARD_FOLDER

OTHER = "0" * 64


def mark_as_other_code(folder: Path) -> None:
    """Put another hash into the note beside a batch's shards."""
    note = folder / SHARD_FOLDER / IDENTITY
    found = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps(found | {KEY: [OTHER]}), encoding="utf-8")
