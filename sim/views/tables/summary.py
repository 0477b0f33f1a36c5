"""The main job's tables: final counts, probabilities, ballots and refusals, variance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.views.tables.comparison import outcome_label
from sim.views.terminal import plain_table, plain_text
from sim.views.wording import long_date, number, percent_interval

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Group
    from rich.table import Table

PROBABILITIES: Final = (
    ("p_60_70", "60 to 70"),
    ("p_more_than_42", "more\nthan 42"),
    ("p_fewer_than_151", "fewer\nthan 151"),
    ("p_former_count", "a former\ncount"),
)
WAY: Final = (
    ("ballots_lost", "ballots\nlost"),
    ("refused", "applications\nrefused"),
)
COMPONENTS: Final = ("place", "proposal", "ccg", "practice", "parameters", "other")


class VarianceShares(NamedTuple):
    """Shares of the variance of the final count: parameters, other random numbers, and both."""

    parameters: float
    streams: float
    both: float


def median_standard_error(values: Iterable[float]) -> float:
    """Return the Monte Carlo standard error of a median, by order statistics.

    The estimator of Maritz and Jarrett (Journal of the American Statistical Association 73, 1978),
    which is the bootstrap's answer in closed form, so it needs no seed. NaN below two values.
    """
    import numpy as np
    from scipy.special import betainc

    ordered = np.sort(np.asarray(list(values), dtype=float))
    n = len(ordered)
    if n < 2:
        return math.nan
    half = (n + 1) / 2
    weights = np.diff(betainc(half, half, np.arange(n + 1) / n))
    first = float(np.dot(weights, ordered))
    return math.sqrt(float(np.dot(weights, (ordered - first) ** 2)))


def variance_shares(variance: pd.DataFrame, scenario: str) -> VarianceShares | None:
    """Return where the final count's variance comes from, or None where it was not measured.

    Parameters alone is the first-order share S of the row ``parameters``; all other random
    numbers alone are 1 - T with T its total share; both together, the interaction, is T - S. The
    three add up to 1.
    """
    rows = variance[(variance["scenario"] == scenario) & (variance["component"] == "parameters")]
    if rows.empty:
        return None
    first, total = float(rows["first_order"].iloc[0]), float(rows["total"].iloc[0])
    if math.isnan(first) or math.isnan(total):
        return None
    return VarianceShares(first, 1.0 - total, total - first)


def _scenarios(summary: pd.DataFrame) -> list[str]:
    return [str(name) for name in summary["scenario"].drop_duplicates()]


def _rows(summary: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the summary by (scenario, outcome)."""
    records: list[dict[Any, Any]] = list(summary.to_dict(orient="records"))
    return {(str(row["scenario"]), str(row["outcome"])): row for row in records}


def _moments(summary: pd.DataFrame) -> list[tuple[str, str, date | None]]:
    """Return (outcome, heading, date) of the first two 1 Aprils of the horizon and of the end."""
    names = sorted(
        {str(name) for name in summary["outcome"] if str(name).startswith("ccgs_")},
    )
    found: list[tuple[str, str, date | None]] = []
    for name in names[:2]:
        year, month, day = (int(part) for part in name.removeprefix("ccgs_").split("_"))
        when = date(year, month, day)
        found.append((name, long_date(when), when))
    return [*found, ("final_ccgs", "the end", None)]


def _median_errors(summary: pd.DataFrame, counts: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return the standard error of each median shown, by (scenario, outcome)."""
    import pandas as pd

    days = pd.to_datetime(counts["date"])
    errors: dict[tuple[str, str], float] = {}
    for scenario in _scenarios(summary):
        mine = counts["scenario"] == scenario
        for outcome, _, when in _moments(summary):
            day = days[mine].max() if when is None else pd.Timestamp(when)
            errors[scenario, outcome] = median_standard_error(
                counts.loc[mine & (days == day), "ccgs"].tolist()
            )
    return errors


def count_table(summary: pd.DataFrame, counts: pd.DataFrame) -> Table:
    """Return the table of CCG counts: median, both intervals and Monte Carlo errors.

    ``summary`` is summary.csv and ``counts`` counts.parquet of one batch; a row a scenario and
    date (the first two 1 Aprils and the end of the horizon); values are counts of CCGs.
    """
    rows, errors = _rows(summary), _median_errors(summary, counts)
    table = plain_table(
        "How many CCGs",
        "How to read: half of the replications lie within the 50% interval, nine in ten within "
        "the 90% interval; ± is the Monte Carlo standard error of the number before it. More "
        "replications make that error smaller, but not the intervals.",
    )
    table.add_column("scenario", overflow="fold", style="bold")
    table.add_column("on", no_wrap=True)
    for heading in ("median", "±", "50%", "90%", "mean", "±"):
        table.add_column(heading, justify="right", no_wrap=True)
    for scenario in _scenarios(summary):
        shown = [m for m in _moments(summary) if (scenario, m[0]) in rows]
        end = counts.loc[counts["scenario"] == scenario, "date"].max()
        if end not in {when for _, _, when in shown}:
            shown = [(outcome, long_date(when or end), when) for outcome, _, when in shown]
        for place, (outcome, heading, _) in enumerate(shown):
            row = rows[scenario, outcome]
            table.add_row(
                scenario if place == 0 else "",
                heading,
                f"{row['q50']:.0f}",
                number(errors[scenario, outcome]),
                f"{row['q25']:.0f}–{row['q75']:.0f}",
                f"{row['q05']:.0f}–{row['q95']:.0f}",
                number(row["mean"]),
                number(row["se"]),
                end_section=place == len(shown) - 1,
            )
    return table


def probability_table(summary: pd.DataFrame) -> Table:
    """Return the table of probabilities at the end, in % with Wilson's 95% interval."""
    rows = _rows(summary)
    table = plain_table(
        "Probabilities of the count at the end, in % (95% interval)",
        "How to read: the share of replications that end in this range, and in brackets Wilson's "
        "95% interval for the probability. “A former count” is a number of bodies that this tier "
        "of the NHS had before 2019; the “Edwards rule” says that none is ever repeated.",
    )
    table.add_column("scenario", overflow="fold", style="bold")
    for _, heading in PROBABILITIES:
        table.add_column(heading, justify="right", no_wrap=True)
    for scenario in _scenarios(summary):
        cells = []
        for outcome, _ in PROBABILITIES:
            row = rows.get((scenario, outcome))
            cells.append(
                "n/a" if row is None else percent_interval(row["p"], row["p_low"], row["p_high"])
            )
        table.add_row(scenario, *cells)
    return table


def way_table(summary: pd.DataFrame, variance: pd.DataFrame | None = None) -> Table:
    """Return the table of ballots lost, refusals and where the variance comes from.

    Means per replication with their standard errors; then the shares of the variance of the
    final count in per cent (parameters alone, random numbers alone, their interaction; they sum to
    100).
    """
    rows = _rows(summary)
    table = plain_table(
        "Ballots lost, refusals, and where the variance of the final count comes from",
        "How to read: means per replication, ± their standard error (a ballot is one CCG's vote). "
        "Then the shares of the variance of the final count, in %: from uncertain parameters, "
        "from random numbers, and from both together.",
    )
    table.add_column("scenario", overflow="fold", style="bold")
    table.add_column("repli-\ncations", justify="right", no_wrap=True)
    for _, heading in WAY:
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("para-\nmeters", "random\nnumbers", "both"):
        table.add_column(heading, justify="right", no_wrap=True)
    for scenario in _scenarios(summary):
        cells = [str(int(rows[scenario, "final_ccgs"]["replications"]))]
        for outcome, _ in WAY:
            row = rows.get((scenario, outcome))
            cells.append("n/a" if row is None else f"{number(row['mean'])} ± {number(row['se'])}")
        shares = None if variance is None else variance_shares(variance, scenario)
        cells += ["–"] * 3 if shares is None else [number(100 * share, 0) for share in shares]
        table.add_row(scenario, *cells)
    return table


def variance_table(variance: pd.DataFrame) -> Table:
    """Return the table of variance components: total shares in %, ± standard error.

    ``variance`` is variance.csv; a component's total share is the variance of the final count
    that would be left, on average, if everything but this component were known.
    """
    table = plain_table(
        "Variance components of the final count, in % of its variance",
        "How to read: the share of variance left if all but this component were known (total "
        "effect), ± its standard error. Components act together, so rows may add up to more than "
        "100. A value less than twice its standard error may be zero.",
    )
    table.add_column("scenario", overflow="fold", style="bold")
    rows = _rows(variance.rename(columns={"component": "outcome"}))
    known = {name for _, name in rows}
    shown = [name for name in COMPONENTS if name in known]
    for name in shown:
        table.add_column("CCG" if name == "ccg" else name, justify="right", no_wrap=True)
    for scenario in _scenarios(variance):
        cells = []
        for name in shown:
            row = rows.get((scenario, name))
            cells.append(
                "n/a"
                if row is None
                else f"{number(100 * row['total'], 0)} ± {number(100 * row['se'], 0)}"
            )
        table.add_row(scenario, *cells)
    return table


def too_few_replications(summary: pd.DataFrame, counts: pd.DataFrame) -> str | None:
    """Return one line of warning where the digits shown are finer than the replications allow.

    Medians are shown to 1 CCG and probabilities to 1 per cent. The line names the worst case and
    the number of replications (two figures) that would make it hold; None where all digits hold.
    """
    rows = _rows(summary)
    replications = int(summary["replications"].max())
    needed = 0.0
    parts: list[str] = []
    errors = _median_errors(summary, counts)
    (scenario, outcome), error = max(
        errors.items(), key=lambda item: math.inf if math.isnan(item[1]) else item[1]
    )
    if math.isnan(error):
        return (
            f"Warning: {replications} replication is too few for a standard error or interval; "
            "use at least 200 (--replications 200)."
        )
    if error > 1:
        at = outcome_label(outcome)
        parts.append(f"the median of “{at}” in “{scenario}” is uncertain by ±{error:.1f} CCGs")
        needed = replications * error**2
    widths = {
        key: float(row["p_high"]) - float(row["p_low"])
        for key, row in rows.items()
        if key[1] in {name for name, _ in PROBABILITIES} and not math.isnan(float(row["p"]))
    }
    if widths:
        (scenario, outcome), width = max(widths.items(), key=lambda item: item[1])
        if width > 0.01:
            range_ = dict(PROBABILITIES)[outcome].replace("\n", " ")
            parts.append(
                f"the interval of the probability of “{range_}” in “{scenario}” is "
                f"{100 * width:.0f} points wide"
            )
            needed = max(needed, replications * (width / 0.01) ** 2)
    if not parts:
        return None
    figures = 10 ** (math.floor(math.log10(needed)) - 1)
    rounded = int(math.ceil(needed / figures) * figures)
    return (
        f"Warning: {replications} replications are too few for the digits shown: "
        f"{'; '.join(parts)}. About {rounded:,} replications would be enough."
    )


def summary_tables(
    summary: pd.DataFrame, counts: pd.DataFrame, variance: pd.DataFrame | None = None
) -> Group:
    """Return the main job's tables, one below the other, ready for ``show`` or ``render_text``.

    ``summary``, ``counts`` and ``variance`` are summary.csv, counts.parquet and variance.csv of
    one batch. Without ``variance`` its columns hold a dash and its own table is left out.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[Table | Text] = [
        count_table(summary, counts),
        Text(""),
        probability_table(summary),
        Text(""),
        way_table(summary, variance),
    ]
    if variance is not None and not variance.empty:
        parts += [Text(""), variance_table(variance)]
    warning = too_few_replications(summary, counts)
    if warning:
        parts += [Text(""), plain_text(warning, "bold")]
    return Group(*parts)
