"""The likelihood of the ballots against the shipped rules, against sums, and against itself.

Monte Carlo comparisons have fixed seeds; a comparison fails beyond four standard errors, which a
right program would do for 6 in 100,000 seeds each.
"""

from __future__ import annotations

import math
import time
from collections import Counter

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence.ballots import (
    BALLOT_PARAMETERS,
    BallotData,
    ballot_data,
    ballot_log_likelihoods,
    possible_counts,
)
from sim.evidence.ballots.data import ccgs_in_ballot
from sim.evidence.ballots.likelihood import FORMS, case_log_likelihoods
from sim.rules import ballot, engagement, support
from sim.rules.logistic import total
from sim.scenario.parameters import DEFAULT_PRIORS
from tests.evidence.ballot_examples import (
    AWAY,
    OTHER,
    PAIR,
    ballot_log_likelihood,
    counts,
    data_of,
    england,
    outcomes,
    record,
    simulate_data,
    values,
)
from tests.rules.numbers import numbers

RUNS = 6000


def simulated_by_rules(v: dict[str, float], form: str, stance: str, gate: bool) -> Counter[str]:
    """Hold the pair's ballots by the rules of the simulation; keep those called and so advised."""
    rng = np.random.default_rng(20)
    world = england()
    index = {ccg.code: ccg for ccg in world.ccgs}
    members = [index[code] for code in PAIR]
    patients = sum(ccg.patients for ccg in members)
    found: Counter[str] = Counter()
    p = numbers(**v)
    own_sd = v["support_sd"] * math.sqrt(1 - v["support_shared"])
    weight = (1 - v["turnout_spread"]) / v["turnout_spread"]
    while found.total() < RUNS:
        place, proposal = rng.standard_normal(2)
        common, mood = support.common_support(
            p, form, place=place, proposal=proposal, u_mode=rng.uniform()
        )
        said = engagement.lmc_stance(
            p, mood=rng.standard_normal(), members_mood=mood, follow=engagement.follow_weight(p)
        )
        if stance not in (said, "unknown"):
            continue
        centre = rng.uniform() < v["start_centre_share"]
        seen = v["perceived_if_centre"] if centre else v["perceived_if_local"]
        perceived = rng.uniform() < seen
        log_odds = []
        for ccg in members:
            facts = support.ArgumentFacts(
                outweighed_by=support.outweighed(ccg.patients, patients, 2),
                partner_distress=0.0,
                shares_officer=1.0,
                matches_council=True,
                makes_one_council=False,
                perceived_centre=perceived,
                opposed_councils=v["council_oppose_share"],
            )
            terms = support.argument_terms(p, facts, engagement.advice_effect(p, said))
            log_odds.append(common + own_sd * rng.standard_normal() + total(terms))
        read = sum(log_odds) / 2 + v["call_optimism"] + v["call_noise_sd"] * rng.standard_normal()
        if gate and rng.uniform() >= support.call_probability(p, read):
            continue
        result = []
        for ccg, s in zip(members, log_odds, strict=True):
            n = len(ccg.voters)
            turnout = rng.beta(v["turnout_mean"] * weight, (1 - v["turnout_mean"]) * weight)
            electorate = ballot.Electorate(
                leanings=rng.standard_normal(n).tolist(),
                u_turnout=rng.uniform(size=n).tolist(),
                u_vote=rng.uniform(size=n).tolist(),
                weights=None,
                shifts=None,
            )
            tally = ballot.count_votes(p, electorate, support=s, turnout=turnout)
            result.append("carried" if ballot.carries(tally, 0.5, 0.0) else "failed")
        found[" ".join(result)] += 1
    return found


@pytest.mark.parametrize(
    ("form", "stance", "gate"),
    [
        ("one_mode", "unknown", True),
        ("two_mode", "unknown", False),
        ("two_mode", "unknown", True),
        ("one_mode", "oppose", True),
        ("two_mode", "oppose", True),
    ],
)
def test_outcomes_come_as_often_as_the_shipped_rules_make_them(
    form: str, stance: str, gate: bool
) -> None:
    v = values(ballot_perceived_centre=-0.8)
    found = simulated_by_rules(v, form, stance, gate)
    advice = () if stance == "unknown" else (("Mid Mersey LMC", stance),)
    chances = []
    for one in ("carried", "failed"):
        for two in ("carried", "failed"):
            data = data_of(*outcomes("2020-A", PAIR, one, two, advice=advice))
            chance = math.exp(ballot_log_likelihood(v, data, form, gate))
            chances.append(chance)
            error = math.sqrt(chance * (1 - chance) / RUNS)
            # besides, the call takes a CCG's own difference for part of the leaders' error
            assert abs(found[f"{one} {two}"] / RUNS - chance) < 4 * error + 0.005, (one, two)
    assert sum(chances) == pytest.approx(1.0, abs=2e-3)
    assert min(chances) > 0.02  # so that each comparison means something


def test_the_two_modes_are_those_of_the_rule() -> None:
    def common(kept: float, place: float, u_mode: float) -> float:
        p = numbers(
            support_mean=2.0,
            support_sd=1.4,
            support_shared=1.0,
            support_place_share=kept,
            support_opposed_share=0.5,
        )
        return support.common_support(p, "two_mode", place=place, proposal=0.0, u_mode=u_mode)[0]

    high, low, spread = common(0.5, 0.0, 0.9), common(0.5, 0.0, 0.1), common(1.0, 1.0, 0.9)
    assert high - low == pytest.approx(support.MODES_APART)
    assert spread - high == pytest.approx(1.4 * support.MODE_SPREAD)


def test_pooled_counts_are_sums_over_the_ccgs_counts() -> None:
    # all practices vote, so that both kinds of record speak of the same votes
    v = values(turnout_mean=1.0, turnout_spread=0.0)
    sizes = [14, 26]
    for pooled_yes in (9, 33):
        summed = 0.0
        for first in range(8, 15):
            second = pooled_yes - first
            if (not 0 <= second <= 13 and pooled_yes == 9) or not 0 <= second <= 26:
                continue
            if pooled_yes == 33 and second <= 13:
                continue
            data = data_of(
                counts("2020-A", PAIR[0], first, sizes[0] - first),
                counts("2020-A", PAIR[1], second, sizes[1] - second),
            )
            summed += math.exp(ballot_log_likelihood(v, data))
        found = ("carried", "failed" if pooled_yes == 9 else "carried")
        pooled = record(
            "2020-A", PAIR, "pooled_counts", votes_for=pooled_yes,
            votes_against=40 - pooled_yes, outcomes=found,
        )  # fmt: skip
        log_chance = ballot_log_likelihood(v, data_of(pooled))
        assert log_chance == pytest.approx(math.log(summed), abs=0.01)


def test_the_chances_of_all_counts_add_up_to_one() -> None:
    odds = possible_counts.LOG_ODDS
    everything = np.tril(np.ones((15, 15), dtype=bool))
    assert possible_counts.log_chance(everything, 0.8, 1 / 21) == pytest.approx(0.0, abs=1e-9)
    middle = len(odds) // 2
    half = possible_counts.log_chance(np.eye(15, dtype=bool), 0.8, 1 / 21)  # all who vote say yes
    turnout = possible_counts.log_turnout(14, 0.8, 1 / 21)
    expected = np.log((np.exp(turnout) * 0.5 ** np.arange(15)).sum())
    assert half[middle] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_votes_from_the_model_make_no_other_parameters_likelier_on_average(form: str) -> None:
    # Under votes from one point the likelihood ratio of any other to it has mean 1.
    cases = ((PAIR, "2020-A"), (AWAY, "2020-B"), (("05N", "05X"), "2020-C"))
    data = data_of(
        *(row for ccgs, case in cases for row in outcomes(case, ccgs, "carried", "carried"))
    )
    truth = values()
    other = values(support_mean=1.5, support_sd=1.3, lmc_oppose_effect=-1.4, call_noise_sd=1.0)
    both = {name: np.array([truth[name], other[name]]) for name in truth}
    rng = np.random.default_rng(5)
    ratios = []
    for _ in range(120):
        logs = ballot_log_likelihoods(both, simulate_data(truth, data, rng, form), form)
        ratios.append(math.exp(logs[1] - logs[0]))
    error = np.std(ratios) / math.sqrt(len(ratios))
    assert error < 0.08
    assert abs(np.mean(ratios) - 1.0) < 4 * error + 0.01


@pytest.mark.parametrize("form", FORMS)
def test_proposals_of_one_place_hang_together_by_its_share(form: str) -> None:
    def joint(share: float, *found: str) -> float:
        rows = outcomes("2020-A", PAIR, found[0], found[0])
        rows += outcomes("2020-B", OTHER, found[1], found[1])
        data = data_of(*rows)
        assert data.places == ((0, 1),)
        return math.exp(ballot_log_likelihood(values(support_place_share=share), data, form))

    def apart(share: float) -> float:
        """Return the product of each alone: with two modes, mood and mode go by the share too."""
        product = 1.0
        for pair in (PAIR, OTHER):
            data = data_of(*outcomes("2020-A", pair, "failed", "failed"))
            v = values(support_place_share=share)
            product *= math.exp(ballot_log_likelihood(v, data, form))
        return product

    assert joint(1e-9, "failed", "failed") == pytest.approx(apart(1e-9), rel=2e-3)
    assert joint(0.9, "failed", "failed") > 1.2 * apart(0.9)
    mixed = joint(0.9, "failed", "carried") + joint(0.9, "carried", "failed")
    assert mixed < joint(1e-9, "failed", "carried") + joint(1e-9, "carried", "failed")


@pytest.mark.parametrize("form", FORMS)
def test_what_came_of_a_second_proposal_of_a_place_adds_up_to_the_first_alone(form: str) -> None:
    """Summed over all outcomes of the second, whatever share of mood and mode stays with it."""
    v = values(support_place_share=0.6)
    kinds = ("carried", "failed")
    for first in (("failed", "failed"), ("carried", "failed"), ("carried", "carried")):
        rows = outcomes("2020-A", PAIR, *first)
        together = sum(
            math.exp(ballot_log_likelihood(v, data_of(*rows, *other), form, selection=False))
            for one in kinds
            for two in kinds
            for other in [outcomes("2020-B", OTHER, one, two)]
        )
        alone = math.exp(ballot_log_likelihood(v, data_of(*rows), form, selection=False))
        assert together == pytest.approx(alone, rel=2e-3)


def test_the_call_lets_better_ballots_through() -> None:
    lost = data_of(*outcomes("2020-A", PAIR, "failed", "failed"))
    v = values()
    assert ballot_log_likelihood(v, lost) < ballot_log_likelihood(v, lost, selection=False)
    blind = values(call_steepness=1e-9)
    assert ballot_log_likelihood(blind, lost) == pytest.approx(
        ballot_log_likelihood(blind, lost, selection=False), abs=1e-6
    )


def recorded() -> BallotData:
    return ballot_data(england())


def test_many_vectors_at_once_give_what_each_gives_alone() -> None:
    rng = np.random.default_rng(3)
    data = recorded()
    drawn = {
        name: np.array([DEFAULT_PRIORS[name].quantile(u) for u in rng.uniform(size=11)])
        for name in BALLOT_PARAMETERS
    }
    together = ballot_log_likelihoods(drawn, data, "two_mode")
    alone = [
        ballot_log_likelihood({name: drawn[name][i] for name in drawn}, data, "two_mode")
        for i in range(11)
    ]
    assert together == pytest.approx(np.array(alone), abs=1e-9)
    by_place, by_case = case_log_likelihoods(drawn, data, "two_mode")
    assert by_place.sum(axis=1) == pytest.approx(together)
    singly = [places[0] for places in data.places if len(places) == 1]
    first = data.places.index((singly[0],))
    assert by_case[:, singly[0]] == pytest.approx(by_place[:, first])


def test_one_evaluation_of_the_recorded_ballots_is_quick() -> None:
    data, v = recorded(), values()
    ballot_log_likelihood(v, data)
    times = []
    for _ in range(20):
        start = time.process_time()
        ballot_log_likelihood(v, data)
        times.append(time.process_time() - start)
    assert min(times) < 0.03  # of this process; some 6 ms on an idle machine


def test_arguments_are_those_of_the_simulation() -> None:
    world = england()
    index = {ccg.code: ccg.index for ccg in world.ccgs}
    first, second = ccgs_in_ballot(world, [index[code] for code in PAIR])
    patients = [world.ccgs[index[code]].patients for code in PAIR]
    assert first.terms == pytest.approx((1 - 2 * patients[0] / sum(patients), 0, 0, 1, 0, 1, 0))
    assert second.terms == pytest.approx((0, 0, 0, 1, 0, 1, 0))
    assert first.council_unknown == pytest.approx(1.0, abs=0.02)
    opposed = ccgs_in_ballot(world, [index[code] for code in PAIR], ["E06000006"])
    assert opposed[0].terms[-1] == pytest.approx(1.0, abs=0.02)
    bradford = ccgs_in_ballot(world, [index[code] for code in ("02N", "02R", "02W")])
    assert [ccg.terms[4] for ccg in bradford] == [1, 1, 1]


def test_wrong_names_are_refused() -> None:
    data, v = recorded(), values()
    with pytest.raises(
        InputError, match=r"form 'one_mod' must be one of .*did you mean 'one_mode'"
    ):
        ballot_log_likelihood(v, data, "one_mod")
    del v["support_sd"]
    with pytest.raises(InputError, match="the ballots need a value of support_sd"):
        ballot_log_likelihood(v, data)
