"""How well the fitted model predicts the recorded ballots: predictions, scores, one mode or two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from sim.evidence.ballots.data import BallotProposal
from sim.evidence.ballots.fit import BallotFit, complete, values_at
from sim.evidence.ballots.likelihood import ballot_log_likelihoods, case_log_likelihoods
from sim.evidence.ballots.possible_counts import Floats, outcome_of
from sim.evidence.ballots.simulation import SimulatedVotes, simulate_votes
from sim.evidence.record.votes import BallotRecord

LEVEL: Final = 0.9  # of the intervals and sets in which a recorded ballot should lie


@dataclass(frozen=True, slots=True)
class PredictedBallot:
    """One recorded ballot and the model's prediction for a new proposal with its covariates.

    ``recorded`` is the yes share, None where only the outcome is known, and ``low`` to ``high``
    the central 90% of what is predicted. ``carried`` are the chances that each of its CCGs has
    the votes (quorum apart), ``outcomes`` what was recorded of each. ``share_inside``: the
    recorded share lies in the interval. ``outcomes_inside``: by CCG, whether the recorded outcome
    is in the smallest set of (has them, has them not) that holds at least 90%.
    """

    case: str
    ccgs: tuple[str, ...]
    recorded: float | None
    low: float
    median: float
    high: float
    carried: tuple[float, ...]
    outcomes: tuple[str, ...]
    share_inside: bool | None
    outcomes_inside: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class CaseScore:
    """The log chance of a case's votes given all other cases, and how well that is known.

    ``effective`` is the effective number of posterior draws behind it: below some 50 the case
    moves the posterior so far that only a fit without it would tell.
    """

    case: str
    log_score: float
    effective: float


def predict_ballots(
    fit: BallotFit, seed: int, *, leave_one_out: bool = False
) -> tuple[PredictedBallot, ...]:
    """Predict every ballot of the fit's data, as if its proposal were put to members anew.

    The proposal's mood and its CCGs' differences are drawn afresh (given the recorded advice, and
    that leaders called the ballot where the fit says so). With ``leave_one_out`` each case is
    predicted from the other cases, by weighting the draws.
    """
    random = np.random.Generator(np.random.Philox(seed))
    values = fit.values()
    weights = _weights(fit) if leave_one_out else None
    found: list[PredictedBallot] = []
    for index, proposal in enumerate(fit.data.proposals):
        chosen = np.arange(len(fit.draws))
        if weights is not None:
            chosen = random.choice(len(chosen), len(chosen), p=weights[:, index])
        some = {name: array[chosen] for name, array in values.items()}
        votes = simulate_votes(some, proposal, random, fit.form, fit.selection)
        found += [_predicted(proposal, record, votes) for record in proposal.recorded]
    return tuple(found)


def coverage(predicted: tuple[PredictedBallot, ...]) -> tuple[int, int, int, int]:
    """Return how many recorded shares lie inside and how many there are, then outcomes."""
    shares = [p.share_inside for p in predicted if p.share_inside is not None]
    outcomes = [inside for p in predicted for inside in p.outcomes_inside]
    return sum(shares), len(shares), sum(outcomes), len(outcomes)


def case_scores(fit: BallotFit) -> tuple[CaseScore, ...]:
    """Return the leave-one-case-out log scores, from the draws of the fit to all cases."""
    _, by_case = case_log_likelihoods(fit.values(), fit.data, fit.form, fit.selection)
    scores = []
    for proposal, logs in zip(fit.data.proposals, by_case.T, strict=True):
        scores.append(
            CaseScore(
                proposal.case,
                float(np.log(len(logs)) - special.logsumexp(-logs)),
                float(np.exp(2.0 * special.logsumexp(-logs) - special.logsumexp(-2.0 * logs))),
            )
        )
    return tuple(scores)


def log_marginal_likelihood(fit: BallotFit, seed: int, draws: int = 2000) -> tuple[float, float]:
    """Return the log chance of all ballots under the priors, and its standard error.

    Importance sampling (in standardised parameters) from a normal with the
    posterior's means and covariance, made a tenth wider, mixed with one part in five of prior.
    """
    random = np.random.Generator(np.random.Philox(seed))
    mean, size = fit.standardised.mean(axis=0), fit.standardised.shape[1]
    wide = np.linalg.cholesky(np.cov(fit.standardised.T) + 1e-6 * np.eye(size)) * 1.1
    from_prior = random.uniform(size=draws) < 0.2
    z = random.standard_normal((draws, size))
    at = np.where(from_prior[:, None], z, mean + z @ wide.T)
    values = complete(values_at(at, fit.names, fit.priors), fit.priors)
    log_likelihood = ballot_log_likelihoods(values, fit.data, fit.form, fit.selection)
    prior = _log_normal(at)
    around = np.linalg.solve(wide, (at - mean).T).T
    fitted = _log_normal(around) - float(np.log(np.diag(wide)).sum())
    proposal = np.logaddexp(np.log(0.2) + prior, np.log(0.8) + fitted)
    weights = log_likelihood + prior - proposal
    total = float(special.logsumexp(weights) - np.log(draws))
    relative = np.exp(weights - total)
    return total, float(relative.std(ddof=1) / np.sqrt(draws))


def _log_normal(z: Floats) -> Floats:
    return np.asarray(-0.5 * (z**2).sum(axis=1) - 0.5 * z.shape[1] * np.log(2.0 * np.pi))


def _weights(fit: BallotFit) -> Floats:
    """Return weights that take each case out of the posterior: (draws, cases), sums of one."""
    _, by_case = case_log_likelihoods(fit.values(), fit.data, fit.form, fit.selection)
    return np.asarray(np.exp(-by_case - special.logsumexp(-by_case, axis=0)))


def _predicted(
    proposal: BallotProposal, record: BallotRecord, votes: SimulatedVotes
) -> PredictedBallot:
    codes = [ccg.code for ccg in proposal.ccgs]
    columns = [codes.index(code) for code in record.ccgs]
    cast, votes_for = votes.cast[votes.called], votes.votes_for[votes.called]
    sums = cast[:, columns].sum(axis=1)
    shares = votes_for[:, columns].sum(axis=1)[sums > 0] / sums[sums > 0]
    low, median, high = np.quantile(shares, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
    carried = tuple(
        float(
            np.mean(
                [
                    outcome_of(proposal.ccgs[column], int(n), int(k)) != "failed"
                    for n, k in zip(cast[:, column], votes_for[:, column], strict=True)
                ]
            )
        )
        for column in columns
    )
    outcomes_inside = tuple(
        (1.0 - chance if outcome == "failed" else chance) >= 1.0 - LEVEL
        for chance, outcome in zip(carried, record.outcomes, strict=True)
    )
    recorded = record.yes_share
    slack = 0.005 if record.kind.endswith("share") else 1e-9  # shares are rounded
    inside = None if recorded is None else bool(low - slack <= recorded <= high + slack)
    return PredictedBallot(
        case=record.case,
        ccgs=record.ccgs,
        recorded=recorded,
        low=float(low),
        median=float(median),
        high=float(high),
        carried=carried,
        outcomes=record.outcomes,
        share_inside=inside,
        outcomes_inside=outcomes_inside,
    )
