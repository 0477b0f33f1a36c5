"""The main job's tables say what the summary holds, at any width, and warn when they should."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest

from sim.views.plots.geography import Geography
from sim.views.tables.summary import (
    median_standard_error,
    summary_tables,
    too_few_replications,
    variance_shares,
)
from sim.views.terminal import render_text, show
from sim.views.wording import long_date
from tests.views.synthetic import Tables, make_tables


def row_of(text: str, table: str, scenario: str) -> str:
    body = text[text.index(table) :]
    return next(line for line in body.splitlines() if line.strip().startswith(scenario))


def test_counts_are_those_of_the_summary(tables: Tables) -> None:
    text = render_text(summary_tables(tables.summary, tables.counts, tables.variance), 100)
    at = tables.summary.set_index(["scenario", "outcome"])
    for scenario in ("as_written", "hard_rule", "locally_led"):
        row = at.loc[(scenario, "ccgs_2020_04_01")]
        line = row_of(text, "How many CCGs", scenario)
        assert "1 April 2020" in line
        assert f" {row.q50:.0f} " in line
        assert f"{row.q25:.0f}–{row.q75:.0f}" in line
        assert f"{row.q05:.0f}–{row.q95:.0f}" in line
        assert f"{row['mean']:.1f}" in line
    text = text.partition("How to read")[0]  # the first table
    assert text.count("1 April 2021") == 3
    assert text.count(long_date(tables.counts["date"].max())) == 3
    assert "1 April 2022" not in text


def test_probabilities_carry_their_wilson_interval(tables: Tables) -> None:
    text = render_text(summary_tables(tables.summary, tables.counts), 100)
    row = tables.summary.set_index(["scenario", "outcome"]).loc[("hard_rule", "p_fewer_than_151")]
    line = row_of(text, "Probabilities of the count", "hard_rule")
    assert f"({100 * row.p_low:.0f}–{100 * row.p_high:.0f})" in line
    assert len([cell for cell in line.split() if cell.startswith("(")]) == 4


def test_variance_is_shown_where_measured_and_a_dash_where_not(tables: Tables) -> None:
    with_it = render_text(summary_tables(tables.summary, tables.counts, tables.variance), 100)
    without = render_text(summary_tables(tables.summary, tables.counts), 100)
    # parameters: first order 0.10, total 0.20, hence 10% alone, 80% random numbers alone, 10% both
    assert row_of(with_it, "Ballots lost", "hard_rule").split()[-3:] == ["10", "80", "10"]
    assert row_of(without, "Ballots lost", "hard_rule").split()[-3:] == ["–"] * 3
    assert "25 ± 3" in row_of(with_it, "Variance components", "hard_rule")
    assert "Variance components" not in without


def test_variance_shares_add_up_to_one(tables: Tables) -> None:
    shares = variance_shares(tables.variance, "as_written")
    assert shares is not None
    assert sum(shares) == pytest.approx(1)
    assert variance_shares(tables.variance, "nowhere") is None


@pytest.mark.parametrize("width", [80, 100])
def test_nothing_is_cut_or_coloured(tables: Tables, width: int) -> None:
    text = render_text(summary_tables(tables.summary, tables.counts, tables.variance), width)
    assert "…" not in text
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= width
    assert text.count("How to read:") == 4


def test_a_pipe_of_another_encoding_gets_text_and_no_exception(tables: Tables) -> None:
    sink = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    show(summary_tables(tables.summary, tables.counts), stream=sink)
    sink.seek(0)
    assert "as_written" in sink.read()


def test_median_error_agrees_with_the_bootstrap() -> None:
    # seed 3; the bootstrap's own error at 4,000 resamples is about 1%, so 6% never fails
    rng = np.random.default_rng(3)
    values = rng.normal(120, 15, 301)
    resampled = np.median(rng.choice(values, (4000, 301)), axis=1).std()
    assert median_standard_error(values) == pytest.approx(resampled, rel=0.06)
    assert median_standard_error([7.0] * 50) == pytest.approx(0)
    assert math.isnan(median_standard_error([1.0]))


def test_warns_of_too_few_replications_in_one_line(tables: Tables) -> None:
    warning = too_few_replications(tables.summary, tables.counts)
    assert warning is not None
    assert "60 replications are too few" in warning
    assert "\n" not in warning


def test_no_warning_where_all_digits_hold(tables: Tables) -> None:
    summary = tables.summary.copy()
    summary["p_low"], summary["p_high"] = summary["p"] - 0.004, summary["p"] + 0.004
    counts = tables.counts.copy()
    counts["ccgs"] = 100
    assert too_few_replications(summary, counts) is None
    summary.loc[summary["outcome"] == "p_60_70", "p_high"] += 0.01
    assert "“60 to 70”" in (too_few_replications(summary, counts) or "")


def test_one_replication_gives_a_table_and_a_warning(geography: Geography) -> None:
    tables = make_tables(geography, scenarios=("as_written",), n=1)
    text = render_text(summary_tables(tables.summary, tables.counts), 100)
    assert "n/a" in text
    assert "Warning: 1 replication " in text
