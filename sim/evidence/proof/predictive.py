"""Forecasts of a wave that the fit has not seen, for synthetic truths and for the record.

One wave is left out, the fit is made to the others alone, and what it says of the one left out is
drawn: an emulator's mean at the posterior's draws, and the emulator's own scatter about it. A
synthetic truth is one row of parameters with all waves run under it, so the forecast can be held
against what that wave gave. The record goes the same way. ``predictive_tables`` scores it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.evidence.arrays import Array
from sim.evidence.fit import Design, Emulator, Wave, back, fit_emulator, marginal, transform
from sim.evidence.proof.simulation_based import posterior_of_each

SCATTERED: Final = 5
"""Draws of the emulator's scatter at each draw of the posterior."""
RECORD_CHAINS: Final = 8
"""Chains of the record, which is one and may take more draws than each of many truths."""


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of the wave left out and what happened, for one truth or many, in plain counts.

    ``draws`` are truths by draws by summaries, ``seen`` truths by summaries.
    """

    draws: Array
    seen: Array


@dataclass(frozen=True)
class PredictedWave:
    """One wave left out: its summaries, the forecasts of it, and what it gives at prior parameters.

    ``prior`` are the training replications' summaries, one row each: what would be said of the wave
    without any fit, and where the thresholds of yes-or-no events come from.
    """

    wave: str
    fitted: tuple[str, ...]
    names: tuple[str, ...]
    synthetic: Forecasts
    record: Forecasts
    prior: Array


def leave_each_out(
    waves: Sequence[Wave],
    designs: Sequence[Design],
    names: Sequence[str],
    *,
    truths: int,
    seed: int,
) -> tuple[PredictedWave, ...]:
    """Leave out each wave in turn and forecast it; nothing where there is but one.

    Args:
        waves: the waves, and ``designs`` their replications at prior parameters, with the same
            parameters row by row (the same seed).
        designs: see above; the last ``truths`` rows are the synthetic truths, the others train.
        names: of the parameters.
        truths: how many.
        seed: of the samplers and the emulators' scatter.
    """
    if len(waves) < 2:
        return ()
    emulators = [
        fit_emulator(one.standardised[:-truths], one.summaries[:-truths]) for one in designs
    ]
    fitted_to = [
        np.concatenate([part.summaries[-truths:], np.tile(_recorded(wave), (RECORD_CHAINS, 1))])
        for wave, part in zip(waves, designs, strict=True)
    ]
    found = []
    for index, wave in enumerate(waves):
        others = [number for number in range(len(waves)) if number != index]
        draws = posterior_of_each(
            [marginal(emulators[number], waves[number].used) for number in others],
            [fitted_to[number][:, list(waves[number].used)] for number in others],
            len(names),
            seed + 1 + index,
        )
        training = designs[index].summaries[:-truths]
        whole = whole_columns(training, wave.signed)
        rng = np.random.Generator(np.random.Philox(key=[seed, 40 + index]))
        drawn = back(predictive_draws(emulators[index], draws, rng), wave.signed, whole)
        width = drawn.shape[-1]
        found.append(
            PredictedWave(
                wave=wave.name,
                fitted=tuple(waves[number].name for number in others),
                names=wave.names,
                synthetic=Forecasts(
                    drawn[:truths],
                    back(designs[index].summaries[-truths:], wave.signed, whole),
                ),
                record=Forecasts(
                    drawn[truths:].reshape(1, -1, width),
                    back(_recorded(wave), wave.signed, whole),
                ),
                prior=back(training, wave.signed, whole),
            )
        )
    return tuple(found)


def predictive_draws(emulator: Emulator, standardised: Array, rng: np.random.Generator) -> Array:
    """Return draws of transformed summaries: the mean at each row of parameters, and scatter.

    ``standardised`` are truths by draws by parameters; each row gives ``SCATTERED`` draws.
    """
    truths, draws, dimensions = standardised.shape
    mean = emulator.mean(standardised.reshape(-1, dimensions))
    factor = np.linalg.cholesky(emulator.covariance)
    around = rng.standard_normal((len(mean), SCATTERED, mean.shape[1])) @ factor.T
    drawn = mean[:, None, :] + around
    return np.asarray(drawn.reshape(truths, draws * SCATTERED, -1), dtype=float)


def whole_columns(summaries: Array, signed: Sequence[int]) -> tuple[int, ...]:
    """Return the columns of transformed summaries that only ever hold whole counts."""
    plain = back(summaries, signed)
    fraction = np.abs(plain - np.round(plain)).max(axis=0)
    return tuple(i for i, far in enumerate(fraction) if far < 1e-6 and i not in signed)


def _recorded(wave: Wave) -> Array:
    return transform(wave.observed[None], wave.signed)
