"""Where tasks go at a merger, and other shapes than a merger: exact in small worlds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.agents import Event, replicate_log
from sim.agents import ccg as ccgs
from sim.agents.engine import _new_replication, stream_sizes
from sim.records.folds import fold
from sim.records.schema import SCALARS
from sim.scenario import Scenario, load_scenario
from sim.scenario.parameters import draw_parameters
from sim.streams import Streams
from sim.world import World, load_world
from tests.agents.arms import certain, merged_tables, of_kind, run
from tests.small_worlds import write_world

EVEN = {"function_up": 0.0, "function_csu": -60.0, "place_taken": 1.0, "provider_appetite": 60.0}
FOUR = [[{"councils": {f"K{n}": 1.0}} for n in range(4)]]


def made(folder: Path, systems: Any = FOUR) -> World:
    codes = [f"S1C{n + 1}" for n in range(len(systems[0]))]
    live = [{"ccgs": codes, "stage": "engaged", "known_since": "2019-01"}]
    return load_world(write_world(folder / "w", systems, live_proposals=live))


def arm(parameters: dict[str, float] | None = None, **functions: Any) -> Scenario:
    tables = {"levers": {"functions": functions}, "parameters": EVEN | (parameters or {})}
    return certain(**tables)


def tasks(events: tuple[Event, ...]) -> Event:
    [event] = of_kind(events, "functions")
    [merged] = of_kind(events, "merged")
    assert (event.time, event.subject) == (merged.time, merged.subject)
    return event


def outcomes(world: World, scenario: Scenario, replication: int = 0) -> dict[str, Any]:
    log = replicate_log(world, scenario, 1, replication)
    row = fold(log.events, log.parameters, world, scenario.start, scenario.end)["replications"][0]
    return dict(zip([column.name for column in SCALARS], row, strict=True))


def test_the_arrow_from_mergers_to_place_can_be_switched_on_and_off(tmp_path: Path) -> None:
    """Off, tasks of a merger stay above place; on, each part's place takes some."""
    world = made(tmp_path)
    off, on = (tasks(run(world, arm(allocation=a))).data for a in ("up_only", "to_place"))
    assert (off["share_place"], off["provider_led"], off["council_led"]) == (0.0, 0, 0)
    assert (on["share_up"], on["share_place"]) == pytest.approx((0.5, 0.5))
    assert (on["places"], on["provider_led"]) == (4, 4)
    assert outcomes(world, arm(allocation="to_place"))["provider_led_places"] == 4


def test_following_tasks_moves_nothing_else(tmp_path: Path) -> None:
    world = made(tmp_path)
    plain = run(world, arm())
    assert not of_kind(plain, "functions")
    followed = run(world, arm(allocation="to_place"))
    assert tuple(e for e in followed if e.kind != "functions") == plain


def test_tasks_go_to_as_many_places_as_an_area_has(tmp_path: Path) -> None:
    """Three providers that cover the patch: what is left goes to three places, not four."""
    data = tasks(run(made(tmp_path), arm(allocation="to_place", places=3))).data
    assert (data["places"], data["provider_led"]) == (3, 3)


def test_keen_trusts_lead_more_places_and_councils_lead_where_they_can(tmp_path: Path) -> None:
    def led(world: World, appetite: float) -> tuple[int, int]:
        data = tasks(run(world, arm({"provider_appetite": appetite}, allocation="to_place"))).data
        return data["provider_led"], data["council_led"]

    own = made(tmp_path / "own")
    assert led(own, -60.0) == (0, 4)
    assert led(own, 60.0) == (4, 0)
    one_county = [[{"councils": {"K1": 1.0}} for _ in range(4)]]
    assert led(made(tmp_path / "county", one_county), -60.0) == (4, 0)


def test_where_nobody_takes_a_place_tasks_go_up(tmp_path: Path) -> None:
    data = tasks(run(made(tmp_path), arm({"place_taken": 0.0}, allocation="to_place"))).data
    assert (data["share_up"], data["share_place"]) == pytest.approx((1.0, 0.0))


def test_each_place_finds_its_leader_for_itself(tmp_path: Path) -> None:
    """At even odds, over 20 replications, some mergers have leaders for a part of their places."""
    world, scenario = made(tmp_path), arm({"place_taken": 0.5}, allocation="to_place")
    led = [tasks(run(world, scenario, r)).data["provider_led"] for r in range(20)]
    assert set(led) & {1, 2, 3}
    assert 20 < sum(led) < 60  # of 80: outside by chance less than once in 100,000


REVIEWED = {
    "levers": {"providers": {"alternatives": 1.0}},
    "parameters": {"start_rate": 0.05},
    "durations": {"explore": 1000.0},
}


def test_reviews_choose_among_all_shapes(tmp_path: Path) -> None:
    """As many systems as it takes; a system of one CCG has nothing to choose."""
    world = load_world(write_world(tmp_path / "w", [[{}, {}]] * 40 + [[{}]]))
    scenario = certain(**REVIEWED)
    events = run(world, scenario)
    reviews = of_kind(events, "alternative")
    shapes = {"merge", "share", "federate", "vertical", "split", "none"}
    assert {e.data["action"] for e in reviews} == shapes
    assert world.systems[-1].code not in {e.subject for e in reviews}
    row = outcomes(world, scenario)
    chosen = {shape: row[f"alternatives_{shape}"] for shape in shapes}
    assert sum(chosen.values()) == len({e.subject for e in reviews})
    assert sum(count > 0 for count in chosen.values()) >= 4  # of 40 systems


def test_another_shape_stands_in_for_a_merger(tmp_path: Path) -> None:
    """If it stands in wholly, nothing starts from the review on, until another one is chosen."""
    world = load_world(write_world(tmp_path / "w", [[{}, {}]] * 40))
    scenario = certain(**merged_tables(REVIEWED, {"parameters": {"alternative_pull": -500.0}}))
    now: dict[str, str] = {}
    started = stopped = 0
    for event in run(world, scenario):
        if event.kind == "alternative":
            now[event.subject] = event.data["action"]
            stopped += event.data["action"] in ("share", "federate", "vertical", "split")
        elif event.kind == "mooted":
            started += 1
            assert now.get(event.subject, "") in ("", "merge", "none"), event
    assert started > 10
    assert stopped > 10


def test_size_says_nothing_of_performance_in_the_world() -> None:
    """Distress as recorded against size: no link that chance would not give (alarm rate .05).

    One figure of fixed data: it can only fail if the data change.
    """
    world = load_world()
    sizes = [float(ccg.patients) for ccg in world.ccgs]
    distress = [float(ccg.distress != "none_known") for ccg in world.ccgs]
    n = len(sizes)
    mean, share = sum(sizes) / n, sum(distress) / n
    cross = sum((s - mean) * (d - share) for s, d in zip(sizes, distress, strict=True))
    scale = sum((s - mean) ** 2 for s in sizes) * sum((d - share) ** 2 for d in distress)
    assert abs(cross / scale**0.5) < 1.96 / n**0.5


@pytest.mark.parametrize("factor", [1, 10])
def test_no_rule_makes_performance_of_size(factor: int) -> None:
    """Every CCG of the world sets out with the distress on record, whatever its size."""
    world, scenario = load_world(), load_scenario("providers_instead")
    streams = Streams(1, 0, stream_sizes(world))
    replication = _new_replication(
        world, scenario, draw_parameters(scenario.priors, streams), streams
    )
    for ccg in world.ccgs:
        living = ccgs.starting_ccg(replication, replace(ccg, patients=ccg.patients * factor))
        assert living.distress == float(ccg.distress != "none_known")
