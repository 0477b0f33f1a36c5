"""Which parameters agree with the recorded waves and ballots? Joint draws and what they rest on."""

from sim.evidence.fit.earlier_waves import LAST_DAY, ROUNDS, WAVES, history_wave, last_day
from sim.evidence.fit.emulator import Emulator, back, fit_emulator, transform
from sim.evidence.fit.fitting import FIT_FILES, POSTERIOR, Fit, ballot_likelihood, fit
from sim.evidence.fit.posterior import (
    FINAL_ROWS,
    SECOND,
    BallotLikelihood,
    Design,
    FittedPosterior,
    Quadratic,
    design,
    marginal,
    posterior_draws,
    trained,
)
from sim.evidence.fit.settings import FitSettings, Progress
from sim.evidence.fit.standardised import fitted_names, values_of, write_array, write_draws
from sim.evidence.fit.waves import Wave, wave_of_2020

__all__ = [
    "FINAL_ROWS",
    "FIT_FILES",
    "LAST_DAY",
    "POSTERIOR",
    "ROUNDS",
    "SECOND",
    "WAVES",
    "BallotLikelihood",
    "Design",
    "Emulator",
    "Fit",
    "FitSettings",
    "FittedPosterior",
    "Progress",
    "Quadratic",
    "Wave",
    "back",
    "ballot_likelihood",
    "design",
    "fit",
    "fit_emulator",
    "fitted_names",
    "history_wave",
    "last_day",
    "marginal",
    "posterior_draws",
    "trained",
    "transform",
    "values_of",
    "wave_of_2020",
    "write_array",
    "write_draws",
]
