"""Fitting the parameters of the ballots: priors from the table, draws from the posterior.

Parameters are sampled as standard normals that the priors' quantile functions turn into values,
so the prior is the same for all and elliptical slice sampling needs no tuning. The draws of the
warm-up then say where the posterior lies, and the draws that are kept come from slices around a
normal there (held fixed from then on), which move some five times as far. The same seed gives the
same draws.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.evidence.ballots.data import BallotData, ballot_data
from sim.evidence.ballots.likelihood import BALLOT_PARAMETERS, ballot_log_likelihoods
from sim.evidence.ballots.possible_counts import Floats
from sim.evidence.convergence import effective_sample_size, r_hat, require_diagnostics
from sim.evidence.sampler import Index, elliptical_slice
from sim.scenario.distributions import Distribution
from sim.scenario.model import DEFAULT_FORM
from sim.scenario.parameters import DEFAULT_PRIORS, PARAMETER_TABLE
from sim.world.load import load_world

CHAINS: Final = 8
WARM_UP: Final = 150
KEPT: Final = 500  # draws of each chain after warming up
RANGES: Final = {row.name: (row.low, row.high) for row in PARAMETER_TABLE}


@dataclass(frozen=True, eq=False)
class BallotFit:
    """A posterior of the ballots' parameters.

    ``draws`` has one row per draw (chain after chain) and one column per name, in the parameters'
    units; ``standardised`` are the same draws as standard normals; ``log_likelihood`` by draw.
    ``r_hat`` (near 1 when chains agree) and ``effective`` (sample size) by name.
    ``priors`` are those of all ``BALLOT_PARAMETERS``, the fixed ones included.
    """

    names: tuple[str, ...]
    draws: Floats
    standardised: Floats
    log_likelihood: Floats
    r_hat: Mapping[str, float]
    effective: Mapping[str, float]
    priors: Mapping[str, Distribution]
    data: BallotData
    form: str
    selection: bool
    left_out: tuple[str, ...]
    seed: int
    chains: int

    def values(self) -> dict[str, Floats]:
        """Return the draws by name, with the parameters that are not sampled at their medians."""
        return complete(dict(zip(self.names, self.draws.T, strict=True)), self.priors)


def fit_ballots(
    seed: int,
    form: str = DEFAULT_FORM,
    leave_out: Collection[str] = (),
    *,
    selection: bool = True,
    data: BallotData | None = None,
    priors: Mapping[str, Distribution] = DEFAULT_PRIORS,
    chains: int = CHAINS,
    warm_up: int = WARM_UP,
    kept: int = KEPT,
) -> BallotFit:
    """Draw from the posterior of the ballots' parameters under the priors of the table.

    ``leave_out`` names cases or rounds of ``votes.csv``; ``data`` (then without ``leave_out``)
    stands in for the recorded ballots on England in 2019. With ``selection`` the likelihood is
    conditional on leaders having called the ballots.

    Raises:
        InputError: a name to leave out or the form is unknown, or the library that judges the
            chains is not installed.
    """
    require_diagnostics()
    if data is None:
        data = ballot_data(load_world(), leave_out=leave_out)
    names = sampled_names(form, priors)

    def log_likelihood(standardised: Floats, _chains: Index) -> Floats:
        values = values_at(standardised, names, priors)
        return ballot_log_likelihoods(complete(values, priors), data, form, selection)

    warm = elliptical_slice(
        log_likelihood,
        len(names),
        chains=chains,
        warmup=0,
        steps=warm_up,
        thin=1,
        seed=(seed, 0),
    )
    centre, width = _where(warm[:, warm_up // 4 :])

    def around_centre(around: Floats, chains: Index) -> Floats:
        level = log_likelihood(centre + width * around, chains)
        return level + _log_importance_weight(around, centre, width)

    standardised = centre + width * elliptical_slice(
        around_centre,
        len(names),
        chains=chains,
        warmup=0,
        steps=kept,
        thin=1,
        seed=(seed, 1),
        start=(warm[:, -1] - centre) / width,
    )
    flat = standardised.reshape(-1, len(names))
    return BallotFit(
        names=names,
        draws=np.stack(list(values_at(flat, names, priors).values()), axis=1),
        standardised=flat,
        log_likelihood=log_likelihood(flat, np.arange(len(flat))),
        r_hat=_by_name(names, r_hat(standardised)),
        effective=_by_name(names, effective_sample_size(standardised)),
        priors={name: priors[name] for name in BALLOT_PARAMETERS},
        data=data,
        form=form,
        selection=selection,
        left_out=tuple(leave_out),
        seed=seed,
        chains=chains,
    )


def sampled_names(form: str, priors: Mapping[str, Distribution]) -> tuple[str, ...]:
    """Return the parameters of a form that the ballots inform and that are not held fixed."""
    return tuple(
        name
        for name in BALLOT_PARAMETERS
        if priors[name].family != "fixed"
        and (form == "two_mode" or name != "support_opposed_share")
    )


def values_at(
    standardised: Floats, names: tuple[str, ...], priors: Mapping[str, Distribution]
) -> dict[str, Floats]:
    """Return values by name at standardised parameters, shape (vectors, names)."""
    return {name: _on_range(name, priors[name], standardised[:, i]) for i, name in enumerate(names)}


def complete(values: Mapping[str, Floats], priors: Mapping[str, Distribution]) -> dict[str, Floats]:
    """Return values of all ``BALLOT_PARAMETERS``; those not given stand at their prior median."""
    count = len(next(iter(values.values())))
    return {
        name: values[name] if name in values else np.full(count, _median(name, priors[name]))
        for name in BALLOT_PARAMETERS
    }


def _median(name: str, prior: Distribution) -> float:
    low, high = RANGES[name]
    return min(max(prior.quantile(0.5), low), high)


def _on_range(name: str, prior: Distribution, standardised: Floats) -> Floats:
    low, high = RANGES[name]
    return np.asarray(np.clip(prior.quantiles(standardised), _inside(low), high))


def _inside(low: float) -> float:
    """Return the least value used: spreads of exactly nothing would divide by it."""
    return 1e-9 if low == 0.0 else low


def _by_name(names: tuple[str, ...], values: Floats) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def _where(seen: Floats) -> tuple[Floats, Floats]:
    """Return a centre and a width by name from draws of the warm-up, a little too wide."""
    flat = seen.reshape(-1, seen.shape[-1])
    return flat.mean(axis=0), np.clip(1.05 * flat.std(axis=0), 0.5, 1.3)


def _log_importance_weight(around: Floats, centre: Floats, width: Floats) -> Floats:
    """Return the log of the prior's density over that of the normal that slices are taken around.

    Up to a constant. ``around`` are parameters less the normal's centre, in its widths.
    """
    return np.asarray(0.5 * (around**2 - (centre + width * around) ** 2).sum(axis=-1))
