"""Records the hash of the code that produced each replication, and refuses to mix versions.

A batch's identity names its scenarios, worlds, seed and results version but not its code, so that
an ordinary results folder can be continued after a change that alters no result. A published
forecast or a fit needs one version of the code throughout: it asks here before it reuses
replications. The hashes are kept in a note beside the shards.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sim.errors import InputError
from sim.records.code import replication_code
from sim.records.manifest import MANIFEST, read_manifest
from sim.records.shards import SHARD_FOLDER
from sim.records.store import all_shards

IDENTITY: Final = "identity.json"
"""Stands beside the shards and says whose they are before there is a manifest, and which code
has made them."""
KEY: Final = "code"
UNKNOWN: Final = "unknown"
"""Stands for the code of replications beside which none was noted."""


def codes_of(folder: Path) -> tuple[str, ...]:
    """Return the hashes of all code that has made replications in a folder; none if it has none."""
    shards = folder / SHARD_FOLDER
    if not (folder / MANIFEST).exists() and not all_shards(shards):
        return ()
    note = None
    with suppress(InputError):  # a note that a power cut has spoilt says nothing
        note = read_manifest(shards, IDENTITY)
    noted = None if note is None else note.get(KEY)
    return tuple(map(str, noted)) if isinstance(noted, list) and noted else (UNKNOWN,)


def note_of(claim: dict[str, Any], codes: Iterable[str]) -> dict[str, Any]:
    """Return the note to lay beside shards: what the batch is, and which code has made it."""
    return claim | {KEY: list(codes)}


def refuse_other_code(folders: Iterable[Path]) -> str:
    """Refuse folders with replications of other code than this program's; return its hash.

    Raises:
        InputError: names the first such folder and what can be done.
    """
    ours = replication_code()
    for folder in folders:
        others = [code for code in codes_of(folder) if code != ours]
        if others:
            theirs = ", ".join(code[:12] for code in others)
            raise InputError(
                f"{folder}: holds replications made by other code ({theirs}; this program is "
                f"{ours[:12]}), which must not be mixed",
                argument="out",
                remedy="use {overwrite=True}, or another {out}",
            )
    return ours
