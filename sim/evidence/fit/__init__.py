"""Which parameters agree with the recorded waves and ballots? Joint draws and what they rest on."""

from sim.evidence.fit.calibration import BallotLikelihood, Calibration
from sim.evidence.fit.earlier_waves import history_wave
from sim.evidence.fit.fitting import FIT_FILES, POSTERIOR, Fit, ballot_likelihood, fit
from sim.evidence.fit.settings import FitSettings, Progress
from sim.evidence.fit.waves import Wave, wave_of_2020

__all__ = [
    "FIT_FILES",
    "POSTERIOR",
    "BallotLikelihood",
    "Calibration",
    "Fit",
    "FitSettings",
    "Progress",
    "Wave",
    "ballot_likelihood",
    "fit",
    "history_wave",
    "wave_of_2020",
]
