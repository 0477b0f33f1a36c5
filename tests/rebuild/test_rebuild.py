"""The shipped simulator against the plain model that was written from its description alone.

Both run ``as_happened`` on England 2019, with luck that has nothing in common. Each quantity is
compared by three two-sample tests: Welch's of the means, Brown and Forsythe's of the spreads, and
Kolmogorov and Smirnov's of the distributions. The asymptotic form of the last takes values for
continuous; many of these are whole numbers, whose ties make it alarm less often than it says.
By Bonferroni's bound two right models fail any of all the tests at most once in 100 runs.

``python -m tests.rebuild.test_rebuild --replications 2000`` prints the table at length.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from itertools import repeat
from multiprocessing import get_context
from typing import Any, Final, NamedTuple

import numpy as np
import pytest
from scipy import stats

import sim
from sim.scenario import Scenario
from sim.scenario.load import parse_scenario
from sim.world import World, load_world
from tests.rebuild.plain import STAGES, Plain

ROUTINE: Final = 300
BROKEN: Final = 120
SHIPPED_SEED: Final = 20190601
PLAIN_SEED: Final = 5_000_000  # of replication 0; every replication has a seed of its own
FAMILY: Final = 0.01  # chance of any false alarm in a run
POWER: Final = 0.9

# name in the plain model's numbers: what it is
QUANTITIES: Final[Mapping[str, str]] = {
    "count 2020": "CCGs after 1 April 2020",
    "count 2021": "CCGs after 1 April 2021",
    "count 2022": "CCGs after 1 April 2022",
    "count end": "CCGs at the end",
    "mooted": "proposals",
    "proposals_local": "proposals of local leaders",
    "proposals_centre": "proposals of the centre",
    "narrower": "proposals made of a larger one",
    "drafted": "proposals drafted",
    "engaged": "proposals that opened engagement",
    "perceived_centre": "proposals that members took for the centre's",
    "balloted": "proposals balloted",
    "ballots_held": "ballots held",
    "ballots_carried": "ballots carried",
    "ballots by 1 April 2020": "ballots held before 1 April 2020",
    "reballots": "second ballots",
    "proposals_lost": "proposals lost at the ballot",
    "withdrawn": "proposals withdrawn",
    "applications": "applications",
    "approved": "approvals",
    "refused": "refusals",
    "panel_wait_days": "mean wait for a panel, days",
    "mergers": "mergers",
    "merged_ccgs": "starting CCGs merged",
    "crossing_mergers": "mergers across a system border",
    "repeat_mergers": "mergers of merged bodies",
    "systems_with_one_ccg": "systems with one CCG at the end",
    "leaders_left": "leaders who left",
    "mooted on day": "mean day of a proposal's start (after the first day)",
    "drafted on day": "mean day of drafting (the same)",
    "engaged on day": "mean day of opening engagement (the same)",
    "ballot on day": "mean day of a ballot",
    "balloted on day": "mean day of the last count of a proposal",
    "decided on day": "mean day of the national decision",
}
HEAD: Final = (
    "| quantity | plain, mean (sd) | shipped, mean (sd) | standard errors apart | p mean "
    "| p spread | p distribution | shift of the mean found with 90 % |"
)
LEVEL: Final = FAMILY / (3 * len(QUANTITIES))


@cache
def inputs() -> tuple[World, Scenario]:
    """Return England and the scenario, loaded once a process."""
    # The plain model draws every parameter by itself, so both sides draw from the priors.
    tables = {"extends": "as_happened", "model": {"knowledge": "prior"}}
    return load_world("england_2019"), parse_scenario(tables, "as_happened")


class NoHurry(Plain):
    """Broken: no work is hurried to make a deadline."""

    def squeezed(self, stage: float, left: float, floor_months: float) -> float:
        return stage


class EachForItself(Plain):
    """Broken: the ballots of one proposal share no support."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.p.support_shared = 0.0


class NothingUnseen(Plain):
    """Broken: no talks are under way at the start but those of the register."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.p.unseen_months = 0.0


class NoPostponing(Plain):
    """Broken: leaders who hold a ballot back always withdraw."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.p.call_postpone = 0.0


WRONG: Final = (NoHurry, EachForItself, NothingUnseen, NoPostponing)


def one_plain(model: type[Plain], seed: int) -> dict[str, float]:
    """Run one replication of the plain model."""
    return model(*inputs(), seed).run()


def plain_runs(model: type[Plain], replications: int) -> list[dict[str, float]]:
    """Run the plain model on two processes."""
    seeds = range(PLAIN_SEED, PLAIN_SEED + replications)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(one_plain, repeat(model), seeds, chunksize=10))


def shipped_runs(replications: int) -> list[dict[str, float]]:
    """Run the shipped simulator and read the same quantities from its tables."""
    scenario = inputs()[1]
    batch = sim.run_batch(scenario, replications=replications, seed=SHIPPED_SEED, workers=2)
    start = scenario.start
    found: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()}
        for row in batch.replications.to_dict("records")
    ]
    for row in found:
        row["count end"], row["mooted"] = row["final_ccgs"], row["proposals"]
        row["ballots_carried"] = row["ballots_held"] - row["ballots_lost"]
        row["balloted"] = row["proposals_balloted"]
    for count in batch.counts.to_dict("records"):
        if (count["date"].month, count["date"].day) == (4, 1):
            found[count["replication"]][f"count {count['date'].year}"] = count["ccgs"]
    days: list[dict[str, list[int]]] = [{} for _ in found]
    for made in batch.proposals.to_dict("records"):
        for stage in STAGES:
            when = made[stage]
            if isinstance(when, date) and when > start:
                days[made["replication"]].setdefault(f"{stage} on day", []).append(
                    (when - start).days
                )
    for vote in batch.ballots.to_dict("records"):
        lists = days[vote["replication"]]
        lists.setdefault("ballot on day", []).append((vote["date"] - start).days)
    april = (date(2020, 4, 1) - start).days
    for row, lists in zip(found, days, strict=True):
        row["ballots by 1 April 2020"] = sum(d < april for d in lists.get("ballot on day", []))
        row.update({name: sum(values) / len(values) for name, values in lists.items()})
    return found


class Row(NamedTuple):
    """One quantity: means and spreads, chances of so large a difference, what would be found."""

    name: str
    plain: float
    shipped: float
    plain_sd: float
    shipped_sd: float
    apart: float
    p_mean: float
    p_spread: float
    p_shape: float
    found: float

    @property
    def differs(self) -> bool:
        """Whether any of the three tests alarms."""
        return min(self.p_mean, self.p_spread, self.p_shape) < LEVEL


def compare(
    plain: Sequence[Mapping[str, float]], shipped: Sequence[Mapping[str, float]]
) -> list[Row]:
    """Compare all quantities; ``found`` is the shift of a mean found with 90 % probability."""
    rows = []
    sharpness = stats.norm.isf(LEVEL / 2) + stats.norm.ppf(POWER)
    for name, meaning in QUANTITIES.items():
        a, b = (
            np.array([v for r in runs if not math.isnan(v := float(r.get(name) or 0))])
            for runs in (plain, shipped)
        )
        if len(b) != len(shipped) or not any(name in r for r in shipped):
            raise ValueError(f"{name} is missing from the shipped tables")
        se = math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
        rows.append(
            Row(
                meaning,
                a.mean(),
                b.mean(),
                a.std(ddof=1),
                b.std(ddof=1),
                (b.mean() - a.mean()) / se,
                float(stats.ttest_ind(a, b, equal_var=False).pvalue),
                float(stats.levene(a, b, center="median").pvalue),
                float(stats.ks_2samp(a, b, method="asymp").pvalue),
                sharpness * se,
            )
        )
    return rows


def table(rows: Sequence[Row]) -> str:
    """Return the comparison as Markdown."""
    lines = [
        HEAD,
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.name} | {r.plain:.2f} ({r.plain_sd:.2f}) | {r.shipped:.2f} ({r.shipped_sd:.2f}) "
        f"| {r.apart:+.2f} | {r.p_mean:.3f} | {r.p_spread:.3f} | {r.p_shape:.3f} "
        f"| {r.found:.2f}{' **differs**' if r.differs else ''} |"
        for r in rows
    ]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def shipped() -> list[dict[str, float]]:
    return shipped_runs(ROUTINE)


def test_the_listed_footprints_are_those_of_the_page() -> None:
    """No chance in it: the page's rule gives the world's candidates, in the same order."""
    world, scenario = inputs()
    plain = Plain(world, scenario, 1)
    for place, listed in zip(plain.places, world.footprints, strict=True):
        theirs = [(frozenset(f.ccgs), f.whole_system, f.council >= 0, f.crosses) for f in listed]
        assert place.candidates == theirs


@pytest.mark.slow
def test_the_page_gives_the_shipped_distributions(shipped: list[dict[str, float]]) -> None:
    rows = compare(plain_runs(Plain, ROUTINE), shipped)
    print(table(rows))
    assert not [r.name for r in rows if r.differs], table(rows)


@pytest.mark.slow
@pytest.mark.parametrize("model", WRONG, ids=lambda m: m.__name__)
def test_a_plain_model_with_one_wrong_rule_differs(
    model: type[Plain], shipped: list[dict[str, float]]
) -> None:
    """At fewer replications, so the comparison above has power to spare for these."""
    assert any(r.differs for r in compare(plain_runs(model, BROKEN), shipped))


def main() -> int:
    """Print the comparison at the size asked for; exit code 1 where any test alarms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--wrong", action="store_true", help="also show the wrong models caught")
    options = parser.parse_args()
    began = time.monotonic()
    theirs = shipped_runs(options.replications)
    middle = time.monotonic()
    rows = compare(plain_runs(Plain, options.replications), theirs)
    print(
        f"{options.replications} replications each; {3 * len(rows)} tests at level {LEVEL:.2g}, "
        f"so that two right models fail any with a chance of at most {FAMILY:.0%}; shipped "
        f"{middle - began:.0f} s, plain {time.monotonic() - middle:.0f} s\n\n{table(rows)}"
    )
    for model in WRONG if options.wrong else ():
        worst = min(
            compare(plain_runs(model, BROKEN), theirs),
            key=lambda r: min(r.p_mean, r.p_spread, r.p_shape),
        )
        print(
            f"{model.__name__}: {worst.name}, {worst.plain:.2f} for {worst.shipped:.2f}: ", end=""
        )
        print("caught" if worst.differs else "NOT caught", f"({worst.apart:+.1f} se)")
    return int(any(r.differs for r in rows))


if __name__ == "__main__":
    sys.exit(main())
