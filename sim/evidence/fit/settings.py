"""What a fit runs with, and where it keeps its replications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sim.evidence.fit.waves import Wave

Progress = Callable[[str, int, int], None]
"""Called with the name of what runs, the replications done and those to be done."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How a fit is run.

    Attributes:
        folder: working folder; replications found there are used again.
        replications: of each wave in each round of replications.
        seed: of everything.
        workers: worker processes; no result depends on it.
        overwrite: discard replications found in the folder and run them from the beginning.
        progress: called with what runs and how far it is.
    """

    folder: Path
    replications: int
    seed: int
    workers: int | None = None
    overwrite: bool = False
    progress: Progress | None = None

    def batch(self, stage: str, wave: Wave) -> Path:
        """Return where a stage of the fit keeps its replications of a wave."""
        return self.folder / f"{stage}_{wave.name}_{self.replications}"

    @property
    def first_posterior(self) -> Path:
        """Where the fit keeps the draws, spread a little, that its second round is run at."""
        return self.folder / f"first_posterior_{self.replications}"

    def first_files(self) -> list[str]:
        """Return the names of the files in it, relative to the fit's folder."""
        return [f"{self.first_posterior.name}/{name}" for name in ("scores.npy", "draws.csv")]
