"""The registry of metamorphic relations: how an outcome must move when one thing is changed.

No relation needs to know the right outcome; each says how two or more runs with the same random
numbers must differ, or that they must not. ``python -m tests.metamorphic.relations`` writes
``docs/metamorphic.md`` from this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.metamorphic import arms
from tests.metamorphic.arms import LIVE, QUEUE_WORLD, SURE, Log, Table, levers, parameters
from tests.metamorphic.comparisons import (
    DAY,
    begins,
    carried,
    cast,
    crossings,
    falls,
    never_later,
    never_less,
    never_more,
    never_sooner,
    rises,
    same,
    same_before,
    same_but_names,
    same_but_weights,
    superset,
    votes_for,
    voting_never_sooner,
)

ENGLAND = "england"


@dataclass(frozen=True)
class Relation:
    """One relation: ``arms`` are run in order and ``holds`` is asked about neighbours.

    ``each``: it must hold in every replication; else between the means over all of them.
    ``holds`` gets the logs (or the means of ``measure``) of an arm and of the next. ``moves``:
    some replication must differ, so that a relation cannot hold because nothing happened.
    """

    name: str
    guards_against: str
    arms: tuple[tuple[str, Table], ...]
    holds: Callable[[Any, Any], bool]
    each: bool = True
    measure: Callable[[Log], float] | None = None
    replications: int = 6
    moves: bool = True


RELATIONS: list[Relation] = []


def _over(base: Table, *changes: Table, world: str = ENGLAND) -> tuple[tuple[str, Table], ...]:
    return tuple((world, arms.merged(base, change)) for change in changes)


def _add(name: str, guards_against: str, arms_: Any, holds: Any, **keys: Any) -> None:
    RELATIONS.append(Relation(name, guards_against, arms_, holds, **keys))


NO_ROUNDS = levers("approval", window="all_year", effective_dates="any_day")
WIDE = levers("approval", panel_capacity=1000)
ADVISED = parameters(lmc_oppose_effect=-1.5, lmc_support_effect=0.8)
HEARD = parameters(start_expectation=0.5)

_add(
    "a deeper cut in running costs never raises the mean count",
    "money entering the rate of starting with the wrong sign",
    _over({"extends": "as_written"}, *(
        levers("money", running_cost_cut=cut) for cut in (0.0, 0.2, 0.4))),
    falls, each=False, measure=arms.final, replications=25,
)  # fmt: skip
_add(
    "a lower threshold never loses a ballot that a higher one carries",
    "threshold read as a share of practices, or compared the wrong way round",
    _over(LIVE, *(levers("ballot", threshold=t) for t in (0.75, 2 / 3, 0.5, 0.3))),
    never_less(carried),
)
_add(
    "a higher quorum never carries a ballot that a lower one loses",
    "quorum ignored, or counted on votes in favour",
    _over(LIVE, *(levers("ballot", quorum=q) for q in (0.0, 0.7, 0.85, 1.0))),
    never_more(carried),
)
_add(
    "a larger panel never delays a decision",
    "capacity ignored, or a queue that is not first come, first served",
    _over(SURE, *(levers("approval", panel_capacity=c) for c in (1, 2, 3, 8)), world=QUEUE_WORLD),
    never_later("decided"),
)
_add(
    "longer engagement never brings a ballot forward (where no round hurries it)",
    "durations in the wrong unit, or a stage that does not wait for the one before",
    _over(arms.merged(LIVE, NO_ROUNDS), *(
        {"durations": {"engage": {"family": "gamma", "mean": m, "sd": m / 2}}}
        for m in (1.0, 2.0, 6.0))),
    voting_never_sooner,
)  # fmt: skip
_add(
    "more supportive members never lose a ballot that others carry",
    "support entering a vote with the wrong sign, or other votes drawn for other support",
    _over(LIVE, *(parameters(support_mean=mean) for mean in (-1.0, 0.5, 1.5, 3.0))),
    never_less(carried),
)
_add(
    "advice against, neutral, in favour: votes in favour never fall",
    "advice of LMCs with the wrong sign or to the wrong CCGs",
    _over(arms.merged(LIVE, ADVISED), *(
        levers("ballot", lmc_advice=advice) for advice in ("oppose", "neutral", "support"))),
    never_less(votes_for),
)  # fmt: skip
_add(
    "silent and neutral committees are worth the same votes",
    "silence treated as advice",
    _over(arms.merged(LIVE, ADVISED), *(
        levers("ballot", lmc_advice=advice) for advice in ("silent", "neutral"))),
    lambda one, two: votes_for(one) == votes_for(two), moves=False,
)  # fmt: skip
_add(
    "if not all CCGs must carry it, no proposal is lost that would otherwise succeed",
    "majority and unanimity confused",
    _over(LIVE, levers("ballot", all_must_carry=True, tries=1),
          levers("ballot", all_must_carry=False, tries=1)),
    superset("balloted", carried=True),
)  # fmt: skip
_add(
    "a third try never loses a proposal that two carry",
    "a re-ballot that overwrites a carried result, or asks CCGs that had agreed",
    _over(arms.merged(LIVE, parameters(support_mean=0.0, reballot_probability=0.9)), *(
        levers("ballot", tries=tries) for tries in (1, 2, 3))),
    superset("balloted", carried=True),
)  # fmt: skip
_add(
    "an all-year window never makes a merger later",
    "an application that waits for a window which does not exist",
    _over(arms.merged(SURE, WIDE), levers("approval", window="yearly"),
          levers("approval", window="all_year"), world=QUEUE_WORLD),
    never_later("decided"),
)  # fmt: skip
_add(
    "a shorter lead never makes a merger later",
    "lead counted from the wrong event, or rounding to the 1 April before",
    _over(LIVE, *(levers("approval", minimum_lead_months=m) for m in (14.0, 7.0, 4.0, 0.0))),
    never_later("effective"),
)
_add(
    "any-day effect is never later than effect on 1 April",
    "effect before approval, or a year too late",
    _over(SURE, levers("approval", effective_dates="1_april"),
          levers("approval", effective_dates="any_day"), world=QUEUE_WORLD),
    never_later("effective"),
)  # fmt: skip
_add(
    "forbidding mergers across systems leaves none",
    "a crossing footprint, or a live crossing proposal, that slips through",
    _over({"extends": "as_happened"}, levers("boundaries", cross_system="county"),
          levers("boundaries", cross_system="never")),
    lambda one, two: crossings(two) == 0.0 <= crossings(one),
)  # fmt: skip
_add(
    "patients moved between practices of one CCG change nothing under equal votes",
    "list sizes used where each practice has one vote",
    tuple((w, arms.merged({"extends": "as_happened"}, levers("ballot", weighting="equal")))
          for w in (ENGLAND, "england, patients moved between practices")),
    same, moves=False,
)  # fmt: skip
_add(
    "a practice without a vote changes no ballot",
    "practices without a vote counted; random numbers of one body shifted by another",
    tuple((w, arms.merged({"extends": "as_happened"}, levers("ballot", weighting="equal")))
          for w in (ENGLAND, "england, a practice without a vote added")),
    same, moves=False,
)  # fmt: skip
_add(
    "renaming systems (in the same order) changes nothing but names",
    "a rule that knows a place",
    tuple((w, {"extends": "as_happened"}) for w in (ENGLAND, "england, systems renamed")),
    same_but_names,
)
_add(
    "twice the people and twice the fixed cost of a CCG change nothing but weights",
    "a size in patients hidden in a rule",
    ((ENGLAND, arms.merged({"extends": "as_happened"}, parameters(fixed_cost=0.5))),
     ("england, twice the people",
      arms.merged({"extends": "as_happened"}, parameters(fixed_cost=1.0)))),
    same_but_weights, moves=False,
)  # fmt: skip
_add(
    "a pause never brings a ballot or a merger forward",
    "a pause during which work goes on, or one that is counted twice",
    _over(arms.merged(LIVE, NO_ROUNDS), {}, {"calendar": {
        "halt": {"date": date(2019, 7, 1), "kind": "pause", "months": 5.0}}}),
    lambda one, two: never_sooner("balloted")(one, two) and never_sooner("effective")(one, two),
)  # fmt: skip
_add(
    "two overlapping pauses delay work no longer than one that covers both",
    "the same month of pause counted twice",
    _over(arms.merged(LIVE, NO_ROUNDS),
          {"calendar": {"one": {"date": date(2019, 7, 1), "kind": "pause", "months": 4.0},
                        "two": {"date": date(2019, 8, 1), "kind": "pause", "months": 2.5}}},
          {"calendar": {"one": {"date": date(2019, 7, 1), "kind": "pause", "months": 4.0}}}),
    lambda one, two: arms.times(one, "balloted") == arms.times(two, "balloted"), moves=False,
)  # fmt: skip
_add(
    "a higher probability of approval never refuses what a lower one approves",
    "decisions redrawn when the probability changes",
    _over(LIVE, *(parameters(approval_probability=p, support_mean=4.0, approval_unready=-1.0)
                  for p in (0.2, 0.6, 0.95))),
    lambda one, two: superset("conditions_met")(one, two) and superset("effective")(one, two),
)  # fmt: skip
_add(
    "a harder wording starts no fewer proposals on average",
    "steps of the wording in the wrong order",
    _over(arms.merged({"extends": "as_written"}, HEARD), *(
        levers("information", wording=w) for w in ("none", "typically", "expected", "required"))),
    rises, each=False, measure=arms.started, replications=25,
)  # fmt: skip
_add(
    "the hard rule starts no fewer of the centre's proposals on average",
    "the hard rule acting on the wrong side, or not at all",
    _over({"extends": "as_written"}, levers("force", hard_rule=False),
          levers("force", hard_rule=True)),
    rises, each=False, measure=lambda log: arms.started(log, "centre"), replications=25,
)  # fmt: skip
_add(
    "a higher turnout never loses a vote cast",
    "turnout redrawn for each share",
    _over(LIVE, *(parameters(turnout_mean=t, turnout_spread=0.0) for t in (0.3, 0.6, 0.8, 1.0))),
    never_less(cast),
)
_add(
    "more willing governing bodies never fail to draft what others draft",
    "consent redrawn, or taste for autonomy with the wrong sign",
    _over(LIVE, *(parameters(consent_base=c) for c in (-1.0, 0.5, 2.0, 6.0))),
    superset("drafted"),
)
_add(
    "a later end only adds to the log",
    "earlier events that depend on the end date",
    _over({"extends": "as_happened"}, {"end": date(2020, 12, 31)}, {"end": date(2022, 7, 1)}),
    begins,
)
for what, kind, keys in (
    ("a letter", "letter", {"region": "all", "strength": 2.0, "wording": "required"}),
    ("a new wording", "wording", {"wording": "required"}),
    ("a pause", "pause", {"months": 3.0}),
    ("a change of rates", "rates", {"local": 3.0, "centre": 3.0}),
):
    _add(
        f"{what} on 1 November 2019 changes nothing before that day",
        "a future that acts on the past; random numbers that depend on the scenario",
        _over({"extends": "as_written"}, {}, {"calendar": {
            "it": {"date": DAY, "kind": kind, **keys}}}),
        same_before,
    )  # fmt: skip


def violations(relation: Relation) -> list[str]:
    """Return where a relation does not hold; empty if it does."""
    runs = [arms.logs(world, tables, relation.replications) for world, tables in relation.arms]
    found = []
    for step, (one, two) in enumerate(pairwise(runs), start=1):
        if relation.each:
            found += [
                f"arm {step} to {step + 1}, replication {number}"
                for number, (a, b) in enumerate(zip(one, two, strict=True))
                if not relation.holds(a, b)
            ]
        else:
            assert relation.measure is not None
            means = [arms.mean(map(relation.measure, run)) for run in (one, two)]
            if not relation.holds(*means):
                found.append(f"arm {step} to {step + 1}: means {means[0]:g} and {means[1]:g}")
    if relation.moves and all(run == runs[0] for run in runs):
        found.append("nothing moved: the arms have the same logs")
    return found


def rows() -> list[tuple[str, str, str, int]]:
    """Return the relations for people: name, what it guards against, how, replications."""
    return [
        (r.name, r.guards_against, "each replication" if r.each else "mean", r.replications)
        for r in RELATIONS
    ]


def page() -> str:
    """Return ``docs/metamorphic.md``."""
    lines = [
        "# Metamorphic relations",
        "",
        "Each row changes one thing and says how the outcome must move if everything else,",
        "including the random numbers, stays the same. Nobody needs to know the right outcome.",
        "`python -m pytest tests/metamorphic` runs all of them through the shipped simulator.",
        "`python -m tests.metamorphic.relations` writes this page, and a test checks that it is",
        "current. Relations marked *mean* compare means; the others hold in every replication.",
        "",
        "| relation | guards against | holds in | replications |",
        "|---|---|---|---|",
        *(f"| {name} | {guards} | {how} | {n} |" for name, guards, how, n in rows()),
    ]
    return "\n".join(lines) + "\n"


PAGE = Path(__file__).parents[2] / "docs" / "metamorphic.md"

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
