"""Proof that the fitting works: simulation-based calibration on synthetic truths.

Talts et al. (2018): draw parameters from the prior, run the simulator, fit to what it gave; over
many such truths the rank of the truth among the posterior's draws must be uniform, and intervals
must hold it as often as they say. The synthetic rounds are replications that the emulator has not
been trained on, seen through the same summaries as the recorded one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.evidence.arrays import Array
from sim.evidence.fit import Design, Emulator, Wave, fit_emulator, marginal
from sim.evidence.sampler import elliptical_slice

DRAWS: Final = 99  # ranks 0 to 99
LEVELS: Final = (0.5, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class CheckedParameter:
    """One parameter: the p-value of uniform ranks, coverage by level, and what was learnt.

    ``contraction`` is one minus the mean posterior variance (the prior's is 1): 0 where the data
    say nothing.
    """

    name: str
    p_uniform: float
    coverage: tuple[float, ...]
    contraction: float


@dataclass(frozen=True)
class SimulationBasedCheck:
    """The result over all truths: ranks (truths by parameters) and a row for each parameter."""

    names: tuple[str, ...]
    ranks: NDArray[np.int64]
    parameters: tuple[CheckedParameter, ...]

    def smallest_adjusted_p(self) -> float:
        """Return the smallest p-value after Bonferroni's correction for all parameters."""
        return min(1.0, len(self.parameters) * min(p.p_uniform for p in self.parameters))


def simulation_based_check(
    waves: Sequence[Wave],
    designs: Sequence[Design],
    names: Sequence[str],
    *,
    truths: int,
    seed: int,
) -> SimulationBasedCheck:
    """Fit to synthetic truths and return where they fell among the draws.

    Args:
        waves: the waves, and ``designs`` their replications at prior parameters, with the same
            parameters row by row (the same seed).
        designs: see above; the last ``truths`` rows are the synthetic rounds.
        names: of the parameters.
        truths: how many.
        seed: of the sampler.
    """
    emulators: list[Emulator] = []
    observed: list[Array] = []
    truth = designs[0].standardised[-truths:]
    for wave, part in zip(waves, designs, strict=True):
        used = list(wave.used)
        emulators.append(
            marginal(fit_emulator(part.standardised[:-truths], part.summaries[:-truths]), used)
        )
        observed.append(part.summaries[-truths:][:, used])

    draws = posterior_of_each(emulators, observed, len(names), seed)
    ranks = (draws < truth[:, None, :]).sum(axis=1).astype(np.int64)
    return SimulationBasedCheck(tuple(names), ranks, _rows(names, ranks, draws))


def posterior_of_each(
    emulators: Sequence[Emulator], observed: Sequence[Array], dimensions: int, seed: int
) -> Array:
    """Fit to many rounds side by side, one chain each: draws by round, draw and parameter.

    Args:
        emulators: of the waves fitted to.
        observed: what was seen of each of these waves, one row per round.
        dimensions: number of parameters.
        seed: of the sampler.
    """

    def log_likelihood(standardised: Array, chains: NDArray[np.int64]) -> Array:
        total = np.zeros(len(standardised))
        for emulator, seen in zip(emulators, observed, strict=True):
            total += emulator.log_likelihood(standardised, seen[chains])
        return total

    return elliptical_slice(
        log_likelihood,
        dimensions,
        chains=len(observed[0]),
        warmup=500,
        steps=DRAWS * 20,
        thin=20,
        seed=seed,
    )


def _rows(
    names: Sequence[str], ranks: NDArray[np.int64], draws: Array
) -> tuple[CheckedParameter, ...]:
    from scipy import stats

    bins = 10
    found = []
    for column, name in enumerate(names):
        counts = np.bincount(ranks[:, column] * bins // (DRAWS + 1), minlength=bins)
        p_value = float(stats.chisquare(counts).pvalue)
        place = ranks[:, column] / DRAWS
        coverage = tuple(float(np.mean(np.abs(place - 0.5) <= level / 2)) for level in LEVELS)
        variance = float(draws[:, :, column].var(axis=1).mean())
        found.append(CheckedParameter(name, p_value, coverage, 1.0 - variance))
    return tuple(found)


def check_report(found: SimulationBasedCheck, truths: int) -> str:
    """Return the result as markdown: coverage over all parameters, and a row for each."""
    whole = np.mean([row.coverage for row in found.parameters], axis=0)
    summary = (
        f"{truths} synthetic truths from the prior, {len(found.parameters)} parameters. Smallest "
        f"p-value of uniform ranks, Bonferroni-corrected: {found.smallest_adjusted_p():.3f}."
    )
    lines = [
        "# Simulation-based calibration",
        "",
        summary,
        "",
        "The central intervals, over all parameters: "
        + ", ".join(
            f"{level:.0%} contain {share:.1%}" for level, share in zip(LEVELS, whole, strict=True)
        )
        + ".",
        "",
        "| parameter | learnt | in 50% | in 80% | in 90% | p of uniform ranks |",
        "|---|---|---|---|---|---|",
    ]
    for row in sorted(found.parameters, key=lambda row: (-row.contraction, row.name)):
        held = " | ".join(f"{share:.0%}" for share in row.coverage)
        lines.append(
            f"| `{row.name}` | {max(0.0, row.contraction):.0%} | {held} | {row.p_uniform:.3f} |"
        )
    return "\n".join(lines) + "\n"
