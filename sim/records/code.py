"""Which code made a result, as hashes of the package's Python files.

There are two digests. The code that replications come from is the floors up to ``experiment``: a
change there can change what a replication gives or how its tables are written. The whole package
also holds what reads finished tables (evidence, views and commands), which is computed anew each
time and so needs no replication to be run again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[1]
BELOW: Final = ("adding.py", "errors.py", "units.py")
FLOORS: Final = ("world", "streams", "scenario", "rules", "agents", "records", "experiment")
"""The folders whose code makes replications and their tables, above the files ``BELOW``.

Their data (worlds, posteriors) has digests of its own in a batch's identity."""


def replication_code(package: Path = PACKAGE) -> str:
    """Return the hash of the code that makes replications."""
    floors = (path for name in FLOORS for path in (package / name).rglob("*.py"))
    return _digest(package, [*(package / name for name in BELOW), *floors])


def package_code(package: Path = PACKAGE) -> str:
    """Return the hash of all Python files of the package."""
    return _digest(package, package.rglob("*.py"))


def _digest(package: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
