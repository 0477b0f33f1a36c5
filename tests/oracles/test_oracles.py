"""Where the answer is known: every exact-answer case at routine size.

Fixed seed; a check of an estimate fails by chance about once in 16,000 (4 standard errors), the
whole file of about 80 such checks about once in 200 seeds. Deterministic answers to 1e-9; times
are differences of moments on the engine's grid of 2**-20 day, on which the case's months of
365.25/12 days lie exactly.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import run_batch
from sim.scenario import load_scenario
from sim.scenario.durations import DURATION_NAMES
from sim.scenario.parameters import Parameters
from tests.oracles.build_worlds import BUILDERS, HERE, build
from tests.oracles.cases import CASES, Case
from tests.oracles.estimate import CAUGHT
from tests.oracles.run import SEED, run_case
from tests.oracles.wrong import WRONG, case_named

ASKED = {f"O{n}" for n in (1, 2, 3, 4, 6, 7, 9, 10, 11, 13, 17, 18, 19, 23, 25)}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_gives_the_exact_answer(case: Case) -> None:
    result = run_case(case, case.routine)
    assert not result.failures, "\n".join(result.failures)
    blunt = [
        (check.what, check.resolution(estimate))
        for check, estimate in result.estimates
        if check.sharp and check.resolution(estimate) > CAUGHT
    ]
    assert not blunt, f"too few replications to catch an error of 3 %: {blunt}"


def test_every_oracle_asked_for_has_a_case_and_a_mistake_it_catches() -> None:
    assert {case.id for case in CASES} == ASKED
    assert {wrong.case for wrong in WRONG} == {case.name for case in CASES}
    for case in CASES:
        assert any(check.sharp or check.certain for check in case.checks), case.name


def test_the_plain_file_holds_still_whatever_can_act_without_a_mechanism() -> None:
    """A new parameter of the core model comes with its default spread: plain.toml needs a line."""
    plain = load_scenario(HERE / "plain.toml")
    groups = [group for group in Parameters.__mro__[1:-1] if "mechanisms" not in group.__module__]
    core = {name for group in groups for name in group.__annotations__}
    assert len(core) > 70
    assert core - plain.stated == set()
    assert {plain.priors[name].family for name in plain.stated} == {"fixed"}
    stages = [getattr(plain.durations, name) for name in DURATION_NAMES]
    assert [stage.table() for stage in stages] == [{"family": "fixed", "months": 0.0}] * len(stages)


@pytest.mark.parametrize("name", ["o13-q70", "o01-quorum_79"])
def test_a_batch_has_the_same_answers_in_its_tables(name: str) -> None:
    case = case_named(name)
    seen = run_case(case, 4).estimates[0][1]
    batch = run_batch(case.files()[0], replications=4, seed=SEED, workers=1)
    table = batch.replications["final_ccgs"] if name == "o13-q70" else batch.ballots["carried"]
    assert len(table) == seen.samples
    assert float(table.mean()) == pytest.approx(seen.value, abs=1e-12)


def test_committed_worlds_and_scenarios_are_what_the_script_writes(tmp_path: Path) -> None:
    build(tmp_path)
    fresh, kept = (_files(folder) for folder in (tmp_path, HERE))
    assert sorted(fresh) == sorted(kept)
    assert [name for name in fresh if fresh[name] != kept[name]] == []
    assert sum(len(content) for content in kept.values()) < 1_000_000
    used = {path.name for case in CASES for path in case.files()}
    assert used == {name for name in kept if "/" not in name}


def _files(folder: Path) -> dict[str, bytes]:
    """Return what the script writes: each case's world and scenarios."""
    worlds = [path for builder in BUILDERS for path in (folder / builder.__name__).rglob("*")]
    scenarios = [path for path in folder.glob("*.toml") if path.name != "plain.toml"]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((*worlds, *scenarios))
        if path.is_file()
    }
