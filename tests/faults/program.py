"""The small batch as a program of its own: ``python -m tests.faults.program OUT WORLD ...``.

What it is told to do comes as JSON after OUT and WORLD: replications, workers, pause, kind, at,
once, start_method, seed, overwrite. It says how far it is on standard output.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sim.views.exit_codes import guarded


def run(out: str, world: str, told: dict[str, Any]) -> int:
    from sim.world import load_world
    from tests.faults.engines import Engine
    from tests.faults.small import batch

    def say(done: int, total: int) -> None:
        print(done, flush=True)

    engine = Engine(
        str(Path(out).parent),
        told.pop("kind", ""),
        told.pop("at", 13),
        told.pop("once", False),
        told.pop("pause", 0.0),
    )
    print("ready", flush=True)
    batch(load_world(world), Path(out), replicate=engine, progress=say, **told)
    return 0


def main() -> int:
    return guarded(lambda: run(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))


if __name__ == "__main__":
    raise SystemExit(main())
