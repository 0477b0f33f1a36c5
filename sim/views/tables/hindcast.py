"""The tables of a hindcast: scores beside those of the baselines, and patterns passed or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.records.markdown import row as markdown_row
from sim.views.terminal import plain_table

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Group
    from rich.table import Table

QUANTITIES: Final = {
    "systems": "system has\none CCG",
    "ccgs": "CCG has\nmerged",
    "pairs": "pair in\none CCG",
}
REFERENCE: Final = "base_rate"


def _number(value: float, digits: int = 2) -> str:
    """Return a score to so many digits: ``0.36``, ``-0.05``, ``12.40``."""
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def _cell(scores: pd.DataFrame, quantity: str, forecast: str, score: str) -> dict[str, Any] | None:
    """Return the row of a score, that against the base rate where there are several."""
    mine = scores[
        (scores["quantity"] == quantity)
        & (scores["forecast"] == forecast)
        & (scores["score"] == score)
    ]
    if mine.empty:
        return None
    chosen = mine[mine["against"] == REFERENCE]
    return dict((mine if chosen.empty else chosen).iloc[0])


def score_rows(scores: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the table of scores as text: forecast, CRPS, log score, three skills.

    ``scores`` is scores.csv. Skills are Brier skills against the base rate with their interval.
    """
    rows = []
    for forecast in scores["forecast"].drop_duplicates():
        count = _cell(scores, "count", forecast, "crps")
        log = _cell(scores, "count", forecast, "log_score")
        row = [
            str(forecast).replace("_", " "),
            _number(count["value"], 1) if count else "",
            _number(log["value"], 1) if log else "",
        ]
        for quantity in QUANTITIES:
            cell = _cell(scores, quantity, forecast, "brier")
            if cell is None or cell["against"] != REFERENCE:
                row.append("0" if cell is not None and forecast == REFERENCE else "")
                continue
            ends = f"{_number(cell['skill_low'])} to {_number(cell['skill_high'])}"
            row.append(f"{_number(cell['skill'])} ({ends})")
        rows.append(tuple(row))
    return rows


HEADINGS: Final = ("forecast", "count:\nCRPS", "log\nscore", *QUANTITIES.values())
HOW_TO_READ: Final = (
    "How to read: CRPS measures how far a forecast was from the outcome, in CCGs; the log score is "
    "in nats: less is better. The others are Brier skills against the base rate, which knows how "
    "many came true but not which: 1 is perfect, 0 is no better. In brackets the 95% interval "
    "(bootstrap over systems)."
)


def score_table(scores: pd.DataFrame, model: str) -> Table:
    """Return the scores of all forecasts, a row each, the model's in bold."""
    table = plain_table("Forecasts of 1 April 2020 and their scores", HOW_TO_READ)
    table.add_column(HEADINGS[0], overflow="fold")
    for heading in HEADINGS[1:]:
        table.add_column(heading, justify="right", overflow="fold")
    for row in score_rows(scores):
        table.add_row(*row, style="bold" if row[0] == model.replace("_", " ") else None)
    return table


def pattern_rows(patterns: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the patterns as text: what, seen, the first arm's band, and yes or no for each arm."""
    arms = list(patterns["arm"].drop_duplicates())
    rows = []
    for _, group in patterns.groupby("pattern", sort=False):
        by_arm = {str(row["arm"]): row for row in group.to_dict(orient="records")}
        first = by_arm[arms[0]]
        digits = 0 if float(first["observed"]).is_integer() and first["high"] > 1 else 2
        band = f"{_number(first['low'], digits)} to {_number(first['high'], digits)}"
        passed = ["yes" if by_arm[arm]["passed"] else "NO" for arm in arms]
        rows.append((str(first["sentence"]), _number(first["observed"], digits), band, *passed))
    tally = [patterns.loc[patterns["arm"] == arm, "passed"] for arm in arms]
    rows.append(("passed", "", "", *(f"{int(t.sum())} of {len(t)}" for t in tally)))
    return rows


def pattern_headings(patterns: pd.DataFrame) -> tuple[str, ...]:
    """Return the headings of the table of patterns."""
    arms = [str(arm).replace("_", " ") for arm in patterns["arm"].drop_duplicates()]
    return ("pattern", "seen", "90%", *arms)


def pattern_table(patterns: pd.DataFrame) -> Table:
    """Return the patterns, a row each, with what each arm makes of them."""
    table = plain_table(
        "Patterns of the round, fixed before fitting",
        "How to read: “yes” if the recorded value lies inside the middle 90% of the replications "
        "(for a few: if a stated condition holds). The 90% range shown is that of the first arm.",
    )
    headings = pattern_headings(patterns)
    table.add_column(headings[0], overflow="fold")
    for heading in headings[1:]:
        table.add_column(heading.replace(" ", "\n"), justify="right")
    rows = pattern_rows(patterns)
    for row in rows[:-1]:
        table.add_row(*row)
    table.add_section()
    table.add_row(*rows[-1], style="bold")
    return table


def hindcast_tables(scores: pd.DataFrame, patterns: pd.DataFrame, model: str) -> Group:
    """Return both tables for a terminal."""
    from rich.console import Group

    return Group(score_table(scores, model), "", pattern_table(patterns))


def hindcast_page(scores: pd.DataFrame, patterns: pd.DataFrame, footer: str) -> str:
    """Return both tables as a page of Markdown, ready for ``docs``."""
    lines = ["# Hindcast of 1 April 2020", "", footer, "", "## Scores", ""]
    lines += _markdown([heading.replace("\n", " ") for heading in HEADINGS], score_rows(scores))
    lines += ["", HOW_TO_READ, "", "## Patterns", ""]
    lines += _markdown(pattern_headings(patterns), pattern_rows(patterns))
    lines += ["", "90%: the middle 90% of the replications of the first arm.", ""]
    return "\n".join(lines)


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = "|".join(["---", *["---:"] * (len(headings) - 1)])
    return [
        markdown_row(headings),
        f"|{rule}|",
        *(markdown_row(row) for row in rows),
    ]
