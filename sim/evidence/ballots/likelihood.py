"""The likelihood of the recorded ballots in the simulator's own parameters.

A CCG's log-odds of a yes are what all CCGs of its proposal share (usual support, mood, who is
seen behind it, in the two-mode form the mode), plus a difference of its own, the arguments, and
the advice of its local medical committees: the structure of ``sim.rules.support`` and
``sim.agents.opinion``. Practices vote independently around it. The shared part, the CCGs'
differences and the practices' leanings are integrated out numerically; committees whose stance
nobody recorded are summed over, following the members' mood as in ``sim.rules.engagement``.

Two conditions are put on every proposal. Its recorded stances are taken as given, since the
shares of opposing and supporting committees were counted from them. And (``selection``) its
leaders dared to call the ballot: with the chance of ``support.call_probability`` at the CCGs' mean
support, read with an error. That ties the CCGs' own differences together, which is met by its
first moments: in the chance of a call their mean counts as part of the error, and their means are
moved to what they are given the call (exact, by Stein's lemma; spread and ties are left alone).
It is one look: leaders of the simulation who put a ballot off look again after some months, so
that proposals long on their way are called a little more readily there than is reckoned here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy import special

from sim.errors import InputError, nearest
from sim.evidence.ballots.data import ARGUMENTS, BallotData
from sim.evidence.ballots.grids import (
    SUPPORTS,
    density,
    normal_nodes,
    practice_log_odds,
    read_off,
    read_rows,
)
from sim.evidence.ballots.possible_counts import LOG_ODDS, Floats, log_yes
from sim.evidence.ballots.tables import (
    BallotTables,
    Indexes,
    Pooled,
    ProposalTable,
    ballot_tables,
    record_tables,
)
from sim.rules.support import MODE_SPREAD, MODES_APART
from sim.scenario.model import DEFAULT_FORM

FORMS: Final = ("one_mode", "two_mode")
BALLOT_PARAMETERS: Final = (
    "start_centre_share",
    "perceived_if_centre",
    "perceived_if_local",
    "lmc_oppose_share",
    "lmc_support_share",
    "lmc_oppose_effect",
    "lmc_support_effect",
    "lmc_causal_share",
    "council_oppose_share",
    "support_mean",
    "support_sd",
    "support_shared",
    "support_place_share",
    "support_practice_sd",
    *ARGUMENTS,
    "ballot_perceived_centre",
    "support_opposed_share",
    "call_steepness",
    "call_noise_sd",
    "call_optimism",
    "turnout_mean",
    "turnout_spread",
)
# Nodes: the shared part and the place on even grids of so many standard deviations (for smooth
# functions as good as any rule), the CCGs' and practices' differences by Gauss and Hermite.
SHARED_NODES: Final = 48
REACH: Final = 5.0
CCG_NODES: Final = 5
PLACE_NODES: Final = 41
READING_NODES: Final = 41
READINGS: Final[Floats] = np.linspace(-9.0, 9.0, 121)  # log-odds, for the call
AT_A_TIME: Final = 8  # parameter vectors, so that the arrays stay in the cache
MOST_ALIKE: Final = 0.95  # of ``support_place_share``: the grid would not resolve more


def ballot_log_likelihoods(
    values: Mapping[str, Floats], data: BallotData, form: str = DEFAULT_FORM, selection: bool = True
) -> Floats:
    """Return the log-likelihood at each of many parameter vectors, shape (vectors,).

    ``values`` maps names of parameters to arrays of one length; names other than
    ``BALLOT_PARAMETERS`` are ignored.

    Raises:
        InputError: a parameter is missing, or the form is unknown.
    """
    return np.asarray(case_log_likelihoods(values, data, form, selection)[0].sum(axis=1))


def case_log_likelihoods(
    values: Mapping[str, Floats], data: BallotData, form: str = DEFAULT_FORM, selection: bool = True
) -> tuple[Floats, Floats]:
    """Return the log-likelihood by place, and of each case given the others of its place.

    Shapes (vectors, places) and (vectors, cases). Cases of different places are independent
    given the parameters, so the second says what leaving out one case takes away.

    Raises:
        InputError: a parameter is missing, or the form is unknown.
    """
    if form not in FORMS:
        raise InputError(f"form {form!r} must be one of {', '.join(FORMS)}{nearest(form, FORMS)}")
    for name in BALLOT_PARAMETERS:
        if name not in values:
            raise InputError(f"the ballots need a value of {name}")
    count = len(values["support_mean"])
    if not data.proposals:
        return np.zeros((count, 0)), np.zeros((count, 0))
    tables = ballot_tables(data)
    parts = []
    for start in range(0, count, AT_A_TIME):
        some = {name: values[name][start : start + AT_A_TIME] for name in BALLOT_PARAMETERS}
        parts.append(_Evaluation(tables, some, form, selection).log_likelihoods())
    if not parts:
        return np.zeros((0, len(tables.places))), np.zeros((0, len(tables.proposals)))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


class _Evaluation:
    """The likelihood at a handful of parameter vectors; the first axis of arrays is the vector."""

    def __init__(
        self, tables: BallotTables, values: Mapping[str, Floats], form: str, selection: bool
    ) -> None:
        self.tables, self.values, self.selection = tables, values, selection
        v = values
        sd_shared = v["support_sd"] * np.sqrt(v["support_shared"])
        self._mood_sd = sd_shared
        self._sd = sd_shared * (MODE_SPREAD if form == "two_mode" else 1.0)
        self._ccg_sd = v["support_sd"] * np.sqrt(1.0 - v["support_shared"])
        # Components of the shared part: (who is seen behind it) x (mode), with their means.
        modes = (0.0, MODES_APART) if form == "two_mode" else (0.0,)
        self._two = form == "two_mode"
        means = [
            v["support_mean"] - apart + seen * v["ballot_perceived_centre"]
            for seen in (0.0, 1.0)
            for apart in modes
        ]
        self._means = np.stack(means, axis=1)
        low = self._means.min(axis=1) - REACH * self._sd
        high = self._means.max(axis=1) + REACH * self._sd
        steps = np.linspace(0.0, 1.0, SHARED_NODES)
        self._shared = low[:, None] + (high - low)[:, None] * steps
        width = (high - low) / (SHARED_NODES - 1)
        # mood as a standard normal, by component and node, and the width of a node in it
        self._mood = (self._shared[:, None, :] - self._means[:, :, None]) / self._sd[:, None, None]
        self._mood_width = width / self._sd
        terms = np.stack([v[name] for name in ARGUMENTS], axis=1)
        self._arguments = (
            terms @ tables.terms.T
            + (v["ballot_council_opposed"] * v["council_oppose_share"])[:, None]
            * tables.council_unknown
        )
        advice = np.stack([v["lmc_oppose_effect"], v["lmc_support_effect"]], axis=1)
        self._advice = advice * v["lmc_causal_share"][:, None]
        self._stances = self._stance_chances()
        self._log_odds = practice_log_odds(v["support_practice_sd"])
        self._ccg_nodes, self._ccg_weights = normal_nodes(CCG_NODES)
        self._mean_arguments = np.stack(
            [self._arguments[:, table.rows].mean(axis=1) for table in tables.proposals], axis=1
        )
        self._sizes = np.array([len(table.rows) for table in tables.proposals])
        self._called_by_ccgs = {int(n): self._reading(int(n)) for n in np.unique(self._sizes)}

    def log_likelihoods(self) -> tuple[Floats, Floats]:
        """Return the log-likelihood by place, and of each case given the others of its place."""
        singles = self._single_chances()
        tops, chances, norms = [], [], []
        for index, table in enumerate(self.tables.proposals):
            top, votes = self._votes(table, singles)
            called = self._called(index)
            stances = np.prod(
                self._stances[:, None] ** table.stances[None, :, :, None, None], axis=2
            )
            weight = stances * called[:, :, None, :]  # vector, kind, component, node
            tops.append(top)
            chances.append((weight * votes[:, :, None, :]).sum(axis=1))
            norms.append((weight * table.times[None, :, None, None]).sum(axis=1))
        by_place, by_case = [], [np.empty(0)] * len(tops)
        for place in self.tables.places:
            whole = self._joint(place, chances, norms) + sum(tops[i] for i in place)
            by_place.append(whole)
            for i in place:
                rest = tuple(j for j in place if j != i)
                alone = self._joint(rest, chances, norms) + sum(tops[j] for j in rest)
                by_case[i] = whole - alone
        return np.stack(by_place, axis=1), np.stack(by_case, axis=1)

    def _joint(self, place: tuple[int, ...], chances: list[Floats], norms: list[Floats]) -> Floats:
        """Return the log chance of the votes of proposals of one place, given their calls."""
        if not place:
            return np.zeros(len(self._sd))
        if len(place) == 1:
            weight = density(self._mood) * self._components(self.tables.proposals[place[0]])
            with np.errstate(divide="ignore"):
                return np.asarray(
                    np.log((weight * chances[place[0]]).sum(axis=(1, 2)))
                    - np.log((weight * norms[place[0]]).sum(axis=(1, 2)))
                )
        share = np.minimum(self.values["support_place_share"], MOST_ALIKE)[:, None, None, None]
        kept = np.linspace(-REACH, REACH, PLACE_NODES)[None, :, None, None]
        inner = (self._mood[:, None] - np.sqrt(share) * kept) / np.sqrt(1.0 - share)
        given = density(inner) / np.sqrt(1.0 - share) * self._mood_width[:, None, None, None]
        above = below = density(kept[:, :, 0, 0])
        for i in place:
            weight = given * self._components(self.tables.proposals[i], kept)
            above = above * (weight * chances[i][:, None]).sum(axis=(2, 3))
            below = below * (weight * norms[i][:, None]).sum(axis=(2, 3))
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(above.sum(axis=1)) - np.log(below.sum(axis=1)))

    def _components(self, table: ProposalTable, place: Floats | None = None) -> Floats:
        """Return the chances of the components: who is seen behind the proposal, and the mode.

        By vector, component and node of the mood; or, where places are given (on their second
        axis), by vector, place, component and 1, since mood says no more of the mode then.
        """
        v = self.values
        centre = (np.zeros_like(v["support_mean"]), np.ones_like(v["support_mean"]))
        started = (*centre, v["start_centre_share"])[table.origin]
        seen = started * v["perceived_if_centre"] + (1.0 - started) * v["perceived_if_local"]
        chance = np.repeat(np.stack([1.0 - seen, seen], axis=1), 2 if self._two else 1, axis=1)
        chance = chance[:, :, None] if place is None else chance[:, None, :, None]
        return chance * self._modes(place) if self._two else chance

    def _modes(self, place: Floats | None) -> Floats:
        """Return the chance of each component's mode, as ``support.opposed_chance`` has it.

        Given the mood, the mode is known as far as the place is: both share what stays with it.
        """
        v = self.values
        share = np.minimum(v["support_place_share"], MOST_ALIKE)[:, None, None]
        cut = special.ndtri(np.clip(v["support_opposed_share"], 1e-12, 1.0 - 1e-12))[:, None, None]
        if place is None:
            opposed = special.ndtr((cut - share * self._mood) / np.sqrt(1.0 - share**2))
        else:
            share, cut = share[:, None], cut[:, None]
            opposed = special.ndtr((cut - np.sqrt(share) * place) / np.sqrt(1.0 - share))
            opposed = np.repeat(opposed, len(self._means[0]), axis=2)
        of_opposed = np.arange(len(self._means[0])) % 2 == 1  # supportive first, then opposed
        return np.asarray(np.where(of_opposed[:, None], opposed, 1.0 - opposed))

    def _stance_chances(self) -> Floats:
        """Return the chances of a committee's stances by mood: (vector, stance, component, node).

        As ``sim.rules.engagement.follow_weight`` and ``lmc_stance`` have it.
        """
        v = self.values
        oppose = np.clip(v["lmc_oppose_share"], 1e-9, 1.0 - 1e-9)
        support = np.clip(v["lmc_support_share"], 1e-9, 1.0 - 1e-9)
        cut = special.ndtri(oppose)
        gap = density(cut) / (oppose * (1.0 - oppose))
        rest = (1.0 - v["lmc_causal_share"]) * np.abs(v["lmc_oppose_effect"])
        follow = np.minimum(0.9999, rest / (gap * self._mood_sd))[:, None, None]
        own = np.sqrt(1.0 - follow**2)
        against = special.ndtr((cut[:, None, None] - follow * self._mood) / own)
        favour_cut = -special.ndtri(support)[:, None, None]
        favour = special.ndtr((follow * self._mood - favour_cut) / own)
        neutral = np.maximum(1e-12, 1.0 - against - favour)
        return np.stack([against, neutral, favour], axis=1)

    def _called(self, index: int) -> Floats:
        """Return the chance that the ballot is called, by kind of advice and node."""
        table = self.tables.proposals[index]
        if not self.selection:
            return np.ones((len(self._sd), len(table.times), SHARED_NODES))
        chance = self._called_by_ccgs[len(table.rows)]
        expected = self._mean_arguments[:, [index]] + self._advice @ table.mean_advice.T
        return read_off(chance, READINGS, expected[:, :, None] + self._shared[:, None, :])

    def _reading(self, ccgs: int) -> Floats:
        """Return the chance of a call at each of ``READINGS`` (mean support), by vector."""
        v = self.values
        error = np.sqrt(v["call_noise_sd"] ** 2 + self._ccg_sd**2 / ccgs)
        z = np.linspace(-4.5, 4.5, READING_NODES)
        weights = density(z) / density(z).sum()
        read = READINGS[None, :, None] + error[:, None, None] * z
        read = read + v["call_optimism"][:, None, None]
        return np.asarray(special.expit(v["call_steepness"][:, None, None] * read) @ weights)

    def _support(self, states: Indexes) -> Floats:
        """Return the log-odds of an average practice's yes: (vector, state, node, CCG node)."""
        tables = self.tables
        fixed = (
            self._arguments[:, tables.state_ccg[states]]
            + self._advice @ tables.state_advice[states].T
        )
        own = self._ccg_sd[:, None] * self._ccg_nodes
        shared = fixed[:, :, None] + self._shared[:, None, :]
        if self.selection:
            shared = shared + self._moved_by_call(states)
        support = shared[..., None] + own[:, None, None, :]
        return read_off(self._log_odds, SUPPORTS, support)

    def _moved_by_call(self, states: Indexes) -> Floats:
        """Return the mean of a CCG's own difference given that the ballot was called."""
        tables = self.tables
        proposals = tables.state_proposal[states]
        expected = (
            self._mean_arguments[:, proposals] + self._advice @ tables.state_mean_advice[states].T
        )[:, :, None] + self._shared[:, None, :]
        moved = np.empty_like(expected)
        for n, chance in self._called_by_ccgs.items():
            steepness = np.gradient(np.log(np.maximum(chance, 1e-300)), READINGS, axis=1)
            mine = self._sizes[proposals] == n
            if mine.any():
                moved[:, mine] = read_off(steepness, READINGS, expected[:, mine]) / n
        return np.asarray(moved * (self._ccg_sd**2)[:, None, None])

    def _single_chances(self) -> Floats:
        """Return the log chance of each CCG's own record: (vector, state, node)."""
        v, tables = self.values, self.tables
        count = len(self._sd)
        found = np.zeros((count, len(tables.state_ccg), SHARED_NODES))
        if not len(tables.single_states):
            return found
        odds = self._support(tables.single_states)
        chances = np.empty_like(odds)
        turnouts = np.stack([v["turnout_mean"], v["turnout_spread"]], axis=1)
        for turnout in np.unique(turnouts, axis=0):
            chosen = (turnouts == turnout).all(axis=1)
            kept = record_tables(tables, float(turnout[0]), float(turnout[1]))
            rows = tables.state_record[None, :, None, None]
            chances[chosen] = read_rows(kept, LOG_ODDS, odds[chosen], rows)
        top = chances.max(axis=3)
        inner = np.exp(chances - top[..., None]) @ self._ccg_weights
        found[:, tables.single_states] = np.log(inner) + top
        return found

    def _votes(self, table: ProposalTable, singles: Floats) -> tuple[Floats, Floats]:
        """Return the chance of a proposal's votes by kind of advice and node.

        It comes as the log of a factor (by vector) and what is left after it; combinations of
        one kind are added up.
        """
        if table.pooled is None:
            logs = singles[:, table.states[:, 0]].copy()
            for column in range(1, table.states.shape[1]):
                logs += singles[:, table.states[:, column]]
        else:
            logs = self._pooled(table, table.pooled)
        top = logs.max(axis=(1, 2))
        logs -= top[:, None, None]
        chance = np.exp(logs, out=logs)
        if len(table.kinds) == len(table.times):
            return top, chance
        order = np.argsort(table.kinds, kind="stable")
        starts = np.searchsorted(table.kinds[order], np.arange(len(table.times)))
        return top, np.add.reduceat(chance[:, order], starts, axis=1)

    def _pooled(self, table: ProposalTable, pooled: Pooled) -> Floats:
        """Return the log chance of a pooled count by combination of advice and node."""
        sums = np.zeros((pooled.total + 1, len(self._sd), len(table.states), SHARED_NODES))
        sums[0] = 1.0
        for part, states in zip(pooled.parts, table.states.T, strict=True):
            chosen, where = np.unique(states, return_inverse=True)
            odds = self._support(chosen) * (1.0 if pooled.rarer_yes else -1.0)
            ratio = np.exp(odds)
            first = part.counts[0]  # the others follow from it, which saves most of the time
            each = np.exp(first * log_yes(odds) + (part.cast - first) * log_yes(-odds))
            longer = np.zeros_like(sums)
            for k, ways in zip(part.counts, np.exp(part.log_ways), strict=True):
                chance = (ways * (each @ self._ccg_weights))[:, where.ravel()]
                longer[k:] += sums[: pooled.total + 1 - k] * chance
                each *= ratio
            sums = longer
        return np.asarray(np.log(np.maximum(sums[pooled.total], 1e-300)))
