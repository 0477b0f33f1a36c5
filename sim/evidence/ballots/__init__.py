"""What do the recorded ballots say of the votes? Their likelihood, fit, predictions and report."""

from sim.evidence.ballots.check import coverage, log_marginal_likelihood, predict_ballots
from sim.evidence.ballots.data import BallotData, ballot_data
from sim.evidence.ballots.fit import BallotFit, complete, fit_ballots
from sim.evidence.ballots.likelihood import BALLOT_PARAMETERS, ballot_log_likelihoods
from sim.evidence.ballots.report import ballot_report, fits_by_causal_share, prior_and_posterior

__all__ = [
    "BALLOT_PARAMETERS",
    "BallotData",
    "BallotFit",
    "ballot_data",
    "ballot_log_likelihoods",
    "ballot_report",
    "complete",
    "coverage",
    "fit_ballots",
    "fits_by_causal_share",
    "log_marginal_likelihood",
    "predict_ballots",
    "prior_and_posterior",
]
