"""Builds the exact-answer cases: a small world folder and scenario files for each.

``python -m tests.oracles.build_worlds`` writes ``tests/oracles/<case>/world`` and
``tests/oracles/<case>_<scenario>.toml`` again; a test shows that what is committed is what this
script writes. Every scenario extends ``plain.toml``, which states all levers, parameters and
durations that could matter, so that a changed default moves no case.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tests.oracles.plain import START, logit, scenario, single, world

HERE: Final = Path(__file__).parent


REFUSED: Final = {"approval_probability": 0.0}  # the ballots are all that is looked at


def o01(folder: Path) -> None:
    """Majority of votes cast, abstention, quorum, two thirds: 29 practices, .55 yes."""
    lean = logit(0.55)
    world(folder, [[{"practices": 29, "leanings": lean}] * 10] * 10)
    for name, turnout, ballot in (
        ("abstention", 0.8, {}),
        ("full_turnout", 1.0, {}),
        ("quorum_79", 0.8, {"quorum": 0.79}),
        ("quorum_75", 0.8, {"quorum": 0.75}),
        ("two_thirds", 0.8, {"threshold": 2 / 3}),
    ):
        scenario(
            folder,
            name,
            "How often is a ballot carried?",
            levers={"ballot": ballot},
            parameters={**REFUSED, "turnout_mean": turnout},
        )


def o02(folder: Path) -> None:
    """Poisson-binomial: nine practices with chances .35, .40, ..., .75."""
    leanings = [logit(0.35 + 0.05 * i) for i in range(9)]
    world(folder, [[{"practices": 9, "leanings": leanings}] * 10] * 10)
    scenario(folder, "leanings", "How many practices say yes?", parameters=REFUSED)


def o03(folder: Path) -> None:
    """All CCGs must carry: independent chances."""
    world(folder, [[single(p) for p in (0.95, 0.93, 0.64, 0.88)]] * 100)
    scenario(folder, "independent", "How often do all four CCGs carry?", parameters=REFUSED)


def o03s(folder: Path) -> None:
    """All CCGs must carry: a shared effect of the proposal."""
    world(folder, [[single()] * 6] * 60)
    scenario(
        folder,
        "shared",
        "How often do all six CCGs carry when they share the proposal's support?",
        parameters={**REFUSED, "support_mean": 1.6, "support_sd": 1.4, "support_shared": 1.0},
    )


def o04(folder: Path) -> None:
    """Votes weighted by list size."""
    sizes = [1000 * w for w in (18, 12, 9, 7, 5, 4, 3, 2)]
    leanings = [logit(p) for p in (0.4, 0.6, 0.5, 0.7, 0.55, 0.65, 0.6, 0.5)]
    world(folder, [[{"practices": sizes, "leanings": leanings}] * 10] * 10)
    for name, weighting in (("by_list_size", "list_size"), ("one_each", "equal")):
        scenario(
            folder,
            name,
            "How often is a ballot carried under this weighting?",
            levers={"ballot": {"weighting": weighting}},
            parameters=REFUSED,
        )


def o06(folder: Path) -> None:
    """Advice of the local medical committee: a committee for each CCG."""
    systems = [
        [{"practices": 29, "lmcs": {f"LMC {s}-{c}": 1.0}} for c in range(10)] for s in range(10)
    ]
    world(folder, systems)
    scenario(
        folder,
        "advice",
        "How often is a ballot carried after each kind of advice?",
        levers={"ballot": {"lmc_advice": "as_formed"}},
        parameters={
            **REFUSED,
            "support_mean": 0.4,
            "turnout_mean": 0.8,
            "lmc_causal_share": 1.0,
            "lmc_support_share": 0.3,
            "lmc_oppose_share": 0.2,
            "lmc_support_effect": 0.5,
            "lmc_oppose_effect": -1.1,
        },
    )


def o07(folder: Path) -> None:
    """Re-ballots, up to three tries; one-practice CCGs with even leanings."""
    world(folder, [[single()] * 10] * 10)
    again = {**REFUSED, "reballot_probability": 1.0, "reballot_inquorate": 1.0}
    three = {"ballot": {"tries": 3}}
    asks = "How often is a CCG's ballot carried at one of three tries?"
    scenario(
        folder, "independent", asks, levers=three, parameters={**again, "support_mean": logit(0.4)}
    )
    persistent = {**again, "support_mean": -0.4, "support_sd": 1.0}
    scenario(folder, "persistent", asks, levers=three, parameters=persistent)


def o09(folder: Path) -> None:
    """Four exponential stages in a row, effect on any day."""
    world(folder, [[single(), single()]] * 150, stage="mooted")
    scenario(
        folder,
        "stages",
        "How long does a merger take?",
        end=START + timedelta(days=29 * 365),
        parameters={"support_mean": 50.0},
        durations={
            "explore": {"family": "exponential", "mean": 9.0},
            "draft": {"family": "exponential", "mean": 3.0},
            "engage": {"family": "exponential", "mean": 1.5},
            "national": {"family": "exponential", "mean": 2.0},
        },
    )


def o10(folder: Path) -> None:
    """Competing and stepped hazards; talks never end, so each system starts one proposal.

    The oracle's steps of 9, 12 and 6 months do not end at midnight, as dated events do; months of
    16/3 as long, with rates of 3/16, do: 1,461, 1,948 and 974 days.
    """
    world(folder, [[single(), single()]] * 100, stage=None)
    talks = {"explore": 1200.0}
    scenario(
        folder,
        "competing",
        "Who starts the proposals?",
        end=START + timedelta(days=3652),
        parameters={"start_rate": 0.07, "start_centre_share": 0.05 / 0.07},
        durations=talks,
    )
    first, second = (START + timedelta(days=days) for days in (1461, 1461 + 1948))
    scenario(
        folder,
        "stepped",
        "When do proposals start if the rate rises twice?",
        end=START + timedelta(days=1461 + 1948 + 974 - 1),
        parameters={"start_rate": 0.02 * 3 / 16},
        durations=talks,
        calendar={
            "first_rise": {"date": first, "kind": "rates", "local": 4.0},
            "second_rise": {"date": second, "kind": "rates", "local": 15.0},
        },
    )


def o11(folder: Path) -> None:
    """Pure death: 191 systems of two CCGs, every gate open; 48 months at .02 for 24 at .04.

    48 months are 1,461 whole days, so that the table's final count is the one asked for.
    """
    world(folder, [[single(), single()]] * 191, stage=None)
    scenario(
        folder,
        "pairs",
        "How many CCGs are left?",
        end=START + timedelta(days=1461 - 1),
        parameters={"start_rate": 0.02, "support_mean": 50.0},
    )


STYLISED: Final = (
    *[1] * 3, *[2] * 5, *[3] * 7, *[4] * 6, *[5] * 7, *[6] * 6, *[7] * 4, *[8] * 3, 10
)  # fmt: skip


def o13(folder: Path) -> None:
    """Whole-system mergers in 42 systems of 191 CCGs, decided at the national decision."""
    world(folder, [[single()] * size for size in STYLISED])
    asks = "How many CCGs are left if whole systems merge?"
    for name, q in (("q50", 0.5), ("q70", 0.7), ("q846", 0.846)):
        scenario(folder, name, asks, parameters={"support_mean": 50.0, "approval_probability": q})
    scenario(folder, "own_ballots", asks, parameters={"support_mean": logit(0.9)})


def o17(folder: Path) -> None:
    """A deadline burst: twelve applications, three reviewers, two months each."""
    world(folder, [[single(), single()]] * 12)
    scenario(
        folder,
        "burst",
        "How long do applications of one deadline wait?",
        end=date(2020, 12, 31),
        levers={"approval": {"window": "yearly", "panel_capacity": 3, "minimum_lead_months": 0.0}},
        parameters={"support_mean": 50.0},
        durations={"panel": 2.0},
    )


def o18(folder: Path) -> None:
    """Ballot dates of six CCGs, first and last."""
    world(folder, [[single()] * 6] * 60)
    for name, duration in (
        ("exponential", {"family": "exponential", "mean": 3.0}),
        ("gamma", {"family": "gamma", "mean": 3.0, "sd": 1.5}),
        ("uniform", {"family": "uniform", "low": 0.0, "high": 12.0}),
    ):
        scenario(
            folder,
            name,
            "When are the first and the last of six ballots held?",
            end=date(2024, 5, 31),
            parameters=REFUSED,
            durations={"ballot": duration},
        )


APRIL: Final = date(2017, 4, 1)


def o18a(folder: Path) -> None:
    """Effect on 1 April: months of 365/12 days, in years of 365 days (2017 to 2019)."""
    world(folder, [[single(), single()]] * 100, day=APRIL)
    month = 365.0 / 365.25
    scenario(
        folder,
        "april",
        "On which 1 April do mergers take effect?",
        start=APRIL,
        end=date(2025, 4, 1),
        levers={"approval": {"effective_dates": "1_april", "minimum_lead_months": 6.0 * month}},
        parameters={"support_mean": 50.0},
        durations={"national": {"family": "gamma", "mean": 12.0 * month, "sd": 6.0 * month}},
    )


def o19(folder: Path) -> None:
    """The word "typically" passed from nation to region to system to CCG: one of each a chain."""
    world(folder, [{"region": f"Region {n}", "ccgs": [single()]} for n in range(1, 201)])
    scenario(
        folder,
        "relay",
        "Who hears the rule without its word?",
        levers={"information": {"wording": "typically"}},
        parameters={"relay_drop_region": 0.3, "relay_drop_local": 0.3, "relay_restore": 0.05},
    )


def o23(folder: Path) -> None:
    """Common random numbers: forty practices a ballot, chances of a yes .80 and .72."""
    world(folder, [[{"practices": 40}] * 10] * 5)
    for name, p in (("p80", 0.80), ("p72", 0.72)):
        scenario(
            folder,
            name,
            "How many practices say yes?",
            parameters={**REFUSED, "support_mean": logit(p)},
        )


def o23d(folder: Path) -> None:
    """Common random numbers: the same applications decided with chances .80 and .72."""
    world(folder, [[single(), single()]] * 100)
    for name, p in (("p80", 0.80), ("p72", 0.72)):
        scenario(
            folder,
            name,
            "Which applications are approved?",
            parameters={"support_mean": 50.0, "approval_probability": p},
        )


def o25(folder: Path) -> None:
    """Inference: 131 practices, every chance of a yes equally likely beforehand."""
    world(folder, [[{"practices": 131}] * 8] * 2)
    scenario(
        folder,
        "uniform_prior",
        "What does 24 yes of 131 say about support?",
        parameters={
            **REFUSED,
            "support_mean": {"family": "logistic", "mean": 0.0, "scale": 1.0},
        },
    )


BUILDERS: Final = (
    o01, o02, o03, o03s, o04, o06, o07, o09, o10, o11, o13, o17, o18, o18a, o19, o23, o23d, o25
)  # fmt: skip


def build(folder: Path = HERE) -> None:
    """Write every case's world and scenarios under a folder."""
    for builder in BUILDERS:
        case = folder / builder.__name__
        case.mkdir(parents=True, exist_ok=True)
        builder(case)


if __name__ == "__main__":
    build()
