"""Posteriors: joint draws that stand in for priors, and leanings of systems."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.agents.engine import replicate_log
from sim.errors import InputError
from sim.scenario.load import parse_scenario
from sim.scenario.model import Scenario
from sim.world.load import load_world
from sim.world.model import World
from tests.small_worlds import write_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    write_world(tmp_path / "w", [[{}, {}, {}], [{}, {}]])
    return load_world(tmp_path / "w")


def folder(path: Path, draws: str, places: str = "") -> Path:
    path.mkdir()
    (path / "draws.csv").write_text(draws)
    if places:
        (path / "places.csv").write_text(places)
    return path


def scenario(knowledge: Path | str, **parameters: float) -> Scenario:
    return parse_scenario(
        {
            "end": date(2020, 4, 1),
            "model": {"knowledge": str(knowledge)},
            "parameters": parameters,
        },
        "made_up",
    )


DRAWS = "start_rate,support_mean\n0.02,1.0\n0.03,2.0\n0.04,3.0\n"


def test_a_replication_takes_one_row_whole(tmp_path: Path, world: World) -> None:
    fitted = scenario(folder(tmp_path / "p", DRAWS))
    pairs = {(0.02, 1.0), (0.03, 2.0), (0.04, 3.0)}
    drawn = []
    for number in range(40):
        values = replicate_log(world, fitted, 1, number).parameters
        drawn.append((values["start_rate"], values["support_mean"]))
    # Each row has chance 1/3; that one of three is missed in 40 has chance below 1e-6.
    assert set(drawn) == pairs


def test_what_the_scenario_states_wins_and_the_rest_keeps_its_luck(
    tmp_path: Path, world: World
) -> None:
    knowledge = folder(tmp_path / "p", DRAWS)
    plain = replicate_log(world, scenario("prior"), 1, 3).parameters
    fitted = replicate_log(world, scenario(knowledge), 1, 3).parameters
    stated = replicate_log(world, scenario(knowledge, support_mean=-1.0), 1, 3).parameters
    assert stated["support_mean"] == -1.0
    assert stated["start_rate"] == fitted["start_rate"] in (0.02, 0.03, 0.04)
    others = set(plain) - {"start_rate", "support_mean"}
    assert {n: plain[n] for n in others} == {n: fitted[n] for n in others}


def test_medians_and_ranges(tmp_path: Path, world: World) -> None:
    knowledge = folder(tmp_path / "p", "approval_defer\n0.2\n0.3\n7.0\n")
    held = parse_scenario({"model": {"knowledge": str(knowledge), "parameters": "median"}}, "m")
    assert replicate_log(world, held, 1, 0).parameters["approval_defer"] == 0.3
    drawn = {
        replicate_log(world, scenario(knowledge), 1, n).parameters["approval_defer"]
        for n in range(30)
    }
    assert max(drawn) == 0.95, "a draw outside a parameter's range is put on its edge"


def test_leanings_of_systems_move_their_starting(tmp_path: Path, world: World) -> None:
    code = world.systems[0].code
    head = "system,start_mean,start_sd,support_mean,support_sd\n"
    counts = []
    for index, mean in enumerate((-6.0, 0.0, 6.0)):
        places = f"{head}{code},{mean},0.0,0.0,1.0\n"
        fitted = scenario(
            folder(tmp_path / str(index), "start_rate\n0.05\n", places), start_place_sd=1.0
        )
        logs = [replicate_log(world, fitted, 1, n).events for n in range(30)]
        counts.append(sum(e.kind == "mooted" and e.subject == code for log in logs for e in log))
    assert counts[0] < counts[1] < counts[2]


def test_the_digest_follows_the_draws(tmp_path: Path) -> None:
    one = scenario(folder(tmp_path / "a", DRAWS)).digest
    same = scenario(folder(tmp_path / "b", DRAWS))
    assert one != scenario(folder(tmp_path / "c", DRAWS + "0.05,4.0\n")).digest
    again = parse_scenario(same.tables(), "again")
    assert again.fitted == same.fitted
    assert "start_rate" not in same.resolved["parameters"]


@pytest.mark.parametrize(
    ("draws", "said"),
    [
        ("start_rat\n1\n", "'start_rat' is not a parameter; did you mean 'start_rate'"),
        ("start_rate\nx\n", "line 2: must hold 1 finite numbers"),
        ("start_rate\nnan\n", "line 2"),
        ("start_rate\n", "a row of draws"),
        ("start_rate,start_rate\n1,2\n", "columns must differ"),
    ],
)
def test_wrong_draws_are_refused(tmp_path: Path, draws: str, said: str) -> None:
    with pytest.raises(InputError, match=r"draws\.csv") as error:
        scenario(folder(tmp_path / "p", draws))
    assert said in str(error.value)


def test_an_unknown_posterior_is_refused() -> None:
    with pytest.raises(InputError, match=r"model.knowledge = 'priors' must be one of prior"):
        scenario("priors")


def test_wrong_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"places.csv: columns must be system, start_mean"):
        scenario(folder(tmp_path / "p", DRAWS, "system,mean\nA,1\n"))
