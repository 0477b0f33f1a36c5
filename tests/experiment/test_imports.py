"""What importing the batches loads: nothing heavy, so that commands start quickly."""

from __future__ import annotations

import subprocess
import sys


def test_importing_batches_loads_no_pandas() -> None:
    code = (
        "import sys, sim.experiment.batch, sim.experiment.compare, sim.experiment.variance;"
        "print(sorted({'pandas', 'pyarrow', 'scipy.stats'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
