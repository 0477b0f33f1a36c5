"""Fitting the parameters of the ballots: priors from the table, draws from the posterior.

Parameters are sampled as standard normals that the priors' quantile functions turn into values,
so the prior is the same for all and elliptical slice sampling needs no tuning. The draws of the
warm-up then say where the posterior lies, and the draws that are kept come from slices around a
normal there (held fixed from then on), which move some five times as far. All chains come from
one generator keyed by the seed, in one process: the same seed gives the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.evidence.ballots.chains import effective_draws, split_rhat
from sim.evidence.ballots.data import BallotData, ballot_data
from sim.evidence.ballots.likelihood import BALLOT_PARAMETERS, ballot_log_likelihoods
from sim.evidence.ballots.possible_counts import Floats
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

    ``draws`` has one row a draw (chain after chain) and one column a name, in the parameters'
    units; ``positions`` are the same draws as standard normals; ``log_likelihood`` by draw.
    ``rhat`` (split, near 1 when chains agree) and ``effective`` (effective draws) by name.
    ``priors`` are those of all ``BALLOT_PARAMETERS``, the fixed ones included.
    """

    names: tuple[str, ...]
    draws: Floats
    positions: Floats
    log_likelihood: Floats
    rhat: Mapping[str, float]
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
        InputError: a name to leave out or the form is unknown.
    """
    if data is None:
        data = ballot_data(load_world(), leave_out=leave_out)
    names = sampled_names(form, priors)
    random = np.random.Generator(np.random.Philox(seed))

    def log_likelihood(positions: Floats) -> Floats:
        values = values_at(positions, names, priors)
        return ballot_log_likelihoods(complete(values, priors), data, form, selection)

    here = random.standard_normal((chains, len(names)))
    level = log_likelihood(here)
    positions = np.empty((chains, kept, len(names)))
    levels = np.empty((chains, kept))
    seen = np.empty((warm_up, chains, len(names)))
    for step in range(warm_up):
        here, level = _slice_step(here, level, log_likelihood, random)
        seen[step] = here
    centre, width = _where(seen[warm_up // 4 :])
    around = (here - centre) / width
    level = log_likelihood(here) + _tilt(around, centre, width)
    for step in range(kept):
        around, level = _slice_step(
            around,
            level,
            lambda w: log_likelihood(centre + width * w) + _tilt(w, centre, width),
            random,
        )
        positions[:, step] = centre + width * around
        levels[:, step] = level - _tilt(around, centre, width)
    flat = positions.reshape(-1, len(names))
    return BallotFit(
        names=names,
        draws=np.stack(list(values_at(flat, names, priors).values()), axis=1),
        positions=flat,
        log_likelihood=levels.ravel(),
        rhat={name: split_rhat(positions[:, :, i]) for i, name in enumerate(names)},
        effective={name: effective_draws(positions[:, :, i]) for i, name in enumerate(names)},
        priors={name: priors[name] for name in BALLOT_PARAMETERS},
        data=data,
        form=form,
        selection=selection,
        left_out=tuple(leave_out),
        seed=seed,
        chains=chains,
    )


def sampled_names(form: str, priors: Mapping[str, Distribution]) -> tuple[str, ...]:
    """Return the parameters that the ballots speak of in a form and that are not held fixed."""
    return tuple(
        name
        for name in BALLOT_PARAMETERS
        if priors[name].family != "fixed"
        and (form == "two_mode" or name != "support_opposed_share")
    )


def values_at(
    positions: Floats, names: tuple[str, ...], priors: Mapping[str, Distribution]
) -> dict[str, Floats]:
    """Return the parameters' values at standard-normal positions, shape (vectors, names)."""
    return {name: _on_range(name, priors[name], positions[:, i]) for i, name in enumerate(names)}


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


def _on_range(name: str, prior: Distribution, positions: Floats) -> Floats:
    low, high = RANGES[name]
    return np.asarray(np.clip(prior.quantiles(positions), _inside(low), high))


def _inside(low: float) -> float:
    """Return the least value used: spreads of exactly nothing would divide by it."""
    return 1e-9 if low == 0.0 else low


def _where(seen: Floats) -> tuple[Floats, Floats]:
    """Return a centre and a width by name from the draws of the warm-up, a little too wide."""
    if not seen.size:
        return np.zeros(seen.shape[-1]), np.ones(seen.shape[-1])
    flat = seen.reshape(-1, seen.shape[-1])
    return flat.mean(axis=0), np.clip(1.05 * flat.std(axis=0), 0.5, 1.3)


def _tilt(around: Floats, centre: Floats, width: Floats) -> Floats:
    """Return the log of prior over normal: what slices around the normal must make up for."""
    return np.asarray(0.5 * (around**2 - (centre + width * around) ** 2).sum(axis=-1))


def _slice_step(
    here: Floats,
    level: Floats,
    log_likelihood: Callable[[Floats], Floats],
    random: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Move every chain once by elliptical slice sampling (Murray, Adams and MacKay 2010)."""
    chains = len(here)
    other = random.standard_normal(here.shape)
    floor = level + np.log(random.uniform(size=chains))
    angle = random.uniform(0.0, 2.0 * np.pi, chains)
    low, high = angle - 2.0 * np.pi, angle.copy()
    new, reached = here.copy(), level.copy()
    open_ = np.arange(chains)
    while len(open_):
        turn = angle[open_, None]
        tried = here[open_] * np.cos(turn) + other[open_] * np.sin(turn)
        found = log_likelihood(tried)
        good = found > floor[open_]
        new[open_[good]], reached[open_[good]] = tried[good], found[good]
        open_ = open_[~good]
        below = angle[open_] < 0.0
        low[open_[below]] = angle[open_[below]]
        high[open_[~below]] = angle[open_[~below]]
        # a draw for every chain, needed or not, so that one chain does not move another's luck
        u = random.uniform(size=chains)
        angle[open_] = low[open_] + u[open_] * (high[open_] - low[open_])
    return new, reached
