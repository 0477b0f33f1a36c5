"""Votes drawn from the model of the ballots, for predictions and for checks of the likelihood.

It says forward what ``sim.evidence.ballots.likelihood`` says backward, with nothing integrated:
mood, who is seen behind a proposal, advice, CCGs' differences, the leaders' call, turnout, votes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sim.evidence.ballots.data import ALL_STANCES, ARGUMENTS, BallotProposal
from sim.evidence.ballots.grids import PRACTICE_NODES
from sim.evidence.ballots.possible_counts import Floats
from sim.rules.support import MODE_SPREAD, MODES_APART
from sim.scenario.model import DEFAULT_FORM

MOST_TRIES: Final = 4000  # draws of a proposal until its recorded stances and its call come up


@dataclass(frozen=True, eq=False)
class SimulatedVotes:
    """Votes of one proposal: ``cast`` and ``votes_for`` by draw and CCG, ``called`` by draw.

    ``called`` is false where no draw within the tries had the recorded advice and was called.
    """

    cast: NDArray[np.int_]
    votes_for: NDArray[np.int_]
    called: NDArray[np.bool_]


def simulate_votes(
    values: Mapping[str, Floats],
    proposal: BallotProposal,
    random: np.random.Generator,
    form: str = DEFAULT_FORM,
    selection: bool = True,
) -> SimulatedVotes:
    """Draw one vote of a proposal's members for each parameter vector of ``values``.

    Given the recorded stances, and (``selection``) given that leaders called the ballot: drawn
    anew until both hold.
    """
    count, size = len(values["support_mean"]), len(proposal.ccgs)
    support = np.zeros((count, size))
    waiting = np.arange(count)
    for _ in range(MOST_TRIES):
        if not len(waiting):
            break
        some = {name: array[waiting] for name, array in values.items()}
        drawn, agrees = _draw_support(some, proposal, random, form)
        if selection:
            error = some["call_noise_sd"] * random.standard_normal(len(waiting))
            read = drawn.mean(axis=1) + some["call_optimism"] + error
            chance = special.expit(some["call_steepness"] * read)
            agrees &= random.uniform(size=len(waiting)) < chance
        support[waiting] = drawn
        waiting = waiting[~agrees]
    called = np.ones(count, dtype=np.bool_)
    called[waiting] = False
    practices = np.array([ccg.practices for ccg in proposal.ccgs])
    mean, spread = values["turnout_mean"], values["turnout_spread"]
    weight = (1.0 - spread) / np.maximum(spread, 1e-12)
    turnout = random.beta((mean * weight)[:, None], ((1.0 - mean) * weight)[:, None], (count, size))
    cast = random.binomial(practices, turnout)
    votes_for = random.binomial(cast, _yes_chance(support, values["support_practice_sd"]))
    return SimulatedVotes(cast, votes_for, called)


def _draw_support(
    values: Mapping[str, Floats], proposal: BallotProposal, random: np.random.Generator, form: str
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the CCGs' log-odds of a yes, and whether the advice is that on record."""
    v, count = values, len(values["support_mean"])
    mood = random.standard_normal(count)
    mood_sd = v["support_sd"] * np.sqrt(v["support_shared"])
    shared = v["support_mean"] + mood_sd * mood
    if form == "two_mode":
        # what stays with the place is in both, so mode and mood correlate by its share
        kept = v["support_place_share"]
        other = kept * mood + np.sqrt(1.0 - kept**2) * random.standard_normal(count)
        opposed = other < special.ndtri(v["support_opposed_share"])
        shared = v["support_mean"] - MODES_APART * opposed + mood_sd * MODE_SPREAD * mood
    started = v["start_centre_share"]
    if proposal.origin != "unknown":
        started = np.full(count, float(proposal.origin == "centre"))
    seen = started * v["perceived_if_centre"] + (1.0 - started) * v["perceived_if_local"]
    shared = shared + v["ballot_perceived_centre"] * (random.uniform(size=count) < seen)
    stances = _draw_stances(v, proposal, mood, mood_sd, random)
    agrees = np.ones(count, dtype=np.bool_)
    for lmc, allowed in proposal.stances.items():
        agrees &= np.isin(stances[lmc], [ALL_STANCES.index(stance) for stance in allowed])
    terms = np.array([ccg.terms for ccg in proposal.ccgs])
    unknown = np.array([ccg.council_unknown for ccg in proposal.ccgs])
    support = shared[:, None] + np.stack([v[name] for name in ARGUMENTS], axis=1) @ terms.T
    support += (v["ballot_council_opposed"] * v["council_oppose_share"])[:, None] * unknown
    for position, ccg in enumerate(proposal.ccgs):
        for lmc, share in ccg.lmcs:
            effect = np.where(
                stances[lmc] == 0,
                v["lmc_oppose_effect"],
                np.where(stances[lmc] == 2, v["lmc_support_effect"], 0.0),
            )
            support[:, position] += share * v["lmc_causal_share"] * effect
    own = v["support_sd"] * np.sqrt(1.0 - v["support_shared"])
    support += own[:, None] * random.standard_normal(support.shape)
    return support, agrees


def _draw_stances(
    values: Mapping[str, Floats],
    proposal: BallotProposal,
    mood: Floats,
    mood_sd: Floats,
    random: np.random.Generator,
) -> dict[int, NDArray[np.int_]]:
    """Return each committee's stance (index in ``ALL_STANCES``) by draw."""
    v = values
    cut = special.ndtri(v["lmc_oppose_share"])
    gap = np.exp(-0.5 * cut**2) / np.sqrt(2.0 * np.pi)
    gap = gap / (v["lmc_oppose_share"] * (1.0 - v["lmc_oppose_share"]))
    caused = (1.0 - v["lmc_causal_share"]) * np.abs(v["lmc_oppose_effect"])
    follow = np.minimum(1.0, caused / (gap * mood_sd))
    found = {}
    for lmc in proposal.stances:
        own = random.standard_normal(len(mood))
        rank = special.ndtr(follow * mood + np.sqrt(1.0 - follow**2) * own)
        found[lmc] = np.where(
            rank < v["lmc_oppose_share"], 0, np.where(rank > 1.0 - v["lmc_support_share"], 2, 1)
        )
    return found


def _yes_chance(support: Floats, spread: Floats) -> Floats:
    """Return a practice's mean chance of a yes, by draw and CCG."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(PRACTICE_NODES)
    each = special.expit(support[..., None] + spread[:, None, None] * nodes)
    return np.asarray(np.clip(each @ (weights / weights.sum()), 0.0, 1.0))
