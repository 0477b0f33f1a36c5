"""No column of any table is empty of news, and every kind of luck has a share in the outcome.

England, seed 1, 60 replications of three shipped scenarios, run once a session. A column passes
where it takes at least two values over all of them; one that cannot is named below with the
reason, and must then indeed hold one value. The seed is fixed: a test passes or fails for good.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.experiment.batch import Batch, run_batch
from sim.experiment.variance import variance_shares
from sim.records.mechanisms import leaders
from sim.records.schema import TABLES
from sim.scenario.parameters import PARAMETER_TABLE
from sim.streams import GROUPS
from tests.agents.arms import from_priors

pytestmark = pytest.mark.slow

SCENARIOS = (
    "as_written",
    "as_happened",
    "hard_rule",
    "centre_decides",
    "functions_to_place",
    "providers_instead",
    "published_tests",
)
REPLICATIONS = 60
PAIRS = 40
SEED = 1
WORKERS = 2

# Columns that hold one value only, and why.
CONSTANT: dict[tuple[str, str], str] = {
    **{
        ("replications", name): "these scenarios allow no exemption, split or merger of systems"
        for name in (
            "systems_at_end",
            "exemptions_asked",
            "exempt_systems",
            "splits_asked",
            "splits_granted",
            "system_mergers",
        )
    },
    **{
        ("replications", column.name): "0 until a lever of leaders or councils is moved"
        for column in leaders.LEVER_COLUMNS
    },
    **{
        ("replications", name): "nobody is forced, and no status simulated, in these scenarios"
        for name in (
            "mandated_systems",
            "mandated_ccgs",
            "overruled",
            "ics_share_april_2021",
            "abolished_ccgs",
            "successor_bodies",
        )
    },
}

# Columns that differ between scenarios but not within one, and why.
BY_SCENARIO: dict[tuple[str, str], str] = {
    ("replications", "lapsed"): (
        "the register's one proposal across a border lapses where the scenario does not allow "
        "it; eight deferrals, the other way to lapse, take longer than the run of three years"
    ),
}

COLUMNS = [(table.name, column.name) for table in TABLES for column in table.all_columns]


@pytest.fixture(scope="session")
def batch() -> Iterator[Batch]:
    """Lives in a folder of its own until the session ends."""
    scenarios = [from_priors(name) for name in SCENARIOS]
    yield run_batch(scenarios, replications=REPLICATIONS, seed=SEED, workers=WORKERS)


def values(batch: Batch, table: str, column: str) -> set[object]:
    return set(getattr(batch, table)[column].dropna().unique())


def test_the_exceptions_are_columns() -> None:
    assert CONSTANT.keys() | BY_SCENARIO.keys() <= set(COLUMNS)
    assert all((CONSTANT | BY_SCENARIO).values())


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_column_takes_two_values(batch: Batch, table: str, column: str) -> None:
    assert list(getattr(batch, table).columns) == [c for t, c in COLUMNS if t == table]
    found = values(batch, table, column)
    if (table, column) in CONSTANT:
        assert len(found) == 1, found
    else:
        assert len(found) >= 2, found


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (table.name, column.name)
        for table in TABLES
        for column in table.columns
        if column.name not in table.keys and table.name != "parameters"
    ],
)
def test_every_column_differs_within_one_scenario(batch: Batch, table: str, column: str) -> None:
    """Not only because scenarios differ: replications of one scenario do, in at least one."""
    within = getattr(batch, table).groupby("scenario")[column].nunique()
    if (table, column) in CONSTANT.keys() | BY_SCENARIO.keys():
        assert within.max() == 1, within
    else:
        assert within.max() >= 2, within


def test_every_parameter_is_drawn_anew_in_each_replication(batch: Batch) -> None:
    """But for those held at one number; and is the same in all scenarios."""
    frame = batch.parameters
    held = {row.name for row in PARAMETER_TABLE if row.default.family == "fixed"}
    assert set(frame["parameter"]) == {row.name for row in PARAMETER_TABLE}
    assert len(held) < len(PARAMETER_TABLE) / 4
    for parameter, drawn in frame.groupby("parameter")["value"].nunique().items():
        assert drawn == (1 if parameter in held else REPLICATIONS), parameter
    across = frame.groupby(["replication", "parameter"])["value"].nunique()
    assert (across == 1).all()


def test_every_kind_of_luck_has_a_share_in_the_final_count(batch: Batch) -> None:
    """40 pairs a group: exchanging its luck alone moves the final count in some of them."""
    alone = [from_priors("as_written")]
    written = run_batch(alone, replications=PAIRS, seed=SEED, workers=WORKERS)
    frame = variance_shares(
        alone, written, replications=PAIRS, components=GROUPS, seed=SEED, workers=WORKERS
    )
    shares = frame.set_index("component")
    print("\n", shares[["total", "se"]])
    assert set(shares.index) == set(GROUPS)
    assert set(GROUPS) == {"parameters", "place", "proposal", "ccg", "practice", "other"}
    assert (shares["total"] > 0.0).all()
    assert (shares["replications"] == PAIRS).all()
