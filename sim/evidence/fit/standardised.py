"""Standardised parameters, standard normal under their priors: the space in which the fit works."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sim.evidence.arrays import Array
from sim.records.csv_text import write_rows
from sim.records.files import write_whole
from sim.scenario.parameters import (
    PARAMETER_COLUMNS,
    PARAMETER_TABLE,
    POSTERIOR_ROW,
    ParameterInfo,
)
from sim.streams import Streams
from sim.streams.purposes import PARAMETERS

ROWS: Final[dict[str, ParameterInfo]] = {row.name: row for row in PARAMETER_TABLE}
OF_THE_PAST: Final = ("regime_factor",)


def fitted_names() -> tuple[str, ...]:
    """Return the parameters that are fitted: those that act in a scenario of default levers.

    And one that acts in the years before: how far the stated rates of past regimes are off.
    """
    return tuple(row.name for row in PARAMETER_TABLE if row.active or row.name in OF_THE_PAST)


def values_of(standardised: Array, names: Sequence[str]) -> dict[str, Array]:
    """Return values at standardised parameters (one row per vector), kept within their ranges."""
    return {name: _on_range(ROWS[name], standardised[:, i]) for i, name in enumerate(names)}


def _on_range(row: ParameterInfo, standardised: Array) -> Array:
    return np.clip(row.default.quantiles(standardised), row.low, row.high)


def drawn_standardised(seed: int, replications: Sequence[int], names: Sequence[str]) -> Array:
    """Return the standardised parameters that replications at prior parameters have drawn."""
    standardised = np.empty((len(replications), len(names)))
    for index, replication in enumerate(replications):
        streams = Streams(seed, int(replication), {"parameter": PARAMETER_COLUMNS})
        for column, name in enumerate(names):
            standardised[index, column] = streams.uniform(PARAMETERS, ROWS[name].number)
    return np.asarray(special.ndtri(standardised), dtype=float)


def drawn_rows(seed: int, replications: Sequence[int], rows: int) -> NDArray[np.int64]:
    """Return which joint draw of a posterior of so many rows each replication has used."""
    return np.array(
        [
            int(
                Streams(seed, int(number), {"parameter": PARAMETER_COLUMNS}).uniform(
                    PARAMETERS, POSTERIOR_ROW
                )
                * rows
            )
            for number in replications
        ],
        dtype=np.int64,
    )


def write_array(path: Path, values: Array) -> None:
    """Write an array in NumPy's own form, whole or not at all."""
    buffer = BytesIO()
    np.save(buffer, values)
    write_whole(path, buffer.getvalue())


def write_draws(path: Path, values: Mapping[str, Array]) -> None:
    """Write joint draws as ``draws.csv``; seven figures are kept, the same on every machine."""
    columns = list(values)
    rows = zip(*(values[name] for name in columns), strict=True)
    write_rows(path, columns, ([_plain(value) for value in row] for row in rows), decimals=".7g")


def _plain(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"a draw of {value} cannot be kept")
    return float(value)
