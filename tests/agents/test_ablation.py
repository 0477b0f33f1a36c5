"""Nothing is decoration: take away one thing at a time and see the log change, and only there.

A few replications of England under the same luck, seed 1. Every check is exact: with addressed
luck, two logs are equal to the last bit until the thing that was taken away first matters, so no
false alarms are possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.rules.support import MODES_APART
from sim.scenario import parse_scenario
from sim.world import World, load_world
from tests.agents.arms import PRIOR

REPLICATIONS = range(6)
SEED = 1
Log = tuple[Event, ...]

LEADERS = ("leader_left", "leader_joined")
WINDOWS = ("window_opens", "end")
CALLS = ("ballot_called", "postponed", "withdrawn")
VOTES = ("ballot", "balloted", "lost")

# What is taken away: the tables of a scenario with it and of one without it.
WRITTEN = {"extends": "as_written"} | PRIOR
HAPPENED = {"extends": "as_happened"} | PRIOR
ACTS = ("london_push", "east_letter", "planning_guidance", "covid_pause")


def lever(group: str, **values: Any) -> dict[str, Any]:
    return {"levers": {group: values}}


def parameters(**values: float) -> dict[str, Any]:
    return {"parameters": values}


@cache
def england() -> World:
    return load_world()


def logs(tables: dict[str, Any]) -> list[Log]:
    scenario = parse_scenario(tables)
    return [replicate_log(england(), scenario, SEED, r).events for r in REPLICATIONS]


@pytest.fixture(scope="module")
def written() -> list[Log]:
    return logs(WRITTEN)


@pytest.fixture(scope="module")
def happened() -> list[Log]:
    return logs(HAPPENED)


def first_difference(a: Log, b: Log) -> tuple[int, set[str]]:
    """Return where two logs part and the kinds of the two events there; (-1, none) if they do not.

    Numbers written beside an event (ballot, terms) count as a difference of that event.
    """
    for place, (one, other) in enumerate(zip(a, b, strict=False)):
        if one != other:
            return place, {one.kind, other.kind}
    return -1, set()


def part_at(a: Iterable[Log], b: Iterable[Log], kinds: Iterable[str]) -> int:
    """Check that logs part first at an event of some kinds; return how many of them part.

    One log may lack that event, or hold it with other values.
    """
    parted = 0
    for one, other in zip(a, b, strict=True):
        place, found = first_difference(one, other)
        if place >= 0:
            parted += 1
            assert found & set(kinds), (place, one[place], other[place])
    return parted


def bare(arm: Iterable[Log]) -> list[Log]:
    """Return logs without what was weighed."""
    return [tuple(event._replace(terms=()) for event in log) for log in arm]


def kind_of(log: Log, kinds: Iterable[str]) -> list[Event]:
    wanted = set(kinds)
    return [event for event in log if event.kind in wanted]


def moves(a: Iterable[Log], b: Iterable[Log], kinds: Iterable[str]) -> int:
    """Return in how many replications the events of some kinds differ."""
    kinds = tuple(kinds)
    return sum(kind_of(x, kinds) != kind_of(y, kinds) for x, y in zip(a, b, strict=True))


def stays(a: Iterable[Log], b: Iterable[Log], kinds: Iterable[str]) -> None:
    """Check that the events of some kinds are the same in every replication."""
    kinds = tuple(kinds)
    for one, other in zip(a, b, strict=True):
        assert kind_of(one, kinds)
        assert kind_of(one, kinds) == kind_of(other, kinds)


def register(log: Log, kinds: Iterable[str]) -> list[tuple[float, str, str]]:
    """Return when the proposals of the start date's register reached some stages."""
    first = {
        e.proposal for e in [e for e in log if e.kind == "mooted"][: len(england().live_proposals)]
    }
    wanted = set(kinds)
    return [(e.time, e.kind, e.proposal) for e in log if e.kind in wanted and e.proposal in first]


def register_stays(a: Iterable[Log], b: Iterable[Log], kinds: Iterable[str]) -> None:
    kinds = tuple(kinds)
    for one, other in zip(a, b, strict=True):
        assert register(one, kinds)
        assert register(one, kinds) == register(other, kinds)


EARLY = ("mooted", "drafted", "engaged")


def test_the_same_scenario_twice_does_not_part(written: list[Log]) -> None:
    """What the other tests see is not noise."""
    assert part_at(written, logs(WRITTEN), ()) == 0


def test_the_panels_queue() -> None:
    """One review at a time against all at once: dates of assessment move, nothing before them."""
    narrow = logs(WRITTEN | lever("approval", panel_capacity=1))
    wide = logs(WRITTEN | lever("approval", panel_capacity=1000))
    assert part_at(narrow, wide, ("assessed",)) == len(REPLICATIONS)
    waited = [[e.data["waited"] for e in kind_of(log, ("assessed",))] for log in (*narrow, *wide)]
    assert all(max(w) > 0.0 for w in waited[: len(narrow)])
    assert all(max(w) == 0.0 for w in waited[len(narrow) :])
    stays(narrow, wide, LEADERS)
    register_stays(narrow, wide, EARLY)


def test_leaders_vacancies(written: list[Log]) -> None:
    """Without turnover other proposals start; the register's own course stays."""
    without = logs(WRITTEN | lever("joint", leader_turnover=False))
    assert part_at(written, without, LEADERS) == len(REPLICATIONS)
    assert moves(written, without, ("mooted",)) >= 3
    assert not any(kind_of(log, LEADERS) for log in without)
    register_stays(written, without, EARLY)


def test_what_a_vacancy_does(written: list[Log]) -> None:
    """Vacancies that slow nothing: the same comings and goings, other proposals."""
    without = logs(WRITTEN | parameters(start_vacancy=1.0))
    assert part_at(written, without, ("mooted",)) >= 3
    stays(written, without, LEADERS)
    register_stays(written, without, EARLY)


def test_windows(written: list[Log]) -> None:
    """Applications all year: other dates of application and assessment."""
    without = logs(WRITTEN | lever("approval", window="all_year"))
    assert moves(written, without, ("applied",)) == len(REPLICATIONS)
    assert not any(kind_of(log, ("window_opens", "window_closes")) for log in without)
    stays(written, without, LEADERS)
    stays(written, without, ("rule",))
    delays = []
    for one in without:
        applied = {e.proposal: e.time for e in kind_of(one, ("applied",))}
        assessed = {e.proposal: e.time for e in kind_of(one, ("assessed",))}
        delays += [assessed[p] - applied[p] for p in assessed]
    assert max(delays) < 60.0  # days; in a yearly round an application may lie for six months


def test_the_deadline(written: list[Log]) -> None:
    """A deadline that hurries nobody into starting."""
    without = logs(WRITTEN | parameters(start_deadline=0.0))
    assert part_at(written, without, ("mooted",)) == len(REPLICATIONS)
    stays(written, without, LEADERS)
    register_stays(written, without, EARLY)


def test_advice_of_local_medical_committees(written: list[Log]) -> None:
    """Silent committees: nothing moves before the first advice; then calls and ballots do."""
    silent = logs(WRITTEN | lever("ballot", lmc_advice="silent"))
    assert part_at(written, silent, ("advice",)) == len(REPLICATIONS)
    assert moves(written, silent, VOTES) == len(REPLICATIONS)
    stays(written, silent, LEADERS)
    register_stays(written, silent, EARLY)
    neutral = logs(WRITTEN | lever("ballot", lmc_advice="neutral"))
    opposed = logs(WRITTEN | lever("ballot", lmc_advice="oppose"))
    carried = [
        sum(e.data["carried"] for log in arm for e in kind_of(log, ("ballot",)))
        for arm in (neutral, opposed)
    ]
    assert carried[0] > carried[1] > 0


def test_views_of_councils(written: list[Log]) -> None:
    """Silent councils: shorter engagement, nothing else before it."""
    silent = logs(WRITTEN | lever("ballot", council_view="silent"))
    assert part_at(written, silent, ("council_view",)) == len(REPLICATIONS)
    assert moves(written, silent, ("advice",)) == len(REPLICATIONS)  # given when engagement ends
    stays(written, silent, LEADERS)
    register_stays(written, silent, ("mooted", "drafted"))


@pytest.mark.parametrize("name", ["support_shared", "support_sd"])
def test_the_shared_proposal_effect(written: list[Log], name: str) -> None:
    """Nothing shared, or no spread at all: calls and votes move, all before them stays."""
    without = logs(WRITTEN | parameters(**{name: 0.0}))
    assert part_at(written, without, CALLS) == len(REPLICATIONS)
    assert moves(written, without, VOTES) == len(REPLICATIONS)
    stays(written, without, LEADERS)
    register_stays(written, without, EARLY)


@pytest.mark.slow
def test_what_is_shared_is_what_the_parameter_says() -> None:
    """None of it: every proposal of a mode starts alike; all of it: its CCGs differ in nothing."""

    def terms_of(share: float, name: str) -> set[float]:
        found = logs(WRITTEN | parameters(support_shared=share, support_mean=2.0))
        ballots = [e for log in found for e in kind_of(log, ("ballot",))]
        return {round(dict(event.terms)[name], 9) for event in ballots}

    assert terms_of(0.0, "mood") == {0.0, -MODES_APART}
    assert terms_of(1.0, "ccg_support") == {0.0}
    assert min(len(terms_of(0.5, name)) for name in ("mood", "ccg_support")) > 50
    assert {terms_of(share, "usual_support").pop() for share in (0.0, 0.5, 1.0)} == {2.0}


def test_ballots_of_one_proposal_hang_together_through_the_shared_effect() -> None:
    """Without it more proposals split: some of their CCGs carry, others do not."""
    gate_open = lever("ballot", leaders_gate=False)

    def split_share(**values: float) -> float:
        split = decided = 0
        for log in logs(WRITTEN | gate_open | parameters(**values)):
            votes: dict[str, list[bool]] = {}
            for event in kind_of(log, ("ballot",)):
                if event.data["attempt"] == 1:
                    votes.setdefault(event.proposal, []).append(event.data["carried"])
            decided += len(votes)
            split += sum(len(set(carried)) == 2 for carried in votes.values())
        return split / decided

    assert split_share(support_shared=1.0) < split_share(support_shared=0.0)


def test_the_leaders_gate(written: list[Log]) -> None:
    """Without it every ballot is called at once, and more are lost."""
    without = logs(WRITTEN | lever("ballot", leaders_gate=False))
    assert part_at(written, without, CALLS) == len(REPLICATIONS)
    assert not any(kind_of(log, ("postponed",)) for log in without)
    lost = [sum(len(kind_of(log, ("lost",))) for log in arm) for arm in (written, without)]
    assert lost[1] > lost[0]
    stays(written, without, LEADERS)
    register_stays(written, without, EARLY)


def test_the_ladder(written: list[Log]) -> None:
    """Without it officers stay as they were, which starts fewer proposals or others."""
    without = logs(WRITTEN | lever("joint", ladder=False))
    assert part_at(written, without, ("rung",)) == len(REPLICATIONS)
    assert not any(kind_of(log, ("rung",)) for log in without)
    assert moves(written, without, ("mooted",)) == len(REPLICATIONS)
    stays(written, without, LEADERS)
    register_stays(written, without, EARLY)


def test_the_centres_three_levers(written: list[Log]) -> None:
    """A centre that neither encourages, pays nor cajoles starts nothing more; local leaders go on.

    What it had begun before the start, under the levers of 2019, it had begun all the same.
    """
    idle = logs(WRITTEN | lever("force", encouragement=0.0, incentive=0.0, cajoling=0.0))

    def began(arm: list[Log], origin: str, *, before: bool) -> list[Event]:
        new = [e for log in arm for e in kind_of(log, ("mooted",)) if not e.data["parent"]]
        return [e for e in new if (e.time == 0.0) is before and e.data["origin"] == origin]

    assert len(began(written, "centre", before=False)) > 15
    assert not began(idle, "centre", before=False)
    assert len(began(idle, "local", before=False)) > 20
    assert len(began(written, "centre", before=True)) > 20
    for origin in ("local", "centre"):
        assert began(idle, origin, before=True) == began(written, origin, before=True)
    stays(written, idle, LEADERS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "values", "kinds"),
    [
        ("force", {"mandate": date(2021, 4, 1)}, ("mandated", "lapsed")),
        ("force", {"legislation": date(2022, 7, 1)}, ("lapsed", "abolished")),
        ("force", {"decision_rule": "majority"}, ("drafted", "overruled", "balloted")),
        ("information", {"ics_rule": "by_deadline"}, ("ics_review",)),
        ("information", {"salience": 1.0}, (*CALLS, "ballot")),
        ("approval", {"presumption_against": True}, ("decided",)),
    ],
)
def test_pressure_beside_the_chain(
    written: list[Log], group: str, values: dict[str, Any], kinds: Any
) -> None:
    """Logs part at what each is about, and not before: in what happens, not in what is weighed.

    What forces CCGs has alienation weighed from the first consent on, which is none until then.
    """
    moved = logs(WRITTEN | lever(group, **values))
    assert part_at(bare(written), bare(moved), kinds) >= 1
    register_stays(written, moved, ("mooted",) if "drafted" in kinds else EARLY)


@pytest.mark.slow
@pytest.mark.parametrize("relays", ["region_relays", "local_relays"])
def test_relays(relays: str) -> None:
    """The word kept by all or dropped by all: beliefs part first, then proposals."""
    kept = logs(WRITTEN | lever("information", **{relays: "never_drop"}))
    dropped = logs(WRITTEN | lever("information", **{relays: "always_drop"}))
    assert part_at(kept, dropped, ("belief",)) == len(REPLICATIONS)
    assert moves(kept, dropped, ("mooted",)) == len(REPLICATIONS)
    stays(kept, dropped, LEADERS)
    stays(kept, dropped, ("rule",))
    register_stays(kept, dropped, EARLY)


def test_the_acts_below_are_those_of_as_happened() -> None:
    assert {act.name for act in parse_scenario(HAPPENED).calendar} == set(ACTS)


@pytest.mark.slow
@pytest.mark.parametrize("name", ACTS)
def test_letters_pushes_and_pauses(happened: list[Log], name: str) -> None:
    """Each dated act of policy leaves its mark; nothing moves before its day."""
    start = parse_scenario(HAPPENED).start
    [act] = [act for act in parse_scenario(HAPPENED).calendar if act.name == name]
    # The same act a year after the end of the run is no act at all.
    table = act.table() | {"date": act.date.replace(year=2023)}
    table.pop("deadline", None)
    without = logs(HAPPENED | {"calendar": {act.name: table}})
    moved = 0
    for one, other in zip(happened, without, strict=True):
        place, _ = first_difference(one, other)
        if place >= 0:
            moved += 1
            first = min(one[place].time, other[place].time)
            assert first >= max(0.0, (act.date - start).days), act.name
    assert moved == len(REPLICATIONS), act.name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "kinds"),
    [
        ("consent_base", 1.0, ("drafted", "withdrawn")),
        ("council_delay", 3.0, ("advice",)),
        ("lmc_oppose_effect", -4.0, CALLS),
        ("turnout_mean", 0.4, ("ballot",)),
        ("support_practice_sd", 0.1, ("ballot",)),
        ("reballot_probability", 1.0, ("ballot", "balloted", "lost")),
        ("narrower_probability", 1.0, ("mooted",)),
        ("approval_probability", 0.3, ("decided",)),
        ("conditions_share", 0.2, ("decided",)),
        ("perceived_if_local", 0.95, ("engaged",)),
        ("fixed_cost", 1.5, ("mooted",)),
        ("sharing_saving", 0.01, ("mooted",)),
        ("start_after_lost", -6.0, ("mooted",)),
        ("footprint_whole", 5.0, ("mooted",)),
        ("plan_floor", 0.1, ("drafted", "engaged", "advice")),
    ],
)
def test_numbers_that_should_move_a_stage_do(
    written: list[Log], name: str, value: float, kinds: tuple[str, ...]
) -> None:
    without = logs(WRITTEN | parameters(**{name: value}))
    assert moves(written, without, kinds) >= 1
    stays(written, without, LEADERS)
