"""Dose and response of the cut, the ladder before the merger, and places beside places like them.

England, seed 1, under the same luck. A lever counts as having an effect where the 95 % interval
of the paired difference lies on the expected side of zero (false-alarm rate .025 a test; the seed
is fixed). Places are compared as probabilities with places like them, never as outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from sim.experiment.batch import Batch, run_batch
from sim.experiment.compare import paired
from sim.scenario import parse_scenario
from sim.world import World, load_world
from tests.agents.arms import from_priors

pytestmark = pytest.mark.slow

SEED = 1
REPLICATIONS = 60
CUTS = {"no_cost_cut": 0, "cut_10": 10, "as_written": 20, "cut_30": 30, "cut_40": 40}
OTHERS = ("phased_cut", "content_place", "as_happened")
APRIL_2020, APRIL_2021 = pd.Timestamp(2020, 4, 1), pd.Timestamp(2021, 4, 1)
SMALL = 150_000  # patients


@pytest.fixture(scope="module")
def batch() -> Iterator[Batch]:
    scenarios = [from_priors(name) for name in (*CUTS, *OTHERS)]
    yield run_batch(scenarios, replications=REPLICATIONS, seed=SEED, workers=2)


@pytest.fixture(scope="module")
def england() -> World:
    return load_world()


def outcome(batch: Batch, scenario: str, name: str) -> pd.Series:
    rows = batch.replications.query("scenario == @scenario").set_index("replication")
    return rows[name].astype(float)


def difference(batch: Batch, base: str, other: str, name: str) -> tuple[float, float]:
    """Return the 95 % interval of other minus base."""
    found = paired(outcome(batch, base, name).to_numpy(), outcome(batch, other, name).to_numpy())
    print(f"\n{name}: {other} against {base}: {found[0]:+.2f} ({found[2]:+.2f} to {found[3]:+.2f})")
    return found[2], found[3]


# -- Levers on England -----------------------------------------------------------------------------


def test_the_deeper_the_cut_the_fewer_ccgs(batch: Batch) -> None:
    """Dose and response from 0 to 40 %, step by step and from end to end."""
    means = [outcome(batch, name, "final_ccgs").mean() for name in CUTS]
    print("\n", dict(zip(CUTS.values(), means, strict=True)))
    assert means == sorted(means, reverse=True)
    names = list(CUTS)
    for base, other in ((names[0], names[2]), (names[2], names[4])):
        assert difference(batch, base, other, "final_ccgs")[1] < 0.0
        assert difference(batch, base, other, "proposals")[0] > 0.0


def test_a_phased_cut_leaves_more_ccgs(batch: Batch) -> None:
    assert difference(batch, "as_written", "phased_cut", "final_ccgs")[0] > 0.0


def test_more_pressure_saves_more_and_costs_more_months(batch: Batch) -> None:
    """Structure displaces the job: more months in proposals, more money once, more saved a year."""
    for name in ("reorganisation_months", "transition_cost_total", "saving_by_merging"):
        assert difference(batch, "no_cost_cut", "cut_40", name)[0] > 0.0
    whole = outcome(batch, "as_written", "running_cost_saving")
    parts = [outcome(batch, "as_written", f"saving_by_{how}") for how in ("merging", "sharing")]
    assert (whole - parts[0] - parts[1]).abs().max() < 1e-9
    share = outcome(batch, "as_written", "saving_share_of_target")
    assert 0.0 < share.mean() < 1.0  # of the 20 % target most must come from elsewhere


def test_the_run_starts_at_191_and_ends_below(batch: Batch) -> None:
    counts = batch.counts
    first = counts[counts["date"] == counts["date"].min()]
    assert set(first["ccgs"]) == {191}
    assert (batch.replications["final_ccgs"] < 191).all()
    assert (batch.replications["final_ccgs"] > 42).mean() > 0.9


# -- The ladder before the merger ------------------------------------------------------------------


def test_steps_up_the_ladder_come_before_mergers(batch: Batch) -> None:
    """Most mergers join CCGs that shared one officer before; some systems stop at a rung."""
    assert outcome(batch, "as_written", "officer_before_merger").mean() > 0.5
    stopped = [
        outcome(batch, "as_written", f"stopped_at_{rung}").mean()
        for rung in ("separate", "committees", "officer", "team")
    ]
    print("\nsystems that stop:", stopped)
    assert sum(stopped) > 1.0
    assert min(stopped[2], stopped[3]) > 0.0


def merged_by(batch: Batch, scenario: str, day: pd.Timestamp) -> pd.Series:
    """Return the probability that each starting CCG has merged by a day."""
    rows = batch.ccgs.query("scenario == @scenario")
    return (pd.to_datetime(rows["merged_on"]) <= day).groupby(rows["ccg"]).mean()


def several(world: World, keep: Callable[[int], bool] = lambda index: True) -> list[int]:
    """Return the CCGs of systems with more than one that are kept."""
    return [c.index for c in world.ccgs if len(world.systems[c.system].ccgs) > 1 and keep(c.index)]


def test_ccgs_that_share_an_officer_merge_earlier(batch: Batch, england: World) -> None:
    """By April 2020 and by April 2021, and also among those without a live proposal."""
    live = {index for proposal in england.live_proposals for index in proposal.ccgs}
    for day in (APRIL_2020, APRIL_2021):
        chance = merged_by(batch, "as_happened", day)
        for pool in (several(england), several(england, lambda index: index not in live)):
            of = {True: [], False: []}  # type: dict[bool, list[float]]
            for index in pool:
                ccg = england.ccgs[index]
                of[ccg.officer_group != ""].append(chance[ccg.code])
            sharing, alone = (sum(x) / len(x) for x in (of[True], of[False]))
            assert sharing > alone, day


def test_joint_posts_are_counted_from_the_first_day_on(batch: Batch, england: World) -> None:
    groups = [ccg.officer_group for ccg in england.ccgs if ccg.officer_group]
    at_start = len({group for group in groups if groups.count(group) > 1})
    assert at_start == 29
    left = outcome(batch, "as_written", "joint_officers")
    assert left.nunique() > 1
    assert left.max() < at_start + 30


# -- Places beside places like them ----------------------------------------------------------------


def codes_of(england: World, name: str) -> list[str]:
    [system] = [system for system in england.systems if system.name.startswith(name)]
    return [england.ccgs[index].code for index in system.ccgs]


def unmerged_system(batch: Batch, scenario: str, codes: list[str]) -> float:
    """Return the probability that no CCG of a system has merged by April 2021."""
    rows = batch.ccgs.query("scenario == @scenario and ccg in @codes")
    merged = pd.to_datetime(rows["merged_on"]) <= APRIL_2021
    return float(1.0 - merged.groupby(rows["replication"]).any().mean())


def test_a_content_system_stays_as_it_is_more_than_its_like(batch: Batch, england: World) -> None:
    """Frimley: above the mean of systems of two to four CCGs, and above itself were it not so."""
    frimley = codes_of(england, "Frimley")
    alike = [
        [england.ccgs[i].code for i in s.ccgs] for s in england.systems if 2 <= len(s.ccgs) <= 4
    ]
    alike.remove(frimley)
    mean = sum(unmerged_system(batch, "content_place", codes) for codes in alike) / len(alike)
    there = unmerged_system(batch, "content_place", frimley)
    print(f"\nno merger by April 2021: {there:.2f}, systems like it {mean:.2f}")
    assert there > mean + 0.1
    assert there > unmerged_system(batch, "as_written", frimley)


def test_a_co_operative_trio_merges_soon_and_votes_high(batch: Batch, england: World) -> None:
    """Bradford against the other proposals of the register, up to April 2020; its system stays."""
    trio = ["02N", "02R", "02W"]
    live = {england.ccgs[i].code for proposal in england.live_proposals for i in proposal.ccgs}
    chance = merged_by(batch, "as_happened", APRIL_2020)
    assert chance[trio].mean() > chance[sorted(live - set(trio))].mean() + 0.1
    ballots = batch.ballots.query("scenario == 'as_happened' and attempt == 1")
    yes = ballots["votes_for"] / (ballots["votes_for"] + ballots["votes_against"])
    assert yes[ballots["ccg"].isin(trio)].mean() > yes.mean()
    system = england.systems[next(c.system for c in england.ccgs if c.code == "02N")]
    end = batch.systems[batch.systems["date"] == batch.systems["date"].max()]
    left = end[(end["scenario"] == "as_happened") & (end["system"] == system.code)]["ccgs"]
    assert (left > 1).mean() > 0.9


def test_six_ccgs_with_a_plan_pass_more_than_six_without(batch: Batch, england: World) -> None:
    """Nottinghamshire's chance of one CCG against systems of five to seven without a plan."""
    live = {proposal.system for proposal in england.live_proposals}
    end = batch.systems[batch.systems["date"] == batch.systems["date"].max()]
    mine = end[end["scenario"] == "as_happened"]
    one = (mine["ccgs"] == 1).groupby(mine["system"]).mean()
    [there] = [s.code for s in england.systems if s.name.startswith("Nottingham")]
    others = [s for s in england.systems if 5 <= len(s.ccgs) <= 7 and s.index not in live]
    assert len(others) >= 4
    assert one[there] > one[[s.code for s in others]].mean() + 0.2


def test_a_small_ccg_under_a_shared_officer_merges_more_than_its_like(
    batch: Batch, england: World
) -> None:
    """Vale Royal against the other CCGs of fewer than 150,000 patients."""
    chance = merged_by(batch, "as_happened", APRIL_2020)
    small = [england.ccgs[i].code for i in several(england) if england.ccgs[i].patients < SMALL]
    assert "02D" in small
    small.remove("02D")
    assert chance["02D"] > chance[small].mean()


def test_an_early_adopter_has_nothing_left_to_merge_in_its_county(england: World) -> None:
    """Cumbria: on the first day one CCG of its system serves all of the county that lies there."""
    [ccg] = [c for c in england.ccgs if c.name == "North Cumbria"]
    council, share = max(ccg.council_shares, key=lambda pair: pair[1])
    assert share > 0.95
    there = [
        c.code
        for c in england.ccgs
        if c.system == ccg.system and dict(c.council_shares).get(council, 0.0) > 0.5
    ]
    assert there == [ccg.code]
    assert parse_scenario({"extends": "as_written"}).world == england.name
