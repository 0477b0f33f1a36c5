"""The one table of parameters: numbers nobody can set, which the evidence only bounds.

Each field of :class:`Parameters` is one parameter; the rows of the core chain stand, by stage, in
``parameters_starting``, ``parameters_support`` and ``parameters_course``, those of mechanisms in
``mechanisms/``, listed in its registry. A row has a permanent number (part of the address of its
draw), unit, prior, origin (``evidence:`` with its place, ``computed:`` from evidence by the stated
sum, or ``assumed:`` with the reason), the mechanisms it serves (rows of the project's list), the
allowed range, and what it means. "priors.md", "base_rates.md" and the like are the evidence files
that the project was given; their figures and sources are carried over in
``sim/evidence/data/README.md``.

Log-odds and log-rates are natural logarithms; a rate is per system and month.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sim.scenario.distributions import MOST_NUMBER, Distribution, fixed
from sim.scenario.mechanisms.registry import MechanismParameters
from sim.scenario.parameters_course import CourseParameters
from sim.scenario.parameters_starting import StartingParameters
from sim.scenario.parameters_support import SupportParameters
from sim.streams import Streams
from sim.streams.purposes import PARAMETERS

PARAMETER_COLUMNS: Final = 512  # columns of the page of parameter draws; new ones take the next
POSTERIOR_ROW: Final = 0  # its column that picks a joint draw; parameters' numbers start at 1


@dataclass(frozen=True, slots=True)
class Parameters(  # dataclasses gather fields from the last base to the first: the table's order
    MechanismParameters,
    CourseParameters,
    SupportParameters,
    StartingParameters,
):
    """The values of one replication, one field a parameter."""


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """A row of the parameter table, for people."""

    name: str
    number: int
    prior: Distribution
    unit: str
    meaning: str
    origin: str
    mechanisms: tuple[int, ...]
    low: float
    high: float
    held: bool
    acts: str

    @property
    def default(self) -> Distribution:
        """What a scenario that says nothing draws it from: its prior, or its median if held."""
        return fixed(self.prior.quantile(0.5)) if self.held else self.prior

    @property
    def active(self) -> bool:
        """Whether it is uncertain and acts in a scenario of default levers."""
        return self.default.family != "fixed" and not self.acts

    @property
    def has_evidence(self) -> bool:
        """Whether its size comes from the evidence, at once or by a sum."""
        return self.origin.startswith(("evidence:", "computed:"))


_OF_MECHANISMS: Final = frozenset(f.name for f in dataclasses.fields(MechanismParameters))


def _row(field: dataclasses.Field[float]) -> ParameterInfo:
    """Return a field's row; one of a mechanism acts only where a lever switches it on."""
    row = ParameterInfo(name=field.name, **field.metadata)
    if row.acts or row.name not in _OF_MECHANISMS:
        return row
    return dataclasses.replace(row, acts="where its mechanism's lever is off its neutral value")


PARAMETER_TABLE: Final[tuple[ParameterInfo, ...]] = tuple(
    _row(field) for field in dataclasses.fields(Parameters)
)
PARAMETER_NAMES: Final[tuple[str, ...]] = tuple(row.name for row in PARAMETER_TABLE)


class _Defaults(Mapping[str, Distribution]):
    """Each parameter's default, worked out when first asked: medians load scipy, which is slow."""

    @cached_property
    def _rows(self) -> Mapping[str, Distribution]:
        return {row.name: row.default for row in PARAMETER_TABLE}

    def __getitem__(self, name: str) -> Distribution:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(PARAMETER_NAMES)

    def __len__(self) -> int:
        return len(PARAMETER_NAMES)


DEFAULT_PRIORS: Final[Mapping[str, Distribution]] = _Defaults()


def draw_parameters(
    priors: Mapping[str, Distribution], streams: Streams, fitted: Mapping[str, float] | None = None
) -> Parameters:
    """Draw one replication's parameters; a draw outside a parameter's range is put on its edge.

    A range without an end ends at a million, so that whatever is made of a parameter is a number.

    ``fitted`` are values that stand already: a joint draw from a posterior.
    """
    values = dict(fitted or {})
    for row in PARAMETER_TABLE:
        value = values.get(row.name)
        if value is None:
            prior = priors[row.name]
            if prior.family == "fixed":
                value = prior.numbers[0]
            else:
                value = prior.quantile(streams.uniform(PARAMETERS, row.number))
        low, high = max(row.low, -MOST_NUMBER), min(row.high, MOST_NUMBER)
        values[row.name] = min(max(value, low), high)
    return Parameters(**values)
