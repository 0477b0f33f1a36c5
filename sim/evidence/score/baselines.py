"""Simple forecasts to beat: constants, public guesses of the time, and logistic regressions.

A simulation is worth its complexity only where it beats these. Two of them know more than a
forecaster could: ``base_rate`` knows how many came true, and the logistic regressions are fitted
to the very round that they forecast, though each system only by what happened in the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from sim.evidence.record import ROUND_2020, Facts
from sim.evidence.score.forecast import Forecast, stated_range
from sim.evidence.score.plan_units import (
    MEMBERS,
    draw_counts,
    merger_units,
    plan_of,
    same_plan,
    whole_plan,
)
from sim.evidence.score.regression import logistic

LISTED_COUNT: Final = 126
"""The count if all plans of the public list of July 2019 went ahead (HSJ, 23 July 2019)."""

GUESSES: Final = (
    ("sixty_to_seventy", "60 to 70, a journalist in autumn 2019", range(60, 71)),
    ("sixty_to_eighty", "60 to 80, the CCGs' membership body, turn of 2019-20", range(60, 81)),
    ("about_forty", "38 to 42, an option of the centre, September 2019", range(38, 43)),
)
"""Public guesses of where the count would land in the end, not by 1 April 2020."""


@dataclass(frozen=True, slots=True)
class RatesBefore:
    """What happened in earlier rounds, as (how many, of how many).

    ``systems``: open systems that came to one CCG; ``ccgs``: CCGs of open systems that merged;
    ``pairs``: pairs of one open system, or neighbours, that ended in one body; ``plans``: public
    proposals that merged on the day they aimed at.
    """

    systems: tuple[int, int]
    ccgs: tuple[int, int]
    pairs: tuple[int, int]
    plans: tuple[int, int]


ROUNDS_2015_TO_2019: Final = RatesBefore(
    systems=(4, 109), ccgs=(27, 594), pairs=(29, 2375), plans=(10, 12)
)
"""Counted from the register of mergers on the map of each round: the public proposals for April
2015 to 2019, the rest for April 2017, 2018 and 2019, in the systems of 2019 (before 2016 there
were no systems)."""


def baselines(
    facts: Facts, *, seed: int, before: RatesBefore = ROUNDS_2015_TO_2019
) -> list[Forecast]:
    """Return all named baselines for a round, in the order of the tables.

    Public guesses are given for the round of 2020 only, forecasts from plans where plans are known.

    Args:
        facts: the round; the regressions and ``base_rate`` look at its outcome (see above), and
            at ``facts.plans`` for what was public.
        seed: seeds the draws of ensembles of the count.
        before: rates of earlier rounds, for ``base_rate_before``.

    Raises:
        InputError: scikit-learn is not installed.
    """
    low, high = len(facts.systems), len(facts.ccgs)
    found = [
        base_rate(facts, seed=seed),
        base_rate_before(facts, before, seed=seed),
        nobody_merges(facts),
        one_per_system(facts),
        stated_range("uniform", f"every count from {low} to {high} alike", range(low, high + 1)),
    ]
    if facts.on == ROUND_2020:
        found += [all_plans_merge(facts), *(stated_range(*guess) for guess in GUESSES)]
    if facts.plans_at_start:
        found.append(past_rate(facts, "start", before, seed=seed))
    if facts.plans:
        found.append(past_rate(facts, "july", before, seed=seed))
        found.append(logistic(facts, plans=True, seed=seed))
    return [*found, logistic(facts, plans=False, seed=seed)]


def base_rate(facts: Facts, *, seed: int) -> Forecast:
    """Return the shares that came true as everyone's chance: the best constant, in hindsight."""
    return _constant(
        facts,
        "base_rate",
        "everyone has the chance that came true on average (known only afterwards)",
        [float(facts.one_ccg.mean()), float(facts.merged.mean()), float(facts.together.mean())],
        seed,
    )


def base_rate_before(facts: Facts, before: RatesBefore, *, seed: int) -> Forecast:
    """Return the shares of earlier rounds as everyone's chance."""
    return _constant(
        facts,
        "base_rate_before",
        "everyone has the chance of the rounds before, 2017 to 2019",
        [yes / of for yes, of in (before.systems, before.ccgs, before.pairs)],
        seed,
    )


def _constant(facts: Facts, name: str, meaning: str, chances: list[float], seed: int) -> Forecast:
    """Return constant chances; in the count each open system comes to one CCG by itself."""
    spots = facts.open_systems
    rng = np.random.default_rng([seed, 1])
    whole = rng.random((MEMBERS, len(spots))) < chances[0]
    by_system = np.tile(facts.ccgs_before.astype(float), (MEMBERS, 1))
    by_system[:, spots] = np.where(whole, 1.0, by_system[:, spots])
    return Forecast(
        name,
        meaning,
        counts=by_system.sum(axis=1),
        by_system=by_system,
        systems=np.full(len(spots), chances[0]),
        ccgs=np.full(len(facts.open_ccgs), chances[1]),
        pairs=np.full(len(facts.pairs), chances[2]),
    )


def nobody_merges(facts: Facts) -> Forecast:
    """Return the forecast that all stay as they are."""
    by_system = facts.ccgs_before.astype(float)[None, :]
    return Forecast(
        "nobody_merges",
        "all CCGs stay as they are",
        counts=by_system.sum(axis=1),
        by_system=by_system,
        systems=np.zeros(len(facts.open_systems)),
        ccgs=np.zeros(len(facts.open_ccgs)),
        pairs=np.zeros(len(facts.pairs)),
        stated=True,
    )


def one_per_system(facts: Facts) -> Forecast:
    """Return the forecast that each system comes to one CCG."""
    by_system = np.ones((1, len(facts.systems)))
    same = facts.system_of[facts.pairs[:, 0]] == facts.system_of[facts.pairs[:, 1]]
    return Forecast(
        "one_per_system",
        "each system comes to one CCG",
        counts=by_system.sum(axis=1),
        by_system=by_system,
        systems=np.ones(len(facts.open_systems)),
        ccgs=np.ones(len(facts.open_ccgs)),
        pairs=same.astype(float),
        stated=True,
    )


def all_plans_merge(facts: Facts) -> Forecast:
    """Return the forecast that every plan public in July 2019 goes ahead and no other.

    The count is the listed 126; places follow the plans of the register (21 groups of 85 CCGs,
    where the list had 21 of 86).
    """
    group = plan_of(facts, facts.plans)
    return Forecast(
        "public_plans",
        "all plans public in July 2019 go ahead and no others",
        counts=np.array([float(LISTED_COUNT)]),
        systems=whole_plan(facts, facts.plans)[facts.open_systems].astype(float),
        ccgs=(group[facts.open_ccgs] >= 0).astype(float),
        pairs=same_plan(facts, group).astype(float),
        stated=True,
    )


def past_rate(
    facts: Facts,
    known: Literal["start", "july"],
    before: RatesBefore = ROUNDS_2015_TO_2019,
    *,
    seed: int,
) -> Forecast:
    """Return the forecast that plans go ahead as often as earlier ones did, the rest as before.

    Each public plan merges by itself with the share of earlier plans that did, each open system
    that no plan touches comes to one CCG with the share of earlier systems that did. It looks at
    nothing of the round itself.

    Args:
        facts: the round.
        known: the plans public before the first day, as the simulation knows, or in July 2019.
        before: rates of earlier rounds.
        seed: seeds the draws of the count.
    """
    plans = facts.plans_at_start if known == "start" else facts.plans
    rate, systems, ccgs, pairs = (
        yes / of for yes, of in (before.plans, before.systems, before.ccgs, before.pairs)
    )
    group = plan_of(facts, plans)
    units = merger_units(facts, plans)
    chance = np.array([rate if members else systems for _, members in units])
    by_system = draw_counts(facts, units, chance, np.random.default_rng([seed, 3, len(plans)]))
    return Forecast(
        f"past_rate_{known}",
        f"plans public {'before June' if known == 'start' else 'in July'} 2019 go ahead as often "
        "as earlier plans did, the rest as in earlier rounds",
        counts=by_system.sum(axis=1),
        by_system=by_system,
        systems=np.where(whole_plan(facts, plans), rate, systems)[facts.open_systems],
        ccgs=np.where(group >= 0, rate, ccgs)[facts.open_ccgs],
        pairs=np.where(same_plan(facts, group), rate, pairs),
    )
