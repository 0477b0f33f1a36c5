"""Prior distributions of parameters: what the evidence allows before any fitting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

from sim.errors import InputError, nearest
from sim.streams import quantiles

Family = Literal["fixed", "normal", "lognormal", "logistic", "uniform", "beta", "gamma"]

# Names of the two numbers that each family takes in a scenario file, and what they must satisfy.
FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "fixed": ("value",),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "logistic": ("mean", "scale"),  # mean 0 and scale 1: even odds on the probability scale
    "uniform": ("low", "high"),
    "beta": ("a", "b"),
    "gamma": ("mean", "sd"),
}


MOST_NUMBER: Final = 1_000_000
"""The largest size of any number that a distribution is given, and of any parameter drawn."""
MOST_SIGMA: Final = 20.0  # a lognormal draw is then at most some e to 180 times its median


@dataclass(frozen=True, slots=True)
class Prior:
    """One distribution: a family and its one or two numbers, in the parameter's unit."""

    family: Family
    first: float
    second: float = 0.0

    def draw(self, u: float) -> float:
        """Return the quantile at u."""
        if self.family == "fixed":
            return self.first
        quantile = getattr(quantiles, self.family)
        value: float = quantile(u, self.first, self.second)
        return value

    def text(self) -> str:
        """Describe the distribution in the words of a scenario file."""
        names = FAMILIES[self.family]
        numbers = (self.first, self.second)[: len(names)]
        return f"{self.family} " + ", ".join(
            f"{name} {number:g}" for name, number in zip(names, numbers, strict=True)
        )

    def table(self) -> dict[str, Any]:
        """Return the distribution as it would stand in a scenario file."""
        names = FAMILIES[self.family]
        # 2 and 2.0 are one number: the text, and with it the digest, must not tell them apart
        values = (float(self.first), float(self.second))[: len(names)]
        return {"family": self.family, **dict(zip(names, values, strict=True))}


def fixed(value: float) -> Prior:
    """A parameter held at one value."""
    return Prior("fixed", value)


def normal(mean: float, sd: float) -> Prior:
    """A normal prior."""
    return Prior("normal", mean, sd)


def lognormal(median: float, sigma: float) -> Prior:
    """A lognormal prior by its median and the standard deviation of its log."""
    return Prior("lognormal", median, sigma)


def uniform(low: float, high: float) -> Prior:
    """A uniform prior."""
    return Prior("uniform", low, high)


def beta(a: float, b: float) -> Prior:
    """A beta prior."""
    return Prior("beta", a, b)


def parse_prior(raw: object, where: str) -> Prior:
    """Read a scenario's value for a parameter: a number (held fixed) or a table with a family.

    Raises InputError, naming the place, for unknown families or keys and impossible numbers.
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float | dict):
        raise InputError(f"{where} = {raw!r} must be a number or a table with a family")
    if not isinstance(raw, dict):
        return fixed(_finite(raw, where))
    family = raw.get("family")
    if family not in tuple(FAMILIES):  # which, unlike the mapping, may be asked about a list
        known = ", ".join(FAMILIES)
        hint = nearest(str(family), FAMILIES)
        raise InputError(f"{where}.family = {family!r} must be one of {known}{hint}")
    names = FAMILIES[family]
    for key in raw:
        if key != "family" and key not in names:
            raise InputError(
                f"{where}.{key} is not a key of family {family} ({', '.join(names)})"
                f"{nearest(str(key), names)}"
            )
    for name in names:
        if name not in raw:
            raise InputError(f"{where}.{name} is missing (family {family} needs {names})")
    numbers = [_finite(raw[name], f"{where}.{name}") for name in names]
    if family == "uniform" and numbers[0] > numbers[1]:
        raise InputError(f"{where}.low = {numbers[0]:g} must not exceed high = {numbers[1]:g}")
    must_be_positive = {
        "normal": (),
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
        if name == "sigma" and number > MOST_SIGMA:
            raise InputError(f"{where}.{name} = {number:g} must be at most {MOST_SIGMA:g}")
    return Prior(family, numbers[0], numbers[1] if len(numbers) > 1 else 0.0)


def _finite(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{where} = {value!r} must be a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{where} = {value!r} must be a finite number")
    if not -MOST_NUMBER <= value <= MOST_NUMBER:
        said = f"{value:g}" if isinstance(value, float) else "a whole number"
        raise InputError(f"{where} = {said} must be between -{MOST_NUMBER:,} and {MOST_NUMBER:,}")
    return float(value) + 0.0  # so that there is one nought, and one text of it
