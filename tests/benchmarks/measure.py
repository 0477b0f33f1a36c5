"""Measures whole runs: time of 1,000 replications, and peak memory at 200 and at 5,000.

Run as ``python -m tests.benchmarks.measure [--replications 1000] [--memory]``. Each run is a
process of its own, as a user would start it; memory is the largest process of the run (the
parent or a worker), as the operating system counts it. Times are this machine's at this moment.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEAK = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def run(replications: int, workers: int = 2) -> tuple[float, int, float]:
    """Run one scenario; return wall seconds, peak kilobytes of any process, processor seconds."""
    root = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            str(root / "run_sim.py"),
            "run",
            "as_written",
            f"--replications={replications}",
            f"--workers={workers}",
            f"--out={folder}/out",
            "--quiet",
        ]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", PEAK, *command], capture_output=True, text=True, check=True
        )
        wall = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return wall, int(done.stdout.split()[-1]), cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--memory", action="store_true", help="also 200 against 5,000")
    options = parser.parse_args()
    wall, peak, cpu = run(options.replications)
    print(
        f"{options.replications} replications, 2 workers: {wall:.1f} s wall, {cpu:.1f} s of "
        f"processor, peak {peak / 1024:.0f} MB"
    )
    if options.memory:
        small, large = run(200)[1], run(5000)[1]
        print(f"peak memory {small / 1024:.0f} MB at 200, {large / 1024:.0f} MB at 5,000", end="")
        print(f": {large / small:.3f} times")


if __name__ == "__main__":
    main()
