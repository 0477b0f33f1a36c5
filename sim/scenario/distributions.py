"""Probability distributions as a scenario states them: priors of parameters, lengths of stages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from sim.errors import InputError, nearest
from sim.streams import quantiles as scalar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Family = Literal[
    "fixed",
    "normal",
    "lognormal",
    "logistic",
    "uniform",
    "beta",
    "gamma",
    "exponential",
    "triangular",
]

FAMILIES: Final[dict[Family, tuple[str, ...]]] = {
    "fixed": ("value",),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "logistic": ("mean", "scale"),  # mean 0 and scale 1: even odds on the probability scale
    "uniform": ("low", "high"),
    "beta": ("a", "b"),
    "gamma": ("mean", "sd"),
    "exponential": ("mean",),
    "triangular": ("low", "mode", "high"),
}
"""Every family, with the names of its numbers in a scenario file."""
PRIOR_FAMILIES: Final = {
    family: names
    for family, names in FAMILIES.items()
    if family not in ("exponential", "triangular")
}
"""Those that a parameter may have."""

MOST_NUMBER: Final = 1_000_000
"""The largest size of any number that a distribution is given, and of any parameter drawn."""
MOST_SIGMA: Final = 20.0  # a lognormal draw is then at most some e to 180 times its median
SMALLEST_PROBABILITY: Final = 1e-12  # an array's quantiles are not asked nearer to 0 or 1


@dataclass(frozen=True, slots=True)
class Distribution:
    """One distribution: a family and its numbers, in the unit of what is drawn."""

    family: Family
    numbers: tuple[float, ...]

    def quantile(self, u: float) -> float:
        """Return the value below which a share ``u`` of the distribution lies (0 < u < 1)."""
        if self.family == "fixed":
            return self.numbers[0]
        value: float = getattr(scalar, self.family)(u, *self.numbers)
        return value

    def quantiles(self, z: Floats) -> Floats:
        """Return the quantiles that stand to their distribution as ``z`` to a standard normal.

        The value at ``z`` is that of ``quantile`` at the share of a standard normal below ``z``, in
        the shape of ``z``. Normal families are so exact far out in their tails.
        """
        import numpy as np
        from scipy import special

        if self.family == "normal":
            mean, sd = self.numbers
            return np.asarray(mean + sd * z, dtype=float)
        if self.family == "lognormal":
            median, sigma = self.numbers
            return np.asarray(median * np.exp(sigma * z), dtype=float)
        u = np.clip(special.ndtr(z), SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY)
        if self.family == "uniform":
            low, high = self.numbers
            return np.asarray(low + u * (high - low), dtype=float)
        if self.family == "beta":
            a, b = self.numbers
            return np.asarray(special.betaincinv(a, b, u), dtype=float)
        return np.array([self.quantile(float(one)) for one in u.flat]).reshape(u.shape)

    def names(self) -> tuple[str, ...]:
        """Return the names of its numbers in a scenario file."""
        return FAMILIES[self.family]

    def table(self) -> dict[str, Any]:
        """Return the distribution as it would stand in a scenario file."""
        # 2 and 2.0 are one number: the text, and with it the digest, must not tell them apart
        values = map(float, self.numbers)
        return {"family": self.family, **dict(zip(self.names(), values, strict=True))}

    def text(self) -> str:
        """Describe the distribution in the words of a scenario file."""
        named = zip(self.names(), self.numbers, strict=True)
        return f"{self.family} " + ", ".join(f"{name} {number:g}" for name, number in named)


def fixed(value: float) -> Distribution:
    """Hold a parameter at one value."""
    return Distribution("fixed", (value,))


def normal(mean: float, sd: float) -> Distribution:
    """Return a normal distribution."""
    return Distribution("normal", (mean, sd))


def lognormal(median: float, sigma: float) -> Distribution:
    """Return a lognormal distribution by its median and the standard deviation of its log."""
    return Distribution("lognormal", (median, sigma))


def uniform(low: float, high: float) -> Distribution:
    """Return a uniform distribution."""
    return Distribution("uniform", (low, high))


def beta(a: float, b: float) -> Distribution:
    """Return a beta distribution."""
    return Distribution("beta", (a, b))


def parse_prior(raw: object, where: str) -> Distribution:
    """Read a scenario's value for a parameter: a number (held fixed) or a table with a family.

    Raises InputError, naming the place, for unknown families or keys and impossible numbers.
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float | dict):
        raise InputError(f"{where} = {raw!r} must be a number or a table with a family")
    if not isinstance(raw, dict):
        return fixed(finite_number(raw, where))
    found = Distribution(*parse_family(raw, where, PRIOR_FAMILIES))
    family, names, numbers = found.family, found.names(), found.numbers
    if family == "uniform" and numbers[0] > numbers[1]:
        raise InputError(f"{where}.low = {numbers[0]:g} must not exceed high = {numbers[1]:g}")
    must_be_positive = {
        "lognormal": ("median",),
        "logistic": ("scale",),
        "beta": names,
        "gamma": ("mean",),
    }
    for name, number in zip(names, numbers, strict=True):
        if name in must_be_positive.get(family, ()) and number <= 0:
            raise InputError(f"{where}.{name} = {number:g} must be above 0")
        if name in ("sd", "sigma") and number < 0:
            raise InputError(f"{where}.{name} = {number:g} must not be negative")
        refuse_wide(name, number, where)
    return found


def parse_family(
    raw: dict[str, Any], where: str, families: Mapping[Family, tuple[str, ...]]
) -> tuple[Family, tuple[float, ...]]:
    """Read the family and the numbers of a table.

    Args:
        raw: the table.
        where: its place in the scenario file, for messages.
        families: those allowed there, with the names of their numbers.

    Raises:
        InputError: the family or a key is unknown, a number is missing or none.
    """
    family: Any = raw.get("family")
    if family not in tuple(families):  # which, unlike the mapping, may be asked about a list
        raise InputError(
            f"{where}.family = {family!r} must be one of {', '.join(families)}"
            f"{nearest(str(family), families)}"
        )
    names = families[family]
    for key in raw:
        if key != "family" and key not in names:
            raise InputError(
                f"{where}.{key} is not a key of family {family} ({', '.join(names)})"
                f"{nearest(str(key), names)}"
            )
    for name in names:
        if name not in raw:
            raise InputError(f"{where}.{name} is missing (family {family} needs {names})")
    return family, tuple(finite_number(raw[name], f"{where}.{name}") for name in names)


def refuse_wide(name: str, number: float, where: str) -> None:
    """Refuse a spread of a lognormal with which draws would leave the numbers of a computer."""
    if name == "sigma" and number > MOST_SIGMA:
        raise InputError(f"{where}.{name} = {number:g} must be at most {MOST_SIGMA:g}")


def finite_number(value: object, where: str) -> float:
    """Return a scenario's number as a float.

    Raises:
        InputError: it is no number, not finite, or larger than ``MOST_NUMBER`` either way.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{where} = {value!r} must be a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{where} = {value!r} must be a finite number")
    if not -MOST_NUMBER <= value <= MOST_NUMBER:
        said = f"{value:g}" if isinstance(value, float) else "a whole number"
        raise InputError(f"{where} = {said} must be between -{MOST_NUMBER:,} and {MOST_NUMBER:,}")
    return float(value) + 0.0  # so that there is one nought, and one text of it
