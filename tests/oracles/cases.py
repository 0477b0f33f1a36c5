"""The exact-answer cases: what each runs, how its log is read, and what must come out.

Exact values stand in the project's list of oracles under the case's id; a comment says where one
follows from the oracle's formula. A case is configured by its world folder and scenario files
alone, which ``build_worlds`` writes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tests.oracles import observe
from tests.oracles.estimate import (
    Check,
    deterministic,
    deviation,
    largest_gap,
    mean_where,
    share_below,
    share_between,
    share_equal,
    variance,
)
from tests.oracles.observe import Observe

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One configuration with exact answers.

    ``scenarios`` are run under the same replication numbers; ``observe`` turns their logs of one
    replication into samples. ``finish`` may work on the samples of all replications.
    """

    id: str
    what: str
    folder: str
    scenarios: tuple[str, ...]
    observe: Observe
    checks: tuple[Check, ...]
    routine: int
    long: int
    finish: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]] | None = None

    @property
    def name(self) -> str:
        """A short name: folder and scenarios."""
        return f"{self.folder}-{'-'.join(self.scenarios)}"

    def files(self) -> tuple[Path, ...]:
        """Return the scenario files."""
        return tuple(HERE / f"{self.folder}_{name}.toml" for name in self.scenarios)


# -- The cases ---------------------------------------------------------------------------------


def _carried(
    scenario: str, what: str, exact: float, routine: int, more: tuple[Check, ...] = ()
) -> Case:
    return Case(
        "O1",
        f"majority of votes cast: {what}",
        "o01",
        (scenario,),
        observe.ballots,
        (Check("ballots carried", exact, "carried", sharp=True), *more),
        routine,
        routine * 8,
    )


def _whole_systems(
    scenario: str, q: str, routine: int, mean: float, sd: float, inside: float = 0.0
) -> Case:
    window = Check("60 to 70 CCGs left", inside, "ccgs", share_between(60, 70))
    return Case(
        "O13",
        f"whole systems merge with q = {q}",
        "o13",
        (scenario,),
        observe.count,
        (
            Check("mean CCGs left", mean, "ccgs", sharp=True),
            Check("sd of CCGs left", sd, "ccgs", deviation),
            *((window,) if inside else ()),
        ),
        routine,
        6000,
    )


def _dates(scenario: str, what: str, routine: int, checks: tuple[Check, ...]) -> Case:
    return Case(
        "O18", f"ballot dates of six CCGs: {what}", "o18", (scenario,),
        observe.ballot_dates, checks, routine, routine * 6,
    )  # fmt: skip


PMF9: Final = (
    0.00050676, 0.00655540, 0.03630890, 0.11303616, 0.21803266,
    0.27030967, 0.21548007, 0.10655148, 0.02967162, 0.00354729,
)  # fmt: skip

CASES: Final[tuple[Case, ...]] = (
    _carried(
        "abstention", "turnout 0.8", 0.6485854417, 200,
        (Check("ballots tied", 0.0731980053, "tied"), Check("votes cast", 23.2, "cast")),
    ),
    _carried("full_turnout", "turnout 1", 0.7069675176, 160),
    _carried("quorum_79", "quorum 23 of 29", 0.4241822898, 420),
    _carried("quorum_75", "quorum 22 of 29", 0.5131762015, 300),
    _carried("two_thirds", "two thirds of votes cast", 0.1163419761, 2200),
    Case(
        "O2", "practices with chances 0.35 to 0.75 each", "o02", ("leanings",), observe.ballots,
        (
            Check("at least 5 of 9 yes", 0.6255601250, "carried", sharp=True),
            Check("mean yes", 4.95, "yes", sharp=True),
            Check("variance of yes", 2.0775, "yes", variance, sharp=True),
            *(Check(f"{k} yes", PMF9[k], "yes", share_equal(k)) for k in (2, 4, 5, 7)),
        ),
        600, 5000,
    ),
    Case(
        "O3", "all four CCGs must carry, independent", "o03", ("independent",), observe.joint,
        (
            Check("all carry", 0.4975872, "all", sharp=True),
            Check("exactly one refuses", 0.4113872, "refusals", share_equal(1)),
            Check("at least three carry", 0.9089744, "refusals", share_below(1), sharp=True),
        ),
        310, 3000,
    ),
    Case(
        "O3", "all six CCGs must carry, shared support", "o03s", ("shared",), observe.joint,
        (
            Check("all carry", 0.3742108293, "all", sharp=True),
            Check("a CCG carries", 0.7661796373, "share", sharp=True),
        ),
        820, 5000,
    ),
    Case(
        "O4", "votes weighted by list size", "o04", ("by_list_size",), observe.ballots,
        (Check("ballots carried", 0.5241935, "carried", sharp=True),), 280, 2500,
    ),
    Case(
        "O4", "the same practices, one vote each", "o04", ("one_each",), observe.ballots,
        (Check("ballots carried", 0.50597, "carried", sharp=True),), 300, 2500,
    ),
    Case(
        "O6", "advice of local medical committees", "o06", ("advice",), observe.ballots,
        (
            Check("carried after advice for", 0.9785932247, "carried_support", sharp=True),
            Check("carried after neutral advice", 0.8050095866, "carried_neutral", sharp=True),
            Check("carried after advice against", 0.0378879658, "carried_oppose"),
            # 29 practices x 0.8 x expit(0.4 - 1.1): the binomial mean behind the oracle's 0.0379
            Check("yes after advice against", 29 * 0.8 / (1 + math.exp(0.7)), "yes_oppose",
                  sharp=True),
            Check("carried in all", 0.7036603539, "carried", sharp=True),
            Check("advice against", 0.2, "is_oppose"),
        ),
        160, 1500,
    ),
    Case(
        "O7", "up to three tries, independent", "o07", ("independent",), observe.in_the_end,
        (Check("carried in the end", 0.784, "carried", sharp=True),), 120, 1500,
    ),
    Case(
        "O7", "up to three tries, persistent support", "o07", ("persistent",), observe.in_the_end,
        (Check("carried in the end", 0.7326986713, "carried", sharp=True),), 160, 1500,
    ),
    Case(
        "O9", "four exponential stages in a row (months)", "o09", ("stages",),
        observe.months_to_effect,
        (
            Check("mean", 15.5, "months", sharp=True),
            Check("sd", 9.810708435, "months", deviation),
            Check("within 6", 0.1150023156, "months", share_below(6.0)),
            Check("within 12", 0.4394433839, "months", share_below(12.0)),
            Check("within 18", 0.6939533509, "months", share_below(18.0), sharp=True),
            Check("within 24", 0.8401878529, "months", share_below(24.0), sharp=True),
            Check("within the median", 0.5, "months", share_below(13.20158418)),
            Check("within the 90% point", 0.9, "months", share_below(28.25341099), sharp=True),
        ),
        100, 700,
    ),
    Case(
        "O10", "local 0.02 and centre 0.05 a month compete", "o10", ("competing",), observe.starts,
        (Check("started by the centre", 0.7142857143, "centre", sharp=True),), 160, 2000,
    ),
    Case(
        "O10", "rate 0.02 for 9 months, 0.08 for 12, 0.3 for 6", "o10", ("stepped",),
        observe.starts,
        (
            Check("proposal started", 0.9471342713, "started", sharp=True),
            Check("restricted mean, months", 15.56947361, "months", sharp=True),
        ),
        160, 2000,
    ),
    Case(
        "O11", "191 pairs, pure death", "o11", ("pairs",),
        observe.pairs,
        (
            Check("mean pairs left", 73.13254122, "ccgs", sharp=True),
            Check("sd of pairs left", 6.717932082, "ccgs", deviation),
            Check("60 to 70 left", 0.3293297584, "ccgs", share_between(60, 70)),
        ),
        260, 6000,
    ),
    _whole_systems("q50", "0.5", 400, 116.5, 13.42572158),
    _whole_systems("q70", "0.7", 600, 86.7, 12.30487708, 0.0824936739),
    _whole_systems("q846", "0.846", 680, 64.946, 9.691994841, 0.4223948187),
    _whole_systems("own_ballots", "0.9 to the power of its CCGs", 440, 108.800207, 13.16383824),
    Case(
        "O17", "twelve applications, three reviewers, two months", "o17", ("burst",), observe.queue,
        (
            Check("last done, months", 8.0, "months", deterministic(np.max), certain=True),
            Check("mean, months", 5.0, "months", deterministic(np.mean), certain=True),
            Check(
                "largest gap from 2 2 2 4 4 4 6 6 6 8 8 8", 0.0, "months",
                largest_gap(2, 2, 2, 4, 4, 4, 6, 6, 6, 8, 8, 8), certain=True,
            ),
        ),
        1, 1,
    ),
    _dates(
        "exponential", "exponential, mean 3", 480,
        (
            Check("last, months", 7.35, "last", sharp=True),
            Check("first, months", 0.5, "first", sharp=True),
            Check("all within 6 months", 0.4179135244, "last", share_below(6.0)),
        ),
    ),
    _dates(
        "gamma", "gamma, mean 3, sd 1.5", 60,
        (Check("last, months", 5.098678834, "last", sharp=True),),
    ),
    _dates(
        "uniform", "uniform, 0 to 12", 30,
        (Check("last, months", 10.28571429, "last", sharp=True),),
    ),
    Case(
        "O18", "effect on 1 April after six months' lead", "o18a", ("april",), observe.years,
        (
            Check("in year 1", 0.1428765395, "year", share_equal(1)),
            Check("in year 2", 0.7059195777, "year", share_equal(2), sharp=True),
            Check("later", 0.1512038828, "later"),
        ),
        140, 2000,
    ),
    Case(
        "O19", "'typically' lost on the way (drop 0.3, restore 0.05)", "o19", ("relay",),
        observe.heard,
        (
            Check("one relay", 0.3, "region", sharp=True),
            Check("two relays", 0.495, "system", sharp=True),
            Check("three relays", 0.62175, "ccg", sharp=True),
        ),
        340, 3000,
    ),
    Case(
        "O23", "two scenarios with the same random numbers: votes", "o23", ("p80", "p72"),
        observe.pair_of_votes,
        (
            Check("variance, same random numbers", 0.0736, "same", variance, sharp=True),
            Check("variance, other random numbers", 0.3616, "other", variance, sharp=True),
            Check("difference", 0.08, "difference", sharp=True),
        ),
        1300, 6000, observe.differences,
    ),
    Case(
        "O23", "two scenarios with the same random numbers: decisions", "o23d", ("p80", "p72"),
        observe.pair_of_decisions,
        (
            Check("approved at 0.72 but not at 0.80", 0.0, "only_low", deterministic(np.sum),
                  certain=True),
            Check("difference", 0.08, "gained"),
            Check("variance, same random numbers", 0.0736, "gained", variance),
        ),
        30, 1500,
    ),
    Case(
        "O25", "24 yes of 131 under a uniform prior", "o25", ("uniform_prior",), observe.posterior,
        (
            Check("posterior mean", 0.1879699248, "chance", mean_where("hits"), sharp=True),
            Check("posterior above 0.2583432975", 0.025, "above", mean_where("hits")),
            Check("ballots accepted", 1 / 132, "accepted"),
            Check("ballots with at most half yes", 0.5, "at_most"),
        ),
        11000, 130000,
    ),
)  # fmt: skip
