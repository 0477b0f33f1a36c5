"""Can the fitting itself be trusted? Synthetic truths, and earlier waves left out of the fit."""

from sim.evidence.proof.synthetic_truths import PROOF_FILES, prove
from sim.evidence.proof.waves_left_out import FinishedFit, NoFitError, finished_fit, leave_waves_out
from sim.evidence.proof.waves_left_out_scores import score_waves, waves_left_out_page

__all__ = [
    "PROOF_FILES",
    "FinishedFit",
    "NoFitError",
    "finished_fit",
    "leave_waves_out",
    "prove",
    "score_waves",
    "waves_left_out_page",
]
