"""The forecasts to beat say what their names say, and the regressions see nothing of a system."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence.record import Facts, facts_of
from sim.evidence.score import Forecast, baselines, regression, scores
from sim.world.model import World


@pytest.fixture(scope="module")
def named(facts: Facts) -> dict[str, Forecast]:
    return {one.name: one for one in baselines.baselines(facts, seed=4)}


# -- the facts they are held against --------------------------------------------------------------


def test_the_round_is_the_recorded_one(facts: Facts) -> None:
    assert facts.count == 135
    assert (len(facts.open_systems), int(facts.one_ccg.sum())) == (33, 11)  # 20 with the 9 before
    assert (len(facts.open_ccgs), int(facts.merged.sum())) == (182, 74)
    assert int(facts.ccgs_after.sum()) == 135
    sizes = [2, 2, *[3] * 6, *[4] * 4, 5, 5, 6, 6, 6, 8]
    # East Surrey borders its partners; no group spans CCGs that are no pair
    assert int(facts.together.sum()) <= sum(n * (n - 1) // 2 for n in sizes)
    assert len(facts.plans) == 21 and sum(len(plan.ccgs) for plan in facts.plans) == 85
    assert {plan.case for plan in facts.plans_at_start} - {plan.case for plan in facts.plans} == {
        "2020-CentralLancashire"  # public in May, lost in July
    }


def test_facts_from_plain_arguments(world: World) -> None:
    pair = {"05N": "05N+05X", "05X": "05N+05X"}
    found = facts_of(world, pair, {"E54000011": 1}, start=date(2019, 6, 1), on=date(2020, 4, 1))
    assert found.count == 190
    assert [found.systems[i] for i in found.open_systems[found.one_ccg]] == ["E54000011"]
    assert int(found.merged.sum()) == 2 and int(found.together.sum()) == 1
    for bodies, after in (({"XXX": "a"}, {}), ({}, {"E99": 1})):
        with pytest.raises(InputError, match="is no"):
            facts_of(world, bodies, after, start=date(2019, 6, 1), on=date(2020, 4, 1))


# -- constants and guesses ------------------------------------------------------------------------


def test_their_names_and_counts(named: dict[str, Forecast]) -> None:
    ranges = {"nobody_merges": [191], "one_per_system": [42], "public_plans": [126]}
    ranges |= {"sixty_to_seventy": range(60, 71), "sixty_to_eighty": range(60, 81)}
    ranges |= {"about_forty": range(38, 43), "uniform": range(42, 192)}
    for name, counts in ranges.items():
        assert named[name].counts.tolist() == list(counts), name  # type: ignore[union-attr]
        assert named[name].stated
    both = {"base_rate", "base_rate_before", "past_rate_start", "past_rate_july"}
    assert set(named) == {*ranges, *both, "logistic_plans", "logistic_officers"}
    for one in named.values():
        if one.by_system is not None:
            assert one.counts == pytest.approx(one.by_system.sum(axis=1))
            assert one.by_system.min() >= 0 and one.counts.max() <= 191  # type: ignore[union-attr]


def test_the_base_rate_is_the_best_constant(facts: Facts, named: dict[str, Forecast]) -> None:
    for quantity, truth in (
        ("systems", facts.one_ccg),
        ("ccgs", facts.merged),
        ("pairs", facts.together),
    ):
        own = getattr(named["base_rate"], quantity)
        assert own == pytest.approx(np.full(len(truth), truth.mean()))
        best = scores.brier(truth, own).mean()
        for other in np.linspace(0, 1, 21):
            assert best <= scores.brier(truth, np.full(len(truth), other)).mean() + 1e-12


def test_scores_that_can_be_done_by_hand(facts: Facts, named: dict[str, Forecast]) -> None:
    """Nobody merges: the Brier score is the share that came true."""
    nobody = named["nobody_merges"]
    assert scores.brier(facts.one_ccg, nobody.systems).mean() == pytest.approx(11 / 33)
    assert scores.crps(facts.count, nobody.counts) == 56
    assert scores.crps(facts.count, named["public_plans"].counts) == 9
    said = named["public_plans"].systems
    assert said is not None and set(said) == {0.0, 1.0}
    assert named["public_plans"].ccgs.sum() == 85  # type: ignore[union-attr]


def test_the_past_rate_looks_at_nothing_of_the_round(facts: Facts) -> None:
    """With another outcome the forecast is the same."""
    other = replace(facts, body_of=facts.ccgs, ccgs_after=facts.ccgs_before)
    for known in ("start", "july"):
        one, two = (baselines.past_rate(f, known, seed=4) for f in (facts, other))  # type: ignore[arg-type]
        for quantity in ("counts", "systems", "ccgs", "pairs"):
            assert getattr(one, quantity).tolist() == getattr(two, quantity).tolist()
    july = baselines.past_rate(facts, "july", seed=4)
    assert sorted(set(july.systems)) == pytest.approx([4 / 109, 10 / 12])  # type: ignore[arg-type]
    # 21 plans of 85 CCGs at 10 of 12, and the open systems that none touches at 4 of 109
    home = [facts.system_of[facts.ccgs.index(code)] for plan in facts.plans for code in plan.ccgs]
    rest = [facts.ccgs_before[i] - 1 for i in facts.open_systems if i not in home]
    mean = 191 - (85 - 21) * 10 / 12 - sum(rest) * 4 / 109
    spread = july.counts.std() / np.sqrt(len(july.counts))  # type: ignore[union-attr, arg-type]
    assert abs(july.counts.mean() - mean) < 4 * spread  # type: ignore[union-attr]


# -- regressions ----------------------------------------------------------------------------------


def test_a_system_is_forecast_without_its_own_outcome(facts: Facts) -> None:
    """Turn one system's outcome over: its own forecast stays, others' move."""
    spot = int(facts.open_systems[4])
    after = facts.ccgs_after.copy()
    after[spot] = 1 if after[spot] > 1 else 2
    own = np.flatnonzero(facts.system_of == spot)
    body = list(facts.body_of)
    for i in own:
        body[i] = "turned" if len({facts.body_of[k] for k in own}) > 1 else facts.ccgs[i]
    turned = replace(facts, ccgs_after=after, body_of=tuple(body))
    for plans in (True, False):
        one, two = (regression.logistic(f, plans=plans, seed=4) for f in (facts, turned))
        here = facts.open_systems == spot
        assert one.systems[here] == pytest.approx(two.systems[here])  # type: ignore[index]
        assert np.abs(one.systems - two.systems)[~here].min() > 1e-6  # type: ignore[operator]
        mine = facts.system_of[facts.open_ccgs] == spot
        assert one.ccgs[mine] == pytest.approx(two.ccgs[mine])  # type: ignore[index]
        touch = (facts.system_of[facts.pairs] == spot).any(axis=1)
        assert one.pairs[touch] == pytest.approx(two.pairs[touch])  # type: ignore[index]


def test_plans_help(facts: Facts, named: dict[str, Forecast]) -> None:
    brier = {
        name: scores.brier(facts.one_ccg, named[name].systems).mean()
        for name in ("logistic_plans", "logistic_officers")
    }
    base_rate = scores.brier(facts.one_ccg, np.full(len(facts.one_ccg), 1 / 3)).mean()
    assert brier["logistic_plans"] < brier["logistic_officers"] < base_rate


def test_units_alike_are_forecast_by_their_mean() -> None:
    """All others said no: half a yes among them; a share counts as that much of a yes."""
    features = np.zeros((5, 1))
    units = np.arange(5)[:, None]
    found = regression.out_of_sample(features, np.array([1, 0, 0, 0, 0]), units)
    assert found[0] == pytest.approx(0.5 / 5)
    assert found[1:] == pytest.approx(np.full(4, 0.25), abs=1e-4)  # the intercept is not shrunk
    part = regression.out_of_sample(features, np.array([0.5, 0.5, 0.5, 0.5, 0.0]), units)
    assert part[4] == pytest.approx(0.5, abs=1e-4)
    assert part[0] == pytest.approx(1.5 / 4, abs=1e-4)


def test_without_plans_only_what_needs_none_is_offered(facts: Facts) -> None:
    bare = replace(facts, plans=(), plans_at_start=(), on=date(2021, 4, 1))
    names = {one.name for one in baselines.baselines(bare, seed=1)}
    assert names == {
        "base_rate", "base_rate_before", "nobody_merges", "one_per_system", "uniform",
        "logistic_officers",
    }  # fmt: skip
