"""Ridge logistic regressions on public plans and shared officers, as forecasts to beat.

They are fitted to the very round that they forecast, though each system only by what happened in
the others, so their overall level is known from hindsight even where their places are not.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.evidence.extras import require
from sim.evidence.record import Facts, Indices
from sim.evidence.score.forecast import Floats, Forecast
from sim.evidence.score.plan_units import draw_counts, merger_units, plan_of, same_plan, whole_plan

STRENGTH: Final = 1.0
"""Inverse strength of the ridge penalty (features lie in 0 to 1); the usual value, not tuned."""


def logistic(facts: Facts, *, plans: bool, seed: int) -> Forecast:
    """Return regularised logistic regressions on shared officers, with or without public plans.

    One regression each for systems (plan for the whole system, plan for a part, share of its CCGs
    under its largest shared officer), CCGs (in a plan, in one for a whole system, shares its
    officer within the system) and pairs (in one plan, one officer, one system). Each system is
    forecast by a fit that has seen none of it: leave one system out. For the count each plan, and
    each system without one, comes about whole or not at all by itself, with a chance fitted in
    the same way; without ``plans`` each open system does.

    Args:
        facts: the round.
        plans: whether the public plans of ``facts.plans`` are among the features.
        seed: seeds the draws of the count.

    Raises:
        InputError: scikit-learn is not installed.
    """
    group = plan_of(facts, facts.plans)
    whole = whole_plan(facts, facts.plans)
    parts = np.zeros(len(facts.systems), dtype=bool)
    parts[np.unique(facts.system_of[group >= 0])] = True
    officer, shares_officer = _officers(facts)
    spots, ccgs = facts.open_systems, facts.open_ccgs
    a, b = facts.pairs[:, 0], facts.pairs[:, 1]
    same_officer = np.array(
        [facts.officer_of[i] != "" and facts.officer_of[i] == facts.officer_of[j]
         for i, j in facts.pairs], dtype=float,
    )  # fmt: skip
    same_system = (facts.system_of[a] == facts.system_of[b]).astype(float)
    in_whole = whole[facts.system_of[ccgs]] & (group[ccgs] >= 0)
    of_plans = plans or None
    x_systems = _columns(
        of_plans and whole[spots], of_plans and (parts & ~whole)[spots], officer[spots]
    )
    x_ccgs = _columns(of_plans and group[ccgs] >= 0, of_plans and in_whole, shares_officer[ccgs])
    x_pairs = _columns(of_plans and same_plan(facts, group), same_officer, same_system)
    unit = facts.system_of[ccgs]
    pair_units = np.stack([facts.system_of[a], facts.system_of[b]], axis=1)
    by_system = _fitted_counts(facts, plans, officer, seed)
    return Forecast(
        "logistic_plans" if plans else "logistic_officers",
        "logistic regression on public plans and shared officers, each system left out in turn"
        if plans
        else "the same regression without the plans",
        counts=by_system.sum(axis=1),
        by_system=by_system,
        systems=out_of_sample(x_systems, facts.one_ccg, spots[:, None]),
        ccgs=out_of_sample(x_ccgs, facts.merged, unit[:, None]),
        pairs=out_of_sample(x_pairs, facts.together, pair_units),
    )


def out_of_sample(
    features: Floats,
    outcomes: NDArray[Any],
    units: Indices,
    weights: Floats | None = None,
) -> Floats:
    """Return probabilities from fits that have not seen the item's own unit or units.

    Args:
        features: shape (items, features).
        outcomes: shares in 0 to 1 (0 or 1 for yes/no), shape (items,).
        units: the units each item belongs to (a pair across a border has two), shape (items, k).
        weights: weight of each item in the fit; 1 where left out.

    Items left with no others, or with others that all came out alike, get the others' mean, pulled
    to a half by half an item each way.
    """
    linear: Any = require("sklearn.linear_model")
    share = np.asarray(outcomes, dtype=float)
    weight = np.ones(len(share)) if weights is None else weights
    # few features of few values: items alike are one row of the fit, with their weights summed
    kinds, kind = np.unique(features, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    found = np.empty(len(share))
    for key in np.unique(units, axis=0):
        mine = (units == key).all(axis=1)
        rest = ~np.isin(units, key).any(axis=1)
        # a share counts as that much of a yes and the remainder of a no
        yes = np.bincount(kind[rest], (weight * share)[rest], len(kinds))
        no = np.bincount(kind[rest], (weight * (1 - share))[rest], len(kinds))
        if yes.sum() == 0 or no.sum() == 0:
            found[mine] = (yes.sum() + 0.5) / (yes.sum() + no.sum() + 1)
            continue
        model = linear.LogisticRegression(C=STRENGTH, solver="newton-cholesky", max_iter=200)
        model.fit(
            np.concatenate([kinds, kinds]),
            np.repeat([1, 0], len(kinds)),
            sample_weight=np.concatenate([yes, no]),
        )
        found[mine] = model.predict_proba(features[mine])[:, 1]
    return found


def _columns(*columns: Any) -> Floats:
    """Return feature columns side by side, those that are None left out."""
    return np.stack([np.asarray(c, dtype=float) for c in columns if c is not None], axis=1)


def _officers(facts: Facts) -> tuple[Floats, Floats]:
    """Return each system's share of CCGs under its largest shared officer, and who shares one."""
    share, shares = np.zeros(len(facts.systems)), np.zeros(len(facts.ccgs))
    for system in range(len(facts.systems)):
        own = np.flatnonzero(facts.system_of == system)
        named = [facts.officer_of[i] for i in own]
        size = {name: named.count(name) for name in set(named) - {""} if named.count(name) > 1}
        share[system] = max(size.values(), default=0) / len(own)
        shares[own] = [name in size for name in named]
    return share, shares


def _fitted_counts(facts: Facts, plans: bool, officer: Floats, seed: int) -> Floats:
    """Return CCGs by system in each member, with chances fitted to the other systems."""
    units = merger_units(facts, facts.plans if plans else ())
    home = np.array([system for system, _ in units], dtype=np.int64)
    planned = np.array([len(ccgs) > 0 for _, ccgs in units], dtype=float)
    size = np.array([len(c) or facts.ccgs_before[s] for s, c in units], dtype=float)
    share = np.empty(len(units))
    body = np.array(facts.body_of)
    for row, (system, ccgs) in enumerate(units):
        if ccgs:
            share[row] = float(len(set(body[ccgs])) == 1)
        else:
            gone = facts.ccgs_before[system] - facts.ccgs_after[system]
            share[row] = float(np.clip(gone / (facts.ccgs_before[system] - 1), 0.0, 1.0))
    chance = out_of_sample(
        _columns((plans or None) and planned, officer[home]), share, home[:, None], size - 1
    )
    return draw_counts(facts, units, chance, np.random.default_rng([seed, 2]))
