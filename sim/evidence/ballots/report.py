"""The fitted ballots in words and tables, for the report of the fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.adding import add_up
from sim.evidence.ballots.check import (
    PredictedBallot,
    case_scores,
    coverage,
    log_marginal_likelihood,
    predict_ballots,
)
from sim.evidence.ballots.data import BallotData
from sim.evidence.ballots.fit import KEPT, BallotFit, fit_ballots
from sim.scenario.distributions import fixed
from sim.scenario.model import DEFAULT_FORM
from sim.scenario.parameters import DEFAULT_PRIORS

CAUSAL_SHARES: Final = (0.25, 0.5, 1.0)  # at which priors.md section 4 asks for results


@dataclass(frozen=True, slots=True)
class PosteriorRow:
    """One parameter before and after: quantiles at 5, 50 and 95%.

    ``learnt`` is 1 less the ratio of posterior to prior variance as the prior's standard normal:
    0 where the ballots say nothing, near 1 where they say all; below 0 by chance, or where the
    posterior has moved to where the prior is thin. ``moved`` is the posterior mean there.
    """

    name: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    learnt: float
    moved: float
    r_hat: float
    effective: float


def prior_and_posterior(fit: BallotFit) -> tuple[PosteriorRow, ...]:
    """Return the parameters of a fit before and after, in the order of the chain of a proposal."""
    rows = []
    for i, name in enumerate(fit.names):
        prior = fit.priors[name]
        low, median, high = np.quantile(fit.draws[:, i], [0.05, 0.5, 0.95])
        rows.append(
            PosteriorRow(
                name=name,
                prior=(prior.quantile(0.05), prior.quantile(0.5), prior.quantile(0.95)),
                posterior=(float(low), float(median), float(high)),
                learnt=float(1.0 - fit.standardised[:, i].var()),
                moved=float(fit.standardised[:, i].mean()),
                r_hat=fit.r_hat[name],
                effective=fit.effective[name],
            )
        )
    return tuple(rows)


def fits_by_causal_share(
    seed: int,
    form: str = DEFAULT_FORM,
    shares: Sequence[float] = CAUSAL_SHARES,
    *,
    data: BallotData | None = None,
    kept: int = KEPT,
) -> dict[float, BallotFit]:
    """Fit with the share of the advice's association that is caused held at each value."""
    return {
        share: fit_ballots(
            seed,
            form,
            data=data,
            kept=kept,
            priors={**DEFAULT_PRIORS, "lmc_causal_share": fixed(share)},
        )
        for share in shares
    }


def ballot_report(
    fit: BallotFit,
    other: BallotFit | None = None,
    by_causal_share: Mapping[float, BallotFit] | None = None,
) -> str:
    """Return the report of a fit as lines of Markdown.

    ``other`` is another fit of the same ballots to compare it with (the one-mode form);
    ``by_causal_share`` comes from ``fits_by_causal_share``.
    """
    lines = [*_summary(fit), "", *_posterior_lines(fit), "", *_prediction_lines(fit)]
    lines += ["", *_score_lines(fit, other)]
    if by_causal_share:
        lines += ["", *_causal_lines(by_causal_share)]
    return "\n".join(lines) + "\n"


def _summary(fit: BallotFit) -> list[str]:
    recorded = [proposal for proposal in fit.data.proposals if proposal.recorded]
    silent = [proposal for proposal in fit.data.proposals if not proposal.recorded]
    records = [record for proposal in recorded for record in proposal.recorded]
    ccgs = sum(len(proposal.ccgs) for proposal in recorded)
    shares = sum(record.yes_share is not None for record in records)
    called = "given that they were called" if fit.selection else "as if all had been called"
    without = f"; left out: {', '.join(fit.left_out)}" if fit.left_out else ""
    text = (
        f"{len(records)} recorded ballots ({shares} with counts or shares, the others only carried "
        f"or failed) of {ccgs} CCGs in {len(recorded)} proposals{without}; also "
        f"{len(silent)} mergers without a recorded vote ({sum(len(p.ccgs) for p in silent)} CCGs), "
        "taken to have been carried everywhere. "
        f"{len(fit.draws)} draws in {fit.chains} chains, seed {fit.seed}; largest R-hat "
        f"{max(fit.r_hat.values()):.3f}, fewest effective draws "
        f"{min(fit.effective.values()):.0f}; mean log-likelihood {fit.log_likelihood.mean():.2f}."
    )
    caution = (
        "Service changes, the split of one CCG and a survey are not in the likelihood. The priors "
        "of `support_mean`, `support_sd` and `support_shared` are centred on part of the same "
        "ballots, but wide."
    )
    return [f"### Ballots, {fit.form}, {called}", "", text, "", caution]


def _posterior_lines(fit: BallotFit) -> list[str]:
    lines = [
        "| parameter | prior 5, 50, 95% | posterior 5, 50, 95% | learnt | moved (prior sd) |",
        "|---|---|---|---|---|",
    ]
    for row in prior_and_posterior(fit):
        prior = ", ".join(f"{value:.2f}" for value in row.prior)
        posterior = ", ".join(f"{value:.2f}" for value in row.posterior)
        lines.append(
            f"| `{row.name}` | {prior} | {posterior} | {row.learnt:.2f} | {row.moved:+.2f} |"
        )
    return lines


def _prediction_lines(fit: BallotFit) -> list[str]:
    seen = predict_ballots(fit, fit.seed)
    unseen = predict_ballots(fit, fit.seed, leave_one_out=True)
    lines = []
    for what, predicted in (("all cases", seen), ("the other cases", unseen)):
        shares, of_shares, outcomes, of_outcomes = coverage(predicted)
        held = sum(is_inside(ballot) for ballot in predicted)
        lines.append(
            f"* Predicted from {what}, 90% intervals and sets contain {held} of {len(predicted)} "
            f"recorded ballots ({held / len(predicted):.0%}): {shares} of {of_shares} shares "
            f"({shares / max(1, of_shares):.0%}); of {of_outcomes} outcomes by CCG {outcomes}."
        )
    lines += [
        "",
        "| case | CCGs | recorded | from the others 5, 50, 95% | inside | chance of enough votes |",
        "|---|---|---|---|---|---|",
    ]
    for ballot in unseen:
        recorded = "+".join(ballot.outcomes)
        if ballot.recorded is not None:
            recorded = f"{ballot.recorded:.3f}"
        chance = ", ".join(f"{value:.2f}" for value in ballot.carried)
        lines.append(
            f"| {ballot.case} | {' '.join(ballot.ccgs)} | {recorded} | {ballot.low:.2f}, "
            f"{ballot.median:.2f}, {ballot.high:.2f} | {'yes' if is_inside(ballot) else 'no'} | "
            f"{chance} |"
        )
    return lines


def is_inside(ballot: PredictedBallot) -> bool:
    """Return whether a recorded ballot is held: its share where known, else its outcome."""
    return all(ballot.outcomes_inside) if ballot.share_inside is None else ballot.share_inside


def _score_lines(fit: BallotFit, other: BallotFit | None) -> list[str]:
    fits = [fit] if other is None else [fit, other]
    marginals = [log_marginal_likelihood(one, one.seed) for one in fits]
    scores = [{score.case: score for score in case_scores(one)} for one in fits]
    lines = [
        "| log score of a case from the others | " + " | ".join(one.form for one in fits) + " |",
        "|---|" + "---|" * len(fits),
    ]
    for case in scores[0]:
        cells = " | ".join(f"{by_case[case].log_score:.2f}" for by_case in scores)
        lines.append(f"| {case} | {cells} |")
    sums = " | ".join(
        f"{add_up(score.log_score for score in by_case.values()):.2f}" for by_case in scores
    )
    known = " | ".join(f"{value:.2f} (se {error:.2f})" for value, error in marginals)
    lines += [f"| sum | {sums} |", f"| log marginal likelihood | {known} |"]
    if other is not None:
        differences = np.array(
            [scores[1][case].log_score - scores[0][case].log_score for case in scores[0]]
        )
        error = float(differences.std(ddof=1) * np.sqrt(len(differences)))
        text = (
            f"{other.form} against {fit.form}: log Bayes factor "
            f"{marginals[1][0] - marginals[0][0]:+.2f}, sum of log scores "
            f"{differences.sum():+.2f} (se over cases {error:.2f}). The gap and the narrower "
            "spread of the two modes, and the prior share in the opposed one, were taken from "
            "the same ballots, which favours the form with two modes."
        )
        lines += ["", text]
    return lines


def _causal_lines(fits: Mapping[float, BallotFit]) -> list[str]:
    watched = ("lmc_oppose_effect", "support_mean", "support_sd", "support_shared")  # in order
    lines = [
        "| causal share of advice | mean log-likelihood | "
        + " | ".join(f"`{name}`" for name in watched)
        + " |",
        "|---|---|" + "---|" * len(watched),
    ]
    for share, fit in fits.items():
        cells = " | ".join(
            f"{row.posterior[1]:.2f} ({row.posterior[0]:.2f} to {row.posterior[2]:.2f})"
            for row in prior_and_posterior(fit)
            if row.name in watched
        )
        lines.append(f"| {share:g} | {fit.log_likelihood.mean():.2f} | {cells} |")
    return lines
