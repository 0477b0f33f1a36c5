"""Sweeps: what is swept, one scenario an arm, and the table made of them; small worlds."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiment.sweep import Setting, arms, make_setting, sweep, with_setting
from sim.scenario import Scenario, load_scenario
from sim.views.tables.sweep import save_sweep, sweep_table
from sim.views.terminal import render_text
from tests.agents.arms import from_priors
from tests.small_worlds import write_world


@pytest.fixture
def base(tmp_path: Path) -> Scenario:
    """Eight systems of three CCGs in a world beside the file, busy enough to have ballots."""
    write_world(tmp_path / "world", [[{} for _ in range(3)] for _ in range(8)])
    file = tmp_path / "small.toml"
    file.write_text(
        'name = "small"\nworld = "world"\nend = 2021-04-02\n[parameters]\nstart_rate = 0.2\n'
    )
    return load_scenario(file)


def test_a_lever_or_a_parameter_is_set_and_nothing_else(base: Scenario) -> None:
    lever = with_setting(base, "force.cajoling", 4)
    assert lever.levers.force.cajoling == 4.0
    assert lever.priors == base.priors
    assert lever.world == base.world
    number = with_setting(base, "ballot_perceived_centre", -0.6)
    assert number.priors["ballot_perceived_centre"].quantile(0.1) == -0.6
    assert number.levers == base.levers
    day = with_setting(base, "force.mandate", date(2021, 4, 1))
    assert day.levers.force.mandate == date(2021, 4, 1)
    assert with_setting(base, "force.cajoling", 1.0).digest == base.digest


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("force.cajolin", [1.0], "did you mean 'force.cajoling'"),
        ("ballot_percieved_centre", [1.0], "did you mean 'ballot_perceived_centre'"),
        ("force.cajoling", [], "no value"),
        ("force.cajoling", [1.0, 1.0], "twice"),
    ],
)
def test_a_wrong_name_or_no_values_are_refused(
    name: str, values: list[float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        make_setting(name, values)


def test_a_value_that_is_not_allowed_is_refused_by_key(base: Scenario) -> None:
    with pytest.raises(InputError, match=r"force\.cajoling = '11"):
        with_setting(base, "force.cajoling", 11.0)
    with pytest.raises(InputError, match="lmc_causal_share = 2"):
        with_setting(base, "lmc_causal_share", 2.0)
    with pytest.raises(InputError, match="at most 200"):
        arms(base, Setting("salience", tuple(range(300))), None)
    one = make_setting("force.cajoling", (0.0, 1.0))
    with pytest.raises(InputError, match=r"force\.cajoling varies already"):
        sweep(base, one, also=one, replications=2, workers=1)
    with pytest.raises(InputError, match="did you mean 'proposals"):
        sweep(base, one, outcomes=("proposal",), replications=2, workers=1)


def test_a_sweep_is_a_batch_with_a_tidy_table(base: Scenario, tmp_path: Path) -> None:
    """Two levers by three: the rows are recomputed from the batch's own table."""
    setting = make_setting("force.cajoling", (0, 1.0, 6.0))
    also = make_setting("ballot_perceived_centre", (0.0, -2.0))
    outcomes = ("proposals", "carried_share")
    done = sweep(
        base, setting, also=also, outcomes=outcomes, replications=12, workers=1,
        out=tmp_path / "out",
    )  # fmt: skip
    frame = done.frame
    assert len(frame) == 3 * 2 * 2
    assert list(frame["value"]) == [v for _ in range(2) for v in (0, 1.0, 6.0) for _ in range(2)]
    kept = pd.read_csv(tmp_path / "out" / "sweep.csv")
    assert kept["mean"].to_list() == pytest.approx(frame["mean"].to_list(), nan_ok=True)
    rows = done.batch.replications
    for line in (0, 1):
        first = rows[rows["scenario"] == f"small.{line}.0"].set_index("replication")["proposals"]
        last = rows[rows["scenario"] == f"small.{line}.2"].set_index("replication")["proposals"]
        [row] = frame[
            (frame["at"] == also.values[line])
            & (frame["value"] == 6.0)
            & (frame["outcome"] == "proposals")
        ].to_dict("records")
        difference = last - first
        half = 1.96 * difference.std(ddof=1) / math.sqrt(12)
        assert row["mean"] == pytest.approx(last.mean())
        assert row["difference"] == pytest.approx(difference.mean())
        assert row["difference_high"] - row["difference"] == pytest.approx(half, rel=1e-3)
    starts = frame[frame["outcome"] == "proposals"].groupby("at")["mean"]
    assert (starts.diff().dropna() >= 0).all() and (starts.last() > starts.first()).all()
    text = render_text(sweep_table(frame))
    assert "force.cajoling" in text
    assert "share of" in text
    [plot] = save_sweep(frame, tmp_path / "out", "a footer")
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_words_are_swept_side_by_side(base: Scenario, tmp_path: Path) -> None:
    setting = make_setting("information.wording", ("none", "typically", "required"))
    done = sweep(base, setting, replications=3, workers=1)
    assert set(done.frame["value"]) == {"none", "typically", "required"}
    assert (done.frame["also"] == "").all()
    [plot] = save_sweep(done.frame, tmp_path, "")
    assert plot.is_file()


@pytest.mark.slow
def test_pressure_starts_more_while_backlash_costs_ballots() -> None:
    """England: starts rise with cajoling at every backlash; the share carried falls at a high one.

    24 replications, seed 1, fixed for good. Without backlash the share carried stands still.
    """
    done = sweep(
        from_priors("as_written"),
        make_setting("force.cajoling", (0.0, 6.0)),
        also=make_setting("ballot_perceived_centre", (0.0, -1.2)),
        outcomes=("proposals", "carried_share"),
        replications=24,
        workers=1,
    )
    found = done.frame[done.frame["value"] == 6.0].set_index(["at", "outcome"])
    print("\n", found[["difference", "difference_low", "difference_high"]])
    assert (found.xs("proposals", level="outcome")["difference_low"] > 0.0).all()
    assert found.loc[(-1.2, "carried_share"), "difference_high"] < 0.0
    low, high = (found.loc[(0.0, "carried_share"), f"difference_{e}"] for e in ("low", "high"))
    assert low < 0.0 < high or abs(low) < 0.02
