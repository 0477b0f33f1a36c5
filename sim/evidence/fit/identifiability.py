"""What the fit has learnt about each parameter, and which pairs it cannot distinguish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.evidence.arrays import Array
from sim.evidence.fit.standardised import ROWS

CLOSE: Final = 0.5  # a correlation beyond which a pair is named
LEARNT: Final = 0.1  # a share of the prior's variance taken away below which little was learnt


@dataclass(frozen=True, slots=True)
class Learnt:
    """One parameter: prior and posterior median and 90% interval, shift and contraction.

    ``shift`` is that of the mean in prior standard deviations; ``contraction`` the share of the
    prior's variance that the fit has taken away.
    """

    name: str
    unit: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    shift: float
    contraction: float


def learnt(
    names: Sequence[str], standardised: Array, values: dict[str, Array]
) -> tuple[Learnt, ...]:
    """Return a row for each fitted parameter, those that learnt most first."""
    rows = []
    for column, name in enumerate(names):
        prior = ROWS[name].default
        low, middle, high = np.quantile(values[name], (0.05, 0.5, 0.95))
        rows.append(
            Learnt(
                name=name,
                unit=ROWS[name].unit,
                prior=(prior.quantile(0.05), prior.quantile(0.5), prior.quantile(0.95)),
                posterior=(float(low), float(middle), float(high)),
                shift=float(standardised[:, column].mean()),
                contraction=1.0 - float(standardised[:, column].var()),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.contraction - abs(row.shift), row.name)))


def tied_pairs(names: Sequence[str], standardised: Array) -> list[tuple[str, str, float]]:
    """Return pairs whose draws correlate by more than ``CLOSE``, the closest first."""
    matrix = np.atleast_2d(np.corrcoef(standardised, rowvar=False))
    pairs = [
        (names[i], names[j], float(matrix[i, j]))
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if abs(matrix[i, j]) > CLOSE
    ]
    return sorted(pairs, key=lambda pair: (-abs(pair[2]), pair[0], pair[1]))


def identifiability_report(
    names: Sequence[str], standardised: Array, values: dict[str, Array]
) -> str:
    """Return the report as markdown: a table and the pairs."""
    rows = learnt(names, standardised, values)
    lines = [
        "| parameter | unit | prior median (90%) | posterior median (90%) | shift | learnt |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        prior, after = (
            f"{middle:.3g} ({low:.3g} to {high:.3g})"
            for low, middle, high in (row.prior, row.posterior)
        )
        lines.append(
            f"| `{row.name}` | {row.unit} | {prior} | {after} | {row.shift:+.2f} | "
            f"{max(0.0, row.contraction):.0%} |"
        )
    little = sum(row.contraction < LEARNT for row in rows)
    told = (
        f"Shift: how far the mean moved, in standard deviations of the prior. Learnt: by how much "
        f"the data reduce the prior's variance. The fit says little about {little} of the "
        f"{len(rows)} parameters (less than {LEARNT:.0%})."
    )
    lines += ["", told, ""]
    pairs = tied_pairs(names, standardised)
    if pairs:
        told = ", ".join(f"`{a}` with `{b}` ({r:+.2f})" for a, b, r in pairs)
        lines.append(f"Pairs that the fit can hardly tell apart (correlation of draws): {told}.")
    else:
        lines.append(f"No pair of draws correlates by more than {CLOSE}.")
    return "\n".join(lines) + "\n"
