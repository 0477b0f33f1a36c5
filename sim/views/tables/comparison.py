"""The tables of a comparison: what a lever changes, with the same random numbers, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.views.terminal import plain_table
from sim.views.wording import number, percent, short_system_name, signed

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Group
    from rich.table import Table

OUTCOMES: Final = {
    "final_ccgs": "CCGs at the end",
    "proposals": "proposals",
    "proposals_lost": "proposals lost at the ballot",
    "ballots_lost": "ballots lost",
    "ballots_held": "ballots held",
    "refused": "applications refused",
    "mergers": "mergers",
}


def outcome_label(outcome: str) -> str:
    """Return an outcome's plain name: ``ccgs_2020_04_01`` is ``CCGs on 1 April 2020``."""
    if outcome.startswith("ccgs_"):
        parts = outcome.removeprefix("ccgs_").split("_")
        if parts[1:] == ["04", "01"]:
            return f"CCGs on 1 April {parts[0]}"
    return OUTCOMES.get(outcome, outcome.replace("_", " "))


def difference_table(differences: pd.DataFrame) -> Table:
    """Return the table of paired differences, a block for each scenario compared.

    ``differences`` has a row an outcome: base, other, outcome, mean_base, mean_other, difference
    (other minus base), low, high (95% interval) and share_changed (0 to 1).
    """
    table = plain_table(
        "What changes, with the same random numbers in both",
        "How to read: the difference is the other scenario minus the base, averaged over pairs of "
        "replications with the same random numbers. If its 95% interval does not contain 0, "
        "random variation alone does not explain it. “Changed” is the share of pairs that differ "
        "at all.",
    )
    table.add_column("base → other", overflow="fold", style="bold")
    table.add_column("outcome", overflow="fold")
    for heading in ("base", "other", "differ-\nence", "95%\ninterval", "changed\n%"):
        table.add_column(heading, justify="right", no_wrap=True)
    before = ("", "")
    for row in _records(differences):
        pair = (str(row["base"]), str(row["other"]))
        if before not in (("", ""), pair):
            table.add_section()
        table.add_row(
            "" if pair == before else f"{pair[0]} → {pair[1]}",
            outcome_label(str(row["outcome"])),
            number(row["mean_base"]),
            number(row["mean_other"]),
            signed(row["difference"]),
            f"{signed(row['low'])} to {signed(row['high'])}",
            percent(row["share_changed"]),
        )
        before = pair
    return table


def places_table(places: pd.DataFrame, most: int = 10) -> Table:
    """Return the table of the systems that change most, at most ``most`` for each comparison.

    ``places`` has a row a system: base, other, system_name (or system), difference (of mean CCGs
    at the end, paired) and any of mean_ccgs_base, mean_ccgs_other, p_one_ccg_base and
    p_one_ccg_other (probability of a single CCG, 0 to 1). Columns that are absent are not shown.
    """
    table = plain_table(
        "Where it changes most",
        "How to read: mean number of CCGs of a system at the end in both scenarios, the paired "
        "difference, and the probability of a single CCG in %. The largest differences come first; "
        "because they are the largest of many, expect them to be somewhat smaller in a new run.",
    )
    shown = [column for column in PLACE_COLUMNS if column[0] in places.columns]
    table.add_column("base → other", overflow="fold", style="bold")
    table.add_column("system", overflow="fold")
    for _, heading, _ in shown:
        table.add_column(heading, justify="right", no_wrap=True)
    for (base, other), group in places.groupby(["base", "other"], sort=False):
        order = group["difference"].abs().sort_values(ascending=False, kind="stable").index
        for rank, row in enumerate(_records(group.loc[order].head(most))):
            name = str(row.get("system_name") or row["system"])
            table.add_row(
                f"{base} → {other}" if rank == 0 else "",
                short_system_name(name),
                *(_cell(row[column], kind) for column, _, kind in shown),
            )
        table.add_section()
    return table


PLACE_COLUMNS: Final = (
    ("mean_ccgs_base", "base", "number"),
    ("mean_ccgs_other", "other", "number"),
    ("difference", "differ-\nence", "signed"),
    ("p_one_ccg_base", "one CCG\nbase %", "percent"),
    ("p_one_ccg_other", "one CCG\nother %", "percent"),
)


def _cell(value: float, kind: str) -> str:
    if kind == "percent":
        return percent(value)
    return signed(value, 2) if kind == "signed" else number(value, 2)


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return list(frame.to_dict(orient="records"))


def comparison_tables(differences: pd.DataFrame, places: pd.DataFrame | None = None) -> Group:
    """Return the tables of a comparison, one below the other, for ``show`` or ``render_text``."""
    from rich.console import Group
    from rich.text import Text

    parts: list[Table | Text] = [difference_table(differences)]
    if places is not None and not places.empty:
        parts += [Text(""), places_table(places)]
    return Group(*parts)
